//! Waits at the start for a store that is away. What passes by itself is no reason to end: whoever starts the process
//! again would only do so for ever.

use std::time::{Duration, Instant};

use lanbi_store::StoreError;
use tokio::sync::watch;

/// First and longest pause between two attempts, as where a batch is committed.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Tries until it works, fails in a way that somebody must mend, or `stop` turns true, which gives none. The reason is
/// logged whenever it is another one, together with what it means `meanwhile`.
///
/// # Errors
/// What somebody must mend.
pub(crate) async fn for_store<T>(
    attempt: impl AsyncFn() -> anyhow::Result<T>,
    meanwhile: &str,
    stop: &mut watch::Receiver<bool>,
) -> anyhow::Result<Option<T>> {
    let begun = Instant::now();
    let mut pause = FIRST_PAUSE;
    let mut said = String::new();
    loop {
        let outcome = tokio::select! {
            _ = stop.wait_for(|stop| *stop) => return Ok(None),
            outcome = attempt() => outcome,
        };
        match outcome {
            Ok(found) => {
                if !said.is_empty() {
                    tracing::info!(waited = ?begun.elapsed(), "the store is there");
                }
                return Ok(Some(found));
            }
            Err(error) if passes(&error) => {
                let reason = error.to_string();
                if reason != said {
                    tracing::warn!("{reason}; {meanwhile}");
                    said = reason;
                }
            }
            Err(error) => return Err(error),
        }
        tokio::select! {
            _ = stop.wait_for(|stop| *stop) => return Ok(None),
            () = tokio::time::sleep(pause) => {}
        }
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

fn passes(error: &anyhow::Error) -> bool {
    error.downcast_ref::<StoreError>().is_some_and(StoreError::is_transient)
}
