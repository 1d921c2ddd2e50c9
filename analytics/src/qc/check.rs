//! All quality checks over a stretch of one station's values.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use lanbi_model::{
    AveragingPeriod, Flags, Medium, Parameter, Sample, SampleKey, Station, standard::Plausible,
};

use super::{
    frozen::flag_frozen,
    inverted::flag_inverted,
    range::flag_range,
    settings::{QcSettings, STUCK},
    step::flag_step,
    stuck::flag_stuck,
};

/// The values of `samples` whose flags change, with all their flags after the checks, in order of their keys.
///
/// Samples come in any order and of all parameters; those of other stations are passed over. A check of new values
/// wants the values since [`QcSettings::look_back`] before them as well. Flags are only added: a value once flagged
/// stays so until a person decides. Values that are already invalid, or become so by the range check, take no part
/// in the checks that compare values.
#[must_use]
pub fn check_series(
    station: &Station,
    samples: &[Sample],
    settings: &QcSettings,
    plausible: &BTreeMap<Parameter, Plausible>,
) -> Vec<(SampleKey, Flags)> {
    let mut own: Vec<&Sample> = samples.iter().filter(|s| s.key.station == station.id).collect();
    own.sort_unstable_by(|a, b| a.key.cmp(&b.key));

    let mut flags: Vec<Flags> = own
        .iter()
        .map(|s| s.flags | flag_range(s.key.parameter, s.value, plausible.get(&s.key.parameter), settings))
        .collect();
    let (places, valid): (Vec<usize>, Vec<&Sample>) =
        own.iter().enumerate().filter(|(i, _)| flags[*i].is_valid()).map(|(i, s)| (i, *s)).unzip();
    for (position, flag) in compare(station, &valid, settings) {
        flags[places[position]] |= flag;
    }
    own.iter()
        .zip(flags)
        .filter(|(sample, flags)| sample.flags != *flags)
        .map(|(sample, flags)| (sample.key.clone(), flags))
        .collect()
}

/// Flags by position from the checks that compare values with each other; `valid` is in order of keys.
fn compare(station: &Station, valid: &[&Sample], settings: &QcSettings) -> Vec<(usize, Flags)> {
    let mut found = flag_inverted(valid);
    found.extend(stuck(station, valid, settings));
    let series_of = |s: &Sample| -> (Parameter, AveragingPeriod) { (s.key.parameter, s.key.period) };
    let mut start = 0;
    for series in valid.chunk_by(|a, b| series_of(a) == series_of(b)) {
        let Some(first) = series.first() else { continue };
        let max_gap = max_gap(station, first.key.period, settings);
        let parameter = first.key.parameter;
        let frozen = settings.frozen.get(&parameter).map(|rule| flag_frozen(series, rule, max_gap));
        let step = settings.step.get(&parameter).map(|rule| flag_step(series, rule, max_gap));
        let both = frozen.into_iter().chain(step).flatten();
        found.extend(both.map(|(position, flag)| (start + position, flag)));
        start += series.len();
    }
    found
}

/// Flags by position where all of the station's air, or all of its water, stands still.
fn stuck(station: &Station, valid: &[&Sample], settings: &QcSettings) -> Vec<(usize, Flags)> {
    let mut rooms: BTreeMap<(Medium, AveragingPeriod), Vec<usize>> = BTreeMap::new();
    for (position, SampleKey { parameter, period, .. }) in valid.iter().map(|s| &s.key).enumerate() {
        if STUCK.contains(&parameter.medium()) {
            rooms.entry((parameter.medium(), *period)).or_default().push(position);
        }
    }
    let mut found = Vec::new();
    for ((_, period), positions) in rooms {
        let samples: Vec<&Sample> = positions.iter().map(|position| valid[*position]).collect();
        let flagged = flag_stuck(&samples, &settings.stuck, max_gap(station, period, settings));
        found.extend(flagged.into_iter().map(|(i, flag)| (positions[i], flag)));
    }
    found
}

/// The longest time between neighbours. A station that sends minutes and hours has them an hour apart among its hours.
fn max_gap(station: &Station, period: AveragingPeriod, settings: &QcSettings) -> TimeDelta {
    station.cadence.max(period).span() * i32::from(settings.gap_cadences)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::qc::test_settings::settings;
    use lanbi_model::{Decimal, Instant, StationId, StationKind, Zone};

    /// Values of one parameter of station `S` at hours after an arbitrary midnight.
    pub(crate) fn series(parameter: Parameter, period: &str, rows: &[(i64, &str)]) -> Vec<Sample> {
        let start: Instant = "2026-10-04T16:00:00Z".parse().unwrap();
        rows.iter()
            .map(|(hour, value)| Sample {
                key: SampleKey {
                    station: StationId::new("S"),
                    parameter,
                    period: AveragingPeriod::parse(period).unwrap(),
                    instant: start + TimeDelta::hours(*hour),
                },
                value: value.parse().unwrap(),
                flags: Flags::empty(),
            })
            .collect()
    }

    fn station() -> Station {
        Station {
            id: StationId::new("S"),
            name: "示例站".to_owned(),
            kind: StationKind::Air,
            area: String::new(),
            water: String::new(),
            downstream: None,
            zone: Zone::shanghai(),
            period: AveragingPeriod::HOUR,
            cadence: AveragingPeriod::HOUR,
            parameters: vec![Parameter::Pm25, Parameter::Pm10],
        }
    }

    /// Hour, parameter and flags of every changed value.
    fn changed(samples: &[Sample]) -> Vec<(i64, Parameter, Flags)> {
        let start: Instant = "2026-10-04T16:00:00Z".parse().unwrap();
        let plausible = [Parameter::Pm25, Parameter::Pm10]
            .map(|p| (p, Plausible { low: Decimal::ZERO, high: Decimal::from(2000) }))
            .into();
        check_series(&station(), samples, &settings(), &plausible)
            .into_iter()
            .map(|(key, flags)| ((key.instant - start).num_hours(), key.parameter, flags))
            .collect()
    }

    #[test]
    fn every_check_finds_its_fault() {
        use Parameter::{Pm10, Pm25};
        let mut samples =
            series(Pm25, "1h", &[(1, "30"), (2, "300"), (3, "35"), (4, "9999"), (5, "-3"), (6, "-30")]);
        samples.extend(series(
            Pm10,
            "1h",
            &[(1, "50"), (2, "290"), (3, "80"), (4, "60"), (5, "61"), (6, "62")],
        ));
        samples.reverse();
        assert_eq!(
            changed(&samples),
            [
                (2, Pm25, Flags::STEP | Flags::INVERTED),
                (4, Pm25, Flags::RANGE),
                (5, Pm25, Flags::LOW_LEVEL),
                (6, Pm25, Flags::NEGATIVE | Flags::RANGE),
                (2, Pm10, Flags::STEP | Flags::INVERTED),
            ]
        );
    }

    #[test]
    fn a_station_that_stands_still_is_found_before_a_parameter_that_does() {
        use Parameter::{Humidity, No2, Pm10, Pm25, Rain, So2, WindSpeed};
        let rows = |hours: i64, value: &'static str| (1..=hours).map(|h| (h, value)).collect::<Vec<_>>();
        let of = |parameters: &[Parameter], hours: i64| -> Vec<Sample> {
            parameters.iter().flat_map(|p| series(*p, "1h", &rows(hours, "41"))).collect()
        };
        let frozen =
            |samples: &[Sample]| changed(samples).iter().filter(|(.., f)| *f == Flags::FROZEN).count();
        assert_eq!(frozen(&of(&[Pm25, Pm10, No2], 6)), 18);
        assert_eq!(frozen(&of(&[Pm25, Pm10, No2], 5)), 0);
        assert_eq!(frozen(&of(&[Pm25, Pm10], 11)), 0);
        assert_eq!(frozen(&of(&[Rain, Humidity, WindSpeed], 11)), 0, "weather may rest");
        let mut with_weather = of(&[Pm25, Pm10, So2], 6);
        with_weather.extend(series(Humidity, "1h", &[(1, "40"), (2, "41"), (3, "42"), (4, "43")]));
        assert_eq!(frozen(&with_weather), 18, "another instrument goes on");
    }

    #[test]
    fn flags_are_added_and_a_second_look_adds_nothing() {
        let mut samples = series(Parameter::Pm25, "1h", &[(1, "30"), (2, "300"), (3, "35")]);
        samples[1].flags = Flags::MANUAL;
        let first = changed(&samples);
        assert_eq!(first, [(2, Parameter::Pm25, Flags::MANUAL | Flags::STEP)]);
        samples[1].flags = first[0].2;
        assert_eq!(changed(&samples), []);
    }

    /// Neither breaks a run nor is flagged with it; and a spike beside it is judged by its valid neighbours.
    #[test]
    fn invalid_values_are_not_compared() {
        let rows: Vec<(i64, &str)> = (1..=13).map(|h| (h, if h == 7 { "900" } else { "41" })).collect();
        let mut samples = series(Parameter::Pm25, "1h", &rows);
        samples[6].flags = Flags::CALIBRATION;
        let flagged: Vec<i64> = changed(&samples).into_iter().map(|(hour, ..)| hour).collect();
        assert_eq!(flagged, [1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 13]);
    }

    #[test]
    fn other_stations_and_other_averages_are_other_series() {
        let mut samples = series(Parameter::Pm25, "1h", &[(1, "30"), (3, "35")]);
        samples.extend(series(Parameter::Pm25, "1d", &[(2, "300")]));
        let mut foreign = series(Parameter::Pm25, "1h", &[(2, "9999")]);
        foreign[0].key.station = StationId::new("other");
        samples.extend(foreign);
        assert_eq!(changed(&samples), []);
    }

    #[test]
    fn looking_back_reaches_the_longest_run_of_what_the_station_measures() {
        let settings = settings();
        let longest = |parameters: &[Parameter]| {
            settings.look_back(&Station { parameters: parameters.to_vec(), ..station() })
        };
        assert_eq!(longest(&[Parameter::Pm25]), TimeDelta::hours(12));
        assert_eq!(longest(&[Parameter::Pm25, Parameter::Ph]), TimeDelta::hours(48));
        assert_eq!(longest(&[Parameter::Rain]), TimeDelta::zero());
        assert_eq!(longest(&[Parameter::Copper, Parameter::Zinc, Parameter::Lead]), TimeDelta::hours(6));
    }
}
