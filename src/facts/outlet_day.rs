//! The judged days of an outlet, item by item: hours in, `analytics` judges.
//!
//! An outlet whose station sends hours (or minutes) is judged by them. One that is sampled now and then has no hours; its day
//! means stand as the store has them, without load and without warnings.

use std::collections::BTreeMap;

use chrono::{Datelike as _, NaiveDate};
use lanbi_analytics::outlet::{Conditions, LoadSum, OutletDay, OutletHour, OutletTime, check, judge_day};
use lanbi_model::{
    AveragingPeriod, DailyMean, Decimal, Instant, Parameter, Sample, Station, decimal,
    standard::{EffluentLimit, EffluentStandard},
    zone::last_day_of_month,
};
use lanbi_store::StoreError;

use super::{Sources, hourly, local_day};

/// Hours of a full day.
pub(super) const HOURS: u32 = 24;

/// A day of an outlet.
pub(super) struct JudgedDay {
    pub(super) day: NaiveDate,
    /// One for each limit asked for, in their order.
    pub(super) items: Vec<OutletDay>,
    /// Water of the hours with flow, in m³; what runs back is no discharge.
    pub(super) water: Option<Decimal>,
    /// Hours with flow.
    pub(super) flow_hours: u32,
}

/// Whether an outlet's days are made of hours.
pub(super) fn has_hours(station: &Station) -> bool {
    AveragingPeriod::MOMENT < station.period && station.period <= AveragingPeriod::HOUR
}

impl Sources {
    /// The days of an outlet from `first` to `last`, read a month at a time; days without any value are left out.
    pub(super) async fn outlet_days(
        &self,
        station: &Station,
        standard: &EffluentStandard,
        limits: &[&EffluentLimit],
        (first, last): (NaiveDate, NaiveDate),
    ) -> Result<Vec<JudgedDay>, StoreError> {
        let mut days = Vec::new();
        let mut from = first;
        while from <= last {
            let to = last_day_of_month(from).min(last);
            if has_hours(station) {
                let values = self.values(station, from, to).await?;
                let hours = hourly(&self.standards, station, &values, to);
                let judge = Judge { station, standard, limits, least_hours: self.settings.outlet.day_hours };
                days.extend(judge.days(&hours));
            } else {
                let means = self.store.daily(Some(&station.id), from, to).await?;
                days.extend(of_means(standard, limits, &means));
            }
            let Some(next) = to.succ_opt() else { break };
            from = next;
        }
        Ok(days)
    }
}

/// What a day of hours is judged by.
struct Judge<'a> {
    station: &'a Station,
    standard: &'a EffluentStandard,
    limits: &'a [&'a EffluentLimit],
    least_hours: u32,
}

impl Judge<'_> {
    fn days(&self, hours: &[Sample]) -> Vec<JudgedDay> {
        let mut days: BTreeMap<NaiveDate, BTreeMap<Instant, Vec<&Sample>>> = BTreeMap::new();
        for hour in hours {
            let day = days.entry(local_day(self.station, hour)).or_default();
            day.entry(hour.key.instant).or_default().push(hour);
        }
        days.into_iter().map(|(day, hours)| self.day(day, hours.values())).collect()
    }

    fn day<'h>(&self, day: NaiveDate, hours: impl Iterator<Item = &'h Vec<&'h Sample>> + Clone) -> JudgedDay {
        let of = |hour: &[&Sample], wanted: Parameter| {
            hour.iter().find(|sample| sample.key.parameter == wanted).map(|sample| sample.value)
        };
        let all = |wanted: Parameter| hours.clone().filter_map(move |hour| of(hour, wanted));
        // The winter value by water temperature goes by the mean of the day's hours; the text was not seen to say which.
        let temperature = decimal::mean(all(Parameter::WaterTemperature));
        let conditions = Conditions { day, temperature };
        let is_weighted = self.station.measures(Parameter::Flow);
        let judge = |limit: &&EffluentLimit| {
            let hour = |hour: &Vec<&Sample>| OutletHour {
                value: of(hour, limit.parameter),
                // Where no flow is measured by design, every hour weighs the same.
                flow: if is_weighted { of(hour, Parameter::Flow) } else { Some(Decimal::ONE) },
            };
            let hours: Vec<OutletHour> = hours.clone().map(hour).collect();
            let judged = judge_day(limit, self.standard.winter, conditions, &hours, self.least_hours);
            if is_weighted { judged } else { OutletDay { load: LoadSum::default(), ..judged } }
        };
        let flows: Vec<Decimal> = all(Parameter::Flow).filter(|flow| *flow >= Decimal::ZERO).collect();
        JudgedDay {
            day,
            items: self.limits.iter().map(judge).collect(),
            flow_hours: u32::try_from(flows.len()).unwrap_or(u32::MAX),
            // An hourly mean in m³/h is the water of that hour.
            water: (!flows.is_empty()).then(|| flows.into_iter().sum()),
        }
    }
}

/// Days of an outlet that sends no hours, from its day means.
fn of_means(standard: &EffluentStandard, limits: &[&EffluentLimit], means: &[DailyMean]) -> Vec<JudgedDay> {
    let mut days: BTreeMap<NaiveDate, Vec<&DailyMean>> = BTreeMap::new();
    for mean in means {
        days.entry(mean.day).or_default().push(mean);
    }
    let judged = |(day, means): (NaiveDate, Vec<&DailyMean>)| {
        let of = |wanted: Parameter| means.iter().find(|mean| mean.parameter == wanted);
        let temperature = of(Parameter::WaterTemperature).and_then(|mean| mean.valid_value());
        let conditions = Conditions { day, temperature };
        let item = |limit: &&EffluentLimit| {
            let mean = of(limit.parameter);
            let valid = mean.and_then(|mean| mean.valid_value());
            OutletDay {
                mean: mean.and_then(|mean| mean.value),
                hours: 0,
                check: valid.map(|value| check(limit, standard.winter, conditions, OutletTime::Day, value)),
                warnings: 0,
                load: LoadSum::default(),
            }
        };
        JudgedDay { day, items: limits.iter().map(item).collect(), water: None, flow_hours: 0 }
    };
    days.into_iter().map(judged).collect()
}

/// The first day of the year before the one of a day: what an allowance's forecast looks back to.
pub(super) fn year_before(day: NaiveDate) -> NaiveDate {
    NaiveDate::from_ymd_opt(day.year() - 1, 1, 1).unwrap_or(day)
}
