//! `lanbi assess` as a script calls it: files, standard input, exit status.

use std::io::Write;
use std::process::{Command, Stdio};

/// Exit status, standard output and standard error.
fn lanbi(arguments: &str, input: &[u8]) -> (Option<i32>, String, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_lanbi"))
        .args(arguments.split_whitespace())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that refuses its options closes its input unread.
    let _ = child.stdin.take().unwrap().write_all(input);
    let done = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (done.status.code(), text(done.stdout), text(done.stderr))
}

const AIR: &str = "time,site,pm25,pm10,so2,no2,co,o3,o3_8h\n";

#[test]
fn both_sides_of_the_change_of_edition_come_out_of_one_run() {
    let rows = "2026-02-28,A,75,30,10,15,0.5,,60\n2026-03-01,A,75,30,10,15,x,,60\n";
    let (code, out, err) = lanbi("assess air --period day --input -", format!("{AIR}{rows}").as_bytes());
    assert_eq!(code, Some(0), "{err}");
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(lines[1], "2026-02-28,A,HJ633-2012,100,2,良,pm25,100,30,10,19,13,30,ok");
    assert_eq!(lines[2], "2026-03-01,A,HJ633-2026,114,3,轻度污染,pm25,114,30,10,19,,30,partial;invalid:co");
    assert_eq!(err.lines().filter(|line| line.contains("co `x`")).count(), 1, "{err}");
}

#[test]
fn the_exit_status_tells_a_bad_file_from_a_bad_option() {
    let check = |arguments: &str, input: &str, code: i32, says: &str| {
        let (got, out, err) = lanbi(arguments, input.as_bytes());
        assert_eq!(got, Some(code), "{arguments}: {err}");
        assert!(err.contains(says), "{arguments}: {err}");
        assert_eq!(out, "", "{arguments}");
    };
    check("assess air --period day --input no/such.csv", "", 1, "no/such.csv");
    check("assess air --period day --input -", "time,site\n", 1, "pm25");
    check("assess air --period day --input -", "time,site,mass\n", 1, "mass");
    check("assess air --input -", AIR, 2, "--period");
    check("assess air --period day --edition HJ633-1999 --input -", AIR, 2, "HJ633-1999");
    check("assess water --target 9 --input -", "time,section,body\n", 2, "9");
}
