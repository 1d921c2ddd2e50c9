//! Data loggers connect to a running `lanbi run` that has no broker: answered when stored, through kills and stops.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

mod common;

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::TcpStream,
    time::Duration,
};

use common::{Site, free_port, output, wait_until};
use lanbi_ingest::hj212::{frame::encode, segment::Segment};
use lanbi_model::{AveragingPeriod, Decimal, Parameter, StationId};
use lanbi_store::{SampleQuery, Store};

const STATIONS: &str = r#"
[[station]]
id = "out-1"
mn = "010000A8900016F000169DC0"
name = "一号排口"
kind = "outlet"
limits = "DB12-599-2015/A"
period = "1h"
cadence = "1h"
parameters = ["cod", "nh3n", "flow"]
"#;

const MN: &str = "010000A8900016F000169DC0";

/// A logger's line.
struct Line {
    input: BufReader<TcpStream>,
    output: TcpStream,
}

impl Line {
    fn open(port: u16) -> Option<Self> {
        let output = TcpStream::connect(("127.0.0.1", port)).ok()?;
        output.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        Some(Self { input: BufReader::new(output.try_clone().unwrap()), output })
    }

    fn send(&mut self, frame: &str) -> bool {
        self.output.write_all(frame.as_bytes()).is_ok()
    }

    /// The data segment of the next frame; none where the line is gone.
    fn heard(&mut self) -> Option<String> {
        let mut line = String::new();
        let length = self.input.read_line(&mut line).ok()?;
        (length > 0).then(|| line.get(6..).unwrap().to_owned())
    }

    /// The QN of the next answer; none where the line is gone.
    fn answered(&mut self) -> Option<String> {
        let data = self.heard()?;
        let segment = Segment::parse(&data);
        assert_eq!(segment.cn, "9014", "{data}");
        assert_eq!((segment.mn, segment.pw), (MN, "123456"));
        Some(segment.qn.to_owned())
    }
}

/// The hours of a logger, from a start three days back: hour `n` has COD `n` tenths.
struct Hours {
    first: chrono::NaiveDateTime,
}

impl Hours {
    fn new() -> Self {
        let today = chrono::Utc::now().date_naive();
        Self { first: (today - chrono::TimeDelta::days(400)).and_hms_opt(0, 0, 0).unwrap() }
    }

    /// The number of an hour as its QN; the sender finds it again in the answer.
    fn qn(n: u32) -> String {
        format!("20160801{n:09}")
    }

    fn frame(&self, n: u32) -> String {
        let time = (self.first + chrono::TimeDelta::hours(n.into())).format("%Y%m%d%H%M%S");
        let value = Decimal::new(n.into(), 1);
        encode(&format!(
            "QN={};ST=32;CN=2061;PW=123456;MN={MN};Flag=5;CP=&&DataTime={time};w01018-Avg={value},w01018-Flag=N;w21003-Avg=1.5,w21003-Flag=N&&",
            Self::qn(n)
        ))
    }
}

fn site(port: u16) -> Site {
    Site::at("", STATIONS, &format!("[hj212]\nlisten = \"127.0.0.1:{port}\"\n"))
}

fn run(site: &Site) -> common::Running {
    let already = site.logged("loggers are heard");
    let running = site.launch();
    wait_until("lanbi run to listen", Duration::from_secs(30), || site.logged("loggers are heard") > already);
    running
}

async fn cod(store: &dyn Store) -> Vec<Decimal> {
    let query = SampleQuery {
        station: StationId::new("out-1"),
        parameters: vec![Parameter::Cod],
        period: Some(AveragingPeriod::HOUR),
        after: "2000-01-01T00:00:00Z".parse().unwrap(),
        until: "2100-01-01T00:00:00Z".parse().unwrap(),
    };
    store.samples(&query).await.unwrap().iter().map(|sample| sample.value).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_answered_is_stored_and_what_is_bad_is_kept_unanswered() {
    let port = free_port();
    let site = site(port);
    let running = run(&site);
    let hours = Hours::new();
    let mut line = Line::open(port).unwrap();
    assert!(line.send(&hours.frame(0)));
    assert_eq!(line.answered().unwrap(), Hours::qn(0));
    let store = site.store().await;
    assert_eq!(cod(&*store).await, [Decimal::ZERO], "stored before it was answered");
    // The same again is answered again and changes nothing; a wrong CRC is not answered; an unknown logger is kept.
    assert!(line.send(&hours.frame(0)));
    assert!(line.send(&hours.frame(1).replace("1.5", "1.6")));
    assert!(line.send(&hours.frame(2)));
    assert_eq!([line.answered().unwrap(), line.answered().unwrap()], [Hours::qn(0), Hours::qn(2)]);
    let stranger = "QN=20160801000000003;ST=32;CN=2061;PW=123456;MN=NEW1;Flag=4;CP=&&DataTime=20260101000000;w01018-Avg=7&&";
    assert!(line.send(&encode(stranger)) && line.send(&hours.frame(4)));
    assert_eq!(line.answered().unwrap(), Hours::qn(4));
    drop(line);
    let letters = output(&mut site.lanbi(&["dead-letters", "list"]));
    for (reason, what) in [("malformed", "CRC"), ("unknown-station", "NEW1")] {
        let found = letters.lines().any(|letter| letter.contains(reason) && letter.contains(what));
        assert!(found && letters.contains("hj212/127.0.0.1"), "{letters}");
    }
    running.stop();
    let account = site.account();
    let counted =
        ["in", "stored", "repeated", "rejected", "messages"].map(|key| account[key].as_u64().unwrap());
    assert_eq!(counted, [10, 6, 2, 2, 6], "{account}");
}

#[tokio::test(flavor = "multi_thread")]
async fn kills_between_receipt_and_commit_lose_nothing_and_double_nothing() {
    const ALL: u32 = 4000;
    /// Frames sent before the first of them is answered.
    const UNANSWERED: usize = 20;
    let port = free_port();
    let site = site(port);
    let mut running = run(&site);
    let hours = Hours::new();
    // A logger forgets an hour when it is answered, and sends all others again when the line is lost.
    let logger = std::thread::spawn(move || {
        let mut left: std::collections::BTreeSet<u32> = (0..ALL).collect();
        let mut sent = 0_u64;
        while !left.is_empty() {
            let Some(mut line) = Line::open(port) else {
                std::thread::sleep(Duration::from_millis(20));
                continue;
            };
            'line: loop {
                let next: Vec<u32> = left.iter().copied().take(UNANSWERED).collect();
                if next.is_empty() || !next.iter().all(|n| line.send(&hours.frame(*n))) {
                    break;
                }
                sent += u64::try_from(next.len()).unwrap();
                for _ in &next {
                    let Some(qn) = line.answered() else { break 'line };
                    left.remove(&qn[8..].parse().unwrap());
                }
            }
        }
        sent
    });
    let store = site.store().await;
    let mut kills = 0;
    while !logger.is_finished() {
        let stored = store.account().await.unwrap().stored;
        if kills < 3 && stored > 1500 * (kills + 1) {
            running.kill();
            kills += 1;
            running = run(&site);
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let sent = logger.join().unwrap();
    running.stop();
    assert_eq!(kills, 3, "the logger was done before the kills");
    assert!(sent > u64::from(ALL), "nothing had to be sent again");
    let expected: Vec<Decimal> = (0..ALL).map(|n| Decimal::new(n.into(), 1)).collect();
    assert!(cod(&*store).await == expected, "every hour once");
    let account = store.account().await.unwrap();
    assert!(account.balances(), "{account:?}");
    assert_eq!(
        (account.stored, account.rejected, account.revised),
        (u64::from(ALL) * 2, 0, 0),
        "{account:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_logger_is_asked_for_the_hours_it_has_not_sent() {
    let port = free_port();
    let more =
        format!("[hj212]\nlisten = \"127.0.0.1:{port}\"\nask_back_hours = 6\nask_back_wait_seconds = 1\n");
    let site = Site::at("", STATIONS, &more);
    let running = run(&site);
    let mut line = Line::open(port).unwrap();
    // Whole hours of the logger's clock: the last six, of which it sends the third from the end.
    let now = chrono::Utc::now() + chrono::TimeDelta::hours(8);
    let this_hour = now.date_naive().and_hms_opt(chrono::Timelike::hour(&now), 0, 0).unwrap();
    let begins: Vec<_> = (1..=6).rev().map(|back| this_hour - chrono::TimeDelta::hours(back)).collect();
    let stamp = |time: &chrono::NaiveDateTime| time.format("%Y%m%d%H%M%S").to_string();
    let hour = |time: &str| {
        encode(&format!(
            "QN={time}000;ST=32;CN=2061;PW=123456;MN={MN};Flag=5;CP=&&DataTime={time};w01018-Avg=20&&"
        ))
    };
    assert!(line.send(&hour(&stamp(&begins[3]))));
    assert!(line.answered().is_some());
    let mut asked: Vec<String> = Vec::new();
    for _ in 0..2 {
        let request = line.heard().expect("a request");
        let segment = Segment::parse(&request);
        assert_eq!(
            (segment.cn, segment.mn, segment.pw, segment.flag),
            ("2061", MN, "123456", "5"),
            "{request}"
        );
        let times: Vec<&str> = segment.cp.split(';').map(|item| item.split_once('=').unwrap().1).collect();
        let [begin, end] = times[..] else { panic!("{request}") };
        asked.extend(begins.iter().map(&stamp).filter(|time| begin <= time.as_str() && time.as_str() < end));
        // It is ready, sends what it has, and is done.
        for (cn, result) in [("9011", "QnRtn=1"), ("9012", "ExeRtn=1")] {
            let done = format!("QN={};ST=91;CN={cn};PW=123456;MN={MN};Flag=4;CP=&&{result}&&", segment.qn);
            assert!(line.send(&encode(&done)));
        }
    }
    // The first of the six has begun before the six hours, and the last may have ended too recently.
    let expected: Vec<String> = [1, 2, 4].map(|n: usize| stamp(&begins[n])).to_vec();
    assert!(expected.iter().all(|time| asked.contains(time)), "{asked:?}");
    assert!(!asked.contains(&stamp(&begins[3])), "{asked:?}");
    for time in &asked {
        assert!(line.send(&hour(time)));
        assert!(line.answered().is_some());
    }
    assert_eq!(cod(&*site.store().await).await.len(), asked.len() + 1);
    running.stop();
}

#[test]
fn the_doctor_looks_at_port_and_sources() {
    let check = |hj212: &str, sources: &str, said: &[&str]| {
        let more = format!("[registry]\nsources = \"sources.toml\"\n[hj212]\n{hj212}\n");
        let site = Site::at("", STATIONS, &more);
        std::fs::write(site.dir.path().join("sources.toml"), sources).unwrap();
        let told = site.lanbi(&["doctor"]).output().unwrap();
        let told = String::from_utf8(told.stdout).unwrap();
        for said in said {
            assert!(
                told.lines().any(|line| said.split(" .. ").all(|part| line.contains(part))),
                "{said}: {told}"
            );
        }
    };
    let known = format!("[[logger]]\nmn = [\"{MN}\"]\ncrc = \"modbus\"\n");
    check(
        "listen = \"127.0.0.1:2120\"",
        &known,
        &[
            "ok .. sources .. 1 loggers",
            "ok .. broker .. hj212.listen alone",
            "ok .. hj212.listen .. 127.0.0.1:2120",
        ],
    );
    check(
        "listen = \"0.0.0.0:2120\"",
        &known.replace(MN, "M9"),
        &["warn .. sources .. M9", "warn .. hj212.listen .. everybody may connect"],
    );
    check("listen = \"0.0.0.0:2120\"\naddresses = [\"10.20.0.0/16\"]", &known, &["ok .. hj212.listen"]);
    check("addresses = []", &known, &["fail .. broker .. nothing can come in"]);
    check(
        "listen = \"127.0.0.1:1\"\ntls_key = \"k\"",
        "[[logger]]\nmn = [\"M1\"]\ncrc = \"crc8\"\n",
        &["fail .. sources .. crc8", "fail .. hj212 .. belong together"],
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_logger_with_another_password_is_kept_out_and_its_frame_is_kept() {
    let port = free_port();
    let more = format!("[registry]\nsources = \"sources.toml\"\n[hj212]\nlisten = \"127.0.0.1:{port}\"\n");
    let site = Site::at("", STATIONS, &more);
    let sources = format!("[[logger]]\nmn = [\"{MN}\"]\npassword = \"654321\"\n");
    std::fs::write(site.dir.path().join("sources.toml"), &sources).unwrap();
    let running = run(&site);
    let hours = Hours::new();
    let mut line = Line::open(port).unwrap();
    assert!(line.send(&hours.frame(0)));
    wait_until("the frame to be kept", Duration::from_secs(10), || {
        output(&mut site.lanbi(&["dead-letters", "list"])).contains("unauthorized")
    });
    // The settings were wrong, not the logger: mended, its frames are taken without a restart, and what was kept comes in.
    std::fs::write(site.dir.path().join("sources.toml"), sources.replace("654321", "123456")).unwrap();
    wait_until("the change to be taken up", Duration::from_secs(20), || {
        site.logged("loggers are heard") == 2
    });
    let mut line = Line::open(port).unwrap();
    assert!(line.send(&hours.frame(1)));
    assert_eq!(line.answered().unwrap(), Hours::qn(1));
    let replayed = output(&mut site.lanbi(&["dead-letters", "replay", "--reason", "unauthorized"]));
    assert!(replayed.contains('2'), "{replayed}");
    assert_eq!(cod(&*site.store().await).await, [Decimal::ZERO, Decimal::new(1, 1)]);
    running.stop();
}
