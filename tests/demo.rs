//! The demo from outside: one command, an account that balances, every planted event where it must show, and pages that
//! fit a phone. The pages are looked at in a real browser.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_precision_loss,
    clippy::cast_lossless,
    reason = "a test may stop at the first surprise"
)]

mod common;

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

use common::lanbi;
use serde_json::Value;

/// One demo for all tests of this file; months are few because this is a build without optimisation.
fn demo() -> &'static Path {
    static DEMO: OnceLock<(tempfile::TempDir, PathBuf, String)> = OnceLock::new();
    let (_, path, _) = DEMO.get_or_init(|| {
        let dir = tempfile::tempdir().unwrap();
        let data = dir.path().join("demo");
        let output = lanbi()
            .args(["demo", "--data-dir", data.to_str().unwrap(), "--months", MONTHS])
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        (dir, data, String::from_utf8(output.stdout).unwrap())
    });
    path
}

/// The default of the command: all planted events are in it.
const MONTHS: &str = "13";

fn account(data: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(data.join("account.json")).unwrap()).unwrap()
}

#[test]
fn the_account_balances_and_names_reports_that_are_there() {
    let data = demo();
    let account = account(data);
    let n = |key: &str| account[key].as_u64().unwrap();
    assert_eq!(n("in"), n("stored") + n("repeated") + n("rejected"), "{account}");
    assert!(n("stored") > 1_000_000 && n("repeated") > 0 && n("rejected") > 0, "{account}");
    assert!(n("messages") > 100_000 && n("stale_recomputed") > 0, "{account}");
    assert!(
        account["alarms"]["raised"].as_u64().unwrap() > account["alarms"]["cleared"].as_u64().unwrap() / 2
    );
    let reports = account["reports"].as_array().unwrap();
    assert!(reports.len() > 3);
    for report in reports {
        assert!(data.join(report.as_str().unwrap()).is_file(), "{report} is not there");
    }
}

#[test]
fn every_planted_event_shows_where_it_must() {
    let data = demo();
    let planted: Vec<Value> =
        serde_json::from_str(&std::fs::read_to_string(data.join("planted.json")).unwrap()).unwrap();
    assert!(planted.len() >= 9, "{planted:?}");
    let missing: Vec<&Value> = planted.iter().filter(|p| p["seen"] != Value::Bool(true)).collect();
    assert!(missing.is_empty(), "not seen: {missing:#?}");
    let kinds: BTreeSet<&str> = planted.iter().map(|p| p["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds.len(), planted.len(), "each kind once: {kinds:?}");
}

#[test]
fn both_editions_stand_in_the_reports_of_their_days() {
    let data = demo();
    let out = tempfile::tempdir().unwrap();
    let cited = |period: &str| -> Vec<String> {
        let mut report = lanbi();
        report.args(["report", "monthly", "--period", period, "--format", "json"]);
        report.arg("--config").arg(data.join("lanbi.toml")).arg("--out").arg(out.path());
        let path = common::output(&mut report);
        let model: Value = serde_json::from_str(&std::fs::read_to_string(path.trim()).unwrap()).unwrap();
        let cited = model["head"]["cited"].as_array().unwrap();
        cited
            .iter()
            .map(|c| c["number"].as_str().unwrap().to_owned())
            .filter(|n| n.starts_with("HJ 633"))
            .collect()
    };
    assert_eq!(cited("2026-01"), ["HJ 633-2012"]);
    assert_eq!(cited("2026-02"), ["HJ 633-2012"]);
    assert_eq!(cited("2026-03"), ["HJ 633-2026"]);
}

#[test]
fn the_chiefs_have_something_to_do_in_every_state() {
    let data = demo();
    let out = tempfile::tempdir().unwrap();
    let report = |period: &str| -> Value {
        let mut report = lanbi();
        report.args(["report", "river-chief", "--period", period, "--format", "json"]);
        report.arg("--config").arg(data.join("lanbi.toml")).arg("--out").arg(out.path());
        let path = common::output(&mut report);
        serde_json::from_str(&std::fs::read_to_string(path.trim()).unwrap()).unwrap()
    };
    let sheet = report("2026-10-31");
    let all = |key: &str| -> usize {
        sheet["chiefs"].as_array().unwrap().iter().map(|chief| chief[key].as_array().unwrap().len()).sum()
    };
    assert!(all("overdue") > 1 && all("today") > 1 && all("problems") > 5, "{sheet}");
    let month = report("2026-10");
    let n = |key: &str| month["all"][key].as_u64().unwrap();
    assert!(
        n("found") > 5 && n("closed") > n("in_time") && n("open") == 6 && n("overdue") == 2,
        "{}",
        month["all"]
    );
    let states: BTreeSet<&str> =
        month["open"].as_array().unwrap().iter().map(|row| row["state"].as_str().unwrap()).collect();
    assert_eq!(states, BTreeSet::from(["发现", "交办", "退回"]));
    let chiefs = month["chiefs"].as_array().unwrap();
    let below = chiefs.iter().filter(|chief| chief["below"] == Value::Bool(true)).count();
    assert!(below > 0 && below < chiefs.len(), "{chiefs:?}");
    assert_eq!(month["ranking"].as_array().unwrap().len(), 3);
}

#[test]
fn the_reports_on_waters_tell_what_was_planted_and_listed() {
    let reports = demo().join("reports");
    let page = |name: &str| std::fs::read_to_string(reports.join(name)).unwrap();
    let outlets = page("outlet-2026-10.html");
    for words in
        ["示例第二污水处理厂排污口", "预计全年", "台账登记入河排污口12个", "复发", "修改单", "未测水温"]
    {
        assert!(outlets.contains(words), "{words}");
    }
    let odor = page("black-odor-2026-10.html");
    for words in ["返黑返臭1个〔示例西沟〕", "在线监测识别，待第三方复核", "示例北塘", "目标40%", "长制久清"]
    {
        assert!(odor.contains(words), "{words}");
    }
    let index = page("index.html");
    assert!(index.contains("outlet-2026-10.html") && index.contains("black-odor-2026-10.html"));
}

/// Width of the page's content against the window, measured by the browser.
fn overflow(page: &Path, width: u32) -> (i64, i64) {
    let dir = tempfile::tempdir().unwrap();
    let frame = dir.path().join("frame.html");
    std::fs::write(
        &frame,
        format!(
            "<!doctype html><meta charset=utf-8><body><iframe id=f width={width} height=800 style='border:0' src='file://{}'></iframe>\
             <p id=r></p><script>const f=document.getElementById('f');f.onload=()=>{{const e=f.contentDocument.documentElement;\
             document.getElementById('r').textContent='scroll='+e.scrollWidth+' client='+e.clientWidth+' end'}}</script>",
            page.display()
        ),
    )
    .unwrap();
    let output = Command::new("chromium")
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .args(["--allow-file-access-from-files", "--virtual-time-budget=4000", "--dump-dom"])
        .arg(format!("--user-data-dir={}", dir.path().join("profile").display()))
        .arg(format!("file://{}", frame.display()))
        .output()
        .expect("chromium is needed: apt-get install chromium (scripts/test does it)");
    let dom = String::from_utf8_lossy(&output.stdout).into_owned();
    let number = |key: &str| -> i64 {
        let rest = dom.split(key).nth(1).unwrap_or_else(|| panic!("the browser gave no figure: {dom}"));
        rest.split(' ').next().unwrap().parse().unwrap()
    };
    (number("scroll="), number("client="))
}

#[test]
fn no_page_scrolls_sideways_on_a_phone_or_on_a_desk() {
    let data = demo();
    for name in [
        "index.html",
        "daily-2026-10-31.html",
        "monthly-2026-10.html",
        "river-chief-2026-10-31.html",
        "river-chief-2026-10.html",
        "outlet-2026-10.html",
        "black-odor-2026-10.html",
    ] {
        for width in [360, 1000] {
            let (scroll, client) = overflow(&data.join("reports").join(name), width);
            assert!(client > width as i64 - 40, "{name} was not laid out: {client}");
            assert!(
                scroll <= client,
                "{name} at {width}: content {scroll} is wider than the window {client}"
            );
        }
    }
}
