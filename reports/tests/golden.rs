//! The sample reports as they were last looked at and approved. After a wanted change run the tests with `LANBI_BLESS=1`,
//! look at the difference and commit it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on must fail")]

#[path = "../examples/sample/facts.rs"]
mod facts;

use std::path::PathBuf;

use lanbi_reports::render::{html, json, text};
use lanbi_reports::report::{
    black_odor_report, daily, monthly, outlet_report, river_chief, river_chief_month, water,
};

/// A page without its style and drawings, which are looked at, not read.
fn words(page: &str) -> String {
    cut(&cut(page, "<style>", "</style>"), "<svg ", "</svg>")
}

fn cut(page: &str, open: &str, close: &str) -> String {
    let mut rest = page;
    let mut out = String::new();
    while let Some(start) = rest.find(open) {
        let end = rest[start..].find(close).map_or(rest.len(), |end| start + end + close.len());
        out.push_str(&rest[..start]);
        out.push_str("<!-- cut -->");
        rest = &rest[end..];
    }
    out + rest
}

fn check(name: &str, content: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("test_data").join(name);
    if std::env::var_os("LANBI_BLESS").is_some() {
        std::fs::write(&path, content).unwrap();
        return;
    }
    let approved = std::fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    let different = approved.lines().zip(content.lines()).enumerate().find(|(_, (a, b))| a != b);
    assert!(
        approved == content,
        "{name} differs from the approved one, first at {different:#?}.\n\
         If the change is wanted: LANBI_BLESS=1 cargo test -p lanbi-reports --test golden, then review the diff"
    );
}

#[test]
fn the_daily_report_says_what_it_said() {
    let report = daily::build(&facts::daily());
    check("daily.json", &json::write(&report).unwrap());
    check("daily.html", &words(&html::daily(&report).unwrap()));
}

#[test]
fn the_monthly_report_says_what_it_said() {
    let report = monthly::build(&facts::monthly());
    check("monthly.json", &json::write(&report).unwrap());
    check("monthly.html", &words(&html::monthly(&report).unwrap()));
}

#[test]
fn the_report_on_waters_says_what_it_said() {
    let report = water::build(&facts::water());
    check("water.json", &json::write(&report).unwrap());
    check("water.html", &words(&html::water(&report).unwrap()));
}

#[test]
fn the_daily_check_says_what_it_said() {
    let report = river_chief::build(&facts::river_chief());
    check("river-chief.json", &json::write(&report).unwrap());
    check("river-chief.html", &words(&html::river_chiefs(&report).unwrap()));
    check("river-chief.txt", &text::river_chiefs(&report));
}

#[test]
fn the_month_of_the_chiefs_says_what_it_said() {
    let report = river_chief_month::build(&facts::river_chief_month());
    check("river-chief-month.json", &json::write(&report).unwrap());
    check("river-chief-month.html", &words(&html::river_chiefs_month(&report).unwrap()));
}

#[test]
fn the_report_on_outlets_says_what_it_said() {
    let report = outlet_report::build(&facts::outlet_report());
    check("outlet.json", &json::write(&report).unwrap());
    check("outlet.html", &words(&html::outlet(&report).unwrap()));
}

#[test]
fn the_report_on_black_odorous_waters_says_what_it_said() {
    let report = black_odor_report::build(&facts::black_odor_report());
    check("black-odor.json", &json::write(&report).unwrap());
    check("black-odor.html", &words(&html::black_odor(&report).unwrap()));
}

#[test]
fn the_index_says_what_it_said() {
    check("index.html", &words(&html::index(&facts::index()).unwrap()));
}
