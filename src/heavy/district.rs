//! The air of the whole district, hour by hour, and the warnings it brings about.

use std::collections::BTreeMap;

use chrono::{NaiveDate, TimeDelta};
use lanbi_analytics::{
    air::{Concentrations, mean_of_sites},
    heavy::{AirHour, DayLaw, ForecastDay, ForecastEnd, HeavyAir, WarningEvent, running_days, warnings},
};
use lanbi_model::{
    Instant, Parameter, Station, Zone,
    standard::{Standards, on_day},
};
use lanbi_store::{SampleQuery, Store, StoreError};

use crate::facts::{ANY_SITE, hourly, sends_minutes};

/// Days before the first one asked for whose hours are read, so that a level that stands at its beginning is known. The longest
/// time that a rule names is 72 hours; an episode that began earlier is told from here on.
const DAYS_BEFORE: i64 = 10;

/// Days of a station that sends hours are read together, up to so many.
const HOURLY_DAYS_AT_ONCE: usize = 31;

/// The air stations that stand for a district.
pub(crate) struct District<'a> {
    pub(crate) store: &'a dyn Store,
    pub(crate) standards: &'a Standards,
    pub(crate) stations: Vec<&'a Station>,
    pub(crate) zone: Zone,
}

/// What is known beside the measurements.
#[derive(Clone, Debug, Default)]
pub(crate) struct Known {
    /// Forecasts of all issues.
    pub(crate) forecasts: Vec<ForecastDay>,
    /// Local days of dust.
    pub(crate) dust: Vec<NaiveDate>,
}

impl District<'_> {
    /// The warnings as they are known at `now`, those that end before `first` left uncertain.
    ///
    /// # Errors
    /// The store cannot be read.
    pub(crate) async fn warnings(
        &self,
        first: NaiveDate,
        now: Instant,
        known: &Known,
    ) -> Result<Vec<WarningEvent>, StoreError> {
        let (from, last) = (first - TimeDelta::days(DAYS_BEFORE), self.zone.day_of_end(now));
        let mut sites = Vec::with_capacity(self.stations.len());
        for station in &self.stations {
            sites.push(self.hours(station, from, last).await?.into_iter().collect());
        }
        let hours: Vec<AirHour> = mean_of_sites(|_| ANY_SITE, &sites)
            .into_iter()
            .map(|(end, values)| AirHour { end, values })
            .collect();
        let observed = running_days(&hours, self.zone, |day| self.law(day), &[]);
        let forecast: Vec<ForecastDay> =
            known.forecasts.iter().filter(|f| self.zone.day_of(f.issued) >= from).cloned().collect();
        let air = HeavyAir {
            zone: self.zone,
            now,
            observed: &observed,
            forecast: &forecast,
            forecast_end: ForecastEnd::default(),
            dust: &known.dust,
        };
        Ok(warnings(&air, |day| on_day(&self.standards.warning, day)))
    }

    fn law(&self, day: NaiveDate) -> Option<DayLaw<'_>> {
        let validity = &on_day(&self.standards.air, day)?.validity;
        Some(DayLaw { aqi: on_day(&self.standards.aqi, day)?, validity })
    }

    /// The valid hours of a station, by their ends. Minutes are read day by day: those of many days would fill the memory.
    async fn hours(
        &self,
        station: &Station,
        first: NaiveDate,
        last: NaiveDate,
    ) -> Result<BTreeMap<Instant, Concentrations>, StoreError> {
        let mut hours: BTreeMap<Instant, Concentrations> = BTreeMap::new();
        let days_at_once = if sends_minutes(station) { 1 } else { HOURLY_DAYS_AT_ONCE };
        for day in first.iter_days().step_by(days_at_once).take_while(|day| *day <= last) {
            let until = day.iter_days().take(days_at_once).take_while(|day| *day <= last).last();
            let query = SampleQuery {
                station: station.id.clone(),
                parameters: Parameter::AQI.to_vec(),
                period: None,
                after: station.zone.start_of(day),
                until: station.zone.end_of(until.unwrap_or(day)),
            };
            let values = self.store.samples(&query).await?;
            for hour in hourly(self.standards, station, &values, day) {
                if let Some(item) = Parameter::AQI.iter().position(|item| *item == hour.key.parameter) {
                    hours.entry(hour.key.instant).or_default().0[item] = Some(hour.value);
                }
            }
        }
        Ok(hours)
    }
}
