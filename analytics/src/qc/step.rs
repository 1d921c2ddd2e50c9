//! Single values far from both neighbours (`STEP`, 数据突变): air and water do not jump there and back within two
//! intervals, electronics do. Fireworks and spills also look like this, so the flag only asks a person to look.

use chrono::TimeDelta;
use lanbi_model::{Decimal, Flags, Sample};

use super::settings::StepThreshold;

/// The positions in `series` of values that stand out, up or down, of both neighbours.
///
/// `series` is one parameter in one averaging period, in order of time. The first and last value, and values with a
/// neighbour further away than `max_gap`, are not judged; the newest value therefore waits for its successor.
#[must_use]
pub fn flag_step(series: &[&Sample], rule: &StepThreshold, max_gap: TimeDelta) -> Vec<(usize, Flags)> {
    let mut flagged = Vec::new();
    for (before, window) in series.windows(3).enumerate() {
        let [left, middle, right] = window else { continue };
        let near = middle.key.instant - left.key.instant <= max_gap
            && right.key.instant - middle.key.instant <= max_gap;
        if near && stands_out(left.value, middle.value, right.value, rule) {
            flagged.push((before + 1, Flags::STEP));
        }
    }
    flagged
}

fn stands_out(left: Decimal, middle: Decimal, right: Decimal, rule: &StepThreshold) -> bool {
    exceeds(middle, left.max(right), rule) || exceeds(left.min(right), middle, rule)
}

/// Whether `high` is above `low` by more than the distance and more than the ratio. A distance that does not fit a
/// decimal counts as exceeding: only absurd numbers get there.
pub(super) fn exceeds(high: Decimal, low: Decimal, rule: &StepThreshold) -> bool {
    high > low
        && high.checked_sub(low).is_none_or(|distance| distance > rule.distance)
        && rule.ratio.checked_mul(low).is_some_and(|scaled| high > scaled)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::qc::check::tests::series;

    fn check(name: &str, rows: &[(i64, &str)], expected: &[usize]) {
        let rule = StepThreshold { distance: Decimal::from(100), ratio: Decimal::from(2) };
        let samples = series(lanbi_model::Parameter::Pm25, "1h", rows);
        let refs: Vec<&Sample> = samples.iter().collect();
        let flagged: Vec<usize> =
            flag_step(&refs, &rule, TimeDelta::hours(3)).into_iter().map(|(i, _)| i).collect();
        assert_eq!(flagged, expected, "{name}");
    }

    #[test]
    fn only_lonely_values_stand_out() {
        check("a spike", &[(1, "30"), (2, "300"), (3, "35")], &[1]);
        check("a hole", &[(1, "300"), (2, "5"), (3, "290")], &[1]);
        check("a hole below zero", &[(1, "300"), (2, "-4"), (3, "290")], &[1]);
        check("a step that stays", &[(1, "30"), (2, "300"), (3, "310")], &[]);
        check("a slope", &[(1, "30"), (2, "200"), (3, "400")], &[]);
        check("exactly the distance", &[(1, "30"), (2, "130"), (3, "30")], &[]);
        check("far but not double", &[(1, "300"), (2, "450"), (3, "310")], &[]);
        check("double but not far", &[(1, "10"), (2, "50"), (3, "12")], &[]);
        check("no neighbour on the right", &[(1, "30"), (2, "300")], &[]);
        check("neighbour too far away", &[(1, "30"), (2, "300"), (6, "35")], &[]);
        check(
            "absurd",
            &[(1, "-79228162514264337593543950335"), (2, "79228162514264337593543950335"), (3, "0")],
            &[1],
        );
    }
}
