//! When the planted events happen. Dates follow from the simulated period alone, not from the seed.
//!
//! Haze needs a winter and dust a spring from 2026-03-01 on, so a run without those seasons has none. All others sit at
//! fixed shares of the period and fit into any period of at least four weeks; what does not fit is left out.

use chrono::{Datelike, Days, NaiveDate, TimeDelta};
use lanbi_model::{Instant, StationId, Zone};

use super::event::{Malformed, Planted, PlantedKind};
use super::sites::{AIR, DITCHES, OUTLETS, SECTIONS};
use super::weather::Forcing;

/// First days of a haze, the preferred first: month and day.
const HAZE_DAYS: [(u32, u32); 4] = [(1, 12), (12, 14), (2, 8), (11, 22)];

/// Days of dust, the preferred first.
const DUST_DAYS: [(u32, u32); 4] = [(3, 28), (4, 11), (5, 4), (3, 12)];

/// Fine particles through the haze: hours from its first midnight and µg/m³, in between on straight lines.
const HAZE_LEVELS: [(f64, f64); 9] = [
    (0.0, 165.0),
    (12.0, 185.0),
    (24.0, 205.0),
    (42.0, 262.0),
    (60.0, 310.0),
    (74.0, 290.0),
    (86.0, 230.0),
    (96.0, 180.0),
    (120.0, 120.0),
];

/// Days from the start of a relapse until the ditch is black, how long it stays so, and how long the repair takes.
const RELAPSE_DAYS: (f64, f64, f64) = (21.0, 16.0, 20.0);

/// Station names of the events, as in the district's tables.
const BREACHING: &str = OUTLETS[0].id;
const BELOW_BREACH: &str = SECTIONS[1].id;
const IMPROVING: &str = DITCHES[1].id;
const RELAPSING: &str = DITCHES[2].id;
const SILENT: &str = AIR[4].id;
const FROZEN: &str = AIR[2].id;
const LATE: &str = AIR[6].id;
const RESENDING: [&str; 4] = [AIR[0].id, AIR[1].id, AIR[2].id, AIR[3].id];

/// The station that nobody registered.
pub(super) const UNREGISTERED: &str = "air-99";

/// A stretch of time; holds the stamps with `from < stamp <= to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) from: Instant,
    pub(super) to: Instant,
}

impl Span {
    fn holds(self, stamp: Instant) -> bool {
        self.from < stamp && stamp <= self.to
    }
}

/// A strange message: its way, the station whose message it goes with, and the stamp of that message.
#[derive(Clone, Copy, Debug)]
struct Strange {
    way: Malformed,
    station: &'static str,
    stamp: Instant,
}

/// The dates of all events.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    whole: Span,
    haze: Option<Span>,
    dust: Option<Span>,
    breach: Option<Span>,
    improvement: Span,
    relapse: Option<Span>,
    silence: Option<Span>,
    frozen: Option<Span>,
    resend: Option<Span>,
    late: Option<Span>,
    strange: Vec<Strange>,
}

impl Plan {
    /// The plan of a period.
    pub(super) fn new(first: NaiveDate, last: NaiveDate) -> Self {
        let zone = Zone::shanghai();
        let whole = Span { from: zone.start_of(first), to: zone.end_of(last) };
        let days = u64::try_from((last - first).num_days() + 1).unwrap_or(0);
        let fits = |span: &Span| span.from >= whole.from && span.to <= whole.to;
        let share = |per_cent: u64| {
            zone.start_of(first.checked_add_days(Days::new(days * per_cent / 100)).unwrap_or(first))
        };
        let span = |from: Instant, skip: i64, hours: i64| {
            let from = from + TimeDelta::hours(skip);
            Some(Span { from, to: from + TimeDelta::hours(hours) }).filter(fits)
        };
        let on_date = |dates: &[(u32, u32)], earliest: NaiveDate, hours: i64| {
            dates.iter().find_map(|&(month, day)| {
                (first.year()..=last.year()).find_map(|year| {
                    let date = NaiveDate::from_ymd_opt(year, month, day).filter(|d| *d >= earliest)?;
                    span(zone.start_of(date), 0, hours)
                })
            })
        };
        // The dust is planted under the air standard of 2026, whose PM10 breakpoints differ from the former ones.
        let dust_from = NaiveDate::from_ymd_opt(2026, 3, 1).unwrap_or(first).max(first);
        // The haze gathers during the day before, which must lie in the period too.
        let haze_from = first.succ_opt().unwrap_or(first);
        let relapse_start = share(70).min(whole.to - TimeDelta::days(23));
        let strange_day = share(85);
        let strange = STRANGE
            .iter()
            .map(|&(way, station, hour)| Strange {
                way,
                station,
                stamp: strange_day + TimeDelta::hours(hour),
            })
            .filter(|s| whole.holds(s.stamp))
            .collect();
        Self {
            whole,
            haze: on_date(&HAZE_DAYS, haze_from, 96),
            dust: on_date(&DUST_DAYS, dust_from, 24),
            breach: span(share(60), 20, 14),
            improvement: Span { from: share(25), to: share(45) },
            relapse: span(relapse_start, 0, 21 * 24),
            silence: span(share(20), 0, 72),
            frozen: span(share(30), 6, 36),
            resend: span(share(37), 0, 24),
            late: span(share(43), 0, 48),
            strange,
        }
    }

    /// The events for the account of the demonstration.
    pub(super) fn planted(&self) -> Vec<Planted> {
        let entry = |kind, stations: &[&str], span: Span| Planted {
            kind,
            stations: stations.iter().map(|id| StationId::new(id)).collect(),
            from: span.from,
            to: span.to,
        };
        let air: Vec<&str> = AIR.iter().map(|s| s.id).collect();
        let automatic: Vec<&str> = AIR
            .iter()
            .map(|s| s.id)
            .chain(SECTIONS.iter().map(|s| s.id))
            .chain(OUTLETS.iter().map(|s| s.id))
            .collect();
        let dated: [(PlantedKind, &[&str], Option<Span>); 11] = [
            (PlantedKind::HeavyPollution, &air, self.haze),
            (PlantedKind::Dust, &air, self.dust),
            (PlantedKind::OutletBreach, &[BREACHING, BELOW_BREACH], self.breach),
            (PlantedKind::DitchTreated, &[IMPROVING], Some(self.improvement)),
            (PlantedKind::BlackOdorReturn, &[RELAPSING], self.relapse),
            (PlantedKind::Silence, &[SILENT], self.silence),
            (PlantedKind::FrozenSensor, &[FROZEN], self.frozen),
            (PlantedKind::GatewayResend, &RESENDING, self.resend),
            (PlantedKind::LateBatch, &[LATE], self.late),
            (PlantedKind::RandomRepeats, &[], Some(self.whole)),
            (PlantedKind::DeviceFlags, &automatic, Some(self.whole)),
        ];
        let mut all: Vec<Planted> = dated
            .into_iter()
            .filter_map(|(kind, stations, span)| Some(entry(kind, stations, span?)))
            .collect();
        all.extend(self.strange.iter().map(|s| {
            let station = if s.way == Malformed::UnknownStation { UNREGISTERED } else { s.station };
            entry(PlantedKind::Malformed(s.way), &[station], Span { from: s.stamp, to: s.stamp })
        }));
        all
    }

    /// What the events do to weather and air at a moment.
    pub(super) fn forcing(&self, at: Instant) -> Forcing {
        let mut forcing = Forcing::default();
        if let Some(haze) = self.haze {
            let hour = hours(haze.from, at);
            forcing.haze = ramp(hour, -14.0, 0.0) * (1.0 - ramp(hour, 96.0, 102.0));
            forcing.haze_pm25 = along(&HAZE_LEVELS, hour);
        }
        if let Some(dust) = self.dust {
            // The front arrives before dawn, is thickest in mid morning and thins out until night.
            let hour = hours(dust.from, at);
            forcing.dust =
                ramp(hour, 4.0, 9.0) * (1.0 - 0.55 * ramp(hour, 12.0, 18.0)) * (1.0 - ramp(hour, 18.0, 24.0));
        }
        forcing
    }

    /// How far the treatment plant has failed, 0 to 1, in the hour that ends at the stamp.
    pub(super) fn breach(&self, outlet: &str, stamp: Instant) -> f64 {
        let failing = outlet == BREACHING && self.breach.is_some_and(|s| s.holds(stamp));
        if failing { 1.0 } else { 0.0 }
    }

    /// How far the works at a ditch have come, 0 to 1.
    pub(super) fn treated(&self, at: Instant) -> f64 {
        ramp(
            hours(self.improvement.from, at),
            0.0,
            hours(self.improvement.from, self.improvement.to).max(1.0),
        )
    }

    /// How far a ditch has slipped back, 0 to 1.
    pub(super) fn relapse(&self, ditch: &str, at: Instant) -> f64 {
        let Some(relapse) = self.relapse.filter(|_| ditch == RELAPSING) else { return 0.0 };
        let day = hours(relapse.from, at) / 24.0;
        let (rise, stay, repair) = RELAPSE_DAYS;
        ramp(day, 0.0, rise) * (1.0 - ramp(day, rise + stay, rise + stay + repair))
    }

    /// Whether the station sends nothing for the stamp.
    pub(super) fn silent(&self, station: &str, stamp: Instant) -> bool {
        station == SILENT && self.silence.is_some_and(|s| s.holds(stamp))
    }

    /// Whether the PM2.5 sensor of the station is stuck.
    pub(super) fn frozen(&self, station: &str, stamp: Instant) -> bool {
        station == FROZEN && self.frozen.is_some_and(|s| s.holds(stamp))
    }

    /// When the gateway sends the message again, if it does.
    pub(super) fn resent_from(&self, station: &str, stamp: Instant) -> Option<Instant> {
        let day = self.resend.filter(|s| RESENDING.contains(&station) && s.holds(stamp))?;
        Some(day.to + TimeDelta::hours(9))
    }

    /// When a buffered message goes out, if the station buffers it.
    pub(super) fn held_until(&self, station: &str, stamp: Instant) -> Option<Instant> {
        let days = self.late.filter(|s| station == LATE && s.holds(stamp))?;
        Some(days.to + TimeDelta::hours(6))
    }

    /// The way in which the station's message is strange.
    pub(super) fn strange(&self, station: &str, stamp: Instant) -> Option<Malformed> {
        self.strange.iter().find(|s| s.station == station && s.stamp == stamp).map(|s| s.way)
    }

    /// Whether an event of the messages touches the station about that time; chance outages then keep away.
    pub(super) fn touches(&self, station: &str, stamp: Instant) -> bool {
        self.frozen(station, stamp)
            || self.resent_from(station, stamp).is_some()
            || self.held_until(station, stamp).is_some()
            || self
                .strange
                .iter()
                .any(|s| s.station == station && (s.stamp - stamp).abs() < TimeDelta::hours(4))
    }
}

/// The strange messages of one day: way, station whose message it goes with, hour of the stamp.
const STRANGE: [(Malformed, &str, i64); 10] = [
    (Malformed::BrokenJson, AIR[1].id, 8),
    (Malformed::UnknownStation, AIR[0].id, 9),
    (Malformed::TextNan, AIR[2].id, 10),
    (Malformed::BareNan, AIR[3].id, 12),
    (Malformed::FutureStamp, AIR[4].id, 13),
    (Malformed::Oversized, AIR[5].id, 14),
    (Malformed::Empty, OUTLETS[1].id, 15),
    (Malformed::UnknownParameter, AIR[6].id, 16),
    (Malformed::NumberAsText, AIR[7].id, 17),
    (Malformed::NullValue, OUTLETS[2].id, 18),
];

/// Hours from one instant to another.
fn hours(from: Instant, to: Instant) -> f64 {
    f64::from(i32::try_from((to - from).num_minutes()).unwrap_or(i32::MAX)) / 60.0
}

/// 0 before `start`, 1 after `end`, smooth in between.
fn ramp(x: f64, start: f64, end: f64) -> f64 {
    let t = ((x - start) / (end - start)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// The value of a broken line, level beyond its ends.
fn along(line: &[(f64, f64)], x: f64) -> f64 {
    let after = line.iter().position(|(at, _)| *at > x).unwrap_or(line.len());
    match (after.checked_sub(1).and_then(|i| line.get(i)), line.get(after)) {
        (Some((x0, y0)), Some((x1, y1))) => y0 + (y1 - y0) * (x - x0) / (x1 - x0),
        (Some((_, y)), None) | (None, Some((_, y))) => *y,
        (None, None) => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(first: &str, last: &str) -> Vec<PlantedKind> {
        let planted = Plan::new(first.parse().unwrap(), last.parse().unwrap()).planted();
        for event in &planted {
            assert!(event.from <= event.to && !event.expected().is_empty(), "{event:?}");
        }
        planted.into_iter().map(|p| p.kind).collect()
    }

    #[test]
    fn thirteen_months_hold_every_event() {
        assert_eq!(kinds("2025-10-01", "2026-10-31").len(), 11 + Malformed::ALL.len());
    }

    #[test]
    fn one_month_holds_all_that_its_season_allows() {
        let check = |first, last, haze, dust| {
            let kinds = kinds(first, last);
            assert_eq!(kinds.contains(&PlantedKind::HeavyPollution), haze, "{first} haze");
            assert_eq!(kinds.contains(&PlantedKind::Dust), dust, "{first} dust");
            assert_eq!(
                kinds.len(),
                9 + usize::from(haze) + usize::from(dust) + Malformed::ALL.len(),
                "{first}"
            );
        };
        check("2026-01-01", "2026-01-31", true, false);
        check("2026-02-01", "2026-02-28", true, false);
        check("2026-04-01", "2026-04-30", false, true);
        check("2026-07-01", "2026-07-31", false, false);
        check("2025-03-01", "2025-03-31", false, false);
    }

    #[test]
    fn a_day_or_nothing_is_no_fault() {
        assert!(kinds("2026-07-01", "2026-07-01").contains(&PlantedKind::RandomRepeats));
        let reversed = Plan::new("2026-07-02".parse().unwrap(), "2026-07-01".parse().unwrap());
        assert!(reversed.silence.is_none());
    }
}
