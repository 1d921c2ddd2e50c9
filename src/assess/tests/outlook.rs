//! `assess target` and `assess forecast`: the contract of their columns and words.

use std::fmt::Write as _;

use super::{AssessError, assess};

const HEADER: &str = "time,site,pm25,pm10,so2,no2,co,o3_8h\n";

/// Days from `first` to `last` whose PM2.5 swings with the season around `level`, with a week's rhythm, and the rest clean.
fn days(first: &str, last: &str, level: i32) -> String {
    let last: chrono::NaiveDate = last.parse().unwrap();
    let mut rows = String::from(HEADER);
    for day in first.parse::<chrono::NaiveDate>().unwrap().iter_days().take_while(|day| *day <= last) {
        let ordinal = i32::try_from(chrono::Datelike::ordinal(&day)).unwrap();
        let season = (ordinal - 183).abs() / 10;
        let pm25 = level - 9 + season + ordinal * 7 % 11;
        writeln!(rows, "{day},A,{pm25},{},5,30,0.6,{}", pm25 * 2, 100 - season).unwrap();
    }
    rows
}

/// Rows as maps from column to cell.
fn run(options: &str, rows: &str) -> Vec<std::collections::BTreeMap<String, String>> {
    let (output, messages) = assess(options, rows.as_bytes()).unwrap();
    assert_eq!(messages, "");
    let mut reader = csv::Reader::from_reader(output.as_bytes());
    reader.deserialize().map(Result::unwrap).collect()
}

#[test]
fn a_target_has_its_standing_and_its_probability() {
    let rows = days("2020-01-01", "2023-09-30", 30);
    let options = "target --on 2023-09-30 --target pm25=30 --target pm25=60 --target heavy_days=0 --target good_days=300 \
                   --target good_days=10 --target fall:pm25=3";
    let table = run(options, &rows);
    let column = |name: &str| -> Vec<&str> { table.iter().map(|row| row[name].as_str()).collect() };
    assert_eq!(column("target"), ["pm25", "pm25", "heavy_days", "good_days", "good_days", "fall:pm25"]);
    assert_eq!(column("passed"), ["273"; 6]);
    assert_eq!(column("left"), ["92"; 6]);
    assert_eq!(column("verdict"), ["open", "open", "open", "open", "made", "open"]);
    assert_eq!(column("years"), ["3"; 6]);
    assert_eq!(column("status"), ["ok"; 6]);
    // Every day is good and none heavy; 300 good days are kept with 65 bad ones.
    assert_eq!(column("bad_days_left"), ["", "", "0", "65", "92", ""]);
    let probability: Vec<f64> = column("probability").iter().map(|cell| cell.parse().unwrap()).collect();
    assert!(probability[1] > 0.95 && probability[4] == 1.0, "{probability:?}");
    // The days left are as those of the last years, so the year ends where they did and does not fall.
    assert!(probability[5] < 0.5, "{probability:?}");
    for row in &table {
        let number = |name: &str| row[name].parse::<f64>().unwrap();
        assert!(number("probability_low") <= number("probability"), "{row:?}");
        assert!(number("probability") <= number("probability_high"), "{row:?}");
        assert!(number("final_p5") <= number("final_p50") && number("final_p50") <= number("final_p95"));
    }
    // 273 days of some sum: the days left may bring the year's mean to below 30.5.
    let rest: f64 = table[0]["rest_mean"].parse().unwrap();
    let exact: f64 = table[0]["rest_mean_exact"].parse().unwrap();
    assert!((rest - exact - 0.5 * 365.0 / 92.0).abs() < 0.02, "{rest} {exact}");
}

#[test]
fn later_days_change_nothing_and_the_same_seed_says_the_same() {
    let check = |options: &str, first: &str| {
        let until = run(options, &days(first, "2023-06-30", 30));
        assert_eq!(until, run(options, &days(first, "2023-12-31", 30)), "{options}");
        assert_eq!(until[0]["status"], "ok");
    };
    check("target --on 2023-06-30 --draws 200 --target pm25=30 --target good_days_ratio=90", "2021-01-01");
    check("forecast --on 2023-06-30", "2022-03-01");
}

#[test]
fn without_years_there_is_a_standing_and_no_probability() {
    let rows = days("2023-01-01", "2023-09-30", 30);
    let table = run("target --on 2023-09-30 --target pm25=30", &rows);
    assert_eq!(table[0]["status"], "years:0<2");
    assert_eq!((table[0]["probability"].as_str(), table[0]["final_p50"].as_str()), ("", ""));
    assert!(!table[0]["figure"].is_empty() && !table[0]["rest_mean"].is_empty());
    let over = run("target --on 2023-12-31 --target pm25=90", &days("2023-01-01", "2023-12-31", 30));
    assert_eq!((over[0]["status"].as_str(), over[0]["verdict"].as_str()), ("over", "made"));
}

#[test]
fn another_edition_answers_what_would_be() {
    let rows = days("2024-01-01", "2026-12-31", 40);
    let good = |edition: &str| {
        let options =
            format!("target --on 2026-12-31 --target good_days=1 --target index=9 --edition {edition}");
        let table = run(&options, &rows);
        (table[0]["edition"].clone(), table[0]["figure"].clone(), table[1]["figure"].parse::<f64>().unwrap())
    };
    let (edition, days, index) = good("GB3095-2026");
    let (old_edition, old_days, old_index) = good("GB3095-2012");
    assert_eq!((edition.as_str(), old_edition.as_str()), ("GB3095-2026", "GB3095-2012"));
    // PM2.5 over 25 in place of 35, and so on; and 60 in place of 75 ends a good day.
    assert!(index > old_index * 1.2 && days <= old_days, "{index} {old_index} {days} {old_days}");
}

#[test]
fn targets_come_from_a_file_and_by_name() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("targets.toml");
    let target = |year: i32, area: &str, value: i32| {
        format!(
            "[[target]]\nyear = {year}\narea = \"{area}\"\nfigure = \"pm25\"\nvalue = {value}\nsource = \"x\"\n"
        )
    };
    let text =
        [target(2023, "", 35), target(2023, "A", 36), target(2023, "B", 37), target(2022, "", 38)].concat();
    std::fs::write(&path, text).unwrap();
    let rows = days("2023-01-01", "2023-03-31", 30);
    let options = format!("target --on 2023-03-31 --targets {}", path.display());
    let (output, messages) = assess(&options, rows.as_bytes()).unwrap();
    let bounds: Vec<&str> = output.lines().skip(1).map(|row| row.split(',').nth(5).unwrap()).collect();
    assert_eq!(bounds, ["35", "36"]);
    assert!(messages.contains("area `B` is no site"), "{messages}");
    let refused = |options: &str| matches!(assess(options, rows.as_bytes()), Err(AssessError::Usage(_)));
    assert!(refused("target --on 2023-03-31"));
    assert!(refused("target --on 2023-03-31 --target pm2.5=35"));
    assert!(refused("target --target pm25=35"));
    let missing = assess("target --on 2023-03-31 --targets /nowhere", rows.as_bytes()).unwrap_err();
    assert!(matches!(missing, AssessError::Failed(_)));
}

#[test]
fn a_forecast_has_three_days_with_an_interval_and_its_error() {
    let table = run("forecast", &days("2021-06-01", "2023-06-30", 30));
    let column = |name: &str| -> Vec<&str> { table.iter().map(|row| row[name].as_str()).collect() };
    assert_eq!(column("day"), ["2023-07-01", "2023-07-02", "2023-07-03"]);
    assert_eq!(column("lead"), ["1", "2", "3"]);
    assert_eq!(column("edition"), ["HJ633-2012"; 3]);
    assert_eq!(column("status"), ["ok"; 3]);
    for row in &table {
        let number = |name: &str| row[name].parse::<f64>().unwrap();
        assert!(number("aqi_low") <= number("aqi") && number("aqi") <= number("aqi_high"), "{row:?}");
        assert!(number("mae") > 0.0 && number("scored_days") > 300.0, "{row:?}");
    }
    let short = run("forecast", &days("2023-06-01", "2023-06-30", 30));
    assert_eq!(short.len(), 1);
    assert!(short[0]["status"].starts_with("history:") && short[0]["aqi"].is_empty(), "{short:?}");
    let stale = run("forecast --on 2023-07-31", &days("2023-01-01", "2023-06-30", 30));
    assert_eq!(stale[0]["status"], "stale:2023-06-30");
    assert_eq!(run("forecast", HEADER).len(), 0);
}
