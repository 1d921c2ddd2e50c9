//! Asks connected loggers for what they have not sent: hours, minutes or days of the last days (补数, HJ 212 2061, 2051 and
//! 2031 with BeginTime and EndTime). What they send then comes in like any other frame.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
    time::{Duration, Instant as Moment},
};

use chrono::{TimeDelta, Timelike as _};
use lanbi_ingest::{
    hj212::{command::Upload, edition::Edition, request},
    tcp::{Door, Doors},
};
use lanbi_model::{AveragingPeriod, Instant, Registry, Station, Zone};
use lanbi_store::{SampleQuery, Store, StoreError};
use tokio::sync::watch;

use crate::pipeline::Clock;

/// How often is looked who has connected, and how often the gaps of each logger are.
const LOOK: Duration = Duration::from_secs(5);
const AGAIN: Duration = Duration::from_secs(3600);

/// A period that ended so recently may still be on its way.
const ON_ITS_WAY: TimeDelta = TimeDelta::minutes(10);

/// Times that a period is asked for: a logger that has lost it will not find it.
const ATTEMPTS: u8 = 3;

/// Periods asked for at once, and requests sent to a logger at once. Its line is slow.
const AT_ONCE: usize = 24;
const REQUESTS: usize = 4;

/// What is needed to ask.
pub(crate) struct AskBack {
    pub store: Arc<dyn Store>,
    pub registry: Arc<Registry>,
    pub doors: Doors,
    pub clock: Clock,
    /// How far back.
    pub back: TimeDelta,
    /// Time after a connection in which a logger sends what has waited by itself.
    pub wait: Duration,
}

/// A stretch of missing periods, from the beginning of the first to the end of the last.
type Gap = (Instant, Instant);

/// What was done about one logger.
struct Asked {
    /// The connection it was done on.
    connection: u64,
    next: Moment,
    /// Attempts by end of period.
    attempts: HashMap<Instant, u8>,
}

impl AskBack {
    /// Asks until `stop`.
    pub(crate) async fn run(self, mut stop: watch::Receiver<bool>) {
        let mut asked: HashMap<String, Asked> = HashMap::new();
        loop {
            let doors = self.doors.all();
            for door in &doors {
                let known = asked.entry(door.mn.clone()).or_insert_with(|| Asked {
                    connection: door.connection(),
                    next: Moment::now() + self.wait,
                    attempts: HashMap::new(),
                });
                if known.connection != door.connection() {
                    (known.connection, known.next) = (door.connection(), Moment::now() + self.wait);
                }
                if known.next > Moment::now() {
                    continue;
                }
                known.next = Moment::now() + AGAIN;
                if let Err(error) = self.ask(door, &mut known.attempts).await {
                    tracing::warn!(mn = door.mn, %error, "the gaps of a logger cannot be looked for");
                }
            }
            tokio::select! {
                () = tokio::time::sleep(LOOK.min(self.wait.max(Duration::from_millis(200)))) => {}
                _ = stop.wait_for(|stop| *stop) => return,
            }
        }
    }

    /// Sends a logger requests for its gaps.
    async fn ask(&self, door: &Door, attempts: &mut HashMap<Instant, u8>) -> Result<(), StoreError> {
        let Some(station) = self.registry.by_mn(&door.mn) else { return Ok(()) };
        let Some(upload) = upload_of(station.period) else { return Ok(()) };
        let (now, period) = ((self.clock)(), station.period);
        let span = (now - self.back, now - ON_ITS_WAY);
        attempts.retain(|end, _| *end > span.0);
        let missing = self.missing(station, span).await?;
        let missing: Vec<Instant> = missing
            .into_iter()
            .filter(|end| attempts.get(end).is_none_or(|times| *times < ATTEMPTS))
            .collect();
        let addressee = request::Addressee {
            st: &door.st,
            pw: &door.pw,
            mn: &door.mn,
            edition: Edition::of_flag(&door.flag).unwrap_or(Edition::V2017),
            zone: station.zone,
        };
        let mut periods = 0;
        for gap in gaps(&missing, period).into_iter().take(REQUESTS) {
            // Each request has a number of its own, to the millisecond.
            let number = now + TimeDelta::milliseconds(periods);
            let Some(frame) = request::history(&addressee, upload, gap, number) else { return Ok(()) };
            if !door.send(frame) {
                return Ok(());
            }
            for end in missing.iter().filter(|end| gap.0 < **end && **end <= gap.1) {
                *attempts.entry(*end).or_default() += 1;
                periods += 1;
            }
        }
        if periods > 0 {
            tracing::info!(mn = door.mn, station = %station.id, periods, "asked a logger for what it has not sent");
        }
        Ok(())
    }

    /// Ends of the periods of a stretch of which the store has no value.
    async fn missing(&self, station: &Station, span: (Instant, Instant)) -> Result<Vec<Instant>, StoreError> {
        let query = SampleQuery {
            station: station.id.clone(),
            parameters: station.parameters.clone(),
            period: Some(station.period),
            after: span.0,
            until: span.1,
        };
        let samples = self.store.samples(&query).await?;
        let present: BTreeSet<Instant> = samples.iter().map(|sample| sample.key.instant).collect();
        Ok(ends(span, station.period, station.zone).filter(|end| !present.contains(end)).collect())
    }
}

/// The upload that holds values of this period; none for readings, which no logger keeps.
fn upload_of(period: AveragingPeriod) -> Option<Upload> {
    match period {
        AveragingPeriod::MOMENT => None,
        AveragingPeriod::HOUR => Some(Upload::Hour),
        AveragingPeriod::DAY => Some(Upload::Day),
        shorter if shorter < AveragingPeriod::HOUR => Some(Upload::Minutes),
        _ => None,
    }
}

/// Ends of the whole periods of a stretch, counted from local midnight.
fn ends(
    (from, until): (Instant, Instant),
    period: AveragingPeriod,
    zone: Zone,
) -> impl Iterator<Item = Instant> {
    let length = i64::from(period.seconds().max(1));
    let into_day = i64::from(zone.local(from).time().num_seconds_from_midnight());
    let from = from - TimeDelta::nanoseconds(from.timestamp_subsec_nanos().into());
    // The first period that begins within the stretch.
    let first = from + TimeDelta::seconds((length - into_day % length) % length + length);
    std::iter::successors(Some(first), move |end| Some(*end + TimeDelta::seconds(length)))
        .take_while(move |end| *end <= until)
}

/// Runs of periods that follow one another, each of at most [`AT_ONCE`].
fn gaps(missing: &[Instant], period: AveragingPeriod) -> Vec<Gap> {
    let runs = missing.chunk_by(|a, b| *b - *a == period.span());
    let runs = runs.flat_map(|run| run.chunks(AT_ONCE));
    runs.filter_map(|run| Some((*run.first()? - period.span(), *run.last()?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    #[test]
    fn periods_end_as_local_clocks_do() {
        let check = |from: &str, until: &str, period: AveragingPeriod, expected: &[&str]| {
            let found: Vec<String> = ends((at(from), at(until)), period, Zone::shanghai())
                .map(|end| end.format("%dT%H:%M:%S").to_string())
                .collect();
            assert_eq!(found, expected, "{from} {until}");
        };
        let hour = AveragingPeriod::HOUR;
        check("2026-03-01T00:20:30.5Z", "2026-03-01T03:10:00Z", hour, &["01T02:00:00", "01T03:00:00"]);
        check("2026-03-01T00:00:00Z", "2026-03-01T02:00:00Z", hour, &["01T01:00:00", "01T02:00:00"]);
        check("2026-03-01T00:00:00Z", "2026-03-01T00:59:59Z", hour, &[]);
        let ten = AveragingPeriod::from_seconds(600);
        check("2026-03-01T00:03:00Z", "2026-03-01T00:35:00Z", ten, &["01T00:20:00", "01T00:30:00"]);
        // A day of Shanghai ends at 16:00 UTC.
        check(
            "2026-03-01T10:00:00Z",
            "2026-03-04T00:00:00Z",
            AveragingPeriod::DAY,
            &["02T16:00:00", "03T16:00:00"],
        );
    }

    #[test]
    fn what_follows_one_another_is_one_gap() {
        let hours = |numbers: &[i64]| -> Vec<Instant> {
            numbers.iter().map(|n| at("2026-03-01T00:00:00Z") + TimeDelta::hours(*n)).collect()
        };
        let check = |missing: &[i64], expected: &[(i64, i64)]| {
            let found: Vec<(i64, i64)> = gaps(&hours(missing), AveragingPeriod::HOUR)
                .into_iter()
                .map(|(begin, end)| {
                    let from_start = |instant: Instant| (instant - at("2026-03-01T00:00:00Z")).num_hours();
                    (from_start(begin), from_start(end))
                })
                .collect();
            assert_eq!(found, expected, "{missing:?}");
        };
        check(&[], &[]);
        check(&[5], &[(4, 5)]);
        check(&[1, 2, 3, 7, 9, 10], &[(0, 3), (6, 7), (8, 10)]);
        let long: Vec<i64> = (1..=30).collect();
        check(&long, &[(0, 24), (24, 30)]);
    }
}
