//! A steady flow for a long time, and the worker's memory meanwhile.

use std::{
    fmt::Write as _,
    time::{Duration, Instant},
};

use serde::Serialize;

use super::{
    Broker, Checked, Load, LoadPlan, Machine, Process, Target, Worker, WorkerPlan,
    args::SoakArgs,
    figure::{mib, rounded, seconds},
    flow::{Flow, Pace},
    meter::{CpuReport, Reading},
    proc,
    watch::Watch,
};

/// Between two looks at the worker's memory.
const EVERY: Duration = Duration::from_secs(10);

/// A broker that keeps up holds little; the embedded one gets room for a minute of absence.
const ROOM_SECONDS: u64 = 60;
const ROOM_FOR_MESSAGE: u64 = 600;

/// What a long flow showed.
#[derive(Debug, Serialize)]
pub(crate) struct SoakReport {
    pub(crate) machine: Machine,
    pub(crate) broker: String,
    pub(crate) store: String,
    pub(crate) messages_per_s: u32,
    pub(crate) messages: u64,
    pub(crate) values: u64,
    /// Seconds from the first message due to the last one committed.
    pub(crate) seconds: f64,
    pub(crate) first_rss_mib: Option<f64>,
    pub(crate) last_rss_mib: Option<f64>,
    pub(crate) peak_rss_mib: Option<f64>,
    /// Slope of the memory over the second half, when caches are full, by least squares.
    pub(crate) slope_mib_per_hour: Option<f64>,
    /// Most messages published and not yet committed at any look.
    pub(crate) most_waiting: u64,
    pub(crate) cpu_s: CpuReport,
    pub(crate) check: Checked,
    pub(crate) looks: Vec<Look>,
}

/// One look at the worker.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Look {
    pub(crate) second: f64,
    pub(crate) rss_mib: f64,
    /// Messages due by then and not yet committed.
    pub(crate) waiting: u64,
}

/// Runs the flow.
///
/// # Errors
/// Something does not start, work or end.
pub(crate) async fn run(args: &SoakArgs) -> anyhow::Result<SoakReport> {
    let folder = tempfile::Builder::new().prefix("lanbi-bench-").tempdir()?;
    let place = &args.place;
    let messages = u64::from(args.rate) * u64::from(args.minutes) * 60;
    let plan = LoadPlan::ending(chrono::Utc::now(), messages, place.seed);
    let target = Target::open(place.store.as_deref(), folder.path(), place.pg_pid).await?;
    let room = u64::from(args.rate) * ROOM_SECONDS * ROOM_FOR_MESSAGE;
    let broker = Broker::find(place.broker.as_deref(), folder.path(), place.receive_maximum, room)?;
    eprintln!("bench: {} and {}, {messages} messages", broker.name, target.engine);
    let worker = Worker::prepare(folder.path(), &WorkerPlan::new(place, &plan, &broker, &target), &plan)?;
    let before = target.store.account().await?;
    let at_start = Reading::take(&broker, &target, None);
    let mut process = worker.start_subscribed().await?;
    let pid = process.pid();
    let flow = Flow::open(&broker.url, &plan).await?;
    let mut load = Load::new(&plan);
    let pace = Pace { start: Instant::now(), rate: args.rate, messages };
    let mut looks = Vec::new();
    {
        let mut sending = std::pin::pin!(flow.steady(&mut load, &pace));
        loop {
            tokio::select! {
                sent = &mut sending => break sent?,
                () = tokio::time::sleep(EVERY) => {
                    let committed = target.store.account().await?.messages - before.messages;
                    looks.extend(look(&mut process, &pace, committed)?);
                }
            }
        }
    }
    flow.finish().await?;
    let mut watch = Watch { store: &*target.store, worker: &mut process, before: before.messages };
    let (_, last) = watch.drained(messages).await?;
    looks.extend(look(&mut process, &pace, messages)?);
    let cpu_s = Reading::take(&broker, &target, Some(pid)).since(&at_start);
    let peak = proc::peak_rss_kib(pid).map(mib);
    Worker::stop(process).await?;
    let check = load.manifest().check(&before, &*target.store).await?;
    target.store.close().await;
    Ok(SoakReport {
        machine: Machine::here(),
        broker: broker.name.clone(),
        store: target.engine.clone(),
        messages_per_s: args.rate,
        messages,
        values: load.manifest().incoming,
        seconds: seconds(last.at - pace.start),
        first_rss_mib: looks.first().map(|look| look.rss_mib),
        last_rss_mib: looks.last().map(|look| look.rss_mib),
        peak_rss_mib: peak,
        slope_mib_per_hour: slope_per_hour(looks.get(looks.len() / 2..).unwrap_or_default()),
        most_waiting: looks.iter().map(|look| look.waiting).max().unwrap_or(0),
        cpu_s,
        check,
        looks,
    })
}

/// Looks at the worker; none where the system does not tell.
fn look(worker: &mut Process, pace: &Pace, committed: u64) -> anyhow::Result<Option<Look>> {
    worker.must_live()?;
    let since = pace.start.elapsed();
    let due = since.as_millis() * u128::from(pace.rate) / 1000;
    let due = u64::try_from(due)?.min(pace.messages);
    let Some(rss) = proc::rss_kib(worker.pid()) else { return Ok(None) };
    let look = Look { second: seconds(since), rss_mib: mib(rss), waiting: due.saturating_sub(committed) };
    eprintln!("bench: {:6.0} s, {:.1} MiB, {} waiting", look.second, look.rss_mib, look.waiting);
    Ok(Some(look))
}

/// Slope of the memory over time by least squares; none below three looks.
fn slope_per_hour(looks: &[Look]) -> Option<f64> {
    if looks.len() < 3 {
        return None;
    }
    let count = f64::from(u32::try_from(looks.len()).ok()?);
    let mean_time = looks.iter().map(|look| look.second).sum::<f64>() / count;
    let mean_size = looks.iter().map(|look| look.rss_mib).sum::<f64>() / count;
    let (mut both, mut square) = (0.0, 0.0);
    for look in looks {
        let time = look.second - mean_time;
        both += time * (look.rss_mib - mean_size);
        square += time * time;
    }
    (square > 0.0).then(|| rounded(both / square * 3600.0))
}

impl SoakReport {
    /// The report for reading.
    pub(crate) fn table(&self) -> String {
        let mib = |size: Option<f64>| size.map_or_else(|| "n/a".to_owned(), |size| format!("{size:.1} MiB"));
        let slope = self.slope_mib_per_hour.map_or_else(|| "n/a".to_owned(), |s| format!("{s:+.2} MiB/h"));
        let mut out = String::new();
        for (name, text) in [
            ("machine", self.machine.to_string()),
            ("broker", self.broker.clone()),
            ("store", self.store.clone()),
            (
                "flow",
                format!(
                    "{} messages/s, {} messages, {} values in {:.0} s",
                    self.messages_per_s, self.messages, self.values, self.seconds
                ),
            ),
            (
                "memory of lanbi",
                format!(
                    "first {}, last {}, peak {}",
                    mib(self.first_rss_mib),
                    mib(self.last_rss_mib),
                    mib(self.peak_rss_mib)
                ),
            ),
            ("slope, second half", slope),
            ("waiting at most", format!("{} messages", self.most_waiting)),
            ("processor", self.cpu_s.to_string()),
            ("account", self.check.to_string()),
        ] {
            // Writing to a string cannot fail.
            let _ = writeln!(out, "{name:<26}{text}");
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_leak_has_a_slope_and_a_wave_has_none() {
        let looks = |sizes: &[f64]| -> Vec<Look> {
            let look =
                |(i, size): (u32, &f64)| Look { second: f64::from(i) * 10.0, rss_mib: *size, waiting: 0 };
            (0..).zip(sizes).map(look).collect()
        };
        assert_eq!(slope_per_hour(&looks(&[50.0, 51.0, 52.0, 53.0])), Some(360.0));
        assert_eq!(slope_per_hour(&looks(&[50.0, 51.0, 50.0])), Some(0.0));
        assert_eq!(slope_per_hour(&looks(&[50.0, 51.0])), None);
    }
}
