//! `assess load`: intervals with flow and concentration to months.

use super::assess;

/// Result rows without the header, and the messages.
fn rows(options: &str, header: &str, given: &[&str]) -> (Vec<String>, String) {
    let input = format!("{header}\n{}\n", given.join("\n"));
    let (output, messages) = assess(&format!("load {options}"), input.as_bytes()).unwrap();
    let mut lines = output.lines();
    assert_eq!(lines.next(), Some("site,month,load_kg,flow_m3,flow_weighted_mg_l,coverage,status"));
    (lines.map(str::to_owned).collect(), messages)
}

const RATE: &str = "time,site,conc_mg_l,flow_m3s";
const VOLUME: &str = "time,site,conc_mg_l,flow_m3";

#[test]
fn loads_are_sums_over_what_was_measured() {
    let check = |options: &str, header: &str, given: &[&str], expected: &[&str]| {
        let (got, _) = rows(options, header, given);
        assert_eq!(got, expected, "{options} {given:?}");
    };
    // Water of the worked example; a tenth of the days of February 2026.
    let volumes =
        ["2026-02-01,A,28.5,410", "2026-02-02,A,31.2,395", "2026-02-03,A,26.0,430", "2026-02-04,A,35.4,380"];
    check("", VOLUME, &volumes, &["A,2026-02,48.641,1615,30.1182662539,0.142857142857,ok"]);
    // 86 400 s of a day.
    check(
        "",
        RATE,
        &["2026-02-27,A,2,0.5", "2026-02-28,A,2,0.5", "2026-03-01,A,2,0.5"],
        &["A,2026-02,172.8,86400,2,0.0714285714286,ok", "A,2026-03,86.4,43200,2,0.0322580645161,ok"],
    );
    // Nothing is filled, and months without any stand between the others.
    check(
        "",
        RATE,
        &["2026-01-30,A,2,0.5", "2026-01-31,A,,0.5", "2026-03-01,A,3,", "2026-03-02,A,3,1", "2026-05-01,A,,"],
        &[
            "A,2026-01,86.4,43200,2,0.0322580645161,ok",
            "A,2026-02,,,,0,missing",
            "A,2026-03,259.2,86400,3,0.0322580645161,ok",
            "A,2026-04,,,,0,missing",
            "A,2026-05,,,,0,missing",
        ],
    );
    // A dry interval is a measurement.
    check("", VOLUME, &["2026-02-01,A,5,0", "2026-02-02,A,5,0"], &["A,2026-02,0,0,,0.0714285714286,ok"]);
    // Months stand for themselves.
    check(
        "",
        VOLUME,
        &["2026-02,A,5,1000", "2026-03,A,,1000"],
        &["A,2026-02,5,1000,5,1,ok", "A,2026-03,,,,0,missing"],
    );
    check("", RATE, &["2026-02,A,5,1"], &["A,2026-02,12096,2419200,5,1,ok"]);
}

#[test]
fn an_interval_belongs_to_the_month_of_the_end_its_stamp_names() {
    let hours = ["2026-02-28T23:00,A,1,1", "2026-03-01T00:00,A,1,1", "2026-03-01T01:00,A,1,1"];
    let months = |options: &str| {
        let (got, _) = rows(options, RATE, &hours);
        got.iter().map(|row| row.split(',').take(3).collect::<Vec<_>>().join(",")).collect::<Vec<_>>()
    };
    assert_eq!(months(""), ["A,2026-02,7.2", "A,2026-03,3.6"]);
    assert_eq!(months("--label start"), ["A,2026-02,3.6", "A,2026-03,7.2"]);
    assert_eq!(months("--zone UTC"), ["A,2026-02,7.2", "A,2026-03,3.6"]);
}

#[test]
fn a_full_month_is_covered_and_a_gap_is_not() {
    let month = |left_out: usize| {
        let hours: Vec<String> = (0..28 * 24)
            .filter(|hour| hour % 7 != 3 || *hour / 7 >= left_out)
            .map(|hour| {
                let (day, hour) = (hour / 24 + 1, hour % 24);
                format!("2026-02-{day:02}T{hour:02}:00,A,2,0.5")
            })
            .collect();
        rows("--label start", RATE, &hours.iter().map(String::as_str).collect::<Vec<_>>()).0
    };
    assert_eq!(month(0), ["A,2026-02,2419.2,1209600,2,1,ok"]);
    assert_eq!(month(21), ["A,2026-02,2343.6,1171800,2,0.96875,ok"]);
}

#[test]
fn no_second_is_counted_twice() {
    let check = |options: &str, header: &str, given: &[&str], expected: &str| {
        let (got, messages) = rows(options, header, given);
        let got = got[0].strip_prefix("A,2026-03,").unwrap();
        assert_eq!(got, expected, "{options} {given:?}");
        messages
    };
    // A row more at half past.
    let hours = [
        "2026-03-02T01:00,A,1,1",
        "2026-03-02T02:00,A,1,1",
        "2026-03-02T02:30,A,9,1",
        "2026-03-02T03:00,A,1,1",
        "2026-03-02T04:00,A,1,1",
        "2026-03-02T05:00,A,1,1",
    ];
    check("", RATE, &hours, "32.4,18000,1.8,0.00672043010753,ok;irregular");
    // Quarters of an hour said to be hours: only the first has an hour before it.
    let quarters = ["2026-03-02T01:00,A,1,1", "2026-03-02T01:15,A,1,1", "2026-03-02T01:30,A,1,1"];
    check("--interval 3600", RATE, &quarters, "5.4,5400,1,0.00201612903226,ok;irregular");
    check("", RATE, &quarters, "2.7,2700,1,0.00100806451613,ok");
    let twice = ["2026-03-02T01:00,A,1,1", "2026-03-02T02:00,A,7,1", "2026-03-02T02:00,A,1,1"];
    let messages = check("", RATE, &twice, "7.2,7200,1,0.00268817204301,ok;duplicate:time");
    assert!(messages.contains("line 4: time `2026-03-02T02:00` stands twice for site `A`"), "{messages}");
    // Rows of other sites and in any order.
    let mixed = ["2026-03-02T02:00,A,1,1", "2026-03-02T01:30,B,1,1", "2026-03-02T01:00,A,1,1"];
    check("", RATE, &mixed, "7.2,7200,1,0.00268817204301,ok");
}

#[test]
fn a_single_row_needs_its_interval() {
    let (got, messages) = rows("", RATE, &["2026-03-02T02:00,A,1,1"]);
    assert_eq!(got, ["A,2026-03,,,,,missing;no-interval"]);
    assert!(messages.contains("give --interval"), "{messages}");
    let (got, _) = rows("", VOLUME, &["2026-03-02T02:00,A,5,1000"]);
    assert_eq!(got, ["A,2026-03,5,1000,5,,ok;no-interval"]);
    let (got, _) = rows("--interval 3600", RATE, &["2026-03-02T02:00,A,1,1"]);
    assert_eq!(got, ["A,2026-03,3.6,3600,1,0.00134408602151,ok"]);
}

#[test]
fn unusable_cells_count_as_missing_and_are_named_by_their_column() {
    let check = |options: &str, header: &str, row: &str, expected: &str| {
        let given = [&format!("2026-02-01,A,{row}"), "2026-02-02,A,,"];
        let (got, messages) = rows(options, header, &given);
        assert_eq!(got[0].strip_prefix("A,2026-02,").unwrap(), expected, "{row}");
        assert_eq!(messages.lines().count(), expected.matches("invalid:").count(), "{messages}");
    };
    let half = "0.0357142857143";
    check("", RATE, "<0.2,1", &format!("8.64,86400,0.1,{half},ok;censored:conc_mg_l"));
    check("", RATE, "0.2L,1", &format!("8.64,86400,0.1,{half},ok;censored:conc_mg_l"));
    check("", RATE, "-1,1", ",,,0,missing;invalid:conc_mg_l");
    check("", RATE, "1e6,1", ",,,0,missing;invalid:conc_mg_l");
    check("", RATE, "NaN,x", ",,,0,missing;invalid:conc_mg_l;invalid:flow_m3s");
    check("", RATE, "1,-1", ",,,0,missing;invalid:flow_m3s");
    check("", RATE, "1,7e28", ",,,0,missing;invalid:flow_m3s");
    check("", VOLUME, "1,7e28", ",,,0,missing;invalid:flow_m3");
    check("--backflow", RATE, "1,-1", &format!("-86.4,-86400,1,{half},ok"));
    let (got, messages) =
        rows("", RATE, &["yesterday,A,1,1", "2026-03-01,B,1,1", "2026-03,B,1,1", "2026-03-02,B,1,1"]);
    assert_eq!(
        got,
        ["A,,,,,0,missing;invalid:time", "B,2026-03,172.8,172800,1,0.0645161290323,ok;invalid:time"]
    );
    assert_eq!(messages.matches("the row is left out").count(), 2, "{messages}");
}

#[test]
fn wrong_headers_and_options_are_refused() {
    let check = |options: &str, header: &str, code: u8, says: &str| {
        let error = assess(&format!("load {options}"), header.as_bytes()).unwrap_err();
        assert_eq!(error.exit_code(), code, "{error}");
        assert!(error.to_string().contains(says), "{error}");
    };
    check("", "time,site,conc_mg_l,flow_m3s,flow_m3\n", 1, "keep one");
    check("", "time,site,conc_mg_l\n", 1, "flow_m3s or flow_m3");
    check("", "time,site,flow_m3\n", 1, "conc_mg_l");
    check("--interval 0", "", 2, "0");
    check("--edition GB3838-2002", "time,site,conc_mg_l,flow_m3\n", 2, "leave --edition out");
    assert_eq!(rows("", RATE, &[]).0, [""; 0]);
}
