//! When a series leaves what is usual for it, upwards.
//!
//! Usual is the median of the readings of some days before, those of earlier worsenings left out; far from it is more than some
//! times their spread around it. The
//! numbers are lanbi's own: no standard gives them. Oxygen is not followed: it falls for warmth and algae as well.

use chrono::TimeDelta;
use lanbi_model::Instant;

use crate::stats::{median, spread_around};

/// How far from usual is too far.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WorseningSettings {
    /// The days that tell what is usual.
    pub window: TimeDelta,
    /// Fewer readings in them tell nothing.
    pub least: usize,
    /// Times the spread.
    pub spreads: f64,
    /// The spread is this share of the median at least, so that a very steady series may still move a little.
    pub least_spread: f64,
    /// Readings in a row that make a worsening; a single one may be a fault.
    pub in_a_row: usize,
}

impl Default for WorseningSettings {
    fn default() -> Self {
        Self { window: TimeDelta::days(14), least: 20, spreads: 5.0, least_spread: 0.1, in_a_row: 2 }
    }
}

/// A stretch of readings above what is usual.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Worsening {
    /// The last reading before it.
    pub after: Instant,
    /// Its first reading: it began after `after`, and not later than this.
    pub from: Instant,
    /// The reading with which there were enough in a row to tell it.
    pub known: Instant,
    /// The first reading that is usual again; none where the series ends before.
    pub until: Option<Instant>,
    /// Largest value.
    pub worst: f64,
    /// Median before it.
    pub usual: f64,
}

/// The worsenings of a series in order of time; with `above`, only readings larger than it count, such as the limit of the
/// section's target.
#[must_use]
pub fn worsenings(
    readings: &[(Instant, f64)],
    above: Option<f64>,
    settings: &WorseningSettings,
) -> Vec<Worsening> {
    let mut usual: Vec<(Instant, f64)> = Vec::with_capacity(readings.len());
    let mut found = Vec::new();
    // Readings far from usual whose number is not yet enough, or that make up the worsening that lasts.
    let mut far: Vec<(Instant, f64)> = Vec::new();
    let mut median_before = 0.0;
    let mut after = None;
    for &(at, value) in readings {
        let start = usual.partition_point(|(then, _)| *then < at - settings.window);
        let before = usual.get(start..).unwrap_or_default();
        let bound = if before.len() < settings.least { None } else { bound(before, settings) };
        let is_far = bound.is_some_and(|(_, bound)| value > bound) && above.is_none_or(|above| value > above);
        if is_far {
            if far.is_empty() {
                median_before = bound.map_or(0.0, |(median, _)| median);
                after = before.last().map(|(then, _)| *then);
            }
            far.push((at, value));
            continue;
        }
        found.extend(worsening(&far, after, Some(at), median_before, settings));
        if far.len() < settings.in_a_row {
            usual.append(&mut far);
        }
        far.clear();
        usual.push((at, value));
    }
    found.extend(worsening(&far, after, None, median_before, settings));
    found
}

fn worsening(
    far: &[(Instant, f64)],
    after: Option<Instant>,
    until: Option<Instant>,
    usual: f64,
    settings: &WorseningSettings,
) -> Option<Worsening> {
    let (known, _) = *far.get(settings.in_a_row.max(1) - 1)?;
    let (from, _) = *far.first()?;
    let worst = far.iter().map(|(_, value)| *value).fold(f64::MIN, f64::max);
    Some(Worsening { after: after.unwrap_or(from), from, known, until, worst, usual })
}

/// The median, and the value beyond which a reading is far from usual; none for no readings.
fn bound(before: &[(Instant, f64)], settings: &WorseningSettings) -> Option<(f64, f64)> {
    let values = || before.iter().map(|(_, value)| *value);
    let median = median(values())?;
    let spread = spread_around(median, values())?.max(settings.least_spread * median.abs());
    Some((median, median + settings.spreads * spread))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(reading: i64) -> Instant {
        "2026-06-01T00:00:00Z".parse::<Instant>().unwrap() + TimeDelta::hours(4 * reading)
    }

    /// Four-hourly readings around 1, with some replaced.
    fn series(changes: &[(i64, f64)]) -> Vec<(Instant, f64)> {
        let mut series: Vec<(Instant, f64)> =
            (0..120_i32).map(|n| (at(n.into()), 1.0 + f64::from(n % 5) / 50.0)).collect();
        for (n, value) in changes {
            series[usize::try_from(*n).unwrap()].1 = *value;
        }
        series
    }

    #[test]
    fn a_worsening_begins_between_two_readings_and_ends_at_a_usual_one() {
        let check = |name: &str, changes: &[(i64, f64)], above: Option<f64>, expected: &[(i64, i64)]| {
            let found = worsenings(&series(changes), above, &WorseningSettings::default());
            let number = |instant: Instant| (instant - at(0)).num_hours() / 4;
            let got: Vec<_> = found.iter().map(|w| (number(w.from), w.until.map_or(-1, number))).collect();
            assert_eq!(got, expected, "{name}");
            assert!(found.iter().all(|w| w.after == w.from - TimeDelta::hours(4)), "{name}");
            // Two readings in a row tell it.
            assert!(found.iter().all(|w| w.known == w.from + TimeDelta::hours(4)), "{name}");
        };
        check("quiet", &[], None, &[]);
        check("one reading", &[(60, 5.0)], None, &[]);
        check("two readings", &[(60, 5.0), (61, 4.0)], None, &[(60, 62)]);
        check("below what counts", &[(60, 5.0), (61, 4.0)], Some(5.0), &[]);
        check("above what counts", &[(60, 5.0), (61, 4.0)], Some(3.0), &[(60, 62)]);
        check("still lasting", &[(118, 5.0), (119, 4.0)], None, &[(118, -1)]);
        check("too early to tell", &[(10, 5.0), (11, 4.0)], None, &[]);
        check("a little", &[(60, 1.3), (61, 1.3)], None, &[]);
        check("twice", &[(60, 5.0), (61, 4.0), (63, 5.0), (64, 4.0)], None, &[(60, 62), (63, 65)]);
    }
}
