//! A station far from its neighbours for hours (`NEIGHBOURS`, 邻站偏离): a drifting analyser or a wrong unit shows itself
//! against the stations around it, where its own values look smooth.
//!
//! A single hour may differ by what is emitted next to a station, so only hours in a row count; smoke, a front or dust may
//! still reach one station hours before the others, hence the flag only asks a person to look.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use lanbi_model::{AveragingPeriod, Decimal, Flags, Instant, Parameter, Sample, SampleKey, StationId};

use super::settings::{NeighbourThresholds, QcSettings};
use super::step::exceeds;

/// On which side of its neighbours a value lies, far from them.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Above,
    Below,
}

/// The values whose flags change, with all their flags, in order of their keys.
///
/// `neighbours` are values of all stations of one area, in any order and of any parameter; only valid hourly means are
/// compared. A value is far off where it differs from the median of the others by more than a distance and a ratio; it is
/// flagged where that lasts for as many hours without a break, always to the same side. Hours with fewer neighbours than
/// configured judge nobody. Give the hours since `settings.neighbours.at_least` before the new ones, with the flags that
/// [`check_series`](super::check_series) has set; when one station's late value changes, its neighbours are judged anew as
/// well.
#[must_use]
pub fn flag_outliers_among(neighbours: &[Sample], settings: &QcSettings) -> Vec<(SampleKey, Flags)> {
    let rules = &settings.neighbours;
    let mut changed: Vec<(SampleKey, Flags)> = rules
        .far
        .keys()
        .flat_map(|parameter| outliers(neighbours, *parameter, rules))
        .filter(|sample| !sample.flags.contains(Flags::NEIGHBOURS))
        .map(|sample| (sample.key.clone(), sample.flags | Flags::NEIGHBOURS))
        .collect();
    changed.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    changed
}

/// The values of one parameter that are far off for long enough.
fn outliers<'a>(samples: &'a [Sample], parameter: Parameter, rules: &NeighbourThresholds) -> Vec<&'a Sample> {
    let Some(far) = rules.far.get(&parameter) else { return Vec::new() };
    let mut hours: BTreeMap<Instant, Vec<&Sample>> = BTreeMap::new();
    let compared = |s: &&Sample| {
        s.key.parameter == parameter && s.key.period == AveragingPeriod::HOUR && s.flags.is_valid()
    };
    for sample in samples.iter().filter(compared) {
        hours.entry(sample.key.instant).or_default().push(sample);
    }
    let mut far_off: BTreeMap<&StationId, Vec<(&Sample, Side)>> = BTreeMap::new();
    for mut hour in hours.into_values().filter(|hour| hour.len() > rules.stations) {
        hour.sort_by_key(|sample| sample.value);
        for (place, sample) in hour.iter().enumerate() {
            let Some((lower, upper)) = median_without(&hour, place) else { continue };
            let side = if exceeds(sample.value, upper, far) {
                Side::Above
            } else if exceeds(lower, sample.value, far) {
                Side::Below
            } else {
                continue;
            };
            far_off.entry(&sample.key.station).or_default().push((sample, side));
        }
    }
    let hour = AveragingPeriod::HOUR.span();
    let together =
        |a: &(&Sample, Side), b: &(&Sample, Side)| a.1 == b.1 && b.0.key.instant - a.0.key.instant == hour;
    let long = |run: &&[(&Sample, Side)]| {
        let lasted = |(first, last): (&(&Sample, Side), &(&Sample, Side))| {
            last.0.key.instant - first.0.key.interval().start
        };
        run.first().zip(run.last()).map_or(TimeDelta::zero(), lasted) >= rules.at_least
    };
    far_off
        .values()
        .flat_map(|series| series.chunk_by(together).filter(long).flatten())
        .map(|(sample, _)| *sample)
        .collect()
}

/// The middle of all values but one, twice the same for an odd number; `sorted` ascends. Between two middle values nobody is
/// far off: of four neighbours two may be wrong.
fn median_without(sorted: &[&Sample], place: usize) -> Option<(Decimal, Decimal)> {
    let others = sorted.len().checked_sub(1)?;
    let other = |n: usize| sorted.get(if n < place { n } else { n + 1 }).map(|sample| sample.value);
    Some((other(others.checked_sub(1)? / 2)?, other(others / 2)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::qc::check::tests::series;
    use crate::qc::test_settings::settings;

    /// Rows of stations A, B, …, values of the hours 1, 2, …; `-` is missing.
    fn samples(parameter: Parameter, period: &str, rows: &[&str]) -> Vec<Sample> {
        let mut samples = Vec::new();
        for (name, values) in ('A'..).zip(rows) {
            let hours = (1..).zip(values.split_whitespace()).filter(|(_, value)| *value != "-");
            let mut own = series(parameter, period, &hours.collect::<Vec<_>>());
            for sample in &mut own {
                sample.key.station = StationId::new(&name.to_string());
            }
            samples.extend(own);
        }
        samples
    }

    /// Flagged values as `A1`: station and hour.
    fn told(samples: &[Sample]) -> String {
        let start: Instant = "2026-10-04T16:00:00Z".parse().unwrap();
        let word =
            |(key, _): &(SampleKey, Flags)| format!("{}{}", key.station, (key.instant - start).num_hours());
        flag_outliers_among(samples, &settings()).iter().map(word).collect::<Vec<_>>().join(" ")
    }

    fn check(name: &str, rows: &[&str], expected: &str) {
        assert_eq!(told(&samples(Parameter::Pm25, "1h", rows)), expected, "{name}");
    }

    #[test]
    fn a_station_far_off_for_hours_is_flagged() {
        check("above", &["300 300 300", "90 90 90", "100 100 100", "80 80 80"], "A1 A2 A3");
        check("two hours", &["300 300 90", "90 90 90", "100 100 100", "80 80 80"], "");
        check("below", &["-3 0 5", "190 190 190", "200 200 200", "180 180 180"], "A1 A2 A3");
        check("first above, then below", &["600 600 5", "190 190 190", "200 200 200", "180 180 180"], "");
        check("an hour missing", &["300 300 - 300", "90 90 90 90", "100 100 100 100", "80 80 80 80"], "");
        check("a neighbour missing", &["300 300 300", "90 - 90", "100 100 100", "80 80 80"], "");
        check("two neighbours", &["300 300 300", "90 90 90", "100 100 100"], "");
        check("exactly the distance", &["190 190 190", "90 90 90", "90 90 90", "90 90 90"], "");
        check("far but not double", &["350 350 350", "200 200 200", "200 200 200", "200 200 200"], "");
        check("double but not far", &["90 90 90", "30 30 30", "30 30 30", "30 30 30"], "");
        // The others of D are 90, 100, 300 and 310: it is near one of the middle two.
        check(
            "two of five",
            &["300 300 300", "310 310 310", "100 100 100", "90 90 90", "80 80 80"],
            "A1 A2 A3 B1 B2 B3",
        );
        check("all rise", &["300 300 300", "310 310 310", "290 290 290", "280 280 280"], "");
    }

    #[test]
    fn only_valid_hours_of_the_parameter_are_compared() {
        let rows = ["300 300 300", "90 90 90", "100 100 100", "80 80 80"];
        assert_eq!(told(&samples(Parameter::Pm10, "1h", &rows)), "", "a parameter that is not configured");
        assert_eq!(told(&samples(Parameter::Pm25, "1d", &rows)), "", "days");
        let mut invalid = samples(Parameter::Pm25, "1h", &rows);
        for sample in &mut invalid[..3] {
            sample.flags = Flags::CALIBRATION;
        }
        assert_eq!(told(&invalid), "", "an invalid value");
    }

    #[test]
    fn flags_are_added_and_a_second_look_adds_nothing() {
        let mut all = samples(Parameter::Pm25, "1h", &["300 300 300", "90 90 90", "100 100 100", "80 80 80"]);
        all[1].flags = Flags::MANUAL;
        all.reverse();
        let changed = flag_outliers_among(&all, &settings());
        let flags: Vec<Flags> = changed.iter().map(|(_, flags)| *flags).collect();
        assert_eq!(flags, [Flags::NEIGHBOURS, Flags::NEIGHBOURS | Flags::MANUAL, Flags::NEIGHBOURS]);
        for (key, flags) in changed {
            all.iter_mut().filter(|sample| sample.key == key).for_each(|sample| sample.flags = flags);
        }
        assert_eq!(told(&all), "");
    }
}
