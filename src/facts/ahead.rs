//! What lies ahead of a day: the forecast of the next days and the outlook on the year's targets, both from the same history.

use std::sync::Arc;

use chrono::NaiveDate;
use lanbi_analytics::{
    air::AirDay,
    outlook::{ForecastSettings, forecast},
};
use lanbi_model::standard::{Standards, on_day};
use lanbi_reports::report::{
    forecast::{ForecastDays, ForecastFacts},
    targets::TargetsFacts,
};
use lanbi_store::StoreError;

use super::{Sources, targets};

/// What a report says of the days to come; empty where the district has no air station.
#[derive(Default)]
pub(super) struct Ahead {
    pub(super) forecast: Option<ForecastFacts>,
    pub(super) targets: Option<TargetsFacts>,
}

impl Sources {
    /// The targets seen from the end of a day, and the forecast where it is asked for.
    pub(super) async fn ahead(&self, on: NaiveDate, with_forecast: bool) -> Result<Ahead, StoreError> {
        let wanted = self.targets_on(on);
        let has_air = self.registry.air().any(|station| self.covers(station));
        if !has_air || (wanted.is_empty() && !with_forecast) {
            return Ok(Ahead::default());
        }
        let days = self.history(on).await?;
        let (standards, events) = (Arc::clone(&self.standards), self.district_events());
        // Years of days take a while: not on a thread that messages wait for.
        let work = tokio::task::spawn_blocking(move || Ahead {
            forecast: with_forecast.then(|| next_days(&standards, &days, on)),
            targets: targets::facts(&standards, &days, on, &wanted, &events),
        });
        Ok(work.await.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic())))
    }
}

fn next_days(standards: &Standards, days: &[AirDay], on: NaiveDate) -> ForecastFacts {
    let edition = |day| on_day(&standards.aqi, day);
    forecast(days, on, &edition, &ForecastSettings::default()).map(|forecast| ForecastDays::from(&forecast))
}
