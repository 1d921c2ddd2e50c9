//! The hours of one natural day as a table of whole numbers: what years of history are made days from.
//!
//! The values are those of [`crate::aggregate::daily_means`] (GB 3095-2026, 3.8, 3.9 and Table 4); this form holds a day of
//! six items in 1.2 kB and adds its hours as integers. Units: ug/m³, CO mg/m³.

use chrono::NaiveDate;
use lanbi_model::standard::{AirStandard, AirValidity, LimitTime};
use lanbi_model::{Decimal, Parameter};

use super::assess::Concentrations;
use super::period_statistics::AirDay;
use crate::fixed::{DECIMALS, FixedValue, MISSING};

const HOURS: usize = 24;
const WINDOW: usize = 8;
const OZONE: usize = 5;

/// Hourly values of a natural day in the order of [`Parameter::AQI`]; ozone by its hourly means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayHours {
    /// Local day.
    pub day: NaiveDate,
    items: [[i64; HOURS]; 6],
    /// One bit for each hour that was set.
    seen: u32,
}

impl DayHours {
    /// A day without values.
    #[must_use]
    pub const fn new(day: NaiveDate) -> Self {
        Self { day, items: [[MISSING; HOURS]; 6], seen: 0 }
    }

    /// Puts in the values of the hour that ends at `end` (1 to 24; another is passed over) in place of what was there. True
    /// where the hour had been put in before.
    pub fn set(&mut self, end: u32, values: [Option<FixedValue>; 6]) -> bool {
        let Some(hour) = end.checked_sub(1).filter(|hour| *hour < 24) else { return false };
        for (item, value) in self.items.iter_mut().zip(values) {
            if let Some(slot) = usize::try_from(hour).ok().and_then(|hour| item.get_mut(hour)) {
                *slot = value.map_or(MISSING, |value| value.0);
            }
        }
        let before = self.seen;
        self.seen |= 1 << hour;
        before == self.seen
    }

    /// The values of the hour that ends at `end` (1 to 24); none where it was not put in.
    #[must_use]
    pub fn hour(&self, end: u32) -> Option<Concentrations> {
        let hour = end.checked_sub(1).filter(|hour| *hour < 24 && self.seen & (1 << hour) != 0)?;
        let hour = usize::try_from(hour).ok()?;
        Some(Concentrations(self.items.map(|item| {
            let value = item.get(hour).copied().filter(|value| *value != MISSING)?;
            Some(Decimal::new(value, DECIMALS).normalize())
        })))
    }

    /// The day's means and the daily maximum 8-hour mean of ozone, not rounded; none where the hours are too few for the
    /// edition of GB 3095 in force on the day.
    #[must_use]
    pub fn means(&self, standard: &AirStandard) -> AirDay {
        let rule = &standard.validity;
        let mut values = [None; 6];
        for (item, value) in self.items.iter().zip(&mut values).take(OZONE) {
            let (sum, count) = tally(item);
            *value = (count >= rule.day_hours).then(|| mean(sum, count)).flatten();
        }
        let limit = standard.limits.get(&(Parameter::O3EightHour, LimitTime::DayMaxEightHour));
        values[OZONE] = ozone(&self.items[OZONE], rule, limit.map(|[_, two]| *two));
        AirDay { day: self.day, values: Concentrations(values) }
    }
}

/// Sum and number of the values of some hours.
fn tally(hours: &[i64]) -> (i64, u32) {
    hours.iter().fold(
        (0, 0),
        |(sum, count), &value| {
            if value == MISSING { (sum, count) } else { (sum + value, count + 1) }
        },
    )
}

fn mean(sum: i64, count: u32) -> Option<Decimal> {
    let mean = Decimal::new(sum, DECIMALS).checked_div(Decimal::from(count))?;
    Some(mean.normalize())
}

/// The largest window, see [`crate::aggregate::ozone_day`].
fn ozone(hours: &[i64; HOURS], rule: &AirValidity, class2_limit: Option<Decimal>) -> Option<Decimal> {
    let mut windows = 0;
    let mut largest: Option<(i64, u32)> = None;
    let mut sum = 0;
    let mut count = 0;
    for (end, &value) in hours.iter().enumerate() {
        if value != MISSING {
            sum += value;
            count += 1;
        }
        if let Some(&left) = end.checked_sub(WINDOW).and_then(|start| hours.get(start))
            && left != MISSING
        {
            sum -= left;
            count -= 1;
        }
        if end + 1 < WINDOW || count < rule.window_hours {
            continue;
        }
        windows += 1;
        // a / n > b / m as whole numbers.
        let larger = |&(other, n): &(i64, u32)| {
            i128::from(sum) * i128::from(n) > i128::from(other) * i128::from(count)
        };
        if largest.as_ref().is_none_or(larger) {
            largest = Some((sum, count));
        }
    }
    let (sum, count) = largest?;
    let largest = mean(sum, count)?;
    let over = class2_limit.is_some_and(|limit| largest > limit);
    (windows >= rule.day_windows || over).then_some(largest)
}

#[cfg(test)]
mod tests {
    use super::super::test_law::standard;
    use super::*;
    use crate::aggregate::{DayRules, daily_means};
    use lanbi_model::{AveragingPeriod, Flags, Sample, SampleKey, Station, StationId, StationKind, Zone};
    use rand::{Rng, SeedableRng};

    #[test]
    fn an_hour_put_in_twice_is_said_and_the_later_counts() {
        let mut day = DayHours::new("2026-10-05".parse().unwrap());
        let value = |v: i64| FixedValue::from_digits(v, 0);
        assert!(!day.set(1, [value(1); 6]));
        assert!(day.set(1, [value(9), None, None, None, None, None]));
        for end in 2..=24 {
            assert!(!day.set(end, [value(9); 6]));
        }
        for nowhere in [0, 25, 99] {
            assert!(!day.set(nowhere, [value(900); 6]));
            assert_eq!(day.hour(nowhere), None);
        }
        let nine = Some(Decimal::from(9));
        assert_eq!(day.hour(1), Some(Concentrations([nine, None, None, None, None, None])));
        assert_eq!(day.hour(24), Some(Concentrations([nine; 6])));
        assert_eq!(DayHours::new(day.day).hour(1), None);
        let means = day.means(&standard(35, 70)).values.0;
        assert_eq!(means, [Some(Decimal::from(9)); 6]);
    }

    /// Days of every degree of completeness, with repeated and with round values: the same as the way of the service.
    #[test]
    fn a_day_is_the_one_that_the_service_makes() {
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(7);
        let law = standard(35, 70);
        let day: NaiveDate = "2026-10-05".parse().unwrap();
        let station = Station {
            id: StationId::new("A"),
            name: String::new(),
            kind: StationKind::Air,
            area: String::new(),
            water: String::new(),
            downstream: None,
            zone: Zone::shanghai(),
            period: AveragingPeriod::HOUR,
            cadence: AveragingPeriod::HOUR,
            parameters: Parameter::AQI.to_vec(),
        };
        let rules =
            DayRules { air: &law.validity, ozone_class2: Some(Decimal::from(160)), water_readings: 4 };
        let (mut with_ozone, mut without) = (0, 0);
        for _ in 0..400 {
            let mut table = DayHours::new(day);
            let mut samples = Vec::new();
            let missing = rng.random_range(0..60);
            for end in 1..=24_u32 {
                let mut values = [None; 6];
                for (item, value) in Parameter::AQI.into_iter().zip(&mut values) {
                    if rng.random_range(0..100) < missing {
                        continue;
                    }
                    let exact = Decimal::new(rng.random_range(0..2500), rng.random_range(1..3));
                    *value = FixedValue::from_decimal(exact);
                    samples.push(Sample {
                        key: SampleKey {
                            station: station.id.clone(),
                            parameter: item,
                            period: AveragingPeriod::HOUR,
                            instant: station.zone.start_of(day) + chrono::TimeDelta::hours(end.into()),
                        },
                        value: exact,
                        flags: Flags::empty(),
                    });
                }
                table.set(end, values);
            }
            let expected = daily_means(&station, day, &samples, &rules);
            let of = |parameter| expected.iter().find(|m| m.parameter == parameter)?.valid_value();
            assert_eq!(table.means(&law).values.0, Parameter::AQI_DAY.map(of));
            if of(Parameter::O3EightHour).is_some() { with_ozone += 1 } else { without += 1 }
        }
        assert!(with_ozone > 50 && without > 50, "{with_ozone} {without}");
    }
}
