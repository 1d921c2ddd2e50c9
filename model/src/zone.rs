//! The fixed offset of a station's local time. China keeps UTC+8 all year; other zones without daylight saving can be
//! written as an offset.

use chrono::{DateTime, Datelike, Days, FixedOffset, NaiveDate, NaiveDateTime, TimeZone, Utc};

use crate::Instant;

/// A zone of constant offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Zone(FixedOffset);

impl Zone {
    /// UTC+8, `Asia/Shanghai`.
    #[must_use]
    pub fn shanghai() -> Self {
        Self(FixedOffset::east_opt(8 * 3600).unwrap_or_else(|| Self::utc().0))
    }

    /// UTC.
    #[must_use]
    pub fn utc() -> Self {
        Self(chrono::offset::Offset::fix(&Utc))
    }

    /// Reads `Asia/Shanghai`, `UTC`, `Z` or an offset such as `+08:00`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "Asia/Shanghai" | "PRC" => Some(Self::shanghai()),
            "UTC" | "Z" => Some(Self::utc()),
            _ => text.parse().ok().map(Self),
        }
    }

    /// The offset.
    #[must_use]
    pub const fn offset(self) -> FixedOffset {
        self.0
    }

    /// Local wall-clock time to an instant. Never ambiguous, because the offset is fixed.
    #[must_use]
    pub fn to_instant(self, local: NaiveDateTime) -> Instant {
        self.0.from_local_datetime(&local).single().map_or_else(|| local.and_utc(), |t| t.with_timezone(&Utc))
    }

    /// The local wall-clock time of an instant.
    #[must_use]
    pub fn local(self, instant: Instant) -> NaiveDateTime {
        self.at(instant).naive_local()
    }

    /// The instant with its offset, for printing.
    #[must_use]
    pub fn at(self, instant: Instant) -> DateTime<FixedOffset> {
        instant.with_timezone(&self.0)
    }

    /// The natural day that the interval ending at `end` belongs to: 00:00 closes the day before (GB 3095-2026, 3.9).
    #[must_use]
    pub fn day_of_end(self, end: Instant) -> NaiveDate {
        let local = self.local(end);
        if local.time() == chrono::NaiveTime::MIN {
            local.date().checked_sub_days(Days::new(1)).unwrap_or(local.date())
        } else {
            local.date()
        }
    }

    /// The natural day that a reading taken at `instant` belongs to.
    #[must_use]
    pub fn day_of(self, instant: Instant) -> NaiveDate {
        self.local(instant).date()
    }

    /// First instant of a natural day.
    #[must_use]
    pub fn start_of(self, day: NaiveDate) -> Instant {
        self.to_instant(day.and_time(chrono::NaiveTime::MIN))
    }

    /// First instant of the day after.
    #[must_use]
    pub fn end_of(self, day: NaiveDate) -> Instant {
        self.start_of(day.checked_add_days(Days::new(1)).unwrap_or(day))
    }
}

impl std::fmt::Display for Zone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// The last day of a month.
#[must_use]
pub fn last_day_of_month(day: NaiveDate) -> NaiveDate {
    let first = day.with_day(1).unwrap_or(day);
    first.checked_add_months(chrono::Months::new(1)).and_then(|next| next.pred_opt()).unwrap_or(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn midnight_closes_the_day_before() {
        let zone = Zone::shanghai();
        let midnight = zone.to_instant("2026-03-01T00:00:00".parse().unwrap());
        assert_eq!(zone.day_of_end(midnight).to_string(), "2026-02-28");
        assert_eq!(zone.day_of(midnight).to_string(), "2026-03-01");
        assert_eq!(midnight.to_rfc3339(), "2026-02-28T16:00:00+00:00");
        assert_eq!(Zone::parse("+08:00"), Some(zone));
        assert_eq!(Zone::parse("Mars"), None);
    }
}
