//! Agreement of `lanbi assess load` with sums made here from published series of real rivers, and with the published fluxes.
//!
//! The series are third-party material outside the repository, found at `LANBI_SHARED_DATA` or beside it in
//! `../shared/data`. Without them these tests say so and pass.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at what it cannot read")]

mod common;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;

use common::{lanbi, shared_data};
use flate2::read::GzDecoder;
use serde_json::Value;

/// Cubic metres of a cubic foot: exactly 0.3048³.
const CUBIC_FOOT: f64 = 0.028_316_846_592;

fn rows(folder: &Path, file: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(GzDecoder::new(File::open(folder.join(file)).unwrap()));
    reader.deserialize().map(Result::unwrap).collect()
}

/// What the program makes of the rows, by month.
fn assess(options: &str, input: String) -> BTreeMap<String, Value> {
    let mut command = lanbi();
    command.args(["assess", "load", "--input", "-", "--output", "json"]).args(options.split_whitespace());
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()).unwrap());
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    assert!(output.status.success(), "{options}: {}", output.status);
    let text = String::from_utf8(output.stdout).unwrap();
    let months = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    months.map(|month| (month["month"].as_str().unwrap().to_owned(), month)).collect()
}

/// A month added up here.
#[derive(Default)]
struct Sum {
    grams: f64,
    water: f64,
    intervals: f64,
    is_censored: bool,
}

fn days_of(month: &str) -> f64 {
    let first: chrono::NaiveDate = format!("{month}-01").parse().unwrap();
    let next = first.checked_add_months(chrono::Months::new(1)).unwrap();
    f64::from(i32::try_from((next - first).num_days()).unwrap())
}

fn near(what: &str, got: &Value, expected: f64, tolerance: f64) {
    let got = got.as_f64().unwrap_or_else(|| panic!("{what}: {got} is no number"));
    assert!((got - expected).abs() <= tolerance * expected.abs(), "{what}: {got}, not {expected}");
}

/// Compares every month to 10⁻⁹ of its value.
fn check(what: &str, got: &BTreeMap<String, Value>, expected: &BTreeMap<String, Sum>, per_day: f64) {
    assert_eq!(got.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>(), "{what}");
    for (month, sum) in expected {
        let (row, name) = (&got[month], format!("{what} {month}"));
        near(&name, &row["coverage"], sum.intervals / (days_of(month) * per_day), 1e-9);
        let mut status = if sum.intervals > 0.0 { "ok" } else { "missing" }.to_owned();
        if sum.is_censored {
            status.push_str(";censored:conc_mg_l");
        }
        assert_eq!(row["status"], status, "{name}");
        if sum.intervals > 0.0 {
            near(&name, &row["load_kg"], sum.grams / 1000.0, 1e-9);
            near(&name, &row["flow_m3"], sum.water, 1e-9);
            near(&name, &row["flow_weighted_mg_l"], sum.grams / sum.water, 1e-9);
        } else {
            assert!(row["load_kg"].is_null() && row["flow_m3"].is_null(), "{name}");
        }
    }
}

/// 32 years of days: as they are, by volumes, and with days taken away.
#[test]
fn daily_loads_of_the_choptank_are_those_added_up_here_and_those_published() {
    let Some(folder) = shared_data("river_load") else { return };
    let days = rows(&folder, "choptank_md_nitrate_daily.csv.gz");
    assert_eq!(days.len(), 11_688);
    let number = |day: &BTreeMap<String, String>, column: &str| day[column].parse::<f64>().unwrap();
    for (column, has_gaps) in [("flow_m3s", false), ("flow_m3", false), ("flow_m3s", true), ("flow_m3", true)]
    {
        let mut input = format!("time,site,conc_mg_l,{column}\n");
        let mut expected: BTreeMap<String, Sum> = BTreeMap::new();
        let mut published: BTreeMap<String, f64> = BTreeMap::new();
        for (place, day) in days.iter().enumerate() {
            let (rate, concentration) = (number(day, "q_m3s"), number(day, "wrtds_conc_mg_l"));
            let water = rate * 86_400.0;
            let sum = expected.entry(day["date"][..7].to_owned()).or_default();
            *published.entry(day["date"][..7].to_owned()).or_default() += number(day, "wrtds_flux_kg_d");
            // A month without concentration, another one without flow, and every fifth day without either.
            let no_concentration = has_gaps && (day["date"].starts_with("1990-05") || place % 10 == 4);
            let no_flow = has_gaps && (day["date"].starts_with("1991-05") || place % 10 == 9);
            if !no_concentration && !no_flow {
                sum.grams += concentration * water;
                sum.water += water;
                sum.intervals += 1.0;
            }
            let cell = |missing: bool, value: f64| if missing { String::new() } else { value.to_string() };
            let flow = cell(no_flow, if column == "flow_m3" { water } else { rate });
            writeln!(input, "{},x,{},{flow}", day["date"], cell(no_concentration, concentration)).unwrap();
        }
        let got = assess("", input);
        check(column, &got, &expected, 1.0);
        if has_gaps {
            assert_eq!(got["1990-05"]["coverage"], 0.0);
        } else {
            // Published to seven digits a day.
            published.iter().for_each(|(month, kg)| near(month, &got[month]["load_kg"], *kg, 2e-6));
        }
    }
}

/// Eight years of quarters of an hour in cubic feet a second, with a made-up concentration, gaps and values below detection.
#[test]
fn quarters_of_an_hour_of_the_lamprey_are_those_added_up_here() {
    let Some(folder) = shared_data("river_load") else { return };
    let rows = rows(&folder, "lamprey_nh_discharge_15min.csv.gz");
    assert_eq!(rows.len(), 280_492);
    for label in ["end", "start"] {
        let mut input = "time,site,conc_mg_l,flow_m3s\n".to_owned();
        let mut expected: BTreeMap<String, Sum> = BTreeMap::new();
        for (place, row) in (0_u32..).zip(&rows) {
            let stamp = row["time_utc"].trim_end_matches('Z');
            let at: chrono::NaiveDateTime = stamp.parse().unwrap();
            let within = if label == "end" { at - chrono::TimeDelta::seconds(1) } else { at };
            let sum = expected.entry(within.format("%Y-%m").to_string()).or_default();
            let rate = row["q_cfs"].parse::<f64>().ok().map(|feet| feet * CUBIC_FOOT);
            let concentration = match place % 97 {
                11..17 => None,
                50 => Some((0.02, "<0.04".to_owned())),
                place => {
                    let value = 0.05 + f64::from(place) / 997.0;
                    Some((value, value.to_string()))
                }
            };
            sum.is_censored |= place % 97 == 50;
            if let Some(((value, _), rate)) = concentration.as_ref().zip(rate) {
                sum.grams += value * rate * 900.0;
                sum.water += rate * 900.0;
                sum.intervals += 1.0;
            }
            let flow = rate.map(|rate| rate.to_string()).unwrap_or_default();
            writeln!(input, "{stamp},x,{},{flow}", concentration.map(|(_, text)| text).unwrap_or_default())
                .unwrap();
        }
        check(label, &assess(&format!("--zone UTC --label {label}"), input), &expected, 96.0);
    }
}
