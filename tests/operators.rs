//! What an operator does by hand: review values, replay dead letters, back up and restore. Each command is the program
//! itself over a site's own store.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_precision_loss,
    clippy::cast_lossless,
    reason = "a test may stop at the first surprise"
)]

mod common;

use std::{path::Path, process::Command, time::Duration};

use common::{
    Mosquitto, Site, output,
    postgres::{Durability, Postgres},
    refusal, wait_until,
};
use lanbi_ingest::mqtt::{MqttSettings, Publisher};
use lanbi_model::{
    AveragingPeriod, DeadLetter, DeviceRecord, Flags, Parameter, Patrol, Problem, ProblemKind, ProblemState,
    ProblemStep, ProblemUrgency, RejectReason, Sample, SampleKey, StationId, Zone,
};
use lanbi_store::{Batch, DerivedBatch, Incoming, StaleCauses, Store};

const STATIONS: &str = r#"
[[station]]
id = "a1"
name = "一号站"
kind = "air"
period = "1h"
cadence = "1h"
parameters = ["pm25", "pm10", "o3"]
"#;

/// A second station, as a person would add it.
const SECOND: &str = r#"
[[station]]
id = "x9"
name = "九号站"
kind = "air"
period = "1h"
cadence = "1h"
parameters = ["pm25", "pm10"]
"#;

/// Nobody listens there.
const NOWHERE: &str = "mqtt://127.0.0.1:9";

fn value(local: &str, parameter: Parameter, value: &str, flags: Flags) -> Incoming {
    let zone = Zone::shanghai();
    let instant = zone.to_instant(local.parse().unwrap());
    Incoming {
        sample: Sample {
            key: SampleKey {
                station: StationId::new("a1"),
                parameter,
                period: AveragingPeriod::HOUR,
                instant,
            },
            value: value.parse().unwrap(),
            flags,
        },
        day: zone.day_of_end(instant),
        received_at: instant + chrono::TimeDelta::minutes(3),
    }
}

/// A day of two parameters, one value replaced by its source, and letters of two kinds.
async fn fill(store: &dyn Store) {
    let mut samples = Vec::new();
    for hour in 1..24 {
        let local = format!("2026-03-01T{hour:02}:00:00");
        let flags = if hour == 5 { Flags::FAULT } else { Flags::empty() };
        samples.push(value(&local, Parameter::Pm25, &format!("{}.5", 30 + hour), flags));
        samples.push(value(&local, Parameter::O3, "80", Flags::empty()));
    }
    samples.push(value("2026-03-02T00:00:00", Parameter::Pm25, "54.5", Flags::empty()));
    let letter = |raw: &[u8], raw_len: u64, reason| DeadLetter {
        received_at: "2026-03-01T02:00:00Z".parse().unwrap(),
        source: "lanbi/v1/a1".to_owned(),
        reason,
        detail: "看 it".to_owned(),
        rejected: 1,
        raw: raw.to_vec(),
        raw_len,
    };
    let dead_letters = vec![
        letter(b"\0\xff", 2, RejectReason::Malformed),
        letter("中".as_bytes(), 900, RejectReason::TooLarge),
    ];
    let record = |command: &str, part| DeviceRecord {
        station: StationId::new("a1"),
        command: command.to_owned(),
        instant: "2026-03-01T01:30:00.5Z".parse().unwrap(),
        received_at: "2026-03-01T01:31:00Z".parse().unwrap(),
        part,
        text: "i12001-Info=//开门\n\"一\"//".to_owned(),
    };
    let records = vec![record("3020", None), record("2021", Some((2, 2)))];
    store
        .commit(&Batch { samples, dead_letters, records, messages: 3, source: "mqtt".to_owned() })
        .await
        .unwrap();
    let again = vec![value("2026-03-01T02:00:00", Parameter::Pm25, "99", Flags::empty())];
    store
        .commit(&Batch { samples: again, messages: 1, source: "mqtt".to_owned(), ..Batch::default() })
        .await
        .unwrap();
    let ended = Zone::shanghai().to_instant("2026-03-01T09:00:00".parse().unwrap());
    let patrol = Patrol {
        id: "p1".to_owned(),
        chief: "c1".to_owned(),
        water: String::new(),
        started: ended,
        ended,
        length_m: Some("300.5".parse().unwrap()),
        source: "app".to_owned(),
        note: "一\n\"二\"".to_owned(),
    };
    let changed = Patrol { length_m: None, ..patrol.clone() };
    store.keep_patrols(&[patrol, changed], "a.csv", ended).await.unwrap();
    let found = ProblemStep {
        at: ended,
        state: ProblemState::Found,
        by: "河长".to_owned(),
        to: String::new(),
        note: String::new(),
    };
    let problem = Problem {
        id: "q1".to_owned(),
        chief: None,
        water: "示例河".to_owned(),
        place: "桥下".to_owned(),
        kind: ProblemKind::Silt,
        urgency: ProblemUrgency::Ordinary,
        supervised: false,
        source: String::new(),
        steps: vec![found],
    };
    let supervised = Problem { supervised: true, ..problem.clone() };
    store.keep_problems(&[problem, supervised], "b.csv", ended).await.unwrap();
}

async fn filled(stations: &str) -> Site {
    let site = Site::at(NOWHERE, stations, "");
    let store = site.store().await;
    fill(&*store).await;
    store.close().await;
    site
}

/// Cells of tab-separated lines, without the header.
fn cells(text: &str) -> Vec<Vec<&str>> {
    text.lines().skip(1).map(|line| line.split('\t').collect()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_set_invalid_is_restored_and_both_stay_readable() {
    let site = filled(STATIONS).await;
    let stretch = ["a1", "--parameter", "pm25", "--from", "2026-03-01T04:00", "--to", "2026-03-01T05:00"];
    let signed = ["--by", "王工", "--reason", "校准中"];
    let command = |verb: &str, more: &[&str]| {
        let args: Vec<&str> =
            ["review", verb].into_iter().chain(stretch).chain(more.iter().copied()).collect();
        site.lanbi(&args)
    };
    let shown = output(&mut command("show", &[]));
    assert_eq!(
        cells(&shown),
        [
            ["2026-03-01T04:00:00", "pm25", "1h", "34.5", "μg/m³", "yes", "", "0"],
            ["2026-03-01T05:00:00", "pm25", "1h", "35.5", "μg/m³", "no", "故障", "0"],
        ]
    );
    for (verb, at_four, at_five) in
        [("invalidate", "审核无效", "故障、审核无效"), ("restore", "审核有效", "故障、审核有效")]
    {
        let foreseen = output(command(verb, &signed).arg("--dry-run"));
        let done = output(&mut command(verb, &signed));
        assert_eq!(foreseen, done, "--dry-run shows what is done");
        let after: Vec<_> =
            cells(&done).iter().map(|c| (c[7].to_owned(), c[8].to_owned(), c[9].to_owned())).collect();
        let line = |value: &str, flags: &str| (value.to_owned(), flags.to_owned(), "changed".to_owned());
        assert_eq!(after, [line("34.5", at_four), line("35.5", at_five)]);
        let again = output(&mut command(verb, &signed));
        assert!(cells(&again).iter().all(|c| c[9] == "stands"), "{again}");
    }
    let corrected = output(command("correct", &signed).args(["--value", "40"]));
    assert!(cells(&corrected).iter().all(|c| c[7] == "40" && c[8] == "人工录入、审核有效"), "{corrected}");
    output(&mut command("restore", &signed));
    let history = output(command("show", &[]).arg("--history"));
    let of_four: Vec<Vec<&str>> =
        cells(&history).into_iter().filter(|c| c[0] == "2026-03-01T04:00:00").collect();
    let told: Vec<_> = of_four.iter().map(|c| (c[3], c[5], c[6], c[7], c[9], c[10], c[11])).collect();
    assert_eq!(
        told,
        [
            ("34.5", "yes", "", "0", "review", "王工", "校准中"),
            ("34.5", "no", "审核无效", "1", "review", "王工", "校准中"),
            ("34.5", "yes", "审核有效", "2", "review", "王工", "校准中"),
            ("40", "yes", "人工录入、审核有效", "3", "review", "王工", "校准中"),
            ("34.5", "yes", "审核有效", "4", "", "", ""),
        ]
    );
    // A whole day holds its 24 hours, the one that ends at midnight too.
    let day = ["review", "show", "a1", "--parameter", "all", "--from", "2026-03-01", "--to", "2026-03-01"];
    assert_eq!(cells(&output(&mut site.lanbi(&day))).len(), 24 + 23);
    assert_eq!(site.store().await.account().await.unwrap().reviewed, 8);
}

#[tokio::test(flavor = "multi_thread")]
async fn days_are_marked_to_be_checked_again() {
    let site = filled(STATIONS).await;
    let store = site.store().await;
    let settled = store.stale(10).await.unwrap();
    assert_eq!(settled.len(), 1);
    store.commit_derived(&DerivedBatch { settled, ..DerivedBatch::default() }).await.unwrap();
    let stretch = ["--from", "2026-02-01", "--to", "2026-03-01"];
    let recheck = |whose: &[&str]| {
        let args: Vec<&str> = ["review", "recheck"].iter().chain(whose).chain(&stretch).copied().collect();
        let done = site.lanbi(&args).output().unwrap();
        (done.status.code(), String::from_utf8(done.stderr).unwrap())
    };
    for whose in [&["--station", "a1"][..], &["--all"]] {
        let (code, said) = recheck(whose);
        assert_eq!(code, Some(0), "{said}");
        assert!(
            said.starts_with("1 station days marked; a running `lanbi run` derives them again"),
            "{said}"
        );
    }
    let marks = store.stale(10).await.unwrap();
    assert_eq!((marks.len(), marks[0].causes), (1, StaleCauses::RECHECKED));
    let (code, said) = recheck(&["--station", "b2"]);
    assert!(code == Some(1) && said.contains("mend the id"), "{said}");
    for whose in [&[][..], &["--all", "--station", "a1"]] {
        assert_eq!(recheck(whose).0, Some(2));
    }
    let backwards = ["review", "recheck", "--all", "--from", "2026-03-02", "--to", "2026-03-01"];
    assert!(refusal(&mut site.lanbi(&backwards)).contains("name the earlier day with --from"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_review_that_cannot_be_is_refused_with_its_remedy() {
    let site = filled(STATIONS).await;
    let refused = |args: &str, remedy: &str| {
        let args: Vec<&str> = args.split(' ').collect();
        let said = refusal(&mut site.lanbi(&args));
        assert!(said.contains(remedy), "{args:?} said {said}");
    };
    let day = "--from 2026-03-01 --to 2026-03-01";
    let signed = "--by w --reason r";
    refused(&format!("review show b2 --parameter all {day}"), "mend the id");
    refused(&format!("review invalidate a1 --parameter pm10 {day} {signed}"), "`lanbi review show` lists");
    refused(
        "review invalidate a1 --parameter pm25 --from 2026-03-02 --to 2026-03-01 --by w --reason r",
        "name the earlier stamp with --from",
    );
    refused(&format!("review correct a1 --parameter all {day} {signed} --value 5"), "name just one");
    refused(&format!("review correct a1 --parameter pm25 {day} {signed} --value -5"), "mend the value");
    refused(&format!("review correct a1 --parameter pm25 {day} {signed} --value 500000"), "mend the value");
    let mut blank = site.lanbi(&["review", "invalidate", "a1", "--parameter", "pm25", "--by", " "]);
    blank.args(day.split(' ')).args(["--reason", "r"]);
    assert!(refusal(&mut blank).contains("give a name"));
    let nameless =
        site.lanbi(&["review", "invalidate", "a1", "--parameter", "pm25"]).args(day.split(' ')).output();
    assert_eq!(nameless.unwrap().status.code(), Some(2));
    assert_eq!(site.store().await.account().await.unwrap().reviewed, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_decisions_is_taken_whole_or_not_at_all() {
    let site = filled(STATIONS).await;
    let file = site.dir.path().join("decisions.csv");
    let header = "station,parameter,period,time,decision,value,by,reason\n";
    let good = "a1,pm25,,2026-03-01T01:00,invalidate,,王工,\"校准,中\"\n\
                a1,pm25,1h,2026-03-01T02:00,correct,41.5,王工,读数\n\
                a1,o3,1h,2026-03-01T02:00,restore,,王工,核实\n";
    for (bad, line, remedy) in [
        ("a1,pm25,,2026-03-01T03:00,undo,,王工,x\n", 5, "write invalidate, restore or correct"),
        ("a1,pm25,,2026-03-01T01:00,restore,,王工,x\n", 5, "line 2 again; keep one"),
        ("a1,pm25,,2026-03-09T01:00,restore,,王工,x\n", 5, "`lanbi review show` lists"),
        ("a1,pm25,,2026-03-01,restore,,王工,x\n", 5, "write YYYY-MM-DDTHH:MM"),
        ("a1,pm25,,2026-03-01T03:00,restore,5,王工,x\n", 5, "leave it empty"),
        ("a1,pm25,,2026-03-01T03:00,restore,,王工,\n", 5, "--reason"),
        ("a1,pm25\n", 5, "the columns station,parameter"),
    ] {
        std::fs::write(&file, format!("{header}{good}{bad}")).unwrap();
        let said = refusal(site.lanbi(&["review", "import"]).arg(&file));
        assert!(
            said.contains(&format!("decisions.csv:{line}: ")) && said.contains(remedy),
            "{bad} said {said}"
        );
        assert!(said.contains("nothing was decided"), "{said}");
    }
    assert_eq!(site.store().await.account().await.unwrap().reviewed, 0);
    std::fs::write(&file, format!("\u{feff}{header}{good}")).unwrap();
    let done = output(site.lanbi(&["review", "import"]).arg(&file));
    assert_eq!(cells(&done).iter().filter(|c| c[9] == "changed").count(), 3, "{done}");
    assert_eq!(cells(&done)[1][7..9], ["41.5", "人工录入、审核有效"]);
    let again = output(site.lanbi(&["review", "import"]).arg(&file));
    assert!(cells(&again).iter().all(|c| c[9] == "stands"), "{again}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_is_stored_once_its_station_is_known() {
    let broker_dir = tempfile::tempdir().unwrap();
    let broker = Mosquitto::start(broker_dir.path());
    let site = Site::new(&broker, STATIONS, "");
    let running = site.run();
    let hour = (chrono::Utc::now() - chrono::TimeDelta::hours(1)).format("%Y-%m-%dT%H:00:00Z").to_string();
    let message = |station: &str, values: &str| {
        format!(r#"{{"station":"{station}","time":"{hour}","values":{{{values}}}}}"#).into_bytes()
    };
    let settings =
        MqttSettings { url: broker.url(), client_id: "operators-test".to_owned(), ..MqttSettings::default() };
    let publisher = Publisher::connect(&settings, 10, Duration::from_secs(10)).await.unwrap();
    for (topic, payload) in [
        ("lanbi/v1/x9", message("x9", r#""pm25":35,"pm10":60,"ozone":1"#)),
        ("lanbi/v1/a1", message("a1", r#""pm25":36"#)),
        ("lanbi/v1/y1", message("y1", r#""pm25":37"#)),
    ] {
        publisher.publish(topic, payload).await.unwrap();
    }
    publisher.finish().await.unwrap();
    let list = || output(&mut site.lanbi(&["dead-letters", "list", "--open"]));
    wait_until("the letters", Duration::from_secs(20), || cells(&list()).len() == 2);

    // The service takes the second station up by itself; its letters wait for a word.
    std::fs::write(site.dir.path().join("stations.toml"), format!("{STATIONS}{SECOND}")).unwrap();
    let replay = |more: &[&str]| {
        let args: Vec<&str> = ["dead-letters", "replay"].into_iter().chain(more.iter().copied()).collect();
        output(&mut site.lanbi(&args))
    };
    let foreseen = replay(&["--source", "lanbi/v1/x", "--dry-run"]);
    assert_eq!(cells(&foreseen).len(), 1, "{foreseen}");
    assert_eq!(cells(&foreseen)[0][1..5], ["2", "?", "1", "unknown-parameter"]);
    let store = site.store().await;
    let before = store.account().await.unwrap();
    assert_eq!((before.stored, before.rejected), (1, 4), "{before:?}");
    let done = replay(&["--all"]);
    let mut lines: Vec<_> = cells(&done).iter().map(|c| c[1..5].join(" ")).collect();
    lines.sort();
    assert_eq!(lines, ["0 0 1 unknown-station", "2 0 1 unknown-parameter"]);
    let account = store.account().await.unwrap();
    assert!(account.balances(), "{account:?}");
    assert_eq!((account.incoming, account.stored, account.rejected), (5, 3, 2), "{account:?}");
    assert_eq!(account.messages, 3, "the message is not counted again");
    let again = replay(&["--reason", "unknown-parameter"]);
    assert_eq!(cells(&again)[0][1..4], ["0", "0", "1"]);
    assert_eq!(store.account().await.unwrap(), account, "a second replay changes nothing");
    let shown = output(&mut site.lanbi(&[
        "review",
        "show",
        "x9",
        "--parameter",
        "all",
        "--from",
        "2026-01",
        "--to",
        "2099-12",
    ]));
    assert_eq!(cells(&shown).len(), 2, "{shown}");
    running.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn letters_are_told_of_kept_and_refused_with_their_remedy() {
    let site = filled(STATIONS).await;
    let done = output(&mut site.lanbi(&["dead-letters", "replay", "--reason", "too-large"]));
    assert_eq!(cells(&done)[0][1..5], ["0", "0", "1", "cut"]);
    assert!(done.contains("let the station send it again"), "{done}");
    let stock = output(&mut site.lanbi(&["dead-letters", "stock"]));
    for line in ["letters\t2", "open\t2", "bytes\t5", "keep_days\t730", "warning_days\t7"] {
        assert!(stock.lines().any(|l| l == line), "{line} is not in {stock}");
    }
    // The oldest letter is of March; with a bound of ten days it is overdue.
    let warned = output(site.lanbi(&["dead-letters", "stock"]).env("LANBI_DEAD_LETTERS__KEEP_DAYS", "10"));
    assert!(
        warned.contains("warning\tdead letters will be let go") && warned.contains("or raise"),
        "{warned}"
    );
    let file = site.dir.path().join("letters.ndjson");
    output(site.lanbi(&["dead-letters", "export", "--out"]).arg(&file));
    let text = std::fs::read_to_string(&file).unwrap();
    let lines: Vec<serde_json::Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0]["raw_base64"], "AP8=");
    assert_eq!((&lines[1]["raw_text"], &lines[1]["raw_len"]), (&"中".into(), &900.into()));
    let on_stdout =
        output(&mut site.lanbi(&["dead-letters", "export", "--out", "-", "--reason", "malformed"]));
    assert_eq!(on_stdout.lines().count(), 1);
    assert!(
        refusal(&mut site.lanbi(&["dead-letters", "replay", "--id", "77"])).contains("shows the numbers")
    );
    assert!(refusal(&mut site.lanbi(&["dead-letters", "replay", "--reason", "x"])).contains("shows them"));
    assert_eq!(site.lanbi(&["dead-letters", "replay"]).output().unwrap().status.code(), Some(2));
}

/// The site's settings with another file for the store.
fn with_store(site: &Site, file: &Path, args: &[&str]) -> Command {
    with_uri(site, &format!("sqlite:{}", file.display()), args)
}

fn with_uri(site: &Site, uri: &str, args: &[&str]) -> Command {
    let mut command = site.lanbi(args);
    command.env("LANBI_STORE__URI", uri);
    command
}

/// What is comparable between two stores: all but the size of the file.
fn status(command: &mut Command) -> serde_json::Value {
    let mut value: serde_json::Value = serde_json::from_str(&output(command)).unwrap();
    value.as_object_mut().unwrap().remove("bytes").unwrap();
    value
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_store_is_the_exported_one() {
    let site = filled(STATIONS).await;
    let at = |name: &str| site.dir.path().join(name);
    let signed = ["--by", "王工", "--reason", "校准\n\"中\""];
    output(
        site.lanbi(&["review", "correct", "a1", "--parameter", "pm25", "--value", "7", "--from"])
            .args(["2026-03-01T02:00", "--to", "2026-03-01T02:00"])
            .args(signed),
    );
    let backup = at("backup");
    output(site.lanbi(&["db", "export", "--out"]).arg(&backup));
    let new = at("new.sqlite");
    output(with_store(&site, &new, &["db", "restore"]).arg(&backup));

    let described = ["db", "status", "--output", "json"];
    let before = status(&mut site.lanbi(&described));
    assert_eq!(before["account"]["reviewed"], 1);
    assert_eq!((&before["values"], &before["balances"]), (&47.into(), &true.into()), "{before}");
    assert_eq!(status(&mut with_store(&site, &new, &described)), before);
    let flat = ["db", "export", "--flat", "--out", "-"];
    let values = output(&mut site.lanbi(&flat));
    assert_eq!(values.lines().next(), Some("\u{feff}station,name,parameter,unit,period,time,value,flags"));
    assert!(values.contains("\na1,一号站,pm25,μg/m³,1h,2026-03-01T05:00:00,35.5,故障\n"), "{values}");
    assert_eq!(output(&mut with_store(&site, &new, &flat)), values);
    let history =
        ["review", "show", "a1", "--parameter", "all", "--from", "2026-03", "--to", "2026-03", "--history"];
    let told = output(&mut site.lanbi(&history));
    assert_eq!(cells(&told).len(), 47 + 2);
    assert_eq!(output(&mut with_store(&site, &new, &history)), told);
    // Exported again, the copy gives the same files to the last byte.
    let copy = at("copy");
    output(with_store(&site, &new, &["db", "export", "--out"]).arg(&copy));
    for name in ["samples.csv.gz", "revisions.csv.gz", "dead_letters.ndjson.gz", "books.ndjson.gz"] {
        assert!(
            std::fs::read(backup.join(name)).unwrap() == std::fs::read(copy.join(name)).unwrap(),
            "{name}"
        );
    }
    let said = refusal(with_store(&site, &new, &["db", "restore"]).arg(&backup));
    assert!(said.contains("not empty") && said.contains("name an empty one in store.uri"), "{said}");
    let said = refusal(site.lanbi(&["db", "export", "--out"]).arg(&backup));
    assert!(said.contains("name another folder"), "{said}");
    let failed = at("failed");
    let said = refusal(site.lanbi(&["db", "export", "--station", "nobody", "--out"]).arg(&failed));
    assert!(said.contains("mend the id"), "{said}");
    assert!(!failed.exists() && !at("failed.part").exists(), "half a backup was left behind");
}

/// The files of two backups are the same to the last byte.
#[track_caller]
fn assert_same_files(one: &Path, other: &Path) {
    for name in ["samples.csv.gz", "revisions.csv.gz", "dead_letters.ndjson.gz", "books.ndjson.gz"] {
        assert!(std::fs::read(one.join(name)).unwrap() == std::fs::read(other.join(name)).unwrap(), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_is_the_way_from_one_backend_to_another_and_back() {
    let Some(server) = Postgres::start_with(true, Durability::None) else { return };
    server.create_database("bureau");
    let uri = server.uri("bureau");
    let site = filled(STATIONS).await;
    let at = |name: &str| site.dir.path().join(name);
    output(
        site.lanbi(&["review", "invalidate", "a1", "--parameter", "all", "--from", "2026-03-01T02:00"])
            .args(["--to", "2026-03-01T03:00", "--by", "王工", "--reason", "停电"]),
    );
    output(site.lanbi(&["db", "export", "--out"]).arg(at("first")));
    let said = refusal(&mut with_uri(&site, &uri, &["db", "status"]));
    assert!(said.contains("`lanbi db migrate`"), "{said}");
    output(with_uri(&site, &uri, &["db", "restore"]).arg(at("first")));
    let flat = ["db", "export", "--flat", "--out", "-"];
    assert_eq!(output(&mut with_uri(&site, &uri, &flat)), output(&mut site.lanbi(&flat)));
    output(with_uri(&site, &uri, &["db", "export", "--out"]).arg(at("second")));
    assert_same_files(&at("first"), &at("second"));
    let back = at("back.sqlite");
    output(with_store(&site, &back, &["db", "restore"]).arg(at("second")));
    output(with_store(&site, &back, &["db", "export", "--out"]).arg(at("third")));
    assert_same_files(&at("first"), &at("third"));

    let described = ["db", "status", "--output", "json"];
    let there = status(&mut with_uri(&site, &uri, &described));
    let here = status(&mut site.lanbi(&described));
    for key in ["account", "values", "newest", "stale_days", "dead_letters"] {
        assert_eq!(there[key], here[key], "{key}");
    }
    // The commands of an operator do the same there.
    let told =
        ["review", "show", "a1", "--parameter", "all", "--from", "2026-03", "--to", "2026-03", "--history"];
    assert_eq!(output(&mut with_uri(&site, &uri, &told)), output(&mut site.lanbi(&told)));
    let restore = ["review", "restore", "a1", "--parameter", "pm25", "--from", "2026-03-01T01:00"];
    let more = ["--to", "2026-03-01T05:00", "--by", "王工", "--reason", "核实"];
    let done = output(with_uri(&site, &uri, &restore).args(more));
    assert_eq!(done, output(site.lanbi(&restore).args(more)));
    assert_eq!(cells(&done).len(), 5);
    let replay = ["dead-letters", "replay", "--all"];
    assert_eq!(output(&mut with_uri(&site, &uri, &replay)), output(&mut site.lanbi(&replay)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_that_is_not_whole_or_was_changed_is_refused() {
    let site = filled(STATIONS).await;
    let at = |name: &str| site.dir.path().join(name);
    let backup = at("backup");
    output(site.lanbi(&["db", "export", "--out"]).arg(&backup));
    let new = at("new.sqlite");
    let restore = || refusal(with_store(&site, &new, &["db", "restore"]).arg(&backup));
    for name in ["samples.csv.gz", "books.ndjson.gz"] {
        let file = backup.join(name);
        let whole = std::fs::read(&file).unwrap();
        let mut bent = whole.clone();
        *bent.last_mut().unwrap() ^= 1;
        std::fs::write(&file, bent).unwrap();
        let said = restore();
        assert!(said.contains(name) && said.contains("take another copy of the backup"), "{said}");
        std::fs::remove_file(&file).unwrap();
        assert!(restore().contains("take the whole folder"));
        std::fs::write(&file, whole).unwrap();
    }
    assert!(!new.exists(), "a store was made for a backup that cannot be restored");
    let manifest = backup.join("manifest.json");
    let text = std::fs::read_to_string(&manifest).unwrap();
    std::fs::write(&manifest, text.replace("\"format\": 1", "\"format\": 2")).unwrap();
    assert!(restore().contains("install the lanbi that wrote it"));
    // A manifest that promises other counts is noticed when everything is in, and the store is not taken for whole.
    std::fs::write(&manifest, text.replace("\"samples\": 47", "\"samples\": 48")).unwrap();
    let said = restore();
    assert!(said.contains("differs from the backup: values 47, not 48"), "{said}");
    std::fs::write(&manifest, &text).unwrap();
    let said = restore();
    assert!(said.contains("has not ended") && said.contains("make an empty store"), "{said}");
    let said = refusal(&mut with_store(&site, &new, &["alarms", "list"]));
    assert!(said.contains("make an empty store"), "{said}");
    std::fs::remove_file(&new).unwrap();
    output(with_store(&site, &new, &["db", "restore"]).arg(&backup));

    let part = at("part");
    output(
        site.lanbi(&["db", "export", "--station", "a1", "--from", "2026-03-01T20:00", "--out"]).arg(&part),
    );
    let counted: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(part.join("manifest.json")).unwrap()).unwrap();
    assert_eq!((&counted["samples"], &counted["whole"]), (&9.into(), &false.into()));
    let said = refusal(with_store(&site, &at("other.sqlite"), &["db", "restore"]).arg(&part));
    assert!(said.contains("made without --from"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_migration_says_what_it_did() {
    let site = Site::at(NOWHERE, STATIONS, "");
    let said = refusal(&mut site.lanbi(&["db", "status"]));
    assert!(said.contains("`lanbi db migrate` or `lanbi run` makes one"), "{said}");
    assert!(output(&mut site.lanbi(&["db", "migrate"])).starts_with("an empty store was made"));
    let again = output(&mut site.lanbi(&["db", "migrate"]));
    assert!(again.contains("nothing to do"), "{again}");
    let status = output(&mut site.lanbi(&["db", "status"]));
    assert!(status.contains("layout\tone file\n") && status.contains("pending\t\n"), "{status}");
    let listed = output(&mut site.lanbi(&["alarms", "list", "--withdrawn"]));
    assert!(listed.trim_end().ends_with("\twithdrawn_at"), "{listed}");
}
