//! Values that do not move for longer than the instrument's noise allows (`FROZEN`, 数据不变): a hung analyser, a
//! logger that repeats its last value, a sensor out of the water.

use chrono::TimeDelta;
use lanbi_model::{Flags, Sample};

use super::settings::FrozenThreshold;

/// The positions in `series` of every run of one value that lasts at least as long as the rule says.
///
/// `series` is one parameter in one averaging period, in order of time. The time of a run goes from the start of its
/// first interval to the end of its last: twelve equal hourly means stand for twelve hours, two equal readings at a
/// moment for the time between them. The whole run is flagged, so that a reviewer sees where it began. A gap longer
/// than `max_gap` (from value to value) ends a run: what happened meanwhile is not known.
#[must_use]
pub fn flag_frozen(series: &[&Sample], rule: &FrozenThreshold, max_gap: TimeDelta) -> Vec<(usize, Flags)> {
    let together = |a: &&Sample, b: &&Sample| a.value == b.value && b.key.instant - a.key.instant <= max_gap;
    let mut flagged = Vec::new();
    let mut start = 0;
    for run in series.chunk_by(together) {
        if is_frozen(run, rule) {
            flagged.extend((start..start + run.len()).map(|i| (i, Flags::FROZEN)));
        }
        start += run.len();
    }
    flagged
}

fn is_frozen(run: &[&Sample], rule: &FrozenThreshold) -> bool {
    let [first, .., last] = run else { return false };
    let lasted = last.key.instant - first.key.interval().start;
    lasted >= rule.at_least && rule.not_up_to.is_none_or(|level| first.value > level)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::qc::check::tests::series;
    use lanbi_model::Decimal;

    fn check(name: &str, period: &str, rows: &[(i64, &str)], expected: &[usize]) {
        let rule = FrozenThreshold { at_least: TimeDelta::hours(4), not_up_to: Some(Decimal::ONE) };
        let samples = series(lanbi_model::Parameter::Pm25, period, rows);
        let refs: Vec<&Sample> = samples.iter().collect();
        let flagged: Vec<usize> =
            flag_frozen(&refs, &rule, TimeDelta::hours(3)).into_iter().map(|(i, _)| i).collect();
        assert_eq!(flagged, expected, "{name}");
    }

    #[test]
    fn long_runs_are_flagged_whole() {
        check("four hours", "1h", &[(1, "8"), (2, "8"), (3, "8"), (4, "8")], &[0, 1, 2, 3]);
        check("three hours", "1h", &[(1, "8"), (2, "8"), (3, "8"), (4, "9")], &[]);
        check(
            "in the middle",
            "1h",
            &[(1, "9"), (2, "8"), (3, "8"), (4, "8"), (5, "8"), (6, "7")],
            &[1, 2, 3, 4],
        );
        check("8 and 8.0 are one value", "1h", &[(1, "8"), (2, "8.0"), (3, "8"), (4, "8.00")], &[0, 1, 2, 3]);
        check("a short gap", "1h", &[(1, "8"), (4, "8"), (5, "8")], &[0, 1, 2]);
        check("a long gap", "1h", &[(1, "8"), (2, "8"), (6, "8"), (7, "8")], &[]);
        check("moments 4 h apart end to end", "moment", &[(0, "8"), (2, "8"), (4, "8")], &[0, 1, 2]);
        check("moments 3 h apart", "moment", &[(0, "8"), (1, "8"), (3, "8")], &[]);
        check("at the detection limit", "1h", &[(1, "1"), (2, "1"), (3, "1"), (4, "1")], &[]);
        check("one long average moves nowhere", "1d", &[(24, "8")], &[]);
        check("nothing", "1h", &[], &[]);
    }
}
