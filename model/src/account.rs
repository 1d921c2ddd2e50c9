//! The account of delivery: what came in equals what was stored, recognised as a repeat, or rejected.

/// Running totals of one store. `incoming = stored + repeated + rejected` holds at every commit, because the
/// totals are kept in the same transaction as the values they count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// Values received, plus one for each message that could not be decoded.
    pub incoming: u64,
    /// Values that are in the store for the first time, and revisions of earlier values.
    pub stored: u64,
    /// Values that were already there, bit for bit.
    pub repeated: u64,
    /// Values and messages that went to the dead letters.
    pub rejected: u64,
    /// Messages the broker or socket delivered, re-deliveries included.
    pub messages: u64,
    /// Of `stored`: values that replaced a different one under the same key.
    pub revised: u64,
    /// Alarms raised.
    pub alarms_raised: u64,
    /// Alarms cleared.
    pub alarms_cleared: u64,
    /// Alarms withdrawn, because late or revised values show that there was no breach.
    pub alarms_withdrawn: u64,
    /// Decisions of reviewers; they are no input and not part of `incoming`.
    pub reviewed: u64,
    /// Days computed again after they had been settled, and why.
    pub recomputed: Recomputed,
}

/// Station days computed again. A day with several causes counts under each and once in `days`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Recomputed {
    /// Station days.
    pub days: u64,
    /// Values came after the day had been settled.
    pub late: u64,
    /// Values were replaced by their source.
    pub revised: u64,
    /// Values were decided on by a reviewer.
    pub reviewed: u64,
    /// Dead letters were replayed.
    pub replayed: u64,
    /// An operator had the checks of now look at them again.
    pub rechecked: u64,
}

impl Account {
    /// Whether nothing is missing and nothing is counted twice.
    #[must_use]
    pub fn balances(&self) -> bool {
        self.incoming == self.stored + self.repeated + self.rejected
    }
}
