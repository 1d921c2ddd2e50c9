//! The facts of a daily report.

use chrono::NaiveDate;
use lanbi_model::ReportPeriod;
use lanbi_reports::report::daily::DailyFacts;
use lanbi_store::StoreError;

use super::Sources;

impl Sources {
    /// Gathers everything a daily report says.
    ///
    /// # Errors
    /// The store cannot be read.
    pub(crate) async fn daily(&self, day: NaiveDate) -> Result<DailyFacts, StoreError> {
        let period = ReportPeriod::Day(day);
        Ok(DailyFacts {
            head: self.head(period, self.cited(period)),
            air: self.air_day(day).await?,
            forecast: None,
            warnings: None,
            targets: None,
            sections: self.sections(period).await?,
            outlets: self.outlets(period).await?,
            ditches: self.ditches(period).await?,
            alarms: self.alarms(period, |_| true).await?,
            capture: self.capture(period).await?,
        })
    }
}
