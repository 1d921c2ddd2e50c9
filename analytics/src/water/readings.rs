//! The readings of one section as a table of whole numbers: what years of history are made months from.
//!
//! A reading of nine items takes 84 bytes. Units as the parameters'; times are local.

use chrono::NaiveDateTime;
use lanbi_model::Parameter;

use crate::fixed::{FixedValue, MISSING};

/// Rows of readings, or of day or month means.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Readings {
    items: Vec<Parameter>,
    times: Vec<NaiveDateTime>,
    /// Row after row.
    values: Vec<i64>,
    is_settled: bool,
}

impl Readings {
    /// No rows yet; each will have the values of these items in this order.
    #[must_use]
    pub const fn new(items: Vec<Parameter>) -> Self {
        Self { items, times: Vec::new(), values: Vec::new(), is_settled: true }
    }

    /// What a row holds.
    #[must_use]
    pub fn items(&self) -> &[Parameter] {
        &self.items
    }

    /// Whether there is no row.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.times.is_empty()
    }

    /// Adds a row; values beyond the items are passed over, and lacking ones are missing.
    pub fn push(&mut self, time: NaiveDateTime, values: &[Option<FixedValue>]) {
        self.is_settled &= self.times.last().is_none_or(|last| *last < time);
        self.times.push(time);
        let row = values.iter().map(|value| value.map_or(MISSING, |value| value.0));
        self.values.extend(row.chain(std::iter::repeat(MISSING)).take(self.items.len()));
    }

    /// Puts the rows in order of time. Of rows for one time the last counts; such times are returned, each once.
    pub fn settle(&mut self) -> Vec<NaiveDateTime> {
        if self.is_settled {
            return Vec::new();
        }
        let mut order: Vec<usize> = (0..self.times.len()).collect();
        order.sort_by_key(|row| self.times.get(*row));
        let unsettled = std::mem::take(self);
        self.items.clone_from(&unsettled.items);
        let mut twice = Vec::new();
        for run in order.chunk_by(|a, b| unsettled.times[*a] == unsettled.times[*b]) {
            let [.., last] = run else { continue };
            let time = unsettled.times[*last];
            self.times.push(time);
            self.values.extend_from_slice(unsettled.row(*last));
            if run.len() > 1 {
                twice.push(time);
            }
        }
        self.is_settled = true;
        twice
    }

    /// The same rows with other items: those that were not there are missing.
    #[must_use]
    pub fn arranged(&self, items: &[Parameter]) -> Self {
        let places: Vec<Option<usize>> =
            items.iter().map(|item| self.items.iter().position(|known| known == item)).collect();
        let mut values = Vec::with_capacity(items.len() * self.times.len());
        for row in 0..self.times.len() {
            let row = self.row(row);
            values.extend(
                places.iter().map(|place| place.and_then(|place| row.get(place)).copied().unwrap_or(MISSING)),
            );
        }
        Self { items: items.to_vec(), times: self.times.clone(), values, is_settled: self.is_settled }
    }

    fn row(&self, row: usize) -> &[i64] {
        let width = self.items.len();
        self.values.get(row * width..(row + 1) * width).unwrap_or_default()
    }

    /// The days in order, each with the rows of its readings. Rows must be settled.
    pub(super) fn days(&self) -> impl Iterator<Item = (chrono::NaiveDate, &[i64])> {
        let width = self.items.len();
        let mut rest = self.values.as_slice();
        self.times.chunk_by(|a, b| a.date() == b.date()).filter_map(move |run| {
            let (rows, after) = rest.split_at_checked(run.len() * width)?;
            rest = after;
            Some((run.first()?.date(), rows))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> NaiveDateTime {
        text.parse().unwrap()
    }

    #[test]
    fn values_are_kept_to_the_billionth() {
        let check = |text: &str, expected: Option<i64>| {
            let value: lanbi_model::Decimal = text.parse().unwrap();
            assert_eq!(FixedValue::from_decimal(value).map(|v| v.0), expected, "{text}");
        };
        check("0.00005", Some(50_000));
        check("-0.3", Some(-300_000_000));
        check("0.0000000025", Some(2));
        check("1000001", None);
        assert_eq!(FixedValue::from_digits(355, 1), FixedValue::from_decimal("35.5".parse().unwrap()));
        assert_eq!(FixedValue::from_digits(1, 10), None);
        assert_eq!(FixedValue::from_digits(1_000_001, 0), None);
    }

    #[test]
    fn rows_are_put_in_order_and_the_last_of_a_time_counts() {
        let value = |digits| FixedValue::from_digits(digits, 0);
        let mut readings = Readings::new(vec![Parameter::Nh3n, Parameter::Tp]);
        readings.push(at("2026-03-02T00:00:00"), &[value(4)]);
        readings.push(at("2026-03-01T04:00:00"), &[value(1), value(2), value(9)]);
        readings.push(at("2026-03-01T04:00:00"), &[None, value(3)]);
        assert_eq!(readings.settle(), [at("2026-03-01T04:00:00")]);
        assert_eq!(readings.settle(), []);
        let days: Vec<_> = readings.days().map(|(day, rows)| (day.to_string(), rows.to_vec())).collect();
        let unit = 1_000_000_000;
        assert_eq!(days[0], ("2026-03-01".to_owned(), vec![MISSING, 3 * unit]));
        assert_eq!(days[1], ("2026-03-02".to_owned(), vec![4 * unit, MISSING]));
    }
}
