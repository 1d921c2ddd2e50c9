//! Days of a period counted by level and by primary pollutant, each day graded by the edition in force on it (HJ 633).

use chrono::NaiveDate;
use lanbi_model::Parameter;
use lanbi_model::evaluation::AirEvaluation;
use lanbi_model::standard::AqiStandard;

use super::assess::{AqiTime, assess};
use super::events::AirEvent;
use super::period_statistics::AirDay;

/// Counts of days.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DayCounts {
    /// 有效天数: days with a published AQI.
    pub valid: u32,
    /// 优良天数.
    pub good: u32,
    /// 重污染天数: 重度 and 严重污染.
    pub heavy: u32,
    /// Days of level 1 to 6.
    pub by_level: [u32; 6],
    /// Days by primary pollutant in the order of [`Parameter::AQI`]; a day with several counts for each.
    pub by_primary: [u32; 6],
}

/// Counts days; `edition` gives the AQI standard for a day. An event whose kind takes the day out of the counts leaves it
/// out of all of them.
#[must_use]
pub fn count_days<'a>(
    evaluation: &AirEvaluation,
    edition: impl Fn(NaiveDate) -> Option<&'a AqiStandard>,
    days: &[AirDay],
    not_equipped: &[Parameter],
    events: &[AirEvent],
) -> DayCounts {
    let mut counts = DayCounts::default();
    for AirDay { day, values } in days {
        if events.iter().any(|event| event.takes_day(evaluation, *day)) {
            continue;
        }
        let Some(standard) = edition(*day) else { continue };
        let assessed = assess(standard, AqiTime::Day, values, not_equipped);
        let Some(level) = assessed.level.map(|level| level.level) else { continue };
        counts.valid += 1;
        counts.good += u32::from(level <= evaluation.good_level);
        counts.heavy += u32::from(level >= evaluation.heavy_level);
        for (count, n) in counts.by_level.iter_mut().zip(1..) {
            *count += u32::from(level == n);
        }
        for (count, item) in counts.by_primary.iter_mut().zip(Parameter::AQI) {
            *count += u32::from(assessed.primary.contains(&item));
        }
    }
    counts
}
