//! The contract of `assess trend`: columns, words, gaps and unusable cells.

use crate::assess::AssessError;
use crate::assess::tests::assess;

const HEADER: &str = "series,n,s,var_s,z,p,tau_a,tau_b,rho,slope,slope_low,slope_high,verdict,status";

/// The result rows of `rows`, and the messages.
fn trend(options: &str, rows: &[&str]) -> (Vec<String>, String) {
    let input = format!("time,series,value\n{}\n", rows.join("\n"));
    let (output, messages) = assess(&format!("trend {options}"), input.as_bytes()).unwrap();
    let mut lines = output.lines();
    assert_eq!(lines.next(), Some(HEADER));
    (lines.map(str::to_owned).collect(), messages)
}

/// Checks the result of one series; as many messages are expected as there are cells in `named`.
fn check(options: &str, rows: &[&str], expected: &str, named: &[&str]) {
    let (results, messages) = trend(options, rows);
    assert_eq!(results, [expected], "{options} {rows:?}");
    assert_eq!(messages.lines().count(), named.len(), "{messages}");
    for (message, named) in messages.lines().zip(named) {
        assert!(message.starts_with(named), "{message}");
    }
}

const YEARS: [&str; 8] = [
    "2014,A,2.1",
    "2015,A,1.9",
    "2016,A,1.6",
    "2017,A,1.7",
    "2018,A,1.2",
    "2019,A,1.0",
    "2020,A,.9",
    "2021,A,.95",
];

#[test]
fn each_method_fills_the_columns_of_its_test_and_all_give_a_slope() {
    let slope = "-0.2,-0.233333333333,-0.1";
    let mk = "-24,65.3333333333,-2.84551204101,0.0044340083031,-0.857142857143,-0.857142857143,";
    check("--method mk", &YEARS, &format!("A,8,{mk},{slope},falling,ok"), &[]);
    let alpha = "A,8,-24,65.3333333333,-2.84551204101,0.0044340083031,-0.857142857143,-0.857142857143,,\
                 -0.2,,,none,ok";
    check("--method mk --alpha 0.0001", &YEARS, alpha, &[]);
    let spearman = "A,8,,,,0.00114087301587,,,-0.952380952381";
    check("--method spearman", &YEARS, &format!("{spearman},{slope},falling,ok"), &[]);
}

#[test]
fn a_step_counts_empty_rows_and_absent_months() {
    let slope = |options: &str, rows: &[&str]| {
        let (results, _) = trend(options, rows);
        results[0].split(',').nth(9).unwrap().to_owned()
    };
    let mk = "--method mk";
    assert_eq!(slope(mk, &["1,A,1", "2,A,", "3,A,3"]), "1");
    assert_eq!(slope(mk, &["2020-01-01,A,1", "2020-01-02,A,", "2020-01-09,A,3"]), "1");
    assert_eq!(slope(mk, &["2020-11,A,1", "2020-12,A,2", "2021-02,A,4"]), "1");
    assert_eq!(slope(mk, &["2021-02,A,4", "2020-12,A,2", "2020-11,A,1"]), "1");
    assert_eq!(slope("--method mk --per day", &["2020-01-01,A,1", "2020-01-09,A,3"]), "0.25");
    assert_eq!(slope("--method mk --per year", &["2020-01,A,1", "2020-04,A,2"]), "4");
    assert_eq!(slope("--method mk --per month", &["2020-01,A,1", "2020-04,A,2.5"]), "0.5");
    assert_eq!(slope("--method mk --per year", &["2018,A,1", "2020,A,2"]), "0.5");
    // Per cycle, with the months of the calendar or with places.
    let rows = ["2018-01,A,1", "2018-07,A,9", "2020-01,A,2", "2020-07,A,10"];
    assert_eq!(slope("--method seasonal", &rows), "0.5");
    assert_eq!(slope("--method seasonal --per year --season 4", &rows), "0.5");
    assert_eq!(slope("--method seasonal --season 2", &["a,A,1", "b,A,9", "c,A,2", "d,A,10"]), "1");
}

#[test]
fn series_come_in_the_order_of_their_first_rows_and_may_be_mixed() {
    let rows = ["1,B,1", "1,A,5", "2,B,2", "2,A,", "3,A,4", "3,B,3"];
    let (results, _) = trend("--method mk", &rows);
    let ends: Vec<(&str, &str)> =
        results.iter().map(|row| (row.split(',').next().unwrap(), row.split(',').nth(9).unwrap())).collect();
    assert_eq!(ends, [("B", "1"), ("A", "-0.5")]);
}

#[test]
fn too_few_values_say_so() {
    check("--method mk", &["1,A,"], "A,0,,,,,,,,,,,,missing", &[]);
    check("--method mk", &["1,A,5"], "A,1,,,,,,,,,,,,few", &[]);
    check("--method spearman", &["1,A,5", "2,A,6"], "A,2,,,,1,,,1,1,,,none,few", &[]);
    check("--method spearman", &["1,A,5", "2,A,5"], "A,2,,,,,,,,0,,,none,few", &[]);
    let flat = ["1,A,5", "2,A,5", "3,A,5", "4,A,5", "5,A,5"];
    check("--method mk", &flat, "A,5,0,0,0,1,0,,,0,0,0,none,ok", &[]);
    check("--method spearman", &flat, "A,5,,,,,,,,0,0,0,none,ok", &[]);
    let (results, _) = trend("--method seasonal", &["2020-01,A,1", "2021-01,A,2"]);
    assert!(results[0].ends_with("none,few"), "{results:?}");
    let (results, _) = trend("--method mk", &[]);
    assert!(results.is_empty());
}

#[test]
fn unusable_cells_are_named_and_not_used() {
    check(
        "--method spearman",
        &["1,A,<2", "2,A,x", "3,A,inf", "4,A,-3", "5,A,0.6L"],
        "A,3,,,,1,,,-0.5,-0.175,,,none,few;invalid:value;censored:value",
        &["line 3: value `x` is not a finite number; counted as missing", "line 4: value `inf`"],
    );
    check(
        "--method spearman",
        &["2020-01,A,1", "2020,A,9", "2020-02,A,2", ",A,9"],
        "A,2,,,,1,,,1,1,,,none,few;invalid:time",
        &["line 3: time `2020` is no date", "line 5: time `` is no date"],
    );
    check("--method spearman --per year", &["1,A,1", "2,A,2"], "A,2,,,,1,,,1,,,,none,few;no-dates", &[]);
}

#[test]
fn values_of_one_time_are_not_compared() {
    let rows = ["2020-01,A,1", "2020-01,A,9", "2021-01,A,5", "2022-01,A,6"];
    let (results, _) = trend("--method mk", &rows);
    // 1 < 5, 1 < 6, 9 > 5, 9 > 6, 5 < 6.
    assert!(results[0].starts_with("A,4,1,"), "{results:?}");
}

#[test]
fn json_lines_carry_numbers_as_numbers() {
    let input = b"time,series,value\n1,A,1\n2,A,3\n";
    let (output, _) = assess("trend --method mk --output json", input).unwrap();
    assert_eq!(
        output.trim_end(),
        r#"{"series":"A","n":2,"s":1,"var_s":1.0,"z":0.0,"p":1.0,"tau_a":1.0,"tau_b":1.0,"rho":null,"slope":2.0,"slope_low":null,"slope_high":null,"verdict":"none","status":"few"}"#
    );
}

#[test]
fn wrong_options_exit_2_and_wrong_files_1() {
    let check = |options: &str, input: &[u8], code: u8, says: &str| {
        let error: AssessError = assess(&format!("trend {options}"), input).unwrap_err();
        assert_eq!(error.exit_code(), code, "{options}: {error}");
        assert!(error.to_string().contains(says), "{options}: {error}");
    };
    let good = b"time,series,value\n";
    check("", good, 2, "--method");
    check("--method pettitt", good, 2, "pettitt");
    check("--method mk --alpha 0", good, 2, "between 0 and 1");
    check("--method mk --alpha 1", good, 2, "between 0 and 1");
    check("--method mk --alpha nan", good, 2, "between 0 and 1");
    check("--method mk --per hour", good, 2, "hour");
    check("--method seasonal --season 1", good, 2, "1");
    check("--method seasonal --per month", good, 2, "per cycle");
    check("--method mk --edition HJ663-2013", good, 2, "--edition");
    check("--method mk", b"time,value\n", 1, "series");
    check("--method mk", b"time,series,value,unit\n", 1, "`unit`");
}
