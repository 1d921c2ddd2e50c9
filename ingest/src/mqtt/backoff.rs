//! Waiting longer after each failure in a row.

use std::time::{Duration, Instant};

const FIRST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(15);

/// A connection that held so long counts as a success. One that is cut at once does not: two clients with the same id
/// throw each other out as fast as they can connect.
const STEADY: Duration = Duration::from_secs(10);

/// The pause before the next attempt: doubled from 0.1 s to 15 s, back to the start after a connection that held.
pub(super) struct Backoff {
    next: Duration,
    connected: Option<Instant>,
}

impl Backoff {
    pub(super) const fn new() -> Self {
        Self { next: FIRST, connected: None }
    }

    /// A connection stands.
    pub(super) fn connected(&mut self) {
        self.connected = Some(Instant::now());
    }

    /// How long to wait after a failure.
    pub(super) fn pause(&mut self) -> Duration {
        if self.connected.take().is_some_and(|since| since.elapsed() >= STEADY) {
            self.next = FIRST;
        }
        let pause = self.next;
        self.next = (pause * 2).min(LONGEST);
        pause
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_a_limit_and_start_again_after_a_steady_connection() {
        let mut backoff = Backoff::new();
        assert_eq!(backoff.pause(), FIRST);
        backoff.connected();
        assert_eq!(backoff.pause(), FIRST * 2, "a connection cut at once is no success");
        for _ in 0..20 {
            backoff.pause();
        }
        assert_eq!(backoff.pause(), LONGEST);
        backoff.connected = Instant::now().checked_sub(STEADY);
        assert_eq!(backoff.pause(), FIRST);
    }
}
