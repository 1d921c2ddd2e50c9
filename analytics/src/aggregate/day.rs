//! Means of one natural day, one for each parameter of a station.
//!
//! An interval belongs to the day it ends in, 00:00 closing the day before (hours ending 01:00 to 24:00, GB 3095-2026,
//! 3.9); a reading at a moment belongs to the day it was taken (00:00 to 23:59). Only values without an invalid flag
//! and of the station's regular averaging period take part. Means are not rounded.

use chrono::NaiveDate;
use lanbi_model::{
    AveragingPeriod, DailyMean, Decimal, Medium, Parameter, Sample, Station, Validity, standard::AirValidity,
};

use super::{air_day, combine::Tally, water_day};

/// What makes a day mean valid.
#[derive(Clone, Copy, Debug)]
pub struct DayRules<'a> {
    /// Minimum counts of the edition of GB 3095 in force on the day; weather follows them too (configured, no
    /// standard gives a count for weather).
    pub air: &'a AirValidity,
    /// Class 2 limit of the ozone daily maximum 8-hour mean in force on the day, in μg/m³; see
    /// [`ozone_day`](super::ozone_day).
    pub ozone_class2: Option<Decimal>,
    /// Valid values that make a day mean of water; a station that sends fewer in a full day needs them all
    /// (configured, no standard gives the count).
    pub water_readings: u32,
}

/// Day means of every parameter the station measures, in the order of the registry; ozone is followed by
/// [`Parameter::O3EightHour`].
///
/// A parameter without valid values has an entry without a value: missing is said, not left out. Samples of other
/// stations and days are passed over, so a caller may hand in more than the day. An 8-hour mean computed by the device
/// is not used: the day's maximum always comes from the hourly values.
#[must_use]
pub fn daily_means(
    station: &Station,
    day: NaiveDate,
    samples: &[Sample],
    rules: &DayRules<'_>,
) -> Vec<DailyMean> {
    let of_day: Vec<&Sample> = samples.iter().filter(|s| takes_part(station, day, s)).collect();
    let mut means = Vec::with_capacity(station.parameters.len() + 1);
    for &parameter in station.parameters.iter().filter(|&&p| p != Parameter::O3EightHour) {
        let mut add = |parameter, (tally, expected, validity): DayTally| {
            means.push(daily_mean(station, day, parameter, &tally, expected, validity));
        };
        if parameter.medium() == Medium::Water {
            add(parameter, water_day::mean(station, parameter, &of_day, rules));
        } else {
            let hours = air_day::hours(station, day, parameter, &of_day, rules);
            add(parameter, air_day::mean(parameter, &hours, rules));
            if parameter == Parameter::O3 {
                add(Parameter::O3EightHour, air_day::ozone(&hours, rules));
            }
        }
    }
    means
}

/// A sum-up with the number of values a full day has and the verdict.
pub(super) type DayTally = (Tally, u32, Validity);

fn takes_part(station: &Station, day: NaiveDate, sample: &Sample) -> bool {
    let key = &sample.key;
    let belongs_to = if key.period == AveragingPeriod::MOMENT {
        station.zone.day_of(key.instant)
    } else {
        station.zone.day_of_end(key.instant)
    };
    key.station == station.id && key.period == station.period && sample.flags.is_valid() && belongs_to == day
}

fn daily_mean(
    station: &Station,
    day: NaiveDate,
    parameter: Parameter,
    tally: &Tally,
    expected: u32,
    validity: Validity,
) -> DailyMean {
    DailyMean {
        station: station.id.clone(),
        parameter,
        day,
        value: tally.value,
        min: tally.min,
        max: tally.max,
        count: tally.count,
        expected,
        validity: if tally.value.is_none() { Validity::Insufficient } else { validity },
    }
}

#[cfg(test)]
mod tests {
    use super::super::VALIDITY;
    use super::*;
    use chrono::TimeDelta;
    use lanbi_model::{Flags, SampleKey, StationId, StationKind, WaterBody, Zone};

    fn station(kind: StationKind, period: &str, cadence: &str, parameters: &[Parameter]) -> Station {
        Station {
            id: StationId::new("S"),
            name: "示例站".to_owned(),
            kind,
            area: String::new(),
            water: String::new(),
            downstream: None,
            zone: Zone::shanghai(),
            period: AveragingPeriod::parse(period).unwrap(),
            cadence: AveragingPeriod::parse(cadence).unwrap(),
            parameters: parameters.to_vec(),
        }
    }

    fn day() -> NaiveDate {
        "2026-10-05".parse().unwrap()
    }

    /// A value `minutes` after the start of the day.
    fn at(station: &Station, parameter: Parameter, minutes: i64, value: &str) -> Sample {
        Sample {
            key: SampleKey {
                station: station.id.clone(),
                parameter,
                period: station.period,
                instant: station.zone.start_of(day()) + TimeDelta::minutes(minutes),
            },
            value: value.parse().unwrap(),
            flags: Flags::empty(),
        }
    }

    fn check(
        station: &Station,
        samples: &[Sample],
        expected: &[(Parameter, Option<&str>, u32, u32, Validity)],
    ) {
        let rules = DayRules { air: &VALIDITY, ozone_class2: Some(Decimal::from(160)), water_readings: 4 };
        let means = daily_means(station, day(), samples, &rules);
        let seen: Vec<_> =
            means.iter().map(|m| (m.parameter, m.value, m.count, m.expected, m.validity)).collect();
        let expected: Vec<_> = expected
            .iter()
            .map(|&(p, value, count, full, validity)| {
                (p, value.map(|v| v.parse::<Decimal>().unwrap()), count, full, validity)
            })
            .collect();
        assert_eq!(seen, expected);
    }

    use Parameter::{Nh3n, No2, O3, O3EightHour, Ph, Rain, WindDirection};
    use Validity::{Insufficient, Valid};

    /// Hours ending 00:00 (of the day before), 01:00 … 24:00 and 01:00 of the next day.
    #[test]
    fn air_hours_end_from_one_to_twenty_four() {
        let air = station(StationKind::Air, "1h", "1h", &[No2]);
        let hours: Vec<Sample> = (0..=25).map(|h| at(&air, No2, 60 * h, &h.to_string())).collect();
        check(&air, &hours, &[(No2, Some("12.5"), 24, 24, Valid)]);
        check(&air, &hours[..21], &[(No2, Some("10.5"), 20, 24, Valid)]);
        check(&air, &hours[..20], &[(No2, Some("10"), 19, 24, Insufficient)]);
        check(&air, &hours[..1], &[(No2, None, 0, 24, Insufficient)]);
    }

    #[test]
    fn invalid_foreign_and_other_averages_take_no_part() {
        let air = station(StationKind::Air, "1h", "1h", &[No2]);
        let mut samples: Vec<Sample> = (1..=24).map(|h| at(&air, No2, 60 * h, "10")).collect();
        samples[3].flags = Flags::MAINTENANCE;
        samples[4].flags = Flags::STEP | Flags::FROZEN | Flags::MANUAL;
        samples[5].key.station = StationId::new("other");
        samples[6].key.period = AveragingPeriod::DAY;
        for i in [3, 5, 6] {
            samples[i].value = Decimal::from(9999);
        }
        check(&air, &samples, &[(No2, Some("10"), 21, 24, Valid)]);
    }

    #[test]
    fn ozone_brings_its_eight_hour_maximum_and_weather_its_own_means() {
        let air = station(StationKind::Air, "1h", "1h", &[O3, Rain, WindDirection, O3EightHour]);
        let mut samples: Vec<Sample> =
            (1..=24).map(|h| at(&air, O3, 60 * h, &(10 * h).to_string())).collect();
        samples.extend((1..=24).map(|h| at(&air, Rain, 60 * h, "0.2")));
        samples
            .extend((1..=24).map(|h| at(&air, WindDirection, 60 * h, if h % 2 == 0 { "350" } else { "20" })));
        samples.push(at(&air, O3EightHour, 60, "777"));
        check(
            &air,
            &samples,
            &[
                (O3, Some("125"), 24, 24, Valid),
                (O3EightHour, Some("205"), 17, 17, Valid),
                (Rain, Some("4.8"), 24, 24, Valid),
                (WindDirection, Some("5"), 24, 24, Valid),
            ],
        );
    }

    #[test]
    fn minutes_become_hours_first() {
        let air = station(StationKind::Air, "5m", "5m", &[No2]);
        // 21 full hours, the 22nd with 40 minutes: it is no hour.
        let samples: Vec<Sample> = (1..=21 * 12 + 8).map(|i| at(&air, No2, 5 * i, "30")).collect();
        check(&air, &samples, &[(No2, Some("30"), 21, 24, Valid)]);
    }

    /// A reading at 00:00 opens the day; the one at 24:00 opens the next.
    #[test]
    fn water_readings_run_from_midnight_to_midnight() {
        let section = StationKind::Section { body: WaterBody::River, target: None };
        let section = station(section, "moment", "4h", &[Ph, Nh3n]);
        let mut samples: Vec<Sample> =
            (-1..=6).map(|i| at(&section, Nh3n, 240 * i, &format!("0.{}", i + 1))).collect();
        samples.extend(["6.5", "7.9", "8.8"].iter().zip(0..).map(|(v, i)| at(&section, Ph, 240 * i, v)));
        check(
            &section,
            &samples,
            &[(Ph, Some("6.958079"), 3, 6, Insufficient), (Nh3n, Some("0.35"), 6, 6, Valid)],
        );
        // Four of six readings make a day, three do not.
        samples[3].flags = Flags::FAULT;
        samples[4].flags = Flags::FAULT;
        check(&section, &samples[..8], &[(Ph, None, 0, 6, Insufficient), (Nh3n, Some("0.35"), 4, 6, Valid)]);
        samples[5].flags = Flags::FAULT;
        check(
            &section,
            &samples[..8],
            &[(Ph, None, 0, 6, Insufficient), (Nh3n, Some("0.3"), 3, 6, Insufficient)],
        );
    }

    #[test]
    fn one_grab_sample_is_the_day_of_a_station_visited_monthly() {
        let ditch = station(StationKind::Ditch { rural: false }, "moment", "30d", &[Nh3n]);
        check(&ditch, &[at(&ditch, Nh3n, 600, "9.1")], &[(Nh3n, Some("9.1"), 1, 1, Valid)]);
    }

    #[test]
    fn outlets_are_weighted_by_flow_where_they_measure_it() {
        let kind = StationKind::Outlet { limits: "X/A".to_owned() };
        let measured = station(kind.clone(), "1h", "1h", &[Parameter::Cod, Ph, Parameter::Flow]);
        let plain = station(kind, "1h", "1h", &[Parameter::Cod]);
        let mut samples = Vec::new();
        for (hour, cod, flow) in [(1, "30", "100"), (2, "60", "200"), (3, "90", "0"), (4, "12", "100")] {
            samples.push(at(&measured, Parameter::Cod, 60 * hour, cod));
            samples.push(at(&measured, Parameter::Flow, 60 * hour, flow));
            samples.push(at(&measured, Ph, 60 * hour, "7.5"));
        }
        samples.push(at(&measured, Parameter::Cod, 300, "500"));
        // Hour 3 discharged nothing and hour 5 has no flow: (3000 + 12000 + 1200) / 400.
        check(
            &measured,
            &samples,
            &[
                (Parameter::Cod, Some("40.5"), 3, 24, Insufficient),
                (Ph, Some("7.5"), 4, 24, Valid),
                (Parameter::Flow, Some("100"), 4, 24, Valid),
            ],
        );
        check(&plain, &samples, &[(Parameter::Cod, Some("138.4"), 5, 24, Valid)]);
    }
}
