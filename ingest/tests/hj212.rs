//! HJ 212 from bytes to samples and problems: the standards' own examples, recorded packets, and bytes at random.

#![expect(clippy::panic, reason = "a test may stop at the first surprise")]

mod common;

use common::{MN, NOW, at, run_with, summary};
use lanbi_ingest::decode::{Decoded, Format, Rejected};
use lanbi_ingest::hj212::frame::{Piece, all_pieces, encode, pieces};
use lanbi_ingest::source::Sources;
use lanbi_model::{Flags, RejectReason};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

const HEAD: &str = "QN=20260105085857223;ST=32;CN=2011;PW=123456;MN=010000A8900016F000169DC0;Flag=5;";

fn run_as(format: Format, payload: &[u8], retained: bool) -> Result<Decoded, Rejected> {
    run_with(&Sources::default(), format, payload, retained)
}

fn run(payload: &str) -> Result<Decoded, Rejected> {
    run_as(Format::Auto, payload.as_bytes(), false)
}

fn accepted(payload: &str) -> Decoded {
    run(payload).unwrap_or_else(|rejected| panic!("{payload}: {rejected:?}"))
}

fn real_time(cp: &str) -> String {
    encode(&format!("{HEAD}CP=&&DataTime=20260105085857;{cp}&&"))
}

#[test]
fn the_examples_of_the_standard_become_samples() {
    // HJ 212-2017, C.14 and C.16 to C.18; the key that C.14 misprints is mended.
    let check = |cn: &str, cp: &str, expected: &str, instant: &str, period: &str, day: &str| {
        let data = format!("QN=20160801085857223;ST=32;CN={cn};PW=123456;MN={MN};Flag=5;CP=&&{cp}&&");
        let decoded = accepted(&encode(&data));
        assert_eq!(summary(&decoded), expected, "{cp}");
        for (sample, belongs) in &decoded.samples {
            assert_eq!(sample.key.station.as_str(), "out-01");
            assert_eq!(sample.key.instant, at(instant), "{cn}");
            assert_eq!(sample.key.period.to_string(), period, "{cn}");
            assert_eq!(belongs.to_string(), day, "{cn}");
            assert_eq!(sample.flags, Flags::empty());
        }
    };
    check(
        "2011",
        "DataTime=20160801085857;w01001-Rtd=7.1,w01001-Flag=N;w01018-SampleTime=20160801070000,w01018-Rtd=2.2,w01018-Flag=N,w01018-EFlag=A01",
        "ph=7.1 cod=2.2",
        "2016-08-01T00:58:57Z",
        "moment",
        "2016-08-01",
    );
    let means = "w00000-Cou=10.5,w00000-Min=16.4,w00000-Avg=17.5,w00000-Max=20.1,w00000-Flag=N;w01001-Min=7.1,w01001-Avg=7.5,w01001-Max=7.8,w01001-Flag=N;w01018-Cou=10.5,w01018-Min=40.1,w01018-Avg=40.1,w01018-Max=40.1,w01018-Flag=N";
    // 17.5 L/s are 63 m3/h.
    let expected = "flow=63 ph=7.5 cod=40.1";
    let mean = |cn: &str, time: &str, instant: &str, period: &str, day: &str| {
        check(cn, &format!("DataTime={time};{means}"), expected, instant, period, day);
    };
    mean("2051", "20160801084000", "2016-08-01T00:50:00Z", "10m", "2016-08-01");
    mean("2061", "20160801080000", "2016-08-01T01:00:00Z", "1h", "2016-08-01");
    mean("2061", "20160801230000", "2016-08-01T16:00:00Z", "1h", "2016-08-01");
    mean("2031", "20160801000000", "2016-08-01T16:00:00Z", "1d", "2016-08-01");
}

#[test]
fn the_example_in_the_configuration_is_understood_whole() {
    let example = include_str!("../../config/examples/hj212-message.txt");
    assert_eq!(summary(&accepted(example)), "flow=63 ph=7.5 cod=40.1");
}

#[test]
fn each_factor_is_read_in_the_unit_of_its_code() {
    let check = |cp: &str, expected: &str| assert_eq!(summary(&accepted(&real_time(cp))), expected, "{cp}");
    check("a34004-Rtd=35;a34002-Rtd=60;a21005-Rtd=0.6", "pm25=35 pm10=60 co=0.6");
    check("a21026-Rtd=0.0075;a21004-Rtd=0.041;a05024-Rtd=0.088", "so2=7.5 no2=41 o3=88");
    check("a01001-Rtd=-1.5;a01006-Rtd=101.02;a01008-Rtd=120", "air_temp=-1.5 pressure=1010.2 wind_dir=120");
    check("w20111-Rtd=0.05;w20115-Rtd=1;w20122-Rtd=0.02", "hg=0.00005 cd=0.001 cu=0.02");
    check(
        "001-Rtd=7.1;011-Rtd=23;060-Rtd=1.8;101-Rtd=0.2;B01-Rtd=1",
        "ph=7.1 cod=23 nh3n=1.8 tp=0.2 flow=3.6",
    );
    check("W01018-Rtd=2.2;A34004-Rtd=1", "cod=2.2 pm25=1");
}

#[test]
fn a_bad_value_costs_only_itself() {
    let check = |cp: &str, expected: &str| assert_eq!(summary(&accepted(&real_time(cp))), expected, "{cp}");
    check("w01001-Rtd=7.1,w01001-Flag=N;01018-Rtd=2.2,w01018-Flag=N", "ph=7.1 01018:unknown-parameter");
    check("LA-Rtd=50.1,w01001-Rtd=7.1;PM25-Rtd=3", "ph=7.1 LA:unknown-parameter PM25:unknown-parameter");
    check("w01001-Rtd=,w01001-Flag=D;w01018-Rtd=-;a34004-Rtd=--;XX-Rtd=", "");
    check("a34004-Rtd=NaN,a34002-Rtd=+5;w01018-Rtd=1.2E-3", "pm10=5 cod=0.0012 a34004:not-finite");
    check("a34004-Rtd=1e400;w01018-Rtd=1,5;w01001-Rtd=7", "cod=1 ph=7 a34004:not-finite");
    check("w01018-Rtd=10,w01018-Rtd=11", "cod=11 w01018:malformed");
    check("w01018-Avg=10;w01001-Rtd=7", "ph=7 w01018:malformed");
    check("w01018=10;w01001-Rtd=7,", "ph=7 w01018:malformed");
    check("SB1-RS=1;w01001-Rtd=7", "ph=7 SB1:unknown-parameter");
}

#[test]
fn a_station_is_reached_by_its_mn_or_its_id_and_takes_what_it_measures() {
    let check = |mn: &str, expected: &str| {
        let cp = "CP=&&DataTime=20260105085857;a34004-Rtd=35,w01001-Rtd=7&&";
        let decoded = accepted(&encode(&format!("ST=32;CN=2011;MN={mn};{cp}")));
        assert_eq!(decoded.samples[0].0.key.station.as_str(), expected);
        assert_eq!(summary(&decoded), "pm25=35 w01001:unknown-parameter");
    };
    check("88888880000001", "air-5m");
    check("air-5m", "air-5m");
    check("A110000_0001", "A110000_0001");
}

#[test]
fn letters_become_flags() {
    let check = |flag: &str, expected: Flags| {
        let decoded = accepted(&real_time(&format!("w01018-Rtd=1,{flag}")));
        assert_eq!(decoded.samples[0].0.flags, expected, "{flag}");
    };
    check("w01018-Flag=N", Flags::empty());
    check("w01018-Flag=", Flags::empty());
    check("w01018-Flag=D", Flags::FAULT);
    check("w01018-Flag=n", Flags::empty());
    check("w01018-Flag=hd", Flags::UNKNOWN);
    check("Flag=M", Flags::MAINTENANCE);
    check("Flag=D,w01018-Flag=N", Flags::empty());
}

#[test]
fn minutes_of_a_station_with_a_shorter_period_are_its_own() {
    let data = "ST=22;CN=2051;MN=88888880000001;CP=&&DataTime=20260105084000;a34004-Avg=35&&";
    let sample = &accepted(&encode(data)).samples[0].0;
    assert_eq!(
        (sample.key.instant, sample.key.period.to_string()),
        (at("2026-01-05T00:45:00Z"), "5m".to_owned())
    );
}

#[test]
fn other_commands_hold_no_values() {
    // HJ 212-2017, C.4 and C.20, and the acknowledgement and heartbeat of 2025.
    for data in [
        "QN=20160801085857223;ST=32;CN=1013;PW=123456;MN=010000A8900016F000169DC0;Flag=5;CP=&&PolId=w01018&&",
        "QN=20160801085857223;ST=32;CN=2051;PW=123456;MN=010000A8900016F000169DC0;Flag=5;CP=&&BeginTime=20160801080000;EndTime=20160801090000&&",
        "QN=20260101085857223;ST=91;CN=9014;PW=123456;MN=unknown;Flag=8;CP=&&&&",
        "QN=20260101085857223;ST=91;CN=9015;PW=123456;MN=unknown;Flag=8;CP=&&&&",
    ] {
        assert_eq!(accepted(&encode(data)), Decoded::default(), "{data}");
    }
}

#[test]
fn what_a_logger_says_besides_values_is_kept_as_text() {
    const QN: &str = "2016-08-01T00:58:57Z";
    // HJ 212-2017, C.1, C.15, C.19, C.39 and C.40; a command that no edition has.
    let check = |head: &str, cp: &str, instant: &str, part: Option<(u16, u16)>| {
        let decoded =
            accepted(&encode(&format!("QN=20160801085857223;ST=32;PW=123456;MN={MN};{head}CP=&&{cp}&&")));
        assert_eq!((decoded.samples.len(), decoded.values, decoded.records.len()), (0, 0, 1), "{cp}");
        let record = &decoded.records[0];
        assert_eq!((record.station.as_str(), record.text.as_str()), ("out-01", cp.trim()));
        assert_eq!((record.instant, record.received_at, record.part), (at(instant), at(NOW), part), "{cp}");
        assert!(head.contains(&format!("CN={};", record.command)));
    };
    check("CN=9011;Flag=4;", "QnRtn=1", QN, None);
    check("CN=2021;Flag=5;", "DataTime=20160801085857;SB1-RS=1;SB2-RS=0", "2016-08-01T00:58:57Z", None);
    check(
        "CN=2041;Flag=7;PNUM=2;PNO=1;",
        "DataTime=20160801000000;SB1-RT=1.1",
        "2016-07-31T16:00:00Z",
        Some((1, 2)),
    );
    check("CN=3019;Flag=4;", "PolId=w01018;w01018-SN=010000A8900016F000169DC1", QN, None);
    check(
        "CN=3020;Flag=4;",
        " DataTime=20160801062035;PolId=w01018;i11001-Info=//清洗管路// ",
        "2016-07-31T22:20:35Z",
        None,
    );
    check("CN=2999;Flag=4;", "DataTime=29160801085857", QN, None);

    let mut gbk = format!("ST=32;CN=3020;MN={MN};CP=&&i12001-Info=").into_bytes();
    gbk.extend(b"\xd2\xc7\xb1\xed&&");
    let sum = lanbi_ingest::hj212::crc::crc(&gbk);
    gbk.splice(0..0, format!("##{:04}", gbk.len()).bytes());
    gbk.extend(format!("{sum:04X}\r\n").bytes());
    assert_eq!(run_as(Format::Auto, &gbk, false).unwrap().records[0].text, "i12001-Info=仪表");
    let retained = run_as(Format::Auto, &gbk, true).unwrap_err();
    assert_eq!((retained.reason, retained.values), (RejectReason::BadTime, 1));

    let stranger = run(&encode("ST=32;CN=3020;MN=nobody;CP=&&i12001-Info=1&&")).unwrap_err();
    assert_eq!((stranger.reason, stranger.values), (RejectReason::UnknownStation, 1));
}

#[test]
fn several_frames_of_several_stations_are_one_message() {
    let one = real_time("w01001-Rtd=7.1");
    let two = encode("ST=22;CN=2061;MN=A110000_0001;CP=&&DataTime=20260105080000;a34004-Avg=35&&");
    let three = encode("ST=22;CN=2061;MN=nobody;CP=&&DataTime=20260105080000;a34004-Avg=35,a34002-Avg=60&&");
    let broken = one.replace("7.1", "7.2");
    let decoded = accepted(&format!("{one}{two}"));
    assert_eq!(summary(&decoded), "ph=7.1 pm25=35");
    let stations: Vec<_> = decoded.samples.iter().map(|(s, _)| s.key.station.as_str()).collect();
    assert_eq!(stations, ["out-01", "A110000_0001"]);
    let check =
        |payload: String, expected: &str| assert_eq!(summary(&accepted(&payload)), expected, "{payload}");
    check(format!("{one}{three}"), "ph=7.1 a34004:unknown-station a34002:unknown-station");
    check(format!("{broken}{one}"), "ph=7.1 frame:malformed");
    check(format!("\r\n{}\n{two}", one.trim_end()), "ph=7.1 pm25=35");
    check(format!("{one}garbage"), "ph=7.1 frame:malformed");
    check(format!("{one}\0\0"), "ph=7.1");
    check(format!("{one}{}", &two[..30]), "ph=7.1 frame:malformed");
    let rejected = run(&format!("{broken}{three}")).unwrap_err();
    assert_eq!((rejected.reason, rejected.values), (RejectReason::Malformed, 3));
}

#[test]
fn what_cannot_be_stored_is_rejected_with_its_values() {
    use RejectReason::{AncientTime, BadTime, FutureTime, Malformed, UnknownStation};
    let check = |data: &str, reason: RejectReason, values: u32| {
        let rejected = run(&encode(data)).unwrap_err();
        assert_eq!((rejected.reason, rejected.values), (reason, values), "{data}: {}", rejected.detail);
    };
    let two = "w01001-Rtd=7.1;w01018-Rtd=2;w21003-Rtd=-";
    check(&format!("CN=2011;MN=X;CP=&&DataTime=20260105085857;{two}&&"), UnknownStation, 2);
    check(&format!("CN=2011;CP=&&DataTime=20260105085857;{two}&&"), UnknownStation, 2);
    check("CN=2011;MN=X;CP=&&DataTime=20260105085857;w21003-Rtd=-&&", UnknownStation, 1);
    check(&format!("MN={MN};CP=&&DataTime=20260105085857;{two}&&"), Malformed, 1);
    check("hello", Malformed, 1);
    check("", Malformed, 1);
    let timed =
        |cn: &str, time: &str| format!("CN={cn};MN={MN};CP=&&DataTime={time};w01018-Rtd=1,w01018-Avg=1&&");
    check(&timed("2011", "20160231256099"), BadTime, 1);
    check(&timed("2011", "1767571200"), BadTime, 1);
    check(&timed("2011", "2026-01-05 08:00"), BadTime, 1);
    check(&timed("2061", ""), BadTime, 1);
    check(&timed("2011", "20260105101600"), FutureTime, 1);
    check(&timed("2061", "20260105093000"), FutureTime, 1);
    check(&timed("2061", "19991231220000"), AncientTime, 1);
}

#[test]
fn length_and_crc_are_named_when_they_are_wrong() {
    let check = |payload: &str, expected: &str| {
        let rejected = run(payload).unwrap_err();
        assert_eq!((rejected.reason, rejected.values), (RejectReason::Malformed, 1), "{payload}");
        assert!(rejected.detail.contains(expected), "{}", rejected.detail);
    };
    let good = encode(
        "QN=20160801085857223;ST=32;CN=2011;PW=123456;MN=010000A8900016F000169DC0;Flag=5;CP=&&DataTime=20160801085857;w01018-Rtd=63.0,w01018-Flag=N&&",
    );
    assert!(good.ends_with("8081\r\n"));
    check(&good.replace("63.0", "64.0"), "CRC 8081 was sent, 2C40 computed");
    check(&good.replace("8081", "BEDE"), "the logger sends CRC-16/MODBUS");
    let changed = good.replace("63.0", "64.0");
    check(&changed.replace("##0140", "##0137"), "length 0137 was sent, the data segment has 140 bytes");
    check(&changed.replace("##0140", "##0149"), "length 0149 was sent, the data segment has 140 bytes");
    check(&good.replace("##0140", "##9999"), "length 9999");
    check(&good.replace("##0140", "##01A3"), "belong to no frame");
    check(&good[..70], "length 0140 was sent, and no CRC");
    check("##01", "belong to no frame");
}

#[test]
fn a_time_that_is_absent_is_assumed_for_readings_only() {
    let check = |head: &str, instant: &str| {
        let sample = &accepted(&encode(&format!("{head}CN=2011;MN={MN};CP=&&w01018-Rtd=1&&"))).samples[0].0;
        assert_eq!((sample.key.instant, sample.flags), (at(instant), Flags::TIME_ASSUMED), "{head}");
    };
    check("QN=20260105085857223;", "2026-01-05T00:58:57Z");
    check("", NOW);
    check("QN=1;", NOW);
    let bare = encode(&format!("CN=2011;MN={MN};CP=&&w01018-Rtd=1&&"));
    assert_eq!(run_as(Format::Auto, bare.as_bytes(), true).unwrap_err().reason, RejectReason::BadTime);
    let longer = encode(&format!("CN=2011;MN={MN};CP=&&DataTime=20260105085857123;w01018-Rtd=1&&"));
    let sample = &accepted(&longer).samples[0].0;
    assert_eq!((sample.key.instant, sample.flags), (at("2026-01-05T00:58:57Z"), Flags::empty()));
}

#[test]
fn a_message_is_of_the_format_it_begins_as() {
    let frame = real_time("w01001-Rtd=7.1");
    let json = r#" {"station":"out-01","time":"2026-01-05T08:00:00+08:00","values":{"ph":7.1}}"#;
    let samples =
        |format: Format, payload: &str| run_as(format, payload.as_bytes(), false).map(|d| d.samples.len());
    for (format, payload, good) in [
        (Format::Auto, frame.as_str(), true),
        (Format::Auto, &format!(" \r\n{frame}"), true),
        (Format::Auto, json, true),
        (Format::Auto, &frame[1..], false),
        (Format::Hj212, &frame, true),
        (Format::Hj212, &format!("\0{frame}"), true),
        (Format::Hj212, json, false),
        (Format::LanbiJson, &frame, false),
        (Format::LanbiJson, json, true),
    ] {
        assert_eq!(samples(format, payload).is_ok(), good, "{format:?} {payload}");
    }
}

/// A frame with some factors, or of a command without any.
fn some_frame(random: &mut ChaCha8Rng) -> String {
    let cn = ["2011", "2051", "2061", "2031", "2021", "9015"][random.random_range(0..6)];
    let mut data = format!("QN=20260105085857223;ST=32;CN={cn};MN={MN};Flag=5;CP=&&DataTime=20260104080000");
    for _ in 0..random.random_range(0..9) {
        let code = ["w01001", "w01018", "a34004", "011", "LA", "站"][random.random_range(0..6)];
        let field = ["Rtd", "Avg", "Flag", "Cou"][random.random_range(0..4)];
        data += &format!(
            "{}{code}-{field}={}",
            [";", ","][random.random_range(0..2)],
            random.random_range(-9..999)
        );
    }
    encode(&(data + "&&"))
}

/// Bytes as a bad line gives them, in which no frame can be hidden.
fn some_noise(random: &mut ChaCha8Rng) -> Vec<u8> {
    let alphabet = b"#\r\n&=;,\0\xff\xe4QNCPabx";
    (0..random.random_range(0..12)).map(|_| alphabet[random.random_range(0..alphabet.len())]).collect()
}

#[test]
fn frames_are_found_whatever_stands_between_them() {
    let mut random = ChaCha8Rng::seed_from_u64(212);
    for _ in 0..3000 {
        let mut stream = Vec::new();
        let mut sent = Vec::new();
        for _ in 0..random.random_range(1..5) {
            stream.extend(some_noise(&mut random));
            let frame = some_frame(&mut random);
            stream.extend(frame.bytes());
            sent.push(frame.as_bytes()[6..frame.len() - 6].to_vec());
        }
        stream.extend(some_noise(&mut random));
        let found: Vec<Vec<u8>> = pieces(&stream)
            .filter_map(
                |piece| if let Piece::Frame(frame) = piece { Some(frame.data.to_vec()) } else { None },
            )
            .collect();
        assert_eq!(found, sent, "{}", String::from_utf8_lossy(&stream));
    }
}

#[test]
fn arbitrary_bytes_never_panic_and_every_byte_is_accounted() {
    let mut random = ChaCha8Rng::seed_from_u64(2025);
    let inserts: [&[u8]; 8] = [b"##", b"##0010", b"##9999", b"&&", b"\xe4\xbb", b"-Rtd=", b"CP=", b"\r\n"];
    let (mut understood, mut refused) = (0, 0);
    for round in 0..10_000 {
        let mut bytes: Vec<u8> =
            (0..random.random_range(1..4)).flat_map(|_| some_frame(&mut random).into_bytes()).collect();
        if round % 10 == 0 {
            bytes = (0..random.random_range(1..200)).map(|_| random.random()).collect();
        }
        for _ in 0..random.random_range(0..4) {
            let place = random.random_range(0..bytes.len());
            match random.random_range(0..4) {
                0 => bytes[place] = random.random(),
                1 => drop(bytes.drain(place..(place + random.random_range(0..20)).min(bytes.len()))),
                2 => drop(bytes.splice(place..place, inserts[random.random_range(0..8)].iter().copied())),
                _ => bytes.truncate(place.max(1)),
            }
            if bytes.is_empty() {
                bytes.push(b'#');
            }
        }
        let mut again = Vec::new();
        for piece in all_pieces(&bytes) {
            assert!(!piece.raw().is_empty());
            again.extend_from_slice(piece.raw());
        }
        assert_eq!(again, bytes);
        match run_as(Format::Hj212, &bytes, false) {
            Ok(_) => understood += 1,
            Err(_) => refused += 1,
        }
        let _ = run_as(Format::Auto, &bytes, false);
    }
    assert!(understood > 500 && refused > 500, "{understood} understood, {refused} refused");
}

#[test]
fn a_long_message_takes_no_quadratic_time() {
    let begin = std::time::Instant::now();
    for unit in ["##4000", "##4000A", "#", "##0100", "&&", "##0004&&1234\n", "##4000é", "CN=2011"] {
        let payload = unit.repeat(250 * 1024 / unit.len());
        assert!(run_as(Format::Hj212, payload.as_bytes(), false).is_err(), "{unit}");
    }
    let many: String = (0..900).map(|i| format!("{i:02x}=1;")).collect();
    let payload = encode(&many[..4000]).repeat(60);
    let _ = run_as(Format::Hj212, payload.as_bytes(), false);
    let factors: String = (0..480).map(|i| format!(";{i:03x}-Rtd")).map(|key| key + "=1").collect();
    let payload = real_time(&factors[1..3900]).repeat(60);
    assert!(accepted(&payload).problems.len() > 10_000);
    assert!(begin.elapsed().as_secs() < 90, "took {:?}", begin.elapsed());
}
