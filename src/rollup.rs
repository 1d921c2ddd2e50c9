//! What follows from stored values: flags, day means, alarms. Works off the stale marks that the store keeps, so that a
//! stop between two steps leaves work to do and no wrong figure.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use chrono::{NaiveDate, TimeDelta};
use lanbi_analytics::{
    aggregate::{DayRules, daily_means},
    alarm::{Watch, evaluate},
    qc::{QcSettings, check_series},
};
use lanbi_model::{
    AlarmState, AveragingPeriod, DailyMean, Flags, Instant, Parameter, Registry, Sample, SampleKey, Station,
    StationId, StationKind,
    standard::{self, LimitTime, Standards},
};
use lanbi_store::{DerivedBatch, Lease, SampleQuery, StaleMark, Store, StoreError};
use tokio::task::JoinSet;

use crate::facts::{sends_minutes, valid_hours};

/// Marks taken in one round.
const MARKS: u32 = 2000;

/// Stale days that lie closer than this are read together, at most `RUN_DAYS` of them.
const NEAR_DAYS: i64 = 3;
const RUN_DAYS: usize = 31;

/// How long after midnight a day mean is final enough for an alarm: the last hour has had time to arrive.
const DAY_GRACE: TimeDelta = TimeDelta::hours(2);

/// Derives figures for one store. One per store at a time.
pub(crate) struct Rollup {
    deriver: Deriver,
    registry: Arc<Registry>,
    watches: Vec<Watch>,
    states: BTreeMap<StateKey, AlarmState>,
    /// When figures were last up to date; a day that was over by then is computed again only for late values.
    settled: Option<Instant>,
    lease: Option<Lease>,
}

/// What the figures of one station are derived with; cheap to clone, so that stations are derived side by side.
#[derive(Clone)]
struct Deriver {
    store: Arc<dyn Store>,
    standards: Arc<Standards>,
    qc: Arc<QcSettings>,
    outlet_hours: u32,
}

/// What was derived of one station.
struct Derived {
    station: StationId,
    flags: Vec<(SampleKey, Flags)>,
    daily: Vec<DailyMean>,
    /// The values of the stale days, with their new flags.
    samples: Vec<Sample>,
}

type StateKey = (StationId, String, Option<Parameter>);

fn key_of(state: &AlarmState) -> StateKey {
    (state.station.clone(), state.rule.0.clone(), state.parameter)
}

impl Rollup {
    /// Takes up where the store's alarm states left off.
    ///
    /// # Errors
    /// The states cannot be read.
    pub(crate) async fn new(
        store: Arc<dyn Store>,
        registry: Arc<Registry>,
        standards: Arc<Standards>,
        qc: QcSettings,
        outlet_hours: u32,
        watches: Vec<Watch>,
        lease: Option<Lease>,
    ) -> Result<Self, StoreError> {
        let states = store.alarm_states().await?.into_iter().map(|state| (key_of(&state), state)).collect();
        let deriver = Deriver { store, standards, qc: Arc::new(qc), outlet_hours };
        Ok(Self { deriver, registry, watches, states, settled: None, lease })
    }

    /// Works until no mark is left, then looks for silent stations at `now`. Gives the number of days derived.
    ///
    /// # Errors
    /// The store failed; what was committed before stays, and the rest is still marked.
    pub(crate) async fn settle(&mut self, now: Instant) -> Result<usize, StoreError> {
        let mut days = 0;
        loop {
            let marks = self.deriver.store.stale(MARKS).await?;
            let done = marks.is_empty();
            days += marks.len();
            let mut batch = DerivedBatch {
                recomputed: marks.iter().filter(|mark| self.is_late(mark)).cloned().collect(),
                lease: self.lease.clone(),
                ..DerivedBatch::default()
            };
            let mut fresh: BTreeMap<StationId, Vec<Sample>> = BTreeMap::new();
            for derived in self.derive(&marks).await? {
                batch.flags.extend(derived.flags);
                batch.daily.extend(derived.daily);
                fresh.insert(derived.station, derived.samples);
            }
            batch.settled = marks;
            self.add_day_samples(&batch.daily, now, &mut fresh).await?;
            let states: Vec<AlarmState> = self.states.values().cloned().collect();
            let evaluation = evaluate(&self.watches, &states, &fresh, now);
            batch.alarm_states = evaluation.states;
            batch.alarms = evaluation.changes;
            if !done || !batch.alarm_states.is_empty() || !batch.alarms.is_empty() {
                self.deriver.store.commit_derived(&batch).await?;
                for state in batch.alarm_states {
                    self.states.insert(key_of(&state), state);
                }
            }
            if done {
                self.settled = Some(now);
                return Ok(days);
            }
        }
    }

    /// The instant of the newest value, or `now` where that is earlier or there is none.
    ///
    /// # Errors
    /// The store cannot be read.
    pub(crate) async fn newest_before(&self, now: Instant) -> Result<Instant, StoreError> {
        let latest = self.deriver.store.latest().await?;
        Ok(latest.into_iter().map(|(_, instant)| instant).max().unwrap_or(now).min(now))
    }

    /// Whether a day was over when figures were last up to date: its values came late, or were revised.
    fn is_late(&self, mark: &StaleMark) -> bool {
        let over = |settled: Instant| {
            self.registry
                .get(&mark.station)
                .is_some_and(|station| station.zone.end_of(mark.day) + DAY_GRACE <= settled)
        };
        self.settled.is_some_and(over)
    }

    /// Derives the stations of the marks side by side. A station that has left the registry has nothing to derive.
    async fn derive(&self, marks: &[StaleMark]) -> Result<Vec<Derived>, StoreError> {
        let mut tasks = JoinSet::new();
        for (station, days) in by_station(marks) {
            if let Some(station) = self.registry.get(&station).cloned() {
                let deriver = self.deriver.clone();
                tasks.spawn(async move { deriver.station(station, days).await });
            }
        }
        let mut all = Vec::with_capacity(tasks.len());
        while let Some(done) = tasks.join_next().await {
            match done {
                Ok(derived) => all.push(derived?),
                // A panic in a task goes on in its caller; tasks are never cancelled.
                Err(error) => std::panic::resume_unwind(error.into_panic()),
            }
        }
        all.sort_unstable_by(|a, b| a.station.cmp(&b.station));
        Ok(all)
    }

    /// Adds the day means that have become final since each day rule last looked, as values of the period of a day.
    async fn add_day_samples(
        &self,
        new: &[DailyMean],
        now: Instant,
        fresh: &mut BTreeMap<StationId, Vec<Sample>>,
    ) -> Result<(), StoreError> {
        let watched: BTreeSet<&StationId> = self
            .watches
            .iter()
            .filter(|watch| matches!(watch, Watch::Limit(rule) if rule.period == AveragingPeriod::DAY))
            .map(Watch::station)
            .collect();
        for id in watched {
            let Some(station) = self.registry.get(id) else { continue };
            let seen = self
                .states
                .values()
                .filter(|s| s.station == *id && s.rule.0 == "outlet-day")
                .filter_map(|s| s.last)
                .max();
            let to = station.zone.day_of_end(now - DAY_GRACE - TimeDelta::days(1));
            let from = match seen {
                // The day after the last one seen begins at its end.
                Some(last) => station.zone.day_of(last),
                // Nothing seen yet: the oldest day of this round, or the newest final one.
                None => {
                    let days = new.iter().filter(|mean| mean.station == *id).map(|mean| mean.day);
                    days.min().map_or(to, |first| first.min(to))
                }
            };
            if from > to {
                continue;
            }
            let mut means: BTreeMap<(Parameter, NaiveDate), DailyMean> = BTreeMap::new();
            let known = self.deriver.store.daily(Some(id), from, to).await?;
            let new = new.iter().filter(|m| m.station == *id && from <= m.day && m.day <= to).cloned();
            for mean in known.into_iter().chain(new) {
                means.insert((mean.parameter, mean.day), mean);
            }
            let samples = means.into_values().filter_map(|mean| {
                Some(Sample {
                    value: mean.valid_value()?,
                    flags: Flags::empty(),
                    key: SampleKey {
                        instant: station.zone.end_of(mean.day),
                        station: mean.station,
                        parameter: mean.parameter,
                        period: AveragingPeriod::DAY,
                    },
                })
            });
            fresh.entry(id.clone()).or_default().extend(samples);
        }
        Ok(())
    }
}

impl Deriver {
    /// Flags and day means of one station's stale days.
    async fn station(&self, station: Station, days: BTreeSet<NaiveDate>) -> Result<Derived, StoreError> {
        let mut derived = Derived {
            station: station.id.clone(),
            flags: Vec::new(),
            daily: Vec::new(),
            samples: Vec::new(),
        };
        for run in runs(&days) {
            let (Some(first), Some(last)) = (run.first(), run.last()) else { continue };
            let start = station.zone.start_of(*first);
            let mut samples = self
                .store
                .samples(&SampleQuery {
                    station: station.id.clone(),
                    parameters: Vec::new(),
                    period: None,
                    after: start - self.qc.look_back(&station),
                    until: station.zone.end_of(*last),
                })
                .await?;
            samples.sort_unstable_by(|a, b| a.key.cmp(&b.key));
            let flags = check_series(&station, &samples, &self.qc, &self.standards.plausible);
            apply(&mut samples, &flags);
            derived.flags.extend(flags);
            for day in &run {
                derived.daily.extend(self.day_means(&station, *day, &samples));
            }
            if sends_minutes(&station)
                && let Some(air) = standard::on_day(&self.standards.air, *last)
            {
                // An hour counts for alarms when the first value after it, or its own last one, has arrived.
                let newest = samples.iter().map(|s| s.key.instant).max();
                let hours = valid_hours(&station, &samples, &air.validity);
                derived
                    .samples
                    .extend(hours.filter(|h| h.key.instant >= start && Some(h.key.instant) <= newest));
            }
            derived.samples.extend(samples.into_iter().filter(|s| s.key.instant >= start));
        }
        Ok(derived)
    }

    fn day_means(&self, station: &Station, day: NaiveDate, samples: &[Sample]) -> Vec<DailyMean> {
        let (Some(air), Some(water)) =
            (standard::on_day(&self.standards.air, day), standard::on_day(&self.standards.water, day))
        else {
            // No edition of GB 3095 or GB 3838 was in force: nothing says what makes a mean valid.
            return Vec::new();
        };
        let rules = DayRules {
            air: &air.validity,
            ozone_class2: air
                .limits
                .get(&(Parameter::O3EightHour, LimitTime::DayMaxEightHour))
                .map(|[_, class2]| *class2),
            water_readings: match station.kind {
                StationKind::Outlet { .. } => self.outlet_hours,
                _ => water.day_readings,
            },
        };
        daily_means(station, day, samples, &rules)
    }
}

fn by_station(marks: &[StaleMark]) -> BTreeMap<StationId, BTreeSet<NaiveDate>> {
    let mut stations: BTreeMap<StationId, BTreeSet<NaiveDate>> = BTreeMap::new();
    for mark in marks {
        stations.entry(mark.station.clone()).or_default().insert(mark.day);
    }
    stations
}

/// Cuts days into stretches that are read at once.
fn runs(days: &BTreeSet<NaiveDate>) -> Vec<Vec<NaiveDate>> {
    let mut runs: Vec<Vec<NaiveDate>> = Vec::new();
    for day in days {
        match runs.last_mut() {
            Some(run)
                if run.len() < RUN_DAYS
                    && run.last().is_some_and(|last| (*day - *last).num_days() <= NEAR_DAYS) =>
            {
                run.push(*day);
            }
            _ => runs.push(vec![*day]),
        }
    }
    runs
}

/// Puts new flags on values that are sorted by key.
fn apply(samples: &mut [Sample], flags: &[(SampleKey, Flags)]) {
    for (key, flags) in flags {
        if let Ok(i) = samples.binary_search_by(|s| s.key.cmp(key))
            && let Some(sample) = samples.get_mut(i)
        {
            sample.flags = *flags;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_far_apart_are_not_read_as_one_stretch() {
        let days = |list: &[&str]| list.iter().map(|d| d.parse().unwrap()).collect::<BTreeSet<NaiveDate>>();
        let lengths = |list: &[&str]| runs(&days(list)).iter().map(Vec::len).collect::<Vec<_>>();
        assert_eq!(lengths(&[]), [0; 0]);
        assert_eq!(lengths(&["2026-01-01", "2026-01-02", "2026-01-05"]), [3]);
        assert_eq!(lengths(&["2026-01-01", "2026-01-05", "2026-03-01"]), [1, 1, 1]);
        let first: NaiveDate = "2026-01-01".parse().unwrap();
        let long: BTreeSet<NaiveDate> = first.iter_days().take(70).collect();
        assert_eq!(runs(&long).iter().map(Vec::len).collect::<Vec<_>>(), [31, 31, 8]);
    }
}
