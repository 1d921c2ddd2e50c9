//! The time of a row: `YYYY-MM`, `YYYY-MM-DD` or `YYYY-MM-DDTHH:MM[:SS]`, local to the chosen zone.

use chrono::{NaiveDate, NaiveDateTime};
use lanbi_model::Zone;

/// Which end of its hour a stamp names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Label {
    /// The hour's start.
    Start,
    /// The hour's end: 00:00 is the last hour of the day before.
    End,
}

/// A time as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stamp {
    /// A month, by its first day.
    Month(NaiveDate),
    /// A day.
    Day(NaiveDate),
    /// A moment, or an end of an hour.
    Moment(NaiveDateTime),
}

impl Stamp {
    /// Reads a stamp; every number has its full width.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let digits = |part: &str, width: usize| -> Option<u32> {
            (part.len() == width && part.bytes().all(|b| b.is_ascii_digit()))
                .then(|| part.parse().ok())
                .flatten()
        };
        let (date, time) = match text.split_once('T') {
            Some((date, time)) => (date, Some(time)),
            None => (text, None),
        };
        let mut parts = date.split('-');
        let year = i32::try_from(digits(parts.next()?, 4)?).ok()?;
        let month = digits(parts.next()?, 2)?;
        let day = parts.next();
        if parts.next().is_some() {
            return None;
        }
        let (day, time) = match (day, time) {
            (None, None) => return NaiveDate::from_ymd_opt(year, month, 1).map(Self::Month),
            (None, Some(_)) => return None,
            (Some(day), time) => (NaiveDate::from_ymd_opt(year, month, digits(day, 2)?)?, time),
        };
        let Some(time) = time else { return Some(Self::Day(day)) };
        let mut parts = time.split(':');
        let (hour, minute) = (digits(parts.next()?, 2)?, digits(parts.next()?, 2)?);
        let second = parts.next().map_or(Some(0), |second| digits(second, 2))?;
        if parts.next().is_some() {
            return None;
        }
        day.and_hms_opt(hour, minute, second).map(Self::Moment)
    }

    /// The day an hour belongs to; a day without a time counts as that day, a month is no hour.
    pub(crate) fn day_of_hour(self, zone: Zone, label: Label) -> Option<NaiveDate> {
        match (self, label) {
            (Self::Month(_), _) => None,
            (Self::Day(day), _) => Some(day),
            (Self::Moment(time), Label::End) => Some(zone.day_of_end(zone.to_instant(time))),
            (Self::Moment(time), Label::Start) => Some(time.date()),
        }
    }

    /// The day that is meant, with or without a time; a month is no day.
    pub(crate) fn day(self) -> Option<NaiveDate> {
        match self {
            Self::Month(_) => None,
            Self::Day(day) => Some(day),
            Self::Moment(time) => Some(time.date()),
        }
    }

    /// The first day of what is meant.
    pub(crate) fn first_day(self) -> NaiveDate {
        match self {
            Self::Month(day) | Self::Day(day) => day,
            Self::Moment(time) => time.date(),
        }
    }
}

impl std::fmt::Display for Stamp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Month(first) => write!(f, "{}", first.format("%Y-%m")),
            Self::Day(day) => day.fmt(f),
            Self::Moment(time) => write!(f, "{}", time.format("%Y-%m-%dT%H:%M:%S")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stamps_are_read_in_three_widths_only() {
        let check = |text: &str, expected: Option<&str>| {
            let read = Stamp::parse(text).map(|stamp| stamp.to_string());
            assert_eq!(read.as_deref(), expected, "{text}");
        };
        check("2026-03", Some("2026-03"));
        check("2024-02-29", Some("2024-02-29"));
        check("2026-03-01T00:00", Some("2026-03-01T00:00:00"));
        check("2026-03-01T23:59:59", Some("2026-03-01T23:59:59"));
        for wrong in [
            "",
            "2026",
            "2026-3-1",
            "2026-02-29",
            "2026-13",
            "2026-03T00:00",
            "2026-03-01T24:00",
            "2026-03-01T00",
            "2026-03-01T00:00:00:00",
            "2026-03-01T00:00Z",
            "2026-03-01T",
            "2026/03/01",
            "20260301",
            "+026-03-01",
            "2026-03-01-02",
        ] {
            check(wrong, None);
        }
    }

    #[test]
    fn midnight_closes_the_day_before_unless_stamps_name_the_start() {
        let zone = Zone::shanghai();
        let check = |text: &str, label, expected: Option<&str>| {
            let day = Stamp::parse(text).unwrap().day_of_hour(zone, label).map(|d| d.to_string());
            assert_eq!(day.as_deref(), expected, "{text}");
        };
        check("2026-03-01T00:00", Label::End, Some("2026-02-28"));
        check("2026-03-01T00:00:01", Label::End, Some("2026-03-01"));
        check("2026-03-01T01:00", Label::End, Some("2026-03-01"));
        check("2026-03-01T00:00", Label::Start, Some("2026-03-01"));
        check("2026-03-01", Label::End, Some("2026-03-01"));
        check("2026-03", Label::End, None);
    }
}
