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
        let ahead = self.ahead(self.last_over(day), true).await?;
        let warnings = self.warnings(period).await?;
        let mut cited = self.cited(period);
        if ahead.targets.is_some() {
            self.cite_evaluation(period, &mut cited);
        }
        if warnings.is_some() {
            self.cite_warnings(period, &mut cited);
        }
        Ok(DailyFacts {
            head: self.head(period, cited),
            air: self.air_day(day).await?,
            forecast: ahead.forecast,
            warnings,
            targets: ahead.targets,
            sections: self.sections(period).await?,
            clues: self.clues(period).await?.unwrap_or_default(),
            outlets: self.outlets(period).await?,
            ditches: self.ditches(period).await?,
            alarms: self.alarms(period, |_| true).await?,
            capture: self.capture(period).await?,
        })
    }
}
