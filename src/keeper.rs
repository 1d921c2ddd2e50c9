//! What one process at a time does for a store: derive figures, raise alarms and send them, keep the store in bounds.
//!
//! Several processes may take messages into one store. Each of them asks for the lease; the one that has it is the
//! keeper, and when it dies another takes over as soon as the lease has run out. What the old keeper was about to write
//! is refused by the store, so that two never derive the same day.

use std::{sync::Arc, time::Duration};

use lanbi_model::Instant;
use lanbi_store::{Lease, Store, StoreError};
use tokio::{
    sync::{Notify, watch},
    task::JoinHandle,
};

use crate::{load::Load, metrics::SharedMetrics, notify, rewrite, service::Parts, upkeep};

/// How long a lease holds without being prolonged, and how often it is prolonged.
const LEASE: Duration = Duration::from_secs(30);
const PROLONG: Duration = Duration::from_secs(8);

/// Without word of a commit the keeper still looks for work of other processes, and for silent stations, this often.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// After a start the broker still delivers what waited. Until then time stands at the newest value, so that no station is
/// called silent for lanbi's own absence.
const START_GRACE: Duration = Duration::from_secs(300);

/// A stop waits so long for what is being derived; the marks that remain are for the next start. Shorter than the time after
/// which supervisors kill (systemd: 90 s).
const FAREWELL: Duration = Duration::from_secs(45);

/// Name of the lease on deriving.
pub(crate) const DERIVE: &str = "derive";

/// Between two roll-ups under load, so that values of one day are taken together: so many times the time of the last
/// one, within these bounds. Taking messages comes first.
const BREATHS: u32 = 4;
const SHORTEST_BREATH: Duration = Duration::from_millis(500);
const LONGEST_BREATH: Duration = Duration::from_secs(20);

/// The right to derive, in this process's name. What an earlier process under the same worker's name holds is given back
/// first: the broker knows the name once, so that process is gone, and nobody need wait for its lease to run out.
///
/// # Errors
/// The store cannot be written.
pub(crate) async fn own_lease(store: &dyn Store, worker: &str) -> Result<Lease, StoreError> {
    let place = format!("holder-of-{worker}");
    let lease = |holder| Lease { name: DERIVE.to_owned(), holder };
    if let Some(earlier) = store.memo(&place).await? {
        store.release(&lease(earlier)).await?;
    }
    let holder = format!("{worker}/{}/{}", std::process::id(), chrono::Utc::now().timestamp_millis());
    store.set_memo(&place, Some(&holder)).await?;
    Ok(lease(holder))
}

/// Does the keeper's work whenever this process has the lease, until `stop`; then derives once more, so that nothing
/// derived is missing at the end, and gives the lease back.
pub(crate) fn spawn(
    parts: Parts,
    lease: Lease,
    committed: Arc<Notify>,
    metrics: SharedMetrics,
    load: Arc<Load>,
    stop: watch::Receiver<bool>,
) -> JoinHandle<()> {
    tokio::spawn(async move {
        let (tell, leading) = watch::channel(false);
        let holding = tokio::spawn(hold(Arc::clone(&parts.store), lease.clone(), tell, metrics.clone()));
        let work = Work { parts, lease, committed, metrics, load };
        let outcome = work.run(leading, stop).await;
        holding.abort();
        // A store that has failed just now would only make the stop longer; the lease runs out by itself.
        let given_back = match outcome {
            Ok(()) => work.parts.store.release(&work.lease).await.map_err(Into::into),
            failed => failed,
        };
        if let Err(error) = given_back {
            tracing::warn!("stopped before all was derived; the next start goes on: {error:#}");
        }
    })
}

/// Takes the lease when it is free and prolongs it, for ever.
async fn hold(store: Arc<dyn Store>, lease: Lease, tell: watch::Sender<bool>, metrics: SharedMetrics) {
    loop {
        let held = match store.lease(&lease, LEASE).await {
            Ok(held) => held,
            Err(error) => {
                tracing::warn!(%error, "the lease cannot be asked for");
                // The store's own check decides in the end whether work done meanwhile counts.
                *tell.borrow()
            }
        };
        metrics.set_leading(held);
        if tell.send_if_modified(|before| std::mem::replace(before, held) != held) {
            tracing::info!("{}", if held { "this process derives" } else { "another process derives" });
        }
        tokio::time::sleep(PROLONG).await;
    }
}

struct Work {
    parts: Parts,
    lease: Lease,
    committed: Arc<Notify>,
    metrics: SharedMetrics,
    load: Arc<Load>,
}

impl Work {
    /// Works until `stop`; fails where the store failed in the last round.
    async fn run(
        &self,
        mut leading: watch::Receiver<bool>,
        mut stop: watch::Receiver<bool>,
    ) -> anyhow::Result<()> {
        let begun = std::time::Instant::now();
        loop {
            tokio::select! {
                held = leading.wait_for(|leading| *leading) => if held.is_err() { return Ok(()) },
                _ = stop.wait_for(|stop| *stop) => return Ok(()),
            }
            let (end, ended) = watch::channel(false);
            let webhook = tokio::spawn(notify::webhook::run(self.parts.clone(), ended.clone()));
            let upkeep = tokio::spawn(upkeep::run(self.parts.clone(), self.metrics.clone(), ended));
            let outcome = self.derive(begun, &mut leading, &mut stop).await;
            end.send_replace(true);
            webhook.abort();
            upkeep.abort();
            if *stop.borrow() {
                return outcome;
            }
            if let Err(error) = outcome {
                tracing::warn!("deriving figures failed and is tried again: {error:#}");
            }
            // The store may have refused the lease before this process is told that it has lost it.
            tokio::time::sleep(SHORTEST_BREATH).await;
        }
    }

    /// Derives after commits until the lease is gone or `stop`.
    async fn derive(
        &self,
        begun: std::time::Instant,
        leading: &mut watch::Receiver<bool>,
        stop: &mut watch::Receiver<bool>,
    ) -> anyhow::Result<()> {
        let clock = &self.parts.clock;
        let mut rollup = self.parts.rollup(clock(), Some(self.lease.clone())).await?;
        loop {
            let round = std::time::Instant::now();
            let now = self.now(begun, &rollup).await?;
            let settled = tokio::select! {
                settled = rollup.settle(now) => settled,
                () = out_of_patience(stop) => {
                    tracing::warn!("stopped before all was derived; the next start goes on");
                    return Ok(());
                }
            };
            match settled {
                Ok(0) => {}
                Ok(days) => {
                    tracing::info!(days, elapsed = ?round.elapsed(), "derived");
                    rewrite::outdated(&self.parts).await?;
                }
                Err(StoreError::LeaseLost(_)) => return Ok(()),
                Err(error) => return Err(error.into()),
            }
            if *stop.borrow() {
                return Ok(());
            }
            let breath = (round.elapsed() * BREATHS).clamp(SHORTEST_BREATH, LONGEST_BREATH);
            let work = async {
                tokio::time::sleep(breath).await;
                let _ = tokio::time::timeout(LOOK_EVERY, self.committed.notified()).await;
                while self.load.is_high() && round.elapsed() < LONGEST_BREATH {
                    tokio::time::sleep(SHORTEST_BREATH / 5).await;
                }
            };
            tokio::select! {
                () = work => {}
                _ = leading.wait_for(|leading| !leading) => return Ok(()),
                _ = stop.wait_for(|stop| *stop) => {}
            }
        }
    }

    async fn now(
        &self,
        begun: std::time::Instant,
        rollup: &crate::rollup::Rollup,
    ) -> Result<Instant, StoreError> {
        let now = (self.parts.clock)();
        if begun.elapsed() < START_GRACE { rollup.newest_before(now).await } else { Ok(now) }
    }
}

/// Ends some time after `stop`.
async fn out_of_patience(stop: &mut watch::Receiver<bool>) {
    // Without a sender nobody can stop this process any more gently than now.
    let _ = stop.wait_for(|stop| *stop).await;
    tokio::time::sleep(FAREWELL).await;
}
