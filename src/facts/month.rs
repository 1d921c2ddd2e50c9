//! The facts of a monthly report.

use lanbi_analytics::air::{
    AirDay, AirEvent, AqiTime, TermRounding, assess, composite, count_days, period_statistics,
};
use lanbi_model::{
    DailyMean, Decimal, Parameter, ReportPeriod, Station,
    evaluation::AirEvaluation,
    standard::{self, AirStandard},
};
use lanbi_reports::report::{
    month_air::{DayTally, MonthAirFacts, MonthDay, MonthItem, SiteMonth},
    monthly::MonthlyFacts,
};
use lanbi_store::StoreError;

use super::{
    Sources,
    air::{day_values, mean_of, not_equipped, primary},
};

/// What the days of a month come to.
struct Month {
    /// As published, in the order of the edition's items.
    items: [Option<Decimal>; 6],
    /// None where an item has too few valid days (GB 3095, Table 4).
    composite: Option<Decimal>,
    days: Option<DayTally>,
}

impl Sources {
    /// Gathers everything a monthly report says.
    ///
    /// # Errors
    /// The store cannot be read.
    pub(crate) async fn monthly(&self, period: ReportPeriod) -> Result<MonthlyFacts, StoreError> {
        let warnings = self.warnings(period).await?;
        let mut cited = self.cited(period);
        if warnings.is_some() {
            self.cite_warnings(period, &mut cited);
        }
        Ok(MonthlyFacts {
            head: self.head(period, cited),
            air: self.air_month(period).await?,
            warnings,
            targets: self.ahead(self.last_over(period.last()), false).await?.targets,
            sections: self.sections(period).await?,
            outlets: self.outlets(period).await?,
            ditches: self.ditches(period).await?,
            alarms: self.alarms(period, |_| true).await?,
            capture: self.capture(period).await?,
        })
    }

    async fn air_month(&self, period: ReportPeriod) -> Result<Option<MonthAirFacts>, StoreError> {
        let stations: Vec<&Station> = self.registry.air().filter(|s| self.covers(s)).collect();
        let Some(levels) = self.aqi(period.last()).filter(|_| !stations.is_empty()).map(|s| s.levels.clone())
        else {
            return Ok(None);
        };
        let means = self.store.daily(None, period.first(), period.last()).await?;
        let (before, year_before) = (period.before(), period.year_before());
        let means_before = self.store.daily(None, before.first(), before.last()).await?;
        let means_year = self.store.daily(None, year_before.first(), year_before.last()).await?;
        let today = self.zone.day_of(self.now);
        let district = |means: &[DailyMean], p: ReportPeriod| -> Vec<AirDay> {
            let of = |day| mean_of(&stations.iter().map(|s| day_values(means, s, day)).collect::<Vec<_>>());
            p.days().filter(|day| *day < today).map(|day| AirDay { day, values: of(day) }).collect()
        };
        let days = district(&means, period);
        let Some((evaluation, _)) = self.period_law(period) else { return Ok(None) };
        let events = self.district_events();
        let now = self.month(&days, period, &[], &events);
        let earlier = self.month(&district(&means_before, before), before, &[], &events);
        let year_ago = self.month(&district(&means_year, year_before), year_before, &[], &events);
        let on_list = events.iter().filter(|event| period.first() <= event.day && event.day <= period.last());
        let mut on_list: Vec<_> = on_list.map(|event| (event.day, event.kind)).collect();
        on_list.sort_unstable();
        Ok(Some(MonthAirFacts {
            events: on_list,
            levels,
            items: evaluation
                .items
                .iter()
                .enumerate()
                .map(|(i, item)| MonthItem {
                    parameter: item.parameter,
                    statistic: item.statistic,
                    value: now.items[i],
                    before: earlier.items[i],
                    year_before: year_ago.items[i],
                    decimals: item.decimals,
                })
                .collect(),
            days: days.iter().map(|day| self.month_day(day)).collect(),
            days_before: earlier.days,
            days_year_before: year_ago.days,
            composite: [now.composite, earlier.composite, year_ago.composite],
            sites: stations
                .iter()
                .map(|station| {
                    let site_day = |d: &AirDay| AirDay { values: day_values(&means, station, d.day), ..*d };
                    let days: Vec<AirDay> = days.iter().map(site_day).collect();
                    let month =
                        self.month(&days, period, &not_equipped(station), &self.station_events(station));
                    SiteMonth {
                        name: station.name.clone(),
                        values: evaluation
                            .items
                            .iter()
                            .zip(month.items)
                            .filter(|(item, _)| measures(station, item.parameter))
                            .map(|(item, value)| (item.parameter, value))
                            .collect(),
                        days: month.days.unwrap_or(DayTally { good: 0, valid: 0 }),
                        composite: month.composite,
                    }
                })
                .collect(),
        }))
    }

    /// The rules for a period: those in force on its last day.
    fn period_law(&self, period: ReportPeriod) -> Option<(&AirEvaluation, &AirStandard)> {
        let evaluation = standard::on_day(&self.standards.evaluation, period.last())?;
        Some((evaluation, standard::on_day(&self.standards.air, period.last())?))
    }

    /// Figures, composite index and good days; each day is graded by its own edition.
    fn month(
        &self,
        days: &[AirDay],
        period: ReportPeriod,
        not_equipped: &[Parameter],
        events: &[AirEvent],
    ) -> Month {
        let Some((evaluation, limits)) = self.period_law(period) else {
            return Month { items: [None; 6], composite: None, days: None };
        };
        let figures = period_statistics(evaluation, &limits.validity, period, days, events);
        let complete = figures.iter().all(|figure| figure.shortfalls.is_empty());
        let items = figures.map(|figure| figure.value);
        let index = composite(evaluation, limits, &items, TermRounding::Terms).index;
        let counts = count_days(evaluation, |day| self.aqi(day), days, not_equipped, events);
        Month {
            items,
            composite: index.filter(|_| complete),
            days: (counts.valid > 0).then_some(DayTally { good: counts.good, valid: counts.valid }),
        }
    }

    fn month_day(&self, AirDay { day, values }: &AirDay) -> MonthDay {
        let standard = self.aqi(*day);
        let assessed = standard.map(|s| assess(s, AqiTime::Day, values, &[]));
        MonthDay {
            day: *day,
            aqi: assessed.as_ref().and_then(|a| a.aqi),
            primary: assessed.as_ref().map(primary).unwrap_or_default(),
            edition: standard.map(|s| s.edition.number.clone()).unwrap_or_default(),
        }
    }
}

fn measures(station: &Station, item: Parameter) -> bool {
    station.measures(if item == Parameter::O3EightHour { Parameter::O3 } else { item })
}
