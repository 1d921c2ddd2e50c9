//! Means over longer periods than the device sends, with the counts that decide whether they are valid.

use chrono::NaiveDate;

use crate::{Decimal, Parameter, StationId};

/// Whether a mean rests on enough values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Validity {
    /// Enough valid values.
    Valid,
    /// Some values, but fewer than the rule asks for; the mean is shown and takes no part in assessments.
    Insufficient,
}

/// The mean of one natural day: GB 3095-2026, 3.9 (air); daily mean of automatic water stations (configured rule).
///
/// For [`Parameter::O3EightHour`] the value is the day's largest 8-hour running mean (GB 3095-2026, 3.8).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DailyMean {
    /// Station.
    pub station: StationId,
    /// Parameter.
    pub parameter: Parameter,
    /// Local natural day.
    pub day: NaiveDate,
    /// Mean, not rounded; none where no valid value exists.
    pub value: Option<Decimal>,
    /// Smallest valid value.
    pub min: Option<Decimal>,
    /// Largest valid value.
    pub max: Option<Decimal>,
    /// Valid values used (for O3-8h: 8-hour means).
    pub count: u32,
    /// Values a full day has.
    pub expected: u32,
    /// Whether `count` meets the rule.
    pub validity: Validity,
}

impl DailyMean {
    /// The mean if it may take part in an assessment.
    #[must_use]
    pub fn valid_value(&self) -> Option<Decimal> {
        self.value.filter(|_| self.validity == Validity::Valid)
    }
}
