//! Agreement of `lanbi assess trend` with published results and with those of an independent library.
//!
//! The series are third-party material outside the repository, found at `LANBI_SHARED_DATA` or beside it in
//! `../shared/data`. Without them these tests say so and pass.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at what it cannot read")]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;

use common::{lanbi, shared_data};
use serde_json::Value;

type Row = BTreeMap<String, String>;

/// Time and value of each row as the file has them.
type Series = Vec<(String, String)>;

fn rows(folder: &Path, file: &str) -> Vec<Row> {
    let mut reader = csv::Reader::from_reader(File::open(folder.join(file)).unwrap());
    reader.deserialize().map(Result::unwrap).collect()
}

/// A column of a file with what the file has as time.
fn series(folder: &Path, file: &str, column: &str) -> Series {
    let value = |row: &Row| match column {
        // Named by its place, as its header differs.
        "col2" => row["Sales"].clone(),
        _ => row[column].clone(),
    };
    let time = |row: &Row| match row.get("Year") {
        Some(year) => format!("{year}-{:0>2}", row["Month"]),
        None => ["month", "year", "Month", "i"].iter().find_map(|name| row.get(*name)).unwrap().clone(),
    };
    let rows = rows(folder, file);
    if file.starts_with("daily") {
        return rows.iter().map(|row| (row["Date"].clone(), row["Births"].clone())).collect();
    }
    let known = |text: String| if text == "NA" { String::new() } else { text };
    rows.iter().map(|row| (time(row), known(value(row)))).collect()
}

/// The only row of the result.
fn assess(options: &str, series: &Series) -> Value {
    let mut input = "time,series,value\n".to_owned();
    for (time, value) in series {
        writeln!(input, "{time},x,{value}").unwrap();
    }
    let mut command = lanbi();
    command.args(["assess", "trend", "--input", "-", "--output", "json"]).args(options.split_whitespace());
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{options}: {}", output.status);
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Compares to the digits of `expected`, and no closer than a part in 10^9, or the 10^-15 by which a probability is wrong
/// that was computed as 2·(1 - Φ).
fn check(what: &str, got: &Value, column: &str, expected: &Value) {
    let wanted = expected.as_f64().unwrap_or_else(|| panic!("{what}: {column} of {expected}"));
    let text = wanted.to_string();
    let decimals = text.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    let tolerance =
        (0.5000001 * 0.1_f64.powi(decimals.try_into().unwrap())).max(1e-9 * wanted.abs()).max(1e-15);
    let value = got[column].as_f64().unwrap_or_else(|| panic!("{what}: no {column} in {got}"));
    assert!((value - wanted).abs() <= tolerance, "{what}: {column} is {value}, not {wanted}");
}

/// The same series with row numbers as times, and without the rows that have no value.
fn variants(series: &Series) -> Vec<Series> {
    let numbered = (1..).zip(series).map(|(number, (_, value))| (number.to_string(), value.clone()));
    let mut variants = vec![series.clone(), numbered.collect()];
    if series[0].0.len() == 7 {
        variants.push(series.iter().filter(|(_, value)| !value.is_empty()).cloned().collect());
    }
    variants
}

#[test]
fn tests_and_slopes_equal_those_of_an_independent_library() {
    let Some(folder) = shared_data("trend_examples") else { return };
    let expected: Value = serde_json::from_slice(&fs::read(folder.join("expected.json")).unwrap()).unwrap();
    let mut compared = 0;
    for (name, tests) in expected["computed"].as_object().unwrap() {
        let (file, column) = name.split_once(':').unwrap();
        let series = series(&folder, file, column);
        for (test, method) in [("original_test", "mk"), ("seasonal_test_period_12", "seasonal")] {
            let Some(test) = tests.get(test) else { continue };
            for series in variants(&series) {
                let got = assess(&format!("--method {method}"), &series);
                for (column, key) in [
                    ("s", "s"),
                    ("var_s", "var_s"),
                    ("z", "z"),
                    ("p", "p"),
                    ("tau_a", "Tau"),
                    ("slope", "slope"),
                ] {
                    check(name, &got, column, &test[key]);
                }
                let verdict = match test["trend"].as_str().unwrap() {
                    "increasing" => "rising",
                    "decreasing" => "falling",
                    _ => "none",
                };
                assert_eq!((&got["verdict"], &got["status"]), (&verdict.into(), &"ok".into()), "{name}");
                compared += 1;
            }
        }
    }
    assert!(compared >= 30, "only {compared} results were compared");
}

/// Results of the vignettes of R's trend and of USGS smwrStats. Left out: tests that lanbi does not have (partial and
/// correlated Mann-Kendall, Pettitt, Cox-Stuart).
#[test]
fn results_equal_the_published_ones() {
    let Some(folder) = shared_data("trend_examples") else { return };
    let expected: Value = serde_json::from_slice(&fs::read(folder.join("expected.json")).unwrap()).unwrap();
    let mut left_out = BTreeSet::new();
    for published in expected["published"].as_array().unwrap() {
        let test = published["test"].as_str().unwrap();
        let file = published["file"].as_str().unwrap_or_default();
        let column = published["column"].as_str().unwrap_or_default();
        let check = |got: &Value, columns: &[(&str, &str)]| {
            columns.iter().for_each(|(column, key)| check(test, got, column, &published[*key]));
        };
        match test {
            _ if test.starts_with("Mann-Kendall") => check(
                &assess("--method mk", &series(&folder, file, column)),
                &[("n", "n"), ("s", "S"), ("var_s", "varS"), ("z", "z"), ("p", "p"), ("tau_b", "tau")],
            ),
            _ if test.starts_with("Sen's slope") => check(
                &assess("--method mk --per year", &series(&folder, file, column)),
                &[("slope", "slope"), ("slope_low", "ci_low"), ("slope_high", "ci_high"), ("p", "p")],
            ),
            _ if test.starts_with("seasonal Mann-Kendall") => check(
                &assess("--method seasonal", &series(&folder, file, column)),
                &[("s", "S"), ("var_s", "varS"), ("z", "z"), ("p", "p")],
            ),
            _ if test.starts_with("seasonal Sen") => {
                check(&assess("--method seasonal", &series(&folder, file, column)), &[("slope", "slope")]);
            }
            // The regular monthly series leaves out the months without a sample, or names their days.
            _ if file == "klamath_tp.csv" => {
                for digits in [7, 10] {
                    let series = rows(&folder, file);
                    let series =
                        series.iter().map(|r| (r["sample_dt"][..digits].to_owned(), r["TP_ss"].clone()));
                    let got = assess("--method seasonal --season 12", &series.collect());
                    check(&got, &[("tau_a", "tau"), ("slope", "slope")]);
                }
            }
            // One variable ordered by the other.
            _ if test.starts_with("Spearman") => {
                let mut pairs: Vec<(f64, String)> = rows(&folder, file)
                    .iter()
                    .map(|row| (row["q_m3s"].parse().unwrap(), row["s_mg_l"].clone()))
                    .collect();
                pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
                let series = (1..).zip(pairs).map(|(number, (_, value))| (number.to_string(), value));
                check(&assess("--method spearman", &series.collect()), &[("rho", "rho"), ("p", "p")]);
            }
            _ => _ = left_out.insert(test.to_owned()),
        }
    }
    assert_eq!(left_out.len(), 4, "{left_out:?}");
}
