//! `kill -9` in the middle of a replay: nothing lost, nothing doubled.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_precision_loss,
    clippy::cast_lossless,
    reason = "a test may stop at the first surprise"
)]

mod common;

use std::{fmt::Write as _, time::Duration};

use common::{Mosquitto, Site, lanbi};
use lanbi_model::{AveragingPeriod, Parameter, StationId};
use lanbi_store::SampleQuery;

const HOURS: u32 = 6000;

/// A recorded file and its mapping: one station, one hour a row, a value that tells its row.
fn recording(dir: &std::path::Path) {
    let mut text = String::from("time,site,pm25,co\n");
    let start: chrono::NaiveDateTime = "2024-01-01T00:00:00".parse().unwrap();
    for i in 0..HOURS {
        let time = start + chrono::TimeDelta::hours(i64::from(i));
        let _ = writeln!(text, "{},a1,{}.{},0.{}", time.format("%Y-%m-%dT%H:%M:%S"), i / 10, i % 10, i % 7);
    }
    std::fs::write(dir.join("hours.csv"), text).unwrap();
    std::fs::write(
        dir.join("mapping.toml"),
        r#"
zone = "Asia/Shanghai"
label = "end"
period = "1h"
missing = []
[station]
columns = ["site"]
[time]
columns = ["time"]
format = "%Y-%m-%dT%H:%M:%S"
[[value]]
column = "pm25"
parameter = "pm25"
unit = "ug/m3"
[[value]]
column = "co"
parameter = "co"
unit = "mg/m3"
[draft]
kind = "air"
area = ""
cadence = "1h"
"#,
    )
    .unwrap();
}

const STATIONS: &str = r#"
[[station]]
id = "a1"
name = "一号站"
kind = "air"
period = "1h"
cadence = "1h"
parameters = ["pm25", "co"]
"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_in_the_middle_of_a_replay_loses_nothing_and_doubles_nothing() {
    let dir = tempfile::tempdir().unwrap();
    recording(dir.path());
    let broker = Mosquitto::start(dir.path());
    let site = Site::new(&broker, STATIONS, "[ingest]\nbatch_values = 200\n");
    let mut running = site.run();
    let mut replay = lanbi()
        .args(["replay", dir.path().join("hours.csv").to_str().unwrap()])
        .args(["--mapping", dir.path().join("mapping.toml").to_str().unwrap(), "--broker", &broker.url()])
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let store = site.store().await;
    let mut kills = 0;
    let deadline = std::time::Instant::now() + Duration::from_secs(120);
    // Three kills, each after some more values have gone in and before the last one.
    loop {
        let stored = store.account().await.unwrap().stored;
        if kills < 3 && stored > 2000 * (kills + 1) {
            running.kill();
            kills += 1;
            running = site.run();
        }
        if stored == u64::from(HOURS) * 2 {
            break;
        }
        assert!(std::time::Instant::now() < deadline, "{stored} values after {kills} kills");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    assert!(replay.wait().unwrap().success());
    assert_eq!(kills, 3, "the replay was over before the kills");
    running.stop();
    let account = store.account().await.unwrap();
    assert!(account.balances(), "{account:?}");
    assert_eq!(
        (account.stored, account.rejected, account.revised),
        (u64::from(HOURS) * 2, 0, 0),
        "{account:?}"
    );
    let samples = store
        .samples(&SampleQuery {
            station: StationId::new("a1"),
            parameters: vec![Parameter::Pm25],
            period: Some(AveragingPeriod::HOUR),
            after: "2000-01-01T00:00:00Z".parse().unwrap(),
            until: "2100-01-01T00:00:00Z".parse().unwrap(),
        })
        .await
        .unwrap();
    for (i, sample) in (0..HOURS).zip(&samples) {
        assert_eq!(sample.value, lanbi_model::Decimal::new(i64::from(i), 1), "row {i}");
    }
    assert_eq!(samples.len(), usize::try_from(HOURS).unwrap());
}
