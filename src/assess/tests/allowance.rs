//! `assess allowance`: what is left of a year, and where it ends.

use std::fmt::Write as _;
use std::io::Write as _;

use chrono::NaiveDate;

use super::assess;

/// Result rows without the header, and the messages.
fn rows(options: &str, allowances: &str, loads: &str) -> Result<(Vec<String>, String), String> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    write!(file, "site,year,allowance_kg\n{allowances}").unwrap();
    let options = format!("allowance --allowance {} {options}", file.path().display());
    let input = format!("time,site,load_kg\n{loads}");
    let (output, messages) = assess(&options, input.as_bytes()).map_err(|e| e.to_string())?;
    Ok((output.lines().skip(1).map(str::to_owned).collect(), messages))
}

fn even(site: &str, from: &str, days: usize) -> String {
    let from: NaiveDate = from.parse().unwrap();
    from.iter_days().take(days).fold(String::new(), |mut text, day| {
        writeln!(text, "{day},{site},10").unwrap();
        text
    })
}

#[test]
fn a_row_says_what_is_used_and_where_the_year_ends() {
    let check = |options: &str, allowances: &str, loads: &str, expected: &[&str]| {
        assert_eq!(rows(options, allowances, loads).unwrap().0, expected, "{options}");
    };
    let spring = even("A", "2026-01-01", 90);
    let (got, _) = rows("", "A,2026,3650\n", &spring).unwrap();
    assert!(got[0].starts_with("A,2026,2026-03-31,3650,900,2750,90,90,1,3650,"), "{got:?}");
    assert!(got[0].ends_with(",0.5,ok"), "an even year at its allowance may go either way: {got:?}");
    check("--on 2026-01-20", "A,2026,3650\n", &spring, &["A,2026,2026-01-20,3650,200,3450,20,20,1,,,,,few"]);
    check(
        "",
        "A,2025,3650\nB,2026,1\n",
        &spring,
        &["A,2025,,3650,,,,,,,,,,missing", "B,2026,,1,,,,,,,,,,missing"],
    );
    check(
        "",
        "A,2026,365\n",
        "2026-01-01,A,1\n2026-01-01,A,3\n2026-01-02,A,-1\n2026-01-03,A,<2\nsoon,A,1\n2026-01-10,A,\n",
        &[
            "A,2026,2026-01-03,365,4,361,3,2,1.33333333333,,,,,few;censored:load_kg;duplicate:time;invalid:load_kg;invalid:time",
        ],
    );
}

#[test]
fn what_cannot_be_an_allowance_is_refused() {
    let check = |allowances: &str, says: &str| {
        let error = rows("", allowances, "").unwrap_err();
        assert!(error.contains(says), "{error}");
    };
    check("A,26,1\n", "line 2: needs a year");
    check("A,2026,-1\n", "line 2: needs a year");
    check("A,2026,\n", "line 2: needs a year");
    check("A,2026,1\nA,2026,2\n", "line 3: stands twice");
    let (_, messages) = rows("", "B,2026,1\n", &even("A", "2026-01-01", 1)).unwrap();
    assert!(messages.contains("site `A` has none"), "{messages}");
}
