//! Files straight into the store, as an operator imports them: once, again, changed, after a kill, and first to look.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

mod common;

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use common::{
    Site, output,
    postgres::{Durability, Postgres},
    refusal,
};
use lanbi_model::{AveragingPeriod, Parameter, RejectReason, Sample, SampleKey, StationId};
use lanbi_store::{ArchivePart, DeadLetterFilter, SampleQuery, Store, StoredDeadLetter};
use serde_json::Value;

const NOWHERE: &str = "mqtt://127.0.0.1:1";

const STATIONS: &str = r#"
[[station]]
id = "一号站"
name = "一号站"
kind = "air"
period = "1h"
cadence = "1h"
parameters = ["pm25", "pm10", "so2", "no2", "co", "o3"]

[[station]]
id = "二号站"
name = "二号站"
kind = "air"
period = "1h"
cadence = "1h"
parameters = ["pm25", "pm10", "so2", "no2", "co", "o3"]
"#;

const HEADER: &str =
    "序号,点位名称,监测时间,PM2.5(μg/m³),PM10(μg/m³),SO2(μg/m³),NO2(μg/m³),CO(mg/m³),O3(μg/m³),AQI\n";

/// Three good rows, of which one has a cell that is no number, one of an unknown station and two that are none.
const ROWS: &str = "1,一号站,2026-10-05 08:00,35,60,5,30,0.6,80,49
2,二号站,2026-10-05 08:00,36,61,—,31,0.7,81,50
3,三号站,2026-10-05 08:00,37,62,6,32,0.8,82,51
4,一号站,昨天,38,63,7,33,0.9,83,52
5,一号站,2026-10-05 09:00,39,64
6,一号站,2026-10-05 09:00,坏,65,8,34,1.0,84,53
";

fn site() -> Site {
    Site::at(NOWHERE, STATIONS, "[ingest]\nbatch_values = 50\n")
}

fn file(site: &Site, name: &str, bytes: &[u8]) -> PathBuf {
    let path = site.dir.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

fn command(site: &Site, files: &[&Path], more: &[&str]) -> Command {
    let mut command = site.lanbi(&["import", "--mapping", "air-workbook-hourly", "--output", "json"]);
    command.args(files).args(more);
    command
}

/// What an import says of its files.
fn import(site: &Site, files: &[&Path], more: &[&str]) -> Vec<Value> {
    let said: Value = serde_json::from_str(&output(&mut command(site, files, more))).unwrap();
    said["files"].as_array().unwrap().clone()
}

/// State and counts of a file: new, revised, repeated, rejected.
fn counts(report: &Value) -> (String, [u64; 4]) {
    let count = |key: &str| report[key].as_u64().unwrap();
    let state = report["state"].as_str().unwrap().to_owned();
    (state, ["new", "revised", "repeated", "rejected"].map(count))
}

async fn values(store: &dyn Store, station: &str) -> Vec<Sample> {
    let query = SampleQuery {
        station: StationId::new(station),
        parameters: Vec::new(),
        period: None,
        after: "2000-01-01T00:00:00Z".parse().unwrap(),
        until: "2100-01-01T00:00:00Z".parse().unwrap(),
    };
    store.samples(&query).await.unwrap()
}

async fn letters(store: &dyn Store) -> Vec<StoredDeadLetter> {
    let mut letters = store.dead_letters(&DeadLetterFilter::default()).await.unwrap();
    letters.sort_by(|a, b| a.letter.source.len().cmp(&b.letter.source.len()).then(a.id.cmp(&b.id)));
    letters
}

fn sources(letters: &[StoredDeadLetter]) -> Vec<(&str, RejectReason, u32)> {
    letters.iter().map(|s| (s.letter.source.as_str(), s.letter.reason, s.letter.rejected)).collect()
}

#[tokio::test]
async fn a_file_is_taken_once_and_what_cannot_be_stored_is_kept_with_its_line() {
    let site = site();
    let csv = file(&site, "october.csv", (HEADER.to_owned() + ROWS).as_bytes());
    let report = &import(&site, &[&csv], &[])[0];
    assert_eq!(counts(report), ("imported".to_owned(), [16, 0, 0, 9]), "{report}");
    assert_eq!(report["rows"], 6);

    let store = site.store().await;
    let account = store.account().await.unwrap();
    assert_eq!((account.incoming, account.stored, account.rejected, account.messages), (25, 16, 9, 0));
    let first = values(&*store, "一号站").await;
    assert_eq!(first.len(), 11);
    assert_eq!(first[0].key.instant, "2026-10-05T00:00:00Z".parse::<lanbi_model::Instant>().unwrap());
    let kept = letters(&*store).await;
    assert_eq!(
        sources(&kept),
        [
            ("import october.csv:4", RejectReason::UnknownStation, 6),
            ("import october.csv:5", RejectReason::BadTime, 1),
            ("import october.csv:6", RejectReason::Malformed, 1),
            ("import october.csv:7", RejectReason::NotFinite, 1),
        ]
    );
    let raw = String::from_utf8(kept[1].letter.raw.clone()).unwrap();
    assert_eq!(raw, "4,一号站,昨天,38,63,7,33,0.9,83,52");

    // The same file is in, under whatever name.
    let copy = file(&site, "copy.csv", (HEADER.to_owned() + ROWS).as_bytes());
    let reports = import(&site, &[&csv, &copy], &[]);
    for report in &reports {
        assert_eq!(counts(report), ("already-in".to_owned(), [16, 0, 0, 9]));
    }
    assert_eq!(store.account().await.unwrap(), account);

    // Read again, its values are repeats and its bad rows make no second letters.
    let report = &import(&site, &[&csv], &["--again"])[0];
    assert_eq!(counts(report), ("imported".to_owned(), [0, 0, 16, 9]));
    let again = store.account().await.unwrap();
    assert_eq!((again.stored, again.repeated, again.rejected), (16, 16, 9));
    assert!(again.balances());
    assert_eq!(letters(&*store).await, kept);

    // A station that is added later gets its row from the dead letters.
    let more = STATIONS.replace("二号站", "三号站");
    std::fs::write(
        site.dir.path().join("stations.toml"),
        STATIONS.to_owned() + more.split("\n\n").last().unwrap(),
    )
    .unwrap();
    output(&mut site.lanbi(&["dead-letters", "replay", "--source", "import october.csv:4"]));
    assert_eq!(values(&*store, "三号站").await.len(), 6);
    assert!(store.account().await.unwrap().balances());
    // A line that no mapping could read is no message, and keeps its reason.
    let told = output(&mut site.lanbi(&["dead-letters", "replay", "--source", "import october.csv:5"]));
    assert!(told.contains("import it again"), "{told}");
    let after = letters(&*store).await;
    assert!(sources(&after).contains(&("import october.csv:5", RejectReason::BadTime, 1)), "{after:?}");
}

#[tokio::test]
async fn a_changed_file_brings_what_has_changed_as_revisions() {
    let site = site();
    let before = file(&site, "october.csv", (HEADER.to_owned() + ROWS).as_bytes());
    import(&site, &[&before], &[]);
    let changed = ROWS.replace("08:00,35,60", "08:00,45,60").replace("坏", "40");
    let after = file(&site, "october.csv", (HEADER.to_owned() + &changed).as_bytes());
    let foreseen = &import(&site, &[&after], &["--dry-run"])[0];
    assert_eq!(counts(foreseen), ("dry-run".to_owned(), [1, 1, 15, 8]));
    let report = &import(&site, &[&after], &[])[0];
    assert_eq!(counts(report), ("imported".to_owned(), [1, 1, 15, 8]), "as foreseen");

    let store = site.store().await;
    let key = SampleKey {
        station: StationId::new("一号站"),
        parameter: Parameter::from_key("pm25").unwrap(),
        period: AveragingPeriod::HOUR,
        instant: "2026-10-05T00:00:00Z".parse().unwrap(),
    };
    let revisions = store.revisions(&key).await.unwrap();
    assert_eq!(revisions.len(), 1);
    assert_eq!(
        (revisions[0].sample.value.to_string(), revisions[0].source.as_str()),
        ("35".to_owned(), "import october.csv")
    );
    // Only the rejected rows that still are so have letters, and each has one.
    assert_eq!(letters(&*store).await.len(), 4);

    // An old copy puts nothing back.
    let old = file(&site, "old.csv", (HEADER.to_owned() + ROWS).as_bytes());
    assert_eq!(counts(&import(&site, &[&old], &["--dry-run"])[0]).1, [0, 0, 16, 9]);
    assert_eq!(counts(&import(&site, &[&old], &["--again"])[0]).1, [0, 0, 16, 9]);
    assert!(store.account().await.unwrap().balances());
}

#[tokio::test]
async fn a_dry_run_tells_what_would_be_and_stores_nothing() {
    let site = site();
    let csv = file(&site, "october.csv", (HEADER.to_owned() + ROWS).as_bytes());
    // The second file repeats, changes and adds; what the first would store counts as known.
    let next = "7,一号站,2026-10-05 08:00,35,61,5,30,0.6,80,49\n8,一号站,2026-10-05 10:00,1,2,3,4,5,6,7\n";
    let next = file(&site, "next.csv", (HEADER.to_owned() + next).as_bytes());
    let reports = import(&site, &[&csv, &next], &["--dry-run"]);
    assert!(!site.data().join("lanbi.sqlite").exists(), "a dry run makes no store");
    assert_eq!(counts(&reports[0]), ("dry-run".to_owned(), [16, 0, 0, 9]));
    assert_eq!(counts(&reports[1]), ("dry-run".to_owned(), [6, 1, 5, 0]));

    let report = &reports[0];
    let examples: Vec<(&str, u64, u64)> = report["rejections"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| {
            let line = r["examples"][0]["line"].as_u64().unwrap();
            (r["reason"].as_str().unwrap(), r["values"].as_u64().unwrap(), line)
        })
        .collect();
    assert_eq!(
        examples,
        [("bad-time", 1, 5), ("malformed", 1, 6), ("not-finite", 1, 7), ("unknown-station", 6, 4)]
    );
    let series = report["series"].as_array().unwrap();
    assert_eq!(series.len(), 11, "stations and parameters with values: {series:?}");
    let pm10 = series.iter().find(|s| s["station"] == "一号站" && s["parameter"] == "pm10").unwrap();
    assert_eq!(
        (pm10["values"].as_u64(), pm10["first"].as_str(), pm10["last"].as_str()),
        (Some(2), Some("2026-10-05T08:00:00+08:00"), Some("2026-10-05T09:00:00+08:00"))
    );
    assert_eq!(report["unused_columns"], serde_json::json!(["序号", "AQI"]));

    // With a store it looks into it, and leaves it as it is.
    import(&site, &[&csv], &[]);
    let store = site.store().await;
    let (account, kept) = (store.account().await.unwrap(), letters(&*store).await);
    assert_eq!(counts(&import(&site, &[&next], &["--dry-run"])[0]).1, [6, 1, 5, 0]);
    assert_eq!((store.account().await.unwrap(), letters(&*store).await), (account, kept));
    let foreseen = import(&site, &[&next], &[]);
    assert_eq!(counts(&foreseen[0]), ("imported".to_owned(), [6, 1, 5, 0]), "not taken for imported before");

    let table = output(site.lanbi(&["import", "--mapping", "air-workbook-hourly", "--dry-run"]).arg(&csv));
    for line in
        ["\tdry-run\t6\t0\t0\t0\t0\t16\t9\n", "\tbad-time\t1\t5\t", "\t一号站\tpm10\t1h\t2\t", "\tAQI\n"]
    {
        assert!(table.contains(line), "`{line}` in {table}");
    }
}

#[tokio::test]
async fn packed_and_gbk_files_are_read_as_they_are() {
    let site = site();
    let packed = site.dir.path().join("a.csv.gz");
    let rows = (HEADER.to_owned() + ROWS).replace('\n', "\r\n");
    let mut gz =
        flate2::write::GzEncoder::new(std::fs::File::create(&packed).unwrap(), flate2::Compression::fast());
    gz.write_all(rows.as_bytes()).unwrap();
    gz.finish().unwrap();
    assert_eq!(counts(&import(&site, &[&packed], &[])[0]).1, [16, 0, 0, 9]);
    let store = site.store().await;
    assert_eq!(letters(&*store).await[0].letter.source, "import a.csv.gz:4");

    // `一号站` and the header as GBK, with the superscript that GBK lacks written as GB 18030 does.
    let (bytes, _, lost) = encoding_rs::GB18030.encode(&rows);
    assert!(!lost);
    let gbk = file(&site, "gbk.csv", &bytes);
    assert_eq!(counts(&import(&site, &[&gbk], &[])[0]).1, [0, 0, 16, 9]);

    let mut child = command(&site, &[Path::new("-")], &["--dry-run"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(&bytes).unwrap();
    let said: Value = serde_json::from_slice(&child.wait_with_output().unwrap().stdout).unwrap();
    assert_eq!(
        (said["files"][0]["file"].as_str(), counts(&said["files"][0]).1),
        (Some("stdin"), [0, 0, 16, 9])
    );
}

/// A workbook with these sheets: name, and rows as XML.
fn workbook(path: &Path, sheets: &[(&str, String)]) {
    let mut zip = zip::ZipWriter::new(std::fs::File::create(path).unwrap());
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let package = "http://schemas.openxmlformats.org/package/2006/relationships";
    let numbered = || (1..).zip(sheets);
    let listed: String = numbered()
        .map(|(n, (name, _))| format!(r#"<sheet name="{name}" sheetId="{n}" r:id="rId{n}"/>"#))
        .collect();
    let related: String = numbered()
        .map(|(n, _)| {
            format!(
                r#"<Relationship Id="rId{n}" Type="{office}/worksheet" Target="worksheets/sheet{n}.xml"/>"#
            )
        })
        .collect();
    let mut parts = vec![
        (
            "_rels/.rels".to_owned(),
            format!(
                r#"<Relationships xmlns="{package}"><Relationship Id="rId1" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
            ),
        ),
        (
            "xl/workbook.xml".to_owned(),
            format!(r#"<workbook xmlns="{main}" xmlns:r="{office}"><sheets>{listed}</sheets></workbook>"#),
        ),
        (
            "xl/_rels/workbook.xml.rels".to_owned(),
            format!(r#"<Relationships xmlns="{package}">{related}</Relationships>"#),
        ),
    ];
    parts.extend(numbered().map(|(n, (_, rows))| {
        let sheet = format!(r#"<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>"#);
        (format!("xl/worksheets/sheet{n}.xml"), sheet)
    }));
    for (name, text) in parts {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(format!(r#"<?xml version="1.0" encoding="UTF-8"?>{text}"#).as_bytes()).unwrap();
    }
    zip.finish().unwrap();
}

/// A row of a sheet. What begins with a digit is a number, with `@` a date.
fn sheet_row(n: u32, cells: &[&str]) -> String {
    let cell = |(column, text): (char, &&str)| match text.chars().next() {
        None => String::new(),
        Some('@') => format!(r#"<c r="{column}{n}" t="d"><v>{}</v></c>"#, &text[1..]),
        Some('0'..='9') => format!(r#"<c r="{column}{n}"><v>{text}</v></c>"#),
        Some(_) => format!(r#"<c r="{column}{n}" t="inlineStr"><is><t>{text}</t></is></c>"#),
    };
    let cells: String = ('A'..).zip(cells).map(cell).collect();
    format!(r#"<row r="{n}">{cells}</row>"#)
}

#[tokio::test]
async fn a_workbook_is_read_with_its_titles_dates_and_sheets() {
    let site = site();
    let path = site.dir.path().join("小时值.xlsx");
    let header: Vec<&str> = HEADER.trim().split(',').collect();
    let hours = [
        sheet_row(1, &["某区空气质量小时值"]),
        sheet_row(3, &header),
        sheet_row(4, &["1", "一号站", "@2026-10-05T08:00:00", "35", "60", "5", "30", "0.6", "80", "49"]),
        sheet_row(5, &["2", "一号站", "@2026-10-06T00:00:00", "36", "", "—", "31", "0.7", "81", "50"]),
        sheet_row(7, &["3", "三号站", "@2026-10-05T08:00:00", "36"]),
        sheet_row(8, &["4", "二号站", "x2026-10-05", "36"]),
    ];
    let other = [sheet_row(1, &header), sheet_row(2, &["1", "二号站", "@2026-10-05T08:00:00", "35"])];
    workbook(&path, &[("小时", hours.concat()), ("补录", other.concat())]);
    let report = &import(&site, &[&path], &[])[0];
    assert_eq!(counts(report), ("imported".to_owned(), [10, 0, 0, 2]), "{report}");
    let store = site.store().await;
    let kept = letters(&*store).await;
    assert_eq!(
        sources(&kept),
        [
            ("import 小时值.xlsx:7", RejectReason::UnknownStation, 1),
            ("import 小时值.xlsx:8", RejectReason::BadTime, 1)
        ]
    );
    let at: Vec<String> =
        values(&*store, "一号站").await.iter().map(|s| s.key.instant.to_rfc3339()).collect();
    assert!(at.contains(&"2026-10-05T16:00:00+00:00".to_owned()), "midnight ends the day: {at:?}");

    // Another sheet of the same file is another import.
    assert_eq!(counts(&import(&site, &[&path], &["--sheet", "补录"])[0]).1, [1, 0, 0, 0]);
    assert_eq!(values(&*store, "二号站").await.len(), 1);
    let said = refusal(&mut command(&site, &[&path], &["--sheet", "日均"]));
    assert!(said.contains("has no sheet `日均`; it has 小时, 补录"), "{said}");
}

#[tokio::test]
async fn an_opendocument_table_is_read_as_well() {
    let site = site();
    let path = site.dir.path().join("小时值.ods");
    let cell = |text: &str| match text.strip_prefix('@') {
        Some(date) => format!(r#"<table:table-cell office:value-type="date" office:date-value="{date}"/>"#),
        None => format!(
            r#"<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>"#
        ),
    };
    let row = |line: &str| {
        let cells: String = line.trim().split(',').map(cell).collect();
        format!("<table:table-row>{cells}</table:table-row>")
    };
    let rows = [HEADER, "1,一号站,@2026-10-05T08:00:00,35,60,5,30,0.6,80,49"].map(row).concat();
    let name = |word: &str| format!("urn:oasis:names:tc:opendocument:xmlns:{word}:1.0");
    let content = format!(
        r#"<office:document-content xmlns:office="{}" xmlns:table="{}" xmlns:text="{}"><office:body><office:spreadsheet><table:table table:name="小时">{rows}</table:table></office:spreadsheet></office:body></office:document-content>"#,
        name("office"),
        name("table"),
        name("text")
    );
    let mut zip = zip::ZipWriter::new(std::fs::File::create(&path).unwrap());
    let manifest = format!(r#"<manifest:manifest xmlns:manifest="{}"/>"#, name("manifest"));
    for (name, text) in [
        ("META-INF/manifest.xml", manifest.as_str()),
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        ("content.xml", content.as_str()),
    ] {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap();
    let report = &import(&site, &[&path], &[])[0];
    assert_eq!(counts(report), ("imported".to_owned(), [6, 0, 0, 0]), "{report}");
    // Under a name that does not fit, the file says what it is not.
    let named = site.dir.path().join("小时值.xlsx");
    std::fs::write(&named, HEADER.to_owned() + ROWS).unwrap();
    let said = refusal(&mut command(&site, &[&named], &[]));
    assert!(said.contains("小时值.xlsx is no workbook that can be read"), "{said}");
}

#[tokio::test]
async fn what_cannot_be_used_is_named_and_the_others_go_in() {
    let site = site();
    let good = file(&site, "good.csv", (HEADER.to_owned() + ROWS).as_bytes());
    let wrong = file(&site, "wrong.csv", HEADER.replace("监测时间", "时刻").as_bytes());
    let none = site.dir.path().join("none.csv");
    let said = refusal(&mut command(&site, &[&none, &wrong, &good], &[]));
    for part in [
        "none.csv; check the path",
        "wrong.csv: the header does not fit",
        "column `时刻` is unknown",
        "2 of 3 files",
    ] {
        assert!(said.contains(part), "`{part}` in {said}");
    }
    let store = site.store().await;
    assert_eq!(store.account().await.unwrap().stored, 16);
    let said = refusal(&mut command(&site, &[&wrong], &["--dry-run"]));
    assert!(said.contains("the header does not fit"), "{said}");
    let said = refusal(site.lanbi(&["import", "--mapping", "no-such"]).arg(&good));
    assert!(said.contains("air-workbook-hourly"), "{said}");

    // A packed file that was cut short gives what it holds, and is not taken for finished.
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
    gz.write_all(HEADER.as_bytes()).unwrap();
    for hour in 0..24 {
        gz.write_all(format!("1,二号站,2026-10-07 {hour:02}:00,1,2,3,4,5,6,7\n").as_bytes()).unwrap();
    }
    let mut bytes = gz.finish().unwrap();
    bytes.truncate(bytes.len() - 100);
    let cut = file(&site, "cut.csv.gz", &bytes);
    for _ in 0..2 {
        let said = refusal(&mut command(&site, &[&cut], &[]));
        assert!(said.contains("cut.csv.gz: line "), "{said}");
    }
}

#[tokio::test]
async fn a_kill_before_the_note_is_written_doubles_nothing() {
    let site = site();
    let csv = file(&site, "october.csv", (HEADER.to_owned() + ROWS).as_bytes());
    import(&site, &[&csv], &[]);
    let store = site.store().await;
    let kept = letters(&*store).await;
    // As if the process had died between the commit of the last rows and the note about it.
    let books = store.archive(&ArchivePart::Books).await.unwrap();
    let (key, note) = books.memos.into_iter().find(|(key, _)| key.starts_with("import ")).unwrap();
    let mut note: Value = serde_json::from_str(&note).unwrap();
    assert_eq!((note["records"].as_u64(), note["finished"].as_bool()), (Some(6), Some(true)));
    for (field, value) in
        [("records", 2.into()), ("finished", false.into()), ("rows", 2.into()), ("rejected", 0.into())]
    {
        note[field] = value;
    }
    store.set_memo(&key, Some(&note.to_string())).await.unwrap();
    let report = &import(&site, &[&csv], &[])[0];
    assert_eq!(counts(report), ("resumed".to_owned(), [16, 0, 5, 9]), "{report}");
    let account = store.account().await.unwrap();
    assert_eq!((account.stored, account.repeated, account.rejected), (16, 5, 9));
    assert_eq!(letters(&*store).await, kept);
    // What was stored waits to be derived by whoever runs.
    let stale: Vec<String> = store.stale(10).await.unwrap().iter().map(|m| m.day.to_string()).collect();
    assert_eq!(stale, ["2026-10-05", "2026-10-05"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_killed_again_and_again_loses_nothing_and_doubles_nothing() {
    let site = site();
    let store = site.store().await;
    kill_again_and_again(&site, &*store).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_is_as_harmless_on_postgresql() {
    let Some(server) = Postgres::start_with(false, Durability::None) else { return };
    server.create_database("bureau");
    let uri = server.uri("bureau");
    let site =
        Site::at(NOWHERE, STATIONS, &format!("[ingest]\nbatch_values = 50\n[store]\nuri = \"{uri}\"\n"));
    let store = lanbi_store::open(&uri).await.unwrap();
    kill_again_and_again(&site, &*store).await;
    store.close().await;
}

async fn kill_again_and_again(site: &Site, store: &dyn Store) {
    const HOURS: u32 = 4000;
    let mut text = HEADER.to_owned();
    let start = "2026-01-01T00:00:00".parse::<chrono::NaiveDateTime>().unwrap();
    for hour in 0..HOURS {
        let time = (start + chrono::TimeDelta::hours(hour.into())).format("%Y-%m-%d %H:%M");
        let station = if hour % 100 == 7 { "三号站" } else { "一号站" };
        text.push_str(&format!("{hour},{station},{time},{},60,5,30,0.6,80,49\n", hour % 90));
        if hour % 100 == 9 {
            text.push_str("短\n");
        }
    }
    let csv = file(site, "year.csv", text.as_bytes());
    let bad = u64::from(HOURS / 100);
    let (good, rejected) = ((u64::from(HOURS) - bad) * 6, bad * 6 + bad);
    let mut resumed = 0;
    for kill in 0..4_u64 {
        let before = store.account().await.unwrap().incoming;
        let mut child =
            command(site, &[&csv], &[]).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        // The portions are small, so that there is much between two kills.
        let deadline = std::time::Instant::now() + Duration::from_secs(30);
        while store.account().await.unwrap().incoming < before + 300 + 500 * kill {
            assert!(std::time::Instant::now() < deadline, "the import does not go on");
            assert!(child.try_wait().unwrap().is_none(), "the import ended before it could be killed");
        }
        child.kill().unwrap();
        let said = child.wait_with_output().unwrap();
        resumed += usize::from(String::from_utf8_lossy(&said.stderr).contains("goes on after"));
    }
    assert!(resumed >= 3, "only {resumed} of 4 went on");
    let report = &import(site, &[&csv], &[])[0];
    assert_eq!(report["state"], "resumed", "{report}");
    assert_eq!(report["rows"].as_u64(), Some(u64::from(HOURS) + bad));

    let account = store.account().await.unwrap();
    assert_eq!((account.stored, account.rejected), (good, rejected), "{account:?}");
    assert!(
        account.balances() && account.repeated <= 4 * 60,
        "each kill repeats a portion at most: {account:?}"
    );
    assert_eq!(values(store, "一号站").await.len(), usize::try_from(good).unwrap());
    assert_eq!(letters(store).await.len(), usize::try_from(2 * bad).unwrap());
    assert_eq!(counts(&import(site, &[&csv], &[])[0]).0, "already-in");
}
