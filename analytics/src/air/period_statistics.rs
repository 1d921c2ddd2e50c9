//! The six figures of a month, a quarter or a year from its daily values (HJ 663): means of SO2, NO2, PM10 and PM2.5,
//! percentiles of CO and ozone. ug/m³, CO mg/m³.
//!
//! A figure is given however few its days are, with the minimums of GB 3095, Table 4, that they miss.

use chrono::NaiveDate;
use lanbi_model::evaluation::{AirEvaluation, PeriodItem, PeriodStatistic};
use lanbi_model::standard::AirValidity;
use lanbi_model::{Decimal, ReportPeriod, decimal::round_half_even};

use super::assess::Concentrations;
use super::events::AirEvent;
use crate::aggregate::{Combine, Shortfall, percentile, shortfalls};

/// One natural day of one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AirDay {
    /// Local day.
    pub day: NaiveDate,
    /// Day means, and for ozone the daily maximum 8-hour mean.
    pub values: Concentrations,
}

/// One item over a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemFigure {
    /// The figure as published, half to even (GB/T 8170) at the item's decimals; none without a value.
    pub value: Option<Decimal>,
    /// Minimums that the item's valid days miss.
    pub shortfalls: Vec<Shortfall>,
}

/// The items of a period in the order of [`lanbi_model::Parameter::AQI`]. Days outside the period are passed over; none may
/// be given twice.
///
/// What an event takes out of a day's values (dust: the particles) is out of the figure, but the day was measured and counts
/// towards the minimums (not settled by any text seen).
#[must_use]
pub fn period_statistics(
    evaluation: &AirEvaluation,
    validity: &AirValidity,
    period: ReportPeriod,
    days: &[AirDay],
    events: &[AirEvent],
) -> [ItemFigure; 6] {
    let days = AirDays { evaluation, validity, period, days, events };
    evaluation.items.map(|item| days.figure(&item))
}

/// Days with the rules by which they become a figure.
pub(super) struct AirDays<'a> {
    pub(super) evaluation: &'a AirEvaluation,
    pub(super) validity: &'a AirValidity,
    pub(super) period: ReportPeriod,
    pub(super) days: &'a [AirDay],
    pub(super) events: &'a [AirEvent],
}

impl AirDays<'_> {
    /// One statistic of one of the six items.
    pub(super) fn figure(&self, item: &PeriodItem) -> ItemFigure {
        let Self { evaluation, validity, period, days, events } = *self;
        let place = evaluation.items.iter().position(|other| other.parameter == item.parameter);
        let measured: Vec<(NaiveDate, Decimal)> = days
            .iter()
            .filter(|day| period.first() <= day.day && day.day <= period.last())
            .filter_map(|day| Some((day.day, day.values.0.get(place?).copied().flatten()?)))
            .collect();
        let used: Vec<Decimal> = measured
            .iter()
            .filter(|(day, _)| !events.iter().any(|e| e.takes_out(evaluation, *day, item.parameter)))
            .map(|(_, value)| *value)
            .collect();
        let dates: Vec<NaiveDate> = measured.iter().map(|(day, _)| *day).collect();
        ItemFigure { value: figure(item, &used), shortfalls: shortfalls(period, &dates, validity) }
    }
}

fn figure(item: &PeriodItem, values: &[Decimal]) -> Option<Decimal> {
    let exact = match item.statistic {
        PeriodStatistic::Mean => Combine::Mean.apply(values),
        PeriodStatistic::Percentile(p) => percentile(values, p),
    };
    exact.map(|value| round_half_even(value, item.decimals))
}

#[cfg(test)]
mod tests {
    use lanbi_model::Parameter;
    use lanbi_model::evaluation::EventKind;

    use super::super::test_law::evaluation;
    use super::*;
    use crate::aggregate::{Minimum, VALIDITY};

    fn day(text: &str, values: [&str; 6]) -> AirDay {
        AirDay { day: text.parse().unwrap(), values: Concentrations(values.map(|v| v.parse().ok())) }
    }

    fn check(days: &[AirDay], events: &[AirEvent], expected: [&str; 6]) {
        let figures = period_statistics(&evaluation(), &VALIDITY, "2022-09".parse().unwrap(), days, events);
        let got = figures.map(|figure| figure.value.map(|v| v.to_string()).unwrap_or_default());
        assert_eq!(got, expected.map(str::to_owned));
    }

    #[test]
    fn means_and_percentiles_are_rounded_as_published() {
        let days = [
            day("2022-08-31", ["900", "900", "900", "900", "90", "900"]),
            day("2022-09-01", ["10", "20", "1", "", "0.5", "100"]),
            day("2022-09-02", ["11", "21", "2", "", "0.6", "101"]),
            day("2022-09-03", ["", "22.6", "", "", "0.7", "160"]),
            day("2022-10-01", ["900", "900", "900", "900", "90", "900"]),
        ];
        // 10.5 goes to 10, 1.5 to 2; the 95th of 0.5, 0.6, 0.7 is 0.69, the 90th of 100, 101, 160 is 148.2.
        check(&days, &[], ["10", "21", "2", "", "0.7", "148"]);
        check(&[], &[], [""; 6]);
    }

    #[test]
    fn dust_takes_the_particles_of_its_day_and_nothing_else() {
        let days = [
            day("2022-09-01", ["200", "900", "10", "20", "1.0", "100"]),
            day("2022-09-02", ["20", "50", "20", "40", "2.0", "200"]),
        ];
        let event = |kind, text: &str| AirEvent { day: text.parse().unwrap(), kind };
        let means = ["20", "50", "15", "30", "2.0", "190"];
        check(&days, &[event(EventKind::Dust, "2022-09-01")], means);
        check(&days, &[event(EventKind::Dust, "2022-09-03")], ["110", "475", "15", "30", "2.0", "190"]);
        // Nothing is known to be taken out for an exceptional event.
        check(
            &days,
            &[event(EventKind::Exceptional, "2022-09-01")],
            ["110", "475", "15", "30", "2.0", "190"],
        );
        let all = [event(EventKind::Dust, "2022-09-01"), event(EventKind::Dust, "2022-09-02")];
        check(&days, &all, ["", "", "15", "30", "2.0", "190"]);
    }

    #[test]
    fn each_item_names_the_minimums_its_own_days_miss() {
        let period: ReportPeriod = "2022-09".parse().unwrap();
        let days: Vec<AirDay> = period
            .days()
            .enumerate()
            .map(|(i, day)| {
                let full = Some(Decimal::ONE);
                let thin = (i < 26).then_some(Decimal::ONE);
                AirDay { day, values: Concentrations([full, thin, full, full, full, full]) }
            })
            .collect();
        let dust = days.iter().map(|d| AirEvent { day: d.day, kind: EventKind::Dust }).collect::<Vec<_>>();
        for events in [&[], dust.as_slice()] {
            let figures = period_statistics(&evaluation(), &VALIDITY, period, &days, events);
            assert!(figures[0].shortfalls.is_empty());
            let [short] = figures[1].shortfalls.as_slice() else { panic!("{:?}", figures[1]) };
            assert_eq!((short.minimum, short.days, short.needed), (Minimum::Month, 26, 27));
        }
        assert_eq!(evaluation().items[1].parameter, Parameter::Pm10);
    }
}
