//! Heavy-pollution warnings of a period, from the hours of the district's air stations. Forecasts that were issued are not in
//! the store, so nothing is foreseen.

use std::collections::BTreeMap;

use chrono::{NaiveDate, TimeDelta};
use lanbi_analytics::{
    air::{Concentrations, mean_of_sites},
    heavy::{AirHour, DayLaw, ForecastEnd, HeavyAir, running_days, warnings},
};
use lanbi_model::{
    Instant, Parameter, ReportPeriod, Station,
    standard::{Standards, on_day},
};
use lanbi_reports::report::{
    Cited,
    warnings::{WarningRules, WarningsFacts},
};
use lanbi_store::{SampleQuery, StoreError};

use super::{Sources, air::ANY_SITE, cite, local_day};

/// Days before the period whose hours are read, so that a level that stands at its beginning is known. The longest time that
/// a rule names is 72 hours; an episode that began earlier is told from here on.
const DAYS_BEFORE: i64 = 10;

impl Sources {
    /// The warnings of a period; none without an air station or without rules on its last day.
    pub(super) async fn warnings(&self, period: ReportPeriod) -> Result<Option<WarningsFacts>, StoreError> {
        let stations: Vec<&Station> = self.registry.air().filter(|s| self.covers(s)).collect();
        if stations.is_empty() || on_day(&self.standards.warning, period.last()).is_none() {
            return Ok(None);
        }
        let first = period.first() - TimeDelta::days(DAYS_BEFORE);
        let mut sites = Vec::with_capacity(stations.len());
        for station in stations {
            sites.push(self.air_hours(station, first, period.last()).await?.into_iter().collect());
        }
        let hours: Vec<AirHour> = mean_of_sites(|_| ANY_SITE, &sites)
            .into_iter()
            .map(|(end, values)| AirHour { end, values })
            .collect();
        let observed = running_days(&hours, self.zone, |day| day_law(&self.standards, day), &[]);
        let air = HeavyAir {
            zone: self.zone,
            now: self.zone.end_of(period.last()).min(self.now),
            observed: &observed,
            forecast: &[],
            forecast_end: ForecastEnd::default(),
            dust: &[],
        };
        let events = warnings(&air, |day| on_day(&self.standards.warning, day));
        let rules = self.standards.warning.iter().map(|rules| WarningRules {
            id: rules.edition.id.clone(),
            number: rules.edition.number.clone(),
            release: rules.clauses.get("release").cloned().unwrap_or_default(),
            clear_hours: rules.clear.num_hours(),
        });
        Ok(Some(WarningsFacts { events, rules: rules.collect() }))
    }

    /// The valid hours of a station, by their ends.
    async fn air_hours(
        &self,
        station: &Station,
        first: NaiveDate,
        last: NaiveDate,
    ) -> Result<BTreeMap<Instant, Concentrations>, StoreError> {
        let query = SampleQuery {
            station: station.id.clone(),
            parameters: Parameter::AQI.to_vec(),
            period: None,
            after: station.zone.start_of(first),
            until: station.zone.end_of(last),
        };
        let mut hours: BTreeMap<Instant, Concentrations> = BTreeMap::new();
        let values = self.store.samples(&query).await?;
        for of_day in values.chunk_by(|a, b| local_day(station, a) == local_day(station, b)) {
            let Some(first) = of_day.first() else { continue };
            for hour in self.hourly(station, of_day, local_day(station, first)) {
                if let Some(item) = Parameter::AQI.iter().position(|item| *item == hour.key.parameter) {
                    hours.entry(hour.key.instant).or_default().0[item] = Some(hour.value);
                }
            }
        }
        Ok(hours)
    }

    /// The rules of warnings that a period's figures rest on.
    pub(super) fn cite_warnings(&self, period: ReportPeriod, cited: &mut Vec<Cited>) {
        if let Some(rules) = on_day(&self.standards.warning, period.last()) {
            cite(
                cited,
                &rules.edition,
                &rules.clauses,
                &["levels", "day", "duration", "release", "response"],
            );
        }
    }
}

fn day_law(standards: &Standards, day: NaiveDate) -> Option<DayLaw<'_>> {
    Some(DayLaw { aqi: on_day(&standards.aqi, day)?, validity: &on_day(&standards.air, day)?.validity })
}
