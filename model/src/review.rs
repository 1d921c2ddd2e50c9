//! A person's decision on a stored value, and the earlier values that stay readable behind the present one.

use crate::{Decimal, Flags, Instant, Sample, SampleKey};

/// What a reviewer decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// 置无效: the value stays readable and leaves every mean.
    Invalidate,
    /// 恢复: the value the station sent counts, whatever flags the device or the checks have set.
    Restore,
    /// 修正: this number counts in place of the value sent, in the parameter's unit.
    Correct(Decimal),
}

impl Decision {
    /// Stable key for files and lists.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Invalidate => "invalidate",
            Self::Restore => "restore",
            Self::Correct(_) => "correct",
        }
    }

    /// The word a reviewer reads.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Invalidate => "置无效",
            Self::Restore => "恢复",
            Self::Correct(_) => "修正",
        }
    }

    /// Value and own flags after the decision on what the station sent.
    #[must_use]
    pub fn apply(self, sent: Decimal, device: Flags) -> (Decimal, Flags) {
        let device = device - Flags::REVIEWED;
        match self {
            Self::Invalidate => (sent, device | Flags::REVIEWED_INVALID),
            Self::Restore => (sent, device | Flags::REVIEWED_VALID),
            Self::Correct(value) => (value, Flags::MANUAL | Flags::REVIEWED_VALID),
        }
    }
}

/// A decision with what makes it accountable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Review {
    /// The value decided on.
    pub key: SampleKey,
    /// What is decided.
    pub decision: Decision,
    /// Who decided.
    pub by: String,
    /// Why.
    pub reason: String,
    /// Clock time of the decision.
    pub at: Instant,
}

/// A value that once counted under its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// The value with all its flags, as it stood when it was replaced.
    pub sample: Sample,
    /// Of its flags: those it came with.
    pub device_flags: Flags,
    /// When it had arrived.
    pub received_at: Instant,
    /// When the next one replaced it.
    pub replaced_at: Instant,
    /// Where the next one came from: a message's way in, or `review`.
    pub source: String,
    /// Who decided, where a person replaced it.
    pub by: Option<String>,
    /// Why, where a person replaced it.
    pub reason: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decision_takes_an_earlier_one_back() {
        let sent = Decimal::from(35);
        let check = |decision: Decision, device: Flags, value: i64, flags: Flags, valid: bool| {
            let decided = decision.apply(sent, device);
            assert_eq!(decided, (Decimal::from(value), flags), "{decision:?} on {device:?}");
            assert_eq!(decided.1.is_valid(), valid, "{decision:?} on {device:?}");
        };
        let (invalid, valid) = (Flags::REVIEWED_INVALID, Flags::REVIEWED_VALID);
        check(Decision::Invalidate, Flags::empty(), 35, invalid, false);
        check(Decision::Invalidate, valid, 35, invalid, false);
        check(Decision::Restore, invalid, 35, valid, true);
        check(Decision::Restore, Flags::FAULT, 35, Flags::FAULT | valid, true);
        check(Decision::Correct(Decimal::from(40)), Flags::FAULT, 40, Flags::MANUAL | valid, true);
    }
}
