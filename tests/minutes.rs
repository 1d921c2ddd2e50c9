//! A station that sends five-minute values: hours that rest on enough minutes count, others do not.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

mod common;

use std::time::Duration;

use common::{Mosquitto, Site, lanbi, output};
use lanbi_ingest::mqtt::{MqttSettings, Publisher};
use lanbi_model::Zone;
use serde_json::Value;

const STATIONS: &str = r#"
[[station]]
id = "a1"
name = "一号站"
kind = "air"
period = "5m"
cadence = "5m"
parameters = ["pm25"]
"#;

#[tokio::test(flavor = "multi_thread")]
async fn hours_of_a_minute_station_need_their_minutes() {
    let dir = tempfile::tempdir().unwrap();
    let broker = Mosquitto::start(dir.path());
    let site = Site::new(
        &broker,
        STATIONS,
        "[alarms.air-iaqi]\non_delay_minutes = 0\n[alarms.silent]\nenabled = false\n",
    );
    let running = site.run();
    let settings =
        MqttSettings { url: broker.url(), client_id: "minutes-test".to_owned(), ..MqttSettings::default() };
    let publisher = Publisher::connect(&settings, 10, Duration::from_secs(10)).await.unwrap();
    let zone = Zone::shanghai();
    let day = zone.day_of(chrono::Utc::now()).pred_opt().unwrap();
    // The hour to 09:00 is whole, the one to 10:00 has 40 minutes, the one to 11:00 has 50.
    for (from, to) in [(65, 120), (125, 160), (195, 240)] {
        for minute in (from..=to).step_by(5) {
            let time = zone.at(zone.start_of(day) + chrono::TimeDelta::minutes(7 * 60 + minute)).to_rfc3339();
            let payload =
                format!(r#"{{"station":"a1","time":"{time}","values":{{"pm25":{}}}}}"#, 200 + minute % 7);
            publisher.publish("lanbi/v1/a1", payload.into_bytes()).await.unwrap();
        }
    }
    publisher.finish().await.unwrap();
    let store = site.store().await;
    let deadline = std::time::Instant::now() + Duration::from_secs(20);
    while store.account().await.unwrap().alarms_raised == 0 {
        assert!(std::time::Instant::now() < deadline, "no alarm: {:?}", store.account().await);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    running.stop();
    let alarm = store.alarms(&lanbi_store::AlarmFilter::default()).await.unwrap().remove(0);
    assert_eq!(zone.local(alarm.raised_at).format("%H:%M").to_string(), "09:00", "{alarm:?}");

    let mut report = lanbi();
    report
        .args(["report", "daily", "--period", &day.to_string(), "--format", "json", "--config"])
        .arg(&site.config);
    let path = output(&mut report);
    let model: Value = serde_json::from_str(&std::fs::read_to_string(path.trim()).unwrap()).unwrap();
    let hours = model["air"]["hourly_values"][0]["values"].as_array().unwrap();
    let there: Vec<usize> = (1..=24).filter(|hour| !hours[hour - 1].is_null()).collect();
    assert_eq!(there, [9, 11], "{hours:?}");
}
