//! `assess days`: the contract of its columns and words.

use super::assess;

#[test]
fn days_are_counted_by_level_and_by_primary_pollutant() {
    let check = |options: &str, rows: &str, expected: &str| {
        let input = format!("time,site,pm25,pm10,so2,no2,co,o3_8h\n{rows}");
        let (output, _) = assess(&format!("days {options}"), input.as_bytes()).unwrap();
        assert_eq!(output.lines().nth(1), Some(expected), "{options}");
    };
    let rows = "2026-04-01,A,20,30,10,15,0.5,60\n2026-04-02,A,60,120,10,15,0.5,60\n2026-04-03,A,160,30,10,15,0.5,60\n\
        2026-04-04,A,40,30,10,15,0.5,\n2026-04-05,A,75,30,x,15,0.5,60\n2026-05-01,A,75,30,10,15,0.5,60\n";
    // The 4th lacks ozone and stays unpublished; the 5th is published because its AQI is over 100.
    check("--period 2026-04", rows, "A,2026-04,4,2,50.0,1,1,1,1,0,1,0,3,1,0,0,0,0,ok;invalid:so2");
    check(
        "--period 2026-Q1",
        "2026-02-28,A,70,30,10,15,0.5,60\n2026-03-01,A,70,30,10,15,0.5,60\n",
        "A,2026-Q1,2,1,50.0,0,0,1,1,0,0,0,2,0,0,0,0,0,mixed",
    );
    check("--period 2027", rows, "A,2027,0,0,,0,0,0,0,0,0,0,0,0,0,0,0,0,missing");
}
