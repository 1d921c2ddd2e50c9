//! Dust days and exceptional events: what a day on the list loses in the figures of a period.
//!
//! 环办监测〔2016〕120号: the particles of a dust event take no part in means, in the composite index and in rankings, while
//! good and heavy days of national reports keep the day. The effect of each kind stands in the HJ 663 edition.

use chrono::NaiveDate;
use lanbi_model::Parameter;
use lanbi_model::evaluation::{AirEvaluation, EventKind};

/// A day of one place that stands on the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AirEvent {
    /// Local day.
    pub day: NaiveDate,
    /// Why it stands there.
    pub kind: EventKind,
}

impl AirEvent {
    /// Whether the event takes an item's value of a day out of the statistics of a period.
    #[must_use]
    pub fn takes_out(&self, evaluation: &AirEvaluation, day: NaiveDate, item: Parameter) -> bool {
        self.day == day && evaluation.effect(self.kind).is_some_and(|e| e.left_out.contains(&item))
    }

    /// Whether the event takes a day out of the counts of days.
    #[must_use]
    pub fn takes_day(&self, evaluation: &AirEvaluation, day: NaiveDate) -> bool {
        self.day == day && evaluation.effect(self.kind).is_some_and(|e| !e.counts_in_days)
    }
}
