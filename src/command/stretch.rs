//! A stretch of time as people name it, by stamps local to a station, and the values that belong to it.
//!
//! A stamp with a time is an instant and belongs to the stretch at both ends. A day or a month means all of its values:
//! a mean that ends at midnight belongs to the day before, a reading taken at midnight to the day that begins
//! (GB 3095-2026, 3.9).

use chrono::TimeDelta;
use lanbi_model::{AveragingPeriod, Instant, SampleKey, Zone, zone::last_day_of_month};

use crate::assess::Stamp;

/// Before and after everything that is ever stored.
const BEGINNING: &str = "0001-01-01T00:00:00Z";
const END: &str = "9999-12-31T00:00:00Z";

/// A stretch; an open end reaches as far as there are values.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stretch {
    from: Option<Stamp>,
    to: Option<Stamp>,
}

impl Stretch {
    /// A stretch of which both ends may be open.
    ///
    /// # Errors
    /// It ends before it begins.
    pub(super) fn new(from: Option<Stamp>, to: Option<Stamp>) -> anyhow::Result<Self> {
        if let (Some(from), Some(to)) = (from, to) {
            let (begun, over) = (start(from, Zone::utc()), end(to, Zone::utc()));
            let is_one_instant = begun == over && is_moment(from) && is_moment(to);
            anyhow::ensure!(
                begun < over || is_one_instant,
                "--to lies before --from; name the earlier stamp with --from"
            );
        }
        Ok(Self { from, to })
    }

    /// The instants in `(after, until]` among which its values are.
    pub(super) fn bounds(self, zone: Zone) -> (Instant, Instant) {
        let just_before = |instant: Instant| instant - TimeDelta::microseconds(1);
        let after = self.from.map_or_else(|| edge(BEGINNING), |stamp| just_before(start(stamp, zone)));
        (after, self.to.map_or_else(|| edge(END), |stamp| end(stamp, zone)))
    }

    /// The same for moments alone: midnight belongs to the day that begins with it.
    pub(super) fn moments(self, zone: Zone) -> (Instant, Instant) {
        let (after, until) = self.bounds(zone);
        let whole_days = self.to.is_some_and(|stamp| !is_moment(stamp));
        (after, if whole_days { until - TimeDelta::microseconds(1) } else { until })
    }

    /// Whether a value belongs to it.
    pub(super) fn holds(self, zone: Zone, key: &SampleKey) -> bool {
        let reading = key.period == AveragingPeriod::MOMENT;
        let begun = self.from.is_none_or(|stamp| {
            let start = start(stamp, zone);
            key.instant > start || (key.instant == start && (reading || is_moment(stamp)))
        });
        let over = self.to.is_some_and(|stamp| {
            let end = end(stamp, zone);
            key.instant > end || (key.instant == end && reading && !is_moment(stamp))
        });
        begun && !over
    }
}

fn edge(text: &str) -> Instant {
    text.parse().unwrap_or_default()
}

fn is_moment(stamp: Stamp) -> bool {
    matches!(stamp, Stamp::Moment(_))
}

fn start(stamp: Stamp, zone: Zone) -> Instant {
    match stamp {
        Stamp::Month(first) => zone.start_of(first),
        Stamp::Day(day) => zone.start_of(day),
        Stamp::Moment(time) => zone.to_instant(time),
    }
}

fn end(stamp: Stamp, zone: Zone) -> Instant {
    match stamp {
        Stamp::Month(first) => zone.end_of(last_day_of_month(first)),
        Stamp::Day(day) => zone.end_of(day),
        Stamp::Moment(time) => zone.to_instant(time),
    }
}

#[cfg(test)]
mod tests {
    use lanbi_model::{Parameter, StationId};

    use super::*;

    #[test]
    fn midnight_belongs_to_the_day_that_the_value_is_of() {
        let zone = Zone::shanghai();
        let check = |from: &str, to: &str, period: &str, local: &str, expected: bool| {
            let stretch = Stretch::new(Stamp::parse(from), Stamp::parse(to)).unwrap();
            let key = SampleKey {
                station: StationId::new("a"),
                parameter: Parameter::Pm25,
                period: AveragingPeriod::parse(period).unwrap(),
                instant: zone.to_instant(local.parse().unwrap()),
            };
            assert_eq!(stretch.holds(zone, &key), expected, "{from} to {to}: {period} at {local}");
            let (after, until) = stretch.bounds(zone);
            assert!(!expected || (after < key.instant && key.instant <= until), "{from} to {to}: {local}");
            if period == "moment" {
                let (after, until) = stretch.moments(zone);
                assert_eq!(after < key.instant && key.instant <= until, expected, "{from} to {to}: {local}");
            }
        };
        let (first, last) = ("2026-03-01", "2026-03-02");
        check(first, last, "1h", "2026-03-01T00:00:00", false);
        check(first, last, "1h", "2026-03-01T01:00:00", true);
        check(first, last, "1h", "2026-03-03T00:00:00", true);
        check(first, last, "1h", "2026-03-03T01:00:00", false);
        check(first, last, "moment", "2026-03-01T00:00:00", true);
        check(first, last, "moment", "2026-03-03T00:00:00", false);
        check("2026-02", "2026-02", "1h", "2026-03-01T00:00:00", true);
        check("2026-02", "2026-02", "1h", "2026-02-01T00:00:00", false);
        for period in ["1h", "moment"] {
            check("2026-03-01T00:00", "2026-03-01T05:00", period, "2026-03-01T00:00:00", true);
            check("2026-03-01T00:00", "2026-03-01T05:00", period, "2026-03-01T05:00:00", true);
            check("2026-03-01T05:00", "2026-03-01T05:00", period, "2026-03-01T05:00:00", true);
            check("", "", period, "1970-01-01T05:00:00", true);
        }
        assert!(Stretch::new(Stamp::parse("2026-03-02"), Stamp::parse("2026-03-01")).is_err());
    }
}
