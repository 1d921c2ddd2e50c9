//! `lanbi doctor`: a sound site passes, and each trouble comes with its remedy.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_precision_loss,
    clippy::cast_lossless,
    reason = "a test may stop at the first surprise"
)]

mod common;

use common::{
    Mosquitto, Site, output,
    postgres::{Durability, Postgres},
};

const STATIONS: &str = r#"
[[station]]
id = "a1"
name = "一号站"
kind = "air"
period = "1h"
cadence = "1h"
parameters = ["pm25"]
"#;

/// Exit code and lines: level, what, detail, remedy.
fn doctor(site: &Site, more: &[(&str, &str)]) -> (i32, Vec<[String; 4]>) {
    let done = site.lanbi(&["doctor"]).envs(more.iter().copied()).output().unwrap();
    let text = String::from_utf8(done.stdout).unwrap();
    let lines = text
        .lines()
        .map(|line| line.split('\t').map(str::to_owned).collect::<Vec<_>>().try_into().unwrap())
        .collect();
    (done.status.code().unwrap(), lines)
}

/// Asserts how one check stands and that its remedy says so much.
#[track_caller]
fn stands(lines: &[[String; 4]], what: &str, level: &str, remedy: &str) {
    let line = lines.iter().find(|line| line[1] == what).unwrap_or_else(|| panic!("no {what} in {lines:?}"));
    assert!(line[0] == level && line[3].contains(remedy), "{line:?}");
    assert_eq!(line[0] == "ok", line[3].is_empty(), "{line:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sound_site_passes_while_its_service_goes_on() {
    let broker_dir = tempfile::tempdir().unwrap();
    let broker = Mosquitto::start(broker_dir.path());
    let site = Site::new(&broker, STATIONS, "");
    let running = site.run();
    let (code, lines) = doctor(&site, &[]);
    assert_eq!(code, 0, "{lines:?}");
    for what in
        ["settings", "stations", "standards", "data folder", "store", "schema", "store writes", "broker"]
    {
        stands(&lines, what, "ok", "");
    }
    let log = std::fs::read_to_string(site.dir.path().join("lanbi.log")).unwrap();
    assert!(!log.contains("no connection"), "the doctor threw the service out: {log}");
    let json: serde_json::Value =
        serde_json::from_str(&output(&mut site.lanbi(&["doctor", "--output", "json"]))).unwrap();
    assert_eq!(json["sound"], true);
    assert_eq!(json["checks"].as_array().unwrap().len(), lines.len());
    let (code, lines) = doctor(&site, &[("LANBI_WEB__LISTEN", "0.0.0.0:8212")]);
    assert_eq!(code, 0, "a warning is no failure");
    stands(&lines, "web.listen", "warn", "127.0.0.1");
    running.stop();
}

#[test]
fn each_trouble_comes_with_its_remedy() {
    let site = Site::at("mqtt://127.0.0.1:9", STATIONS, "");
    output(&mut site.lanbi(&["db", "migrate"]));
    let check = |more: &[(&str, &str)], what: &str, level: &str, remedy: &str| {
        let (code, lines) = doctor(&site, more);
        assert_eq!(code, 1, "{lines:?}");
        stands(&lines, what, level, remedy);
    };
    check(&[], "broker", "fail", "check the address and that the broker runs");
    check(&[("LANBI_MQTT__URL", "http://x")], "broker", "fail", "write mqtt:// or mqtts://");
    check(
        &[("LANBI_REGISTRY__STATIONS", "none.toml")],
        "stations",
        "fail",
        "copy config/stations.example.toml",
    );
    check(&[("LANBI_TARGETS__FILE", "none.toml")], "targets", "fail", "check the path");
    check(&[("LANBI_RIVER_CHIEF__REACHES", "none.csv")], "reaches", "fail", "check the path");
    check(&[("LANBI_OUTLETS__REGISTER", "none.csv")], "outlet register", "fail", "check the path");
    check(&[("LANBI_OUTLETS__ALLOWANCES", "none.csv")], "lists", "fail", "check the path");
    let register = "id,name,class,water,state,state_since\np1,口,other,河,to-survey,2026-01-05\n\
                    p1,口,other,河,settled,2026-02-05\n";
    std::fs::write(site.dir.path().join("outlets.csv"), register).unwrap();
    check(
        &[("LANBI_OUTLETS__REGISTER", "outlets.csv")],
        "outlet register",
        "fail",
        "after that state come surveyed",
    );
    check(&[("LANBI_STORE__URI", "lanbi.db")], "store", "fail", "write sqlite:PATH");
    check(&[("LANBI_STORE__URI", "sqlite:none.sqlite")], "store", "warn", "`lanbi db migrate`");
    check(&[("LANBI_DATA__DIR", "lanbi.toml/data")], "data folder", "fail", "set data.dir to another path");
    check(&[("LANBI_DATA__DRI", "x")], "settings", "fail", "config/default.toml");
    check(
        &[("LANBI_REPORT__DIR", "/proc/lanbi")],
        "report folder",
        "fail",
        "set report.dir to another folder",
    );
    let outlet = format!(
        "{STATIONS}[[station]]\nid = \"o1\"\nname = \"口\"\nkind = \"outlet\"\nperiod = \"1h\"\ncadence = \"1h\"\n\
         parameters = [\"cod\", \"flow\"]\nlimits = \"NONE/Z\"\n"
    );
    std::fs::write(site.dir.path().join("stations.toml"), outlet).unwrap();
    check(&[], "standards", "fail", "one of the known limits");
}

#[test]
fn compression_that_nobody_asked_for_is_missed_by_nobody() {
    let Some(server) = Postgres::start_with(true, Durability::None) else { return };
    server.create_database("bureau");
    let uri = server.uri("bureau");
    let site = Site::at("mqtt://127.0.0.1:9", STATIONS, "");
    output(site.lanbi(&["db", "migrate"]).env("LANBI_STORE__URI", &uri));
    let check = |days: Option<&str>, level: &str, remedy: &str| {
        let days = days.map(|days| ("LANBI_STORE__COMPRESS_DAYS", days));
        let (_, lines) =
            doctor(&site, &Vec::from_iter([("LANBI_STORE__URI", uri.as_str())].into_iter().chain(days)));
        stands(&lines, "compression", level, remedy);
        let store = lines.iter().find(|line| line[1] == "store").unwrap();
        let compression = lines.iter().find(|line| line[1] == "compression").unwrap();
        // Another edition than Debian's compresses.
        assert!(store[2].contains("(apache)") && compression[2].contains("cannot compress"), "{lines:?}");
    };
    check(None, "ok", "");
    check(Some("30"), "warn", "do not set store.compress_days");
    check(Some("0"), "ok", "");
}
