//! What rules have heard of the newest days, to see whether a day that is stale again holds anything new to them.
//!
//! A station's present day becomes stale with every value, and is read as a whole. A digest of what a rule has heard of
//! it tells whether all that is new lies after the last value heard, which is the rule, or before. It is kept in memory
//! only: after a start a rule listens again to its newest day, once.

use std::{
    collections::{BTreeMap, BTreeSet},
    hash::{DefaultHasher, Hash as _, Hasher as _},
};

use chrono::NaiveDate;
use lanbi_analytics::alarm::Watch;
use lanbi_model::{AlarmState, AveragingPeriod, Flags, Instant, Sample, Station};

use super::settle::{StateKey, key_of};
use crate::facts::local_day;

/// Days kept of each rule: the hour before midnight often comes when the next day has begun.
const DAYS: usize = 3;

/// Digests of what each rule has heard, by day.
#[derive(Default)]
pub(super) struct Heard(BTreeMap<StateKey, BTreeMap<NaiveDate, u64>>);

impl Heard {
    /// The first and the last of the stale days that hold something else, up to the last value heard, than the rule has
    /// heard. Days of which nothing is known any more count as such.
    pub(super) fn changed(
        &self,
        watch: &Watch,
        state: &AlarmState,
        station: &Station,
        stale: &BTreeSet<NaiveDate>,
        samples: &[Sample],
    ) -> Option<(NaiveDate, NaiveDate)> {
        let last = state.last?;
        let begun = |day: &&NaiveDate| match station.zone.start_of(**day) {
            start if watch.period() == Some(AveragingPeriod::MOMENT) => start <= last,
            start => start < last,
        };
        let begun: BTreeSet<NaiveDate> = stale.iter().filter(begun).copied().collect();
        if begun.is_empty() {
            return None;
        }
        let known = self.0.get(&key_of(state));
        let present = digests(watch, station, &newest(&begun), samples, last);
        let is_changed = |day: &&NaiveDate| {
            let digest = present.get(*day);
            digest.is_none() || known.and_then(|known| known.get(*day)) != digest
        };
        let mut changed = begun.iter().filter(is_changed);
        let first = *changed.next()?;
        Some((first, changed.next_back().copied().unwrap_or(first)))
    }

    /// Notes what a rule has heard of the stale days.
    pub(super) fn note(
        &mut self,
        watch: &Watch,
        state: &AlarmState,
        station: &Station,
        stale: &BTreeSet<NaiveDate>,
        samples: &[Sample],
    ) {
        let Some(last) = state.last else { return };
        let days = self.0.entry(key_of(state)).or_default();
        days.extend(digests(watch, station, &newest(stale), samples, last));
        while days.len() > DAYS {
            days.pop_first();
        }
    }
}

fn newest(days: &BTreeSet<NaiveDate>) -> BTreeSet<NaiveDate> {
    days.iter().rev().take(DAYS).copied().collect()
}

/// Digests of the valid values that a rule hears, up to an instant. Of the flags only a reviewer's word counts: that a
/// run is frozen is flagged when it has become long enough, on values that were heard before.
fn digests(
    watch: &Watch,
    station: &Station,
    days: &BTreeSet<NaiveDate>,
    samples: &[Sample],
    until: Instant,
) -> BTreeMap<NaiveDate, u64> {
    let mut hashers: BTreeMap<NaiveDate, DefaultHasher> =
        days.iter().map(|day| (*day, DefaultHasher::new())).collect();
    let own = samples.iter().filter(|s| watch.hears(s) && s.flags.is_valid() && s.key.instant <= until);
    for sample in own {
        if let Some(hasher) = hashers.get_mut(&local_day(station, sample)) {
            (sample.key.instant, sample.value, sample.flags.contains(Flags::REVIEWED_VALID)).hash(hasher);
        }
    }
    hashers.into_iter().map(|(day, hasher)| (day, hasher.finish())).collect()
}
