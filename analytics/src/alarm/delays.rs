//! How long a breach must last before it is an alarm, and how long and how far a value must be back before the alarm
//! is over. Without these a value at its limit would raise and clear with every sample.

use chrono::TimeDelta;
use lanbi_model::Decimal;

/// Delays and deadband of a limit rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delays {
    /// On-delay: time in breach without interruption, from sample to sample, before the alarm is raised. Zero raises at
    /// the first sample in breach.
    pub on: TimeDelta,
    /// Off-delay: time back in order without interruption before the alarm is cleared. Zero clears at the first sample.
    pub off: TimeDelta,
    /// How far a value must be back to count as in order again: a fraction of the limit, or of the width of a range.
    /// Below 0.5. It applies to clearing only.
    pub deadband: Decimal,
    /// A longer time between two samples restarts a running delay, because nobody knows what was in between. It must
    /// be longer than the station's cadence, or no delay ever ends.
    pub max_gap: TimeDelta,
}

impl Default for Delays {
    /// Configured, no standard gives the numbers: an hourly mean is already delayed by its hour, so it raises at once;
    /// two hours in a row must be back by 2 %; three 4-hourly readings may be missing.
    fn default() -> Self {
        Self {
            on: TimeDelta::zero(),
            off: TimeDelta::hours(1),
            deadband: Decimal::new(2, 2),
            max_gap: TimeDelta::hours(12),
        }
    }
}
