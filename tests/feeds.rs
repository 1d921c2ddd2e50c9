//! Devices of several makers through a real broker: each topic is read by its feed, an unknown device waits in the dead letters
//! until somebody names its station, and births and wills count as no value.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

mod common;

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use common::{Mosquitto, Site, output, refusal};
use lanbi_ingest::mqtt::{MqttSettings, Publisher};
use lanbi_model::{AveragingPeriod, StationId};
use lanbi_store::{DeadLetterFilter, SampleQuery, Store};

const STATIONS: &str = r#"
[[station]]
id = "a1"
name = "一号站"
kind = "air"
period = "1m"
cadence = "5m"
parameters = ["pm25", "pm10", "air_temp", "humidity"]

[[station]]
id = "a2"
name = "二号站"
kind = "air"
period = "1m"
cadence = "5m"
parameters = ["pm25"]
"#;

const SOURCES: &str = r#"
[[feed]]
name = "tasmota"
topics = ["tele/#"]
format = "tasmota"
stations = { "mini-1" = "a1" }

[[feed]]
name = "esphome"
topics = ["+/sensor/+/state"]
presence_topics = ["+/status"]
format = "scalar"
stations = { "yard" = "a2" }
values = { pm_2_5 = "pm25" }

[[feed]]
name = "micro"
topics = ["micro/+"]
format = "json"
station = "topic:2"
time = "/ts"
time_format = "epoch"
values = { "/pm" = "pm25" }
"#;

/// A site that subscribes to everything and knows these sources.
fn site(broker: &Mosquitto, sources: &str) -> Site {
    let site = Site::new(broker, STATIONS, "[registry]\nsources = \"sources.toml\"\n");
    let config = std::fs::read_to_string(&site.config).unwrap();
    std::fs::write(&site.config, config.replace("[mqtt]\n", "[mqtt]\ntopics = [\"#\"]\n")).unwrap();
    std::fs::write(site.dir.path().join("sources.toml"), sources).unwrap();
    site
}

async fn publish(broker: &Mosquitto, messages: &[(&str, String)]) {
    let settings =
        MqttSettings { url: broker.url(), client_id: "feeds-test".to_owned(), ..MqttSettings::default() };
    let publisher = Publisher::connect(&settings, 10, Duration::from_secs(10)).await.unwrap();
    for (topic, payload) in messages {
        publisher.publish(topic, payload.clone().into_bytes()).await.unwrap();
    }
    publisher.finish().await.unwrap();
}

async fn wait_for(store: &dyn Store, messages: usize) {
    let deadline = std::time::Instant::now() + Duration::from_secs(20);
    while store.account().await.unwrap().messages < u64::try_from(messages).unwrap() {
        assert!(std::time::Instant::now() < deadline, "{:?}", store.account().await);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// `pm25=35` at a time, in a fixed order.
async fn stored(store: &dyn Store, station: &str, at: DateTime<Utc>) -> Vec<String> {
    let query = SampleQuery {
        station: StationId::new(station),
        parameters: Vec::new(),
        period: Some(AveragingPeriod::MINUTE),
        after: at - TimeDelta::seconds(1),
        until: at,
    };
    let samples = store.samples(&query).await.unwrap();
    let mut values: Vec<String> =
        samples.iter().map(|sample| format!("{}={}", sample.key.parameter, sample.value)).collect();
    values.sort();
    values
}

#[tokio::test(flavor = "multi_thread")]
async fn each_topic_is_read_by_its_feed_and_a_device_can_be_named_afterwards() {
    let dir = tempfile::tempdir().unwrap();
    let broker = Mosquitto::start(dir.path());
    let site = site(&broker, SOURCES);
    let running = site.run();
    let minute = (Utc::now() - TimeDelta::hours(1)).timestamp() / 60 * 60;
    let at = DateTime::from_timestamp(minute, 0).unwrap();
    let local = (at + TimeDelta::hours(8)).format("%Y-%m-%dT%H:%M:%S");
    let tasmota = format!(
        r#"{{"Time":"{local}","SHT3X":{{"Temperature":21.3,"Humidity":45.1}},"PMS5003":{{"PM1":3,"PM2.5":35,"PM10":60}},"TempUnit":"C"}}"#
    );
    let messages = [
        ("tele/mini-1/LWT", "Online".to_owned()),
        ("tele/mini-1/SENSOR", tasmota.clone()),
        ("tele/mini-1/SENSOR", tasmota.clone()),
        ("tele/mini-2/SENSOR", tasmota.replace("35", "36")),
        ("yard/status", "online".to_owned()),
        ("yard/sensor/pm_2_5/state", "12.5".to_owned()),
        ("yard/sensor/pm_2_5/state", "nan".to_owned()),
        ("yard/sensor/smell/state", "7".to_owned()),
        ("micro/a2", format!(r#"{{"ts":{minute},"pm":"41"}}"#)),
        ("lanbi/v1/a2", format!(r#"{{"time":{},"values":{{"pm25":43}}}}"#, minute + 60)),
        ("tele/mini-1/LWT", "Offline".to_owned()),
    ];
    publish(&broker, &messages).await;
    let store = site.store().await;
    wait_for(&*store, messages.len()).await;

    assert_eq!(stored(&*store, "a1", at).await, ["air_temp=21.3", "humidity=45.1", "pm10=60", "pm25=35"]);
    assert_eq!(stored(&*store, "a2", at).await, ["pm25=41"]);
    assert_eq!(stored(&*store, "a2", at + TimeDelta::minutes(1)).await, ["pm25=43"]);
    let account = store.account().await.unwrap();
    assert!(account.balances(), "{account:?}");
    assert_eq!((account.stored, account.repeated, account.rejected), (7, 4, 5), "{account:?}");
    let letters = store.dead_letters(&DeadLetterFilter::default()).await.unwrap();
    let mut told: Vec<(&str, &str)> =
        letters.iter().map(|l| (l.letter.source.as_str(), l.letter.reason.key())).collect();
    told.sort_unstable();
    assert_eq!(
        told,
        [("tele/mini-2/SENSOR", "unknown-station"), ("yard/sensor/smell/state", "unknown-parameter")]
    );

    // Somebody names the station of the second device; what waited is read by its feed again.
    let mended = SOURCES.replace("{ \"mini-1\" = \"a1\" }", "{ \"mini-1\" = \"a1\", \"mini-2\" = \"a2\" }");
    std::fs::write(
        site.dir.path().join("sources.toml"),
        mended.replace(
            "format = \"tasmota\"",
            "format = \"tasmota\"\nignore = [\"SHT3X\", \"PM10\"]\nvalues = { \"PM2.5\" = \"pm25\" }",
        ),
    )
    .unwrap();
    output(&mut site.lanbi(&["dead-letters", "replay", "--source", "tele/"]));
    assert_eq!(stored(&*store, "a2", at).await, ["pm25=36"], "a later word of another device is a revision");
    store.close().await;
    running.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feed_that_cannot_be_used_stops_the_start_with_its_remedy() {
    let dir = tempfile::tempdir().unwrap();
    let broker = Mosquitto::start(dir.path());
    for (from, to, expected) in [
        (
            "format = \"tasmota\"",
            "format = \"tasmote\"",
            "feed `tasmota`: format = `tasmote` is unknown; write one of",
        ),
        ("topics = [\"tele/#\"]", "topics = [\"tele/#/x\"]", "`tele/#/x` is no topic filter"),
        ("time_format", "time_forms", "time_forms"),
        ("= \"pm25\" }\n\n", "= \"smell\" }\n\n", "`smell` of `pm_2_5` is no parameter"),
    ] {
        assert!(SOURCES.contains(from), "{from}");
        let site = site(&broker, &SOURCES.replace(from, to));
        let said = refusal(&mut site.lanbi(&["run"]));
        assert!(said.contains(expected) && said.contains("sources.toml"), "{expected} in {said}");
    }
}
