//! A station that stands still as a whole (`FROZEN`, 数据不变): a logger or a transmission that repeats its last message
//! under fresh times, seen at ten stations of one city for four days. One parameter may rest for hours; all of them
//! together do not, so that less time is enough than for a single one.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use lanbi_model::{Decimal, Flags, Instant, Parameter, Sample};

use super::settings::StuckThreshold;

/// A value with its position.
type Values = BTreeMap<Parameter, (usize, Decimal)>;

/// The positions in `samples` of every run in which nothing moves for at least as long as the rule says.
///
/// `samples` are of one station and one averaging period, in any order; parameters of one instrument room (air or water),
/// because weather may be calm and dry. From one time to the next every parameter measured at both must keep its value, and
/// there must be as many of them as the rule says. The time of a run goes from the start of its first interval to the end
/// of its last; the whole run is flagged; a gap longer than `max_gap` ends it, as in
/// [`flag_frozen`](super::flag_frozen).
#[must_use]
pub fn flag_stuck(samples: &[&Sample], rule: &StuckThreshold, max_gap: TimeDelta) -> Vec<(usize, Flags)> {
    let Some(averaged) = samples.first().map(|sample| sample.key.period.span()) else { return Vec::new() };
    let mut times: BTreeMap<Instant, Values> = BTreeMap::new();
    for (position, sample) in samples.iter().enumerate() {
        times.entry(sample.key.instant).or_default().insert(sample.key.parameter, (position, sample.value));
    }
    let times: Vec<(Instant, Values)> = times.into_iter().collect();
    let still = |a: &(Instant, Values), b: &(Instant, Values)| {
        b.0 - a.0 <= max_gap && all_rest(&a.1, &b.1, rule.parameters)
    };
    times
        .chunk_by(still)
        .filter(|run| match run {
            [first, .., last] => last.0 - first.0 + averaged >= rule.at_least,
            _ => false,
        })
        .flatten()
        .flat_map(|(_, values)| values.values().map(|(position, _)| (*position, Flags::FROZEN)))
        .collect()
}

/// Whether every parameter measured at both times keeps its value, and there are enough of them.
fn all_rest(before: &Values, after: &Values, least: usize) -> bool {
    let both = before.iter().filter_map(|(parameter, (_, value))| Some((value, &after.get(parameter)?.1)));
    let mut count = 0;
    for (before, after) in both {
        if before != after {
            return false;
        }
        count += 1;
    }
    count >= least
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::qc::check::tests::series;
    use Parameter::{Co, No2, Pm10, Pm25};

    /// Values of the hours 1, 2, …; `-` is missing.
    fn check(name: &str, period: &str, rows: &[(Parameter, &str)], expected: &[usize]) {
        let rule = StuckThreshold { at_least: TimeDelta::hours(4), parameters: 3 };
        let mut samples = Vec::new();
        for (parameter, values) in rows {
            let hours = (1..).zip(values.split_whitespace()).filter(|(_, value)| *value != "-");
            samples.extend(series(*parameter, period, &hours.collect::<Vec<_>>()));
        }
        let refs: Vec<&Sample> = samples.iter().collect();
        let mut flagged: Vec<usize> =
            flag_stuck(&refs, &rule, TimeDelta::hours(3)).into_iter().map(|(i, _)| i).collect();
        flagged.sort_unstable();
        assert_eq!(flagged, expected, "{name}");
    }

    #[test]
    fn a_station_that_stands_still_is_flagged_whole() {
        let all: Vec<usize> = (0..12).collect();
        check("four hours", "1h", &[(Pm25, "8 8 8 8"), (Pm10, "9 9 9 9"), (Co, "1 1 1.0 1")], &all);
        check("three hours", "1h", &[(Pm25, "8 8 8"), (Pm10, "9 9 9"), (Co, "1 1 1")], &[]);
        check("one moves", "1h", &[(Pm25, "8 8 8 8"), (Pm10, "9 9 9 9"), (Co, "1 1 2 1")], &[]);
        check("two parameters", "1h", &[(Pm25, "8 8 8 8 8 8"), (Pm10, "9 9 9 9 9 9")], &[]);
        check(
            "in the middle",
            "1h",
            &[(Pm25, "7 8 8 8 8 7"), (Pm10, "9 9 9 9 9 9"), (Co, "1 1 1 1 1 1")],
            &[1, 2, 3, 4, 7, 8, 9, 10, 13, 14, 15, 16],
        );
        check(
            "one of four is missing at times",
            "1h",
            &[(Pm25, "8 8 8 8"), (Pm10, "9 9 9 9"), (Co, "1 1 1 1"), (No2, "5 - - 5")],
            &(0..14).collect::<Vec<_>>(),
        );
        check(
            "one of three is missing at times",
            "1h",
            &[(Pm25, "8 8 8 8"), (Pm10, "9 9 9 9"), (Co, "1 - 1 1")],
            &[],
        );
        check(
            "a short gap",
            "1h",
            &[(Pm25, "8 - - 8"), (Pm10, "9 - - 9"), (Co, "1 - - 1")],
            &(0..6).collect::<Vec<_>>(),
        );
        check("a long gap", "1h", &[(Pm25, "8 - - - 8"), (Pm10, "9 - - - 9"), (Co, "1 - - - 1")], &[]);
        check(
            "moments stand for the time between",
            "moment",
            &[(Pm25, "8 8 8 8"), (Pm10, "9 9 9 9"), (Co, "1 1 1 1")],
            &[],
        );
        check("nothing", "1h", &[], &[]);
    }
}
