//! One file of hours judged by lanbi and by the scripts beside it: time, memory, and whether the figures are the same.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use serde::Serialize;

use super::super::args::AssessArgs;
use super::super::child::Process;
use super::super::figure::{mib, per_second, rounded, seconds};
use super::super::proc::peak_rss_kib;
use super::archive::Plan;

/// A program is run so often on a file; the shortest time counts.
const ROUNDS: usize = 3;

/// Scripts and the library each needs.
const PEERS: [(&str, &str); 2] = [("polars", "attainment_polars.py"), ("pandas", "attainment_pandas.py")];

/// What one file showed.
#[derive(Debug, Serialize)]
pub(crate) struct FileReport {
    pub(crate) stations: u32,
    pub(crate) years: usize,
    pub(crate) values: u64,
    pub(crate) file_mib: f64,
    pub(crate) lanbi: Run,
    pub(crate) peers: Vec<Peer>,
}

/// One program on the file, its start included.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Run {
    pub(crate) seconds: f64,
    pub(crate) values_per_s: f64,
    pub(crate) peak_rss_mib: Option<f64>,
}

/// A script that does the same.
#[derive(Debug, Serialize)]
pub(crate) struct Peer {
    pub(crate) name: &'static str,
    /// None where its library is not installed.
    pub(crate) run: Option<Run>,
    /// Its time over that of lanbi.
    pub(crate) times_lanbi: Option<f64>,
}

/// Figures by site, year, item and statistic.
type Figures = BTreeMap<[String; 4], f64>;

/// Writes the file and runs everything on it.
///
/// # Errors
/// A program fails, or a script has other figures.
pub(super) fn measure(plan: &Plan, folder: &Path, args: &AssessArgs) -> anyhow::Result<FileReport> {
    let path = folder.join("hours.csv");
    let mut file = BufWriter::new(File::create(&path)?);
    plan.write(&mut file)?;
    file.flush()?;
    let bytes = std::fs::metadata(&path)?.len();
    let output = folder.join("figures.csv");

    let own = || -> anyhow::Result<Command> {
        let mut command = Process::own_program()?;
        command.args(["assess", "attainment", "--rows", "hour", "--input"]).arg(&path);
        Ok(command)
    };
    let lanbi = timed(own, &output, plan.values())?;
    let expected = figures(&output)?;
    anyhow::ensure!(!expected.is_empty(), "lanbi has no figures");

    let mut peers = Vec::new();
    for (name, script) in PEERS {
        let script = args.peers.join(script);
        let installed = Command::new(&args.python)
            .args(["-c", &format!("import {name}")])
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success());
        if !installed || !script.is_file() {
            peers.push(Peer { name, run: None, times_lanbi: None });
            continue;
        }
        let command = || {
            let mut command = Command::new(&args.python);
            command.arg(&script).arg(&path);
            Ok(command)
        };
        let run = timed(command, &output, plan.values())?;
        same(&expected, &figures(&output)?)
            .with_context(|| format!("{} and lanbi differ", script.display()))?;
        peers.push(Peer { name, run: Some(run), times_lanbi: Some(rounded(run.seconds / lanbi.seconds)) });
    }
    Ok(FileReport {
        stations: plan.stations,
        years: plan.years.len(),
        values: plan.values(),
        file_mib: mib(bytes / 1024),
        lanbi,
        peers,
    })
}

/// The shortest of several runs, and the largest memory seen.
fn timed(command: impl Fn() -> anyhow::Result<Command>, output: &Path, values: u64) -> anyhow::Result<Run> {
    let (mut shortest, mut peak) = (Duration::MAX, None);
    for _ in 0..ROUNDS {
        let mut command = command()?;
        let start = Instant::now();
        let mut child = command.stdin(Stdio::null()).stdout(File::create(output)?).spawn()?;
        let status = loop {
            peak = peak.max(peak_rss_kib(child.id()));
            match child.try_wait()? {
                Some(status) => break status,
                None => std::thread::sleep(Duration::from_millis(1)),
            }
        };
        anyhow::ensure!(status.success(), "{command:?} ended with {status}");
        shortest = shortest.min(start.elapsed());
    }
    Ok(Run {
        seconds: seconds(shortest),
        values_per_s: per_second(values, shortest).round(),
        peak_rss_mib: peak.map(mib),
    })
}

/// The figures of an output with the columns site, period, item, statistic and value, whatever else it has.
fn figures(path: &Path) -> anyhow::Result<Figures> {
    let mut reader = csv::Reader::from_path(path)?;
    let header = reader.headers()?.clone();
    let place = |name: &str| {
        header.iter().position(|column| column == name).with_context(|| format!("no column {name}"))
    };
    let key = [place("site")?, place("period")?, place("item")?, place("statistic")?];
    let value = place("value")?;
    let mut figures = Figures::new();
    for row in reader.records() {
        let row = row?;
        let cell = |place: usize| row.get(place).unwrap_or_default().to_owned();
        if let Ok(number) = cell(value).parse() {
            figures.insert(key.map(cell), number);
        }
    }
    Ok(figures)
}

/// Published figures are rounded, at one decimal for CO and at none for the others.
fn same(published: &Figures, exact: &Figures) -> anyhow::Result<()> {
    anyhow::ensure!(published.len() == exact.len(), "{} figures and {}", published.len(), exact.len());
    for (key, value) in published {
        let other = exact.get(key).with_context(|| format!("{key:?} is missing"))?;
        let unit = if key[2] == "co" { 0.1 } else { 1.0 };
        anyhow::ensure!((value - other).abs() <= unit / 2.0 + 1e-6, "{key:?}: {value} and {other}");
    }
    Ok(())
}

impl std::fmt::Display for FileReport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { stations, years, values, file_mib, .. } = self;
        writeln!(f, "from a file, {stations} stations, {years} years, {values} values, {file_mib:.0} MiB")?;
        let mut line = |name: &str, run: &Run, times: Option<f64>| {
            let peak = run.peak_rss_mib.map_or_else(|| "?".to_owned(), |mib| format!("{mib:.0}"));
            let times = times.map_or_else(String::new, |times| format!("{times:>8.1} x lanbi"));
            writeln!(
                f,
                "{name:<9}{:>10.3} s{:>14.0} values/s{peak:>8} MiB{times}",
                run.seconds, run.values_per_s
            )
        };
        line("lanbi", &self.lanbi, None)?;
        for peer in &self.peers {
            if let Some(run) = &peer.run {
                line(peer.name, run, peer.times_lanbi)?;
            }
        }
        for peer in self.peers.iter().filter(|peer| peer.run.is_none()) {
            writeln!(
                f,
                "{:<9} not run: --python names a Python that has it, --peers the folder of the scripts",
                peer.name
            )?;
        }
        Ok(())
    }
}
