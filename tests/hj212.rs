//! `lanbi hj212 decode|encode` as scripts call it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_precision_loss,
    clippy::cast_lossless,
    reason = "a test may stop at the first surprise"
)]

mod common;

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::{Output, Stdio},
};

use common::lanbi;
use serde_json::{Value, json};

/// HJ 212-2017, 6.3: the only packet of the standard with a check sum.
const PRINTED: &str = "##0101QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&RtdInterval=30&&1C80";
/// HJ 212-2017, C.14, with the key that the standard misprints mended.
const READINGS: &str = "##0218QN=20160801085857223;ST=32;CN=2011;PW=123456;MN=010000A8900016F000169DC0;Flag=5;CP=&&DataTime=20160801085857;w01001-Rtd=7.1,w01001-Flag=N;w01018-SampleTime=20160801070000,w01018-Rtd=2.2,w01018-Flag=N,w01018-EFlag=A01&&6E80";

fn run(args: &[&str], input: &[u8]) -> Output {
    let mut command = lanbi();
    let mut child = command
        .args(["hj212"])
        .args(args)
        .args(["--input", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let writer = std::thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output().unwrap();
    drop(writer.join().unwrap());
    output
}

fn decode_with(args: &[&str], input: &[u8]) -> Vec<Value> {
    let output = run(&[&["decode"], args].concat(), input);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn decode(input: &str) -> Vec<Value> {
    decode_with(&[], input.as_bytes())
}

fn encode(objects: &[Value]) -> String {
    let lines: String = objects.iter().map(|object| format!("{object}\n")).collect();
    let output = run(&["encode"], lines.as_bytes());
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X} ")).collect::<String>() + "\n"
}

#[test]
fn a_frame_is_one_object() {
    let objects = decode(&format!("{READINGS}\r\n"));
    let row = |code: &str, parameter: &str, value: f64| json!({"code": code, "parameter": parameter, "kind": "rtd", "value": value, "flag": "N", "quality": "valid"});
    let mut cod = row("w01018", "cod", 2.2);
    cod["sample_time"] = "20160801070000".into();
    cod["eflag"] = "A01".into();
    let expected = json!({
        "ok": true, "crc": "ok", "length_ok": true, "version": "2017",
        "header": {"QN": "20160801085857223", "ST": "32", "CN": "2011", "PW": "123456", "MN": "010000A8900016F000169DC0", "Flag": "5"},
        "data_time": "20160801085857", "instant": "2016-08-01T08:58:57+08:00",
        "factors": [row("w01001", "ph", 7.1), cod], "problems": [], "segment": &READINGS[6..224],
    });
    assert_eq!(objects, [expected]);
    let at = |zone: &str| decode_with(&["--zone", zone], READINGS.as_bytes())[0]["instant"].clone();
    assert_eq!(
        (at("UTC"), at("-05:00")),
        ("2016-08-01T08:58:57+00:00".into(), "2016-08-01T08:58:57-05:00".into())
    );
}

#[test]
fn lines_hold_frames_garbage_or_nothing() {
    let check = |input: &str, ok: &[bool]| {
        let found: Vec<bool> = decode(input).iter().map(|object| object["ok"].as_bool().unwrap()).collect();
        assert_eq!(found, ok, "{input}");
    };
    check(&format!("{PRINTED}{READINGS}\n"), &[true, true]);
    check(&format!("{PRINTED}\n\n  \r\n{READINGS}"), &[true, true]);
    check(&format!("hello\n{PRINTED}\n"), &[false, true]);
    check(&format!("GET / {PRINTED}!!\n"), &[true]);
    check(&format!("{}{READINGS}\n", &PRINTED[..60]), &[false, true]);
    check("##01\n", &[false]);
    check("", &[]);
    check(&format!("{}\n{PRINTED}\n", "#".repeat(3 << 20)), &[false, true]);
    for input in ["hello", "##01A3QN=1", "{\"a\":1}", "\u{0}\u{1}\u{2}x"] {
        let objects = decode(input);
        assert_eq!(
            (objects.len(), &objects[0]["header"], &objects[0]["factors"]),
            (1, &json!({}), &json!([])),
            "{input}"
        );
        assert!(objects[0]["problems"][0].as_str().is_some_and(|text| !text.is_empty()), "{input}");
    }
    let outside = &decode(&format!("GET / {PRINTED}\n"))[0]["problems"][0];
    assert!(outside.as_str().unwrap().starts_with("6 bytes belong to no frame"), "{outside}");
}

#[test]
fn sums_and_lengths_are_classified() {
    let check = |args: &[&str], packet: &str, expected: (bool, &str, bool)| {
        let object = &decode_with(args, packet.as_bytes())[0];
        let found = (
            object["ok"].as_bool().unwrap(),
            object["crc"].as_str().unwrap(),
            object["length_ok"].as_bool().unwrap(),
        );
        assert_eq!(found, expected, "{args:?} {packet}");
        assert_eq!(object["problems"] == json!([]), found.0, "{object}");
        assert_eq!(object["header"]["CN"], "1062", "{object}");
    };
    let with = |sum: &str| PRINTED.replace("1C80", sum);
    check(&[], PRINTED, (true, "ok", true));
    check(&[], &with("1c80"), (true, "ok", true));
    check(&[], &with("0759"), (false, "modbus", true));
    check(&["--crc", "modbus"], &with("0759"), (true, "modbus", true));
    check(&["--crc", "modbus"], PRINTED, (false, "ok", true));
    check(&[], &with("801C"), (false, "swapped", true));
    check(&["--crc", "swapped"], &with("801C"), (true, "swapped", true));
    check(&["--crc", "swapped"], &with("5907"), (true, "swapped", true));
    check(&["--crc", "any"], &with("5907"), (true, "swapped", true));
    check(&["--crc", "any"], &with("FFFF"), (false, "bad", true));
    check(&[], &with(""), (false, "missing", true));
    check(&[], &PRINTED.replace("##0101", "##0098"), (false, "ok", false));
    check(&[], &PRINTED.replace("##0101", "##0110"), (false, "ok", false));
    check(&[], &PRINTED.replace("##0101", "##9999"), (false, "ok", false));
    check(&[], &PRINTED.replace("##0101", "##101"), (true, "ok", true));
    check(&[], &with("FFFF").replace("##0101", "##0098"), (false, "bad", false));
}

#[test]
fn fields_values_and_letters_are_as_sent() {
    let cp = "DataTime=20160801080000;w00000-Cou=63.0,w00000-Min=16.40,w00000-Avg=17.5,w00000-Max=20.1,w00000-Flag=N;a34004-ZsAvg=NaN,a34004-Flag=D;w01001-Avg=,w01001-Flag=hd;PM25-Rtd=-;SB1-RS=1;w01018-Flag=B";
    let object =
        &decode(&encode(&[json!({"header": {"CN": "2061"}, "segment": format!("CN=2061;CP=&&{cp}&&")})]))
            .pop();
    // An object without the rows of its segment says something else, so nothing of the segment is taken.
    assert_eq!(object.as_ref().unwrap()["factors"], json!([]));
    let data = format!("CN=2061;CP=&&{cp}&&");
    let frame = lanbi_ingest::hj212::frame::encode(&data);
    let output = run(&["decode"], frame.as_bytes());
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains(r#""kind":"min","value":16.40,"#), "digits are kept: {text}");
    let object: Value = serde_json::from_str(&text).unwrap();
    let rows: Vec<String> = object["factors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            let cell = |name: &str| row[name].to_string().replace('"', "");
            ["code", "parameter", "kind", "value", "flag", "quality"].map(cell).join(" ")
        })
        .collect();
    assert_eq!(
        rows,
        [
            "w00000 flow cou 63.0 N valid",
            "w00000 flow min 16.4 N valid",
            "w00000 flow avg 17.5 N valid",
            "w00000 flow max 20.1 N valid",
            "a34004 pm25 zs_avg NaN D invalid",
            "w01001 ph avg null hd unknown",
            "PM25 null rtd null null null",
            "SB1 null rs 1 null valid",
            "w01018 cod null null B comms",
        ]
    );
    assert_eq!(object["version"], "2005");
    assert!(object["problems"][0].as_str().unwrap().contains("NaN"), "{object}");
}

/// The block of HJ 212-2025, A.2 in a frame: key of 16 times the character 0, and a clear remainder.
fn sealed() -> Vec<u8> {
    let plain =
        "QN=20240520110001000;ST=32;CN=2011;PW=123456;MN=M1;Flag=9;CP=&&DataTime=20240520110000;b-Rtd=1&&";
    let (before, rest) = plain.split_once("DataTime=2024052").unwrap();
    let cipher = b"\xe4\x3e\x15\x9a\xcf\xab\x24\x2c\xb5\x31\x55\xfb\x8b\x92\x81\xa1";
    let sum = lanbi_ingest::hj212::crc::crc(plain.as_bytes());
    let head = format!("##{:04}{before}", plain.len());
    [head.as_bytes(), cipher, rest.as_bytes(), format!("{sum:04X}\r\n").as_bytes()].concat()
}

#[test]
fn encrypted_frames_are_opened_with_a_key() {
    let line = hex(&sealed());
    let with = |args: &[&str]| decode_with(&[&["--hex"], args].concat(), line.as_bytes()).remove(0);
    let opened = with(&["--key", "30303030303030303030303030303030"]);
    assert_eq!(
        (&opened["ok"], &opened["version"], &opened["data_time"]),
        (&json!(true), &json!("2025"), &json!("20240520110000"))
    );
    let second =
        with(&["--key", "31313131313131313131313131313131", "--key", "30303030303030303030303030303030"]);
    assert_eq!(second["deviations"], json!(["key-previous"]));
    let closed = with(&[]);
    assert_eq!(
        (&closed["ok"], &closed["header"]["MN"], &closed["factors"]),
        (&json!(false), &json!("M1"), &json!([]))
    );
    assert!(closed["problems"][0].as_str().unwrap().contains("--key"), "{closed}");
    assert_eq!(decode_with(&["--hex"], hex(PRINTED.as_bytes()).as_bytes())[0]["ok"], true);
    assert_eq!(decode_with(&["--hex"], b"23 2\nxy\n").len(), 2);
}

#[test]
fn rows_make_the_frame_of_the_standard_again() {
    for packet in [PRINTED, READINGS] {
        let mut objects = decode(packet);
        assert_eq!(encode(&objects), format!("{packet}\r\n"));
        objects[0].as_object_mut().unwrap().remove("segment");
        assert_eq!(encode(&objects), format!("{packet}\r\n"), "without the text beside the rows");
    }
    let line = r#"{"header":{"QN":"20160801085857223","ST":"32","CN":"2011","PW":"123456","MN":"010000A8900016F000169DC0","Flag":5},"data_time":"20160801085857","factors":[{"code":"w01001","kind":"rtd","value":7.1,"flag":"N"},{"code":"w01018","kind":"rtd","value":2.20}]}"#;
    let output = run(&["encode"], line.as_bytes());
    let frame = String::from_utf8(output.stdout).unwrap();
    assert!(
        frame.contains(";Flag=5;CP=&&DataTime=20160801085857;w01001-Rtd=7.1,w01001-Flag=N;w01018-Rtd=2.20&&"),
        "{frame}"
    );
    assert_eq!(decode(&frame)[0]["ok"], true);
    // What is changed counts, and not the text beside it.
    let mut changed = decode(READINGS);
    changed[0]["factors"][1]["value"] = json!(9.9);
    assert_eq!(decode(&encode(&changed))[0]["factors"][1]["value"], json!(9.9));
}

#[test]
fn what_cannot_be_encoded_is_named_and_the_rest_goes_on() {
    let good = decode(PRINTED).remove(0);
    let bad = r#"{"header":{"CN":"2011"},"factors":[{"code":"a;b","kind":"rtd","value":1}]}"#;
    let output = run(&["encode"], format!("nonsense\n{{}}\n{bad}\n{good}\n\n").as_bytes());
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(String::from_utf8(output.stdout).unwrap(), format!("{PRINTED}\r\n"));
    let errors = String::from_utf8(output.stderr).unwrap();
    for part in ["line 1: ", "line 2: there is no header", "line 3: \"a;b\" cannot stand in a frame"] {
        assert!(errors.contains(part), "{part} in {errors}");
    }
}

#[test]
fn wrong_usage_and_missing_files_have_their_exit_codes() {
    let code = |args: &[&str]| lanbi().arg("hj212").args(args).output().unwrap().status.code();
    assert_eq!(code(&["decode", "--input", "/nonexistent/frames"]), Some(1));
    assert_eq!(code(&["decode"]), Some(2));
    assert_eq!(code(&["decode", "--input", "-", "--crc", "sum"]), Some(2));
    assert_eq!(code(&["decode", "--input", "-", "--key", "30"]), Some(2));
    assert_eq!(code(&["decode", "--input", "-", "--zone", "Mars"]), Some(2));
}

/// Facts that are not part of this repository; none (with a word) where the folder is absent.
fn vectors() -> Option<String> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/standards");
    let path = std::env::var_os("LANBI_SHARED_STANDARDS")
        .map_or_else(beside, PathBuf::from)
        .join("hj212-vectors.txt");
    if path.exists() {
        return Some(std::fs::read_to_string(path).unwrap());
    }
    // Written past the test runner, which keeps what a passing test prints to itself.
    let text = "SKIPPED: hj212-vectors.txt is not there; set LANBI_SHARED_STANDARDS to the folder it is in\n";
    std::io::stderr().write_all(text.as_bytes()).unwrap();
    None
}

#[test]
fn every_conforming_packet_comes_back_as_it_was() {
    let Some(text) = vectors() else { return };
    let packets: Vec<&str> = text
        .split("\n\n")
        .filter(|block| block.lines().any(|line| line.contains("] STD ") || line.contains("] DERIVED ")))
        .filter_map(|block| block.lines().find_map(|line| line.strip_prefix("pkt: ")))
        .filter(|packet| packet.as_bytes()[2..6].iter().all(u8::is_ascii_digit))
        .collect();
    assert!(packets.len() > 60, "{} packets", packets.len());
    let objects = decode(&packets.iter().map(|packet| format!("{packet}\r\n")).collect::<String>());
    assert_eq!(objects.len(), packets.len());
    assert!(objects.iter().all(|object| object["ok"] == true));
    let again = encode(&objects);
    for (packet, again) in packets.iter().zip(again.lines()) {
        let (data, sum) = packet.split_at(packet.len() - 4);
        assert_eq!(again, format!("{data}{}", sum.to_uppercase()));
    }
    // Field by field, the text beside the rows taken away: the same rows again, in a frame that follows the standard.
    let stripped: Vec<Value> = objects
        .iter()
        .cloned()
        .map(|mut object| {
            object.as_object_mut().unwrap().remove("segment");
            object
        })
        .collect();
    for (before, after) in stripped.iter().zip(decode(&encode(&stripped))) {
        for name in ["header", "data_time", "factors"] {
            assert_eq!(after[name], before[name], "{before}");
        }
    }
}
