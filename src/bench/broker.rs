//! The broker of a measurement: one that is there already, a Mosquitto of our own, or the embedded one.

use std::{
    io::{BufRead, BufReader},
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::Context as _;
use url::Url;

use super::{
    child::Process,
    proc::{self, Watched},
};

/// Where distributions put Mosquitto; a user's PATH often lacks the first.
const MOSQUITTO: [&str; 4] = [
    "/usr/sbin/mosquitto",
    "/usr/bin/mosquitto",
    "/usr/local/sbin/mosquitto",
    "/opt/homebrew/sbin/mosquitto",
];

/// How long a broker may take to listen.
const PATIENCE: Duration = Duration::from_secs(10);

/// A broker to measure with; one of our own ends with it.
#[derive(Debug)]
pub(crate) struct Broker {
    pub(crate) url: String,
    /// Name and version for the report.
    pub(crate) name: String,
    process: Option<Process>,
    watched: Option<Watched>,
}

impl Broker {
    /// The broker at `url`; without it Mosquitto where it is installed, else the embedded broker, in a process of its own
    /// that can hold `bytes` of messages.
    ///
    /// # Errors
    /// A broker that does not start.
    pub(crate) fn find(url: Option<&str>, folder: &Path, in_flight: u16, bytes: u64) -> anyhow::Result<Self> {
        match url {
            Some(url) => given(url),
            None => match MOSQUITTO.into_iter().find(|path| Path::new(path).exists()) {
                Some(program) => mosquitto(program, folder, in_flight),
                None => embedded(folder, bytes),
            },
        }
    }

    /// Processor time the broker has used; none where it is not on this machine.
    pub(crate) fn cpu(&self) -> Option<Duration> {
        self.watched.and_then(proc::cpu)
    }

    /// Largest memory the broker has had, in KiB.
    pub(crate) fn peak_rss_kib(&self) -> Option<u64> {
        match self.watched? {
            Watched::One(pid) | Watched::Tree(pid) => proc::peak_rss_kib(pid),
        }
    }

    /// Fails when a broker of our own has ended.
    ///
    /// # Errors
    /// It has.
    pub(crate) fn must_live(&mut self) -> anyhow::Result<()> {
        self.process.as_mut().map_or(Ok(()), Process::must_live)
    }
}

fn given(url: &str) -> anyhow::Result<Broker> {
    let parsed = Url::parse(url).with_context(|| format!("`{url}` is no broker; write mqtt://host:1883"))?;
    let host = parsed.host_str().unwrap_or_default();
    let port = parsed.port().unwrap_or(if parsed.scheme() == "mqtts" { 8883 } else { 1883 });
    let local = matches!(host, "localhost" | "127.0.0.1" | "[::1]");
    let pid = local.then(|| proc::listening_on(port)).flatten();
    Ok(Broker {
        url: url.to_owned(),
        name: format!("{host}:{port}"),
        process: None,
        watched: pid.map(Watched::Tree),
    })
}

/// Mosquitto on loopback with everything in memory: nothing is dropped, nothing is written to disk.
fn mosquitto(program: &str, folder: &Path, in_flight: u16) -> anyhow::Result<Broker> {
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .context("no free port on 127.0.0.1 for the broker; close other programs and try again")?
        .port();
    let config = folder.join("mosquitto.conf");
    std::fs::write(
        &config,
        format!(
            "listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\nmax_queued_messages 0\n\
             max_queued_bytes 0\nmax_inflight_messages {in_flight}\nlog_type error\nlog_type warning\n"
        ),
    )
    .with_context(|| format!("cannot write {}", config.display()))?;
    let mut command = Command::new(program);
    let log = folder.join("mosquitto.log");
    let mut process = Process::start("mosquitto", command.arg("-c").arg(&config), log, Stdio::null())?;
    let start = Instant::now();
    while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
        process.must_live()?;
        if start.elapsed() > PATIENCE {
            return Err(process.complaint("does not listen"));
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    let watched = Some(Watched::One(process.pid()));
    Ok(Broker {
        url: format!("mqtt://127.0.0.1:{port}"),
        name: version(program),
        process: Some(process),
        watched,
    })
}

/// The first line of its help names the version; there is no other way to ask.
fn version(program: &str) -> String {
    let help = Command::new(program).arg("-h").output().map(|output| output.stdout).unwrap_or_default();
    let line = String::from_utf8_lossy(&help).lines().next().unwrap_or("mosquitto").to_owned();
    line.replace(" version", "")
}

fn embedded(folder: &Path, bytes: u64) -> anyhow::Result<Broker> {
    eprintln!("bench: mosquitto is not installed, measuring with the embedded broker of the demo");
    let mut command = Process::own_program()?;
    command.args(["bench", "broker", "--bytes", &bytes.to_string()]);
    let log = folder.join("broker.log");
    let mut process = Process::start("the embedded broker", &mut command, log, Stdio::piped())?;
    let mut line = String::new();
    if let Some(stdout) = process.take_stdout() {
        BufReader::new(stdout).read_line(&mut line)?;
    }
    let address = line.trim();
    if address.is_empty() {
        return Err(process.complaint("did not say where it listens"));
    }
    let watched = Some(Watched::One(process.pid()));
    Ok(Broker {
        url: format!("mqtt://{address}"),
        name: "rumqttd (embedded)".to_owned(),
        process: Some(process),
        watched,
    })
}
