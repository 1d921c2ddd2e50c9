//! Many data loggers at once over TCP, each with a frame a second, beside some that misbehave: how long does each wait for its
//! answer, and what does the program need?

use std::{
    fmt::Write as _,
    net::{Ipv4Addr, SocketAddr},
    path::Path,
    process::Stdio,
    time::Duration,
};

use anyhow::Context as _;
use chrono::TimeDelta;
use lanbi_ingest::hj212::frame::encode;
use lanbi_model::{AveragingPeriod, Decimal, Parameter, Registry, Station, StationId, StationKind, Zone};
use serde::Serialize;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpSocket, TcpStream},
    task::JoinSet,
    time::{Instant, sleep_until, timeout_at},
};

use super::{
    Machine, Process, Target,
    args::StationsArgs,
    figure::{mib, percentile_ms, rounded, seconds},
    proc,
    site::PREFIX,
};

/// How long a start or a stop may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// An answer that takes longer is none: a logger sends the frame again then (HJ 212-2017, 6.6: 10 s).
const ANSWER: Duration = Duration::from_secs(10);

/// What a frame holds.
const VALUES: [(&str, Parameter); 6] = [
    ("a34004", Parameter::Pm25),
    ("a34002", Parameter::Pm10),
    ("a21026", Parameter::So2),
    ("a21004", Parameter::No2),
    ("a21005", Parameter::Co),
    ("a01001", Parameter::AirTemperature),
];

/// What many loggers at once showed.
#[derive(Debug, Serialize)]
pub(crate) struct StationsReport {
    machine: Machine,
    store: String,
    stations: u32,
    /// Connections that send rubbish, or a byte now and then.
    misbehaving: u32,
    seconds: u32,
    frames: u64,
    answered: u64,
    answered_per_s: f64,
    p50_ms: f64,
    p99_ms: f64,
    max_ms: f64,
    peak_rss_mib: Option<f64>,
    cpu_s: Option<f64>,
    /// Values the store holds, and values sent.
    stored: u64,
    values: u64,
    /// Whether every frame was answered and every value is in the store once.
    pub(crate) matched: bool,
}

/// Runs the loggers.
///
/// # Errors
/// Something does not start, work or end.
pub(crate) async fn run(args: &StationsArgs) -> anyhow::Result<StationsReport> {
    let folder = tempfile::Builder::new().prefix("lanbi-bench-").tempdir()?;
    let target = Target::open(args.store.as_deref(), folder.path(), None).await?;
    let begun = chrono::Utc::now();
    let tag = begun.format("%m%d%H%M%S").to_string();
    let port = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    crate::service::open_files(usize::try_from(args.stations + args.misbehaving)?);
    let before = target.store.account().await?;
    let mut process = start(folder.path(), args, &tag, &target.uri, address)?;
    process.says("loggers are heard", PATIENCE).await?;
    eprintln!(
        "bench: {} stations and {} that misbehave for {} s, {}",
        args.stations, args.misbehaving, args.seconds, target.engine
    );

    let start = Instant::now() + Duration::from_secs(2);
    let mut rubbish = JoinSet::new();
    for n in 0..args.misbehaving {
        rubbish.spawn(async move { misbehave(address, n).await });
    }
    let mut loggers = JoinSet::new();
    for n in 0..args.stations {
        let logger = Logger { mn: mn(&tag, n), number: n, begun, start, seconds: args.seconds };
        let share = Duration::from_secs(1) * n / args.stations;
        loggers.spawn(async move { logger.run(address, share).await });
    }
    let mut waits = Vec::new();
    while let Some(done) = loggers.join_next().await {
        waits.extend(done??);
    }
    rubbish.abort_all();
    process.must_live()?;
    let peak = proc::peak_rss_kib(process.pid()).map(mib);
    let cpu = proc::cpu(proc::Watched::Tree(process.pid())).map(seconds);
    process.stop(PATIENCE).await?;
    let after = target.store.account().await?;
    target.store.close().await;

    let frames = u64::from(args.stations) * u64::from(args.seconds);
    let values = frames * u64::try_from(VALUES.len())?;
    let answered = u64::try_from(waits.len())?;
    waits.sort_unstable();
    let stored = after.stored - before.stored;
    Ok(StationsReport {
        machine: Machine::here(),
        store: target.engine.clone(),
        stations: args.stations,
        misbehaving: args.misbehaving,
        seconds: args.seconds,
        frames,
        answered,
        answered_per_s: rounded(super::figure::per_second(
            answered,
            Duration::from_secs(args.seconds.into()),
        )),
        p50_ms: percentile_ms(&waits, 50),
        p99_ms: percentile_ms(&waits, 99),
        max_ms: percentile_ms(&waits, 100),
        peak_rss_mib: peak,
        cpu_s: cpu,
        stored,
        values,
        matched: answered == frames && stored == values,
    })
}

fn id(tag: &str, n: u32) -> String {
    format!("{PREFIX}{tag}-s{n:05}")
}

fn mn(tag: &str, n: u32) -> String {
    format!("B{tag}{n:05}")
}

/// Starts the program with stations for all loggers.
fn start(
    folder: &Path,
    args: &StationsArgs,
    tag: &str,
    store: &str,
    address: SocketAddr,
) -> anyhow::Result<Process> {
    let station = |n| Station {
        id: StationId::new(&id(tag, n)),
        name: format!("试验站{n}"),
        kind: StationKind::Air,
        area: "试验区".to_owned(),
        water: String::new(),
        downstream: None,
        zone: Zone::shanghai(),
        period: AveragingPeriod::MOMENT,
        cadence: AveragingPeriod::from_seconds(1),
        parameters: VALUES.map(|(_, parameter)| parameter).to_vec(),
    };
    let mns = (0..args.stations).map(|n| (StationId::new(&id(tag, n)), mn(tag, n)));
    let registry = Registry::new((0..args.stations).map(station).collect(), Vec::new())?.with_mns(mns)?;
    let settings = serde_json::json!({
        "data": { "dir": "data" },
        "store": { "uri": store },
        "registry": { "stations": "stations.toml", "district": "试验区", "demo": true },
        "mqtt": { "url": "" },
        "hj212": {
            "listen": address.to_string(),
            "connections": args.stations + args.misbehaving,
            "connections_per_address": args.stations + args.misbehaving,
            "ask_back_hours": 0,
        },
        "web": { "listen": "" },
    });
    let config = folder.join("lanbi.toml");
    let written = std::fs::write(folder.join("stations.toml"), lanbi_config::write_registry(&registry)?)
        .and_then(|()| std::fs::write(&config, toml::to_string(&settings).unwrap_or_default()));
    written.with_context(|| format!("cannot write to {}", folder.display()))?;
    let mut command = Process::own_program()?;
    command.arg("--config").arg(&config).args(["run", "--role", "ingest"]).env("RUST_LOG", "info");
    Process::start("lanbi run", &mut command, folder.join("worker.log"), Stdio::null())
}

/// One logger.
struct Logger {
    mn: String,
    number: u32,
    begun: lanbi_model::Instant,
    start: Instant,
    seconds: u32,
}

impl Logger {
    /// Sends a frame a second and takes the time to each answer; gives the times of those that were answered.
    async fn run(self, address: SocketAddr, share: Duration) -> anyhow::Result<Vec<Duration>> {
        let mut stream = connect(address).await?;
        let mut waits = Vec::new();
        let mut answer = Vec::new();
        for second in 0..self.seconds {
            let due = self.start + share + Duration::from_secs(second.into());
            sleep_until(due).await;
            let (qn, frame) = self.frame(second);
            stream.write_all(frame.as_bytes()).await?;
            answer.clear();
            loop {
                let read = timeout_at(due + ANSWER, stream.read_buf(&mut answer)).await;
                let Ok(Ok(1..)) = read else { return Ok(waits) };
                if answer.ends_with(b"\r\n") {
                    break;
                }
            }
            if String::from_utf8_lossy(&answer).contains(&format!("QN={qn};ST=91;CN=9014;")) {
                waits.push(due.elapsed());
            }
        }
        Ok(waits)
    }

    fn frame(&self, second: u32) -> (String, String) {
        let time =
            Zone::shanghai().local(self.begun + TimeDelta::seconds(second.into())).format("%Y%m%d%H%M%S");
        let qn = format!("{time}{:03}", self.number % 1000);
        let mut data = format!("QN={qn};ST=22;CN=2011;PW=123456;MN={};Flag=5;CP=&&DataTime={time}", self.mn);
        for (i, (code, _)) in (0_u32..).zip(VALUES) {
            let value = Decimal::new(i64::from((self.number * 7 + second * 13 + i * 31) % 400), 1);
            // Writing to a string cannot fail.
            let _ = write!(data, ";{code}-Rtd={value},{code}-Flag=N");
        }
        data.push_str("&&");
        (qn, encode(&data))
    }
}

async fn connect(address: SocketAddr) -> anyhow::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    let stream = socket.connect(address).await.context("a logger cannot connect")?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// Sends rubbish as fast as it is taken, or a frame byte by byte that never ends, and comes back when it is sent away.
async fn misbehave(address: SocketAddr, number: u32) {
    loop {
        if let Ok(mut stream) = connect(address).await {
            if number.is_multiple_of(2) {
                while stream.write_all(&[b'#'; 1000]).await.is_ok() {}
            } else {
                let begun = b"##0999QN=20260101000000000;ST=22;CN=2011;";
                for byte in begun.iter().chain(std::iter::repeat(&b'x')) {
                    if stream.write_all(&[*byte]).await.is_err() {
                        break;
                    }
                    tokio::time::sleep(Duration::from_millis(200)).await;
                }
            }
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

impl StationsReport {
    /// For reading.
    pub(crate) fn table(&self) -> String {
        let known = |figure: Option<f64>| {
            figure.map_or_else(|| "unknown".to_owned(), |figure| format!("{figure:.1}"))
        };
        format!(
            "{}\n{}\n{} stations, a frame a second each, {} s, beside {} that misbehave\n\
             answered   {} of {} frames, {:.0} /s\n\
             answer     p50 {:.1} ms, p99 {:.1} ms, longest {:.1} ms\n\
             lanbi      {} MiB at most, {} s of processor\n\
             values     {} sent, {} stored\n{}\n",
            self.machine,
            self.store,
            self.stations,
            self.seconds,
            self.misbehaving,
            self.answered,
            self.frames,
            self.answered_per_s,
            self.p50_ms,
            self.p99_ms,
            self.max_ms,
            known(self.peak_rss_mib),
            known(self.cpu_s),
            self.values,
            self.stored,
            if self.matched { "all answered, none lost, none doubled" } else { "NOT AS SENT" },
        )
    }
}
