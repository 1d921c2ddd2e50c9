//! Agreement with figures that the national platform published for real hours and sections.
//!
//! The data are third-party material outside the repository, found at `LANBI_SHARED_DATA` or beside it in
//! `../shared/data`. Without them these tests say so and pass.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at what it cannot read")]

use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use lanbi_analytics::air::{self, AirDay, AqiTime, Concentrations, TermRounding};
use lanbi_analytics::water::{self, Rounding};
use lanbi_config::standards::builtin;
use lanbi_model::standard::{WaterStandard, by_id, on_day};
use lanbi_model::{Decimal, Parameter, ReportPeriod, WaterBody};

type CsvRow = HashMap<String, String>;

/// The folder of public data, if it is there.
fn shared(folder: &str) -> Option<PathBuf> {
    let root = std::env::var_os("LANBI_SHARED_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data"), PathBuf::from);
    let path = root.join(folder);
    if path.is_dir() {
        return Some(path);
    }
    // Written past the test runner, which keeps what a passing test prints to itself.
    let text = format!("SKIPPED: no public data at {}; set LANBI_SHARED_DATA\n", path.display());
    std::io::Write::write_all(&mut io::stderr(), text.as_bytes()).unwrap();
    None
}

fn csv_rows(input: impl Read) -> impl Iterator<Item = CsvRow> {
    csv::Reader::from_reader(input).into_deserialize().map(Result::unwrap)
}

/// Equal and compared rows.
#[derive(Default)]
struct Rate {
    equal: u32,
    all: u32,
}

impl Rate {
    fn count(&mut self, equal: bool) {
        self.equal += u32::from(equal);
        self.all += 1;
    }

    fn assert_at_least(&self, what: &str, percent: f64, rows: u32) {
        let rate = 100.0 * f64::from(self.equal) / f64::from(self.all);
        println!("{what}: {} of {} ({rate:.2} %)", self.equal, self.all);
        assert!(self.all >= rows, "{what}: only {} rows were compared", self.all);
        assert!(rate >= percent, "{what}: {rate:.2} % is below {percent} %");
    }
}

#[test]
fn hourly_indices_equal_those_of_the_national_platform() {
    let Some(folder) = shared("air_site_hourly") else { return };
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
    aqi.assert_at_least("hourly AQI", 99.9, 19_000);
    level.assert_at_least("hourly level", 99.9, 19_000);
    primary.assert_at_least("hourly primary pollutants", 99.9, 12_000);
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
    let Some(folder) = shared("air_city_daily") else { return };
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
    aqi.assert_at_least("daily AQI of Tianjin", 99.9, 1_900);
}

/// Published years of Tianjin against the archive of its daily values. What the archive gives is asserted exactly, and beside
/// it stands what was published: the archive holds figures as they were shown first, the yearly ones were reviewed later.
#[test]
fn years_of_tianjin_come_near_the_published_ones() {
    let Some(folder) = shared("air_city_daily") else { return };
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

/// Province, basin and section: section names repeat between provinces.
type Section = [String; 3];

fn section(row: &CsvRow, names: [&str; 3]) -> Section {
    names.map(|name| row[name].clone())
}

/// Whether only the lake limits for phosphorus explain a section's classes; the publication does not say.
fn lakes(folder: &Path) -> BTreeMap<Section, bool> {
    csv_rows(File::open(folder.join("stations.csv")).unwrap())
        .map(|row| (section(&row, ["province", "basin", "section"]), row["tp_table_inferred"] == "lake"))
        .collect()
}

const CHINESE_KEY: [&str; 3] = ["省份", "流域", "断面名称"];
const DISPLAYED: [&str; 5] = ["pH(无量纲)", "溶解氧(mg/L)", "高锰酸盐指数(mg/L)", "氨氮(mg/L)", "总磷(mg/L)"];

/// Compares the published class with ours; `columns` hold pH, DO, CODMn, NH3-N and TP.
fn compare(rate: &mut Rate, law: &WaterStandard, row: &CsvRow, class: &str, lake: bool, columns: [&str; 5]) {
    let classes = ["Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ", "Ⅴ", "劣Ⅴ"];
    let Some(published) = classes.iter().position(|name| *name == row[class].trim()) else { return };
    let items = [Parameter::Ph, Parameter::DissolvedOxygen, Parameter::CodMn, Parameter::Nh3n, Parameter::Tp];
    let values: Vec<(Parameter, Decimal)> = items
        .into_iter()
        .zip(columns)
        .filter_map(|(item, column)| row[column].trim().parse().ok().map(|value| (item, value)))
        .collect();
    let body = if lake { WaterBody::Lake } else { WaterBody::River };
    let class = water::assess(law, body, None, Rounding::AsGiven, &values).class;
    rate.count(class.map(usize::from) == Some(published + 1));
}

#[test]
fn water_classes_equal_those_of_the_national_platform() {
    let Some(folder) = shared("water_cnemc") else { return };
    let law = &builtin().unwrap().water[0];
    let lakes = lakes(&folder);
    let is_lake = |key: &Section| lakes.get(key).copied().unwrap_or(false);
    let open = |name: &str| GzDecoder::new(File::open(folder.join(name)).unwrap());

    let raw = ["ph_raw", "do_mg_l_raw", "codmn_mg_l_raw", "nh3n_mg_l_raw", "tp_mg_l_raw"];
    let mut daily = Rate::default();
    for row in csv_rows(open("cnemc_daily_2020.csv.gz")) {
        let lake = is_lake(&section(&row, ["province", "basin", "section"]));
        compare(&mut daily, law, &row, "class", lake, raw);
    }
    let mut four_hourly = Rate::default();
    for row in csv_rows(open("cnemc_4h_2021-04.csv.gz")) {
        let lake = is_lake(&section(&row, CHINESE_KEY));
        compare(&mut four_hourly, law, &row, "水质类别", lake, DISPLAYED);
    }
    daily.assert_at_least("daily class, unrounded values", 99.9, 16_000);
    four_hourly.assert_at_least("4-hourly class, displayed values", 98.6, 15_000);
}

#[test]
fn water_classes_of_tianjin_equal_the_published_ones() {
    let Some(folder) = shared("water_cnemc") else { return };
    let law = &builtin().unwrap().water[0];
    let lakes = lakes(&folder);
    let mut rate = Rate::default();
    let mut folders = vec![folder.join("by_station")];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            for row in csv_rows(File::open(&path).unwrap()) {
                let lake = lakes.get(&section(&row, CHINESE_KEY)).copied().unwrap_or(false);
                compare(&mut rate, law, &row, "水质类别", lake, DISPLAYED);
            }
        }
    }
    rate.assert_at_least("class of Tianjin's sections", 99.0, 400);
}
