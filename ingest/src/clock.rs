//! Where local time meets a zone: stamps as devices and files write them become instants in UTC, here and nowhere else.
//!
//! A stamp names either the start or the end of the interval its value is averaged over; inside lanbi an interval is
//! always named by its end. Instants are kept to the microsecond, the resolution of the stores.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, SubsecRound, TimeDelta, Utc};
use lanbi_model::{AveragingPeriod, Instant, RejectReason, Zone};

/// What a stamp names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Label {
    /// The start of the interval.
    Start,
    /// The end of the interval.
    #[default]
    End,
}

impl Label {
    /// Reads `start` or `end`.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        match key {
            "start" => Some(Self::Start),
            "end" => Some(Self::End),
            _ => None,
        }
    }

    /// The end of the interval whose stamp is `stamp`; none where the calendar ends.
    #[must_use]
    pub fn end_of(self, stamp: Instant, period: AveragingPeriod) -> Option<Instant> {
        match self {
            Self::End => Some(stamp),
            Self::Start => stamp.checked_add_signed(period.span()),
        }
    }
}

/// The stretch of time in which a stamp is believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// How far a stamp may lie ahead of the clock.
    pub ahead: TimeDelta,
    /// The first local day taken.
    pub earliest: NaiveDate,
}

impl Window {
    /// Says why `instant` is not believed at clock time `now`, if so.
    #[must_use]
    pub fn refuses(&self, instant: Instant, now: Instant, zone: Zone) -> Option<RejectReason> {
        if now.checked_add_signed(self.ahead).is_some_and(|last| instant > last) {
            Some(RejectReason::FutureTime)
        } else if zone.local(instant).date() < self.earliest {
            Some(RejectReason::AncientTime)
        } else {
            None
        }
    }
}

/// Reads a stamp: RFC 3339, local with `T` or blank and with or without seconds and zone, `YYYYMMDDHHMM[SS[mmm]]`, or
/// an epoch in s, ms or µs by its number of digits. `24:00` is midnight at the end of the day. A stamp without a zone
/// is local to `zone`.
#[must_use]
pub fn parse_stamp(text: &str, zone: Zone) -> Option<Instant> {
    let text = text.trim();
    let instant = if text.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        parse_digits(text, zone)?
    } else {
        parse_written(text, zone)?
    };
    Some(instant.trunc_subsecs(6))
}

/// Reads a stamp by a `strftime` format. A minute, second or (with `year`) year that the format does not hold is 0, 0
/// and `year`. The result is local to `zone`.
#[must_use]
pub fn parse_with(text: &str, format: &str, year: Option<i32>, zone: Zone) -> Option<Instant> {
    let mut parsed = chrono::format::Parsed::new();
    chrono::format::parse(&mut parsed, text.trim(), chrono::format::StrftimeItems::new(format)).ok()?;
    if parsed.minute().is_none() && parsed.timestamp().is_none() {
        parsed.set_minute(0).ok()?;
    }
    if let Some(year) = year
        && parsed.year().is_none()
    {
        parsed.set_year(i64::from(year)).ok()?;
    }
    let local = parsed.to_naive_datetime_with_offset(0).ok()?;
    Some(zone.to_instant(local))
}

/// The end of the last whole period before `arrival`, counted from local midnight: what a message without a time is
/// taken to speak of. A reading at a moment is taken at the second of arrival.
///
/// Whole periods make a repeated delivery of the same message fall on the same key in most cases.
#[must_use]
pub fn assumed_end(arrival: Instant, period: AveragingPeriod, zone: Zone) -> Instant {
    let step = i64::from(period.seconds().max(1));
    let local = zone.local(arrival).and_utc().timestamp();
    let end = local - local.rem_euclid(step);
    DateTime::from_timestamp(end, 0).map_or(arrival, |end| zone.to_instant(end.naive_utc()))
}

/// A run of digits. Epoch seconds have 9 or 10 digits from 1973 to 2286, milliseconds 12 or 13, microseconds 16; the
/// written forms have 12 (starting with `20`), 14 and 17. Twelve digits starting with `20` would be epoch milliseconds
/// of 1976, so the written form is meant.
fn parse_digits(text: &str, zone: Zone) -> Option<Instant> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if fraction.contains('.') {
        return None;
    }
    let number: i64 = whole.parse().ok()?;
    match whole.len() {
        9 | 10 => {
            let nanos: u32 = format!("{:0<9.9}", fraction).parse().ok()?;
            DateTime::from_timestamp(number, nanos)
        }
        14 if fraction.is_empty() => compact(whole, "%Y%m%d%H%M%S", zone),
        12 if fraction.is_empty() && whole.starts_with("20") => compact(whole, "%Y%m%d%H%M", zone),
        12 | 13 => DateTime::from_timestamp_millis(number),
        16 => DateTime::from_timestamp_micros(number),
        17 if fraction.is_empty() => {
            let millis: i64 = whole.get(14..)?.parse().ok()?;
            compact(whole.get(..14)?, "%Y%m%d%H%M%S", zone).map(|t| t + TimeDelta::milliseconds(millis))
        }
        _ => None,
    }
}

fn compact(text: &str, format: &str, zone: Zone) -> Option<Instant> {
    let date =
        || NaiveDate::from_ymd_opt(year(text.get(..4)?)?, two(text.get(4..6)?)?, two(text.get(6..8)?)?);
    let second = || if text.len() == 14 { two(text.get(12..)?) } else { Some(0) };
    let local = || date()?.and_hms_opt(two(text.get(8..10)?)?, two(text.get(10..12)?)?, second()?);
    // What the short way does not read, a leap second for one, the library may.
    let local = local().or_else(|| NaiveDateTime::parse_from_str(text, format).ok())?;
    Some(zone.to_instant(local))
}

/// Two digits.
fn two(text: &str) -> Option<u32> {
    match text.as_bytes() {
        [tens @ b'0'..=b'9', ones @ b'0'..=b'9'] => {
            Some(u32::from(tens - b'0') * 10 + u32::from(ones - b'0'))
        }
        _ => None,
    }
}

/// Four digits.
fn year(text: &str) -> Option<i32> {
    let (century, year) = text.split_at_checked(2)?;
    i32::try_from(two(century)? * 100 + two(year)?).ok()
}

/// `YYYY-MM-DD`, whatever stands for the dashes.
fn plain_date(text: &str) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(year(text.get(..4)?)?, two(text.get(5..7)?)?, two(text.get(8..10)?)?)
}

/// `HH:MM:SS`.
fn plain_time(text: &str) -> Option<NaiveTime> {
    let colons = text.len() == 8 && text.get(2..3) == Some(":") && text.get(5..6) == Some(":");
    let time = || NaiveTime::from_hms_opt(two(text.get(..2)?)?, two(text.get(3..5)?)?, two(text.get(6..8)?)?);
    colons.then(time).flatten()
}

fn parse_written(text: &str, zone: Zone) -> Option<Instant> {
    let date = text.get(..10)?;
    let separator = date.as_bytes().get(4)?;
    let plain = plain_date(date).filter(|_| date.as_bytes().get(7) == Some(separator));
    let date = match separator {
        b'-' | b'/' if plain.is_some() => plain?,
        b'-' => NaiveDate::parse_from_str(date, "%Y-%m-%d").ok()?,
        b'/' => NaiveDate::parse_from_str(date, "%Y/%m/%d").ok()?,
        _ => return None,
    };
    let rest = text.get(10..)?.strip_prefix(['T', 't', ' '])?.trim_start();
    let (clock, offset) = match rest.find(['Z', 'z', '+', '-']) {
        Some(at) => (rest.get(..at)?.trim_end(), Some(parse_offset(rest.get(at..)?)?)),
        None => (rest, None),
    };
    let local = match clock {
        "24:00" | "24:00:00" => date.succ_opt()?.and_time(NaiveTime::MIN),
        _ => date.and_time(
            plain_time(clock)
                .or_else(|| NaiveTime::parse_from_str(clock, "%H:%M:%S%.f").ok())
                .or_else(|| NaiveTime::parse_from_str(clock, "%H:%M").ok())?,
        ),
    };
    match offset {
        Some(offset) => {
            local.and_local_timezone(offset).single().map(|t: DateTime<FixedOffset>| t.with_timezone(&Utc))
        }
        None => Some(zone.to_instant(local)),
    }
}

fn parse_offset(text: &str) -> Option<FixedOffset> {
    if text.eq_ignore_ascii_case("z") {
        return FixedOffset::east_opt(0);
    }
    let plain = text.len() == 6 && text.get(3..4) == Some(":");
    if let (true, Some(sign @ ("+" | "-"))) = (plain, text.get(..1))
        && let (Some(hours), Some(minutes @ 0..60)) =
            (text.get(1..3).and_then(two), text.get(4..6).and_then(two))
    {
        let seconds = i32::try_from(hours * 3600 + minutes * 60).ok()?;
        return FixedOffset::east_opt(if sign == "-" { -seconds } else { seconds });
    }
    // A bare hour offset such as `+08` is common and not read by the library.
    if text.len() == 3 { format!("{text}:00").parse().ok() } else { text.parse().ok() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    #[test]
    fn stamps_in_every_spelling_meet_at_one_instant() {
        let eight = at("2026-10-05T00:00:00Z");
        for text in [
            "2026-10-05T08:00:00+08:00",
            "2026-10-05T00:00:00Z",
            "2026-10-05t00:00:00z",
            "2026-10-04T19:00:00-05:00",
            "2026-10-05 08:00:00+0800",
            "2026-10-05 08:00:00 +08",
            "2026-10-05T08:00:00",
            "2026-10-05T08:00:00.000",
            "2026-10-05T08:00",
            "2026-10-05 08:00:00",
            " 2026/10/05 08:00 ",
            "20261005080000",
            "202610050800",
            "20261005080000000",
            "1791158400",
            "1791158400.0",
            "1791158400000",
            "1791158400000000",
        ] {
            assert_eq!(parse_stamp(text, Zone::shanghai()), Some(eight), "{text}");
        }
        assert_eq!(parse_stamp("2026-10-05T24:00", Zone::shanghai()), Some(at("2026-10-05T16:00:00Z")));
        assert_eq!(parse_stamp("1791158400.25", Zone::utc()), Some(at("2026-10-05T00:00:00.25Z")));
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in [
            "",
            " ",
            ".",
            "now",
            "*",
            "2026-10-05",
            "2026-13-05T08:00",
            "2026-10-05T25:00",
            "2026-10-05T08",
            "08:00",
            "2026-10-05T08:00+99:00",
            "1.2.3",
            "12345",
            "20261305080000",
            "99999999999999999999",
            "二〇二六年十月五日",
            "2026-10-05T08:00:00+",
            "2026-02-30T08:00",
            "+262026-10-05T08:00",
        ] {
            assert_eq!(parse_stamp(text, Zone::shanghai()), None, "{text}");
        }
    }

    #[test]
    fn formats_fill_what_they_do_not_hold() {
        let check = |text: &str, format: &str, year: Option<i32>, expected: Option<&str>| {
            assert_eq!(
                parse_with(text, format, year, Zone::shanghai()),
                expected.map(at),
                "{text} by {format}"
            );
        };
        check("20200402 08", "%Y%m%d %H", None, Some("2020-04-02T00:00:00Z"));
        check("2013 3 1 0", "%Y %m %d %H", None, Some("2013-02-28T16:00:00Z"));
        check("04-01 08:00", "%m-%d %H:%M", Some(2021), Some("2021-04-01T00:00:00Z"));
        check("04-01 08:00", "%m-%d %H:%M", None, None);
        check("02-29 08:00", "%m-%d %H:%M", Some(2021), None);
        check("*", "%m-%d %H:%M", Some(2021), None);
        check("20200402 24", "%Y%m%d %H", None, None);
    }

    #[test]
    fn a_label_says_which_end_a_stamp_names() {
        let stamp = at("2026-10-05T00:00:00Z");
        assert_eq!(Label::End.end_of(stamp, AveragingPeriod::HOUR), Some(stamp));
        assert_eq!(Label::Start.end_of(stamp, AveragingPeriod::HOUR), Some(at("2026-10-05T01:00:00Z")));
        assert_eq!(Label::Start.end_of(stamp, AveragingPeriod::MOMENT), Some(stamp));
        assert_eq!(Label::Start.end_of(Instant::MAX_UTC, AveragingPeriod::HOUR), None);
    }

    #[test]
    fn a_window_refuses_what_lies_outside() {
        let window = Window { ahead: TimeDelta::minutes(10), earliest: "2000-01-01".parse().unwrap() };
        let now = at("2026-10-05T00:00:00Z");
        let check = |text: &str, expected: Option<RejectReason>| {
            assert_eq!(window.refuses(at(text), now, Zone::shanghai()), expected, "{text}");
        };
        check("2026-10-05T00:10:00Z", None);
        check("2026-10-05T00:10:01Z", Some(RejectReason::FutureTime));
        check("1999-12-31T16:00:00Z", None);
        check("1999-12-31T15:59:59Z", Some(RejectReason::AncientTime));
    }

    #[test]
    fn an_arrival_stands_for_the_last_whole_period() {
        let check = |period: AveragingPeriod, expected: &str| {
            let arrival = at("2026-10-05T00:20:31.5Z");
            assert_eq!(assumed_end(arrival, period, Zone::shanghai()), at(expected), "{period}");
        };
        check(AveragingPeriod::HOUR, "2026-10-05T00:00:00Z");
        check(AveragingPeriod::MINUTE, "2026-10-05T00:20:00Z");
        check(AveragingPeriod::DAY, "2026-10-04T16:00:00Z");
        check(AveragingPeriod::MOMENT, "2026-10-05T00:20:31Z");
    }
}
