//! One measured value with its key.

use chrono::TimeDelta;

use crate::{Decimal, Flags, Instant, Parameter, StationId};

/// The time a value is averaged over; zero for a reading at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AveragingPeriod {
    seconds: u32,
}

impl AveragingPeriod {
    /// A reading at a moment: grab samples, 4-hourly water readings.
    pub const MOMENT: Self = Self { seconds: 0 };
    /// One minute.
    pub const MINUTE: Self = Self { seconds: 60 };
    /// One hour.
    pub const HOUR: Self = Self { seconds: 3600 };
    /// One natural day.
    pub const DAY: Self = Self { seconds: 86_400 };

    /// A period of whole seconds.
    #[must_use]
    pub const fn from_seconds(seconds: u32) -> Self {
        Self { seconds }
    }

    /// Length in seconds.
    #[must_use]
    pub const fn seconds(self) -> u32 {
        self.seconds
    }

    /// Length as a time span.
    #[must_use]
    pub fn span(self) -> TimeDelta {
        TimeDelta::seconds(i64::from(self.seconds))
    }

    /// Reads `moment`, `1m`, `5m`, `1h`, `4h`, `1d` or seconds such as `30s`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text == "moment" {
            return Some(Self::MOMENT);
        }
        let unit = text.chars().last()?;
        let count: u32 = text.strip_suffix(unit)?.parse().ok()?;
        let seconds = match unit {
            's' => 1,
            'm' => 60,
            'h' => 3600,
            'd' => 86_400,
            _ => return None,
        };
        count.checked_mul(seconds).map(Self::from_seconds)
    }
}

impl std::fmt::Display for AveragingPeriod {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.seconds {
            0 => f.write_str("moment"),
            s if s % 86_400 == 0 => write!(f, "{}d", s / 86_400),
            s if s % 3600 == 0 => write!(f, "{}h", s / 3600),
            s if s % 60 == 0 => write!(f, "{}m", s / 60),
            s => write!(f, "{s}s"),
        }
    }
}

/// A half-open stretch of time `(start, end]`, named by its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Interval {
    /// Start.
    pub start: Instant,
    /// End.
    pub end: Instant,
}

/// What makes a value the same value: the key of idempotent writes.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SampleKey {
    /// Station.
    pub station: StationId,
    /// Parameter.
    pub parameter: Parameter,
    /// Averaging period.
    pub period: AveragingPeriod,
    /// End of the averaging period, or the moment of the reading.
    pub instant: Instant,
}

impl SampleKey {
    /// The interval the value stands for.
    #[must_use]
    pub fn interval(&self) -> Interval {
        Interval { start: self.instant - self.period.span(), end: self.instant }
    }
}

/// A measured value in the unit of its parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// Key.
    pub key: SampleKey,
    /// Value, exact as sent.
    pub value: Decimal,
    /// What is known against it.
    pub flags: Flags,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_read_back() {
        for text in ["moment", "1m", "5m", "1h", "4h", "1d", "30s"] {
            assert_eq!(AveragingPeriod::parse(text).unwrap().to_string(), text);
        }
        for text in ["", "h", "-1h", "1y", "99999999999d"] {
            assert_eq!(AveragingPeriod::parse(text), None, "{text}");
        }
    }
}
