//! Bad input through a real broker: each kind ends in the dead letters with its reason, and the neighbours are stored.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_precision_loss,
    clippy::cast_lossless,
    reason = "a test may stop at the first surprise"
)]

mod common;

use std::time::Duration;

use common::{Mosquitto, Site, lanbi, output};
use lanbi_ingest::mqtt::{MqttSettings, Publisher};
use lanbi_store::DeadLetterFilter;

const STATIONS: &str = r#"
[[station]]
id = "a1"
name = "一号站"
kind = "air"
period = "1h"
cadence = "1h"
parameters = ["pm25", "pm10", "co", "o3"]
"#;

/// Topic, payload, values stored, and the reason and number of values rejected.
type Case = (&'static str, Vec<u8>, u64, Option<(&'static str, u32)>);

#[tokio::test(flavor = "multi_thread")]
async fn each_kind_of_bad_input_is_kept_with_its_reason_and_its_neighbours_are_stored() {
    let broker_dir = tempfile::tempdir().unwrap();
    let broker = Mosquitto::start(broker_dir.path());
    let site = Site::new(&broker, STATIONS, "");
    let running = site.run();

    let now = chrono::Utc::now();
    let hour = |back: i64| (now - chrono::TimeDelta::hours(back)).format("%Y-%m-%dT%H:00:00Z").to_string();
    let value = |time: &str, values: &str| {
        format!(r#"{{"station":"a1","time":"{time}","period":"1h","values":{{{values}}}}}"#).into_bytes()
    };
    let year_ahead = (now + chrono::TimeDelta::days(365)).format("%Y-%m-%dT%H:00:00Z").to_string();
    let mut big = value(&hour(8), r#""pm25":9"#);
    big.resize(300 * 1024, b' ');
    let cases: Vec<Case> = vec![
        ("lanbi/v1/a1", value(&hour(1), r#""pm25":35,"pm10":60"#), 2, None),
        ("lanbi/v1/a1", b"{\"station\":\"a1\",\"time\":".to_vec(), 0, Some(("malformed", 1))),
        ("lanbi/v1/a1", vec![0xff, 0xfe, 0x00], 0, Some(("malformed", 1))),
        ("lanbi/v1/a1", Vec::new(), 0, Some(("malformed", 1))),
        ("lanbi/v1/nobody", value(&hour(2), r#""pm25":1"#), 1, None),
        (
            "lanbi/v1/x9",
            format!(r#"{{"station":"x9","time":"{}","values":{{"pm25":1,"pm10":2}}}}"#, hour(1)).into_bytes(),
            0,
            Some(("unknown-station", 2)),
        ),
        ("lanbi/v1/a1", value(&hour(3), r#""pm25":NaN,"pm10":61"#), 1, Some(("not-finite", 1))),
        ("lanbi/v1/a1", value(&hour(4), r#""pm25":"NaN","pm10":62"#), 1, Some(("not-finite", 1))),
        ("lanbi/v1/a1", value(&year_ahead, r#""pm25":1,"pm10":2"#), 0, Some(("future-time", 2))),
        ("lanbi/v1/a1", value("yesterday", r#""pm25":1"#), 0, Some(("bad-time", 1))),
        ("lanbi/v1/a1", value("1970-01-01T01:00:00Z", r#""pm25":1"#), 0, Some(("ancient-time", 1))),
        ("lanbi/v1/a1", value(&hour(5), r#""ozone":1,"o3":80"#), 1, Some(("unknown-parameter", 1))),
        ("lanbi/v1/a1", value(&hour(6), r#""so2":1,"o3":81"#), 1, Some(("unknown-parameter", 1))),
        ("lanbi/v1/a1", big, 0, Some(("too-large", 1))),
        ("lanbi/v1/a1", value(&hour(7), r#""pm25":null,"pm10":"63","co":0.7"#), 2, None),
    ];
    let settings =
        MqttSettings { url: broker.url(), client_id: "bad-input-test".to_owned(), ..MqttSettings::default() };
    let publisher = Publisher::connect(&settings, 100, Duration::from_secs(10)).await.unwrap();
    for (topic, payload, ..) in &cases {
        publisher.publish(topic, payload.clone()).await.unwrap();
    }
    publisher.finish().await.unwrap();

    let store = site.store().await;
    let deadline = std::time::Instant::now() + Duration::from_secs(20);
    let messages = u64::try_from(cases.len()).unwrap();
    while store.account().await.unwrap().messages < messages {
        assert!(
            std::time::Instant::now() < deadline,
            "the messages do not arrive: {:?}",
            store.account().await
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let account = store.account().await.unwrap();
    let stored: u64 = cases.iter().map(|c| c.2).sum();
    let mut expected: Vec<(&str, u32)> = cases.iter().filter_map(|c| c.3).collect();
    expected.sort_unstable();
    let letters = store.dead_letters(&DeadLetterFilter::default()).await.unwrap();
    let mut found: Vec<(&str, u32)> =
        letters.iter().map(|l| (l.letter.reason.key(), l.letter.rejected)).collect();
    found.sort_unstable();
    assert_eq!(found, expected);
    assert_eq!(account.stored, stored, "{account:?}");
    assert_eq!(account.rejected, expected.iter().map(|(_, n)| u64::from(*n)).sum::<u64>());
    assert!(account.balances(), "{account:?}");
    for stored in &letters {
        assert!(!stored.letter.detail.is_empty(), "{stored:?} gives no detail");
    }
    let malformed = letters.iter().find(|l| l.letter.raw == [0xff, 0xfe, 0x00]);
    assert!(malformed.is_some(), "the bytes are kept as they came");
    let big = letters.iter().find(|l| l.letter.reason.key() == "too-large").unwrap();
    assert_eq!(big.letter.raw_len, 300 * 1024);

    running.stop();
    let file = site.account();
    assert_eq!(file["in"].as_u64(), Some(account.incoming));
    assert_eq!(file["messages"].as_u64(), Some(messages));
    let listed = output(lanbi().args(["--config", site.config.to_str().unwrap(), "dead-letters", "list"]));
    assert_eq!(listed.lines().count(), letters.len() + 1, "{listed}");
    assert!(listed.contains("unknown-station"));
}
