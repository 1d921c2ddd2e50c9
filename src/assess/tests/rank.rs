//! `assess rank`: the contract of its columns and words.

use super::assess;

/// Five districts of Tianjin, 2022-07.
const FIVE: &str = "district,index,pm25,pm25_change,good_days_ratio\n\
    西青,3.08,21,5.0,71.0\n东丽,3.19,19,-17.4,54.8\n和平,3.06,23,21.1,71.0\n河西,3.15,23,27.8,67.7\n南开,3.04,23,27.8,67.7\n";

/// Checks the rows that come out.
fn check(options: &str, input: &str, expected: &[&str]) {
    let (output, _) = assess(&format!("rank {options}"), input.as_bytes()).unwrap();
    let rows: Vec<&str> = output.lines().skip(1).collect();
    assert_eq!(rows, expected, "{options}");
}

#[test]
fn rows_keep_their_order_and_say_their_places() {
    check(
        "",
        FIVE,
        &[
            "西青,composite,3,3,3.08,,21,5.0,71.0,3,,,,,ok",
            "东丽,composite,5,5,3.19,,19,-17.4,54.8,5,,,,,ok",
            "和平,composite,2,2,3.06,,23,21.1,71.0,2,,,,,ok",
            "河西,composite,4,4,3.15,,23,27.8,67.7,4,,,,,ok",
            "南开,composite,1,1,3.04,,23,27.8,67.7,1,,,,,ok",
        ],
    );
    check(
        "--rule tianjin-2021",
        FIVE,
        &[
            "西青,tianjin-2021,1,1.6,3.08,,21,5.0,71.0,,,2,2,1,ok",
            "东丽,tianjin-2021,3,2.6,3.19,,19,-17.4,54.8,,,1,1,5,ok",
            "和平,tianjin-2021,2,2.2,3.06,,23,21.1,71.0,,,3,3,1,ok",
            "河西,tianjin-2021,4,3.3,3.15,,23,27.8,67.7,,,3,4,3,ok",
            "南开,tianjin-2021,4,3.3,3.04,,23,27.8,67.7,,,3,4,3,ok",
        ],
    );
}

#[test]
fn a_change_may_be_computed_from_last_year() {
    let input = "district,index,index_last\n甲,2.63,2.89\n乙,3.00,3.00\n丙,3.30,3.00\n丁,3.00,\n";
    check(
        "--rule change",
        input,
        &[
            "甲,change,1,1,2.63,-9.0,,,,,1,,,,ok",
            "乙,change,2,2,3.00,0.0,,,,,2,,,,ok",
            "丙,change,3,3,3.30,10.0,,,,,3,,,,ok",
            "丁,change,,,3.00,,,,,,,,,,missing:index_change",
        ],
    );
    let (output, _) = assess("rank --rule tianjin-2020", input.as_bytes()).unwrap();
    assert!(output.contains("甲,tianjin-2020,1,1,2.63,-9.0,,,,1,1,,,,ok"), "{output}");
    assert!(output.contains("乙,tianjin-2020,2,2,"), "{output}");
}

#[test]
fn unusable_figures_and_files_are_named() {
    let (output, messages) =
        assess("rank", "district,index,good_days_ratio\nA,x,101\nB,3,50\n".as_bytes()).unwrap();
    assert!(
        output.contains("A,composite,,,,,,,,,,,,,missing:index;invalid:index;invalid:good_days_ratio"),
        "{output}"
    );
    assert!(output.contains("B,composite,1,1,3,,,,50,1,,,,,ok"), "{output}");
    assert_eq!(messages.lines().count(), 2);
    let refused = |options: &str, input: &str, code: u8, says: &str| {
        let error = assess(&format!("rank {options}"), input.as_bytes()).unwrap_err();
        assert_eq!(error.exit_code(), code, "{options}: {error}");
        assert!(error.to_string().contains(says), "{options}: {error}");
    };
    refused("", "district,pm25\n", 1, "lacks the column index");
    refused("--rule change", "district,index\n", 1, "index_change (or index and index_last)");
    refused("--rule change", "district,index,index_change,index_last\n", 1, "both");
    refused("", "district,index\nA,1\nA,2\n", 1, "line 3: district `A` stands twice");
    refused("--rule tianjin", FIVE, 2, "tianjin-2021");
}
