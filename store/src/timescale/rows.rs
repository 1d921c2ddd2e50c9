//! Between columns and the words of the domain: instants cut to microseconds, flags as the bits of a 32-bit integer,
//! counters as 64-bit integers, derived decimals as text on their way to and from `numeric`.

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, SubsecRound};
use lanbi_model::{AveragingPeriod, Decimal, Flags, Instant};

use crate::{StaleCauses, StoreError};

/// Digits of a second that a column holds.
const MICROSECONDS: u16 = 6;

pub(super) fn corrupt(what: &'static str, detail: impl Into<String>) -> StoreError {
    StoreError::Corrupt { what, detail: detail.into() }
}

/// An instant as a column holds it.
pub(super) fn cut(instant: Instant) -> Instant {
    instant.trunc_subsecs(MICROSECONDS)
}

/// An end of a query, brought into the years that a column can hold (4713 BC to AD 294276).
pub(super) fn end(instant: Instant) -> Instant {
    let year =
        |year| NaiveDate::from_ymd_opt(year, 1, 1).map(|day| day.and_time(chrono::NaiveTime::MIN).and_utc());
    let (first, last): (Option<DateTime<_>>, _) = (year(-4_700), year(262_000));
    instant.clamp(first.unwrap_or(instant), last.unwrap_or(instant))
}

/// A day of a query, brought into the years that a column can hold.
pub(super) fn end_day(day: NaiveDate) -> NaiveDate {
    NaiveDate::from_ymd_opt(-4_700, 1, 1).map_or(day, |first| day.max(first))
}

pub(super) fn bits(flags: Flags) -> i32 {
    flags.bits().cast_signed()
}

pub(super) fn flags(bits: i32) -> Flags {
    Flags::from_bits_retain(bits.cast_unsigned())
}

pub(super) fn seconds(period: AveragingPeriod) -> i32 {
    period.seconds().cast_signed()
}

pub(super) fn period(seconds: i32) -> AveragingPeriod {
    AveragingPeriod::from_seconds(seconds.cast_unsigned())
}

pub(super) fn decimal(text: &str) -> Result<Decimal, StoreError> {
    text.parse().map_err(|_| corrupt("a decimal", text))
}

pub(super) fn decimal_text(value: Option<Decimal>) -> Option<String> {
    value.map(|value| value.to_string())
}

/// A counter for its column. No count of anything real comes near the largest value.
pub(super) fn count(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A column's integer in the narrower type of the domain.
pub(super) fn narrow<T: TryFrom<i64>>(what: &'static str, number: i64) -> Result<T, StoreError> {
    T::try_from(number).map_err(|_| corrupt(what, number.to_string()))
}

/// A text for its column. PostgreSQL has no character zero; a device that sends one must not stop the batch.
pub(super) fn text(text: &str) -> Cow<'_, str> {
    if text.contains('\0') { Cow::Owned(text.replace('\0', "\u{fffd}")) } else { Cow::Borrowed(text) }
}

pub(super) fn causes(bits: i16) -> StaleCauses {
    StaleCauses::from_bits_truncate(u8::try_from(bits).unwrap_or(0))
}
