//! The levels of warning of one place hour by hour, with what was known at each hour.
//!
//! A level is entered when one of its conditions is met, by hours measured so far or by the forecast issued so far. It ends
//! when, by measurement or forecast, the index stays at or below the smallest number of its rules for the time they name
//! (`clear`, 36 hours). So two episodes nearer to each other are one, even if the second alone would be too short for the
//! level; but their hours are not added up to reach a higher one. Hours of which nothing is known do not clear anything. A
//! forecast is listened to as far ahead as the level must be clear, otherwise a level could end and be entered again by the
//! same forecast.

use chrono::{NaiveDate, TimeDelta};
use lanbi_model::warning::{WarningLevel, WarningRule, WarningStandard};
use lanbi_model::{Instant, Zone};

use super::condition::{Run, met};
use super::event::WarningEvent;
use super::evidence::{Dust, Evidence};
use super::forecast::{ForecastDay, ForecastEnd};
use super::running_day::RunningDay;
use super::timeline::{Point, Timeline};

/// All that is known of the air of one place.
#[derive(Clone, Copy, Debug)]
pub struct HeavyAir<'a> {
    /// Zone of the place's local days.
    pub zone: Zone,
    /// The hour up to which levels are told; what was measured or issued later is not used.
    pub now: Instant,
    /// Running days, see [`running_days`](super::running_days).
    pub observed: &'a [RunningDay],
    /// Forecasts of all issues, in any order.
    pub forecast: &'a [ForecastDay],
    /// The end of a forecast range that counts.
    pub forecast_end: ForecastEnd,
    /// Local days of dust.
    pub dust: &'a [NaiveDate],
}

/// Every level of warning in order of time, from the first hour measured or foreseen up to `air.now`; `rules` gives the
/// edition for a local day. A warning that stands is kept through a change of editions and through days without one.
#[must_use]
pub fn warnings<'a>(
    air: &HeavyAir<'_>,
    rules: impl Fn(NaiveDate) -> Option<&'a WarningStandard>,
) -> Vec<WarningEvent> {
    let first = air.observed.iter().map(|day| day.end).chain(air.forecast.iter().map(|f| f.issued)).min();
    let Some(first) = first else { return Vec::new() };
    let mut watch = Watch {
        timeline: Timeline::new(air.zone, air.observed, air.forecast, air.forecast_end),
        dust: Dust { zone: air.zone, days: air.dust },
        levels: [None, None, None],
        events: Vec::new(),
    };
    let mut at = full_hour(air.zone, first);
    while at <= air.now {
        if let Some(rules) = rules(air.zone.day_of_end(at)) {
            watch.step(rules, at);
        }
        at += TimeDelta::hours(1);
    }
    watch.events
}

/// The local full hour at or before an instant.
fn full_hour(zone: Zone, instant: Instant) -> Instant {
    let midnight = zone.start_of(zone.day_of(instant));
    midnight + TimeDelta::hours((instant - midnight).num_hours())
}

/// Whether the hours after `last_met`, up to `clear` after `at`, hold a stretch of `clear` that is at or below `floor`.
/// Hours of which nothing is known, or only that they are at least so clean, are passed over.
fn is_clear(timeline: &Timeline<'_>, last_met: Instant, at: Instant, clear: TimeDelta, floor: u32) -> bool {
    let mut lasted = TimeDelta::zero();
    let mut hour = last_met;
    while hour < at + clear && lasted < clear {
        hour += TimeDelta::hours(1);
        match timeline.point(hour, at) {
            Some(point) if point.aqi > floor => lasted = TimeDelta::zero(),
            Some(point) if !point.at_least => lasted += TimeDelta::hours(1),
            _ => (),
        }
    }
    lasted >= clear
}

/// The number that the index must not exceed for a level to end: the smallest of its rules.
fn floor(rules: &WarningStandard, level: WarningLevel) -> u32 {
    let own = rules.rules.iter().filter(|rule| rule.level == level);
    own.flat_map(|rule| &rule.spells).map(|spell| spell.above).min().unwrap_or_default()
}

/// The levels as they stand, and the events so far; the last of them may still be open.
struct Watch<'a> {
    timeline: Timeline<'a>,
    dust: Dust<'a>,
    levels: [Option<Evidence>; 3],
    events: Vec<WarningEvent>,
}

/// A rule that is met, and by what.
struct Met<'p, 'a> {
    rule: &'p WarningRule,
    run: Run<'p, 'a>,
    by_measurement_alone: bool,
}

impl Watch<'_> {
    fn step(&mut self, rules: &WarningStandard, at: Instant) {
        let spells = || rules.rules.iter().flat_map(|rule| &rule.spells);
        let lowest = spells().map(|spell| spell.above).min().unwrap_or_default();
        let longest = spells().map(|spell| spell.lasting).max().unwrap_or_default();
        let points = self.timeline.around(at, lowest, rules.clear + longest);
        let measured: Vec<Option<Point<'_>>> =
            points.iter().map(|point| point.filter(|point| !point.foreseen)).collect();
        let all_met: Vec<Met<'_, '_>> = rules
            .rules
            .iter()
            .filter_map(|rule| {
                let alone = met(rule, &measured, at, rules.clear);
                let run = met(rule, &points, at, rules.clear)?;
                Some(Met { rule, run, by_measurement_alone: alone.is_some() })
            })
            .collect();

        for (level, evidence) in WarningLevel::ALL.into_iter().zip(&mut self.levels) {
            // Rules are sorted, so that a level goes by its own before it goes by those above it.
            if let Some(met) = all_met.iter().find(|met| met.rule.level >= level) {
                let evidence = evidence.get_or_insert_with(|| Evidence::new(met.run, at));
                evidence.add(met.run, at, met.by_measurement_alone, self.dust);
                evidence.rule = met.rule.zh();
                evidence.edition.clone_from(&rules.edition.id);
            } else if let Some(standing) = evidence {
                let floor = floor(rules, level);
                if is_clear(&self.timeline, standing.last_met, at, rules.clear, floor) {
                    *evidence = None;
                } else if let Some(point) = self.timeline.point(at, at).filter(|point| point.aqi > floor) {
                    standing.see(&point, self.dust);
                }
            }
        }
        self.tell(at);
    }

    /// Ends and begins events where the highest level that stands is another one than before.
    fn tell(&mut self, at: Instant) {
        let standing = WarningLevel::ALL.into_iter().zip(&self.levels).rev();
        let now = standing.into_iter().find_map(|(level, evidence)| Some((level, evidence.as_ref()?)));
        let open = self.events.last_mut().filter(|event| event.until.is_none());
        let before = open.as_ref().map(|event| event.level);
        if let Some(event) = open {
            if let Some((level, evidence)) = now
                && level == event.level
            {
                evidence.put(event);
                return;
            }
            event.until = Some(at);
        }
        if let Some((level, evidence)) = now {
            self.events.push(evidence.event(level, before, at));
        }
    }
}
