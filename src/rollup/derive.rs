//! Flags and day means of one station.

use std::{collections::BTreeSet, sync::Arc};

use chrono::{NaiveDate, TimeDelta};
use lanbi_analytics::{
    aggregate::{DayRules, daily_means},
    qc::{QcSettings, check_series},
};
use lanbi_model::{
    DailyMean, Flags, Instant, Parameter, Sample, SampleKey, Station, StationId, StationKind,
    standard::{self, LimitTime, Standards},
};
use lanbi_store::{SampleQuery, Store, StoreError};

use super::runs::runs;
use crate::facts::{sends_minutes, valid_hours};

/// What the figures of one station are derived with; cheap to clone, so that stations are derived side by side.
#[derive(Clone)]
pub(super) struct Deriver {
    pub(super) store: Arc<dyn Store>,
    pub(super) standards: Arc<Standards>,
    pub(super) qc: Arc<QcSettings>,
    pub(super) outlet_hours: u32,
}

/// What was derived of one station.
pub(super) struct Derived {
    pub(super) station: StationId,
    pub(super) flags: Vec<(SampleKey, Flags)>,
    pub(super) daily: Vec<DailyMean>,
    /// The values of the stale days, with their new flags.
    pub(super) samples: Vec<Sample>,
}

/// Values of a station as the checks leave them.
struct Checked {
    /// In order of key, from the look-back of the checks on.
    samples: Vec<Sample>,
    /// Flags that the checks have just set.
    flags: Vec<(SampleKey, Flags)>,
}

impl Deriver {
    /// Flags and day means of one station's stale days.
    pub(super) async fn station(
        &self,
        station: Station,
        days: BTreeSet<NaiveDate>,
    ) -> Result<Derived, StoreError> {
        let mut derived = Derived {
            station: station.id.clone(),
            flags: Vec::new(),
            daily: Vec::new(),
            samples: Vec::new(),
        };
        for run in runs(&days) {
            let (Some(first), Some(last)) = (run.first(), run.last()) else { continue };
            let start = station.zone.start_of(*first);
            let after = start - self.qc.look_back(&station);
            let checked = self.check(&station, Vec::new(), after, station.zone.end_of(*last)).await?;
            derived.flags.extend(checked.flags);
            for day in &run {
                derived.daily.extend(self.day_means(&station, *day, &checked.samples));
            }
            let heard = self.with_hours(&station, checked.samples, *last);
            derived.samples.extend(heard.into_iter().filter(|s| s.key.instant >= start));
        }
        Ok(derived)
    }

    /// What rules hear of a station in `(after, until]`, flagged as if all of it were stale.
    pub(super) async fn heard(
        &self,
        station: &Station,
        parameters: Vec<Parameter>,
        after: Instant,
        until: Instant,
    ) -> Result<Vec<Sample>, StoreError> {
        // Of an hour that ends in the stretch all minutes are wanted.
        let from = after - self.qc.look_back(station).max(TimeDelta::hours(1));
        let checked = self.check(station, parameters, from, until).await?;
        let mut samples = self.with_hours(station, checked.samples, station.zone.day_of_end(until));
        samples.retain(|s| after < s.key.instant);
        Ok(samples)
    }

    async fn check(
        &self,
        station: &Station,
        parameters: Vec<Parameter>,
        after: Instant,
        until: Instant,
    ) -> Result<Checked, StoreError> {
        let query = SampleQuery { station: station.id.clone(), parameters, period: None, after, until };
        let mut samples = self.store.samples(&query).await?;
        samples.sort_unstable_by(|a, b| a.key.cmp(&b.key));
        let flags = check_series(station, &samples, &self.qc, &self.standards.plausible);
        apply(&mut samples, &flags);
        Ok(Checked { samples, flags })
    }

    /// Values with the hours they make, where the station sends minutes. An hour counts for alarms when the first value
    /// after it, or its own last one, has arrived.
    fn with_hours(&self, station: &Station, mut samples: Vec<Sample>, day: NaiveDate) -> Vec<Sample> {
        if sends_minutes(station)
            && let Some(air) = standard::on_day(&self.standards.air, day)
        {
            let newest = samples.iter().map(|s| s.key.instant).max();
            let hours: Vec<Sample> = valid_hours(station, &samples, &air.validity)
                .filter(|hour| Some(hour.key.instant) <= newest)
                .collect();
            samples.extend(hours);
        }
        samples
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
