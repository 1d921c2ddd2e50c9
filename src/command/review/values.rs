//! The values a reviewer looks at, each with those that counted before it.

use std::collections::HashMap;

use chrono::TimeDelta;
use lanbi_model::{
    AveragingPeriod, Decision, Flags, Instant, Parameter, Revision, Sample, SampleKey, Station,
};
use lanbi_store::{ArchivePart, Store, StoreError, StoredSample};

use super::super::stretch::Stretch;
use crate::cli::Wanted;

/// Read at once; a year of minutes is more than a look needs to hold.
const PIECE: TimeDelta = TimeDelta::days(31);

/// A value with its history.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    /// What counts now.
    pub now: StoredSample,
    /// What counted before, oldest first.
    pub earlier: Vec<Revision>,
}

impl Kept {
    /// What a decision makes of it, as [`Store::review`] takes it.
    pub(super) fn after(&self, decision: Decision) -> Sample {
        let now = &self.now;
        let made_by_reviewer = |device: Flags| device.intersects(Flags::REVIEWED);
        let (sent, device) = if made_by_reviewer(now.device_flags) {
            self.earlier
                .iter()
                .rev()
                .find(|earlier| !made_by_reviewer(earlier.device_flags))
                .map_or((now.sample.value, now.device_flags), |r| (r.sample.value, r.device_flags))
        } else {
            (now.sample.value, now.device_flags)
        };
        let (value, device) = decision.apply(sent, device);
        if value == now.sample.value && device == now.device_flags {
            return now.sample.clone();
        }
        let found = match decision {
            Decision::Invalidate | Decision::Restore => now.sample.flags - now.device_flags,
            Decision::Correct(_) => Flags::empty(),
        };
        Sample { key: now.sample.key.clone(), value, flags: device | found }
    }
}

/// The values of a stretch, by instant, averaging period and parameter.
///
/// # Errors
/// The store cannot be read.
pub(super) async fn read(
    store: &dyn Store,
    station: &Station,
    stretch: Stretch,
    period: AveragingPeriod,
    wanted: &[Wanted],
) -> Result<Vec<Kept>, StoreError> {
    let is_wanted =
        |parameter: Parameter| wanted.iter().any(|w| *w == Wanted::All || *w == Wanted::One(parameter));
    let (mut after, last) = stretch.bounds(station.zone);
    let mut found = Vec::new();
    while after < last {
        let until = after.checked_add_signed(PIECE).unwrap_or(last).min(last);
        let mut piece = between(store, station, after, until).await?;
        piece.retain(|kept| {
            let key = &kept.now.sample.key;
            key.period == period && is_wanted(key.parameter) && stretch.holds(station.zone, key)
        });
        found.append(&mut piece);
        after = until;
    }
    Ok(found)
}

/// The value under a key.
///
/// # Errors
/// The store cannot be read.
pub(super) async fn find(
    store: &dyn Store,
    station: &Station,
    key: &SampleKey,
) -> Result<Option<Kept>, StoreError> {
    let before = key.instant - TimeDelta::microseconds(1);
    let found = between(store, station, before, key.instant).await?;
    Ok(found.into_iter().find(|kept| kept.now.sample.key == *key))
}

async fn between(
    store: &dyn Store,
    station: &Station,
    after: Instant,
    until: Instant,
) -> Result<Vec<Kept>, StoreError> {
    let part = ArchivePart::Values { station: station.id.clone(), after, until };
    let archive = store.archive(&part).await?;
    let mut histories: HashMap<SampleKey, Vec<Revision>> = HashMap::new();
    for revision in archive.revisions {
        histories.entry(revision.sample.key.clone()).or_default().push(revision);
    }
    let with_history = |now: StoredSample| {
        let earlier = histories.remove(&now.sample.key).unwrap_or_default();
        Kept { now, earlier }
    };
    let mut found: Vec<Kept> = archive.samples.into_iter().map(with_history).collect();
    found.sort_by_key(|kept| {
        let key = &kept.now.sample.key;
        (key.instant, key.period, key.parameter)
    });
    Ok(found)
}
