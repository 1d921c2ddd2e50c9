//! The facts of a monthly report.

use chrono::{Datelike as _, NaiveDate};
use lanbi_analytics::{
    aggregate::percentile,
    air::{AqiTime, Concentrations, assess, composite_index},
};
use lanbi_model::{DailyMean, Decimal, Parameter, ReportPeriod, Station, decimal, standard};
use lanbi_reports::report::{
    month_air::{DayTally, MonthAirFacts, MonthDay, MonthItem, SiteMonth, Statistic},
    monthly::MonthlyFacts,
};
use lanbi_store::StoreError;

use super::{
    Sources,
    air::{DAY_ITEMS, day_values, mean_of, not_equipped, primary},
};

/// What is made of the days of a month, pollutant by pollutant (环办〔2014〕64号; HJ 663-2013): means, CO as 95th and
/// ozone as 90th percentile. Decimals as official monthly reports print them.
const ITEMS: [(Parameter, Statistic, u32); 6] = [
    (Parameter::Pm25, Statistic::Mean, 0),
    (Parameter::Pm10, Statistic::Mean, 0),
    (Parameter::So2, Statistic::Mean, 0),
    (Parameter::No2, Statistic::Mean, 0),
    (Parameter::Co, Statistic::Percentile(95), 1),
    (Parameter::O3EightHour, Statistic::Percentile(90), 0),
];

/// The worst level that counts as a good day (优, 良).
const GOOD_LEVEL: u8 = 2;

/// Days of one place with their six values.
type Days = Vec<(NaiveDate, Concentrations)>;

impl Sources {
    /// Gathers everything a monthly report says.
    ///
    /// # Errors
    /// The store cannot be read.
    pub(crate) async fn monthly(&self, period: ReportPeriod) -> Result<MonthlyFacts, StoreError> {
        Ok(MonthlyFacts {
            head: self.head(period, self.cited(period)),
            air: self.air_month(period).await?,
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
        let district = |means: &[DailyMean], p: ReportPeriod| -> Days {
            let of = |day| mean_of(&stations.iter().map(|s| day_values(means, s, day)).collect::<Vec<_>>());
            p.days().filter(|day| *day < today).map(|day| (day, of(day))).collect()
        };
        let now = district(&means, period);
        let earlier = district(&means_before, before);
        let year_ago = district(&means_year, year_before);
        Ok(Some(MonthAirFacts {
            levels,
            items: ITEMS
                .into_iter()
                .map(|(parameter, how, decimals)| MonthItem {
                    parameter,
                    statistic: how,
                    value: statistic(&now, parameter, how),
                    before: statistic(&earlier, parameter, how),
                    year_before: statistic(&year_ago, parameter, how),
                    decimals,
                })
                .collect(),
            days: now.iter().map(|(day, values)| self.month_day(*day, values)).collect(),
            days_before: self.tally(&earlier, &[]),
            days_year_before: self.tally(&year_ago, &[]),
            composite: [
                self.composite(&now, period),
                self.composite(&earlier, before),
                self.composite(&year_ago, year_before),
            ],
            sites: stations
                .iter()
                .map(|station| {
                    let days: Days =
                        now.iter().map(|(day, _)| (*day, day_values(&means, station, *day))).collect();
                    SiteMonth {
                        name: station.name.clone(),
                        values: ITEMS
                            .into_iter()
                            .filter(|(p, ..)| measures(station, *p))
                            .map(|(p, how, _)| (p, statistic(&days, p, how)))
                            .collect(),
                        days: self
                            .tally(&days, &not_equipped(station))
                            .unwrap_or(DayTally { good: 0, valid: 0 }),
                        composite: self.composite(&days, period),
                    }
                })
                .collect(),
        }))
    }

    /// The composite index under the limits of the month's last day; none where an item has too few valid days
    /// (GB 3095, Table 4).
    fn composite(&self, days: &Days, month: ReportPeriod) -> Option<Decimal> {
        let standard = standard::on_day(&self.standards.air, month.last())?;
        let february = month.first().month() == 2;
        let least = if february { standard.validity.february_days } else { standard.validity.month_days };
        let enough = |i: usize| {
            let valid = days.iter().filter(|(_, c)| c.0.get(i).is_some_and(Option::is_some)).count();
            u32::try_from(valid).is_ok_and(|valid| valid >= least)
        };
        if !(0..DAY_ITEMS.len()).all(enough) {
            return None;
        }
        composite_index(standard, &ITEMS.map(|(parameter, how, _)| statistic(days, parameter, how)))
    }

    fn month_day(&self, day: NaiveDate, values: &Concentrations) -> MonthDay {
        let standard = self.aqi(day);
        let assessed = standard.map(|s| assess(s, AqiTime::Day, values, &[]));
        MonthDay {
            day,
            aqi: assessed.as_ref().and_then(|a| a.aqi),
            primary: assessed.as_ref().map(primary).unwrap_or_default(),
            edition: standard.map(|s| s.edition.number.clone()).unwrap_or_default(),
        }
    }

    /// Good days among days with an index, each by its own edition; none without any.
    fn tally(&self, days: &Days, not_equipped: &[Parameter]) -> Option<DayTally> {
        let levels: Vec<u8> = days
            .iter()
            .filter_map(|(day, values)| {
                assess(self.aqi(*day)?, AqiTime::Day, values, not_equipped).level.map(|l| l.level)
            })
            .collect();
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        (!levels.is_empty()).then(|| DayTally {
            good: count(levels.iter().filter(|level| **level <= GOOD_LEVEL).count()),
            valid: count(levels.len()),
        })
    }
}

fn measures(station: &Station, item: Parameter) -> bool {
    station.measures(if item == Parameter::O3EightHour { Parameter::O3 } else { item })
}

fn statistic(days: &Days, parameter: Parameter, how: Statistic) -> Option<Decimal> {
    let place = DAY_ITEMS.iter().position(|p| *p == parameter)?;
    let values: Vec<Decimal> = days.iter().filter_map(|(_, c)| c.0.get(place).copied().flatten()).collect();
    match how {
        Statistic::Mean => decimal::mean(values),
        Statistic::Percentile(p) => percentile(&values, p),
    }
}
