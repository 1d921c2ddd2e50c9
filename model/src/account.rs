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
    /// Day means computed again because values came late, were revised or were flagged anew.
    pub stale_recomputed: u64,
}

impl Account {
    /// Whether nothing is missing and nothing is counted twice.
    #[must_use]
    pub fn balances(&self) -> bool {
        self.incoming == self.stored + self.repeated + self.rejected
    }
}
