//! What the store says while it is being filled: its account, asked again and again by a connection of our own, whose
//! cost is part of the result.

use std::time::{Duration, Instant};

use lanbi_store::Store;

use super::Process;

/// Between two questions while messages come in bulk, and where single messages are to be told apart.
const COARSE: Duration = Duration::from_millis(50);
pub(crate) const FINE: Duration = Duration::from_millis(5);

/// No progress for so long is a fault.
const STALLED: Duration = Duration::from_secs(120);

/// What an answer said, and when it had come.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen {
    pub(crate) at: Instant,
    /// Messages committed since the watch began.
    pub(crate) messages: u64,
}

/// Looks at a store that a worker fills from a broker.
pub(crate) struct Watch<'a> {
    pub(crate) store: &'a dyn Store,
    pub(crate) worker: &'a mut Process,
    /// Messages in the account before.
    pub(crate) before: u64,
}

impl Watch<'_> {
    /// Asks until `messages` are committed; gives the first answer that showed any, and the last.
    ///
    /// # Errors
    /// The store cannot be read, the worker ended, or nothing moves any more.
    pub(crate) async fn drained(&mut self, messages: u64) -> anyhow::Result<(Seen, Seen)> {
        let first = self.after(0, FINE).await?;
        let mut last = first;
        while last.messages < messages {
            last = self.after(last.messages, COARSE).await?;
        }
        Ok((first, last))
    }

    /// Asks finely until `messages` are committed and gives every answer that differed.
    ///
    /// # Errors
    /// As [`Self::drained`].
    pub(crate) async fn commits(&mut self, messages: u64) -> anyhow::Result<Vec<Seen>> {
        let mut all = vec![self.after(0, FINE).await?];
        while let Some(seen) = all.last().filter(|seen| seen.messages < messages) {
            all.push(self.after(seen.messages, FINE).await?);
        }
        Ok(all)
    }

    /// Waits until no day is stale any more.
    ///
    /// # Errors
    /// As [`Self::drained`].
    pub(crate) async fn derived(&mut self) -> anyhow::Result<Instant> {
        while !self.store.stale(1).await?.is_empty() {
            self.worker.must_live()?;
            tokio::time::sleep(COARSE).await;
        }
        Ok(Instant::now())
    }

    /// The first answer that shows more than `known` messages.
    async fn after(&mut self, known: u64, every: Duration) -> anyhow::Result<Seen> {
        let start = Instant::now();
        loop {
            let asked = Instant::now();
            let messages = self.store.account().await?.messages.saturating_sub(self.before);
            if messages > known {
                return Ok(Seen { at: Instant::now(), messages });
            }
            self.worker.must_live()?;
            if start.elapsed() > STALLED {
                let what = format!("has committed {known} messages and no more for {STALLED:?}");
                return Err(self.worker.complaint(&what));
            }
            tokio::time::sleep_until((asked + every).into()).await;
        }
    }
}
