//! New devices from their first unknown message to stored values, what loggers say besides values, and who is online. Each
//! command is the program itself over a site's own store.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_precision_loss,
    clippy::cast_lossless,
    reason = "a test may stop at the first surprise"
)]

mod common;

use std::time::Duration;

use chrono::{DurationRound as _, TimeDelta};
use common::{Mosquitto, Site, output, refusal, wait_until};
use lanbi_ingest::{
    hj212::frame,
    mqtt::{MqttSettings, Publisher},
};
use lanbi_model::{
    AveragingPeriod, DeadLetter, DeviceRecord, Flags, Instant, Parameter, RejectReason, Sample, SampleKey,
    StationId, Zone,
};
use lanbi_store::{Batch, Incoming};

const STATIONS: &str = r#"# 区里的站点
[[station]]
id = "a1"
name = "一号站"
kind = "air"
area = "城区"
period = "1h"
cadence = "1h"
parameters = ["pm25", "o3"]
"#;

const MN: &str = "010000A8900016F000169DC7";

/// The cells of a list after its header.
fn cells(text: &str) -> Vec<Vec<&str>> {
    text.lines().skip(1).map(|line| line.split('\t').collect()).collect()
}

fn this_hour() -> Instant {
    chrono::Utc::now().duration_trunc(TimeDelta::hours(1)).unwrap()
}

/// The frame of an hour that ended so many hours ago, with three values.
fn hour_frame(back: i64) -> Vec<u8> {
    let start = Zone::shanghai().local(this_hour() - TimeDelta::hours(back + 1)).format("%Y%m%d%H0000");
    let cp =
        format!("DataTime={start};w01018-Avg=2{back}.5,w01018-Flag=N;w21003-Avg=0.{back};w00000-Avg=3{back}");
    frame::encode(&format!("QN={start}000;ST=32;CN=2061;PW=123456;MN={MN};Flag=5;CP=&&{cp}&&")).into_bytes()
}

async fn publish(broker: &Mosquitto, client_id: &str, messages: Vec<(&str, Vec<u8>)>) {
    let settings =
        MqttSettings { url: broker.url(), client_id: client_id.to_owned(), ..MqttSettings::default() };
    let publisher = Publisher::connect(&settings, 50, Duration::from_secs(10)).await.unwrap();
    for (topic, payload) in messages {
        publisher.publish(topic, payload).await.unwrap();
    }
    publisher.finish().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_logger_is_proposed_accepted_and_nothing_of_it_is_lost_or_doubled() {
    let broker_dir = tempfile::tempdir().unwrap();
    let broker = Mosquitto::start(broker_dir.path());
    let site = Site::new(&broker, STATIONS, "");
    let running = site.run();
    let mut messages: Vec<_> = (1..6).map(|back| ("lanbi/v1/gw", hour_frame(back))).collect();
    // The broker may deliver a message again.
    messages.push(("lanbi/v1/gw", hour_frame(3)));
    let body = r#"{"station":"a1","values":{"pm25":35,"so2":7,"ozone":1}}"#;
    messages.push(("lanbi/v1/a1", body.as_bytes().to_vec()));
    let count = messages.len();
    publish(&broker, "stations-test", messages).await;
    let list = || output(&mut site.lanbi(&["dead-letters", "list"]));
    wait_until("the letters", Duration::from_secs(20), || cells(&list()).len() == count);
    let store = site.store().await;
    let before = store.account().await.unwrap();
    assert_eq!((before.stored, before.rejected), (1, 20), "{before:?}");

    let suggest = |more: &[&str]| output(site.lanbi(&["stations", "suggest"]).args(more));
    let text = suggest(&[]);
    assert_eq!(suggest(&[]), text, "the same letters give the same text");
    for line in [
        "kind = \"outlet\"",
        "# limits = \"STANDARD/GRADE\"",
        "period = \"1h\"\ncadence = \"1h\"\nparameters = [\"cod\", \"nh3n\", \"flow\"]",
        "#   w01018 cod COD: 6 values from 21.5 to 25.5, median 23.5 mg/L",
        "# in the entry of station a1:\nparameters = [\"pm25\", \"o3\", \"so2\"]",
    ] {
        assert!(text.contains(line), "{line} is not in {text}");
    }
    let json: serde_json::Value = serde_json::from_str(&suggest(&["--json"])).unwrap();
    let devices = json["devices"].as_array().unwrap();
    assert_eq!((&devices[0]["device"], &devices[0]["letters"]), (&MN.into(), &6.into()), "{json:#}");
    assert_eq!((&devices[1]["task"], &devices[1]["unknown_codes"][0]), (&"extend".into(), &"ozone".into()));
    assert_eq!(suggest(&["--since", "2099-01-01"]), "");

    let accept = |more: &[&str]| {
        let mut command = site.lanbi(&["stations", "accept", MN, "--kind", "outlet", "--id", "out-7"]);
        command.args(["--name", "七号\"口\"", "--water", "东河"]).args(more);
        command
    };
    assert_eq!(accept(&[]).output().unwrap().status.code(), Some(2), "an outlet needs limits");
    let file = site.dir.path().join("stations.toml");
    assert!(refusal(&mut accept(&["--limits", "X/Z"])).contains("known are"));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), STATIONS);
    output(&mut accept(&["--limits", "DB12-599-2015/A"]));
    let written = std::fs::read_to_string(&file).unwrap();
    assert!(written.starts_with(STATIONS) && written.contains(&format!("mn = \"{MN}\"")), "{written}");
    assert!(
        refusal(&mut accept(&["--limits", "DB12-599-2015/A"])).contains("no open letter"),
        "nothing waits"
    );

    let account = store.account().await.unwrap();
    assert!(account.balances(), "{account:?}");
    let moved = (account.incoming, account.stored, account.repeated, account.rejected);
    assert_eq!(moved, (21, 16, 3, 2), "{account:?}");
    let shown = |command: &[&str]| output(&mut site.lanbi(command));
    let values = ["review", "show", "out-7", "--parameter", "all", "--from", "2026-01", "--to", "2099-12"];
    assert_eq!(cells(&shown(&values)).len(), 15);

    // The service takes the file up by itself.
    wait_until("the station to be taken up", Duration::from_secs(20), || site.logged("subscribed") == 2);
    publish(&broker, "stations-test-2", vec![("lanbi/v1/gw", hour_frame(0)), ("lanbi/v1/gw", hour_frame(1))])
        .await;
    wait_until("the next hour", Duration::from_secs(20), || cells(&shown(&values)).len() == 18);
    let day = |at: Instant| Zone::shanghai().day_of_end(at);
    let wanted = day(this_hour() - TimeDelta::hours(5));
    let deadline = std::time::Instant::now() + Duration::from_secs(20);
    while store.daily(Some(&StationId::new("out-7")), wanted, day(this_hour())).await.unwrap().is_empty() {
        assert!(std::time::Instant::now() < deadline, "the days of the new station are not derived");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let standing = output(&mut site.lanbi(&["stations", "status"]));
    let lines = cells(&standing);
    assert_eq!(lines[1][..4], ["out-7", "七号\"口\"", "outlet", "online"], "{standing}");
    running.stop();
    let account = store.account().await.unwrap();
    assert_eq!((account.stored, account.repeated), (19, 6), "{account:?}");
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_service_takes_a_changed_file_up_and_leaves_a_broken_one() {
    let broker_dir = tempfile::tempdir().unwrap();
    let broker = Mosquitto::start(broker_dir.path());
    let site = Site::new(&broker, STATIONS, "");
    let port = common::free_port();
    let settings = std::fs::read_to_string(&site.config).unwrap();
    std::fs::write(
        &site.config,
        settings.replace("listen = \"\"", &format!("listen = \"127.0.0.1:{port}\"")),
    )
    .unwrap();
    let mut running = site.run();
    let file = site.dir.path().join("stations.toml");
    let message = |id: &str, value: u32| {
        let topic = format!("lanbi/v1/{id}");
        (topic, format!(r#"{{"values":{{"pm25":{value}}}}}"#).into_bytes())
    };
    let send = async |client: &str, messages: Vec<(String, Vec<u8>)>| {
        let messages = messages.iter().map(|(topic, body)| (topic.as_str(), body.clone())).collect();
        publish(&broker, client, messages).await;
    };
    let store = site.store().await;
    let counts = async || {
        let account = store.account().await.unwrap();
        (account.messages, account.stored, account.rejected)
    };
    let until = async |expected: (u64, u64, u64)| {
        let deadline = std::time::Instant::now() + Duration::from_secs(20);
        while counts().await != expected {
            assert!(std::time::Instant::now() < deadline, "{:?} is not {expected:?}", counts().await);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let broken = STATIONS.replace("[[station]]", "[[statoin]]");
    std::fs::write(&file, broken).unwrap();
    wait_until("the broken file to be told", Duration::from_secs(20), || site.logged("not taken up") == 1);
    send("reload-1", vec![message("a1", 1), message("a2", 1)]).await;
    until((2, 1, 1)).await;
    assert!(running.runs());

    let two = STATIONS.to_owned() + &STATIONS.replace("\"a1\"", "\"a2\"");
    std::fs::write(&file, two).unwrap();
    wait_until("the station to be taken up", Duration::from_secs(20), || site.logged("subscribed") == 2);
    send("reload-2", vec![message("a2", 2)]).await;
    until((3, 2, 1)).await;
    assert!(std::net::TcpStream::connect(("127.0.0.1", port)).is_ok(), "the pages are there again");
    running.stop();
    assert_eq!(site.logged("not taken up"), 1, "{}", site.log());
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_that_sends_its_id_keeps_it() {
    let site = Site::at("mqtt://127.0.0.1:9", STATIONS, "");
    let store = site.store().await;
    let hour = |back: i64| (this_hour() - TimeDelta::hours(back)).to_rfc3339();
    let letter = |back: i64| DeadLetter {
        received_at: this_hour() - TimeDelta::hours(back) + TimeDelta::minutes(3),
        source: "lanbi/v1/sec-9".to_owned(),
        reason: RejectReason::UnknownStation,
        detail: String::new(),
        rejected: 2,
        raw: format!(r#"{{"time":"{}","values":{{"codmn":3.1,"tp":0.1}}}}"#, hour(back)).into_bytes(),
        raw_len: 60,
    };
    let dead_letters = vec![letter(8), letter(4), letter(0)];
    store.commit(&Batch { dead_letters, messages: 3, ..Batch::default() }).await.unwrap();
    let accept = |more: &[&str]| {
        let mut command = site.lanbi(&["stations", "accept", "sec-9", "--kind", "section", "--target", "3"]);
        command.args(more);
        command
    };
    assert!(refusal(&mut accept(&["--id", "other"])).contains("leave out --id"));
    output(&mut accept(&["--area", "城区"]));
    let account = store.account().await.unwrap();
    assert_eq!((account.stored, account.rejected), (6, 0), "{account:?}");
    let text = std::fs::read_to_string(site.dir.path().join("stations.toml")).unwrap();
    for line in ["period = \"moment\"", "cadence = \"4h\"", "target = 3", "area = \"城区\""] {
        assert!(text.contains(line), "{line} is not in {text}");
    }
    assert!(!text.contains("mn ="), "{text}");
    assert!(refusal(&mut accept(&[])).contains("`lanbi stations suggest` names the devices"));
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_loggers_say_is_listed_newest_first() {
    let site = Site::at("mqtt://127.0.0.1:9", STATIONS, "");
    let store = site.store().await;
    let record = |station: &str, command: &str, local: &str, part, text: &str| DeviceRecord {
        station: StationId::new(station),
        command: command.to_owned(),
        instant: Zone::shanghai().to_instant(local.parse().unwrap()),
        received_at: "2026-03-05T00:00:00Z".parse().unwrap(),
        part,
        text: text.to_owned(),
    };
    let records = vec![
        record("a1", "3020", "2026-03-01T00:00:00", None, "i12001-Info=//开\t门//"),
        record("a1", "2021", "2026-03-02T09:00:00", Some((1, 2)), "SB1-RS=1"),
        record("a2", "3015", "2026-03-03T09:00:00", None, "VaseNo=3"),
        record("a2", "4711", "2026-03-04T00:00:00", None, ""),
    ];
    store.commit(&Batch { records, ..Batch::default() }).await.unwrap();
    store.close().await;
    let log = |more: &[&str]| output(site.lanbi(&["stations", "log"]).args(more));
    assert_eq!(
        log(&[]),
        "instant\treceived_at\tstation\tcommand\tmeaning\tpart\ttext\n\
         2026-03-04T00:00:00+08:00\t2026-03-05T08:00:00+08:00\ta2\t4711\t\t\t\n\
         2026-03-03T09:00:00+08:00\t2026-03-05T08:00:00+08:00\ta2\t3015\t超标留样\t\tVaseNo=3\n\
         2026-03-02T09:00:00+08:00\t2026-03-05T08:00:00+08:00\ta1\t2021\t设备运行状态\t1/2\tSB1-RS=1\n\
         2026-03-01T00:00:00+08:00\t2026-03-05T08:00:00+08:00\ta1\t3020\t现场信息\t\ti12001-Info=//开 门//\n"
    );
    let commands = |more: &[&str]| -> Vec<String> {
        cells(&log(more)).iter().map(|cells| cells[3].to_owned()).collect()
    };
    assert_eq!(commands(&["a1"]), ["2021", "3020"]);
    assert_eq!(commands(&["--command", "3015", "--command", "3020"]), ["3015", "3020"]);
    assert_eq!(commands(&["--from", "2026-03-02", "--to", "2026-03-03"]), ["3015", "2021"]);
    assert_eq!(commands(&["--to", "2026-03-01T00:00"]), ["3020"]);
    assert_eq!(commands(&["--limit", "1"]), ["4711"]);
    assert_eq!(commands(&["nobody"]), [] as [&str; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_station_is_told_online_late_silent_or_never_heard() {
    let more = ["b1", "c1", "d1"]
        .map(|id| STATIONS.replace("\"a1\"", &format!("\"{id}\"")).replace("# 区里的站点", ""));
    let site = Site::at("mqtt://127.0.0.1:9", &(STATIONS.to_owned() + &more.concat()), "");
    let store = site.store().await;
    let value = |id: &str, back: i64| {
        let instant = this_hour() - TimeDelta::hours(back);
        let key = SampleKey {
            station: StationId::new(id),
            parameter: Parameter::Pm25,
            period: AveragingPeriod::HOUR,
            instant,
        };
        Incoming {
            sample: Sample { key, value: 35.into(), flags: Flags::empty() },
            day: Zone::shanghai().day_of_end(instant),
            received_at: instant,
        }
    };
    let letter = |source: &str, raw: &[u8], reason| DeadLetter {
        received_at: "2026-03-01T00:00:00Z".parse().unwrap(),
        source: source.to_owned(),
        reason,
        detail: String::new(),
        rejected: 1,
        raw: raw.to_vec(),
        raw_len: 1,
    };
    let batch = Batch {
        samples: vec![value("a1", 0), value("b1", 3), value("c1", 9)],
        dead_letters: vec![
            letter("lanbi/v1/gw", br#"{"station":"a1","values":{"so2":1}}"#, RejectReason::UnknownParameter),
            letter("lanbi/v1/d1", b"\xff", RejectReason::Malformed),
        ],
        ..Batch::default()
    };
    store.commit(&batch).await.unwrap();
    store.close().await;
    let text = output(&mut site.lanbi(&["stations", "status"]));
    let lines = cells(&text);
    let column = |i: usize| lines.iter().map(|cells| cells[i]).collect::<Vec<_>>();
    assert_eq!(column(0), ["a1", "b1", "c1", "d1"]);
    assert_eq!(column(3), ["online", "late", "silent", "never"], "{text}");
    assert!(column(5)[1].starts_with("3."), "{text}");
    assert_eq!(column(7), ["unknown-parameter", "", "", "malformed"]);
    assert_eq!(column(8), ["0"; 4]);
    let doctor = String::from_utf8(site.lanbi(&["doctor"]).output().unwrap().stdout).unwrap();
    let line = doctor.lines().find(|line| line.contains("stations online")).unwrap();
    assert!(
        line.starts_with(
            "warn\tstations online\t1 online, 1 late, 1 silent, 1 never\t`lanbi stations status`"
        ),
        "{line}"
    );
}
