//! `assess sections` and `assess basin`: the contract of their columns and words.

use std::collections::BTreeMap;

use super::assess;

/// A row of the result by its columns.
type Row = BTreeMap<String, String>;

/// Rows that come out and the messages.
pub(super) fn run(options: &str, input: &str) -> (Vec<Row>, String) {
    let (output, messages) = assess(options, input.as_bytes()).unwrap();
    let mut lines = csv::Reader::from_reader(output.as_bytes());
    (lines.deserialize().map(Result::unwrap).collect(), messages)
}

/// Checks some columns of a row, given as `column=value` with blanks between.
pub(super) fn check(row: &Row, expected: &str) {
    for pair in expected.split_whitespace() {
        let (column, value) = pair.split_once('=').unwrap();
        assert_eq!(row[column], value, "{column} of {row:?}");
    }
}

fn list(lines: &str) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), lines).unwrap();
    file
}

/// So many days of March 2026 with six readings each.
fn readings(section: &str, days: u32, values: &str) -> String {
    let mut rows = String::new();
    for day in 1..=days {
        for hour in [0, 4, 8, 12, 16, 20] {
            rows.push_str(&format!("2026-03-{day:02}T{hour:02}:00,{section},river,{values}\n"));
        }
    }
    rows
}

#[test]
fn a_month_of_readings_becomes_one_row() {
    let input = format!("time,section,body,temp,ph,do,nh3n,tn\n{}", readings("海河", 31, "12,8.2,9,0.405,9"));
    let (rows, messages) = run("sections --period 2026-03", &input);
    assert_eq!((rows.len(), messages.as_str()), (1, ""));
    check(
        &rows[0],
        "section=海河 period=2026-03 edition=GB3838-2002 body=river mean_temp=12.0 mean_ph=8 mean_do=9.0 mean_nh3n=0.40 \
         mean_tn=9.00 mean_tp= class=2 state=优 worst=nh3n exceeding= main= target= met= change= months=1 days=31 \
         rule=water-evaluation-2011 status=ok;unverified:statistics+minimums",
    );
}

#[test]
fn a_station_with_too_few_days_has_no_class_unless_somebody_sampled() {
    let header = "time,section,body,source,nh3n,cod";
    let station = |days| readings("A", days, "auto,1.2,50");
    let (rows, _) = run("sections --period 2026-03", &format!("{header}\n{}", station(18)));
    check(&rows[0], "class= state=数据不足 months=0 days=18 mean_nh3n=");
    let status = "insufficient;months<1;month_days<60%:nh3n;auto-only:cod;unverified:minimums";
    assert_eq!(rows[0]["status"], status);
    let sample = "2026-03-05,A,river,manual,0.4,24\n";
    let (rows, _) = run("sections --period 2026-03", &format!("{header}\n{}{sample}", station(18)));
    check(&rows[0], "class=4 mean_nh3n=0.40 mean_cod=24.0 main=cod/0.2");
    assert_eq!(rows[0]["status"], "ok;manual:nh3n;unverified:statistics+minimums+main");
    let (rows, _) = run("sections --period 2026-03", &format!("{header}\n{}{sample}", station(19)));
    check(&rows[0], "class=4 mean_nh3n=1.20 mean_cod=24.0 main=cod/0.2+nh3n/0.2 worst=cod+nh3n");
}

#[test]
fn a_section_without_water_has_a_state_and_no_class() {
    let input = "time,section,body,state,nh3n\n2026-01,A,river,frozen,\n2026-02,A,river,frozen,\n2026-03,A,river,dry,\n\
                 2026-01,B,river,,0.3\n2026-02,B,river,,0.4\n2026-03,B,river,dry,\n2026-01,C,river,suspended,0\n";
    let (rows, messages) = run("sections --period 2026-Q1 --rows month", input);
    check(&rows[0], "class= state=冰封 worst= met= months=0");
    assert_eq!(rows[0]["status"], "frozen;months<2;dry=1;frozen=2;unverified:minimums");
    check(&rows[1], "class=2 mean_nh3n=0.35 state=优 months=2");
    assert_eq!(rows[1]["status"], "ok;dry=1;unverified:statistics+minimums");
    // A zero beside a state is no measurement.
    check(&rows[2], "class= state=数据不足 mean_nh3n=");
    assert!(rows[2]["status"].contains("invalid:state") && messages.contains("stands beside values"));
}

#[test]
fn targets_and_the_period_before_are_held_against_the_class() {
    let targets = list("section,target\nA,3\nB,4\nZ,2\n");
    let input = "time,section,body,nh3n,tp\n2025-03,A,river,0.4,0.1\n2026-03,A,river,2.3,0.32\n2025-03,B,river,1.6,\n\
                 2026-03,B,river,1.2,\n2026-03,C,river,0.1,\n";
    let options = format!(
        "sections --period 2026-03 --against 2025-03 --rows month --targets {}",
        targets.path().display()
    );
    let (rows, messages) = run(&options, input);
    check(
        &rows[0],
        "class=6 state=重度污染 target=3 met=no exceeding=nh3n/1.3+tp/0.6 class_before=2 change=明显变差",
    );
    check(&rows[1], "class=4 target=4 met=yes exceeding= main=nh3n/0.2 class_before=5 change=有所好转");
    check(&rows[2], "class=1 target= met= class_before= change=");
    assert!(rows[0]["status"].ends_with("unverified:statistics+minimums+main+change"), "{rows:?}");
    assert!(messages.contains("`Z` is not in the input"), "{messages}");
    for (text, says) in [("A,6", "1 to 5"), ("A,3\nA,3", "twice"), ("A,", "needs a section")] {
        let targets = list(&format!("section,target\n{text}\n"));
        let options =
            format!("sections --period 2026-03 --rows month --targets {}", targets.path().display());
        let error = assess(&options, input.as_bytes()).unwrap_err();
        assert!(error.to_string().contains(says) && error.exit_code() == 1, "{error}");
    }
}

/// At 30 ℃ an oxygen of 7.0 mg/L is over 90 % of the saturation, 6.838.
#[test]
fn oxygen_may_be_judged_by_its_saturation() {
    let input = "time,section,body,temp,do\n2026-07,A,river,30,7.0\n2026-07,B,river,20,7.0\n";
    let classes = |options: &str| {
        let (rows, _) = run(&format!("sections --period 2026-07 --rows month {options}"), input);
        rows.iter().map(|row| row["class"].clone()).collect::<Vec<_>>().concat()
    };
    assert_eq!(classes(""), "22");
    assert_eq!(classes("--do-saturation"), "12");
}

#[test]
fn very_small_means_keep_a_digit() {
    let input = "time,section,body,hg,cu\n2026-07,A,lake,0.000004,0.0004\n";
    let (rows, _) = run("sections --period 2026-07 --rows month", input);
    check(&rows[0], "mean_hg=0.000004 mean_cu=0.0004 class=1");
}

#[test]
fn rows_that_cannot_be_used_are_named() {
    let input = "time,section,body,source,tp\n2026-03-01T08:00,A,river,auto,0.1\n2026-03-01T08:00,A,river,auto,0.2\n\
                 2026-03,A,river,auto,9\nx,A,river,auto,9\n2026-03-01,A,lake,auto,9\n2026-03-02,A,river,robot,9\n\
                 2026-03-03,A,pond,auto,9\n2026-03-04T00:00,A,river,auto,-1\n2026-03-05,A,river,manual,<0.02\n";
    let (rows, messages) = run("sections --period 2026-03", input);
    check(&rows[0], "mean_tp=0.010 class=1");
    for word in
        ["duplicate:time", "invalid:time", "invalid:body", "invalid:source", "invalid:tp", "censored:tp"]
    {
        assert!(rows[0]["status"].contains(word), "{word}: {rows:?}");
    }
    assert_eq!(messages.lines().count(), 7, "{messages}");
    let refused = |options: &str, input: &str, code: u8, says: &str| {
        let error = assess(&format!("sections {options}"), input.as_bytes()).unwrap_err();
        assert_eq!(error.exit_code(), code, "{error}");
        assert!(error.to_string().contains(says), "{error}");
    };
    refused("--period 2026-13", "", 2, "period");
    refused("--period 2026-03", "time,section\n", 1, "body");
    refused("--period 2026-03", "time,section,body,nox\n", 1, "`nox`");
    refused("--period 2001-03", "time,section,body\n", 2, "GB 3838");
    refused("--period 2026-03 --edition HJ633-2026", "time,section,body\n", 2, "GB3838-2002");
    assert_eq!(run("sections --period 2026-03", "time,section,body\n").0.len(), 0);
}

/// Sections of class Ⅱ, Ⅳ and 劣Ⅴ by their ammonia.
fn sections(period: &str, counts: [u32; 3]) -> String {
    let mut rows = String::new();
    for (kind, (count, value)) in counts.into_iter().zip(["0.3", "1.2", "2.5"]).enumerate() {
        for section in 0..count {
            rows.push_str(&format!("{period},{kind}-{section},river,{value}\n"));
        }
    }
    rows
}

/// Tianjin, first quarters of 2024 and 2023: 轻度污染 both times, X = -13.9.
#[test]
fn a_basin_has_a_state_and_a_change() {
    let input = format!(
        "time,section,body,nh3n\n{}{}",
        sections("2024-03", [45, 53, 10]),
        sections("2023-03", [62, 34, 12])
    );
    let (rows, _) = run("basin --period 2024-03 --against 2023-03 --rows month", &input);
    assert_eq!(rows.len(), 1);
    check(
        &rows[0],
        "group=all graded=108 class_1=0 class_2=45 class_4=53 class_6=10 good_share=41.7 worst_share=9.3 method=shares class= \
         state=轻度污染 state_before=轻度污染 good_change=-15.7 worst_change=-1.8 x=-13.9 change=有所变差 main=nh3n/58.3",
    );
    assert_eq!(rows[0]["status"], "ok;unverified:statistics+minimums+main+change");
}

#[test]
fn groups_make_rivers_of_sections() {
    let groups = list("section,group\nA,海河\nB,海河\nC,湖\nD,湖\nE,混\nA,混\nX,混\nF,空\n");
    let input = "time,section,body,nh3n,tp,state\n2026-03,A,river,0.3,0.1,\n2026-03,B,river,2.5,0.1,\n2026-03,C,lake,0.3,0.02,\n\
                 2026-03,D,lake,0.3,0.07,\n2026-03,E,lake,0.3,0.02,\n2026-03,F,river,,,frozen\n2026-03,G,river,0.3,0.1,\n";
    let options = format!("basin --period 2026-03 --rows month --groups {}", groups.path().display());
    let (rows, messages) = run(&options, input);
    // (0.3 + 2.5) / 2 = 1.4 is Ⅳ; (0.02 + 0.07) / 2 = 0.045 is Ⅲ of a lake.
    check(
        &rows[0],
        "group=海河 sections=2 method=means class=4 state=轻度污染 good_share=50.0 main=B:nh3n/1.5",
    );
    check(&rows[1], "group=湖 class=3 state=良好");
    check(&rows[2], "group=混 sections=2 class= state= good_share=100.0");
    assert_eq!(rows[2]["status"], "mixed-bodies;absent:1;unverified:statistics+minimums");
    check(
        &rows[3],
        "group=空 sections=1 graded=0 frozen=1 good_share= method= state= status=missing;unverified:minimums",
    );
    assert!(messages.contains("`X` of `混` is not in the input"), "{messages}");
    assert!(messages.contains("`G` is in no group"), "{messages}");
}
