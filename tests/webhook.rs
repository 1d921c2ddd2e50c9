//! An alarm from the sensor to a receiver: raised once, cleared once, tried again until it is taken; withdrawn, and told
//! anew when it comes back.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

mod common;

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpListener,
    sync::mpsc,
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use common::{Mosquitto, Site, lanbi, output};
use lanbi_ingest::mqtt::{MqttSettings, Publisher};
use serde_json::Value;

const STATIONS: &str = r#"
[[station]]
id = "a1"
name = "一号站"
kind = "air"
period = "1h"
cadence = "1h"
parameters = ["pm25"]
"#;

/// A request as the receiver saw it, and the status it answered with.
struct Seen {
    key: String,
    body: Value,
    status: u16,
}

/// Answers the first request with 500 and every later one with 200.
fn receiver() -> (u16, mpsc::Receiver<Seen>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let (send, seen) = mpsc::channel();
    std::thread::spawn(move || {
        for (n, stream) in listener.incoming().enumerate() {
            let mut stream = stream.unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let (mut key, mut length) = (String::new(), 0);
            loop {
                let mut line = String::new();
                reader.read_line(&mut line).unwrap();
                let line = line.trim();
                if line.is_empty() {
                    break;
                }
                if let Some((name, value)) = line.split_once(':') {
                    match name.to_ascii_lowercase().as_str() {
                        "idempotency-key" => key = value.trim().to_owned(),
                        "content-length" => length = value.trim().parse().unwrap(),
                        _ => {}
                    }
                }
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            let status = if n == 0 { 500 } else { 200 };
            write!(stream, "HTTP/1.1 {status} x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").unwrap();
            let body = serde_json::from_slice(&body).unwrap();
            if send.send(Seen { key, body, status }).is_err() {
                return;
            }
        }
    });
    (port, seen)
}

fn settings(port: u16) -> String {
    format!(
        "[webhook]\nurl = \"http://127.0.0.1:{port}/alarm?token=secret\"\nretry_seconds = 1\n\
         [alarms.air-iaqi]\non_delay_minutes = 0\noff_delay_minutes = 0\n[alarms.silent]\nenabled = false\n"
    )
}

/// Publishes hours, named by how far they lie back from `now`, with their PM2.5.
async fn publish(broker: &Mosquitto, now: DateTime<Utc>, hours: &[(i64, u32)]) {
    let settings =
        MqttSettings { url: broker.url(), client_id: "webhook-test".to_owned(), ..MqttSettings::default() };
    let publisher = Publisher::connect(&settings, 10, Duration::from_secs(10)).await.unwrap();
    for (back, pm25) in hours {
        let time = (now - TimeDelta::hours(*back)).format("%Y-%m-%dT%H:00:00Z");
        let payload = format!(r#"{{"station":"a1","time":"{time}","values":{{"pm25":{pm25}}}}}"#);
        publisher.publish("lanbi/v1/a1", payload.into_bytes()).await.unwrap();
    }
    publisher.finish().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alarm_reaches_its_receiver_once_raised_and_once_cleared() {
    let dir = tempfile::tempdir().unwrap();
    let broker = Mosquitto::start(dir.path());
    let (port, seen) = receiver();
    let site = Site::new(&broker, STATIONS, &settings(port));
    let running = site.run();
    let now = Utc::now();
    // Clean, beyond IAQI 200 (150 μg/m³) twice, clean again; the last hour is sent twice.
    publish(&broker, now, &[(5, 40), (4, 300), (3, 280), (2, 40), (2, 40)]).await;

    let take = || seen.recv_timeout(Duration::from_secs(20)).unwrap();
    let (refused, raised, cleared) = (take(), take(), take());
    assert_eq!((refused.status, raised.status, cleared.status), (500, 200, 200));
    assert_eq!(refused.key, raised.key, "the second attempt is the same message");
    assert_ne!(raised.key, cleared.key);
    assert_eq!(
        (raised.body["event"].as_str(), cleared.body["event"].as_str()),
        (Some("raised"), Some("cleared"))
    );
    assert_eq!(raised.body["station"], "a1");
    assert_eq!(raised.body["limit"], "150");
    let text = raised.body["text"].as_str().unwrap();
    assert!(text.contains("一号站") && text.contains("超过限值"), "{text}");
    assert!(cleared.body["cleared_at"].is_string());
    assert!(seen.recv_timeout(Duration::from_secs(3)).is_err(), "nothing is sent twice");
    running.stop();
    assert_eq!(site.account()["alarms"], serde_json::json!({ "raised": 1, "cleared": 1, "withdrawn": 0 }));

    let shown = output(lanbi().args(["--config", site.config.to_str().unwrap(), "config", "show"]));
    assert!(!shown.contains("secret") && shown.contains("webhook.url"), "{shown}");
    let log = std::fs::read_to_string(site.dir.path().join("lanbi.log")).unwrap();
    assert!(!log.contains("secret"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_told_of_a_withdrawal_is_told_when_the_alarm_comes_back() {
    let dir = tempfile::tempdir().unwrap();
    let broker = Mosquitto::start(dir.path());
    let (port, seen) = receiver();
    let site = Site::new(&broker, STATIONS, &settings(port));
    let mut keys: Vec<String> = Vec::new();
    let mut raised_at = None;
    let mut take = |expected: &[&str]| {
        for &event in expected {
            let told = loop {
                let told = seen.recv_timeout(Duration::from_secs(20)).unwrap();
                if told.status == 200 {
                    break told;
                }
            };
            assert_eq!(told.body["event"], event);
            assert_eq!(
                raised_at.get_or_insert_with(|| told.body["raised_at"].clone()),
                &told.body["raised_at"]
            );
            assert!(!keys.contains(&told.key), "{event} looks like a repeat: {keys:?}");
            keys.push(told.key);
        }
    };
    let now = Utc::now();
    let running = site.run();
    publish(&broker, now, &[(5, 40), (4, 300)]).await;
    take(&["raised"]);
    publish(&broker, now, &[(4, 50)]).await;
    take(&["withdrawn"]);
    running.stop();
    let running = site.run();
    publish(&broker, now, &[(4, 290), (4, 290)]).await;
    take(&["raised"]);
    publish(&broker, now, &[(4, 60)]).await;
    take(&["withdrawn"]);
    assert!(seen.recv_timeout(Duration::from_secs(3)).is_err(), "nothing is sent twice");
    running.stop();
    assert_eq!(site.account()["alarms"], serde_json::json!({ "raised": 1, "cleared": 0, "withdrawn": 1 }));
}

/// A section with an outlet two hours above it.
const RIVER: &str = r#"
[[station]]
id = "s1"
name = "河口断面"
kind = "section"
water = "某河"
target = 3
period = "moment"
cadence = "1h"
parameters = ["nh3n"]

[[station]]
id = "o1"
name = "某厂排口"
kind = "outlet"
water = "某河"
limits = "DB12-599-2015/A"
period = "1h"
cadence = "1h"
parameters = ["flow", "nh3n"]
"#;

#[tokio::test(flavor = "multi_thread")]
async fn an_alarm_of_a_section_tells_where_to_look_upstream() {
    let dir = tempfile::tempdir().unwrap();
    let broker = Mosquitto::start(dir.path());
    let (port, seen) = receiver();
    let network = dir.path().join("rivers.csv");
    std::fs::write(&network, "from,to,hours\no1,s1,2\n").unwrap();
    let site = Site::new(
        &broker,
        RIVER,
        &format!(
            "[webhook]\nurl = \"http://127.0.0.1:{port}/alarm\"\nretry_seconds = 1\n\
             [water]\nnetwork = {network:?}\n\
             [alarms.section-target]\non_delay_minutes = 60\n\
             [alarms.outlet-hour]\nenabled = false\n[alarms.silent]\nenabled = false\n"
        ),
    );
    let running = site.run();
    let settings =
        MqttSettings { url: broker.url(), client_id: "river-test".to_owned(), ..MqttSettings::default() };
    let publisher = Publisher::connect(&settings, 10, Duration::from_secs(10)).await.unwrap();
    let send = async |station: &str, back: i64, values: String| {
        let time = (Utc::now() - TimeDelta::hours(back)).format("%Y-%m-%dT%H:00:00Z");
        let payload = format!(r#"{{"station":"{station}","time":"{time}","values":{{{values}}}}}"#);
        publisher.publish(&format!("lanbi/v1/{station}"), payload.into_bytes()).await.unwrap();
    };
    // The outlet breaches six to four hours ago, the section worsens from four hours ago on.
    for back in (1..=40_i64).rev() {
        let nh3n = if (4..=6).contains(&back) { "9.5" } else { "0.5" };
        send("o1", back, format!(r#""flow":100,"nh3n":{nh3n}"#)).await;
    }
    for back in (1..=40_i64).rev() {
        let nh3n = if (2..=4).contains(&back) { "2.5" } else { "0.4" };
        send("s1", back, format!(r#""nh3n":{nh3n}"#)).await;
    }
    publisher.finish().await.unwrap();
    let take = || seen.recv_timeout(Duration::from_secs(20)).unwrap();
    let (refused, raised) = (take(), take());
    assert_eq!((refused.key == raised.key, raised.body["rule"].as_str()), (true, Some("section-target")));
    let clues = raised.body["clues"].as_str().unwrap();
    assert!(clues.contains("上游线索：某厂排口") && clues.contains("不是责任认定"), "{clues}");
    running.stop();
}
