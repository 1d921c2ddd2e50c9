//! Heavy-pollution warnings of a period, from the hours of the district's air stations and the forecasts that were read.

use lanbi_model::{ReportPeriod, Station, standard::on_day};
use lanbi_reports::report::{
    Cited,
    warnings::{WarningRules, WarningsFacts},
};
use lanbi_store::StoreError;

use super::{Sources, cite};
use crate::heavy::{self, District, Known};

impl Sources {
    /// The warnings of a period; none without an air station or without rules on its last day.
    pub(super) async fn warnings(&self, period: ReportPeriod) -> Result<Option<WarningsFacts>, StoreError> {
        let stations: Vec<&Station> = self.registry.air().filter(|s| self.covers(s)).collect();
        if stations.is_empty() || on_day(&self.standards.warning, period.last()).is_none() {
            return Ok(None);
        }
        let district =
            District { store: &*self.store, standards: &self.standards, stations, zone: self.zone };
        let known = Known {
            forecasts: heavy::recall(&*self.store).await?,
            dust: crate::rollup::dust(&self.district_events()),
        };
        let now = self.zone.end_of(period.last()).min(self.now);
        let events = district.warnings(period.first(), now, &known).await?;
        let rules = self.standards.warning.iter().map(|rules| WarningRules {
            id: rules.edition.id.clone(),
            number: rules.edition.number.clone(),
            release: rules.clauses.get("release").cloned().unwrap_or_default(),
            clear_hours: rules.clear.num_hours(),
        });
        Ok(Some(WarningsFacts {
            events,
            with_forecasts: !known.forecasts.is_empty(),
            rules: rules.collect(),
        }))
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
