//! Loggers that speak HJ 212 in their own way, read as the file of sources says.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

mod common;

use common::{MN, at, run_with, summary};
use lanbi_ingest::decode::{Decoded, Format, Rejected};
use lanbi_ingest::hj212::check::CrcPolicy;
use lanbi_ingest::hj212::crc::{crc, modbus};
use lanbi_ingest::hj212::deviation::Deviation;
use lanbi_ingest::hj212::dialect::Dialect;
use lanbi_ingest::hj212::frame::encode;
use lanbi_ingest::hj212::sm4::Key;
use lanbi_ingest::source::{Logger, Loggers, Password, Sources};
use lanbi_model::{Flags, Parameter, RejectReason, Unit, Zone};

fn run(logger: Logger, payload: &[u8]) -> Result<Decoded, Rejected> {
    let logger = Logger { mns: vec![MN.to_owned()], ..logger };
    let sources = Sources { loggers: Loggers::new(vec![logger]).unwrap(), ..Sources::default() };
    run_with(&sources, Format::Auto, payload, false)
}

fn accepted(logger: Logger, payload: &str) -> Decoded {
    run(logger, payload.as_bytes()).unwrap_or_else(|rejected| panic!("{payload}: {rejected:?}"))
}

fn data(cp: &str) -> String {
    format!("QN=20260105085857223;ST=32;CN=2011;PW=123456;MN={MN};Flag=5;CP=&&DataTime=20260105085857;{cp}&&")
}

fn framed(data: &str, sum: u16) -> String {
    format!("##{:04}{data}{sum:04X}\r\n", data.len())
}

fn deviations(decoded: &Decoded) -> Vec<Deviation> {
    decoded.deviations.iter().flat_map(|logger| logger.deviations.iter().copied()).collect()
}

#[test]
fn a_frame_that_follows_the_standard_has_no_deviation() {
    let decoded = accepted(
        Logger::default(),
        &encode(&data("w01018-Rtd=23.1,w01018-Flag=N;w01001-Rtd=7,w01001-Flag=N")),
    );
    assert_eq!(decoded.deviations, []);
}

#[test]
fn other_sums_are_taken_where_the_logger_is_known_for_them() {
    let data = data("w01018-Rtd=23.1");
    let sums = [crc(data.as_bytes()), modbus(data.as_bytes()), modbus(data.as_bytes()).swap_bytes(), 0x1234];
    let check = |crc: CrcPolicy, expected: [bool; 4]| {
        let taken =
            sums.map(|sum| run(Logger { crc, ..Logger::default() }, framed(&data, sum).as_bytes()).is_ok());
        assert_eq!(taken, expected, "{crc:?}");
    };
    check(CrcPolicy::Standard, [true, false, false, false]);
    check(CrcPolicy::Modbus, [false, true, false, false]);
    check(CrcPolicy::Swapped, [false, false, true, false]);
    check(CrcPolicy::Any, [true, true, true, false]);
    check(CrcPolicy::Off, [true, true, true, true]);
    let decoded = accepted(Logger { crc: CrcPolicy::Off, ..Logger::default() }, &framed(&data, 0x1234));
    assert_eq!((summary(&decoded).as_str(), deviations(&decoded)), ("cod=23.1", vec![Deviation::CrcBad]));
    assert_eq!(decoded.deviations[0].mn, MN);
    let other = framed(&data.replace(MN, "88888880000001"), 0x1234);
    assert_eq!(
        run(Logger { crc: CrcPolicy::Off, ..Logger::default() }, other.as_bytes()).unwrap_err().reason,
        RejectReason::Malformed
    );
}

#[test]
fn letters_go_by_the_loggers_dialect() {
    let check = |key: &str, letter: &str, expected: Flags| {
        let logger = Logger { dialect: Dialect::from_key(key).unwrap(), ..Logger::default() };
        let decoded = accepted(logger, &encode(&data(&format!("w01018-Rtd=1,w01018-Flag={letter}"))));
        assert_eq!(decoded.samples[0].0.flags, expected, "{letter} of {key}");
        assert_eq!(
            deviations(&decoded).contains(&Deviation::FlagUnknown),
            expected == Flags::UNKNOWN,
            "{letter} of {key}"
        );
    };
    check("2017", "B", Flags::COMMUNICATION);
    check("air", "B", Flags::FAULT);
    check("2017", "Z", Flags::UNKNOWN);
    check("surface-water", "Z", Flags::STOPPED);
    check("surface-water", "hd", Flags::UNKNOWN);
}

#[test]
fn codes_units_and_zone_are_the_loggers_own() {
    let logger = Logger {
        codes: [("w01017".to_owned(), Parameter::Conductivity), ("PM25".to_owned(), Parameter::Pm25)].into(),
        units: [("a01006".to_owned(), Unit::Hectopascal), ("a34002".to_owned(), Unit::NanogramPerCubicMetre)]
            .into(),
        zone: Zone::parse("+07:00"),
        ..Logger::default()
    };
    let frame = encode(&data("w01017-Rtd=812;PM25-Rtd=35;a01006-Rtd=1002;a34002-Rtd=12000"));
    let decoded = accepted(logger, &frame);
    assert_eq!(summary(&decoded), "conductivity=812 pm25=35 pressure=1002 pm10=12");
    assert_eq!(decoded.samples[0].0.key.instant, at("2026-01-05T01:58:57Z"));
    assert_eq!(deviations(&decoded), []);
    assert_eq!(
        summary(&accepted(Logger::default(), &frame)),
        "bod5=812 pressure=10020 pm10=12000 PM25:unknown-parameter"
    );
}

#[test]
fn particles_that_are_likely_in_another_unit_are_doubted_and_not_converted() {
    let check = |value: &str, units: &[(&str, Unit)], expected: &str, flags: Flags| {
        let units = units.iter().map(|(code, unit)| ((*code).to_owned(), *unit)).collect();
        let decoded =
            accepted(Logger { units, ..Logger::default() }, &encode(&data(&format!("a34004-Rtd={value}"))));
        assert_eq!((summary(&decoded).as_str(), decoded.samples[0].0.flags), (expected, flags), "{value}");
        assert_eq!(deviations(&decoded).contains(&Deviation::Magnitude), !flags.is_empty());
    };
    check("2000", &[], "pm25=2000", Flags::empty());
    check("2000.1", &[], "pm25=2000.1", Flags::UNIT);
    check("75600.000", &[], "pm25=75600", Flags::UNIT);
    check("75600.000", &[("a34004", Unit::NanogramPerCubicMetre)], "pm25=75.6", Flags::empty());
    check("2500", &[("a34004", Unit::MicrogramPerCubicMetre)], "pm25=2500", Flags::empty());
}

#[test]
fn a_wrong_password_is_refused_with_its_values() {
    let logger = || Logger { password: Some(Password::new("654321".to_owned())), ..Logger::default() };
    let frame = data("w01018-Rtd=1;w01001-Rtd=7");
    let rejected = run(logger(), encode(&frame).as_bytes()).unwrap_err();
    assert_eq!((rejected.reason, rejected.values), (RejectReason::Unauthorized, 2));
    assert!(
        rejected.detail.contains("PW is not the one of MN") && !rejected.detail.contains("654321"),
        "{}",
        rejected.detail
    );
    assert_eq!(summary(&accepted(logger(), &encode(&frame.replace("123456", "654321")))), "cod=1 ph=7");
}

/// The block of HJ 212-2025, A.2 in a frame: key of 16 times the character 0, and a clear remainder.
fn sealed(remainder: &str) -> Vec<u8> {
    let plain = format!(
        "QN=20240520110001000;ST=32;CN=2011;PW=123456;MN={MN};Flag=9;CP=&&DataTime=2024052{remainder}&&"
    );
    let (before, rest) = plain.split_once("DataTime=2024052").unwrap();
    let cipher = b"\xe4\x3e\x15\x9a\xcf\xab\x24\x2c\xb5\x31\x55\xfb\x8b\x92\x81\xa1";
    let head = format!("##{:04}{before}", plain.len());
    [head.as_bytes(), cipher, rest.as_bytes(), format!("{:04X}\r\n", crc(plain.as_bytes())).as_bytes()]
        .concat()
}

#[test]
fn encrypted_frames_are_opened_with_the_current_or_the_previous_key() {
    // Only the first 16 bytes are a whole group of the example.
    let frame = sealed("0110000;a=1");
    let right = || Key::parse("0000000000000000").unwrap();
    let wrong = || Key::parse("1111111111111111").unwrap();
    let with = |keys: Vec<Key>| Logger { keys, ..Logger::default() };
    let check = |keys: Vec<Key>, expected: Option<&[Deviation]>| {
        let outcome = run(with(keys), &frame);
        assert_eq!(outcome.as_ref().map(deviations).ok().as_deref(), expected, "{outcome:?}");
    };
    let own = [Deviation::FieldUnnamed];
    check(vec![right()], Some(&own));
    check(vec![right(), wrong()], Some(&own));
    check(vec![wrong(), right()], Some(&[Deviation::KeyPrevious, Deviation::FieldUnnamed]));
    check(vec![wrong()], None);
    let refused = run(with(Vec::new()), &frame).unwrap_err();
    assert!(refused.detail.contains("key_file"), "{}", refused.detail);
    // A logger with a key may still send in clear.
    assert_eq!(
        summary(&run(with(vec![right()]), encode(&data("w01018-Rtd=1")).as_bytes()).unwrap()),
        "cod=1"
    );
}
