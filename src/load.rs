//! Whether messages come faster than they are stored.
//!
//! After an outage the broker delivers what has waited as fast as it is taken. Taking it comes first then: figures of
//! days that are still filling up would only be derived again.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// How long a full batch tells of a backlog.
const MEMORY: Duration = Duration::from_millis(500);

/// The load of one process.
#[derive(Debug, Default)]
pub(crate) struct Load(Mutex<Option<Instant>>);

impl Load {
    /// Notes a batch that left as much behind as it took.
    pub(crate) fn note_full(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    /// Whether there is a backlog.
    pub(crate) fn is_high(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_some_and(|at| at.elapsed() < MEMORY)
    }
}
