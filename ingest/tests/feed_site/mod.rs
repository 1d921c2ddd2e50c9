//! What the tests of feeds share: stations, one feed for each form, and a decode whose account is checked.
#![allow(dead_code, reason = "each test binary uses a part of it")]

#[cfg(feature = "sparkplug")]
pub(crate) mod sparkplug;

use std::collections::BTreeMap;
use std::path::Path;

use chrono::TimeDelta;
use lanbi_ingest::clock::Window;
use lanbi_ingest::decode::{
    Context, Decoded, Format, Limits, Message, Presence, Rejected, dead_letter, decode,
};
use lanbi_ingest::source::{FeedSpec, Feeds, Sources, ValueSpec};
use lanbi_model::{
    AveragingPeriod, Flags, Instant, Parameter, Registry, Station, StationId, StationKind, WaterBody, Zone,
};

/// The clock of all tests.
pub(crate) const NOW: &str = "2026-01-05T00:10:00Z";

pub(crate) fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

fn station(id: &str, kind: StationKind, parameters: &[Parameter]) -> Station {
    Station {
        id: StationId::new(id),
        name: id.to_owned(),
        kind,
        area: String::new(),
        water: String::new(),
        downstream: None,
        zone: Zone::shanghai(),
        period: AveragingPeriod::MINUTE,
        cadence: AveragingPeriod::MINUTE,
        parameters: parameters.to_vec(),
    }
}

/// `air-01` measures what air stations do, `ditch-01` what ditches do; `air-01` has an MN.
pub(crate) fn registry() -> Registry {
    use Parameter as P;
    let section = StationKind::Section { body: WaterBody::River, target: Some(3) };
    let air = [P::Pm25, P::Pm10, P::So2, P::Co, P::O3, P::AirTemperature, P::Humidity, P::AirPressure];
    let water = [P::Ph, P::DissolvedOxygen, P::WaterTemperature, P::WaterDepth];
    let stations = vec![station("air-01", StationKind::Air, &air), station("ditch-01", section, &water)];
    let mn = (StationId::new("air-01"), "010000A8900016F000169DC0".to_owned());
    Registry::new(stations, Vec::new()).unwrap().with_mns([mn]).unwrap()
}

/// A feed of a form whose device is `air-01` or, for LoRaWAN, `ditch-01`.
pub(crate) fn feed(format: &str, topics: &[&str]) -> FeedSpec {
    FeedSpec {
        name: format.to_owned(),
        topics: topics.iter().map(|&topic| topic.to_owned()).collect(),
        format: format.to_owned(),
        ..FeedSpec::default()
    }
}

pub(crate) fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

/// `"/a" = "co in ug/m3"`.
pub(crate) fn values(fields: &[(&str, &str)]) -> BTreeMap<String, ValueSpec> {
    let value = |text: &str| match text.split_once(" in ") {
        Some((parameter, unit)) => ValueSpec { parameter: parameter.to_owned(), unit: Some(unit.to_owned()) },
        None => ValueSpec { parameter: text.to_owned(), unit: None },
    };
    fields.iter().map(|(name, text)| ((*name).to_owned(), value(text))).collect()
}

pub(crate) fn devices(devices: &[(&str, &str)]) -> BTreeMap<String, String> {
    devices.iter().map(|(device, station)| ((*device).to_owned(), (*station).to_owned())).collect()
}

pub(crate) fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

/// One feed for each form.
pub(crate) fn site() -> Vec<FeedSpec> {
    vec![
        FeedSpec {
            station: text("/device/sn"),
            stations: devices(&[("MS-0017", "air-01")]),
            time: text("/ts"),
            time_format: text("epoch"),
            values: values(&[
                ("/data/pm2_5", "pm25"),
                ("/data/pm10", "pm10"),
                ("/data/co", "co in ug/m3"),
                ("/data/o3", "o3"),
                ("/data/so2", "so2"),
            ]),
            ignore: names(&["/device", "/seq", "battery"]),
            ..feed("json", &["micro/+/data"])
        },
        FeedSpec {
            station: text("topic:2"),
            values: values(&[("BME280_temperature", "air_temp"), ("BME280_humidity", "humidity")]),
            ignore: names(&["temperature", "humidity"]),
            ..feed("sensor-community", &["airrohr/+"])
        },
        FeedSpec {
            stations: devices(&[("yard-east", "air-01")]),
            values: values(&[("pm_2_5", "pm25"), ("outside", "air_temp")]),
            presence_topics: names(&["+/status"]),
            ..feed("scalar", &["+/sensor/+/state"])
        },
        FeedSpec { stations: devices(&[("mini-3", "air-01")]), ..feed("tasmota", &["tele/#"]) },
        FeedSpec {
            stations: devices(&[("school/roof", "air-01")]),
            ..feed("zigbee2mqtt", &["zigbee2mqtt/#"])
        },
        FeedSpec {
            stations: devices(&[("ecda3b1eaaaf", "air-01")]),
            presence_topics: names(&["airgradient/status/+"]),
            ..feed("airgradient", &["airgradient/readings/+"])
        },
        FeedSpec {
            stations: devices(&[("0101010101010101", "ditch-01")]),
            values: values(&[("/water/ph", "ph")]),
            ..feed("chirpstack", &["application/#"])
        },
        FeedSpec {
            stations: devices(&[("ditch-node-2", "ditch-01")]),
            values: values(&[("level_cm", "depth")]),
            absent: text("zero"),
            ..feed("tts", &["v3/#"])
        },
        FeedSpec {
            stations: devices(&[("gate-7", "air-01")]),
            ..feed(
                "alink",
                &["/sys/+/+/thing/event/property/post", "/sys/+/+/thing/event/property/batch/post"],
            )
        },
        FeedSpec {
            stations: devices(&[("Datastreams(1)", "air-01"), ("Datastreams(2)", "air-01")]),
            values: values(&[("Datastreams(1)", "pm25"), ("Datastreams(2)", "co in ug/m3")]),
            ..feed("sensorthings", &["v1.1/Observations", "v1.1/+/Observations"])
        },
        FeedSpec {
            name: "alink-status".to_owned(),
            station: text("topic:6"),
            stations: devices(&[("gate-7", "air-01")]),
            presence_topics: names(&["/as/mqtt/status/+/+"]),
            ..feed("alink", &[])
        },
        feed("hj-json", &["logger/#"]),
        feed("lanbi-json", &["own/+"]),
        feed("hj212", &["frames/+"]),
        #[cfg(feature = "sparkplug")]
        FeedSpec {
            stations: devices(&[("bureau/gate-1", "ditch-01"), ("probe", "air-01")]),
            values: values(&[("Water/PH", "ph"), ("Air/CO", "co in ug/m3"), ("Air/Temp", "air_temp")]),
            ..feed("sparkplug", &["spBv1.0/#"])
        },
    ]
}

pub(crate) fn sources(specs: &[FeedSpec]) -> Sources {
    Sources { feeds: Feeds::compile(specs).unwrap(), ..Sources::default() }
}

/// Decodes as the pipeline does, and checks that values = samples + problems and that the letter counts what was lost.
pub(crate) fn run(
    registry: &Registry,
    sources: &Sources,
    (topic, payload, retained): (&str, &[u8], bool),
) -> Result<Decoded, Rejected> {
    let window = Window { ahead: TimeDelta::minutes(15), earliest: "2000-01-01".parse().unwrap() };
    let limits = Limits { max_bytes: 256 * 1024, window };
    let context = Context { registry, sources, now: at(NOW), limits };
    let message = Message { topic, payload, received_at: at(NOW), retained };
    let outcome = decode(Format::Auto, &message, &context);
    let lost = match &outcome {
        Ok(decoded) => {
            let values = usize::try_from(decoded.values).unwrap();
            assert_eq!(values, decoded.samples.len() + decoded.problems.len(), "{topic} {payload:?}");
            u32::try_from(decoded.problems.len()).unwrap()
        }
        Err(rejected) => {
            assert!(rejected.values > 0, "{topic} {payload:?}");
            rejected.values
        }
    };
    let letter = dead_letter(&message, &outcome, 100);
    assert_eq!(letter.map_or(0, |letter| letter.rejected), lost, "{topic} {payload:?}");
    outcome
}

/// `air-01 00:00:00 1m: pm25=35 co=0.6 /x:unknown-parameter`, or `rejected: reason*values`.
pub(crate) fn summary(outcome: &Result<Decoded, Rejected>) -> String {
    match outcome {
        Err(rejected) => format!("rejected: {}*{}", rejected.reason.key(), rejected.values),
        Ok(decoded) => {
            let mut words = Vec::new();
            let mut head = String::new();
            for (sample, _) in &decoded.samples {
                let key = &sample.key;
                let time = key.instant.format("%H:%M:%S%.f");
                let assumed = if sample.flags.contains(Flags::TIME_ASSUMED) { "?" } else { "" };
                let here = format!("{} {time}{assumed} {}:", key.station, key.period);
                if here != head {
                    words.push(here.clone());
                    head = here;
                }
                let letter = if (sample.flags - Flags::TIME_ASSUMED).is_empty() { "" } else { "!" };
                words.push(format!("{}={}{letter}", key.parameter, sample.value));
            }
            words.extend(decoded.problems.iter().map(|p| format!("{}:{}", p.field, p.reason.key())));
            if let Some(Presence { station, device, online }) = &decoded.presence {
                let station = station.as_ref().map_or("-", StationId::as_str);
                words.push(format!("{device} of {station} {}", if *online { "online" } else { "offline" }));
            }
            words.join(" ")
        }
    }
}

/// The recorded message of a form.
#[expect(clippy::disallowed_methods, reason = "the files of the tests are small")]
pub(crate) fn recorded(file: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("test_data").join(file)).unwrap()
}

/// Every recorded message with the topic it came on.
pub(crate) const RECORDED: &[(&str, &str)] = &[
    ("json/nested.json", "micro/7/data"),
    ("sensor-community/airrohr.json", "airrohr/air-01"),
    ("scalar/esphome.txt", "yard-east/sensor/outside/state"),
    ("scalar/nothing.txt", "yard-east/sensor/pm_2_5/state"),
    ("scalar/sensecap.json", "yard-east/sensor/outside/state"),
    ("tasmota/sensor.json", "tele/mini-3/SENSOR"),
    ("tasmota/two-thermometers.json", "tele/mini-3/SENSOR"),
    ("tasmota/imperial.json", "tele/mini-3/SENSOR"),
    ("tasmota/state.json", "tele/mini-3/STATE"),
    ("zigbee2mqtt/climate.json", "zigbee2mqtt/school/roof"),
    ("zigbee2mqtt/air.json", "zigbee2mqtt/school/roof"),
    ("zigbee2mqtt/lamp.json", "zigbee2mqtt/hall"),
    ("airgradient/open-air.json", "airgradient/readings/ecda3b1eaaaf"),
    ("chirpstack/up.json", "application/17c8/device/0101010101010101/event/up"),
    ("chirpstack/join.json", "application/17c8/device/0101010101010101/event/join"),
    ("chirpstack/status.json", "application/17c8/device/0101010101010101/event/status"),
    ("chirpstack/no-codec.json", "application/17c8/device/0101010101010101/event/up"),
    ("tts/up.json", "v3/ditches@bureau/devices/ditch-node-2/up"),
    ("tts/join.json", "v3/ditches@bureau/devices/ditch-node-2/join"),
    ("tts/queued.json", "v3/ditches@bureau/devices/ditch-node-2/down/queued"),
    ("alink/post.json", "/sys/a1/gate-7/thing/event/property/post"),
    ("alink/batch.json", "/sys/a1/gate-7/thing/event/property/batch/post"),
    ("sensorthings/observation.json", "v1.1/Datastreams(1)/Observations"),
    ("sensorthings/interval.json", "v1.1/Observations"),
    ("hj-json/flat.json", "logger/1"),
    ("hj-json/hour.json", "logger/1"),
    ("presence/tasmota.txt", "tele/mini-3/LWT"),
    ("presence/zigbee2mqtt.json", "zigbee2mqtt/school/roof/availability"),
];
