//! Rounds of deriving: marks in, figures, flags and alarms out, in one transaction each.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use chrono::{DurationRound as _, NaiveDate, TimeDelta};
use lanbi_analytics::{
    alarm::{Watch, evaluate, evaluate_silence},
    qc::QcSettings,
};
use lanbi_model::{
    AlarmState, Flags, Instant, Parameter, Registry, Sample, SampleKey, StationId, standard::Standards,
};
use lanbi_store::{DerivedBatch, Lease, StaleMark, Store, StoreError};
use tokio::task::JoinSet;

use super::{
    day_values::hears_days,
    derive::{Derived, Deriver},
    heard::Heard,
    heavy::{HeavyRule, HeavySources},
    neighbours::{Area, areas},
    newcomers,
    relisten::Round,
    runs::{by_station, groups},
};

/// Marks taken in one round.
const MARKS: u32 = 500;

/// Stations derived side by side.
const SIDE_BY_SIDE: usize = 4;

/// Key of the memo with the hour up to which figures were last up to date: a stop does not make late values timely.
const SETTLED: &str = "settled";

/// How long after midnight a day mean is final enough for an alarm: the last hour has had time to arrive.
pub(super) const DAY_GRACE: TimeDelta = TimeDelta::hours(2);

/// Derives figures for one store. One per store at a time.
pub(crate) struct Rollup {
    pub(super) deriver: Deriver,
    pub(super) registry: Arc<Registry>,
    /// The rules, those of one station in a row.
    pub(super) watches: Vec<Watch>,
    pub(super) states: BTreeMap<StateKey, AlarmState>,
    pub(super) heard: Heard,
    /// Stations that are held against each other.
    pub(super) areas: Vec<Area>,
    /// The warnings of the district, where they are watched.
    pub(super) heavy: Option<HeavyRule>,
    /// When figures were last up to date; a day that was over by then is computed again only for late values.
    settled: Option<Instant>,
    pub(super) lease: Option<Lease>,
    /// How long values are kept, where they are let go.
    keep: Option<TimeDelta>,
}

/// What names a rule: station, rule and parameter.
pub(super) type StateKey = (StationId, String, Option<Parameter>);

pub(super) fn key_of(state: &AlarmState) -> StateKey {
    (state.station.clone(), state.rule.0.clone(), state.parameter)
}

impl Rollup {
    /// Takes up where the store's alarm states left off, and marks the days of stations that are new.
    ///
    /// # Errors
    /// The states cannot be read, or the days not marked.
    pub(crate) async fn new(
        store: Arc<dyn Store>,
        registry: Arc<Registry>,
        standards: Arc<Standards>,
        qc: QcSettings,
        outlet_hours: u32,
        mut watches: Vec<Watch>,
        lease: Option<Lease>,
    ) -> Result<Self, StoreError> {
        watches.sort_by(|a, b| a.station().cmp(b.station()));
        let marked = newcomers::mark(&*store, &registry).await?;
        if marked > 0 {
            tracing::info!(days = marked, "days of new stations are derived");
        }
        let states = store.alarm_states().await?.into_iter().map(|state| (key_of(&state), state)).collect();
        let settled = store.memo(SETTLED).await?.and_then(|text| text.parse().ok());
        let areas = areas(&registry, &qc);
        let deriver = Deriver { store, standards, qc: Arc::new(qc), outlet_hours };
        Ok(Self {
            deriver,
            registry,
            watches,
            states,
            heard: Heard::default(),
            areas,
            heavy: None,
            settled,
            lease,
            keep: None,
        })
    }

    /// The same where values are let go: a day whose values may be gone keeps the figures it has, whatever comes of it
    /// later.
    pub(crate) fn keeping(self, keep: Option<TimeDelta>) -> Self {
        Self { keep, ..self }
    }

    /// The same with the warnings of the district.
    ///
    /// # Errors
    /// The store cannot be read.
    pub(crate) async fn watching_heavy_air(self, sources: HeavySources) -> Result<Self, StoreError> {
        let heavy = HeavyRule::new(&*self.deriver.store, &self.registry, sources).await?;
        Ok(Self { heavy, ..self })
    }

    /// Settles the marks there are, and looks for silent stations at `now`. Gives the number of days derived. Marks that
    /// are set meanwhile are for the next call.
    ///
    /// # Errors
    /// The store failed; what was committed before stays, and the rest is still marked.
    pub(crate) async fn settle(&mut self, now: Instant) -> Result<usize, StoreError> {
        let mut days = 0;
        loop {
            let marks = self.deriver.store.stale(MARKS).await?;
            let last = u32::try_from(marks.len()).is_ok_and(|marks| marks < MARKS);
            days += marks.len();
            let marks = self.pass_over_gone(marks, now).await?;
            self.touch_heavy_air(&marks).await?;
            for group in groups(marks, &self.registry) {
                self.settle_group(group, now).await?;
            }
            if last {
                self.let_time_pass(now).await?;
                self.look_at_heavy_air(now).await?;
                self.note_settled(now).await?;
                return Ok(days);
            }
        }
    }

    /// Settles the marks of days whose values may be gone; gives the others.
    async fn pass_over_gone(
        &mut self,
        marks: Vec<StaleMark>,
        now: Instant,
    ) -> Result<Vec<StaleMark>, StoreError> {
        let Some(kept_from) = self.keep.map(|keep| now - keep) else { return Ok(marks) };
        let is_kept = |mark: &StaleMark| {
            let start = self.registry.get(&mark.station).map(|station| station.zone.start_of(mark.day));
            start.is_none_or(|start| start >= kept_from)
        };
        let (kept, gone): (Vec<_>, Vec<_>) = marks.into_iter().partition(is_kept);
        if !gone.is_empty() {
            tracing::warn!(
                days = gone.len(),
                "days older than store.keep_days were touched; what came for them is stored, and their figures stay"
            );
            let lease = self.lease.clone();
            self.put(DerivedBatch { settled: gone, lease, ..DerivedBatch::default() }).await?;
        }
        Ok(kept)
    }

    /// Derives the marked days of some stations and moves their rules.
    async fn settle_group(&mut self, marks: Vec<StaleMark>, now: Instant) -> Result<(), StoreError> {
        let mut batch = DerivedBatch {
            recomputed: marks.iter().filter(|mark| self.is_late(mark)).cloned().collect(),
            lease: self.lease.clone(),
            ..DerivedBatch::default()
        };
        let mut fresh: BTreeMap<StationId, Vec<Sample>> = BTreeMap::new();
        let mut flags: BTreeMap<SampleKey, Flags> = BTreeMap::new();
        for derived in self.derive(&marks).await? {
            // Two stretches of one station may both have looked at a value.
            for (key, found) in derived.flags {
                *flags.entry(key).or_default() |= found;
            }
            batch.daily.extend(derived.daily);
            fresh.insert(derived.station, derived.samples);
        }
        let stale = by_station(&marks);
        self.compare_neighbours(&stale, &mut flags).await?;
        batch.flags = flags.into_iter().collect();
        batch.settled = marks;
        self.listen(&stale, &mut fresh, &mut batch, now).await?;
        self.put(batch).await?;
        self.note_heard(&stale, &fresh);
        Ok(())
    }

    /// What follows from the time alone: days have become final, stations have fallen silent.
    async fn let_time_pass(&mut self, now: Instant) -> Result<(), StoreError> {
        let mut finals = BTreeMap::new();
        self.add_day_values(self.watches.iter(), &[], now, &mut finals).await?;
        let newest = self.deriver.store.latest().await?.into_iter().collect();
        let before: Vec<AlarmState> = self.states.values().cloned().collect();
        let days = evaluate(self.watches.iter().filter(|watch| hears_days(watch)), &before, &finals, now);
        let silence = evaluate_silence(&self.watches, &before, &newest, now);
        let alarms = days.changes.into_iter().chain(silence.changes).collect();
        let batch = DerivedBatch {
            alarms: self.renew(alarms).await?,
            alarm_states: days.states.into_iter().chain(silence.states).collect(),
            lease: self.lease.clone(),
            ..DerivedBatch::default()
        };
        if batch.alarm_states.is_empty() && batch.alarms.is_empty() {
            return Ok(());
        }
        self.put(batch).await
    }

    pub(super) async fn put(&mut self, batch: DerivedBatch) -> Result<(), StoreError> {
        self.deriver.store.commit_derived(&batch).await?;
        self.states.extend(batch.alarm_states.into_iter().map(|state| (key_of(&state), state)));
        Ok(())
    }

    /// Moves the rules of the stale stations: those that stale days touch before the last value they heard listen to
    /// them again, and then all go on with what is new.
    async fn listen(
        &self,
        stale: &BTreeMap<StationId, BTreeSet<NaiveDate>>,
        fresh: &mut BTreeMap<StationId, Vec<Sample>>,
        batch: &mut DerivedBatch,
        now: Instant,
    ) -> Result<(), StoreError> {
        let again = self.listen_again(&Round { stale, fresh, daily: &batch.daily, now }).await?;
        // Whether a station is silent can be told only when everything that came has been heard.
        let own = || {
            let spoken = |watch: &&Watch| watch.period().is_some() && stale.contains_key(watch.station());
            self.watches.iter().filter(spoken)
        };
        self.add_day_values(own(), &batch.daily, now, fresh).await?;
        let mut states: BTreeMap<_, _> = self
            .states
            .iter()
            .filter(|((station, ..), _)| stale.contains_key(station))
            .map(|(key, state)| (key.clone(), state.clone()))
            .collect();
        for relistened in again {
            states.insert(key_of(&relistened.state), relistened.state);
            batch.alarms.extend(relistened.changes);
        }
        let before: Vec<AlarmState> = states.values().cloned().collect();
        let evaluation = evaluate(own(), &before, fresh, now);
        states.extend(evaluation.states.into_iter().map(|state| (key_of(&state), state)));
        batch.alarms.extend(evaluation.changes);
        batch.alarms = self.renew(std::mem::take(&mut batch.alarms)).await?;
        let is_new = |state: &AlarmState| self.states.get(&key_of(state)) != Some(state);
        batch.alarm_states = states.into_values().filter(is_new).collect();
        Ok(())
    }

    /// Notes what the rules have heard of the stale days.
    fn note_heard(
        &mut self,
        stale: &BTreeMap<StationId, BTreeSet<NaiveDate>>,
        fresh: &BTreeMap<StationId, Vec<Sample>>,
    ) {
        for watch in self.watches.iter().filter(|watch| watch.period().is_some() && !hears_days(watch)) {
            let id = watch.station();
            if let (Some(station), Some(days), Some(samples)) =
                (self.registry.get(id), stale.get(id), fresh.get(id))
                && let Some(state) = self.states.get(&key_of(&watch.start()))
            {
                self.heard.note(watch, state, station, days, samples);
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

    /// Days end on the hour, so the store is told once an hour.
    async fn note_settled(&mut self, now: Instant) -> Result<(), StoreError> {
        let hour = |at: Instant| at.duration_trunc(TimeDelta::hours(1)).unwrap_or(at);
        if self.settled.map(hour) != Some(hour(now)) {
            self.deriver.store.set_memo(SETTLED, Some(&hour(now).to_rfc3339())).await?;
        }
        self.settled = Some(now);
        Ok(())
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
        let mut waiting = by_station(marks).into_iter();
        let mut tasks = JoinSet::new();
        let mut all = Vec::new();
        loop {
            while tasks.len() < SIDE_BY_SIDE
                && let Some((station, days)) = waiting.next()
            {
                if let Some(station) = self.registry.get(&station).cloned() {
                    let deriver = self.deriver.clone();
                    tasks.spawn(async move { deriver.station(station, days).await });
                }
            }
            let Some(done) = tasks.join_next().await else { break };
            match done {
                Ok(derived) => all.push(derived?),
                // A panic in a task goes on in its caller; tasks are never cancelled.
                Err(error) => std::panic::resume_unwind(error.into_panic()),
            }
        }
        all.sort_unstable_by(|a, b| a.station.cmp(&b.station));
        Ok(all)
    }
}
