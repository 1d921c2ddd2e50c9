//! `assess attainment`: the contract of its columns and words.

use std::fmt::Write as _;

use lanbi_model::ReportPeriod;

use super::assess;

#[test]
fn a_year_is_judged_by_means_and_percentiles() {
    let year: ReportPeriod = "2022".parse().unwrap();
    let mut input = "time,site,pm25,pm10,so2,no2,co,o3_8h\n".to_owned();
    for (i, day) in year.days().enumerate() {
        // One day in ten is bad: the mean keeps its limit, the 95th percentile does not.
        let pm25 = if i % 10 == 0 { 125 } else { 25 };
        writeln!(input, "{day},A,{pm25},70,10,40,1,161").unwrap();
    }
    let run = |options: &str| -> Vec<String> {
        let (output, _) = assess(&format!("attainment {options}"), input.as_bytes()).unwrap();
        output.lines().skip(1).map(|line| line.strip_prefix("A,").unwrap().to_owned()).collect()
    };
    let expected = [
        "so2,mean,10,60,,yes,ok",
        "so2,p98,10,150,,yes,ok",
        "no2,mean,40,40,,yes,ok",
        "no2,p98,40,80,,yes,ok",
        "pm10,mean,70,70,,yes,ok",
        "pm10,p95,70,150,,yes,ok",
        "pm25,mean,35,35,,yes,ok",
        "pm25,p95,125,75,0.67,no,ok",
        "co,p95,1.0,4.0,,yes,ok",
        "o3_8h,p90,161,160,0.01,no,ok",
        ",,,,,no,ok",
    ];
    let expected: Vec<String> = expected.iter().map(|row| format!("2022,GB3095-2012,{row}")).collect();
    assert_eq!(run("--period 2022"), expected);
    assert_eq!(run("--period 2022 --class 1")[6], "2022,GB3095-2012,pm25,mean,35,15,1.33,no,ok");
    assert_eq!(run("--period 2023")[10], "2023,GB3095-2012,,,,,,,missing");
    assert_eq!(run("--period 2023")[0], "2023,GB3095-2012,so2,mean,,60,,,missing");
    let thin = "time,site,pm25,pm10,so2,no2,co,o3_8h\n2022-05-01,A,1,1,1,1,1,1\n";
    let (output, _) = assess("attainment --period 2022", thin.as_bytes()).unwrap();
    assert!(output.contains("so2,mean,1,60,,,month_days;february_days;year_days"), "{output}");
    for wrong in ["--period 2022-05", "--period 2022 --class 3"] {
        assert_eq!(assess(&format!("attainment {wrong}"), thin.as_bytes()).unwrap_err().exit_code(), 2);
    }
}
