//! The days that estimates rest on: the district's daily concentrations of this year and of the years before it.

use std::collections::BTreeMap;

use chrono::{Datelike as _, NaiveDate};
use lanbi_analytics::air::{AirDay, Concentrations, mean_of_sites};
use lanbi_model::Parameter;
use lanbi_store::StoreError;

use super::{Sources, air::ANY_SITE};

/// Full years before the one of a day: enough for the seasons of a forecast and for the courses of a year.
const YEARS: i32 = 8;

/// The first day that estimates made at the end of a day rest on.
pub(crate) fn first_day(on: NaiveDate) -> NaiveDate {
    NaiveDate::from_ymd_opt(on.year() - YEARS, 1, 1).unwrap_or(on)
}

impl Sources {
    /// The last day of a period that is over.
    pub(super) fn last_over(&self, last: NaiveDate) -> NaiveDate {
        let today = self.zone.day_of(self.now);
        last.min(today.pred_opt().unwrap_or(today))
    }

    /// The district's days up to one of them, as [`super::air::mean_of`] makes each: any site speaks for the district.
    pub(super) async fn history(&self, on: NaiveDate) -> Result<Vec<AirDay>, StoreError> {
        let mut sites = Vec::new();
        for station in self.registry.air().filter(|station| self.covers(station)) {
            let mut days: BTreeMap<NaiveDate, Concentrations> = BTreeMap::new();
            for mean in self.store.daily(Some(&station.id), first_day(on), on).await? {
                let place = Parameter::AQI_DAY.iter().position(|item| *item == mean.parameter);
                if let Some((place, value)) = place.zip(mean.valid_value()) {
                    days.entry(mean.day).or_default().0[place] = Some(value);
                }
            }
            sites.push(days.into_iter().collect());
        }
        let days = mean_of_sites(|_| ANY_SITE, &sites);
        Ok(days.into_iter().map(|(day, values)| AirDay { day, values }).collect())
    }
}
