//! Packets recorded in the field and printed in the standards, each with the treatment it asks for, whole and cut into
//! portions at every byte. They are not part of this repository; where they are absent the tests say so and pass.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
#![expect(clippy::disallowed_methods, reason = "a recorded log is read whole")]

mod common;

use std::collections::BTreeMap;

use common::{feed, run_for, shared, summary};
use lanbi_ingest::decode::{Decoded, Format, Rejected};
use lanbi_ingest::hj212::check::{CrcKind, CrcPolicy};
use lanbi_ingest::hj212::deviation::Deviation;
use lanbi_ingest::hj212::fault::Fault;
use lanbi_ingest::hj212::frame::{Piece, all_pieces, pieces};
use lanbi_ingest::hj212::read::read;
use lanbi_ingest::hj212::reply::answer;
use lanbi_ingest::hj212::segment::Segment;
use lanbi_ingest::hj212::sm4::Key;
use lanbi_ingest::source::{Logger, Loggers, Sources};

/// A packet with the verdict of its collector.
struct Vector {
    verdict: String,
    bytes: Vec<u8>,
}

fn vectors() -> Option<BTreeMap<String, Vector>> {
    let path = shared("LANBI_SHARED_STANDARDS", "standards", "hj212-vectors.txt")?;
    let text = std::fs::read_to_string(path).unwrap();
    let mut vectors = BTreeMap::new();
    for block in text.split("\n\n") {
        let line = |name: &str| block.lines().find_map(|line| line.strip_prefix(name));
        let Some((id, verdict)) = line("[").and_then(|line| line.split_once("] ")) else { continue };
        let bytes = match (line("pkt: "), line("hex: ")) {
            (Some(packet), _) => format!("{packet}\r\n").into_bytes(),
            (None, Some(hex)) => {
                (0..hex.len() / 2).map(|i| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).unwrap()).collect()
            }
            (None, None) => continue,
        };
        let verdict = verdict.split(' ').next().unwrap_or_default().to_owned();
        vectors.insert(id.to_owned(), Vector { verdict, bytes });
    }
    Some(vectors)
}

/// The MN of the last frame or what looks like one.
fn mn(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let after = text.rsplit("MN=").next().unwrap_or_default();
    after.split([';', ',']).next().unwrap_or_default().to_owned()
}

fn sources(bytes: &[u8], crc: CrcPolicy) -> Sources {
    let keys = vec![Key::parse("1111111111111111").unwrap(), Key::parse("0000000000000000").unwrap()];
    let logger = Logger { mns: vec![mn(bytes)], crc, keys, ..Logger::default() };
    Sources { loggers: Loggers::new(vec![logger]).unwrap(), ..Sources::default() }
}

/// `F` and the kind of its sum for each frame taken, `R` for what is refused, `N` for noise, in order.
fn taken(bytes: &[u8], crc: CrcPolicy) -> String {
    let sources = sources(bytes, crc);
    let pieces = all_pieces(bytes).filter(|piece| !piece.is_blank());
    let words = pieces.map(|piece| match read(&piece, &sources.loggers) {
        Ok(read) => format!("F:{}", read.crc.key()),
        Err(Fault::Outside { .. }) => "N".to_owned(),
        Err(Fault::Crc { kind, .. }) => format!("R:{}", kind.key()),
        Err(Fault::Length { .. } | Fault::TooLong { .. }) => "R:length".to_owned(),
    });
    words.collect::<Vec<_>>().join(" ")
}

fn decoded(bytes: &[u8], crc: CrcPolicy) -> Result<Decoded, Rejected> {
    run_for(&mn(bytes), &sources(bytes, crc), Format::Hj212, bytes, false)
}

/// What the note of a packet asks for: under the standard's sum, and under the most tolerant policy that its note allows.
fn expected(id: &str, verdict: &str) -> (&'static str, CrcPolicy, &'static str) {
    use CrcPolicy::{Any, Modbus, Off, Standard, Swapped};
    match (verdict, id) {
        // Recorded without a head.
        (_, "NOLEN-01") => ("N", Off, "N"),
        ("STD" | "DERIVED", _) => ("F:ok", Any, "F:ok"),
        ("MODBUS", _) | (_, "M-CRC-03") => ("R:modbus", Modbus, "F:modbus"),
        ("MODBUS_SWAPPED" | "STD_SWAPPED", _) | (_, "M-CRC-04") => ("R:swapped", Swapped, "F:swapped"),
        // The length is wrong as well, and no sum proves another.
        (_, "IDX-09" | "IDX-20" | "IDX-29" | "IDX-30" | "M-SRC-01") => ("R:length", Off, "R:length"),
        ("MISMATCH", _) | (_, "M-CRC-05" | "M-CRC-07") => ("R:bad", Off, "F:bad"),
        (_, "M-LEN-04") => ("R:length", Off, "R:length"),
        (_, "M-LEN-05") => ("N", Off, "N"),
        (_, "M-EOL-02" | "M-EOL-03") => ("F:ok F:ok", Standard, "F:ok F:ok"),
        (_, "M-EOL-04") => ("N", Standard, "N"),
        (_, "M-EOL-05" | "M-EOL-06") => ("N F:ok", Standard, "N F:ok"),
        (_, "M-EOL-07") => ("R:length F:ok", Standard, "R:length F:ok"),
        _ => ("F:ok", Any, "F:ok"),
    }
}

#[test]
fn every_packet_is_treated_as_its_note_asks() {
    let Some(vectors) = vectors() else { return };
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (id, Vector { verdict, bytes }) in &vectors {
        let (strict, policy, tolerant) = expected(id, verdict);
        let outcome = decoded(bytes, policy);
        let gave = match &outcome {
            Ok(decoded) => {
                let listed = decoded.deviations.iter().flat_map(|logger| &logger.deviations);
                let listed: Vec<&str> = listed.map(|deviation| deviation.key()).collect();
                let (samples, problems) = (decoded.samples.len(), decoded.problems.len());
                format!(
                    "{samples} values, {problems} problems, {} records {}",
                    decoded.records.len(),
                    listed.join(" ")
                )
            }
            Err(rejected) => format!("{}, {} values", rejected.reason.key(), rejected.values),
        };
        println!("{id:16} {verdict:16} {:20} {tolerant:14} {gave}", taken(bytes, CrcPolicy::Standard));
        assert_eq!(taken(bytes, CrcPolicy::Standard), strict, "{id} {verdict}");
        assert_eq!(taken(bytes, policy), tolerant, "{id} {verdict} by {policy:?}");
        *counts.entry(verdict.as_str()).or_insert(0) += 1;
    }
    let counts: Vec<String> = counts.iter().map(|(verdict, count)| format!("{verdict} {count}")).collect();
    println!("{} packets: {}", vectors.len(), counts.join(", "));
    assert!(
        counts.contains(&"STD 44".to_owned()) && counts.contains(&"MISMATCH 13".to_owned()),
        "{counts:?}"
    );
}

#[test]
fn portions_of_any_size_give_the_same_frames() {
    let Some(vectors) = vectors() else { return };
    for (id, Vector { bytes, .. }) in &vectors {
        let (whole, seen) = feed(bytes, &[]);
        assert_eq!(seen, bytes.len(), "{id}");
        for end in 1..bytes.len() {
            assert_eq!(feed(bytes, &[end]).0, whole, "{id} cut at {end}");
        }
        let each: Vec<usize> = (1..bytes.len()).collect();
        assert_eq!(feed(bytes, &each).0, whole, "{id} byte by byte");
    }
    // All of them on one line, one behind the other.
    let stream: Vec<u8> = vectors.values().flat_map(|vector| vector.bytes.iter().copied()).collect();
    let (whole, seen) = feed(&stream, &[]);
    assert_eq!(seen, stream.len());
    for size in [1, 2, 7, 100, 1460] {
        let ends: Vec<usize> = (1..stream.len().div_ceil(size)).map(|i| i * size).collect();
        assert_eq!(feed(&stream, &ends).0, whole, "portions of {size}");
    }
}

#[test]
fn what_a_packet_holds_is_stored_as_its_note_asks() {
    let Some(vectors) = vectors() else { return };
    let check = |id: &str, expected: &str, with: &[Deviation]| {
        let outcome = decoded(&vectors[id].bytes, CrcPolicy::Standard);
        let text = outcome.as_ref().map_or_else(|rejected| rejected.reason.key().to_owned(), summary);
        assert_eq!(text, expected, "{id}");
        let listed: Vec<Deviation> =
            outcome.into_iter().flat_map(|d| d.deviations).flat_map(|d| d.deviations).collect();
        for deviation in with {
            assert!(listed.contains(deviation), "{id}: {deviation:?} not in {listed:?}");
        }
    };
    check("D17-2011", "ph=7.1 cod=2.2", &[]);
    check("D17-SPLIT-1", "flow=63 ph=7.5", &[]);
    check("D17-SPLIT-2", "cod=40.1", &[]);
    check("D25-RF", "so2=1200", &[]);
    check("D25-SM4", "cod=15.2 nh3n=1.3", &[Deviation::KeyPrevious]);
    check("D25-SM4-TEXT", "cod=15.2 nh3n=1.3", &[Deviation::CipherText]);
    check("D25-45", "p99101:unknown-parameter", &[]);
    check("M-STD-01", "ph=7.1 01018:unknown-parameter", &[]);
    check("M-STD-03", "cod=40.1", &[Deviation::HeaderSeparator]);
    check("M-CRC-01", "cod=12.1", &[Deviation::CrcShort]);
    check("M-CRC-05", "malformed", &[]);
    check("M-CRC-06", "cod=30", &[]);
    check("M-LEN-01", "cod=63", &[Deviation::LengthShort]);
    check("M-LEN-02", "cod=63", &[Deviation::LengthWrong]);
    check("M-LEN-03", "cod=63", &[Deviation::LengthWrong]);
    check("M-LEN-04", "malformed", &[]);
    check("M-EOL-01", "cod=63", &[Deviation::LineEnd]);
    check("M-EOL-06", "cod=63 frame:malformed", &[]);
    check("M-EOL-07", "cod=63 frame:malformed", &[]);
    check("M-CP-01", "a01013:unknown-parameter", &[]);
    check("M-CP-02", "o3=88000 a34004:not-finite", &[]);
    check("M-CP-03", "pm25=0.0012 pm10=5 a21026:not-finite", &[]);
    check("M-CP-04", "pm25=11 a34004:malformed", &[Deviation::FieldTwice]);
    check("M-CP-05", "01:unknown-parameter", &[]);
    check("M-CP-06", "pm25=10", &[Deviation::TimeDigits]);
    check("M-CP-07", "bad-time", &[]);
    check("M-CP-08", "pm25=10", &[Deviation::TimeAbsent]);
    check("M-CP-09", "pm25=10", &[Deviation::CpOpen]);
    check("M-CP-10", "ph=7.1 do=7.9 temp=20.1", &[Deviation::FlagUnknown]);
    check("M-HDR-02", "unknown-station", &[]);
    check("M-HDR-03", "pm25=10", &[Deviation::FlagSpelling]);
    check("M-HDR-04", "pm25=10", &[Deviation::PartAbsent]);
    check("REPO-02", "malformed", &[]);
    check("IDX-10", "malformed", &[]);
    check(
        "IDX-15",
        "ph=6.951 nh3n=23.4 cod=134.119 flow=1375.9992 B00:unknown-parameter",
        &[Deviation::FlagSpelling],
    );
    check("IDX-28", "malformed", &[]);
}

#[test]
fn logs_and_states_are_kept_as_text() {
    let Some(vectors) = vectors() else { return };
    let check = |id: &str, command: &str, part: &str| {
        let decoded =
            decoded(&vectors[id].bytes, CrcPolicy::Standard).unwrap_or_else(|r| panic!("{id}: {r:?}"));
        assert_eq!(decoded.records.len(), 1, "{id}");
        assert_eq!(decoded.records[0].command, command, "{id}");
        assert!(decoded.records[0].text.contains(part), "{id}: {}", decoded.records[0].text);
    };
    for id in ["D17-3020-UTF8", "D17-3020-GBK", "D17-3020-CHARLEN"] {
        check(id, "3020", "i11001-Info=//清洗管路//");
    }
    check("D17-2021", "2021", "SB1-RS=1");
    check("D17-2041", "2041", "SB1-RT=1.1");
    check("D17-3019", "3019", "w01018-SN=");
    check("D17-9011", "9011", "QnRtn=1");
    check("D17-9012", "9012", "ExeRtn=1");
    check("IDX-08", "2081", "RestartTime=20200425120954");
    check("REPO-13", "2081", "RestartTime=");
}

#[test]
fn answers_are_those_of_the_standard() {
    let Some(vectors) = vectors() else { return };
    let reply = |id: &str| {
        let Some(Piece::Frame(frame)) = all_pieces(&vectors[id].bytes).next() else { panic!("{id}") };
        answer(&Segment::parse(std::str::from_utf8(frame.data).unwrap())).map(String::into_bytes)
    };
    for (asked, answered) in [("D17-2011", "D17-9014"), ("D17-1013", "D17-9013")] {
        assert_eq!(reply(asked).as_ref(), Some(&vectors[answered].bytes), "{asked}");
    }
    assert!(reply("D25-9015").is_some_and(|bytes| {
        String::from_utf8_lossy(&bytes).contains("CN=9013;PW=123456;MN=010000A8900016F000169DC0;Flag=8;")
    }));
    for id in ["D17-9014", "D17-9013", "D17-9011", "D17-2051Q", "D17-1000", "M-HDR-01", "D25-9014", "IDX-17"]
    {
        assert_eq!(reply(id), None, "{id}");
    }
    assert_eq!(pieces(&vectors["M-EOL-04"].bytes).next(), Some(Piece::Partial(b"##01")));
}

#[test]
fn a_recorded_log_is_cut_with_nothing_lost() {
    let Some(path) = shared("LANBI_SHARED_DATA", "data", "hj212/rx_stream_sample.log") else { return };
    let bytes = std::fs::read(path).unwrap();
    let mut kinds = BTreeMap::new();
    let (mut framed, mut noise, mut seen) = (0, 0, Vec::new());
    for piece in all_pieces(&bytes) {
        seen.extend_from_slice(piece.raw());
        match piece {
            Piece::Frame(frame) => {
                *kinds.entry(frame.crc.key()).or_insert(0) += 1;
                framed += frame.raw.len();
            }
            Piece::Noise(raw) => noise += raw.len(),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(seen, bytes, "every byte once and in order");
    // One logger by the standard, one with CRC-16/MODBUS and the low byte first; times, and Modbus in binary and as text.
    let expected = BTreeMap::from([(CrcKind::Ok.key(), 9), (CrcKind::Swapped.key(), 12)]);
    assert_eq!(kinds, expected);
    assert_eq!((framed, framed + noise), (12 * 881 + 9 * 247, bytes.len()));
    let (whole, _) = feed(&bytes, &[]);
    for size in [1, 13, 1024] {
        let ends: Vec<usize> = (1..bytes.len().div_ceil(size)).map(|i| i * size).collect();
        assert_eq!(feed(&bytes, &ends).0, whole, "portions of {size}");
    }
}
