//! Messages per second of `decode`, each beside what it costs to read JSON of the same content into a tree and keep
//! nothing: lanbi JSON with 6 and 9 values, an HJ 212 hour frame with 8 factors, and the messages of feeds. Run with
//! `cargo bench -p lanbi-ingest`.

#![expect(clippy::unwrap_used, reason = "a measurement that fails has nothing to say")]

use std::hint::black_box;
use std::time::Instant as Clock;

use chrono::TimeDelta;
use lanbi_ingest::clock::Window;
use lanbi_ingest::decode::{Context, Format, Limits, Message, decode};
use lanbi_ingest::hj212::frame::encode;
use lanbi_ingest::source::{FeedSpec, Feeds, Sources, ValueSpec};
use lanbi_model::{AveragingPeriod, Parameter, Registry, Station, StationId, StationKind, Zone};

const STATIONS: usize = 200;
const MESSAGES: u32 = 2_000;
const ROUNDS: u32 = 300;

fn registry() -> Registry {
    let station = |i: usize| Station {
        id: StationId::new(&format!("station-{i:03}")),
        name: String::new(),
        kind: StationKind::Air,
        area: String::new(),
        water: String::new(),
        downstream: None,
        zone: Zone::shanghai(),
        period: AveragingPeriod::HOUR,
        cadence: AveragingPeriod::HOUR,
        parameters: Parameter::ALL.to_vec(),
    };
    Registry::new((0..STATIONS).map(station).collect(), Vec::new()).unwrap()
}

/// Seconds for one round.
fn round(mut work: impl FnMut()) -> f64 {
    let start = Clock::now();
    for _ in 0..MESSAGES {
        work();
    }
    start.elapsed().as_secs_f64()
}

/// Feeds of the forms that are measured.
fn sources() -> Sources {
    let value = |parameter: &str, unit: Option<&str>| ValueSpec {
        parameter: parameter.to_owned(),
        unit: unit.map(str::to_owned),
    };
    let mapped = FeedSpec {
        name: "mapped".to_owned(),
        topics: vec!["micro/+".to_owned()],
        format: "json".to_owned(),
        station: Some("/device/sn".to_owned()),
        time: Some("/ts".to_owned()),
        time_format: Some("epoch".to_owned()),
        values: ["pm25", "pm10", "so2", "no2", "o3"]
            .map(|key| (format!("/data/{key}"), value(key, None)))
            .into_iter()
            .chain([("/data/co".to_owned(), value("co", Some("ug/m3")))])
            .collect(),
        ignore: vec!["/seq".to_owned(), "/battery".to_owned()],
        ..FeedSpec::default()
    };
    let tasmota = FeedSpec {
        name: "tasmota".to_owned(),
        topics: vec!["tele/+/SENSOR".to_owned()],
        format: "tasmota".to_owned(),
        ..FeedSpec::default()
    };
    Sources { feeds: Feeds::compile(&[mapped, tasmota]).unwrap(), ..Sources::default() }
}

/// Messages per second of the best of short rounds in turn: what disturbs a round only makes it slower.
fn measure(what: &str, (format, topic): (Format, &str), payload: &str, json: &str, values: usize) {
    let (registry, sources) = (registry(), sources());
    let now = "2026-01-05T02:00:00Z".parse().unwrap();
    let window = Window { ahead: TimeDelta::minutes(15), earliest: "2000-01-01".parse().unwrap() };
    let context = Context {
        registry: &registry,
        sources: &sources,
        now,
        limits: Limits { max_bytes: 256 * 1024, window },
    };
    let message = Message { topic, payload: payload.as_bytes(), received_at: now, retained: false };
    assert_eq!(decode(format, &message, &context).unwrap().samples.len(), values, "{what}");
    let (mut best, mut best_tree) = (f64::INFINITY, f64::INFINITY);
    for _ in 0..ROUNDS {
        best = best.min(round(|| {
            black_box(decode(format, black_box(&message), &context).unwrap());
        }));
        best_tree = best_tree.min(round(|| {
            black_box(serde_json::from_slice::<serde_json::Value>(black_box(json.as_bytes())).unwrap());
        }));
    }
    let (ours, tree) = (f64::from(MESSAGES) / best, f64::from(MESSAGES) / best_tree);
    println!("{what:24} {ours:9.0} msgs/s   JSON tree {tree:9.0} msgs/s   ratio {:.2}", ours / tree);
}

fn main() {
    let own = "lanbi/v1/station-123";
    let six = r#"{"station":"station-123","time":"2026-01-05T08:00:00+08:00","period":"1h","label":"end","values":{"pm25":35,"pm10":60,"so2":7.5,"no2":41,"co":0.6,"o3":88}}"#;
    let nine = r#"{"station":"station-123","time":"2026-01-05T08:00:00+08:00","period":"1h","label":"end","values":{"temp":7.4,"ph":7.61,"do":9.42,"conductivity":812.5,"turbidity":13.1,"codmn":3.85,"nh3n":0.412,"tp":0.118,"tn":2.64},"units":{"tp":"mg/L"},"flags":{"codmn":"M"}}"#;
    measure("lanbi JSON, 6 values", (Format::LanbiJson, own), six, six, 6);
    measure("lanbi JSON, 9 values", (Format::LanbiJson, own), nine, nine, 9);
    measure("lanbi JSON, 9, auto", (Format::Auto, own), nine, nine, 9);
    let factors: Vec<String> = [
        ("w00000", "17.5"),
        ("w01001", "7.61"),
        ("w01009", "9.42"),
        ("w01010", "7.4"),
        ("w01018", "23.1"),
        ("w21001", "2.64"),
        ("w21003", "0.412"),
        ("w21011", "0.118"),
    ]
    .iter()
    .map(|(c, v)| format!("{c}-Cou={v},{c}-Min={v},{c}-Avg={v},{c}-Max={v},{c}-Flag=N"))
    .collect();
    let frame = encode(&format!(
        "QN=20260105090000001;ST=32;CN=2061;PW=123456;MN=station-123;Flag=5;CP=&&DataTime=20260105080000;{}&&",
        factors.join(";")
    ));
    let eight = r#"{"station":"station-123","time":"2026-01-05T09:00:00+08:00","period":"1h","label":"end","values":{"flow":63,"ph":7.61,"do":9.42,"temp":7.4,"cod":23.1,"tn":2.64,"nh3n":0.412,"tp":0.118}}"#;
    measure("HJ 212, 8 factors, auto", (Format::Auto, own), &frame, eight, 8);
    let mapped = r#"{"device":{"sn":"station-123"},"ts":1767571200,"data":{"pm25":35,"pm10":60,"so2":7.5,"no2":41,"co":600,"o3":88},"seq":1841,"battery":87}"#;
    measure("mapped JSON, 6 values", (Format::Auto, "micro/7"), mapped, mapped, 6);
    let tasmota = r#"{"Time":"2026-01-05T08:00:00","BME280":{"Temperature":3.5,"Humidity":45.1,"DewPoint":-7.3,"Pressure":1022.2},"PMS5003":{"CF1":31,"CF2.5":44,"CF10":52,"PM1":24,"PM2.5":35,"PM10":60,"PB0.3":4215,"PB0.5":1231,"PB1":221,"PB2.5":21,"PB5":2,"PB10":1},"PressureUnit":"hPa","TempUnit":"C"}"#;
    measure("Tasmota, 5 values", (Format::Auto, "tele/station-123/SENSOR"), tasmota, tasmota, 5);
}
