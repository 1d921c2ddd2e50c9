//! The drain test and the time from publish to commit.

use std::time::{Duration, Instant};

use lanbi_model::Account;
use tempfile::TempDir;

use super::{
    Broker, Load, LoadPlan, Machine, Manifest, Process, Target, Worker, WorkerPlan,
    args::{DrainOnlyArgs, IngestArgs},
    figure::{self, Rate, mib, percentile_ms, rounded},
    flow::{Flow, Pace},
    limit,
    meter::Reading,
    proc,
    report::{DrainReport, IngestReport, LatencyReport, LoadReport},
    watch::{FINE, Seen, Watch},
};

/// Bytes the embedded broker needs for a message, overhead included.
const ROOM_FOR_MESSAGE: u64 = 600;

/// A steady flow begins so long after it is announced.
const LEAD: Duration = Duration::from_millis(200);

/// What a measurement has before it begins.
struct Run<'a> {
    args: &'a IngestArgs,
    folder: TempDir,
    plan: LoadPlan,
    target: Target,
    broker: Broker,
    worker: Worker,
    /// The store's account before.
    before: Account,
}

/// Runs the whole measurement.
///
/// # Errors
/// Something does not start, work or end; what was measured is then worth nothing.
pub(crate) async fn run(args: &IngestArgs) -> anyhow::Result<IngestReport> {
    let mut run = Run::prepare(args).await?;
    let mut load = Load::new(&run.plan);
    let fill = run.fill(&mut load).await?;
    let filled = load.manifest().clone();
    let broker_limit = run.broker_limit(&filled).await?;

    let mut process = run.worker.start()?;
    let mut drain = run.drain(&filled, &mut process).await?;
    let latency = run.latency(&mut load, &mut process).await?;
    Worker::stop(process).await?;
    let check = load.manifest().check(&run.before, &*run.target.store).await?;

    let batch = usize::try_from(args.place.batch_values)?;
    let store_limit = limit::store(&run.target.uri, &run.plan, run.messages(), batch).await?;
    eprintln!("bench: store alone {store_limit}");
    let lower = if broker_limit.messages_per_s <= store_limit.messages_per_s {
        drain.lower_limit = "broker";
        broker_limit
    } else {
        drain.lower_limit = "store";
        store_limit
    };
    drain.ratio = rounded(drain.committed.messages_per_s / lower.messages_per_s.max(1.0));
    run.target.store.close().await;
    Ok(IngestReport {
        machine: Machine::here(),
        broker: run.broker.name.clone(),
        store: run.target.engine.clone(),
        load: run.load_report(&filled),
        fill,
        broker_limit,
        store_limit,
        drain,
        latency,
        check,
    })
}

impl<'a> Run<'a> {
    /// Starts what is needed and opens the two sessions that are filled.
    async fn prepare(args: &'a IngestArgs) -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new().prefix("lanbi-bench-").tempdir()?;
        let place = &args.place;
        let all = u64::from(args.messages) + steady_messages(args);
        let plan = LoadPlan::ending(chrono::Utc::now(), all, place.seed);
        let target = Target::open(place.store.as_deref(), folder.path(), place.pg_pid).await?;
        let room = all * ROOM_FOR_MESSAGE;
        let broker = Broker::find(place.broker.as_deref(), folder.path(), place.receive_maximum, room)?;
        eprintln!("bench: {} and {}, {} messages", broker.name, target.engine, args.messages);
        let worker = Worker::prepare(folder.path(), &WorkerPlan::new(place, &plan, &broker, &target), &plan)?;
        let before = target.store.account().await?;
        let run = Self { args, folder, plan, target, broker, worker, before };
        run.worker.open_session().await?;
        limit::broker(run.folder.path(), &run.nothing(0)).await?;
        Ok(run)
    }

    fn messages(&self) -> u64 {
        self.args.messages.into()
    }

    /// What the client that does nothing is told.
    fn nothing(&self, messages: u64) -> DrainOnlyArgs {
        DrainOnlyArgs {
            broker: self.broker.url.clone(),
            client_id: format!("lanbi-bench-{}-nothing", self.plan.tag),
            topics: self.plan.topics(),
            receive_maximum: self.args.place.receive_maximum,
            messages,
        }
    }

    async fn fill(&mut self, load: &mut Load) -> anyhow::Result<Rate> {
        let start = Instant::now();
        let flow = Flow::open(&self.broker.url, &self.plan).await?;
        flow.fill(load, self.messages()).await?;
        flow.finish().await?;
        let fill = Rate::of(self.messages(), load.manifest().incoming, start.elapsed());
        eprintln!("bench: filled {fill}");
        self.broker.must_live()?;
        Ok(fill)
    }

    async fn broker_limit(&self, filled: &Manifest) -> anyhow::Result<Rate> {
        let drained = limit::broker(self.folder.path(), &self.nothing(self.messages())).await?;
        let time = Duration::from_secs_f64((drained.last_s - drained.first_s).max(0.0));
        let rate = Rate::of(self.messages(), filled.incoming, time);
        eprintln!("bench: broker alone {rate}");
        Ok(rate)
    }

    /// The worker, just started, takes what waits.
    async fn drain(&mut self, filled: &Manifest, process: &mut Process) -> anyhow::Result<DrainReport> {
        let begun = Instant::now();
        let pid = process.pid();
        let at_start = Reading::take(&self.broker, &self.target, None);
        let mut watch = Watch { store: &*self.target.store, worker: process, before: self.before.messages };
        let (first, last) = watch.drained(self.messages()).await?;
        let at_commit = Reading::take(&self.broker, &self.target, Some(pid));
        let derived = watch.derived().await?;
        let at_derived = Reading::take(&self.broker, &self.target, Some(pid));
        let committed = between(&first, &last, filled);
        eprintln!("bench: drained {committed}, derived {:.1?} later", derived - last.at);
        Ok(DrainReport {
            committed,
            with_start: Rate::of(self.messages(), filled.incoming, last.at - begun),
            derived_after_s: figure::seconds(derived - last.at),
            ratio: 0.0,
            lower_limit: "",
            cpu_s: at_commit.since(&at_start),
            cpu_derive_s: at_derived.since(&at_commit),
            peak_rss_mib: proc::peak_rss_kib(pid).map(mib),
            broker_peak_rss_mib: self.broker.peak_rss_kib().map(mib),
        })
    }

    /// Messages at a steady rate to the same worker.
    async fn latency(&self, load: &mut Load, process: &mut Process) -> anyhow::Result<LatencyReport> {
        let pid = process.pid();
        let messages = steady_messages(self.args);
        let before = self.target.store.account().await?.messages;
        let flow = Flow::open(&self.broker.url, &self.plan).await?;
        let pace = Pace { start: Instant::now() + LEAD, rate: self.args.rate, messages };
        let mut watch = Watch { store: &*self.target.store, worker: process, before };
        let (sent, commits) = tokio::join!(flow.steady(load, &pace), watch.commits(messages));
        sent?;
        flow.finish().await?;
        let times = latencies(&pace, &commits?);
        let report = LatencyReport {
            messages_per_s: self.args.rate,
            messages,
            p50_ms: percentile_ms(&times, 50),
            p95_ms: percentile_ms(&times, 95),
            p99_ms: percentile_ms(&times, 99),
            max_ms: percentile_ms(&times, 100),
            granularity_ms: rounded(FINE.as_secs_f64() * 1000.0),
            peak_rss_mib: proc::peak_rss_kib(pid).map(mib),
        };
        eprintln!("bench: publish to commit, p95 {:.0} ms", report.p95_ms);
        Ok(report)
    }

    fn load_report(&self, filled: &Manifest) -> LoadReport {
        let place = &self.args.place;
        LoadReport {
            messages: filled.messages,
            values: filled.incoming,
            bytes_per_message: filled.bytes / filled.messages.max(1),
            repeats: filled.repeats,
            late: filled.late,
            damaged: filled.poison,
            seed: place.seed,
            receive_maximum: place.receive_maximum,
            batch_values: place.batch_values,
        }
    }
}

fn steady_messages(args: &IngestArgs) -> u64 {
    u64::from(args.rate) * u64::from(args.seconds)
}

/// The rate between two answers; values in proportion, since every stretch of messages is mixed alike.
fn between(first: &Seen, last: &Seen, filled: &Manifest) -> Rate {
    let messages = last.messages - first.messages;
    let values = filled.incoming * messages / filled.messages.max(1);
    Rate::of(messages, values, last.at - first.at)
}

/// From when each message was due to the first answer that shows it committed, ascending. Messages of one sender are
/// delivered and committed in order (MQTT 5.0, 4.6), so the count tells which they are.
fn latencies(pace: &Pace, commits: &[Seen]) -> Vec<Duration> {
    let mut times = Vec::new();
    let mut committed = commits.iter().peekable();
    for number in 0..pace.messages {
        while committed.peek().is_some_and(|seen| seen.messages <= number) {
            committed.next();
        }
        let Some(seen) = committed.peek() else { break };
        times.push(seen.at.saturating_duration_since(pace.due(number)));
    }
    times.sort_unstable();
    times
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_waits_until_the_first_answer_that_counts_it() {
        let start = Instant::now();
        let at = |ms, messages| Seen { at: start + Duration::from_millis(ms), messages };
        let pace = Pace { start, rate: 100, messages: 4 };
        // Due at 0, 10, 20 and 30 ms.
        let times = latencies(&pace, &[at(15, 1), at(25, 2), at(70, 4)]);
        assert_eq!(times, [15, 15, 40, 50].map(Duration::from_millis));
    }
}
