//! The facts of the report on outlets: register, outlets over the period, allowances of the year.

use chrono::{Datelike as _, NaiveDate};
use lanbi_analytics::outlet::{DayLoad, burn_down, year_end};
use lanbi_model::{
    ReportPeriod, Station,
    outlet::{OutletEntry, RegisteredOutlet},
};
use lanbi_reports::report::{
    Cited,
    allowances::AllowanceFacts,
    outlet_register::{RegisterFacts, RegisteredFacts},
    outlet_report::OutletReportFacts,
};
use lanbi_store::StoreError;

use super::{Sources, lists::OutletAllowance, outlet::effective_loads, outlet_day::year_before};

/// Probability of the interval of a year's sum.
const LEVEL: f64 = 0.8;

impl Sources {
    /// Gathers everything the report on outlets says.
    ///
    /// # Errors
    /// The store cannot be read.
    pub(crate) async fn outlet_report(&self, period: ReportPeriod) -> Result<OutletReportFacts, StoreError> {
        let on = self.last_over(period.last());
        let mut allowances = Vec::new();
        for allowance in self.lists.allowances.iter().filter(|allowance| allowance.year == on.year()) {
            allowances.extend(self.allowance(allowance, on).await?);
        }
        Ok(OutletReportFacts {
            head: self.head(period, self.cited_outlets(period)),
            register: self.lists.register.as_ref().map(|register| self.register_on(register, period)),
            outlets: self.outlets(period).await?,
            allowances,
            day_hours: self.settings.outlet.day_hours,
        })
    }

    async fn allowance(
        &self,
        allowance: &OutletAllowance,
        on: NaiveDate,
    ) -> Result<Option<AllowanceFacts>, StoreError> {
        let station = self.registry.get(&allowance.station).filter(|station| self.covers(station));
        let Some((station, (standard, limits))) = station.and_then(|s| Some((s, self.limits_of(s)?))) else {
            return Ok(None);
        };
        let limits: Vec<_> =
            limits.into_iter().filter(|limit| limit.parameter == allowance.parameter).collect();
        let days = self.outlet_days(station, standard, &limits, (year_before(on), on)).await?;
        let mut loads: Vec<DayLoad> = effective_loads(&days, 0).collect();
        let (stand, end) = (burn_down(allowance.kg, &loads, on), year_end(allowance.kg, &loads, on, LEVEL));
        loads.retain(|(day, _)| day.year() == on.year());
        Ok(Some(AllowanceFacts {
            outlet: station.name.clone(),
            parameter: allowance.parameter,
            allowance_kg: allowance.kg,
            on,
            stand,
            end,
            loads,
        }))
    }

    /// The register at the end of a period, as far as the report covers it.
    fn register_on(&self, register: &[RegisteredOutlet], period: ReportPeriod) -> RegisterFacts {
        let on = period.last();
        let within = |entry: &OutletEntry| self.area.as_ref().is_none_or(|area| entry.area == *area);
        let outlets = register.iter().filter_map(|outlet| {
            let entry = outlet.on(on).filter(|entry| within(entry))?;
            let since = outlet.state_since(on)?;
            Some(RegisteredFacts {
                since,
                before: since.pred_opt().and_then(|day| outlet.on(day)).map(|entry| entry.state),
                findings: outlet.findings(on),
                entry: entry.clone(),
            })
        });
        let is_listed = |station: &Station| {
            register
                .iter()
                .filter_map(|outlet| outlet.on(on))
                .any(|e| e.station.as_ref() == Some(&station.id))
        };
        let monitored = self.registry.outlets().filter(|station| self.covers(station));
        RegisterFacts {
            unregistered: monitored.filter(|s| !is_listed(s)).map(|s| s.name.clone()).collect(),
            outlets: outlets.collect(),
        }
    }

    /// The standards of the outlets covered.
    fn cited_outlets(&self, period: ReportPeriod) -> Vec<Cited> {
        let is_effluent = |cited: &Cited| {
            self.standards.effluent.iter().any(|standard| standard.edition.number == cited.number)
        };
        self.cited(period).into_iter().filter(is_effluent).collect()
    }
}
