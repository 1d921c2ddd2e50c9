//! Months of a section from its readings: day means of enough readings, and the mean of these (环办〔2011〕22号; counts
//! configured, 未核实). Not rounded; pH by its hydrogen ions.
//!
//! Sums are whole numbers: a day is kept in parts that every number of readings up to 24 divides, so that no mean is rounded
//! before the last division.

use chrono::NaiveDate;
use lanbi_model::{Decimal, Parameter, decimal};

use super::mean::PH_DECIMALS;
use super::readings::Readings;
use crate::fixed::{DECIMALS, MISSING};

/// The least common multiple of 1 to 24. Of more readings a day is exact to 10⁻¹⁸.
const PARTS: i64 = 5_354_228_880;

const BILLION: f64 = 1e9;

/// A month, or the part of it that lies in a period: first and last day.
pub(super) type Span = (NaiveDate, NaiveDate);

/// What one source says of a month.
#[derive(Clone, Debug, Default)]
pub(super) struct Month {
    /// In the order of the items.
    pub(super) means: Vec<Option<MonthMean>>,
    /// Days with a mean of any item.
    pub(super) days: u32,
}

/// The mean of an item's days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct MonthMean {
    pub(super) value: Decimal,
    /// Days it rests on.
    pub(super) days: u32,
}

/// The months of `spans` (in order, one after the other), where a day needs `least` readings of an item.
pub(super) fn months(readings: &Readings, spans: &[Span], least: u32) -> Vec<Month> {
    let items = readings.items();
    let ph = items.iter().position(|item| *item == Parameter::Ph);
    let mut tallies = vec![Tally::default(); items.len()];
    let mut days = readings.days().peekable();
    let mut months = Vec::with_capacity(spans.len());
    for (first, last) in spans {
        tallies.fill(Tally::default());
        let mut month = Month::default();
        while days.next_if(|(day, _)| day < first).is_some() {}
        while let Some((_, rows)) = days.next_if(|(day, _)| day <= last) {
            let mut any = false;
            for (place, tally) in tallies.iter_mut().enumerate() {
                let column = rows.iter().skip(place).step_by(items.len());
                any |= if ph == Some(place) { tally.add_ph(column, least) } else { tally.add(column, least) };
            }
            month.days += u32::from(any);
        }
        let of = |(place, tally): (usize, &Tally)| tally.mean(ph == Some(place));
        month.means = tallies.iter().enumerate().map(of).collect();
        months.push(month);
    }
    months
}

/// Days of one item added up.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    /// In billionths divided by [`PARTS`].
    sum: i128,
    /// Activity of hydrogen ions.
    ions: f64,
    days: u32,
}

impl Tally {
    /// Adds the day of some readings; whether they are enough.
    fn add<'a>(&mut self, column: impl Iterator<Item = &'a i64>, least: u32) -> bool {
        let (mut sum, mut count) = (0_i64, 0_u32);
        for value in column.filter(|value| **value != MISSING) {
            sum += value;
            count += 1;
        }
        if count == 0 || count < least {
            return false;
        }
        let count = i64::from(count);
        self.sum += if PARTS % count == 0 {
            i128::from(sum) * i128::from(PARTS / count)
        } else {
            i128::from(sum) * i128::from(PARTS) / i128::from(count)
        };
        self.days += 1;
        true
    }

    /// The same of pH.
    fn add_ph<'a>(&mut self, column: impl Iterator<Item = &'a i64>, least: u32) -> bool {
        let (mut ions, mut count) = (0.0, 0_u32);
        for value in column.filter(|value| **value != MISSING) {
            #[expect(clippy::cast_precision_loss, reason = "pH in billionths is far below 2^53")]
            let ph = *value as f64 / BILLION;
            ions += 10_f64.powf(-ph);
            count += 1;
        }
        if count == 0 || count < least {
            return false;
        }
        self.ions += 10_f64.powf(-rounded_ph(ions / f64::from(count)));
        self.days += 1;
        true
    }

    fn mean(&self, is_ph: bool) -> Option<MonthMean> {
        let value = if self.days == 0 {
            return None;
        } else if is_ph {
            decimal::from_f64(rounded_ph(self.ions / f64::from(self.days)))?
        } else {
            let parts = Decimal::try_from_i128_with_scale(self.sum, DECIMALS).ok()?;
            parts.checked_div(Decimal::from(PARTS * i64::from(self.days)))?
        };
        Some(MonthMean { value, days: self.days })
    }
}

/// The pH of an activity at the decimals of [`super::mean_ph`].
fn rounded_ph(ions: f64) -> f64 {
    let unit = 10_f64.powi(PH_DECIMALS.cast_signed());
    (-ions.log10() * unit).round_ties_even() / unit
}

#[cfg(test)]
mod tests {
    use chrono::{Days, NaiveDateTime, TimeDelta};
    use rand::{Rng, SeedableRng};

    use super::*;
    use crate::FixedValue;
    use crate::aggregate::Combine;

    const ITEMS: [Parameter; 3] = [Parameter::Ph, Parameter::Nh3n, Parameter::Tp];

    fn start() -> NaiveDateTime {
        "2026-03-01T00:00:00".parse().unwrap()
    }

    /// Two months of readings of every degree of completeness: the same as with decimals, day by day.
    #[test]
    fn months_are_those_of_exact_decimals() {
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(3);
        let spans: [Span; 2] = [
            ("2026-03-01".parse().unwrap(), "2026-03-31".parse().unwrap()),
            ("2026-04-01".parse().unwrap(), "2026-04-30".parse().unwrap()),
        ];
        for missing in [0, 20, 60, 95] {
            let mut readings = Readings::new(ITEMS.to_vec());
            let mut all: Vec<(NaiveDate, [Option<Decimal>; 3])> = Vec::new();
            for step in -6..80 * 6 {
                let time = start() + TimeDelta::hours(4 * step);
                let values = ITEMS.map(|_| {
                    let value = Decimal::new(rng.random_range(0..9000), 3);
                    (rng.random_range(0..100) >= missing).then_some(value)
                });
                readings.push(time, &values.map(|value| FixedValue::from_decimal(value?)));
                all.push((time.date(), values));
            }
            let got = months(&readings, &spans, 4);
            for ((first, last), month) in spans.iter().zip(&got) {
                for (place, item) in ITEMS.into_iter().enumerate() {
                    let day = |day: NaiveDate| {
                        let of_day = all.iter().filter(|(other, _)| *other == day);
                        let values: Vec<Decimal> = of_day.filter_map(|(_, values)| values[place]).collect();
                        Combine::of(item).apply(&values).filter(|_| values.len() >= 4)
                    };
                    let days = first.iter_days().take_while(|d| d <= last);
                    let days: Vec<Decimal> = days.filter_map(day).collect();
                    let expected = Combine::of(item).apply(&days);
                    let rounded = |value: Decimal| decimal::round_half_even(value, 20);
                    let mean = month.means[place];
                    assert_eq!(mean.map(|m| rounded(m.value)), expected.map(rounded), "{item} {missing}");
                    assert_eq!(mean.map_or(0, |m| m.days as usize), days.len());
                }
            }
            assert!(missing == 95 || got[1].days > 0, "{missing}");
        }
    }

    #[test]
    fn a_month_begins_with_its_first_reading_and_ends_before_the_next_midnight() {
        let mut readings = Readings::new(vec![Parameter::Tp]);
        for (time, digits) in
            [("2026-02-28T20:00:00", 9), ("2026-03-01T00:00:00", 1), ("2026-03-31T20:00:00", 3)]
        {
            readings.push(time.parse().unwrap(), &[FixedValue::from_digits(digits, 0)]);
        }
        readings.push("2026-04-01T00:00:00".parse().unwrap(), &[FixedValue::from_digits(9, 0)]);
        let month = months(&readings, &[(start().date(), start().date() + Days::new(30))], 1);
        assert_eq!(month[0].means, [Some(MonthMean { value: Decimal::TWO, days: 2 })]);
        assert_eq!(month[0].days, 2);
    }

    #[test]
    fn a_day_of_any_number_of_readings_has_its_mean() {
        for count in [1, 6, 24, 25, 1440] {
            let mut readings = Readings::new(vec![Parameter::Tp]);
            for minute in 0..count {
                readings.push(start() + TimeDelta::minutes(minute), &[FixedValue::from_digits(125, 3)]);
            }
            let month = months(&readings, &[(start().date(), start().date())], 1);
            let value = month[0].means[0].map(|mean| decimal::round_half_even(mean.value, 15).normalize());
            assert_eq!(value, Some("0.125".parse().unwrap()), "{count}");
        }
    }
}
