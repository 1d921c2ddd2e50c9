//! Sparkplug B from bytes to samples: births, aliases, numbers and deaths.

#![cfg(feature = "sparkplug")]
#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod feed_site;

use feed_site::sparkplug::{Metric, payload};
use feed_site::{registry, run, site, sources, summary};
use lanbi_ingest::source::Sources;
use lanbi_model::Registry;

const EIGHT: u64 = 1_767_571_200_000;

/// A broker's messages, one after the other.
struct Line {
    registry: Registry,
    sources: Sources,
}

impl Line {
    fn new() -> Self {
        Self { registry: registry(), sources: sources(&site()) }
    }

    fn check(&self, place: &str, seq: impl Into<Option<u64>>, metrics: &[Metric], expected: &str) {
        let bytes = payload(Some(EIGHT), seq.into(), metrics);
        self.check_bytes(&format!("spBv1.0/{place}"), &bytes, expected);
    }

    fn check_bytes(&self, topic: &str, bytes: &[u8], expected: &str) {
        let outcome = run(&self.registry, &self.sources, (topic, bytes, false));
        assert_eq!(summary(&outcome), expected, "{topic}: {outcome:?}");
    }
}

fn ph(alias: u64) -> Metric {
    Metric::named("Water/PH").and_alias(alias)
}

#[test]
fn aliases_hold_from_a_birth_to_the_next() {
    let line = Line::new();
    let unknown = "alias 7:unknown-parameter";
    line.check("bureau/NDATA/gate-1", 3, &[Metric::alias(7).float(7.5)], unknown);
    let birth = [
        Metric::named("bdSeq").long(1),
        ph(7).float(7.5),
        Metric::named("do").and_alias(8).of_type(9).double(9.25),
    ];
    line.check(
        "bureau/NBIRTH/gate-1",
        0,
        &birth,
        "ditch-01 00:00:00 1m: ph=7.5 do=9.25 bureau/gate-1 of ditch-01 online",
    );
    line.check("bureau/NDATA/gate-1", 1, &[Metric::alias(7).float(7.61)], "ditch-01 00:00:00 1m: ph=7.61");
    line.check("bureau/NDATA/gate-2", 1, &[Metric::alias(7).float(7.5)], "rejected: unknown-station*1");
    line.check(
        "bureau/NBIRTH/gate-1",
        0,
        &[ph(9).float(7.5)],
        "ditch-01 00:00:00 1m: ph=7.5 bureau/gate-1 of ditch-01 online",
    );
    line.check("bureau/NDATA/gate-1", 1, &[Metric::alias(7).float(7.5)], unknown);
    line.check("bureau/NDATA/gate-1", 2, &[Metric::alias(9).float(7.5)], "ditch-01 00:00:00 1m: ph=7.5");
}

#[test]
fn devices_have_names_aliases_and_lives_of_their_own() {
    let line = Line::new();
    line.check(
        "bureau/NBIRTH/gate-9",
        0,
        &[Metric::named("Node Control/Rebirth").boolean()],
        "bureau/gate-9 of - online",
    );
    let co = Metric::named("Air/CO").and_alias(4).of_type(3);
    line.check(
        "bureau/DBIRTH/gate-9/probe",
        1,
        &[co.int(612)],
        "air-01 00:00:00 1m: co=0.612 probe of air-01 online",
    );
    line.check("bureau/DDATA/gate-9/probe", 2, &[Metric::alias(4).int(700)], "air-01 00:00:00 1m: co=0.7");
    line.check("bureau/DDEATH/gate-9/probe", 3, &[], "probe of air-01 offline");
    line.check(
        "bureau/DDATA/gate-9/stranger",
        4,
        &[Metric::named("pm25").int(1)],
        "rejected: unknown-station*1",
    );
}

#[test]
fn a_gap_in_the_numbers_is_reported_and_a_repeat_is_not() {
    let line = Line::new();
    let data = |seq: u64, expected: &str| {
        line.check("bureau/NDATA/gate-1", seq, &[Metric::named("ph").double(7.0)], expected)
    };
    let fine = "ditch-01 00:00:00 1m: ph=7";
    line.check("bureau/NBIRTH/gate-1", 0, &[], "bureau/gate-1 of ditch-01 online");
    data(1, fine);
    data(1, fine);
    data(4, "ditch-01 00:00:00 1m: ph=7 seq:malformed");
    data(5, fine);
    data(2, fine);
    data(6, fine);
    for seq in 7..=255 {
        data(seq, fine);
    }
    data(0, fine);
    line.check("bureau/DDEATH/gate-1/probe", 9, &[], "probe of air-01 offline");
    data(10, fine);
    let unnumbered = [Metric::named("ph").double(7.0)];
    line.check("bureau/NDATA/gate-1", None, &unnumbered, fine);
}

#[test]
fn the_will_of_an_earlier_connection_says_nothing() {
    let line = Line::new();
    let bd = |number: u64| [Metric::named("bdSeq").long(number)];
    let gone = "bureau/gate-1 of ditch-01 offline";
    line.check("bureau/NDEATH/gate-1", None, &bd(4), gone);
    line.check("bureau/NBIRTH/gate-1", 0, &bd(5), "bureau/gate-1 of ditch-01 online");
    line.check("bureau/NDEATH/gate-1", None, &bd(4), "");
    line.check("bureau/NDEATH/gate-1", None, &bd(5), gone);
    line.check("bureau/NDATA/gate-1", 9, &[Metric::alias(1).int(1)], "alias 1:unknown-parameter");
}

#[test]
fn every_type_of_number_is_read_with_its_sign() {
    let line = Line::new();
    let check = |metric: &dyn Fn(Metric) -> Metric, expected: &str| {
        let device = "bureau/DDATA/gate-9/probe";
        line.check(device, None, &[metric(Metric::named("Air/Temp"))], expected);
    };
    let is = |text: &str| format!("air-01 00:00:00 1m: air_temp={text}");
    check(&|m| m.of_type(1).int(0xfb), &is("-5"));
    check(&|m| m.of_type(1).int(0xffff_fffb), &is("-5"));
    check(&|m| m.of_type(2).int(0xfffb), &is("-5"));
    check(&|m| m.of_type(3).int(0xffff_fffb), &is("-5"));
    check(&|m| m.of_type(4).long(u64::MAX - 4), &is("-5"));
    check(&|m| m.of_type(7).int(5), &is("5"));
    check(&|m| m.float(3.1), &is("3.1"));
    check(&|m| m.double(-0.1), &is("-0.1"));
    check(&|m| m.text("3.50"), &is("3.50"));
    check(&|m| m.at(EIGHT - 60_000).float(3.0), "air-01 23:59:00 1m: air_temp=3");
    check(&|m| m.float(3.0).null(), "");
    check(&|m| m, "");
    check(&|m| m.float(3.0).transient(), "");
    check(&|m| m.float(f32::NAN), "");
    check(&|m| m.double(f64::INFINITY), "Air/Temp:not-finite");
    check(&|m| m.double(1e300), "Air/Temp:not-finite");
    check(&|m| m.boolean(), "Air/Temp:not-finite");
    check(&|m| m.data_set(), "Air/Temp:not-finite");
    check(&|m| m.at(1).float(3.0), "Air/Temp:bad-time");
}

#[test]
fn what_is_no_sparkplug_is_told_apart() {
    let line = Line::new();
    line.check_bytes("spBv1.0/STATE/host", b"{\"online\":true}", "");
    line.check_bytes("spBv1.0/bureau/NCMD/gate-1", b"\x0b", "");
    for (topic, bytes) in [
        ("spBv1.0/bureau/NDATA/gate-1", &b"\x0b"[..]),
        ("spBv1.0/bureau/NDATA/gate-1", b"{\"ph\":7}"),
        ("spBv1.0/bureau/NDATA/gate-1", b"\x12\x05\x0a"),
        ("spBv1.0/bureau/NDATA", b"\x08\x01"),
        ("spBv1.0/bureau/HELLO/gate-1", b"\x08\x01"),
        ("spBv1.0/bureau/NDATA/gate-1/a/b", b"\x08\x01"),
    ] {
        line.check_bytes(topic, bytes, "rejected: malformed*1");
    }
    line.check("bureau/NDATA/gate-1", 1, &[Metric::named("Odd").int(1)], "Odd:unknown-parameter");
    line.check_bytes(
        "spBv1.0/bureau/NDATA/gate-1",
        &payload(None, None, &[Metric::named("ph").int(7)]),
        "ditch-01 00:10:00? 1m: ph=7",
    );
}

#[test]
fn what_births_say_is_remembered_within_bounds() {
    let line = Line::new();
    let many: Vec<Metric> = (0..1_100).map(|i| Metric::named("Node Info/x").and_alias(i).int(1)).collect();
    line.check("bureau/NBIRTH/gate-1", 0, &many, "alias:malformed bureau/gate-1 of ditch-01 online");
    let long = Metric::named(&"x".repeat(300)).and_alias(1).null();
    line.check("bureau/NBIRTH/gate-1", 0, &[long], "alias:malformed bureau/gate-1 of ditch-01 online");
    for i in 0..300 {
        let (alias, expected) = (Metric::named("bdSeq").and_alias(1).long(1), format!("b/n{i} of - online"));
        if i < 255 {
            line.check(&format!("b/NBIRTH/n{i}"), 0, &[alias], &expected);
        } else {
            line.check(&format!("b/NBIRTH/n{i}"), 0, &[alias], "rejected: unknown-station*1");
        }
    }
    line.check("bureau/NDATA/gate-1", 1, &[Metric::named("ph").int(7)], "ditch-01 00:00:00 1m: ph=7");
}

#[test]
fn messages_of_one_node_keep_their_order() {
    let feeds = sources(&site()).feeds;
    let check = |topic: &str, expected: &str| assert_eq!(feeds.in_order_with(topic), expected);
    check("spBv1.0/bureau/NBIRTH/gate-1", "bureau/gate-1");
    check("spBv1.0/bureau/DDATA/gate-1/probe", "bureau/gate-1");
    check("spBv1.0/STATE/host", "spBv1.0/STATE/host");
    check("tele/mini-3/SENSOR", "tele/mini-3/SENSOR");
    check("elsewhere", "elsewhere");
}
