//! Does a store slow down as it grows? Insert rate and the time of one query at several sizes.

use std::{
    fmt::Write as _,
    time::{Duration, Instant},
};

use chrono::TimeDelta;
use lanbi_model::{Instant as Moment, Parameter, StationId};
use lanbi_store::{Batch, SampleQuery, Store};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use serde::Serialize;

use super::{
    LoadPlan, Machine, Target,
    args::GrowArgs,
    figure::{per_second, percentile_ms, rounded},
    site::Site,
};

/// The rate at a size is that of the last batches before it: of this part of those since the size before. A few seconds alone
/// would tell whether the database was writing back just then.
const LAST_PART: usize = 4;

/// The time of a query is the middle one of so many, each of another station and day.
const QUERIES: usize = 41;

/// What was seen at each size.
#[derive(Debug, Serialize)]
pub(crate) struct GrowReport {
    pub(crate) machine: Machine,
    pub(crate) store: String,
    pub(crate) batch_values: u32,
    pub(crate) sizes: Vec<Size>,
}

/// A store at one size.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Size {
    /// Values in the store.
    pub(crate) values: u64,
    /// What a station sends at once is a frame.
    pub(crate) frames_per_s: f64,
    pub(crate) values_per_s: f64,
    /// One parameter of one station, one day by the minute.
    pub(crate) query_ms: f64,
    /// Rate over the rate at the first size, and time over its time.
    pub(crate) rate_ratio: f64,
    pub(crate) query_ratio: f64,
}

/// Fills the store and measures on the way.
///
/// # Errors
/// The store refuses, or sizes that do not ascend.
pub(crate) async fn run(args: &GrowArgs) -> anyhow::Result<GrowReport> {
    anyhow::ensure!(
        args.rows.first().is_some_and(|first| *first > 0) && args.rows.is_sorted_by(|a, b| a < b),
        "--rows must ascend and begin above 0, for example 1000000,10000000"
    );
    let folder = tempfile::Builder::new().prefix("lanbi-bench-").tempdir()?;
    let target = Target::open(args.store.as_deref(), folder.path(), None).await?;
    let plan = LoadPlan::ending(chrono::Utc::now(), args.rows.last().copied().unwrap_or(0), args.seed);
    let mut filler = Filler::new(&plan);
    let mut sizes: Vec<Size> = Vec::new();
    for &rows in &args.rows {
        let mut last: Vec<(u64, u64, Duration)> = Vec::new();
        while filler.values < rows {
            let batch = filler.batch(args.batch_values);
            let (values, frames) = (batch.samples.len().try_into()?, batch.messages);
            let start = Instant::now();
            target.store.commit(&batch).await?;
            last.push((values, frames, start.elapsed()));
        }
        last.drain(..last.len() - last.len().div_ceil(LAST_PART));
        let query_ms = query(&*target.store, &filler).await?;
        let time: Duration = last.iter().map(|(_, _, time)| *time).sum();
        let rate = per_second(last.iter().map(|(values, _, _)| values).sum(), time);
        let frames = per_second(last.iter().map(|(_, frames, _)| frames).sum(), time);
        let first = sizes.first().copied();
        let size = Size {
            values: filler.values,
            frames_per_s: frames.round(),
            values_per_s: rate.round(),
            query_ms,
            rate_ratio: rounded(rate / first.map_or(rate, |first| first.values_per_s)),
            query_ratio: rounded(query_ms / first.map_or(query_ms, |first| first.query_ms).max(1e-3)),
        };
        eprintln!("bench: {size}");
        sizes.push(size);
    }
    let account = target.store.account().await?;
    anyhow::ensure!(account.balances(), "the account does not balance: {account:?}");
    target.store.close().await;
    Ok(GrowReport {
        machine: Machine::here(),
        store: target.engine.clone(),
        batch_values: args.batch_values,
        sizes,
    })
}

/// The middle time of a query for one parameter of one station on one day, of stations and days spread over the store.
async fn query(store: &dyn Store, filler: &Filler) -> anyhow::Result<f64> {
    // Whole days only, so that each query finds as much as any other; a smaller store has none.
    let whole_days = (filler.at - filler.start).num_days();
    let days = whole_days.max(1);
    let mut found_first = None;
    let mut times = Vec::with_capacity(QUERIES);
    for number in 0..QUERIES {
        let site = &filler.sites[number * 37 % filler.sites.len()];
        let station = site.station();
        let day = i64::try_from(number)? * 7 % days;
        let after = filler.start + TimeDelta::days(day);
        let query = SampleQuery {
            parameters: station.parameters.first().copied().into_iter().collect::<Vec<Parameter>>(),
            period: Some(station.period),
            station: station.id,
            after,
            until: after + TimeDelta::days(1),
        };
        let start = Instant::now();
        let found = store.samples(&query).await?;
        times.push(start.elapsed());
        let (found, expected) = (found.len(), *found_first.get_or_insert(found.len()));
        anyhow::ensure!(
            found > 0 && (found == expected || whole_days == 0),
            "{found} values of {} on day {day}, elsewhere {expected}: the times cannot be compared",
            site.id
        );
    }
    times.sort_unstable();
    Ok(percentile_ms(&times, 50))
}

/// Makes batches of new values, minute by minute.
struct Filler {
    sites: Vec<Site>,
    ids: Vec<StationId>,
    rng: ChaCha8Rng,
    start: Moment,
    at: Moment,
    next: usize,
    values: u64,
}

impl Filler {
    fn new(plan: &LoadPlan) -> Self {
        let sites = Site::all(&plan.tag);
        Self {
            ids: sites.iter().map(|site| StationId::new(&site.id)).collect(),
            sites,
            rng: ChaCha8Rng::seed_from_u64(plan.seed),
            start: plan.start,
            at: plan.start,
            next: 0,
            values: 0,
        }
    }

    fn batch(&mut self, values: u32) -> Batch {
        let mut batch = Batch { source: "bench".to_owned(), ..Batch::default() };
        while batch.samples.len() < usize::try_from(values).unwrap_or(usize::MAX) {
            if self.next == self.sites.len() {
                self.next = 0;
            }
            if self.next == 0 {
                self.at += TimeDelta::minutes(1);
            }
            let samples = self.sites[self.next].samples(&self.ids[self.next], self.at, &mut self.rng);
            batch.samples.extend(samples);
            batch.messages += 1;
            self.next += 1;
        }
        self.values += u64::try_from(batch.samples.len()).unwrap_or(0);
        batch
    }
}

impl std::fmt::Display for Size {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{:>12} values: {:>8.0} frames/s, {:>9.0} values/s ({:.2}), one series of a day {:.2} ms ({:.2})",
            self.values,
            self.frames_per_s,
            self.values_per_s,
            self.rate_ratio,
            self.query_ms,
            self.query_ratio
        )
    }
}

impl GrowReport {
    /// The report for reading.
    pub(crate) fn table(&self) -> String {
        let mut out = format!("{:<26}{}\n{:<26}{}\n", "machine", self.machine, "store", self.store);
        for size in &self.sizes {
            // Writing to a string cannot fail.
            let _ = writeln!(out, "{size}");
        }
        out
    }
}
