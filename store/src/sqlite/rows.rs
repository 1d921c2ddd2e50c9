//! Between columns and the words of the domain: instants in Unix microseconds (finer parts are cut), days since
//! 1970-01-01, counters as 64-bit integers, derived decimals as text.

use chrono::{DateTime, NaiveDate, TimeDelta};
use lanbi_model::{AveragingPeriod, Decimal, Flags, Instant, decimal::from_f64};

use crate::StoreError;

pub(super) fn corrupt(what: &'static str, detail: impl Into<String>) -> StoreError {
    StoreError::Corrupt { what, detail: detail.into() }
}

pub(super) fn instant(micros: i64) -> Result<Instant, StoreError> {
    DateTime::from_timestamp_micros(micros).ok_or_else(|| corrupt("an instant", micros.to_string()))
}

pub(super) fn day_number(day: NaiveDate) -> i64 {
    day.signed_duration_since(NaiveDate::default()).num_days()
}

pub(super) fn day(number: i64) -> Result<NaiveDate, StoreError> {
    TimeDelta::try_days(number)
        .and_then(|days| NaiveDate::default().checked_add_signed(days))
        .ok_or_else(|| corrupt("a day", number.to_string()))
}

pub(super) fn flags(bits: i64) -> Result<Flags, StoreError> {
    narrow("flags", bits).map(Flags::from_bits_retain)
}

pub(super) fn period(seconds: i64) -> Result<AveragingPeriod, StoreError> {
    narrow("an averaging period", seconds).map(AveragingPeriod::from_seconds)
}

/// A measured value: the decimal that the binary float was made from.
pub(super) fn value(number: f64) -> Result<Decimal, StoreError> {
    from_f64(number).ok_or_else(|| corrupt("a value", number.to_string()))
}

pub(super) fn decimal(text: &str) -> Result<Decimal, StoreError> {
    text.parse().map_err(|_| corrupt("a decimal", text))
}

/// A counter for its column. No count of anything real comes near the largest value.
pub(super) fn count(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A column's integer in the narrower type of the domain.
pub(super) fn narrow<T: TryFrom<i64>>(what: &'static str, number: i64) -> Result<T, StoreError> {
    T::try_from(number).map_err(|_| corrupt(what, number.to_string()))
}
