//! What a year is to keep, and the exact figure that says whether it did.
//!
//! A figure is compared as it is published: means and percentiles at the decimals of HJ 663, the composite index at its own,
//! ratios and changes at one decimal, all half to even. National targets of good days are scored without dust days; the law
//! passed in decides whether a dust day counts (see [`crate::air::AirEvent`]).

use chrono::NaiveDate;
use lanbi_model::evaluation::AirEvaluation;
use lanbi_model::standard::{AirStandard, AqiStandard};
use lanbi_model::target::TargetKind;
use lanbi_model::{Decimal, Parameter, ReportPeriod, decimal::round_half_even};

use super::series::years_before;
use crate::air::{
    AirDay, AirEvent, DayCounts, TermRounding, composite, count_days, percent_change, period_statistics,
};

/// Decimals of a ratio in percent, as official reports print it.
const RATIO_DECIMALS: u32 = 1;

/// The rules by which the days of a year become its figures.
#[derive(Clone, Copy)]
pub struct YearLaw<'a> {
    /// AQI standard of a day, also of days to come.
    pub aqi: &'a dyn Fn(NaiveDate) -> Option<&'a AqiStandard>,
    /// HJ 663 of the year. The last year is evaluated by it too where it is compared with.
    pub evaluation: &'a AirEvaluation,
    /// GB 3095 of the year, for the composite index.
    pub limits: &'a AirStandard,
    /// Where the composite index is rounded.
    pub rounding: TermRounding,
    /// Items not measured by design (HJ 633-2026, 5.3.2).
    pub not_equipped: &'a [Parameter],
    /// Dust and exceptional days.
    pub events: &'a [AirEvent],
}

impl YearLaw<'_> {
    /// The figure of a year from its days up to one of them, as published; for a fall, the change against the same days of the
    /// last year. None without values.
    pub(super) fn figure(
        &self,
        days: &[AirDay],
        year: ReportPeriod,
        upto: NaiveDate,
        kind: TargetKind,
    ) -> Option<Decimal> {
        let within: Vec<AirDay> =
            days.iter().copied().filter(|day| year.first() <= day.day && day.day <= upto).collect();
        match kind {
            TargetKind::Item(item) => self.item(&within, year, item),
            TargetKind::Fall(item) => {
                let now = self.item(&within, year, item)?;
                let before =
                    self.figure(days, year.year_before(), years_before(upto, 1), TargetKind::Item(item))?;
                percent_change(now, before)
            }
            TargetKind::Index => {
                let validity = &self.limits.validity;
                let figures = period_statistics(self.evaluation, validity, year, &within, self.events)
                    .map(|figure| figure.value);
                composite(self.evaluation, self.limits, &figures, self.rounding).index
            }
            TargetKind::GoodDays => self.counts(&within).map(|counts| counts.good.into()),
            TargetKind::HeavyDays => self.counts(&within).map(|counts| counts.heavy.into()),
            TargetKind::GoodRatio => self.counts(&within).and_then(|counts| ratio(counts.good, counts.valid)),
            TargetKind::HeavyRatio => {
                self.counts(&within).and_then(|counts| ratio(counts.heavy, counts.valid))
            }
        }
    }

    /// Place of an item in [`Parameter::AQI`]; ozone under both its names.
    pub(super) fn place(&self, item: Parameter) -> Option<usize> {
        let named = self.evaluation.items.iter().position(|other| other.parameter == item);
        named.or_else(|| Parameter::AQI.into_iter().position(|other| other == item))
    }

    /// Counts of days; none where none is valid.
    pub(super) fn counts(&self, days: &[AirDay]) -> Option<DayCounts> {
        let counts = count_days(self.evaluation, self.aqi, days, self.not_equipped, self.events);
        (counts.valid > 0).then_some(counts)
    }

    fn item(&self, days: &[AirDay], year: ReportPeriod, item: Parameter) -> Option<Decimal> {
        let validity = &self.limits.validity;
        let figures = period_statistics(self.evaluation, validity, year, days, self.events);
        figures.get(self.place(item)?)?.value
    }
}

/// A share in percent as printed; none of no days.
pub(super) fn ratio(part: u32, whole: u32) -> Option<Decimal> {
    let percent = (Decimal::ONE_HUNDRED * Decimal::from(part)).checked_div(whole.into())?;
    Some(round_half_even(percent, RATIO_DECIMALS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_have_one_decimal() {
        assert_eq!(ratio(265, 365).map(|r| r.to_string()), Some("72.6".to_owned()));
        assert_eq!(ratio(0, 0), None);
    }
}
