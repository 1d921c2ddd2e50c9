//! What a commit would do with values: a look into the store that changes nothing.
//!
//! Values under new or changed keys are remembered over all files of the run, because a later row may hold the same key
//! again: about 100 bytes each.

use std::collections::HashMap;

use chrono::TimeDelta;
use lanbi_model::{AveragingPeriod, Decimal, Flags, Instant, Sample, SampleKey, StationId, decimal::to_f64};
use lanbi_store::{Receipt, SampleQuery, Store, StoreError};

use super::portion::Portion;

/// Flags that only checks set after a value was stored; they do not make a value another one.
const OF_CHECKS: Flags = Flags::DOUBTFUL.union(Flags::RANGE).union(Flags::NEGATIVE).union(Flags::LOW_LEVEL);

/// A value as stores compare it: the number as they keep it, and what its source says against it.
type Told = (f64, Flags);

pub(super) struct Foreseer<'a> {
    store: Option<&'a dyn Store>,
    /// What stood or would stand under keys that the files fill or change.
    seen: HashMap<SampleKey, Vec<Told>>,
}

impl<'a> Foreseer<'a> {
    /// Without a store everything is new.
    pub(super) fn new(store: Option<&'a dyn Store>) -> Self {
        Self { store, seen: HashMap::new() }
    }

    /// What would become of a portion after all those before it.
    ///
    /// # Errors
    /// The store cannot be read.
    pub(super) async fn foresee(&mut self, portion: &Portion) -> Result<Receipt, StoreError> {
        let samples = || portion.batch.samples.iter().map(|incoming| &incoming.sample);
        let held = self.held(samples()).await?;
        let mut receipt = Receipt {
            rejected: portion.rejections.iter().map(|rejection| rejection.values).sum(),
            ..Receipt::default()
        };
        for sample in samples() {
            let value = told(sample.value, sample.flags);
            if !self.seen.contains_key(&sample.key) {
                match held.get(&sample.key) {
                    None => {
                        self.seen.insert(sample.key.clone(), vec![value]);
                        receipt.stored += 1;
                        continue;
                    }
                    Some(there) if *there == value => {
                        receipt.repeated += 1;
                        continue;
                    }
                    Some(there) => {
                        let mut all = self.replaced(&sample.key).await?;
                        all.push(*there);
                        self.seen.insert(sample.key.clone(), all);
                    }
                }
            }
            let all = self.seen.entry(sample.key.clone()).or_default();
            if all.contains(&value) {
                receipt.repeated += 1;
            } else {
                all.push(value);
                receipt.stored += 1;
                receipt.revised += 1;
            }
        }
        Ok(receipt)
    }

    /// What the store holds between the first and the last of some values, station by station.
    async fn held(
        &self,
        samples: impl Iterator<Item = &Sample>,
    ) -> Result<HashMap<SampleKey, Told>, StoreError> {
        let mut held = HashMap::new();
        let Some(store) = self.store else { return Ok(held) };
        let mut stretches: HashMap<(&StationId, AveragingPeriod), (Instant, Instant)> = HashMap::new();
        for SampleKey { station, period, instant, .. } in samples.map(|sample| &sample.key) {
            let stretch = stretches.entry((station, *period)).or_insert((*instant, *instant));
            *stretch = (stretch.0.min(*instant), stretch.1.max(*instant));
        }
        for ((station, period), (first, last)) in stretches {
            let query = SampleQuery {
                station: station.clone(),
                parameters: Vec::new(),
                period: Some(period),
                after: first - TimeDelta::microseconds(1),
                until: last,
            };
            let found = store.samples(&query).await?;
            held.extend(found.into_iter().map(|s| (s.key, told(s.value, s.flags))));
        }
        Ok(held)
    }

    /// What stood under a key before: a copy of it does not come back.
    async fn replaced(&self, key: &SampleKey) -> Result<Vec<Told>, StoreError> {
        let Some(store) = self.store else { return Ok(Vec::new()) };
        let revisions = store.revisions(key).await?;
        Ok(revisions.into_iter().map(|r| told(r.sample.value, r.device_flags)).collect())
    }
}

fn told(value: Decimal, flags: Flags) -> Told {
    (to_f64(value), flags - OF_CHECKS)
}
