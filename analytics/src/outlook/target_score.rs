//! Past years seen from the ends of their months, beside what they came to.
//!
//! For each year, each month's end but the last, and each kind of figure, the outlook is asked for targets at fixed multiples
//! of the last year's figure. These do not look at what came, and lie around what was plausible then.

use chrono::NaiveDate;
use lanbi_model::{Decimal, ReportPeriod, decimal};

use super::chance::outlook_from;
use super::number::Quantiles;
use super::series::{moved, years_before};
use super::settings::OutlookSettings;
use super::standing::Verdict;
use super::target::YearLaw;
use crate::air::AirDay;
use lanbi_model::target::{Target, TargetKind};

/// Which days a past outlook may know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// Those up to its day, as it would have been then.
    Causal,
    /// All but the rest of its year: more years to draw from, where only few are there. The expected level still comes from the
    /// year before; the trend, the spread and the courses also from later years.
    LeaveYearOut,
}

/// One figure seen from one day.
#[derive(Clone, Debug, PartialEq)]
pub struct Trial {
    /// Figure.
    pub kind: TargetKind,
    /// First day of the year.
    pub year: NaiveDate,
    /// The day.
    pub on: NaiveDate,
    /// Its month of the year, from 1.
    pub month: u32,
    /// Final figure as it was seen.
    pub figure: Quantiles,
    /// Final figure as it came.
    pub came: f64,
    /// Figure of the last year.
    pub last_year: f64,
    /// Targets that were still open.
    pub thresholds: Vec<ThresholdTrial>,
}

/// One target of a trial.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ThresholdTrial {
    /// Bound.
    pub value: Decimal,
    /// Probability that it is kept.
    pub probability: f64,
    /// Lower end of the probability's interval.
    pub low: f64,
    /// Upper end of the probability's interval.
    pub high: f64,
    /// Whether it was kept.
    pub made: bool,
}

/// Tries each of some years, which may begin on any day; `law` gives the law of a year. Years, days and kinds without a
/// figure or without an outlook are passed over.
#[must_use]
pub fn target_trials<'a>(
    days: &[AirDay],
    law: &dyn Fn(ReportPeriod) -> Option<YearLaw<'a>>,
    years: &[ReportPeriod],
    kinds: &[TargetKind],
    multiples: &[Decimal],
    protocol: Protocol,
    settings: &OutlookSettings,
) -> Vec<Trial> {
    let mut trials = Vec::new();
    // Only the year's end is compared.
    let settings = OutlookSettings { fan_days: 0, ..*settings };
    for year in years {
        let Some(law) = law(*year) else { continue };
        let figures: Vec<(TargetKind, Decimal, Decimal)> = kinds
            .iter()
            .filter_map(|kind| {
                let came = law.figure(days, *year, year.last(), *kind)?;
                let last = year.year_before();
                Some((*kind, came, law.figure(days, last, last.last(), *kind)?))
            })
            .collect();
        let targets: Vec<Target> = figures.iter().flat_map(|figure| targets(figure, multiples)).collect();
        for (month, on) in (1..=11).map(|month| (month, month_end(*year, month))) {
            let known = |day: NaiveDate| match protocol {
                Protocol::Causal => day <= on,
                Protocol::LeaveYearOut => day <= on || year.last() < day,
            };
            let Some(outlooks) = outlook_from(days, &law, *year, on, &targets, &settings, known) else {
                continue;
            };
            for (kind, came, last_year) in &figures {
                let mut figure = None;
                let mut thresholds = Vec::new();
                for outlook in outlooks.iter().filter(|outlook| outlook.standing.target.kind == *kind) {
                    let Ok(chance) = &outlook.chance else { continue };
                    figure = Some(chance.figure);
                    let target = outlook.standing.target;
                    if outlook.standing.verdict == Verdict::Open {
                        thresholds.push(ThresholdTrial {
                            value: target.value,
                            probability: chance.probability,
                            low: chance.low,
                            high: chance.high,
                            made: target.is_met(*came),
                        });
                    }
                }
                let Some(figure) = figure else { continue };
                let (came, last_year) = (decimal::to_f64(*came), decimal::to_f64(*last_year));
                trials.push(Trial {
                    kind: *kind,
                    year: year.first(),
                    on,
                    month,
                    figure,
                    came,
                    last_year,
                    thresholds,
                });
            }
        }
    }
    trials
}

/// Targets at multiples of the last year's figure, at its decimals.
fn targets(figure: &(TargetKind, Decimal, Decimal), multiples: &[Decimal]) -> Vec<Target> {
    let (kind, _, last) = figure;
    let mut values: Vec<Decimal> =
        multiples.iter().map(|multiple| decimal::round_half_even(last * multiple, last.scale())).collect();
    values.dedup();
    values.into_iter().map(|value| Target { kind: *kind, value }).collect()
}

/// Last day of a month of a year, counted from the year's first day.
fn month_end(year: ReportPeriod, month: u32) -> NaiveDate {
    let months = chrono::Months::new(month);
    let next = year.first().checked_add_months(months).unwrap_or(years_before(year.first(), -1));
    moved(next, -1)
}

#[cfg(test)]
mod tests {
    use lanbi_model::Parameter;

    use super::super::test_air::{Law, days_of_years};
    use super::*;

    #[test]
    fn a_year_is_tried_at_its_months_with_the_days_a_protocol_allows() {
        let small = Law::new();
        let aqi = |_| Some(&small.aqi);
        let law = |_| Some(small.of_year(&aqi, &[]));
        let days = days_of_years(2016, 4);
        let settings = OutlookSettings { draws: 20, parameter_draws: 5, ..OutlookSettings::default() };
        let tried = |days: &[AirDay], years: &[&str], protocol| {
            let years: Vec<ReportPeriod> = years.iter().map(|year| year.parse().unwrap()).collect();
            let kinds = [TargetKind::Item(Parameter::Pm25)];
            target_trials(days, &law, &years, &kinds, &[Decimal::ONE], protocol, &settings)
        };
        // 2017 has one year before it, and with a later one two to draw from.
        let causal = tried(&days, &["2017", "2018"], Protocol::Causal);
        assert_eq!(causal.len(), 11);
        assert_eq!((causal[0].on.to_string(), causal[0].month), ("2018-01-31".to_owned(), 1));
        assert_eq!((causal[10].on.to_string(), causal[10].month), ("2018-11-30".to_owned(), 11));
        assert_eq!(tried(&days, &["2017"], Protocol::LeaveYearOut).len(), 11);
        // What comes in 2019 is seen from 2018 only where the protocol lets it.
        let mut changed = days.clone();
        for day in changed.iter_mut().filter(|day| day.day >= "2019-01-01".parse().unwrap()) {
            day.values.0 = [Some(500.into()); 6];
        }
        assert_eq!(tried(&changed, &["2018"], Protocol::Causal), causal);
        assert_ne!(tried(&changed, &["2018"], Protocol::LeaveYearOut), causal);
    }
}
