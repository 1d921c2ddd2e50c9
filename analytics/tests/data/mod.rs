//! Public hourly records of air stations. They are third-party material outside the repository, found at
//! `LANBI_SHARED_DATA` or beside it in `../shared/data`; tests that miss them say so and pass.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use chrono::{NaiveDate, TimeDelta};
use flate2::read::GzDecoder;
use lanbi_model::{Decimal, Instant, Zone};

/// 1-hour means in the order of [`Parameter::AQI`](lanbi_model::Parameter::AQI), ug/m³, CO mg/m³, by the end of the hour.
pub(crate) type Hours = BTreeMap<Instant, [Option<Decimal>; 6]>;

/// The folder of public data, if it is there.
pub(crate) fn shared(folder: &str) -> Option<PathBuf> {
    let root = std::env::var_os("LANBI_SHARED_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"), PathBuf::from);
    let path = root.join(folder);
    if path.is_dir() {
        return Some(path);
    }
    // Written past the test runner, which keeps what a passing test prints to itself.
    let text = format!("SKIPPED: no public data at {}; set LANBI_SHARED_DATA\n", path.display());
    io::stderr().write_all(text.as_bytes()).unwrap();
    None
}

/// Six stations of Beijing, 2013-03 to 2017-02, by name. The files name the hour by its beginning and give CO in ug/m³.
pub(crate) fn beijing(folder: &Path) -> BTreeMap<String, Hours> {
    let mut stations = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let columns = ["PM2.5", "PM10", "SO2", "NO2", "CO", "O3", "year", "month", "day", "hour", "station"];
        for row in rows(GzDecoder::new(File::open(entry.unwrap().path()).unwrap()), columns) {
            let number = |cell: usize| row[cell].parse().unwrap();
            let day = NaiveDate::from_ymd_opt(row[6].parse().unwrap(), number(7), number(8)).unwrap();
            let mut values = six(&row);
            values[4] = values[4].map(|co| co / Decimal::ONE_THOUSAND);
            let hours: &mut Hours = stations.entry(row[10].clone()).or_default();
            hours.insert(end_of(day, number(9)), values);
        }
    }
    stations
}

/// The stations of one city, four days of April 2020.
#[allow(dead_code, reason = "each test is a program of its own and takes what it needs")]
pub(crate) fn city(file: &Path) -> BTreeMap<String, Hours> {
    let mut stations = BTreeMap::new();
    let columns = ["PM2.5", "PM10", "SO2", "NO2", "CO", "O3_1h", "Date", "Hour", "WatchPoint"];
    for row in rows(File::open(file).unwrap(), columns) {
        let day = NaiveDate::parse_from_str(&row[6], "%Y%m%d").unwrap();
        let hours: &mut Hours = stations.entry(row[8].trim().to_owned()).or_default();
        hours.insert(end_of(day, row[7].parse().unwrap()), six(&row));
    }
    stations
}

/// The cells of some columns.
fn rows<const N: usize>(input: impl Read, columns: [&str; N]) -> impl Iterator<Item = [String; N]> {
    let mut reader = csv::Reader::from_reader(input);
    let header = reader.headers().unwrap().clone();
    let places = columns.map(|column| header.iter().position(|cell| cell == column).unwrap());
    reader.into_records().map(move |row| {
        let row = row.unwrap();
        places.map(|place| row[place].to_owned())
    })
}

/// The first six cells, in the order of [`Parameter::AQI`](lanbi_model::Parameter::AQI).
fn six(row: &[String]) -> [Option<Decimal>; 6] {
    std::array::from_fn(|item| row[item].parse().ok())
}

fn end_of(day: NaiveDate, hour: u32) -> Instant {
    Zone::shanghai().start_of(day) + TimeDelta::hours(i64::from(hour) + 1)
}
