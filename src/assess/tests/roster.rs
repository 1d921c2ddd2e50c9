//! `assess roster`: events to states.

use super::assess;

const HEADER: &str = "date,body,event,from,level,third_party,in_order,valid,satisfied,foul,document";

fn roster(options: &str, lines: &str) -> Result<(Vec<String>, String), String> {
    let input = format!("{HEADER}\n{lines}");
    let (output, messages) =
        assess(&format!("roster {options}"), input.as_bytes()).map_err(|error| error.to_string())?;
    assert_eq!(output.lines().next(), Some("body,state,since,lacking,grounds,status"));
    Ok((output.lines().skip(1).map(str::to_owned).collect(), messages))
}

/// A water from its listing to its improvement, and the months after it.
const TREATED: &str = "\
2025-01-31,甲沟,monitored,2025-01-10,heavy,1,,,,,普查报告
2025-03-01,甲沟,开工,,,,,,,,
2025-06-01,甲沟,works_done,,,,,,,,
2025-06-10,甲沟,inspected,,,,1,,,,
2025-06-20,甲沟,monitored,2025-06-05,none,1,,,,,
2025-07-01,甲沟,satisfaction,,,,,120,110,,问卷
2025-02-01,乙塘,recognition,,,,,100,,61,
2025-02-01,丙渠,recognition,,,,,100,,60,
";

#[test]
fn a_water_stands_where_its_events_have_brought_it() {
    let (rows, messages) = roster("--target 40", TREATED).unwrap();
    assert_eq!(
        rows,
        [
            "甲沟,improved,2025-07-01,clear_months+mechanism,works_done(2025-06-01)+inspected(2025-06-10)+\
             monitored(2025-06-05..2025-06-20 none)+satisfaction(2025-07-01 110/120),ok",
            "乙塘,listed,2025-02-01,works_started,recognition(2025-02-01 61/100),ok",
            "丙渠,unlisted,,,,ok",
        ]
    );
    assert!(
        messages.starts_with("completion on 2025-07-01: 1 of 2 listed waters, 50 %; target 40 %: reached\n"),
        "{messages}"
    );
    let (rows, messages) = roster("--on 2025-05-31 --target 40", TREATED).unwrap();
    assert_eq!(
        rows[0],
        "甲沟,in-treatment,2025-03-01,works_done+inspected+monitored+satisfaction,works_started(2025-03-01),ok;later:4"
    );
    assert!(
        messages.starts_with("completion on 2025-05-31: 0 of 2 listed waters, 0 %; target 40 %: missed\n")
    );
    let back = format!("{TREATED}2025-09-30,甲沟,监测,2025-09-01,轻度黑臭,,,,,,\n");
    let (rows, _) = roster("", &back).unwrap();
    assert_eq!(rows[0], "甲沟,relapsed,2025-09-30,works_started,monitored(2025-09-01..2025-09-30 light),ok");
    assert_eq!(roster("", "").unwrap(), (Vec::new(), String::new()));
    let (rows, messages) = roster("--on 2014-01-01", TREATED).unwrap();
    assert_eq!((rows[2].as_str(), messages.as_str()), ("丙渠,,,,,no-edition;later:1", ""));
}

#[test]
fn a_line_that_cannot_be_read_stops_the_command() {
    let check = |line: &str, words: &[&str]| {
        let error = roster("", &format!("{TREATED}{line}\n")).unwrap_err();
        for words in [&["line 10"], words].concat() {
            assert!(error.contains(words), "{error} should contain {words}");
        }
    };
    check("2025-13-01,甲沟,mechanism,,,,,,,,", &["date `2025-13-01` is no day"]);
    check("2025-07-02,,mechanism,,,,,,,,", &["names no body"]);
    check("2025-07-02,甲沟,opened,,,,,,,,", &["event `opened`", "works_done (完工)"]);
    check("2025-07-02,甲沟,monitored,,clean,1,,,,,", &["level `clean`", "none, light or heavy"]);
    check("2025-07-02,甲沟,monitored,2025-07-03,none,1,,,,,", &["ends before it begins"]);
    check("2025-07-02,甲沟,inspected,,,,yes,,,,", &["in_order `yes` is neither 1 nor 0"]);
    check("2025-07-02,甲沟,satisfaction,,,,,100,,,", &["satisfied `` is no number"]);
    check("2025-07-02,甲沟,satisfaction,,,,,100,101,,", &["more than valid"]);
    check("2025-07-02,甲沟,mechanism,,none,,,,,,", &["has no level", "leave that cell empty"]);
    let wrong = roster("--target 140", TREATED).unwrap_err();
    assert!(wrong.contains("share in percent"), "{wrong}");
}
