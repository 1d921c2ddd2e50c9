//! lanbi JSON from bytes to samples and problems, as the pipeline calls it.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

use chrono::TimeDelta;
use lanbi_ingest::clock::Window;
use lanbi_ingest::decode::{Context, Decoded, Format, Limits, Message, Rejected, dead_letter, decode};
use lanbi_ingest::source::Sources;
use lanbi_model::{
    AveragingPeriod, Flags, Instant, Parameter, Registry, RejectReason, Station, StationId, StationKind,
    WaterBody, Zone,
};

const NOW: &str = "2026-01-05T00:10:00Z";
const TIME: &str = "2026-01-05T08:00:00+08:00";

fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

fn station(id: &str, kind: StationKind, period: AveragingPeriod, parameters: &[Parameter]) -> Station {
    Station {
        id: StationId::new(id),
        name: id.to_owned(),
        kind,
        area: String::new(),
        water: String::new(),
        downstream: None,
        zone: Zone::shanghai(),
        period,
        cadence: period,
        parameters: parameters.to_vec(),
    }
}

fn registry() -> Registry {
    use Parameter::{Co, Nh3n, O3, Ph, Pm10, Pm25, So2};
    let section = StationKind::Section { body: WaterBody::River, target: Some(3) };
    let air = [Pm25, Pm10, So2, Co, O3];
    Registry::new(
        vec![
            station("air-01", StationKind::Air, AveragingPeriod::HOUR, &air),
            station("42", StationKind::Air, AveragingPeriod::HOUR, &[Pm25]),
            station("黎河桥", section, AveragingPeriod::MOMENT, &[Ph, Nh3n]),
        ],
        Vec::new(),
    )
    .unwrap()
}

fn run_at(topic: &str, payload: &[u8], retained: bool) -> Result<Decoded, Rejected> {
    let registry = registry();
    let window = Window { ahead: TimeDelta::minutes(15), earliest: "2000-01-01".parse().unwrap() };
    let context = Context {
        registry: &registry,
        sources: &Sources::default(),
        now: at(NOW),
        limits: Limits { max_bytes: 256 * 1024, window },
    };
    let message = Message { topic, payload, received_at: at(NOW), retained };
    let outcome = decode(Format::LanbiJson, &message, &context);
    if let Ok(decoded) = &outcome {
        assert_eq!(
            usize::try_from(decoded.values).unwrap(),
            decoded.samples.len() + decoded.problems.len(),
            "values = samples + problems in {}",
            String::from_utf8_lossy(payload)
        );
    }
    let letter = dead_letter(&message, &outcome, 100);
    let lost = match &outcome {
        Ok(decoded) => u32::try_from(decoded.problems.len()).unwrap(),
        Err(rejected) => rejected.values,
    };
    assert_eq!(letter.map_or(0, |letter| letter.rejected), lost, "every lost value is in the letter");
    outcome
}

fn run(payload: &str) -> Result<Decoded, Rejected> {
    run_at("lanbi/air-01", payload.as_bytes(), false)
}

fn accepted(payload: &str) -> Decoded {
    run(payload).unwrap_or_else(|rejected| panic!("{payload}: {rejected:?}"))
}

/// `pm25=35 co=0.6` for the samples, `so2:bad-unit` for the problems, in order.
fn summary(decoded: &Decoded) -> String {
    let samples = decoded.samples.iter().map(|(s, _)| format!("{}={}", s.key.parameter, s.value));
    let problems = decoded.problems.iter().map(|p| format!("{}:{}", p.field, p.reason.key()));
    samples.chain(problems).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_message_becomes_samples_with_key_day_unit_and_flag() {
    let decoded = accepted(
        r#"{"station":"air-01","time":"2026-01-05T00:00:00+08:00","period":"1h","label":"end",
            "values":{"pm25":35,"co":600,"so2":7.50},"units":{"co":"ug/m3"},"flags":{"so2":"M","pm25":"N"}}"#,
    );
    assert_eq!(summary(&decoded), "pm25=35 co=0.6 so2=7.50");
    for (sample, day) in &decoded.samples {
        assert_eq!(sample.key.instant, at("2026-01-04T16:00:00Z"));
        assert_eq!(sample.key.period, AveragingPeriod::HOUR);
        assert_eq!(day.to_string(), "2026-01-04", "midnight closes the day before");
    }
    assert_eq!(decoded.samples[0].0.flags, Flags::empty());
    assert_eq!(decoded.samples[2].0.flags, Flags::MAINTENANCE);
}

#[test]
fn the_example_in_the_configuration_is_understood_whole() {
    let example = include_str!("../../config/examples/lanbi-message.json");
    assert_eq!(summary(&accepted(example)), "pm25=35 pm10=60 co=0.6 so2=7.5");
}

#[test]
fn a_reading_at_a_moment_belongs_to_the_day_it_is_taken_on() {
    let payload = r#"{"time":"2026-01-05 00:00","values":{"ph":8.1}}"#;
    let decoded = run_at("lanbi/section/黎河桥", payload.as_bytes(), false).unwrap();
    assert_eq!(decoded.samples[0].0.key.period, AveragingPeriod::MOMENT);
    assert_eq!(decoded.samples[0].1.to_string(), "2026-01-05");
}

#[test]
fn a_bad_value_costs_only_itself() {
    let check = |values: &str, expected: &str| {
        let decoded = accepted(&format!(r#"{{"time":"{TIME}","values":{values}}}"#));
        assert_eq!(summary(&decoded), expected, "{values}");
    };
    check(r#"{"pm25":35,"co":"0.60"}"#, "pm25=35 co=0.60");
    check(r#"{"pm25":null,"co":"","so2":"-","o3":"--","pm10":"—"}"#, "");
    check(r#"{"pm25":"*","bogus":null}"#, "");
    check(r#"{"pm25":"NaN","co":1}"#, "co=1 pm25:not-finite");
    check(r#"{"pm25":NaN,"co":-Infinity,"so2":2}"#, "so2=2 pm25:not-finite co:not-finite");
    check(r#"{"pm25":1e400,"co":1}"#, "co=1 pm25:not-finite");
    check(r#"{"pm25":1e27,"co":1}"#, "co=1 pm25:not-finite");
    check(
        r#"{"pm25":"abc","co":true,"so2":[1],"o3":{"v":1},"pm10":3}"#,
        "pm10=3 pm25:not-finite co:not-finite so2:not-finite o3:not-finite",
    );
    check(r#"{"pm25":1,"bogus":2,"ph":7}"#, "pm25=1 bogus:unknown-parameter ph:unknown-parameter");
    check(r#"{"pm25":-3}"#, "pm25=-3");
    check(r#"{"pm25":0.1000000000000000055511151231257827}"#, "pm25=0.1000000000000000055511151231");
    check(r#"{"pm25":1,"pm25":2,"co":1,"pm25":3}"#, "co=1 pm25=3 pm25:malformed pm25:malformed");
    check(r#"{"pm\u0032\u0035":1}"#, "pm25=1");
    check("{}", "");
}

#[test]
fn units_are_converted_or_refused() {
    let check = |unit: &str, expected: &str| {
        let decoded = accepted(&format!(
            r#"{{"time":"{TIME}","values":{{"co":600,"pm25":1}},"units":{{"co":{unit}}}}}"#
        ));
        assert_eq!(summary(&decoded), expected, "{unit}");
    };
    check(r#""ug/m3""#, "co=0.6 pm25=1");
    check(r#""μg/m³""#, "co=0.6 pm25=1");
    check(r#""mg/m3""#, "co=600 pm25=1");
    check("null", "co=600 pm25=1");
    check(r#""ppm""#, "pm25=1 co:bad-unit");
    check(r#""mg/L""#, "pm25=1 co:bad-unit");
    check("7", "pm25=1 co:bad-unit");
    let huge = format!(r#"{{"time":"{TIME}","values":{{"co":999999999999999}},"units":{{"co":"mg/m3"}}}}"#);
    assert_eq!(accepted(&huge).samples.len(), 1, "the largest number does not overflow a conversion");
}

#[test]
fn device_letters_become_flags() {
    let check = |letter: &str, expected: Flags| {
        let decoded =
            accepted(&format!(r#"{{"time":"{TIME}","values":{{"co":1}},"flags":{{"co":{letter}}}}}"#));
        assert_eq!(decoded.samples[0].0.flags, expected, "{letter}");
    };
    check(r#""N""#, Flags::empty());
    check(r#""D""#, Flags::FAULT);
    check(r#""S""#, Flags::MANUAL);
    check(r#""Z""#, Flags::UNKNOWN);
    check("1", Flags::UNKNOWN);
    check("null", Flags::empty());
}

#[test]
fn the_end_of_the_interval_comes_from_time_label_and_period() {
    let check = |head: &str, instant: &str, period: &str, flags: Flags| {
        let decoded = accepted(&format!(r#"{{{head}"values":{{"pm25":1}}}}"#));
        let sample = &decoded.samples[0].0;
        assert_eq!((sample.key.instant, sample.flags), (at(instant), flags), "{head}");
        assert_eq!(sample.key.period.to_string(), period, "{head}");
    };
    let plain = Flags::empty();
    check(r#""time":"2026-01-05T08:00:00+08:00","#, "2026-01-05T00:00:00Z", "1h", plain);
    check(r#""time":"2026-01-05 08:00","#, "2026-01-05T00:00:00Z", "1h", plain);
    check(r#""time":1767571200,"#, "2026-01-05T00:00:00Z", "1h", plain);
    check(r#""time":1767571200000,"#, "2026-01-05T00:00:00Z", "1h", plain);
    check(r#""time":"2026-01-05 07:00","label":"start","#, "2026-01-05T00:00:00Z", "1h", plain);
    check(r#""time":"2026-01-05 07:55","label":"start","period":"5m","#, "2026-01-05T00:00:00Z", "5m", plain);
    check("", "2026-01-05T00:00:00Z", "1h", Flags::TIME_ASSUMED);
    check(r#""time":null,"period":"1m","#, "2026-01-05T00:10:00Z", "1m", Flags::TIME_ASSUMED);
}

#[test]
fn the_station_comes_from_the_body_or_else_from_the_topic() {
    let check = |topic: &str, station: &str, expected: &str| {
        let payload = format!(r#"{{{station}"time":"{TIME}","values":{{"pm25":1}}}}"#);
        let decoded = run_at(topic, payload.as_bytes(), false).unwrap();
        assert_eq!(decoded.samples[0].0.key.station.as_str(), expected, "{topic} {station}");
    };
    check("lanbi/air-01", "", "air-01");
    check("a/b/c/air-01", r#""station":null,"#, "air-01");
    check("lanbi/elsewhere", r#""station":" air-01 ","#, "air-01");
    check("lanbi/elsewhere", r#""station":42,"#, "42");
    check("air-01", r#""station":"","#, "air-01");
}

#[test]
fn a_message_that_cannot_be_stored_is_rejected_with_its_values() {
    use RejectReason::{AncientTime, BadTime, FutureTime, Malformed, UnknownStation};
    let check = |payload: &str, reason: RejectReason, values: u32| {
        let rejected = run(payload).unwrap_err();
        assert_eq!((rejected.reason, rejected.values), (reason, values), "{payload}: {}", rejected.detail);
    };
    check("", Malformed, 1);
    check(" \n", Malformed, 1);
    check("hello", Malformed, 1);
    check("23.4", Malformed, 1);
    check("null", Malformed, 1);
    check("[]", Malformed, 1);
    check("{}", Malformed, 1);
    check(r#"{"values":{"pm25":1}"#, Malformed, 1);
    check(r#"{"values":{"pm25":1}} trailing"#, Malformed, 1);
    check(r#"{"values":[1,2]}"#, Malformed, 1);
    check(r#"{"value":{"pm25":1}}"#, Malformed, 1);
    check(r#"{"values":{"pm25":1,"co":2},"flags":"M"}"#, Malformed, 2);
    check(r#"{"values":{"pm25":1,"co":2},"period":"often"}"#, Malformed, 2);
    check(r#"{"values":{"pm25":1,"co":2},"label":"middle"}"#, Malformed, 2);
    check(r#"{"station":"nowhere","values":{"pm25":1,"co":null,"so2":"x"}}"#, UnknownStation, 2);
    check(r#"{"station":"nowhere","values":{}}"#, UnknownStation, 1);
    check(r#"{"time":"yesterday","values":{"pm25":1,"co":2}}"#, BadTime, 2);
    check(r#"{"time":true,"values":{"pm25":1}}"#, BadTime, 1);
    check(r#"{"time":"2026-01-05T08:30:00+08:00","values":{"pm25":1,"co":2}}"#, FutureTime, 2);
    check(r#"{"time":"2026-01-05T08:00:00+08:00","label":"start","values":{"pm25":1}}"#, FutureTime, 1);
    check(r#"{"time":"1999-12-31T23:00:00+08:00","values":{"pm25":1}}"#, AncientTime, 1);
    let gbk = b"{\"station\":\"\xc0\xe8\",\"values\":{\"pm25\":1}}";
    assert_eq!(run_at("t/air-01", gbk, false).unwrap_err().reason, Malformed);
}

#[test]
fn a_retained_message_without_a_time_makes_no_new_observation() {
    let rejected = run_at("t/air-01", br#"{"values":{"pm25":1}}"#, true).unwrap_err();
    assert_eq!(rejected.reason, RejectReason::BadTime);
    let dated = format!(r#"{{"time":"{TIME}","values":{{"pm25":1}}}}"#);
    assert_eq!(run_at("t/air-01", dated.as_bytes(), true).unwrap().samples.len(), 1);
}

#[test]
fn size_depth_and_byte_order_mark_are_borne() {
    let large = format!(r#"{{"values":{{"pm25":1}},"x":"{}"}}"#, "y".repeat(256 * 1024));
    let rejected = run(&large).unwrap_err();
    assert_eq!((rejected.reason, rejected.values), (RejectReason::TooLarge, 1));
    let deep = "[".repeat(100_000);
    for payload in [
        deep.clone(),
        format!(r#"{{"values":{{"pm25":{deep}"#),
        format!(r#"{{"time":"{TIME}","values":{{"co":1,"pm25":{deep}{}}}}}"#, "]".repeat(100_000)),
        format!(
            r#"{{"x":{}1{},"time":"{TIME}","values":{{"co":1}}}}"#,
            r#"{"a":"#.repeat(40_000),
            "}".repeat(40_000)
        ),
    ] {
        // What matters is that it returns; the account is checked on the way.
        let _ = run(&payload);
    }
    let marked = format!("\u{feff}{{\"time\":\"{TIME}\",\"values\":{{\"pm25\":1}}}}");
    assert_eq!(accepted(&marked).samples.len(), 1);
}

#[test]
fn many_keys_take_no_quadratic_time() {
    let many: Vec<String> = (0..12_000).map(|i| format!("\"k{i}\":1")).collect();
    let values = many.join(",");
    let units = many[..4000].join(",");
    let payload = format!(r#"{{"time":"{TIME}","values":{{{values}}},"units":{{{units}}},"flags":{{}}}}"#);
    let begin = std::time::Instant::now();
    assert_eq!(accepted(&payload).problems.len(), 12_000);
    assert!(begin.elapsed().as_secs() < 5, "took {:?}", begin.elapsed());
}

#[test]
fn a_dead_letter_holds_reason_count_and_the_cut_bytes() {
    let payload =
        format!(r#"{{"time":"{TIME}","values":{{"pm25":"bad","co":1,"bogus":{:?}}}}}"#, "7".repeat(300));
    let registry = registry();
    let window = Window { ahead: TimeDelta::minutes(15), earliest: "2000-01-01".parse().unwrap() };
    let context = Context {
        registry: &registry,
        sources: &Sources::default(),
        now: at(NOW),
        limits: Limits { max_bytes: 1000, window },
    };
    let message =
        Message { topic: "lanbi/air-01", payload: payload.as_bytes(), received_at: at(NOW), retained: false };
    let outcome = decode(Format::LanbiJson, &message, &context);
    let letter = dead_letter(&message, &outcome, 64).unwrap();
    assert_eq!((letter.reason, letter.rejected), (RejectReason::NotFinite, 2));
    assert_eq!((letter.raw.as_slice(), letter.raw_len), (&payload.as_bytes()[..64], payload.len() as u64));
    assert_eq!((letter.source.as_str(), letter.received_at), ("lanbi/air-01", at(NOW)));
    assert!(letter.detail.contains("pm25") && letter.detail.contains("bogus"), "{}", letter.detail);

    let good = format!(r#"{{"time":"{TIME}","values":{{"pm25":1}}}}"#);
    let message = Message { payload: good.as_bytes(), ..message };
    assert_eq!(dead_letter(&message, &decode(Format::LanbiJson, &message, &context), 64), None);
}

/// A small fixed generator, so that a failure can be repeated.
struct Seeded(u64);

impl Seeded {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % (n as u64)).unwrap()
    }
}

#[test]
fn arbitrary_bytes_never_panic_and_always_balance() {
    let samples = [
        format!(
            r#"{{"station":"air-01","time":"{TIME}","period":"1h","label":"start","values":{{"pm25":35,"co":0.6}},"units":{{"co":"ug/m3"}},"flags":{{"so2":"M"}}}}"#
        ),
        r#"{"time":1767571200,"values":{"pm25":NaN,"o3":"-","pm25":1e-3,"站":"\u00e9"}}"#.to_owned(),
        r#"{"time":"20260105080000","values":{"pm25":79228162514264337593543950335,"co":-Infinity}}"#
            .to_owned(),
    ];
    let pieces: [&[u8]; 12] = [
        b"NaN",
        b"\"",
        b"{",
        b"}",
        b"1e400",
        b"\\u12",
        b",",
        b"null",
        b"\xff\xfe",
        b"9999999999999",
        b"-",
        b"Infinity",
    ];
    let mut random = Seeded(0x2026_0105);
    let mut understood = 0;
    for round in 0..60_000 {
        let mut bytes = samples[round % samples.len()].clone().into_bytes();
        for _ in 0..=random.below(4) {
            let place = random.below(bytes.len());
            match random.below(4) {
                0 => bytes[place] = u8::try_from(random.below(256)).unwrap(),
                1 => {
                    let end = (place + random.below(20)).min(bytes.len());
                    bytes.drain(place..end);
                }
                2 => {
                    let piece = pieces[random.below(pieces.len())];
                    bytes.splice(place..place, piece.iter().copied());
                }
                _ => bytes.truncate(place.max(1)),
            }
            if bytes.is_empty() {
                bytes.push(b' ');
            }
        }
        understood += u32::from(run_at("lanbi/air-01", &bytes, round % 7 == 0).is_ok());
    }
    assert!(understood > 1000, "the mutations must reach beyond the parser, {understood} did");
}
