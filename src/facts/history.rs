//! The days that estimates rest on: the district's daily concentrations of this year and of the years before it.

use std::collections::BTreeMap;

use chrono::{Datelike as _, NaiveDate};
use lanbi_analytics::air::{AirDay, Concentrations};
use lanbi_model::{Decimal, decimal};
use lanbi_store::StoreError;

use super::{Sources, air::DAY_ITEMS};

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

    /// The district's days up to one of them, as [`super::air::mean_of`] makes each; days without a value are left out.
    /// Read station by station, so that no more than the years of one are held.
    pub(super) async fn history(&self, on: NaiveDate) -> Result<Vec<AirDay>, StoreError> {
        let mut days: BTreeMap<NaiveDate, [Vec<Decimal>; 6]> = BTreeMap::new();
        for station in self.registry.air().filter(|station| self.covers(station)) {
            for mean in self.store.daily(Some(&station.id), first_day(on), on).await? {
                let place = DAY_ITEMS.iter().position(|item| *item == mean.parameter);
                if let Some((place, value)) = place.zip(mean.valid_value()) {
                    days.entry(mean.day).or_default()[place].push(value);
                }
            }
        }
        let day = |(day, items): (NaiveDate, [Vec<Decimal>; 6])| AirDay {
            day,
            values: Concentrations(items.map(decimal::mean)),
        };
        Ok(days.into_iter().map(day).collect())
    }
}
