//! Patrols and problems of river chiefs as people hand them in: files in, lists out, refused rows back. Each command is the
//! program itself over a site's own store.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

mod common;

use std::{
    io::Write as _,
    path::PathBuf,
    process::{Command, Stdio},
};

use common::{Site, output, refusal};

const STATIONS: &str = r#"
[[chief]]
id = "c1"
name = "示例街镇河长"
level = "town"
waters = ["东河", "西河"]

[[chief]]
id = "c2"
name = "示例村河长"
level = "village"
waters = ["沟渠"]
patrol_min_minutes = 30
"#;

async fn site(more: &str) -> Site {
    let site = Site::at("mqtt://127.0.0.1:9", STATIONS, more);
    site.store().await.close().await;
    site
}

fn file(site: &Site, name: &str, text: &str) -> PathBuf {
    let path = site.dir.path().join(name);
    std::fs::write(&path, text).unwrap();
    path
}

/// The cells of tab-separated lines.
fn cells(text: &str) -> Vec<Vec<&str>> {
    text.lines().map(|line| line.split('\t').collect()).collect()
}

/// The column of a list by its header.
fn column<'a>(text: &'a str, name: &str) -> Vec<&'a str> {
    let lines = cells(text);
    let place = lines[0].iter().position(|title| *title == name).expect(name);
    lines[1..].iter().map(|line| line[place]).collect()
}

/// What an import said of its rows: read, new, changed, repeated, refused.
fn tally(command: &mut Command) -> (String, Vec<u64>) {
    let said = command.output().unwrap();
    let out = String::from_utf8(said.stdout).unwrap();
    let counts: Vec<u64> = cells(&out)[1].iter().map(|count| count.parse().unwrap()).collect();
    assert_eq!(counts[0], counts[1..].iter().sum::<u64>(), "{out}");
    let words = String::from_utf8(said.stderr).unwrap();
    assert_eq!(said.status.code(), Some(i32::from(counts[4] > 0)), "{words}");
    (words, counts)
}

fn import(site: &Site, what: &str, file: &PathBuf) -> (String, Vec<u64>) {
    tally(site.lanbi(&[what, "import"]).arg(file))
}

const PATROLS: &str = "编号,河长,河湖,开始时间,结束时间,里程,来源,备注\n\
    p1,示例街镇河长,东河,2026-03-01 08:00,2026-03-01 09:00,1250.5,巡河APP,\"一,二\"\n\
    p2,c2,,2026-03-02T08:00,2026-03-02T08:29:59,,纸质,\n";

#[tokio::test(flavor = "multi_thread")]
async fn patrols_come_in_once_and_say_whether_they_count() {
    let site = site("[river_chief]\ntown_min_length_m = 1000\n").await;
    let first = file(&site, "first.csv", PATROLS);
    assert_eq!(import(&site, "patrols", &first).1, [2, 2, 0, 0, 0]);
    assert_eq!(import(&site, "patrols", &first).1, [2, 0, 0, 2, 0]);
    let listed = output(&mut site.lanbi(&["patrols", "list"]));
    assert_eq!(column(&listed, "id"), ["p1", "p2"]);
    assert_eq!(column(&listed, "name"), ["示例街镇河长", "示例村河长"]);
    assert_eq!(column(&listed, "ended"), ["2026-03-01T09:00:00+08:00", "2026-03-02T08:29:59+08:00"]);
    assert_eq!(column(&listed, "counts"), ["yes", "no"]);
    assert_eq!(column(&listed, "remark"), ["", "时长29分钟，不足30分钟"]);
    // The same patrol with other metres, as JSON with the offset of another zone.
    let json = "{\"id\":\"p1\",\"chief\":\"c1\",\"water\":\"东河\",\"started\":\"2026-03-01T00:00:00Z\",\
                \"ended\":\"2026-03-01T09:00:00+08:00\",\"length_m\":999.5,\"source\":\"巡河APP\",\"note\":\"一,二\"}";
    let second = file(&site, "second.json", json);
    assert_eq!(import(&site, "patrols", &second).1, [1, 0, 1, 0, 0]);
    let shown = output(&mut site.lanbi(&["patrols", "show", "p1"]));
    assert_eq!(column(&shown, "length_m"), ["1250.5", "999.5"]);
    assert_eq!(column(&shown, "replaced_by"), ["second.json", ""]);
    assert_eq!(column(&shown, "counts"), ["yes", "no"]);
    let list = |args: &[&str]| {
        let text = output(site.lanbi(&["patrols", "list"]).args(args));
        column(&text, "id").join(" ")
    };
    assert_eq!(list(&["--chief", "示例村河长"]), "p2");
    assert_eq!(list(&["--from", "2026-03-02"]), "p2");
    assert_eq!(list(&["--to", "2026-03-01"]), "p1");
    assert_eq!(list(&["--from", "2026-03-01T09:00", "--to", "2026-03-01T09:00"]), "p1");
    assert_eq!(list(&["--from", "2026-04", "--to", "2026-04"]), "");
    assert!(
        refusal(&mut site.lanbi(&["patrols", "show", "p9"])).contains("`lanbi patrols list` shows the ids")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_row_is_refused_with_its_remedy_and_the_others_go_in() {
    let site = site("").await;
    let header = "id,chief,water,started,ended,length_m\n";
    let good = "ok,c1,,2026-03-01T08:00,2026-03-01T09:00,\n";
    for (name, (bad, remedy)) in (0..).zip([
        ("x,c9,,2026-03-01T08:00,2026-03-01T09:00,", "add the chief"),
        ("x,c1,沟渠,2026-03-01T08:00,2026-03-01T09:00,", "who has 东河, 西河"),
        ("x,c1,,2026-03-01T09:00,2026-03-01T08:59,", "lies before started"),
        ("x,c1,,2026-03-01T09:00,2999-03-01T10:00,", "lies in the future"),
        ("x,c1,,1026-03-01T09:00,2026-03-01T10:00,", "lies before ingest.earliest_day"),
        ("x,c1,,2026-03-01,2026-03-01T10:00,", "write YYYY-MM-DDTHH:MM"),
        ("x,c1,,2026-03-01T09:00,2026-03-01T10:00,2km", "write one such as 1250"),
        (",c1,,2026-03-01T09:00,2026-03-01T10:00,", "give each record its own"),
        ("x,c1", "2 cells, the header has 6"),
    ]) {
        let csv = file(&site, "bad.csv", &format!("{header}{bad}\n{good}"));
        let rejects = site.dir.path().join(format!("rejects-{name}.csv"));
        let (said, counts) = tally(site.lanbi(&["patrols", "import", "--rejects"]).arg(&rejects).arg(&csv));
        assert!(said.contains("bad.csv:2: ") && said.contains(remedy), "{bad} said {said}");
        assert_eq!((counts[0], counts[4]), (2, 1), "{bad}");
        assert!(std::fs::read_to_string(&rejects).unwrap().contains(remedy), "{bad}");
        // Refused again where nobody has mended it.
        assert_eq!(import(&site, "patrols", &rejects).1, [1, 0, 0, 0, 1], "{bad}");
    }
    assert_eq!(column(&output(&mut site.lanbi(&["patrols", "list"])), "id"), ["ok"]);
    let taken = file(&site, "taken.csv", "");
    let bad =
        file(&site, "bad.csv", &format!("{header}x,c9,,,,\nnew,c1,,2026-03-01T08:00,2026-03-01T09:00,\n"));
    let said = refusal(site.lanbi(&["patrols", "import", "--rejects"]).arg(&taken).arg(&bad));
    assert!(said.contains("name a new file"), "{said}");
    assert_eq!(column(&output(&mut site.lanbi(&["patrols", "list"])), "id"), ["ok"], "nothing was kept");
    for (text, remedy) in [
        ("id,chief\n", "lacks the columns started"),
        ("id,chief,started,ended,colour\n", "unknown column `colour`"),
        ("[{]", "no JSON array"),
    ] {
        let said = refusal(site.lanbi(&["patrols", "import"]).arg(file(&site, "whole.csv", text)));
        assert!(said.contains(remedy), "{text} said {said}");
    }
    let gbk = site.dir.path().join("gbk.csv");
    std::fs::write(&gbk, b"id,chief,started,ended\n1,\xba\xd3\xb3\xa4,,\n").unwrap();
    let said = refusal(site.lanbi(&["patrols", "import"]).arg(&gbk));
    assert!(said.contains("gbk.csv:2 is not UTF-8; save the file as `CSV UTF-8`"), "{said}");
    let mut missing = site.lanbi(&["patrols", "import", "/nowhere/x.csv"]);
    assert!(refusal(&mut missing).contains("check the path"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_refused_rows_is_mended_and_imported() {
    let site = site("").await;
    let csv = file(
        &site,
        "a.csv",
        "id,kind,state,at,by,note\nq1,淤积,发现,2026-03-01T08:00,甲,\"一,\n二\"\nq1,,销号,2026-03-03T08:00,甲,\n",
    );
    let rejects = site.dir.path().join("rejects.csv");
    let (said, counts) = tally(site.lanbi(&["problems", "import", "--rejects"]).arg(&rejects).arg(&csv));
    assert_eq!(counts, [2, 1, 0, 0, 1], "{said}");
    assert!(said.contains("a.csv:4: `closed` cannot follow `found`"), "{said}");
    let mended = std::fs::read_to_string(&rejects).unwrap().replace("销号", "交办");
    std::fs::write(&rejects, mended).unwrap();
    assert_eq!(import(&site, "problems", &rejects).1, [1, 1, 0, 0, 0]);
}

const PROBLEMS: &str = "编号,河长,河湖,位置,类型,紧急程度,督办,来源,环节,时间,经办人,承办单位,备注\n\
    q1,c1,东河,桥下游200米,岸线垃圾,即办,否,巡河,发现,2026-03-01 08:00,甲,,\n\
    q1,,,,,,,,上报,2026-03-01 08:00,甲,街镇河长办,\n\
    q1,,,,,,,,处置,2026-03-02 10:00,保洁公司,,已清理\n\
    q1,,,,,,,,交办,2026-03-01 09:00,街镇河长办,保洁公司,\n\
    q2,,,村口,晴天排污,,是,热线,reported,2026-03-05 08:00,乙,街镇河长办,\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_problem_goes_its_way_from_found_to_closed() {
    let site = site("").await;
    let csv = file(&site, "problems.csv", PROBLEMS);
    assert_eq!(import(&site, "problems", &csv).1, [5, 5, 0, 0, 0]);
    assert_eq!(import(&site, "problems", &csv).1, [5, 0, 0, 5, 0]);
    let listed = output(&mut site.lanbi(&["problems", "list", "--open"]));
    assert_eq!(column(&listed, "id"), ["q1", "q2"]);
    assert_eq!(column(&listed, "state"), ["handled", "reported"]);
    assert_eq!(column(&listed, "held_by"), ["保洁公司", "街镇河长办"]);
    assert_eq!(column(&listed, "deadline"), ["2026-03-02T09:00:00+08:00", ""]);
    assert_eq!(column(&listed, "overdue"), ["yes", "no"]);
    assert_eq!(column(&listed, "supervised"), ["no", "yes"]);
    assert_eq!(column(&listed, "urgency"), ["immediate", "ordinary"]);
    let overdue = output(&mut site.lanbi(&["problems", "list", "--overdue"]));
    assert_eq!(column(&overdue, "id"), ["q1"]);
    let step = |args: &str| {
        let args: Vec<&str> = args.split(' ').collect();
        let mut command = site.lanbi(&["problems", "step"]);
        command.args(args);
        command
    };
    for (args, remedy) in [
        ("q9 --state found --by 甲", "`lanbi problems list` shows the ids"),
        (
            "q1 --state closed --by 甲",
            "`closed` cannot follow `handled`; what may follow is reviewed, returned",
        ),
        ("q1 --state 复核 --by 甲 --at 2999-01-01T00:00", "lies in the future"),
        ("q1 --state handled --by 甲 --at 2026-03-01T08:30:00+08:00 --to 村", "the steps kept later"),
    ] {
        let said = refusal(&mut step(args));
        assert!(said.contains(remedy), "{args} said {said}");
    }
    assert_eq!(step("q1 --state gone --by 甲").output().unwrap().status.code(), Some(2));
    let returned = output(&mut step("q1 --state 退回 --by 街镇河长办 --note 未清净 --at 2026-03-02T15:00"));
    assert_eq!(column(&returned, "held_by"), ["保洁公司"]);
    output(&mut step("q1 --state handled --by 保洁公司 --at 2026-03-03T15:00"));
    output(&mut step("q1 --state reviewed --by 街镇河长办 --at 2026-03-03T16:00"));
    let closed = output(&mut step("q1 --state closed --by 街镇河长办"));
    assert_eq!(column(&closed, "state"), ["closed"]);
    assert_eq!(column(&output(&mut site.lanbi(&["problems", "list", "--open"])), "id"), ["q2"]);
    let shown = output(&mut site.lanbi(&["problems", "show", "q1"]));
    for line in [
        "kind\tbank-rubbish 岸线垃圾",
        "state\tclosed 销号",
        "held_by\t",
        "overdue\tyes",
        "2026-03-02T15:00:00+08:00\treturned\t街镇河长办\t\t未清净\tyes",
    ] {
        assert!(shown.lines().any(|found| found == line), "{line} in {shown}");
    }
    // A change of the content leaves the steps and the earlier content; a known step keeps its words.
    let change = "[{\"id\":\"q1\",\"kind\":\"silt\",\"steps\":[{\"state\":\"处置\",\"at\":\"2026-03-02 10:00\",\
                  \"by\":\"保洁公司\",\"note\":\"另一说法\"}]}]";
    let (said, counts) = import(&site, "problems", &file(&site, "change.json", change));
    assert_eq!(counts, [1, 0, 1, 0, 0], "{said}");
    assert!(
        said.contains("change.json, object 1: the step is kept already with another `to` or note"),
        "{said}"
    );
    let shown = output(&mut site.lanbi(&["problems", "show", "q1"]));
    assert!(shown.contains("kind\tsilt 淤积") && shown.contains("已清理"), "{shown}");
    assert!(shown.contains("bank-rubbish 岸线垃圾") && shown.contains("change.json"), "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn steps_in_any_order_of_files_leave_the_same_problem() {
    let lines: Vec<&str> = PROBLEMS.lines().collect();
    let show = async |order: &[usize]| {
        let site = site("").await;
        for row in order {
            let csv = file(&site, "piece.csv", &format!("{}\n{}\n", lines[0], lines[*row]));
            assert_eq!(import(&site, "problems", &csv).1, [1, 1, 0, 0, 0], "{order:?}");
        }
        output(&mut site.lanbi(&["problems", "show", "q1"]))
    };
    let expected = show(&[1, 2, 4, 3]).await;
    assert!(expected.contains("state\thandled 处置"), "{expected}");
    for order in [[1, 3, 4, 2], [1, 4, 3, 2], [1, 3, 2, 4]] {
        assert_eq!(show(&order).await, expected, "{order:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_come_from_standard_input_too() {
    let site = site("").await;
    let mut child = site
        .lanbi(&["problems", "import", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(PROBLEMS.as_bytes()).unwrap();
    let said = child.wait_with_output().unwrap();
    assert!(said.status.success());
    assert_eq!(cells(&String::from_utf8(said.stdout).unwrap())[1], ["5", "5", "0", "0", "0"]);
}
