//! 达标评价: whether a year keeps its limits. Every statistic of HJ 663, Table 1 (means and percentiles of daily values) must
//! be at or below its limit in GB 3095.

use lanbi_model::evaluation::{AirEvaluation, PeriodItem};
use lanbi_model::standard::AirStandard;
use lanbi_model::{Decimal, ReportPeriod};

use super::events::AirEvent;
use super::limits::{AirClass, exceedance_multiple};
use super::period_statistics::{AirDay, AirDays, ItemFigure};

/// One statistic against its limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// Statistic.
    pub item: PeriodItem,
    /// Its published figure with the minimums its days miss.
    pub figure: ItemFigure,
    /// Limit; none where the edition has none of that averaging time.
    pub limit: Option<Decimal>,
    /// Whether the figure is at or below the limit; none without a figure or a limit, and where the days are too few: such
    /// data are invalid (GB 3095-2026, 6.4).
    pub attains: Option<bool>,
    /// Exceedance multiple of what does not.
    pub multiple: Option<Decimal>,
}

/// A year judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attainment {
    /// Statistic by statistic, in the order of the edition.
    pub items: Vec<Judged>,
    /// Whether all attain. False as soon as one does not; none while one is missing and the others attain.
    pub attains: Option<bool>,
}

/// Judges the days of a year under the limits of a class.
#[must_use]
pub fn attainment(
    evaluation: &AirEvaluation,
    standard: &AirStandard,
    class: AirClass,
    year: ReportPeriod,
    days: &[AirDay],
    events: &[AirEvent],
) -> Attainment {
    let days = AirDays { evaluation, validity: &standard.validity, period: year, days, events };
    let judge = |item: &PeriodItem| {
        let figure = days.figure(item);
        let limit = standard.limits.get(&(item.parameter, item.limit)).map(|[one, two]| match class {
            AirClass::One => *one,
            AirClass::Two => *two,
        });
        let compared = figure.value.zip(limit);
        let attains = compared.filter(|_| figure.shortfalls.is_empty()).map(|(value, limit)| value <= limit);
        let multiple = compared.and_then(|(value, limit)| exceedance_multiple(value, limit));
        Judged { item: *item, figure, limit, attains, multiple }
    };
    let items: Vec<Judged> = evaluation.attainment.iter().map(judge).collect();
    let attains = if items.iter().any(|item| item.attains == Some(false)) {
        Some(false)
    } else {
        items.iter().all(|item| item.attains.is_some()).then_some(true)
    };
    Attainment { items, attains }
}

#[cfg(test)]
mod tests {
    use super::super::assess::Concentrations;
    use super::super::test_law::{evaluation, standard};
    use super::*;

    #[test]
    fn a_year_attains_where_all_its_statistics_do() {
        let year: ReportPeriod = "2022".parse().unwrap();
        let judge = |values: [Option<Decimal>; 6], days: usize| {
            let day = |day| AirDay { day, values: Concentrations(values) };
            let days: Vec<AirDay> = year.days().map(day).take(days).collect();
            attainment(&evaluation(), &standard(35, 70), AirClass::Two, year, &days, &[]).attains
        };
        // NO2 against 40, CO against 4; an empty cell is missing.
        let check = |no2: &str, co: &str, expected: Option<bool>| {
            let values = [None, None, None, no2.parse().ok(), co.parse().ok(), None];
            assert_eq!(judge(values, 365), expected, "{no2} {co}");
            assert_eq!(judge(values, 300), None, "too few days judge nothing");
        };
        check("40", "4.0", Some(true));
        // Published figures are compared: 40.5 is printed as 40.
        check("40.5", "4.0", Some(true));
        check("40.6", "4.0", Some(false));
        check("41", "", Some(false));
        check("40", "", None);
        check("", "", None);
    }
}
