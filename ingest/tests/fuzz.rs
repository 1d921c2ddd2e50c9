//! Bytes as bad lines, bad loggers and bad people make them, through the whole reading of HJ 212: cutting, check sums,
//! keys, segment, values, answers. It never panics and never stalls, every byte is in one piece, portions of any size give
//! the same frames, what is counted adds up, and an answer is a frame again.
//!
//! Without coverage guidance, which needs another compiler: a small corpus of packets is mutated, and half of the results
//! are given a right length and a right sum again, so that they get beyond the first door. `LANBI_FUZZ=10000000` runs so
//! many executions in place of the short run, `LANBI_FUZZ_SEED` from another seed.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

mod common;

use std::time::{Duration, Instant as Clock};

use chrono::TimeDelta;
use common::{MN, NOW, at, feed, registry_for};
use lanbi_ingest::clock::Window;
use lanbi_ingest::decode::{Context, Format, Limits, Message, decode};
use lanbi_ingest::hj212::check::CrcPolicy;
use lanbi_ingest::hj212::crc::{crc, modbus};
use lanbi_ingest::hj212::frame::{Piece, all_pieces, encode};
use lanbi_ingest::hj212::read::read;
use lanbi_ingest::hj212::reply::answer;
use lanbi_ingest::hj212::segment::Segment;
use lanbi_ingest::hj212::sm4::{self, Key};
use lanbi_ingest::source::{Logger, Loggers, Sources};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Executions of the short run.
const SHORT: u64 = 20_000;

/// No execution takes longer, on a machine that has other work beside.
const LONGEST: Duration = Duration::from_secs(5);

/// What lines, loggers and grammar are made of.
const WORDS: [&[u8]; 32] = [
    b"##",
    b"#",
    b"##0010",
    b"##9999",
    b"##4000",
    b"##140",
    b"&&",
    b"&&0000\r\n",
    b"CP=&&",
    b"CP=",
    b"\r\n",
    b"\n",
    b"\0",
    b";",
    b",",
    b"=",
    b"-Rtd=",
    b"-Avg=",
    b"-Flag=N",
    b"DataTime=20260105085857",
    b"Flag=9;",
    b"Flag=7;PNUM=2;PNO=1;",
    b"QN=",
    b"MN=",
    b"{0xE4,0x3E}",
    b"\xd2\xc7\xb1\xed",
    b"\xe4\xbb",
    "站".as_bytes(),
    b"NaN",
    b"1e400",
    b"-",
    b"20260231256099",
];

/// Packets as the standards print them, completed by length and sum, and as loggers are known to send them.
fn corpus() -> Vec<Vec<u8>> {
    let head = format!("QN=20260105085857223;ST=32;CN=2011;PW=123456;MN={MN};");
    let means = "w00000-Cou=10.5,w00000-Min=16.4,w00000-Avg=17.5,w00000-Max=20.1,w00000-Flag=N;w01018-Avg=40.1,w01018-Flag=N";
    let texts = [
        format!("{head}Flag=5;CP=&&DataTime=20260105085857;w01001-Rtd=7.1,w01001-Flag=N;w01018-SampleTime=20260105070000,w01018-Rtd=2.2,w01018-Flag=N,w01018-EFlag=A01&&"),
        format!("{};CP=&&DataTime=20260104084000;{means}&&", head.replace("2011", "2051").trim_end_matches(';')),
        format!("{}Flag=7;PNUM=2;PNO=1;CP=&&DataTime=20260104080000;{means}&&", head.replace("2011", "2061")),
        format!("{}Flag=9;RF=1;CP=&&DataTime=20260104000000;{means}&&", head.replace("2011", "2031")),
        format!("{}Flag=5;CP=&&DataTime=20260105085857;SB1-RS=1;SB2-RS=0&&", head.replace("2011", "2021")),
        format!("{}Flag=4;CP=&&DataTime=20260105062035;PolId=w01018;i11001-Info=//清洗管路//&&", head.replace("2011", "3020")),
        format!("{}Flag=9;CP=&&&&", head.replace("2011", "9015")),
        format!("{}Flag=4;CP=&&QnRtn=1&&", head.replace("2011", "9011")),
        format!("{}Flag=5;CP=&&BeginTime=20260105080000;EndTime=20260105090000&&", head.replace("2011", "2051")),
        "ST=32;CN=2011;PW=123456;,MN=88888880000001;FLAG=0;CP=&&DataTime=20260105085857;001-Rtd=6.951,001-Flag=N;a34004-Rtd=35,Flag=N;NOIS=N".to_owned(),
    ];
    let mut corpus: Vec<Vec<u8>> = texts.iter().map(|data| encode(data).into_bytes()).collect();
    corpus.push(encode(&texts[0]).replace("\r\n", "").to_lowercase().replace("qn=", "QN=").into_bytes());
    // The block of HJ 212-2025, A.2, raw and as printed.
    let plain = format!("{head}Flag=9;CP=&&DataTime=20240520110000;a=1&&");
    let (before, rest) = plain.split_once("DataTime=2024052").unwrap();
    let cipher = b"\xe4\x3e\x15\x9a\xcf\xab\x24\x2c\xb5\x31\x55\xfb\x8b\x92\x81\xa1";
    let list: Vec<String> = cipher.iter().map(|byte| format!("0x{byte:02X}")).collect();
    let printed = format!("{{{}}}", list.join(","));
    for cipher in [&cipher[..], printed.as_bytes()] {
        let data = [before.as_bytes(), cipher, rest.as_bytes()].concat();
        let sum = format!("{:04X}\r\n", crc(plain.as_bytes()));
        corpus.push([format!("##{:04}", data.len()).as_bytes(), &data, sum.as_bytes()].concat());
    }
    corpus
}

/// Changes bytes in one of the ways that lines, loggers and people do.
fn mutate(bytes: &mut Vec<u8>, random: &mut ChaCha8Rng, corpus: &[Vec<u8>]) {
    let place = random.random_range(0..=bytes.len());
    let span = place..(place + random.random_range(0..24)).min(bytes.len());
    match random.random_range(0..9) {
        0 if place < bytes.len() => bytes[place] = random.random(),
        1 if place < bytes.len() => bytes[place] ^= 1 << random.random_range(0..8),
        2 => drop(bytes.drain(span)),
        3 => drop(bytes.splice(place..place, WORDS[random.random_range(0..WORDS.len())].iter().copied())),
        4 => {
            let again: Vec<u8> = bytes[span].to_vec();
            bytes.splice(place..place, again);
        }
        5 => bytes.truncate(place),
        6 => {
            let other = &corpus[random.random_range(0..corpus.len())];
            let from = random.random_range(0..other.len());
            let to = random.random_range(from..=other.len());
            bytes.splice(place..place, other[from..to].iter().copied());
        }
        7 if place < bytes.len() => {
            bytes[place] = b"0123456789ABCDEFabcdef;,=&#-"[random.random_range(0..28)]
        }
        8 => bytes.extend((0..random.random_range(0..40)).map(|_| random.random::<u8>())),
        _ => {}
    }
}

/// Gives a frame a right length and a sum of some kind again.
fn mend(bytes: &mut Vec<u8>, random: &mut ChaCha8Rng) {
    if bytes.len() < 12 || !bytes.ends_with(b"\r\n") {
        return;
    }
    let data = bytes[6..bytes.len() - 6].to_vec();
    let sum = match random.random_range(0..6) {
        0 => modbus(&data),
        1 => crc(&data).swap_bytes(),
        _ => crc(&data),
    };
    *bytes = [format!("##{:04}", data.len()).as_bytes(), &data, format!("{sum:04X}\r\n").as_bytes()].concat();
}

/// What a run has met.
#[derive(Debug, Default)]
struct Met {
    frames: u64,
    read: u64,
    refused: u64,
    answers: u64,
    samples: u64,
    problems: u64,
    records: u64,
    opened: u64,
    longest: Duration,
}

#[test]
fn whatever_comes_is_cut_counted_and_survived() {
    let number = |name: &str, default| std::env::var(name).map_or(default, |text| text.parse().unwrap());
    let (executions, seed) = (number("LANBI_FUZZ", SHORT), number("LANBI_FUZZ_SEED", 212));
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let (corpus, registry) = (corpus(), registry_for(""));
    let keys = || vec![Key::parse("1111111111111111").unwrap(), Key::parse("0000000000000000").unwrap()];
    let policies =
        [CrcPolicy::Standard, CrcPolicy::Modbus, CrcPolicy::Swapped, CrcPolicy::Any, CrcPolicy::Off];
    let sources = policies.map(|crc| {
        let logger = Logger { mns: vec![MN.to_owned()], crc, keys: keys(), ..Logger::default() };
        Sources { loggers: Loggers::new(vec![logger]).unwrap(), ..Sources::default() }
    });
    let window = Window { ahead: TimeDelta::minutes(15), earliest: "2000-01-01".parse().unwrap() };
    let mut met = Met::default();
    let begin = Clock::now();
    for execution in 0..executions {
        let mut bytes = Vec::new();
        for _ in 0..random.random_range(1..4) {
            let mut frame = corpus[random.random_range(0..corpus.len())].clone();
            for _ in 0..random.random_range(0..5) {
                mutate(&mut frame, &mut random, &corpus);
            }
            if random.random() {
                mend(&mut frame, &mut random);
            }
            bytes.extend(frame);
        }
        if random.random_range(0..8) == 0 {
            mutate(&mut bytes, &mut random, &corpus);
        }
        let start = Clock::now();
        let sources = &sources[random.random_range(0..sources.len())];
        run(&bytes, sources, &keys()[1], &mut met);
        let context = Context {
            registry: &registry,
            sources,
            now: at(NOW),
            limits: Limits { max_bytes: 256 * 1024, window },
        };
        let message =
            Message { topic: "t", payload: &bytes, received_at: at(NOW), retained: random.random() };
        match decode(Format::Hj212, &message, &context) {
            Ok(decoded) => {
                let counted = u64::from(decoded.values);
                let (samples, problems) = (decoded.samples.len() as u64, decoded.problems.len() as u64);
                assert_eq!(counted, samples + problems, "execution {execution}");
                met.samples += samples;
                met.problems += problems;
                met.records += decoded.records.len() as u64;
            }
            Err(rejected) => assert!(rejected.values > 0, "execution {execution}"),
        }
        let mut ends: Vec<usize> =
            (0..random.random_range(1..6)).map(|_| random.random_range(0..=bytes.len())).collect();
        ends.sort_unstable();
        let (whole, in_portions) = (feed(&bytes, &[]), feed(&bytes, &ends));
        assert_eq!(
            in_portions,
            whole,
            "execution {execution}, cut at {ends:?}: {:?}",
            String::from_utf8_lossy(&bytes)
        );
        assert_eq!(whole.1, bytes.len(), "every byte in one piece");
        met.longest = met.longest.max(start.elapsed());
        assert!(start.elapsed() < LONGEST, "execution {execution} took {:?}", start.elapsed());
    }
    let speed = executions / begin.elapsed().as_secs().max(1);
    println!("{executions} executions from seed {seed}, {speed} a second: {met:?}");
    for count in
        [met.frames, met.read, met.refused, met.answers, met.samples, met.problems, met.records, met.opened]
    {
        assert!(count > executions / 200, "a part of the reading is hardly met: {met:?}");
    }
}

fn run(bytes: &[u8], sources: &Sources, key: &Key, met: &mut Met) {
    let mut again = Vec::with_capacity(bytes.len());
    for piece in all_pieces(bytes) {
        assert!(!piece.raw().is_empty());
        again.extend_from_slice(piece.raw());
        let Piece::Frame(frame) = piece else { continue };
        met.frames += 1;
        met.opened += u64::from(sm4::open(frame.data, key).is_some());
        let Ok(read) = read(&piece, &sources.loggers) else {
            met.refused += 1;
            continue;
        };
        met.read += 1;
        let segment = read.segment();
        let Some(reply) = answer(&segment) else { continue };
        met.answers += 1;
        let Some(Piece::Frame(frame)) = all_pieces(reply.as_bytes()).next() else {
            panic!("{reply:?} is no frame")
        };
        assert_eq!(frame.raw, reply.as_bytes(), "one answer is one frame");
        let text = std::str::from_utf8(frame.data).unwrap();
        let answered = Segment::parse(text);
        assert_eq!((answered.qn, answered.mn, answered.pw), (segment.qn, segment.mn, segment.pw), "{text:?}");
        assert_eq!(answer(&answered), None, "an answer is not answered");
    }
    assert_eq!(again, bytes, "every byte once and in order");
}
