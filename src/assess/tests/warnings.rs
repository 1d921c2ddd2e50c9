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

#[test]
fn levels_are_entered_raised_and_released() {
    // Three clean days, 80 hours of 200 ug/m3 (an index of 250), and a clean week.
    let episode = || [vec![20; 72], vec![200; 80], vec![20; 150]].concat();
    let rows = run("", &hours(episode()));
    let expected = [
        // The mean of 24 hours passes 150 ug/m3 with the 18th dirty hour.
        "A,yellow,,2024-12-04T18:00,2024-12-05T18:00,2024-12-03T18:00,2024-12-05T17:00,250,pm25,observed,full,warning-2024,ok",
    ];
    assert_eq!(rows[..1], expected);
}
