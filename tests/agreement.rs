//! Agreement with figures that the national platform published for real hours and days of air.
//!
//! The data are third-party material outside the repository, found at `LANBI_SHARED_DATA` or beside it in
//! `../shared/data`. Without them these tests say so and pass.

#![expect(clippy::panic, reason = "a test stops at what it cannot read")]

mod common;

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::Read;

use common::{rate::Rate, shared_data};
use lanbi_analytics::air::{self, AirDay, AqiTime, Concentrations, TermRounding};
use lanbi_config::standards::builtin;
use lanbi_model::standard::{by_id, on_day};
use lanbi_model::{Decimal, Parameter, ReportPeriod};

type CsvRow = HashMap<String, String>;

fn csv_rows(input: impl Read) -> impl Iterator<Item = CsvRow> {
    csv::Reader::from_reader(input).into_deserialize().map(Result::unwrap)
}

#[test]
fn hourly_indices_equal_those_of_the_national_platform() {
    let Some(folder) = shared_data("air_site_hourly") else { return };
    let law = builtin().unwrap();
    let standard = by_id(&law.aqi, "HJ633-2012").unwrap();
    let columns = ["PM2.5", "PM10", "SO2", "NO2", "CO", "O3_1h"];
    let (mut aqi, mut level, mut primary) = (Rate::default(), Rate::default(), Rate::default());
    let mut cities = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|ext| ext != "csv") {
            continue;
        }
        cities += 1;
        // The display of this station has stood still since 2017; its index belongs to other concentrations.
        let frozen = path.ends_with("三沙.csv");
        for row in csv_rows(File::open(&path).unwrap()) {
            let Ok(published) = row["AQI"].trim().parse::<u32>() else { continue };
            if frozen {
                continue;
            }
            let concentrations = Concentrations(columns.map(|column| row[column].trim().parse().ok()));
            let result = air::assess(standard, AqiTime::Hour, &concentrations, &[]);
            aqi.count(result.aqi == Some(published));
            level.count(result.level.is_some_and(|l| l.category == row["Level"].trim()));
            if published > 50 {
                let mut named: Vec<Parameter> =
                    row["PrimaryPollution"].split_whitespace().map(pollutant).collect();
                let mut computed = result.primary.clone();
                named.sort();
                computed.sort();
                primary.count(named == computed);
            }
        }
    }
    assert_eq!(cities, 25);
    aqi.assert_at_least("hourly AQI", 100.0, 19_000);
    level.assert_at_least("hourly level", 100.0, 19_000);
    primary.assert_at_least("hourly primary pollutants", 100.0, 12_000);
}

fn pollutant(name: &str) -> Parameter {
    match name {
        "细颗粒物(PM2.5)" => Parameter::Pm25,
        "颗粒物(PM10)" => Parameter::Pm10,
        "二氧化硫" => Parameter::So2,
        "二氧化氮" => Parameter::No2,
        "一氧化碳" => Parameter::Co,
        "臭氧1小时" => Parameter::O3,
        other => panic!("unknown pollutant {other}"),
    }
}

/// The years in which the platform formed its index from the rounded day means.
#[test]
fn daily_indices_of_tianjin_equal_the_published_ones() {
    let Some(folder) = shared_data("air_city_daily") else { return };
    let law = builtin().unwrap();
    let standard = by_id(&law.aqi, "HJ633-2012").unwrap();
    let columns = ["pm2_5", "pm10", "so2", "no2", "co", "o3"];
    let mut aqi = Rate::default();
    for row in csv_rows(File::open(folder.join("aqistudy_tianjin_2014-2022.csv")).unwrap()) {
        let year = &row["time_point"][..4];
        let values: [Option<Decimal>; 6] = columns.map(|column| row[column].trim().parse().ok());
        // A zero stands for a missing value in this archive.
        let complete = values.iter().all(|value| value.is_some_and(|v| !v.is_zero()));
        if complete && (year == "2016" || year >= "2018") {
            let result = air::assess(standard, AqiTime::Day, &Concentrations(values), &[]);
            aqi.count(result.aqi.is_some_and(|aqi| row["aqi"].parse() == Ok(aqi)));
        }
    }
    aqi.assert_at_least("daily AQI of Tianjin", 100.0, 1_900);
}

/// Published years of Tianjin against the archive of its daily values. What the archive gives is asserted exactly, and beside
/// it stands what was published: the archive holds figures as they were shown first, the yearly ones were reviewed later.
#[test]
fn years_of_tianjin_come_near_the_published_ones() {
    let Some(folder) = shared_data("air_city_daily") else { return };
    let law = builtin().unwrap();
    let columns = ["pm2_5", "pm10", "so2", "no2", "co", "o3"];
    let days: Vec<AirDay> = csv_rows(File::open(folder.join("aqistudy_tianjin_2014-2022.csv")).unwrap())
        .map(|row| {
            let value = |column: &str| row[column].trim().parse().ok().filter(|v: &Decimal| !v.is_zero());
            AirDay { day: row["time_point"].parse().unwrap(), values: Concentrations(columns.map(value)) }
        })
        .collect();
    let mut rate = Rate::default();
    // Figure, from the archive, as published; the year 2019 was published as differences to 2020.
    let mut check = |year: &str, expected: &[(&str, &str, &str)]| {
        let period: ReportPeriod = year.parse().unwrap();
        let limits = on_day(&law.air, period.last()).unwrap();
        let evaluation = on_day(&law.evaluation, period.last()).unwrap();
        let figures = air::period_statistics(evaluation, &limits.validity, period, &days, &[]);
        assert!(figures.iter().all(|figure| figure.shortfalls.is_empty()), "{year}: {figures:?}");
        let values = figures.map(|figure| figure.value);
        let index = air::composite(evaluation, limits, &values, TermRounding::Terms);
        let of_year: Vec<AirDay> =
            days.iter().copied().filter(|d| d.day.to_string().starts_with(year)).collect();
        let counts = air::count_days(evaluation, |day| on_day(&law.aqi, day), &of_year, &[], &[]);
        for (figure, archive, published) in expected {
            let got = match *figure {
                "pm25" => values[0].unwrap(),
                "o3" => values[5].unwrap(),
                "index" => index.index.unwrap(),
                "good" => counts.good.into(),
                "heavy" => counts.heavy.into(),
                other => panic!("no figure {other}"),
            };
            assert_eq!(got, archive.parse().unwrap(), "{figure} of {year}");
            rate.count(archive == published);
        }
    };
    check(
        "2020",
        &[
            ("pm25", "48", "48"),
            ("o3", "190", "190"),
            ("heavy", "11", "11"),
            ("good", "244", "245"),
            ("index", "5.10", "5.06"),
        ],
    );
    check(
        "2019",
        &[("pm25", "51", "51"), ("good", "222", "219"), ("heavy", "14", "15"), ("index", "5.54", "5.48")],
    );
    rate.assert_at_least("yearly figures of Tianjin 2019 and 2020", 44.0, 9);
}
