//! Air and water look like those of the plain around Tianjin.

use std::collections::BTreeMap;

use chrono::Datelike;
use lanbi_model::{Parameter, Registry, Zone};

use super::month::{FIRST, JANUARY, JULY, LAST, YEAR, day, mean};
use crate::demo::event::PlantedKind;
use crate::demo::water::saturation;
use crate::demo::{Simulation, registry};

#[test]
fn every_number_is_plausible_and_of_a_parameter_the_station_measures() {
    let registry: Registry = registry().unwrap();
    for month in [&*JANUARY, &*JULY] {
        for ((station, key), series) in &month.numbers {
            let Some(station) = registry.find(station) else { continue };
            let parameter = Parameter::from_key(key).unwrap();
            assert!(station.measures(parameter), "{} {key}", station.id);
            let (low, high) = match parameter {
                Parameter::Pm25 => (0.0, 420.0),
                Parameter::Pm10 => (0.0, 600.0),
                Parameter::So2 => (0.0, 60.0),
                Parameter::No2 => (0.0, 260.0),
                Parameter::Co => (0.1, 6.0),
                Parameter::O3 => (0.0, 380.0),
                Parameter::AirTemperature => (-25.0, 42.0),
                Parameter::Humidity => (10.0, 100.0),
                Parameter::AirPressure => (980.0, 1050.0),
                Parameter::WindSpeed => (0.0, 25.0),
                Parameter::WindDirection => (0.0, 360.0),
                Parameter::Rain => (0.0, 100.0),
                Parameter::WaterTemperature => (0.0, 34.0),
                Parameter::Ph => (6.0, 9.2),
                Parameter::DissolvedOxygen => (0.1, 18.0),
                Parameter::Flow => (20.0, 2600.0),
                Parameter::Orp => (-100.0, 250.0),
                Parameter::Tp => (0.02, 1.0),
                Parameter::Tn => (0.5, 40.0),
                Parameter::Nh3n => (0.05, 20.0),
                _ => (0.5, 3000.0),
            };
            for (stamp, value) in series {
                assert!((low..=high).contains(value), "{} {key} {value} at {stamp}", station.id);
            }
        }
    }
}

#[test]
fn fine_particles_are_part_of_the_coarse_and_oxygen_follows_saturation() {
    let month = &*JULY;
    let (mut inverted, mut compared) = (0, 0);
    for ((station, key), series) in &month.numbers {
        if *key == Parameter::Pm10.key() {
            let fine = &month.numbers[&(station.clone(), Parameter::Pm25.key())];
            compared += series.len();
            inverted += series.iter().filter(|(t, v)| fine.get(t).is_some_and(|f| f > v)).count();
        }
        if *key == Parameter::DissolvedOxygen.key() && station.starts_with("sec-") {
            let temperature = &month.numbers[&(station.clone(), Parameter::WaterTemperature.key())];
            for (stamp, oxygen) in series {
                let share = oxygen / saturation(temperature[stamp]);
                assert!((0.05..1.65).contains(&share), "{station}: {share} of saturation at {stamp}");
            }
        }
    }
    assert!(inverted * 100 < compared, "{inverted} of {compared} hours inverted");
}

#[test]
fn the_year_looks_like_the_plain() {
    let mut hours: BTreeMap<&str, Vec<(u32, f64)>> = BTreeMap::new();
    for record in YEAR.iter().filter(|r| r.station.starts_with("air-")) {
        let month = Zone::shanghai().day_of_end(record.at).month();
        for reading in record.readings.iter().filter(|r| r.flag.is_none()) {
            hours.entry(reading.parameter.key()).or_default().push((month, reading.value));
        }
    }
    let of = |key: &str, months: &[u32]| {
        let values: Vec<f64> =
            hours[key].iter().filter(|(m, _)| months.contains(m)).map(|(_, v)| *v).collect();
        mean(&values)
    };
    let (year, winter, summer) = ((1..=12).collect::<Vec<_>>(), [12, 1, 2], [6, 7, 8]);
    let check = |what: &str, value: f64, low: f64, high: f64| {
        assert!((low..=high).contains(&value), "{what} is {value}, not in {low}-{high}");
    };
    check("annual PM2.5", of("pm25", &year), 35.0, 45.0);
    check("annual PM10", of("pm10", &year), 60.0, 90.0);
    check("annual NO2", of("no2", &year), 28.0, 40.0);
    check("annual SO2", of("so2", &year), 5.0, 12.0);
    check("winter to summer PM2.5", of("pm25", &winter) / of("pm25", &summer), 1.5, 5.0);
    check("summer to winter O3", of("o3", &summer) / of("o3", &winter), 2.5, 12.0);
    check("January", of("air_temp", &[1]), -8.0, 3.0);
    check("July", of("air_temp", &[7]), 24.0, 31.0);
    check("rain in mm", of("rain", &year) * 24.0 * 365.0, 250.0, 900.0);
}

#[test]
fn outlets_keep_their_limits_all_year() {
    let planted = Simulation::new(7, day(FIRST), day(LAST)).planted();
    let breach = planted.iter().find(|p| p.kind == PlantedKind::OutletBreach).unwrap();
    for record in YEAR.iter().filter(|r| r.station.starts_with("out-")) {
        let cold = matches!(Zone::shanghai().local(record.at).month(), 11 | 12 | 1..=3);
        let (cod, ammonia, nitrogen, phosphorus) = match (record.station, cold) {
            ("out-02", true) => (40.0, 3.5, 15.0, 0.4),
            ("out-02", false) => (40.0, 2.0, 15.0, 0.4),
            ("out-03", _) => (50.0, 5.0, 15.0, 0.5),
            (_, true) => (30.0, 3.0, 10.0, 0.3),
            (_, false) => (30.0, 1.5, 10.0, 0.3),
        };
        let planted = record.station == "out-01" && breach.from < record.at && record.at <= breach.to;
        for reading in record.readings.iter().filter(|r| r.flag.is_none() && !planted) {
            let limit = match reading.parameter {
                Parameter::Cod => cod,
                Parameter::Nh3n => ammonia,
                Parameter::Tn => nitrogen,
                Parameter::Tp => phosphorus,
                _ => continue,
            };
            assert!(reading.value <= limit, "{} {reading:?} at {}", record.station, record.at);
        }
    }
}
