//! Whether this process does its work, for `/healthz` and `/metrics`.

use std::sync::Arc;

use lanbi_ingest::mqtt::Link;
use lanbi_store::Store;
use tokio::sync::watch;

use crate::metrics::SharedMetrics;

/// A commit that takes longer than this is a reason to look.
const STUCK_SECONDS: u64 = 60;

/// What is asked when somebody feels the pulse.
pub(crate) struct Pulse {
    pub store: Arc<dyn Store>,
    pub metrics: SharedMetrics,
    /// The line to the broker; none in a process that takes no messages from one.
    pub link: Option<watch::Receiver<Link>>,
}

#[async_trait::async_trait]
impl lanbi_web::Vitals for Pulse {
    async fn metrics(&self) -> String {
        self.metrics.set_link(self.link.as_ref().is_some_and(|link| *link.borrow() == Link::Up));
        let figures = async {
            Ok::<_, lanbi_store::StoreError>((self.store.status().await?, self.store.letter_stock().await?))
        };
        let figures = match figures.await {
            Ok(figures) => Some(figures),
            Err(error) => {
                tracing::warn!(%error, "figures of the store are missing in the metrics");
                None
            }
        };
        self.metrics.text(figures.as_ref().map(|(status, stock)| (status, *stock))).unwrap_or_default()
    }

    async fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if let Err(error) = self.store.account().await {
            problems.push(format!("the store does not answer: {error}"));
        }
        if let Some(link) = &self.link {
            match &*link.borrow() {
                Link::Up => {}
                Link::Refused { reason, remedy } => {
                    problems.push(format!("the broker refuses: {reason}; {remedy}"));
                }
                Link::Connecting | Link::Down { .. } | Link::Closed => {
                    problems.push("there is no connection to the broker".to_owned());
                }
            }
        }
        let stuck = self.metrics.stuck_seconds();
        if stuck > STUCK_SECONDS {
            problems.push(format!("messages have been waiting for their commit for {stuck} s"));
        }
        problems
    }
}
