//! `assess warnings`: the contract of its columns and words.

use std::fmt::Write as _;

use super::assess;

/// Hours ending from 2024-12-01T01:00 on, PM2.5 as given and the rest clean.
fn hours(pm25: impl IntoIterator<Item = u32>) -> String {
    let first = chrono::NaiveDate::from_ymd_opt(2024, 12, 1).unwrap().and_hms_opt(0, 0, 0).unwrap();
    let mut rows = String::from("time,site,pm25,pm10,so2,no2,co,o3\n");
    for (end, value) in (1..).zip(pm25) {
        let stamp = (first + chrono::TimeDelta::hours(end)).format("%Y-%m-%dT%H:%M");
        writeln!(rows, "{stamp},A,{value},100,5,40,0.5,20").unwrap();
    }
    rows
}

fn run(options: &str, rows: &str) -> Vec<String> {
    let (output, messages) = assess(&format!("warnings {options}"), rows.as_bytes()).unwrap();
    assert_eq!(messages, "");
    output.lines().skip(1).map(str::to_owned).collect()
}

const YELLOW: &str =
    "A,yellow,,2024-12-04T18:00,2024-12-05T18:00,2024-12-03T18:00,2024-12-05T17:00,250,pm25,observed";

/// Three clean days, 80 hours of 200 ug/m3 (an index of 250), and almost a clean week.
fn episode() -> String {
    hours([vec![20; 72], vec![200; 80], vec![20; 150]].concat())
}

#[test]
fn levels_are_entered_raised_and_released() {
    // The mean of 24 hours passes 150 ug/m3 (an index of 200) with the 18th dirty hour; a day later orange is reached. With the 12th
    // clean hour it is back at an index of 150, and 36 hours of that end the level.
    let orange = "A,orange,yellow,2024-12-05T18:00,2024-12-09T07:00,2024-12-03T18:00,2024-12-07T19:00,250,pm25,observed";
    let rows = run("", &episode());
    assert_eq!(rows, [YELLOW, orange].map(|row| format!("{row},full,warning-2024,ok")));
    let standing = orange.replace("2024-12-09T07:00", "").replace("2024-12-07T19:00", "2024-12-06T00:00");
    assert_eq!(run("--now 2024-12-06T00:00", &episode())[1], format!("{standing},full,warning-2024,ok"));
    assert_eq!(run("", &hours(vec![20; 200])), [""; 0]);
}

#[test]
fn dust_asks_for_a_health_notice() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("dust.csv");
    let days: String = (3..=7).map(|day| format!("2024-12-{day:02},A,dust,x\n")).collect();
    std::fs::write(&path, format!("day,area,kind,source\n{days}")).unwrap();
    let rows = run(&format!("--events {}", path.display()), &episode());
    assert_eq!(rows[0], format!("{YELLOW},health_notice,warning-2024,ok"));
}

#[test]
fn a_forecast_warns_before_the_pollution_comes() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("forecast.csv");
    let check = |rows: &str, options: &str, expected: Result<&[&str], &str>| {
        std::fs::write(&path, format!("issued,site,day,low,high,primary\n{rows}")).unwrap();
        let options = format!("warnings {options} --forecast {}", path.display());
        match (assess(&options, hours(vec![20; 72]).as_bytes()), expected) {
            (Ok((output, _)), Ok(expected)) => {
                let start: Vec<String> = output
                    .lines()
                    .skip(1)
                    .map(|row| row.split(',').take(5).collect::<Vec<_>>().join(","))
                    .collect();
                assert_eq!(start, expected, "{rows}");
            }
            (Err(error), Err(reason)) => assert!(error.to_string().contains(reason), "{error}"),
            (got, _) => panic!("{rows}: {got:?}"),
        }
    };
    let two = "2024-12-03T17:00,,2024-12-04,180,210,pm25\n2024-12-03T17:00,,2024-12-05,190,230,pm25\n";
    // Between two levels the higher counts, unless told otherwise.
    check(two, "", Ok(&["A,orange,,2024-12-03T17:00,"]));
    check(two, "--low-end", Ok(&["A,yellow,,2024-12-03T17:00,"]));
    check("2024-12-03T17:00,A,2024-12-04,,201,\n", "", Ok(&["A,yellow,,2024-12-03T17:00,"]));
    check("2024-12-03T17:00,B,2024-12-04,,201,\n", "", Ok(&[]));
    check("2024-12-03,A,2024-12-04,,201,\n", "", Err("line 2: issued needs a time"));
    check("2024-12-03T17:00,A,2024-12,,201,\n", "", Err("line 2: needs a day"));
    check("2024-12-03T17:00,A,2024-12-04,250,201,\n", "", Err("low needs a whole number not above high"));
    check("2024-12-03T17:00,A,2024-12-04,,201,nh3n\n", "", Err("primary names items"));
}
