//! `assess composite`: the contract of its columns and words.

use std::fmt::Write as _;
use std::io::Write as _;

use lanbi_model::ReportPeriod;

use super::super::AssessError;
use super::assess;

const HEADER: &str = "time,site,pm25,pm10,so2,no2,co,o3,o3_8h";

/// A row for each day of a period for which `keep` (the day of the month) is true. Cells in the order pm25 to o3_8h.
fn days(site: &str, period: &str, cells: &str, keep: impl Fn(u32) -> bool) -> String {
    use chrono::Datelike as _;
    let period: ReportPeriod = period.parse().unwrap();
    let mut rows = String::new();
    for day in period.days().filter(|day| keep(day.day())) {
        writeln!(rows, "{day},{site},{cells}").unwrap();
    }
    rows
}

fn run(options: &str, rows: &str) -> Result<(Vec<String>, String), AssessError> {
    let (output, messages) = assess(&format!("composite {options}"), format!("{HEADER}\n{rows}").as_bytes())?;
    Ok((output.lines().skip(1).map(str::to_owned).collect(), messages))
}

/// Checks the one row that comes out.
fn check(options: &str, rows: &str, expected: &str) {
    let (output, _) = run(options, rows).unwrap();
    assert_eq!(output, [expected], "{options}");
}

const ALL: fn(u32) -> bool = |_| true;
/// Tianjin 2022-09: the same values on every day are their own mean and percentile.
const TIANJIN: &str = "29,62,10,31,0.9,999,204";

#[test]
fn the_header_is_the_contract() {
    let (output, _) = assess("composite --period 2022-09", HEADER.as_bytes()).unwrap();
    assert_eq!(
        output,
        "site,period,edition,mean_pm25,mean_pm10,mean_so2,mean_no2,p95_co,p90_o3,term_pm25,term_pm10,term_so2,term_no2,\
         term_co,term_o3,index,max_item,good_days,valid_days,heavy_days,exceed_pm25,exceed_pm10,exceed_so2,exceed_no2,\
         exceed_co,exceed_o3,status\n"
    );
}

#[test]
fn a_month_comes_out_as_published() {
    let rows = days("津", "2022-09", TIANJIN, ALL);
    let figures = "津,2022-09,GB3095-2012,29,62,10,31,0.9,204,0.83,0.89,0.17,0.78,0.22,1.28";
    check("--period 2022-09", &rows, &format!("{figures},4.17,o3,0,30,0,,,,,,0.28,ok"));
    check("--period 2022-09 --terms plain", &rows, &format!("{figures},4.16,o3,0,30,0,,,,,,0.28,ok"));
    // Days outside the period change nothing, whatever is in them.
    let around = format!("2022-08-31,津,900,900,x,900,9,,900\n{rows}2022-10-01,津,900,900,900,900,9,,900\n");
    check("--period 2022-09", &around, &format!("{figures},4.17,o3,0,30,0,,,,,,0.28,ok"));
    assert_eq!(run("--period 2022-09", &around).unwrap().1, "");
}

#[test]
fn items_that_share_the_largest_index_are_all_named() {
    let rows = days("A", "2022-09", "35,70,10,20,1,,100", ALL);
    check(
        "--period 2022-09",
        &rows,
        "A,2022-09,GB3095-2012,35,70,10,20,1.0,100,1.00,1.00,0.17,0.50,0.25,0.62,3.54,pm25+pm10,30,30,0,,,,,,,ok",
    );
}

#[test]
fn a_period_over_two_editions_is_mixed_and_counts_each_day_by_its_own() {
    // PM2.5 70: AQI 94 under the edition of 2012, 118 under that of 2026.
    let rows = days("A", "2026-Q1", "70,60,10,20,1,,100", ALL);
    check(
        "--period 2026-Q1",
        &rows,
        "A,2026-Q1,GB3095-2026-transition,70,60,10,20,1.0,100,2.33,1.00,0.17,0.50,0.25,0.62,4.87,pm25,59,90,0,1.33,,,,,,mixed",
    );
    let tail = |options: &str| {
        let row = run(options, &rows).unwrap().0.remove(0);
        let cells: Vec<&str> = row.split(',').collect();
        format!("{} {} {} {}", cells[2], cells[15], cells[17], cells[26])
    };
    // Alone, each month stands under one edition; one that is named forces limits and days alike.
    assert_eq!(tail("--period 2026-02"), "GB3095-2012 4.40 28 ok");
    assert_eq!(tail("--period 2026-03"), "GB3095-2026-transition 4.87 0 ok");
    assert_eq!(tail("--period 2026-Q1 --edition HJ633-2012"), "GB3095-2012 4.40 90 ok");
    assert_eq!(tail("--period 2026-Q1 --edition GB3095-2012"), "GB3095-2012 4.40 90 ok");
    assert_eq!(tail("--period 2026-Q1 --edition HJ633-2026"), "GB3095-2026-transition 4.87 0 ok");
    assert_eq!(tail("--period 2026-02 --edition GB3095-2026"), "GB3095-2026 6.04 0 ok");
}

#[test]
fn too_few_days_keep_the_figures_and_name_the_rule() {
    let status = |period: &str, keep: &dyn Fn(u32) -> bool| {
        let (rows, messages) = run(&format!("--period {period}"), &days("A", period, TIANJIN, keep)).unwrap();
        let (figures, status) = rows[0].rsplit_once(',').unwrap();
        assert!(figures.contains(",29,62,10,31,0.9,204,0.83,0.89,0.17,0.78,0.22,1.28,4.17,o3,"), "{figures}");
        assert_eq!(messages.is_empty(), status == "ok", "{messages}");
        status.to_owned()
    };
    let items = "pm25+pm10+so2+no2+co+o3";
    assert_eq!(status("2022-10", &|d| d <= 27), "ok");
    assert_eq!(status("2022-10", &|d| d <= 26), format!("month_days<27:{items}"));
    assert_eq!(status("2022-02", &|d| d <= 25), "ok");
    assert_eq!(status("2022-02", &|d| d <= 24), format!("february_days<25:{items}"));
    assert_eq!(
        status("2022-Q1", &|d| d <= 24),
        format!("month_days<27:{items}:unverified;february_days<25:{items}:unverified")
    );
    // 27 days a month and 27 in February: 324.
    assert_eq!(status("2022", &|d| d <= 27), "ok");
    assert_eq!(
        status("2022", &|d| d <= 27 && d != 1),
        format!("month_days<27:{items};year_days<324:{items}")
    );
}

#[test]
fn an_item_that_is_missing_leaves_no_index() {
    let rows = days("A", "2022-09", "29,62,,31,0.9,999,204", ALL);
    check(
        "--period 2022-09",
        &rows,
        "A,2022-09,GB3095-2012,29,62,,31,0.9,204,0.83,0.89,,0.78,0.22,1.28,,,0,30,0,,,,,,0.28,missing:so2",
    );
    check("--period 2023-09", &rows, "A,2023-09,GB3095-2012,,,,,,,,,,,,,,,0,0,0,,,,,,,missing");
    // Ozone of the hour is no ozone of the day.
    let hour = days("A", "2022-09", "29,62,10,31,0.9,204,", ALL);
    assert!(run("--period 2022-09", &hour).unwrap().0[0].ends_with(",missing:o3"));
}

#[test]
fn sites_stand_apart_and_a_day_that_stands_twice_counts_once() {
    let mut rows = days("乙", "2022-09", TIANJIN, ALL);
    rows.push_str(&days("甲", "2022-09", "20,30,<6,15,0.5,,60", ALL));
    rows.push_str("2022-09-30,乙,29,62,10,31,x,,204\n2022-09-31,甲,1,1,1,1,1,,1\n");
    let (output, messages) = run("--period 2022-09", &rows).unwrap();
    assert_eq!(output.len(), 2);
    assert!(
        output[0].starts_with("乙,") && output[0].ends_with(",0,30,0,,,,,,0.28,ok;duplicate:time;invalid:co")
    );
    assert!(output[1].starts_with("甲,2022-09,GB3095-2012,20,30,3,15,0.5,60,"), "{}", output[1]);
    assert!(output[1].ends_with(",30,30,0,,,,,,,ok;censored:so2;invalid:time"), "{}", output[1]);
    assert_eq!(messages.lines().count(), 3, "{messages}");
    // The later row counts: 29 days of 30 and one of 60 make 31, the other way round they would make 30.
    let mut revised = days("A", "2022-09", "30,62,10,31,0.9,,204", ALL);
    revised.push_str("2022-09-01,A,60,62,10,31,0.9,,204\n");
    assert!(run("--period 2022-09", &revised).unwrap().0[0].starts_with("A,2022-09,GB3095-2012,31,"));
}

#[test]
fn json_carries_numbers() {
    let rows = days("A", "2022-09", TIANJIN, ALL);
    let (output, _) =
        assess("composite --period 2022-09 --output json", format!("{HEADER}\n{rows}").as_bytes()).unwrap();
    let value: serde_json::Value = serde_json::from_str(output.trim()).unwrap();
    assert_eq!(value["index"], 4.17);
    assert_eq!(value["good_days"], 0);
    assert!(value["exceed_pm25"].is_null());
}

fn list(lines: &str) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(format!("day,area,kind,source\n{lines}").as_bytes()).unwrap();
    file
}

#[test]
fn dust_leaves_the_means_and_stays_among_the_days() {
    let mut rows = days("A", "2021-03", "30,60,10,20,1,,100", |d| d > 1);
    rows.push_str("2021-03-01,A,340,2000,10,20,1,,100\n");
    let figures = |options: &str, lines: &str| {
        let file = list(lines);
        let path = file.path().display();
        let (output, messages) = run(&format!("--period 2021-03 --events {path} {options}"), &rows).unwrap();
        let cells: Vec<&str> = output[0].split(',').collect();
        // PM2.5, PM10, ozone, then good, valid and heavy days.
        (
            format!(
                "{} {} {} {}/{}/{} {}",
                cells[3], cells[4], cells[8], cells[17], cells[18], cells[19], cells[26]
            ),
            messages,
        )
    };
    let none = "40 123 100 30/31/1";
    assert_eq!(figures("", "2021-02-28,A,dust,doc\n").0, format!("{none} ok"));
    assert_eq!(figures("", "2021-03-01,A,dust,doc\n").0, "30 60 100 30/31/1 ok;events:dust=1");
    assert_eq!(
        figures("", "2021-03-01,,dust,doc\n2021-03-01,A,dust,doc\n").0,
        "30 60 100 30/31/1 ok;events:dust=1"
    );
    assert_eq!(
        figures("--without-dust-days", "2021-03-01,A,dust,doc\n").0,
        "30 60 100 30/30/0 ok;events:dust=1"
    );
    assert_eq!(
        figures("--without-dust-days", "2021-03-01,A,exceptional,doc\n").0,
        format!("{none} ok;events:exceptional=1")
    );
    let (elsewhere, messages) = figures("", "2021-03-01,B,dust,doc\n");
    assert_eq!(elsewhere, format!("{none} ok"));
    assert!(messages.contains("`B`"), "{messages}");
}

#[test]
fn wrong_options_and_lists_are_refused() {
    let check = |options: &str, code: u8, says: &str| {
        let error = run(options, "").unwrap_err();
        assert_eq!(error.exit_code(), code, "{options}: {error}");
        assert!(error.to_string().contains(says), "{options}: {error}");
    };
    check("", 2, "--period");
    check("--period 2022-09-01", 2, "2022-Q3");
    check("--period 2022-Q5", 2, "2022-Q3");
    check("--period 2022 --terms up", 2, "round");
    check("--period 2022 --edition GB3838-2002", 2, "GB3095-2012");
    check("--period 1999", 2, "1999-12-31");
    check("--period 2022 --without-dust-days", 2, "--events");
    check("--period 2022 --events no/such/file", 1, "no/such/file");
    for (lines, says) in [
        ("2021-03-15,A,fog,doc\n", "dust or exceptional"),
        ("2021-03,A,dust,doc\n", "line 2"),
        ("2021-03-15,A,dust,\n", "source"),
        ("2021-03-15,A,dust\n", "line 2 has 3 cells"),
    ] {
        let file = list(lines);
        check(&format!("--period 2021-03 --events {}", file.path().display()), 1, says);
    }
}
