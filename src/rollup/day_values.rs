//! Day means as values for the rules on whole days: an outlet's effective day mean against its limit.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{NaiveDate, TimeDelta};
use lanbi_analytics::alarm::Watch;
use lanbi_model::{
    AveragingPeriod, DailyMean, Flags, Instant, Parameter, Sample, SampleKey, Station, StationId,
};
use lanbi_store::StoreError;

use super::settle::{DAY_GRACE, Rollup, key_of};

/// Whether a rule hears day means.
pub(super) fn hears_days(watch: &Watch) -> bool {
    watch.period() == Some(AveragingPeriod::DAY)
}

impl Rollup {
    /// Adds the day means that have become final since each day rule last looked, as values of the period of a day.
    pub(super) async fn add_day_values<'a>(
        &self,
        watches: impl Iterator<Item = &'a Watch> + Send,
        new: &[DailyMean],
        now: Instant,
        fresh: &mut BTreeMap<StationId, Vec<Sample>>,
    ) -> Result<(), StoreError> {
        let watched: BTreeSet<&StationId> =
            watches.filter(|watch| hears_days(watch)).map(Watch::station).collect();
        for id in watched {
            let Some(station) = self.registry.get(id) else { continue };
            let rules = self.watches.iter().filter(|watch| watch.station() == id && hears_days(watch));
            let seen = rules.filter_map(|rule| self.states.get(&key_of(&rule.start()))?.last).max();
            let to = station.zone.day_of_end(now - DAY_GRACE - TimeDelta::days(1));
            let derived = || new.iter().filter(|mean| mean.station == *id && mean.day <= to);
            // The day after the last one seen begins at its end. Where nothing was seen yet, the oldest day of this
            // round is the first.
            let from = seen.map(|last| station.zone.day_of(last));
            let from = from.or_else(|| derived().map(|mean| mean.day).min()).unwrap_or(to);
            // A day that one parameter waited for is older than what the others have seen.
            let days = if from <= to { self.day_values(station, from, to, new).await? } else { Vec::new() };
            let late = derived().filter(|mean| mean.day < from).filter_map(|mean| value(station, mean));
            fresh.entry(id.clone()).or_default().extend(late.chain(days));
        }
        Ok(())
    }

    /// Valid day means of a station as values: the stored ones and the new ones, which are not stored yet.
    pub(super) async fn day_values(
        &self,
        station: &Station,
        from: NaiveDate,
        to: NaiveDate,
        new: &[DailyMean],
    ) -> Result<Vec<Sample>, StoreError> {
        let mut means: BTreeMap<(Parameter, NaiveDate), DailyMean> = BTreeMap::new();
        let known = self.deriver.store.daily(Some(&station.id), from, to).await?;
        let new = new.iter().filter(|m| m.station == station.id && from <= m.day && m.day <= to).cloned();
        for mean in known.into_iter().chain(new) {
            means.insert((mean.parameter, mean.day), mean);
        }
        Ok(means.values().filter_map(|mean| value(station, mean)).collect())
    }
}

fn value(station: &Station, mean: &DailyMean) -> Option<Sample> {
    Some(Sample {
        value: mean.valid_value()?,
        flags: Flags::empty(),
        key: SampleKey {
            instant: station.zone.end_of(mean.day),
            station: mean.station.clone(),
            parameter: mean.parameter,
            period: AveragingPeriod::DAY,
        },
    })
}
