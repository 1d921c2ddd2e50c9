//! Recorded rows as uploads of simulated data loggers, well-behaved and not, into a real `lanbi run` and a platform that
//! does not answer.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

mod common;

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    io::{Read as _, Write as _},
    net::TcpListener,
    path::{Path, PathBuf},
    time::Duration,
};

use common::{Mosquitto, Site, free_port, lanbi, output, refusal, wait_until};
use lanbi_ingest::hj212::{
    check::CrcKind,
    frame::{Piece, pieces},
    reply::answer,
    segment::Segment,
};
use lanbi_model::{Parameter, Sample, StationId};
use lanbi_store::{SampleQuery, Store};

const HOURS: u32 = 500;

const IDS: [&str; 3] = ["a-1", "a-2", "a-3"];

const MAPPING: &str = r#"
zone = "Asia/Shanghai"
label = "end"
period = "1h"
missing = ["-"]
[station]
columns = ["site"]
[time]
columns = ["time"]
format = "%Y-%m-%d %H:%M"
[[value]]
column = "pm25"
parameter = "pm25"
unit = "ug/m3"
[[value]]
column = "so2"
parameter = "so2"
unit = "ug/m3"
[[value]]
column = "co"
parameter = "co"
unit = "mg/m3"
[[value]]
column = "pressure"
parameter = "pressure"
unit = "hPa"
[[value]]
column = "rain"
parameter = "rain"
unit = "mm"
[draft]
kind = "air"
cadence = "1h"
"#;

fn stations() -> String {
    IDS.iter().fold(String::new(), |mut text, id| {
        let mn = if *id == "a-3" { "010000A8900016F000169DC0".to_owned() } else { format!("SIM-{id}") };
        write!(
            text,
            "[[station]]\nid = \"{id}\"\nmn = \"{mn}\"\nname = \"{id}站\"\nkind = \"air\"\nperiod = \"1h\"\ncadence = \"1h\"\n\
             parameters = [\"pm25\", \"so2\", \"co\", \"pressure\", \"rain\"]\n"
        )
        .unwrap();
        text
    })
}

/// Writes file and mapping; gives them with the values in the file, and those of rain, which has no factor code.
fn recorded(folder: &Path, hours: u32, ids: &[&str]) -> (PathBuf, PathBuf, u64, u64) {
    let (file, mapping) = (folder.join("hours.csv"), folder.join("hours.toml"));
    let first = "2025-03-01T01:00:00".parse::<chrono::NaiveDateTime>().unwrap();
    let mut csv = "site,time,pm25,so2,co,pressure,rain\n".to_owned();
    let (mut values, mut rain) = (0, 0);
    for hour in 0..hours {
        let time = (first + chrono::TimeDelta::hours(hour.into())).format("%Y-%m-%d %H:%M");
        for (n, id) in (0..).zip(ids) {
            let k = hour * 7 + n * 31;
            let so2 = if k % 11 == 0 { "-".to_owned() } else { format!("{}.{}", k % 60, k % 10) };
            let wet = if k % 5 == 0 { "0.4" } else { "" };
            writeln!(csv, "{id},{time},{},{so2},0.{:02},{}.5,{wet}", k % 180, k % 97, 990 + k % 40).unwrap();
            values += 3 + u64::from(so2 != "-");
            rain += u64::from(!wet.is_empty());
        }
    }
    std::fs::write(&file, csv).unwrap();
    std::fs::write(&mapping, MAPPING).unwrap();
    (file, mapping, values, rain)
}

fn replay(file: &Path, mapping: &Path, more: &[&str]) -> std::process::Command {
    let mut command = lanbi();
    command.arg("replay").arg(file).arg("--mapping").arg(mapping).args(more);
    command
}

async fn samples(store: &dyn Store) -> Vec<Sample> {
    let mut all = Vec::new();
    for id in IDS {
        let query = SampleQuery {
            station: StationId::new(id),
            parameters: Vec::new(),
            period: None,
            after: "2000-01-01T00:00:00Z".parse().unwrap(),
            until: "2100-01-01T00:00:00Z".parse().unwrap(),
        };
        all.extend(store.samples(&query).await.unwrap());
    }
    all.retain(|sample| sample.key.parameter != Parameter::Rain);
    all.sort_by_key(|sample| (sample.key.station.clone(), sample.key.instant, sample.key.parameter));
    all
}

/// The counts of a line of the final account.
fn counts(said: &str, line: &str) -> BTreeMap<String, u64> {
    let line =
        said.lines().find_map(|said| said.strip_prefix(line)).unwrap_or_else(|| panic!("no {line}: {said}"));
    line.split(", ")
        .map(|count| count.rsplit_once(' ').unwrap())
        .map(|(name, count)| (name.trim().to_owned(), count.parse().unwrap()))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn hours_of_loggers_that_misbehave_arrive_whole_and_as_they_do_by_mqtt() {
    let dir = tempfile::tempdir().unwrap();
    let (file, mapping, values, rain) = recorded(dir.path(), HOURS, &IDS);
    let port = free_port();
    let listen = format!("[hj212]\nlisten = \"127.0.0.1:{port}\"\nask_back_hours = 0\n");
    let site = Site::at("", &stations(), &listen);
    let running = site.launch();
    wait_until("lanbi run to listen", Duration::from_secs(30), || site.logged("loggers are heard") > 0);
    let to = format!("127.0.0.1:{port}");
    let all = "split,resend,glue,noise,badcrc,badlength,slow,drop,nocrlf";
    let names = ["--mn-prefix", "SIM-", "--mn", "a-3=010000A8900016F000169DC0"];
    let ended = replay(&file, &mapping, &["--as", "hj212", "--to", &to, "--misbehave", all, "--seed", "7"])
        .args(names)
        .output()
        .unwrap();
    let said = String::from_utf8(ended.stderr).unwrap();
    assert!(ended.status.success(), "{said}");
    running.stop();
    let frames = u64::from(HOURS) * 3;
    let first = format!("{frames} uploads with {values} values sent, {frames} answered, ");
    assert!(said.contains(&first) && said.contains(", 0 given up"), "{said}");
    assert_eq!(counts(&said, "values without a factor code, not sent:"), [("rain".to_owned(), rain)].into());
    let misdeeds = counts(&said, "misbehaved:");
    assert!(all.split(',').all(|kind| misdeeds.get(kind).is_some_and(|times| *times > 5)), "{misdeeds:?}");

    let store = site.store().await;
    let account = store.account().await.unwrap();
    assert!(account.balances(), "{account:?}");
    assert_eq!((account.stored, account.revised), (values, 0), "{account:?}");
    // A wrong length with a right check sum is mended.
    let damaged = misdeeds["noise"] + misdeeds["badcrc"] + misdeeds["drop"];
    assert_eq!(account.rejected, damaged, "{misdeeds:?} {account:?}");
    // An hour has three values at least.
    assert!(account.repeated >= 3 * misdeeds["resend"], "{account:?}");
    let letters = output(&mut site.lanbi(&["dead-letters", "list"]));
    assert!(letters.contains("malformed") && letters.contains("CRC"), "{letters}");

    let broker = Mosquitto::start(dir.path());
    let other = Site::new(&broker, &stations(), "");
    let running = other.run();
    output(&mut replay(&file, &mapping, &["--broker", &broker.url()]));
    let by_mqtt = other.store().await;
    let whole = values + rain;
    let limit = std::time::Instant::now() + Duration::from_secs(60);
    while by_mqtt.account().await.unwrap().stored < whole {
        assert!(std::time::Instant::now() < limit, "{:?}", by_mqtt.account().await);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    running.stop();
    let (ours, theirs) = (samples(&*store).await, samples(&*by_mqtt).await);
    assert_eq!(u64::try_from(ours.len()).unwrap(), values);
    let other = ours.iter().zip(&theirs).find(|(one, other)| one != other);
    assert_eq!((ours.len(), other), (theirs.len(), None));
}

/// A platform that answers the first upload when it comes again, and no other. Gives the data segments as they came.
fn slow_platform() -> (u16, std::thread::JoinHandle<Vec<(CrcKind, String)>>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let heard = std::thread::spawn(move || {
        // Somebody who looks whether there is a platform, and then the logger.
        drop(listener.accept().unwrap());
        let (mut stream, _) = listener.accept().unwrap();
        let (mut bytes, mut chunk, mut seen) = (Vec::new(), [0; 4096], Vec::<(CrcKind, String)>::new());
        while let Ok(length @ 1..) = stream.read(&mut chunk) {
            bytes.extend_from_slice(&chunk[..length]);
            let mut used = 0;
            for piece in pieces(&bytes) {
                let Piece::Frame(frame) = piece else { break };
                used += frame.raw.len();
                let data = String::from_utf8(frame.data.to_vec()).unwrap();
                let is_first = seen.first().is_some_and(|(_, first)| *first == data);
                if is_first {
                    stream.write_all(answer(&Segment::parse(&data)).unwrap().as_bytes()).unwrap();
                }
                seen.push((frame.crc, data));
            }
            bytes.drain(..used);
        }
        seen
    });
    (port, heard)
}

#[test]
fn what_is_not_answered_is_sent_again_three_times_and_then_given_up_with_exit_status_1() {
    let dir = tempfile::tempdir().unwrap();
    let (file, mapping, ..) = recorded(dir.path(), 2, &["a-1"]);
    let (port, heard) = slow_platform();
    let to = format!("127.0.0.1:{port}");
    let more = ["--as", "hj212", "--to", &to, "--edition", "2025", "--crc", "modbus", "--password", "s3cret"];
    let said = refusal(&mut replay(&file, &mapping, &more));
    assert!(said.contains("2 uploads with 7 values sent, 1 answered, 4 sent again, 1 given up"), "{said}");
    assert!(said.contains("1 uploads stayed unanswered") && said.contains("--crc"), "{said}");
    let heard = heard.join().unwrap();
    // Both may go out together; the later number is that of the second.
    let mut numbers: Vec<&str> = heard.iter().map(|(_, data)| Segment::parse(data).qn).collect();
    numbers.sort_unstable();
    let (first, second) = (numbers[0], numbers[5]);
    assert_eq!(numbers, [first, first, second, second, second, second]);
    assert_ne!(first, second);
    for (crc, data) in &heard {
        let segment = Segment::parse(data);
        let fields = (*crc, segment.st, segment.cn, segment.pw, segment.mn, segment.flag);
        assert_eq!(fields, (CrcKind::Modbus, "22", "2061", "s3cret", "a-1", "9"), "{data}");
    }
    assert!(
        heard[0].1.contains("CP=&&DataTime=20250301000000;a34004-Avg=0,"),
        "the start of the hour: {}",
        heard[0].1
    );
}

#[test]
fn wrong_usage_names_the_remedy() {
    let dir = tempfile::tempdir().unwrap();
    let (file, mapping, ..) = recorded(dir.path(), 1, &["a=1"]);
    let to = format!("127.0.0.1:{}", free_port());
    assert!(refusal(&mut replay(&file, &mapping, &["--as", "hj212"])).contains("--to HOST:PORT"));
    let said = refusal(&mut replay(&file, &mapping, &["--as", "hj212", "--to", &to]));
    assert!(said.contains("nobody listens") && said.contains("[hj212] listen"), "{said}");
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let to = listener.local_addr().unwrap().to_string();
    let said = refusal(&mut replay(&file, &mapping, &["--as", "hj212", "--to", &to]));
    assert!(said.contains("MN `a=1`") && said.contains("--mn STATION=MN"), "{said}");
    let check = |more: &[&str], expected: &str| {
        let ended = replay(&file, &mapping, more).output().unwrap();
        let said = String::from_utf8(ended.stderr).unwrap();
        assert!(ended.status.code() == Some(2) && said.contains(expected), "{more:?}: {said}");
    };
    check(&[], "--broker");
    check(&["--as", "mqtt"], "--broker");
    check(&["--to", "tomorrow", "--as", "hj212"], "host:port");
    check(&["--as", "hj212", "--to", &to, "--edition", "2010"], "2005, 2017 or 2025");
    check(&["--as", "hj212", "--to", &to, "--misbehave", "split,shout"], "shout");
}
