//! The contract of the command line, row by row.

mod allowance;
mod attainment;
mod black_odor;
mod black_odor_watch;
mod chiefs;
mod composite;
mod days;
mod hours;
mod load;
mod outlook;
mod rank;
mod rank_sum;
mod roster;
mod sections;
mod upstream;
mod warnings;
mod waters;

use clap::Parser;

use super::*;

#[derive(Debug, clap::Parser)]
struct Cli {
    #[command(flatten)]
    args: AssessArgs,
}

/// Result rows without the header, and the messages.
pub(super) fn assess(options: &str, input: &[u8]) -> Result<(String, String), AssessError> {
    let words = ["assess"].into_iter().chain(options.split_whitespace()).chain(["--input", "-"]);
    let args = Cli::try_parse_from(words).map_err(|e| AssessError::Usage(e.to_string()))?.args;
    let law = lanbi_config::standards::builtin().unwrap();
    let (mut output, mut messages) = (Vec::new(), Vec::new());
    run_on(&args, &law, input, &mut output, &mut messages)?;
    Ok((String::from_utf8(output).unwrap(), String::from_utf8(messages).unwrap()))
}

const AIR: &str = "time,site,pm25,pm10,so2,no2,co,o3,o3_8h";

/// Checks one air row: `edition,aqi,level,category,primary,six indices,status`.
fn air(options: &str, row: &str, expected: &str) {
    let (output, messages) = assess(&format!("air {options}"), format!("{AIR}\n{row}\n").as_bytes()).unwrap();
    let got = output.lines().nth(1).unwrap().splitn(3, ',').nth(2).unwrap();
    assert_eq!(got, expected, "{options}: {row}");
    assert_eq!(messages.lines().count(), expected.matches("invalid:").count(), "{row}: {messages}");
}

#[test]
fn days_go_by_the_edition_of_their_date() {
    let day = |row, expected| air("--period day", row, expected);
    day("2026-03-01,A,60,120,10,15,0.5,,60", "HJ633-2026,100,2,良,pm25+pm10,100,100,10,19,13,30,ok");
    day("2026-02-28,A,60,120,10,15,0.5,,60", "HJ633-2012,85,2,良,pm10,82,85,10,19,13,30,ok");
    day("2026-03-01T08:00,A,75,30,10,15,0.5,,60", "HJ633-2026,114,3,轻度污染,pm25,114,30,10,19,13,30,ok");
    day("2026-03-01T00:00,A,75,30,10,15,0.5,,60", "HJ633-2026,114,3,轻度污染,pm25,114,30,10,19,13,30,ok");
    day("2026-04-01,A,20,30,10,15,0.5,,60", "HJ633-2026,30,1,优,,29,30,10,19,13,30,ok");
    day("2026-04-01,A,0,0,0,0,0,,0", "HJ633-2026,0,1,优,,0,0,0,0,0,0,ok");
    day("2026-04-01,A,20,30,10,15,0.5,500,160", "HJ633-2026,100,2,良,o3,29,30,10,19,13,100,ok");
    day("2026-04-01,A,20,30,10,15,2.2,,60", "HJ633-2026,55,2,良,co,29,30,10,19,55,30,ok");
    day("2026-04-01,A,35.5,30,10,15,2.25,,60", "HJ633-2026,55,2,良,co,52,30,10,19,55,30,ok");
    day("2026-04-01,A,60.5,30,10,15,0.5,,60", "HJ633-2026,100,2,良,pm25,100,30,10,19,13,30,ok");
    day("2025-04-01,A,35.01,30,10,15,0.5,,60", "HJ633-2012,51,2,良,pm25,51,30,10,19,13,30,ok");
    day(
        "2026-04-01,A,501,700,2700,941,61,,801",
        "HJ633-2026,500,6,严重污染,pm25+pm10+so2+no2+co,500,500,500,500,500,300,ok",
    );
    day("2025-04-01,A,20,30,10,15,0.5,,801", "HJ633-2012,30,1,优,,29,30,10,19,13,,ok");
    day("1999-12-31,A,20,30,10,15,0.5,,60", ",,,,,,,,,,,missing;no-edition");
    air(
        "--period day --edition HJ633-2012",
        "2026-04-01,A,75,30,10,15,0.5,,60",
        "HJ633-2012,100,2,良,pm25,100,30,10,19,13,30,ok",
    );
    air(
        "--period day --edition HJ633-2026",
        "2020-04-01,A,75,30,10,15,0.5,,60",
        "HJ633-2026,114,3,轻度污染,pm25,114,30,10,19,13,30,ok",
    );
}

#[test]
fn hours_name_their_end_unless_told_otherwise() {
    let row = "2026-03-01T00:00,A,75,30,10,15,0.5,160,999";
    air("--period hour", row, "HJ633-2012,100,2,良,pm25,100,30,4,8,5,50,ok");
    air("--period hour --label start", row, "HJ633-2026,114,3,轻度污染,pm25,114,30,4,8,5,50,ok");
    air("--period hour --zone UTC", row, "HJ633-2012,100,2,良,pm25,100,30,4,8,5,50,ok");
    let hour = |row, expected| air("--period hour", row, expected);
    hour(
        "2026-03-01T01:00:00,A,20,30,801,15,65.4,160,",
        "HJ633-2026,218,5,重度污染,co,29,30,200,8,218,50,ok",
    );
    hour("2026-02-01T01:00,A,20,30,801,15,0.5,161,", "HJ633-2012,52,2,良,o3,29,30,,8,5,52,ok");
    hour("2026-04-01T01:00,A,,,801,,,,", "HJ633-2026,200,4,中度污染,so2,,,200,,,,partial");
    hour("2026-02-01T01:00,A,,,801,,,,", "HJ633-2012,,,,,,,,,,,missing");
}

#[test]
fn a_missing_item_is_published_or_not_as_the_edition_says() {
    let day = |row, expected| air("--period day", row, expected);
    day("2026-04-01,A,40,,,,,,", "HJ633-2026,,,,,60,,,,,,NA");
    day("2026-04-01,A,80,,,,,,", "HJ633-2026,119,3,轻度污染,pm25,119,,,,,,partial");
    day("2026-04-01,A,60,,,,,,", "HJ633-2026,,,,,100,,,,,,NA");
    day("2026-04-01,A,61,,,,,,", "HJ633-2026,101,3,轻度污染,pm25,101,,,,,,partial");
    day("2025-04-01,A,40,,,,,,", "HJ633-2012,57,2,良,pm25,57,,,,,,partial");
    day("2026-04-01,A,,,,,,,", "HJ633-2026,,,,,,,,,,,missing");
    day("2026-04-01,A,20,30,10,15,0.5,60,", "HJ633-2026,,,,,29,30,10,19,13,,NA");
}

#[test]
fn unusable_cells_count_as_missing_and_are_named() {
    let day = |row, expected| air("--period day", row, expected);
    day("2026-04-01,A,80,x,,,,,", "HJ633-2026,119,3,轻度污染,pm25,119,,,,,,partial;invalid:pm10");
    day("2026-04-01,A,40,-1,,,NaN,,", "HJ633-2026,,,,,60,,,,,,NA;invalid:pm10;invalid:co");
    day("2026-04-01,A,inf,,,,500,,", "HJ633-2026,,,,,,,,,,,missing;invalid:pm25;invalid:co");
    day(
        "2026-04-01,A,4e1,30,<6,15,0.4L,,6.0E1",
        "HJ633-2026,60,2,良,pm25,60,30,3,19,5,30,ok;censored:so2;censored:co",
    );
    day("2026-04-01,A,20,30,10,15,0.5,x,60", "HJ633-2026,30,1,优,,29,30,10,19,13,30,ok");
    day("2026-04,A,20,30,10,15,0.5,,60", ",,,,,,,,,,,missing;invalid:time");
    day("yesterday,A,20,30,10,15,0.5,,60", ",,,,,,,,,,,missing;invalid:time");
    air(
        "--period day --edition HJ633-2026",
        ",A,20,30,10,15,0.5,,60",
        "HJ633-2026,30,1,优,,29,30,10,19,13,30,ok;invalid:time",
    );
}

/// Checks one water row: `edition,class,worst,exceeding,status`.
fn water(options: &str, header: &str, row: &str, expected: &str) {
    let input = format!("time,section,body,{header}\n2026-03,X,{row}\n");
    let (output, messages) = assess(&format!("water {options}"), input.as_bytes()).unwrap();
    let got = output.lines().nth(1).unwrap();
    assert_eq!(got, format!("2026-03,X,GB3838-2002,{expected}"), "{options}: {row}");
    assert_eq!(messages.lines().count(), expected.matches("invalid:").count(), "{row}: {messages}");
}

#[test]
fn water_is_classed_by_its_worst_item() {
    let one = |header, row, expected| water("", header, row, expected);
    one("nh3n,tp,cod", "river,2.3,.32,24", "6,nh3n,nh3n/1.3+tp/0.6+cod/0.2,ok");
    one("do", "river,7.5", "1,do,,ok");
    one("do", "river,7.49", "2,do,,ok");
    one("do", "river,2", "5,do,do,ok");
    one("do", "river,1.99", "6,do,do,ok");
    one("ph", "river,6", "1,ph,,ok");
    one("ph", "river,9.01", "6,ph,ph,ok");
    one("ph,do,nh3n", "river,5.9,1,2.1", "6,ph+do+nh3n,nh3n/1.1+ph+do,ok");
    one("cod,bod5,hg", "river,15,3,0.00005", "1,cod+bod5+hg,,ok");
    one("cod", "river,15.01", "3,cod,,ok");
    one("cod", "river,40", "5,cod,cod/1.0,ok");
    one("tp", "river,0.2", "3,tp,,ok");
    one("tp", "lake,0.2", "5,tp,tp/3.0,ok");
    one("tn,temp", "lake,9.79,35", ",,,missing");
    one("tn,codmn", "lake,9.79,4", "2,codmn,,ok");
    one("nh3n", "river,1.04", "4,nh3n,nh3n/0.0,ok");
    one("nh3n", "river,1.15", "4,nh3n,nh3n/0.2,ok");
    one("nh3n", "river,1.25", "4,nh3n,nh3n/0.2,ok");
    one("nh3n", "river,<0.02", "1,nh3n,,ok;censored:nh3n");
    one("nh3n,do", "river,-1,8", "1,do,,ok;invalid:nh3n");
    one("nh3n", "pond,0.1", ",,,missing;invalid:body");
    one("nh3n", "river,", ",,,missing");
    one("nh3n,temp", "river,0.1,-0.5", "1,nh3n,,ok");
}

#[test]
fn targets_and_rounding_change_the_base_and_the_value() {
    water("--target 2", "nh3n,tp", "river,0.6,0.1", "3,nh3n,nh3n/0.2,ok");
    water("--target 5", "nh3n,tp", "river,2.0,0.41", "6,tp,tp/0.0,ok");
    water("--target 1", "do,cod", "river,7,16", "3,cod,cod/0.1+do,ok");
    water("", "ph", "river,9.4", "6,ph,ph,ok");
    water("--round", "ph", "river,9.4", "1,ph,,ok");
    water("--round", "nh3n", "river,1.005", "3,nh3n,,ok");
    water("--round", "hg", "river,0.000001", "1,hg,,ok");
    water("--round", "cu", "river,0.0104", "1,cu,,ok");
}

#[test]
fn files_may_look_different_and_say_the_same() {
    let expected =
        assess("air --period day", format!("{AIR}\n2026-04-01,A,40,30,10,15,0.5,,60\n").as_bytes()).unwrap();
    let check = |input: &str| {
        let got = assess("air --period day", input.as_bytes()).unwrap();
        assert_eq!(got, expected, "{input}");
    };
    check("\u{feff}time,site,pm25,pm10,so2,no2,co,o3_8h\r\n2026-04-01,A,40,30,10,15,0.5,60\r\n");
    check("o3_8h,co,no2,so2,pm10,pm25,site,time\n60,0.5,15,10,30,40,A,2026-04-01");
    check("time, site ,pm25,pm10,so2,no2,co,o3_8h\n\n 2026-04-01 ,\"A\",\" 40\",30,10,15,0.5, 60 \n  \n\n");
    let quoted =
        assess("air --period day", format!("{AIR}\n2026-04-01,\"A, \"\"B\"\"\",,,,,,,\n").as_bytes())
            .unwrap();
    assert!(quoted.0.contains("2026-04-01,\"A, \"\"B\"\"\",HJ633-2026"), "{}", quoted.0);
    let header_only = assess("air --period hour", AIR.as_bytes()).unwrap();
    assert_eq!(header_only.0.lines().count(), 1);
    assert_eq!(assess("air --period hour --output json", AIR.as_bytes()).unwrap().0, "");
}

#[test]
fn json_lines_carry_numbers_as_numbers() {
    let input = "time,section,body,nh3n\n2026-03-01,X,river,1.5\n2026-03-02,X,river,\n";
    let (output, _) = assess("water --output json", input.as_bytes()).unwrap();
    let lines: Vec<&str> = output.lines().collect();
    assert_eq!(
        lines[0],
        r#"{"time":"2026-03-01","section":"X","edition":"GB3838-2002","class":4,"worst":"nh3n","exceeding":"nh3n/0.5","status":"ok"}"#
    );
    assert!(lines[1].contains(r#""class":null"#), "{}", lines[1]);
}

#[test]
fn wrong_files_exit_1_and_wrong_options_exit_2() {
    let check = |options: &str, input: &[u8], code: u8, says: &str| {
        let error = assess(options, input).unwrap_err();
        assert_eq!(error.exit_code(), code, "{options}: {error}");
        assert!(error.to_string().contains(says), "{options}: {error}");
    };
    let good = format!("{AIR}\n");
    let good = good.as_bytes();
    check("air --period day", b"time,site,pm25,pm10,so2,no2,co,o3\n", 1, "o3_8h");
    check("air --period hour", b"time,site,pm25,pm10,so2,no2,co,o3_8h\n", 1, "lacks the column o3");
    check("air --period hour", b"time,site,pm25\n", 1, "pm10,so2,no2,co,o3");
    check("air --period hour", b"", 1, "time");
    check("air --period hour", format!("{AIR},nox\n").as_bytes(), 1, "`nox`");
    check("air --period hour", format!("{AIR},co\n").as_bytes(), 1, "`co` stands twice");
    check("air --period hour", format!("{AIR}\n2026-04-01T01:00,A,1\n").as_bytes(), 1, "line 2 has 3 cells");
    check(
        "air --period hour",
        format!("{AIR}\n2026-04-01T01:00,A,1,1,1,1,1,1,1,1\n").as_bytes(),
        1,
        "10 cells",
    );
    check("air --period hour", &[good, b"2026-04-01T01:00,\xd6\xd0,1,1,1,1,1,1,1\n"].concat(), 1, "UTF-8");
    check("air --period hour", b"\xff\xfet\0i\0m\0e\0", 1, "UTF-8");
    check("water", b"time,section\n", 1, "body");
    check("air", good, 2, "--period");
    check("air --period year", good, 2, "year");
    check("air --period day --edition HJ633-2031", good, 2, "HJ633-2031");
    check("air --period day --edition GB3838-2002", good, 2, "HJ633-2012, HJ633-2026");
    check("air --period day --zone Mars", good, 2, "Mars");
    check("air --period day --label middle", good, 2, "middle");
    check("air --period day --output xml", good, 2, "xml");
    check("water --target 6", b"time,section,body\n", 2, "6");
    check("water --target 0", b"time,section,body\n", 2, "0");
    let extra = format!("{AIR},nox\n2026-04-01,A,1,1,1,1,1,1,1,x\n");
    assert!(assess("air --period day --ignore-extra", extra.as_bytes()).is_ok());
}
