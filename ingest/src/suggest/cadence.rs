//! How often a device sends, and what its regular values are averaged over.

use std::collections::{BTreeMap, BTreeSet};

use lanbi_model::{AveragingPeriod, Instant};

/// The intervals that stations have.
const USUAL: [u32; 6] = [60, 300, 600, 3600, 14_400, 86_400];

/// Instants of one kind of value that are kept to tell the interval by.
const KEPT: usize = 5000;

/// The instants of a device's values by what they are averaged over; none where a message does not say.
#[derive(Clone, Debug, Default)]
pub(super) struct Times {
    by_period: BTreeMap<Option<AveragingPeriod>, BTreeSet<Instant>>,
}

impl Times {
    pub(super) fn add(&mut self, period: Option<AveragingPeriod>, instant: Option<Instant>) {
        let instants = self.by_period.entry(period).or_default();
        if instants.len() < KEPT {
            instants.extend(instant);
        }
    }

    /// Averaging period and interval of the regular values; the second is none where no two times tell it.
    ///
    /// Hours come before shorter means, those before readings, and days last: the longest of the regular values that
    /// rules and day means are made for.
    pub(super) fn regular(&self) -> (Option<AveragingPeriod>, Option<AveragingPeriod>) {
        let rank = |period: &Option<AveragingPeriod>| match period {
            Some(AveragingPeriod::HOUR) => 0,
            Some(period) if period.seconds() > 0 && *period < AveragingPeriod::HOUR => 1,
            None => 2,
            Some(AveragingPeriod::MOMENT) => 3,
            Some(_) => 4,
        };
        let Some((period, instants)) = self.by_period.iter().min_by_key(|(period, _)| rank(period)) else {
            return (None, None);
        };
        let mut gaps: Vec<i64> = (instants.iter().zip(instants.iter().skip(1)))
            .map(|(earlier, later)| (*later - *earlier).num_seconds())
            .collect();
        gaps.sort_unstable();
        (*period, gaps.get(gaps.len() / 2).map(|&gap| snap(gap)))
    }
}

/// The usual interval that is nearest in proportion.
fn snap(gap: i64) -> AveragingPeriod {
    let mut steps = USUAL.windows(2).filter_map(|pair| <[u32; 2]>::try_from(pair).ok());
    let nearest = steps.find(|[low, high]| gap.saturating_mul(gap) <= i64::from(*low) * i64::from(*high));
    AveragingPeriod::from_seconds(nearest.map_or(86_400, |[low, _]| low))
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn the_interval_is_the_usual_one_nearest_to_the_median() {
        let check = |seconds: &[i64], expected: Option<&str>| {
            let mut times = Times::default();
            for second in seconds {
                let instant = Instant::UNIX_EPOCH + TimeDelta::seconds(*second);
                times.add(Some(AveragingPeriod::HOUR), Some(instant));
            }
            let found = times.regular().1.map(|interval| interval.to_string());
            assert_eq!(found.as_deref(), expected, "{seconds:?}");
        };
        check(&[], None);
        check(&[0], None);
        check(&[0, 0], None);
        check(&[0, 30], Some("1m"));
        check(&[0, 290], Some("5m"));
        check(&[0, 900], Some("10m"));
        check(&[0, 3600, 7200, 7200 + 86_400], Some("1h"));
        check(&[14_400, 0, 28_801], Some("4h"));
        check(&[0, 7 * 86_400], Some("1d"));
    }

    #[test]
    fn hours_are_regular_before_minutes_readings_and_days() {
        let check = |periods: &[&str], expected: &str| {
            let mut times = Times::default();
            for text in periods {
                times.add(AveragingPeriod::parse(text), None);
            }
            let found = times.regular().0.map_or_else(|| "?".to_owned(), |period| period.to_string());
            assert_eq!(found, expected, "{periods:?}");
        };
        check(&["moment", "?", "1h", "1d"], "1h");
        check(&["moment", "?", "1d"], "?");
        check(&["moment", "5m", "?", "1d"], "5m");
        check(&["1d", "moment"], "moment");
        check(&["1d"], "1d");
    }
}
