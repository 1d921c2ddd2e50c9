//! Rules listen again to the stale days that hold something older than the last value they heard.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{NaiveDate, TimeDelta};
use lanbi_analytics::alarm::{Relistened, Relistening, Watch, begins};
use lanbi_model::{Alarm, AlarmState, DailyMean, Instant, Sample, Station, StationId};
use lanbi_store::{AlarmFilter, StoreError};

use super::{
    day_values::hears_days,
    settle::{Rollup, key_of},
};

/// What is read at a time: this and the rest of a day.
const PIECE: TimeDelta = TimeDelta::days(1);

/// A rule with what it must listen to again.
struct Again<'a> {
    watch: &'a Watch,
    heard: &'a AlarmState,
    touched_from: Instant,
    touched_until: Instant,
}

/// What a round has derived, not stored yet.
pub(super) struct Round<'a> {
    /// The stale days of each station.
    pub(super) stale: &'a BTreeMap<StationId, BTreeSet<NaiveDate>>,
    /// Their values, with their new flags.
    pub(super) fresh: &'a BTreeMap<StationId, Vec<Sample>>,
    /// Their means.
    pub(super) daily: &'a [DailyMean],
    /// Clock time.
    pub(super) now: Instant,
}

impl Rollup {
    /// States of the rules that have listened again, and the changes of their alarms.
    pub(super) async fn listen_again(&self, round: &Round<'_>) -> Result<Vec<Relistened>, StoreError> {
        let mut all = Vec::new();
        for watches in self.watches.chunk_by(|a, b| a.station() == b.station()) {
            let Some(id) = watches.first().map(Watch::station) else { continue };
            let (Some(station), Some(stale)) = (self.registry.get(id), round.stale.get(id)) else { continue };
            let again: Vec<Again<'_>> =
                watches.iter().filter_map(|watch| self.again(watch, station, stale, round)).collect();
            // No alarm of before the earliest beginning is touched.
            let Some(after) = again.iter().filter_map(|a| begins(a.watch, &[], a.touched_from)).min() else {
                continue;
            };
            let filter =
                AlarmFilter { after: Some(after), station: Some(id.clone()), ..AlarmFilter::default() };
            let alarms = self.deriver.store.alarms(&filter).await?;
            let (days, values): (Vec<_>, Vec<_>) = again.into_iter().partition(|a| hears_days(a.watch));
            for again in [days, values] {
                all.extend(self.listen_until_it_is_the_same(station, again, &alarms, round).await?);
            }
        }
        Ok(all)
    }

    /// What a rule must listen to again; none where all that is stale lies after the last value it heard.
    fn again<'a>(
        &'a self,
        watch: &'a Watch,
        station: &Station,
        stale: &BTreeSet<NaiveDate>,
        round: &Round<'_>,
    ) -> Option<Again<'a>> {
        let heard = self.states.get(&key_of(&watch.start()))?;
        let last = heard.last?;
        let zone = station.zone;
        let (first, until) = if hears_days(watch) {
            let mut days = stale.iter().filter(|day| zone.end_of(**day) <= last);
            let first = *days.next()?;
            (first, days.next_back().copied().unwrap_or(first))
        } else {
            watch.period()?;
            let samples = round.fresh.get(&station.id).map_or(&[][..], Vec::as_slice);
            self.heard.changed(watch, heard, station, stale, samples)?
        };
        let (touched_from, touched_until) = (zone.start_of(first), zone.end_of(until));
        Some(Again { watch, heard, touched_from, touched_until })
    }

    /// Reads on, piece by piece, until every rule says what it said before, or has listened up to where it was.
    async fn listen_until_it_is_the_same(
        &self,
        station: &Station,
        rules: Vec<Again<'_>>,
        alarms: &[Alarm],
        round: &Round<'_>,
    ) -> Result<Vec<Relistened>, StoreError> {
        let begun = rules.iter().filter_map(|again| {
            let after = begins(again.watch, alarms, again.touched_from)?;
            Relistening::new(again.watch, again.heard, alarms, after, again.touched_until)
        });
        let mut open: Vec<Relistening<'_>> = begun.collect();
        let mut done = Vec::with_capacity(open.len());
        while let Some(after) = open.iter().map(Relistening::given_until).min() {
            // Pieces end with a day, so that no hour is cut.
            let until = station.zone.end_of(station.zone.day_of(after) + PIECE);
            let samples = self.values(station, &open, (after, until), round).await?;
            for rule in &mut open {
                rule.hear(&samples, until);
            }
            for rule in open.extract_if(.., |rule| rule.is_done()) {
                done.push(rule.finish(round.now));
            }
        }
        Ok(done)
    }

    async fn values(
        &self,
        station: &Station,
        rules: &[Relistening<'_>],
        (after, until): (Instant, Instant),
        round: &Round<'_>,
    ) -> Result<Vec<Sample>, StoreError> {
        if rules.iter().any(|rule| hears_days(rule.watch())) {
            let (from, to) = (station.zone.day_of(after), station.zone.day_of_end(until));
            return self.day_values(station, from, to, round.daily).await;
        }
        let parameters: BTreeSet<_> = rules.iter().filter_map(|rule| rule.watch().parameter()).collect();
        self.deriver.heard(station, parameters.into_iter().collect(), after, until).await
    }
}
