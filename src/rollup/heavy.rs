//! Heavy-pollution warnings of the district as alarms, looked at once an hour.
//!
//! A warning rests on all air stations together and on forecasts, so that no rule of a single station can tell it: the levels
//! are made anew from the hours around the days that values came for, and the alarms that are known are brought into line.
//! Values that come for days longer ago than [`REACH`] raise and withdraw nothing any more; reports tell those days anew all the
//! same.

use std::{collections::BTreeSet, path::PathBuf};

use chrono::{DurationRound as _, NaiveDate, TimeDelta};
use lanbi_analytics::{air::AirEvent, heavy::WarningEvent};
use lanbi_model::{
    Alarm, Instant, Registry, StationId, StationKind, Zone, evaluation::EventKind, standard::Standards,
};
use lanbi_store::{AlarmFilter, DerivedBatch, StaleMark, Store, StoreError};

use super::settle::Rollup;
use crate::{
    assess::Events,
    heavy::{self, District, Known},
};

/// How far back late values change alarms.
const REACH: TimeDelta = TimeDelta::days(90);

/// Key of the memo with the earliest day that values came for since the last look: a stop forgets nothing.
const TOUCHED: &str = "heavy-air-touched";

/// What the warnings rest on beside the measurements.
#[derive(Clone, Debug)]
pub(crate) struct HeavySources {
    /// List of the forecasts that were issued.
    pub(crate) forecasts: Option<PathBuf>,
    /// List of dust days.
    pub(crate) events: Option<PathBuf>,
    /// Name of the district in both.
    pub(crate) district: String,
    /// Zone of the district's days.
    pub(crate) zone: Zone,
}

/// The rule and where it stands.
pub(super) struct HeavyRule {
    sources: HeavySources,
    stations: BTreeSet<StationId>,
    /// The earliest day that values came for since the last look.
    touched: Option<NaiveDate>,
    /// Hour of the last look.
    looked: Option<Instant>,
}

impl HeavyRule {
    /// Takes up where the last process left off; none without an air station.
    pub(super) async fn new(
        store: &dyn Store,
        registry: &Registry,
        sources: HeavySources,
    ) -> Result<Option<Self>, StoreError> {
        let air = registry.stations().iter().filter(|station| station.kind == StationKind::Air);
        let stations: BTreeSet<StationId> = air.map(|station| station.id.clone()).collect();
        if stations.is_empty() {
            return Ok(None);
        }
        let touched = store.memo(TOUCHED).await?.and_then(|day| day.parse().ok());
        Ok(Some(Self { sources, stations, touched, looked: None }))
    }

    /// Forecasts and dust days; none where a list cannot be read. Without it a warning might end that ought to stand.
    async fn known(&self, store: &dyn Store, now: Instant) -> Result<Option<Known>, StoreError> {
        let HeavySources { forecasts, events, district, zone } = &self.sources;
        let refused = |error: anyhow::Error| {
            tracing::warn!("heavy-pollution warnings stay as they are until this is mended: {error:#}");
        };
        let forecasts = match forecasts {
            None => heavy::recall(store).await?,
            Some(list) => match heavy::take_in(store, list, district, *zone, now).await {
                Ok(forecasts) => forecasts,
                Err(error) => {
                    refused(error);
                    return Ok(None);
                }
            },
        };
        let events = match events.as_deref().map(Events::read).transpose() {
            Ok(events) => events.unwrap_or_default().of(&[district]),
            Err(error) => {
                refused(error.into());
                return Ok(None);
            }
        };
        Ok(Some(Known { forecasts, dust: dust(&events) }))
    }
}

/// The dust days among events.
pub(crate) fn dust(events: &[AirEvent]) -> Vec<NaiveDate> {
    events.iter().filter(|event| event.kind == EventKind::Dust).map(|event| event.day).collect()
}

impl Rollup {
    /// Remembers that the levels around these marks must be looked at, before the marks are settled.
    pub(super) async fn touch_heavy_air(&mut self, marks: &[StaleMark]) -> Result<(), StoreError> {
        let Some(rule) = &mut self.heavy else { return Ok(()) };
        let own = marks.iter().filter(|mark| rule.stations.contains(&mark.station));
        let Some(first) = own.map(|mark| mark.day).min() else { return Ok(()) };
        if rule.touched.is_none_or(|touched| first < touched) {
            self.deriver.store.set_memo(TOUCHED, Some(&first.to_string())).await?;
            rule.touched = Some(first);
        }
        Ok(())
    }

    /// Brings the alarms of the district's warnings into line with what is known, once an hour.
    pub(super) async fn look_at_heavy_air(&mut self, now: Instant) -> Result<(), StoreError> {
        let Some(rule) = &mut self.heavy else { return Ok(()) };
        let hour = now.duration_trunc(TimeDelta::hours(1)).unwrap_or(now);
        if rule.looked.is_some_and(|looked| hour <= looked) {
            return Ok(());
        }
        rule.looked = Some(hour);
        let zone = rule.sources.zone;
        let today = zone.day_of_end(now);
        let Some(first) = rule.touched.or(rule.sources.forecasts.is_some().then_some(today)) else {
            return Ok(());
        };
        let first = first.max(today - REACH).min(today);
        let store = std::sync::Arc::clone(&self.deriver.store);
        let Some(known) = rule.known(&*store, now).await? else { return Ok(()) };
        let stations = rule.stations.iter().filter_map(|id| self.registry.get(id)).collect();
        let standards: &Standards = &self.deriver.standards;
        let district = District { store: &*store, standards, stations, zone };
        let start = zone.start_of(first);
        let filter = AlarmFilter {
            after: Some(start),
            station: Some(StationId::new(StationId::DISTRICT)),
            ..AlarmFilter::default()
        };
        let stands = |end: Option<Instant>| end.is_none_or(|end| start < end);
        let mut alarms = store.alarms(&filter).await?;
        alarms.retain(|alarm| stands(alarm.cleared_at));
        let begun = alarms.iter().map(|alarm| zone.day_of(alarm.since)).min();
        let events = district.warnings(begun.map_or(first, |begun| begun.min(first)), now, &known).await?;
        let wanted = |event: &WarningEvent| stands(event.until).then(|| heavy::alarm(event, standards));
        let wanted: Vec<Alarm> = events.iter().filter_map(wanted).collect();
        let alarms = self.renew(heavy::changes(&alarms, wanted, now)).await?;
        if !alarms.is_empty() {
            let lease = self.lease.clone();
            self.put(DerivedBatch { alarms, lease, ..DerivedBatch::default() }).await?;
        }
        store.set_memo(TOUCHED, None).await?;
        if let Some(rule) = &mut self.heavy {
            rule.touched = None;
        }
        Ok(())
    }
}
