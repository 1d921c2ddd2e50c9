//! The AQI of the 24 hours that end at each hour: the "day" of the warning rules is any 24 hours in a row and may cross
//! midnight (rules of 2017, kept since). ug/m³, CO mg/m³.
//!
//! Means and the ozone maximum are made as for a natural day (GB 3095, Table 4: 20 of 24 hours; 14 windows of 8 hours, all
//! within the 24), and graded by the daily table of the edition of HJ 633 in force on the day the 24 hours end in.

use chrono::{NaiveDate, TimeDelta};
use lanbi_model::standard::{AirValidity, AqiStandard};
use lanbi_model::{Decimal, Instant, Parameter, Validity, Zone};

use crate::aggregate::{Combine, ozone_day};
use crate::air::{AirStatus, AqiTime, Concentrations, assess};

/// Hours of a day.
const HOURS: usize = 24;

/// 1-hour means of one place, a site or the mean of a city's sites.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AirHour {
    /// End of the hour.
    pub end: Instant,
    /// 1-hour means in the order of [`Parameter::AQI`], ozone among them.
    pub values: Concentrations,
}

/// The law of one day.
#[derive(Clone, Copy, Debug)]
pub struct DayLaw<'a> {
    /// HJ 633.
    pub aqi: &'a AqiStandard,
    /// Minimum counts of GB 3095.
    pub validity: &'a AirValidity,
}

/// The 24 hours that end at an hour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunningDay {
    /// Their end.
    pub end: Instant,
    /// The largest individual index of the items there are; none without any.
    pub aqi: Option<u32>,
    /// Whether all items are there. Without one the index is at least this large, so it can show pollution, but not that
    /// there is none.
    pub complete: bool,
    /// Primary pollutants.
    pub primary: Vec<Parameter>,
}

/// The running day of every hour from the first to the last of `hours`, which come in any order; of two values for one hour
/// the later in the list counts.
///
/// `law` gives the law of a local day; hours on which none was in force have no running day. `not_equipped` are items that
/// the site does not measure by design (HJ 633-2026, 5.3.2).
#[must_use]
pub fn running_days<'a>(
    hours: &[AirHour],
    zone: Zone,
    law: impl Fn(NaiveDate) -> Option<DayLaw<'a>>,
    not_equipped: &[Parameter],
) -> Vec<RunningDay> {
    let Some(first) = hours.iter().map(|hour| hour.end).min() else { return Vec::new() };
    let unmeasured = [Concentrations::default(); HOURS - 1];
    let hours = [unmeasured.as_slice(), &gapless(hours, first)].concat();
    hours
        .windows(HOURS)
        .zip(0..)
        .filter_map(|(window, number)| {
            let end = first + TimeDelta::hours(number);
            let law = law(zone.day_of_end(end))?;
            let assessed = assess(law.aqi, AqiTime::Day, &day(window, law.validity), not_equipped);
            Some(RunningDay {
                end,
                aqi: assessed.iaqi.into_iter().flatten().max(),
                complete: assessed.status == AirStatus::Ok,
                primary: assessed.primary,
            })
        })
        .collect()
}

/// One entry an hour from the first on; hours that were not measured are empty.
fn gapless(hours: &[AirHour], first: Instant) -> Vec<Concentrations> {
    let mut all = Vec::new();
    for hour in hours {
        let since = hour.end - first;
        if let Ok(place) = usize::try_from(since.num_hours())
            && since == TimeDelta::hours(since.num_hours())
        {
            if all.len() <= place {
                all.resize(place + 1, Concentrations::default());
            }
            all[place] = hour.values;
        }
    }
    all
}

/// The concentrations of 24 hours as of a day.
fn day(window: &[Concentrations], validity: &AirValidity) -> Concentrations {
    let mut values = [None; 6];
    for ((item, value), place) in Parameter::AQI.into_iter().zip(&mut values).zip(0..) {
        let mut hours: [Option<Decimal>; HOURS] = [None; HOURS];
        for (hour, concentrations) in hours.iter_mut().zip(window) {
            *hour = concentrations.0[place];
        }
        *value = if item == Parameter::O3 {
            let (tally, verdict) = ozone_day(&hours, validity, None);
            tally.value.filter(|_| verdict == Validity::Valid)
        } else {
            let valid: Vec<Decimal> = hours.into_iter().flatten().collect();
            let enough = u32::try_from(valid.len()).is_ok_and(|count| count >= validity.day_hours);
            enough.then(|| Combine::Mean.apply(&valid)).flatten()
        };
    }
    Concentrations(values)
}

#[cfg(test)]
mod tests {
    use super::super::test_rules::{OTHERS, aqi, hour};
    use super::*;
    use crate::aggregate::VALIDITY;

    fn hours(values: impl IntoIterator<Item = Option<i64>>, item: usize) -> Vec<AirHour> {
        (1..)
            .zip(values)
            .map(|(number, value)| {
                let mut six = [None; 6];
                six[item] = value.map(Decimal::from);
                AirHour { end: hour(number), values: Concentrations(six) }
            })
            .collect()
    }

    fn last(hours: &[AirHour], not_equipped: &[Parameter]) -> (Option<u32>, bool) {
        let standard = aqi();
        let law = |_| Some(DayLaw { aqi: &standard, validity: &VALIDITY });
        let days = running_days(hours, Zone::shanghai(), law, not_equipped);
        assert_eq!(days.len(), hours.len(), "one for each hour from the first");
        days.last().map(|day| (day.aqi, day.complete)).unwrap()
    }

    /// In the test law a concentration is its index.
    #[test]
    fn the_mean_of_the_24_hours_before_is_graded() {
        let check = |name: &str, values: Vec<Option<i64>>, expected: (Option<u32>, bool)| {
            assert_eq!(last(&hours(values, 0), &OTHERS), expected, "{name}");
        };
        check("24 hours", vec![Some(210); 24], (Some(210), true));
        check("20 hours, nothing before", vec![Some(210); 20], (Some(210), true));
        check("19 hours", vec![Some(210); 19], (None, false));
        let mut gaps = vec![Some(210); 24];
        gaps[3..7].fill(None);
        check("4 gaps", gaps.clone(), (Some(210), true));
        gaps[7] = None;
        check("5 gaps", gaps, (None, false));
        let ramp = [vec![Some(500); 10], vec![Some(100); 12], vec![Some(300); 12]].concat();
        check("hours before the 24 have left", ramp, (Some(200), true));
        // 201 + 1/24 is more than 201: HJ 633 rounds indices up.
        let mut above = vec![Some(201); 23];
        above.push(Some(202));
        check("rounded up", above, (Some(202), true));
    }

    #[test]
    fn ozone_counts_by_its_largest_eight_hours_across_midnight() {
        let no_ozone_site = [Parameter::Pm25, Parameter::Pm10, Parameter::So2, Parameter::No2, Parameter::Co];
        let check = |name: &str, values: Vec<Option<i64>>, expected: (Option<u32>, bool)| {
            assert_eq!(last(&hours(values, 5), &no_ozone_site), expected, "{name}");
        };
        let peak = [vec![Some(10); 20], vec![Some(240); 8], vec![Some(10); 10]].concat();
        check("eight hours from 20:00 on", peak, (Some(240), true));
        check("13 windows", vec![Some(240); 18], (None, false));
        check("14 windows", vec![Some(240); 19], (Some(240), true));
    }

    #[test]
    fn a_missing_item_leaves_a_lower_bound() {
        assert_eq!(last(&hours(vec![Some(210); 24], 0), &[]), (Some(210), false));
        assert_eq!(last(&hours(vec![Some(40); 24], 0), &[]), (Some(40), false));
    }

    #[test]
    fn hours_may_come_in_any_order_and_each_day_has_its_law() {
        let mut series = hours(vec![Some(210); 48], 0);
        series.reverse();
        let standard = aqi();
        let from: NaiveDate = "2024-01-24".parse().unwrap();
        let law = |day| (day >= from).then_some(DayLaw { aqi: &standard, validity: &VALIDITY });
        let days = running_days(&series, Zone::shanghai(), law, &OTHERS);
        // Hour 24 closes 2024-01-23.
        assert_eq!(
            days.iter().map(|day| day.end).collect::<Vec<_>>(),
            (25..=48).map(hour).collect::<Vec<_>>()
        );
        assert_eq!(running_days(&[], Zone::shanghai(), law, &OTHERS), []);
    }
}
