//! Messages of every form, damaged at random from a fixed seed: no decoder may panic, and of every message all values are
//! accounted for (`feed_site::run` checks both). `LANBI_FUZZ=1000000` sets the number of messages for each form.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod feed_site;

use feed_site::{RECORDED, recorded, registry, run, site, sources};
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

/// What damage is made of: ends, signs, numbers at their limits, and words that mean something to one form or another.
const PIECES: &[&[u8]] = &[
    b"{",
    b"}",
    b"[",
    b"]",
    b"\"",
    b":",
    b",",
    b"\\u00",
    b"\\",
    b"null",
    b"true",
    b"NaN",
    b"-Infinity",
    b"1e400",
    b"-",
    b"0.1000000000000000055511151231257827",
    b"79228162514264337593543950335",
    b"9999999999999",
    b"20260105080000",
    b"2026-01-05T08:00:00",
    b"2026-01-05T08:00:00Z/2026-01-05T08:10:00Z",
    b"\"value\":",
    b"\"time\":",
    b"\"state\":\"online\"",
    b"\"a34004-Rtd\":1",
    b"{\"value\":1,\"time\":1767571200000}",
    b"\xff\xfe",
    b"\xb3\xb5",
    b"\x00",
    b"\x80\x80\x80\x80",
    b"\x12\x7f",
    b"/",
    b"~1",
    "站".as_bytes(),
    b"offline",
];

/// Messages for each form where nothing else is said.
const USUAL: u32 = 20_000;

fn fuzz(form: &str) {
    let own: Vec<(&str, Vec<u8>)> = corpus(form);
    let all: Vec<Vec<u8>> = RECORDED.iter().map(|(file, _)| recorded(file)).collect();
    let (registry, sources) = (registry(), sources(&site()));
    let mut random = ChaCha8Rng::seed_from_u64(0x2026_0105);
    let count = std::env::var("LANBI_FUZZ").map_or(USUAL, |count| count.parse().unwrap());
    let (mut understood, mut stored) = (0_u32, 0_usize);
    for _ in 0..count {
        let (topic, bytes) = &own[random.random_range(0..own.len())];
        let mut bytes = bytes.clone();
        for _ in 0..random.random_range(0..4) {
            damage(&mut bytes, &all, &mut random);
        }
        let topic = match random.random_range(0..20) {
            0 => &topic[..random.random_range(0..=topic.len())],
            1 => own[random.random_range(0..own.len())].0,
            _ => topic,
        };
        if let Ok(decoded) = run(&registry, &sources, (topic, &bytes, random.random_ratio(1, 8))) {
            understood += 1;
            stored += decoded.samples.len();
        }
    }
    assert!(
        understood > count / 10,
        "{form}: the damage must reach beyond the parser, {understood} of {count} did"
    );
    assert!(stored > 0 || form == "presence", "{form}: something must be left");
}

/// The messages of a form, with some bytes that are nothing at all.
fn corpus(form: &str) -> Vec<(&'static str, Vec<u8>)> {
    let own = RECORDED
        .iter()
        .filter(|(file, _)| file.split('/').next() == Some(form))
        .map(|(file, topic)| (*topic, recorded(file)));
    #[cfg(feature = "sparkplug")]
    let own = own.chain((form == "sparkplug").then(births_and_data).into_iter().flatten());
    let own: Vec<(&str, Vec<u8>)> = own.collect();
    assert!(!own.is_empty(), "{form}");
    own
}

#[cfg(feature = "sparkplug")]
fn births_and_data() -> Vec<(&'static str, Vec<u8>)> {
    use feed_site::sparkplug::{Metric, payload};
    let ms = 1_767_571_200_000;
    let birth = [
        Metric::named("bdSeq").long(1),
        Metric::named("Water/PH").and_alias(7).of_type(9).float(7.5),
        Metric::named("do").and_alias(8).at(ms).double(9.25),
        Metric::named("Odd").and_alias(9).text("x"),
    ];
    let data = [Metric::alias(7).float(7.61), Metric::alias(8).null(), Metric::alias(10).int(3)];
    vec![
        ("spBv1.0/bureau/NBIRTH/gate-1", payload(Some(ms), Some(0), &birth)),
        ("spBv1.0/bureau/NDATA/gate-1", payload(Some(ms), Some(1), &data)),
        ("spBv1.0/bureau/DDATA/gate-1/probe", payload(Some(ms), Some(2), &[Metric::named("pm25").int(35)])),
        ("spBv1.0/bureau/NDEATH/gate-1", payload(None, None, &birth[..1])),
    ]
}

fn damage(bytes: &mut Vec<u8>, all: &[Vec<u8>], random: &mut ChaCha8Rng) {
    let place = random.random_range(0..=bytes.len());
    match random.random_range(0..7) {
        0 => bytes.insert(place, random.random()),
        1 => {
            if let Some(byte) = bytes.get_mut(place) {
                *byte ^= 1 << random.random_range(0..8);
            }
        }
        2 => {
            let end = (place + random.random_range(0..20)).min(bytes.len());
            bytes.drain(place..end);
        }
        3 => bytes.truncate(place.max(1)),
        4 => {
            // A part of any other message, of any form.
            let other = &all[random.random_range(0..all.len())];
            let from = random.random_range(0..=other.len());
            let to = (from + random.random_range(0..40)).min(other.len());
            bytes.splice(place..place, other[from..to].iter().copied());
        }
        5 => {
            // A part of its own once more.
            let end = (place + random.random_range(0..40)).min(bytes.len());
            let part = bytes[place..end].to_vec();
            bytes.splice(end..end, part);
        }
        _ => {
            let piece = PIECES[random.random_range(0..PIECES.len())];
            bytes.splice(place..place, piece.iter().copied());
        }
    }
}

macro_rules! forms {
    ($($name:ident $form:literal)+) => {
        $(#[test]
        fn $name() {
            fuzz($form);
        })+
    };
}

forms! {
    damaged_json_never_panics_and_balances "json"
    damaged_sensor_community_never_panics_and_balances "sensor-community"
    damaged_scalar_never_panics_and_balances "scalar"
    damaged_tasmota_never_panics_and_balances "tasmota"
    damaged_zigbee2mqtt_never_panics_and_balances "zigbee2mqtt"
    damaged_airgradient_never_panics_and_balances "airgradient"
    damaged_chirpstack_never_panics_and_balances "chirpstack"
    damaged_tts_never_panics_and_balances "tts"
    damaged_alink_never_panics_and_balances "alink"
    damaged_sensorthings_never_panics_and_balances "sensorthings"
    damaged_hj_json_never_panics_and_balances "hj-json"
    damaged_presence_never_panics_and_balances "presence"
}

#[cfg(feature = "sparkplug")]
forms! { damaged_sparkplug_never_panics_and_balances "sparkplug" }

#[test]
fn bytes_of_no_form_never_panic_and_balance_in_any_feed() {
    let (registry, sources) = (registry(), sources(&site()));
    let mut random = ChaCha8Rng::seed_from_u64(0x2026_0106);
    let mut topics: Vec<&str> = RECORDED.iter().map(|(_, topic)| *topic).collect();
    topics.extend(["spBv1.0/bureau/NDATA/gate-1", "own/air-01", "frames/1", ""]);
    for _ in 0..USUAL {
        let topic = topics[random.random_range(0..topics.len())];
        let mut bytes = vec![0; random.random_range(0..64)];
        random.fill(&mut bytes[..]);
        let _ = run(&registry, &sources, (topic, &bytes, random.random_bool(0.5)));
    }
}
