//! Hourly rows: `assess means`, and `--rows hour` and `--groups` of what reads days.

use std::fmt::Write as _;

use super::{AssessError, assess};

const HEADER: &str = "time,site,pm25,pm10,so2,no2,co,o3\n";

/// Hours of one site ending 01:00 to 24:00 of some days; a cell set for each hour by `row(day, hour)`, none leaves the row out.
fn hours(site: &str, days: &[&str], row: impl Fn(usize, u32) -> Option<String>) -> String {
    let mut rows = String::new();
    for (number, day) in days.iter().enumerate() {
        let date: chrono::NaiveDate = day.parse().unwrap();
        for end in 1..=24 {
            let stamp = match end {
                24 => format!("{}T00:00", date.succ_opt().unwrap()),
                _ => format!("{date}T{end:02}:00"),
            };
            if let Some(cells) = row(number, end) {
                writeln!(rows, "{stamp},{site},{cells}").unwrap();
            }
        }
    }
    rows
}

fn run(options: &str, rows: &str) -> (Vec<String>, String) {
    let (output, messages) = assess(options, format!("{HEADER}{rows}").as_bytes()).unwrap();
    (output.lines().skip(1).map(str::to_owned).collect(), messages)
}

fn file(name: &str, text: &str) -> (tempfile::TempDir, String) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(name);
    std::fs::write(&path, text).unwrap();
    let path = path.display().to_string();
    (dir, path)
}

#[test]
fn twenty_hours_make_a_day_and_14_windows_its_ozone() {
    let check = |present: &dyn Fn(u32) -> bool, expected: &str| {
        let rows =
            hours("A", &["2026-03-01"], |_, end| present(end).then(|| format!("{end},50,5,40,0.5,{end}")));
        let (rows, messages) = run("means", &rows);
        assert_eq!(rows, [format!("2026-03-01,A,GB3095-2026-transition,{expected}")]);
        assert_eq!(messages, "");
    };
    check(&|_| true, "12.5000,50.0000,5.0000,40.0000,0.5000,20.5000,ok");
    check(&|end| end > 4, "14.5000,50.0000,5.0000,40.0000,0.5000,20.5000,ok");
    check(&|end| end > 5, ",,,,,20.5000,missing:pm25+pm10+so2+no2+co");
    check(&|end| end <= 18, ",,,,,,missing");
}

#[test]
fn a_day_without_rows_stands_in_the_result() {
    let rows = hours("A", &["2024-02-28", "2024-03-01"], |_, _| Some("35,50,5,40,0.5,100".to_owned()));
    let (rows, _) = run("means --gases-at 298.15", &rows);
    assert_eq!(
        rows,
        [
            "2024-02-28,A,GB3095-2012,35.0000,50.0000,5.0000,40.0000,0.5000,100.0000,ok",
            "2024-02-29,A,GB3095-2012,,,,,,,missing",
            "2024-03-01,A,GB3095-2012,35.0000,50.0000,5.0000,40.0000,0.5000,100.0000,ok",
        ]
    );
    assert_eq!(run("means", "").0, [""; 0]);
}

#[test]
fn gases_of_2018_are_turned_when_asked_for() {
    let rows = hours("A", &["2018-08-31", "2018-09-01"], |_, _| Some("35,50,10,40,1,100".to_owned()));
    let cells = |options: &str| -> Vec<String> {
        run(options, &rows).0.iter().map(|row| row.splitn(4, ',').nth(3).unwrap().to_owned()).collect()
    };
    let as_reported = "35.0000,50.0000,10.0000,40.0000,1.0000,100.0000,ok";
    assert_eq!(cells("means"), [as_reported, as_reported]);
    let turned = "35.0000,50.0000,9.1615,36.6460,0.9161,91.6150,ok";
    assert_eq!(cells("means --gases-at 298.15"), [turned, as_reported]);
    assert!(matches!(assess("means --gases-at 300", HEADER.as_bytes()), Err(AssessError::Usage(_))));
}

#[test]
fn cells_and_stamps_that_are_wrong_cost_themselves_only() {
    let mut rows = hours("A", &["2026-03-01"], |_, end| {
        Some(match end {
            3 => "-1,50,5,40,0.5,100".to_owned(),
            4 => "1e1,50,<10,40,0.5,100".to_owned(),
            _ => "10,50,5,40,0.5,100".to_owned(),
        })
    });
    rows.push_str("2026-03-01T08:30,A,900,900,900,900,9,900\n2026-03-01,A,900,900,900,900,9,900\n");
    rows.push_str("2026-03-01T05:00,A,34,50,5,40,0.5,100\n");
    let (rows, messages) = run("means", &rows);
    // 23 hours of PM2.5: 22 of 10 and one of 34.
    assert_eq!(
        rows,
        ["2026-03-01,A,GB3095-2026-transition,11.0435,50.0000,5.0000,40.0000,0.5000,100.0000,\
          ok;censored:so2;duplicate:time;invalid:pm25;invalid:time"]
    );
    let lines: Vec<&str> = messages.lines().collect();
    let [negative, half, day, twice] = lines.as_slice() else { panic!("{messages}") };
    assert!(negative.starts_with("line 4: pm25 `-1` is negative"), "{negative}");
    assert!(half.contains("`2026-03-01T08:30` is not a full hour"), "{half}");
    assert!(day.contains("`2026-03-01` is not a full hour"), "{day}");
    assert!(twice.contains("stands twice for site `A`"), "{twice}");
}

#[test]
fn days_of_hours_are_those_of_daily_rows() {
    let days: Vec<String> =
        "2022".parse::<lanbi_model::ReportPeriod>().unwrap().days().map(|d| d.to_string()).collect();
    let days: Vec<&str> = days.iter().map(String::as_str).collect();
    let rows = hours("A", &days, |day, end| {
        let wave = (day * 7 + usize::try_from(end).unwrap()) % 90;
        Some(format!(
            "{wave},{},{},{},{}.{},{}",
            wave + 30,
            wave % 12,
            wave / 2 + 9,
            wave % 2,
            wave % 10,
            wave * 2
        ))
    });
    let daily = assess("means --ignore-extra", format!("{HEADER}{rows}").as_bytes()).unwrap().0;
    for command in ["attainment --period 2022", "days --period 2022-Q3", "composite --period 2022-09"] {
        let from_days = assess(&format!("{command} --ignore-extra"), daily.as_bytes()).unwrap().0;
        let (from_hours, _) = run(&format!("{command} --rows hour"), &rows);
        assert_eq!(from_hours, from_days.lines().skip(1).collect::<Vec<_>>(), "{command}");
        assert!(from_days.contains(",ok"), "{from_days}");
    }
}

#[test]
fn a_city_is_the_mean_of_its_sites_not_of_its_districts() {
    let (_dir, groups) = file("groups.csv", "site,group\nA,东区\nB,东区\nC,西区\nA,全市\nB,全市\nC,全市\n");
    let rows = "time,site,pm25,pm10,so2,no2,co,o3_8h\n\
        2026-04-01,A,10,20,5,20,0.5,80\n2026-04-01,B,20,20,5,20,0.5,80\n2026-04-01,C,60,20,5,20,0.5,80\n\
        2026-04-02,A,10,20,5,20,0.5,80\n2026-04-02,B,,20,5,20,0.5,80\n2026-04-02,D,60,20,5,20,0.5,80\n";
    let options = format!("composite --period 2026-04 --groups {groups}");
    let (output, messages) = assess(&options, rows.as_bytes()).unwrap();
    let means: Vec<String> =
        output.lines().skip(1).map(|row| row.split(',').take(4).collect::<Vec<_>>().join(",")).collect();
    assert_eq!(
        means,
        [
            // On the 2nd too few sites of 东区 and of the city have a value.
            "东区,2026-04,GB3095-2026-transition,15",
            "西区,2026-04,GB3095-2026-transition,60",
            "全市,2026-04,GB3095-2026-transition,30",
        ]
    );
    assert_eq!(messages.lines().filter(|line| line.contains("site `D` is in no group")).count(), 1);

    let refused = |text: &str, why: &str| {
        let (_dir, path) = file("groups.csv", text);
        let error =
            assess(&format!("composite --period 2026-04 --groups {path}"), rows.as_bytes()).unwrap_err();
        assert!(error.to_string().contains(why), "{error}");
    };
    refused("site,group\nA,东区\nA,东区\n", "line 3: stands twice");
    refused("site,group\nA,\n", "line 2: needs a site and its group");
    refused("site\nA\n", "lacks the column group");
    let (_dir, path) = file("groups.csv", "site,group\nA,东区\nX,东区\n");
    let (output, messages) =
        assess(&format!("composite --period 2026-04 --groups {path}"), rows.as_bytes()).unwrap();
    assert!(messages.contains("site `X` of `东区` is not in the input"), "{messages}");
    assert!(
        output.contains("东区,2026-04,GB3095-2026-transition,,,") && output.contains("silent-site"),
        "{output}"
    );
}

/// Hours of a site in a year on the days that `on` lets pass: the row of the site in `assess attainment`.
fn year(name: &str, period: &str, on: impl Fn(chrono::NaiveDate) -> bool) -> String {
    let year: lanbi_model::ReportPeriod = period.parse().unwrap();
    let days: Vec<String> = year.days().filter(|day| on(*day)).map(|day| day.to_string()).collect();
    let days: Vec<&str> = days.iter().map(String::as_str).collect();
    let rows = hours(name, &days, |_, _| Some("20,30,5,20,0.5,80".to_owned()));
    let (rows, _) = run(&format!("attainment --period {period} --rows hour"), &rows);
    rows.last().unwrap().clone()
}

#[test]
fn what_a_year_lacks_is_said() {
    use chrono::Datelike;
    let check = |period: &str, expected: &str, on: &dyn Fn(chrono::NaiveDate) -> bool| {
        assert_eq!(year("A", period, on), format!("A,{period},GB3095-2012,,,,,,{expected}"));
    };
    check("2022", "yes,ok", &|_| true);
    check("2024", "yes,ok", &|_| true);
    // A leap year needs no more days: 324, and February 25.
    check("2024", "yes,ok", &|d| d.month() != 2 || d.day() <= 25);
    check("2024", ",missing", &|d| d.month() != 2 || d.day() <= 24);
    check("2022", ",missing;starts:2022-05-03", &|d| d.ordinal() >= 123);
    check("2022", ",missing;ends:2022-10-11", &|d| d.ordinal() <= 284);
    check("2022", ",missing;empty:2022-07+2022-08", &|d| d.month() != 7 && d.month() != 8);
    check("2022", ",missing;starts:2022-07-01;ends:2022-07-31", &|d| d.month() == 7);
}

#[test]
fn a_site_that_moves_leaves_its_place_to_the_new_one() {
    let days = |from: &str, until: &str| -> Vec<String> {
        let until: chrono::NaiveDate = until.parse().unwrap();
        from.parse::<chrono::NaiveDate>()
            .unwrap()
            .iter_days()
            .take_while(|d| *d <= until)
            .map(|d| d.to_string())
            .collect()
    };
    let mut rows = String::new();
    for (site, from, until) in [
        ("旧址", "2022-01-01", "2022-06-30"),
        ("新址", "2022-07-01", "2022-12-31"),
        ("B", "2022-01-01", "2022-12-31"),
        ("C", "2022-01-01", "2022-12-31"),
        ("D", "2022-01-01", "2022-12-31"),
    ] {
        let days = days(from, until);
        let days: Vec<&str> = days.iter().map(String::as_str).collect();
        rows.push_str(&hours(site, &days, |_, _| Some("20,30,5,20,0.5,80".to_owned())));
    }
    let city = |members: &str| {
        let members: String = members.split('+').map(|site| format!("{site},全市\n")).collect();
        let (_dir, groups) = file("groups.csv", &format!("site,group\n{members}"));
        let options = format!("attainment --period 2022 --rows hour --groups {groups}");
        assess(&options, format!("{HEADER}{rows}").as_bytes()).unwrap().0.lines().last().unwrap().to_owned()
    };
    // Either half of the year four of five sites speak; with one more silent, three of five are too few.
    assert_eq!(city("旧址+新址+B+C+D"), "全市,2022,GB3095-2012,,,,,,yes,ok");
    assert_eq!(city("旧址+新址+B+C+X"), "全市,2022,GB3095-2012,,,,,,,missing;silent-site");
    assert_eq!(city("旧址"), "全市,2022,GB3095-2012,,,,,,,missing;ends:2022-06-30");
}
