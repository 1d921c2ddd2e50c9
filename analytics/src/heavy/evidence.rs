//! What is gathered of the pollution behind a level while the level stands.

use std::collections::BTreeSet;

use chrono::{NaiveDate, TimeDelta};
use lanbi_model::{Instant, Parameter, WarningLevel, Zone};

use super::condition::Run;
use super::event::{Basis, Response, WarningEvent};
use super::timeline::Point;

/// Days of dust, by which the cause of an hour is told.
#[derive(Clone, Copy)]
pub(super) struct Dust<'a> {
    pub(super) zone: Zone,
    pub(super) days: &'a [NaiveDate],
}

/// Pollution, measured or foreseen.
#[derive(Clone, Default)]
struct Pollution {
    peak: u32,
    primary: BTreeSet<Parameter>,
    /// Whether an hour of it has a cause that measures can act on.
    controllable: bool,
}

/// The evidence for one level.
#[derive(Clone)]
pub(super) struct Evidence {
    pub(super) from: Instant,
    pub(super) last_met: Instant,
    pub(super) rule: String,
    pub(super) edition: String,
    measured: Pollution,
    foreseen: Pollution,
    /// Whether measurement alone met the condition at some hour.
    by_measurement: bool,
    /// Whether the forecast was needed at some hour.
    by_forecast: bool,
}

impl Evidence {
    /// For a level whose condition begins to be met.
    pub(super) fn new(run: Run<'_, '_>, at: Instant) -> Self {
        Self {
            from: run.first().copied().flatten().map_or(at, |point| point.start),
            last_met: at,
            rule: String::new(),
            edition: String::new(),
            measured: Pollution::default(),
            foreseen: Pollution::default(),
            by_measurement: false,
            by_forecast: false,
        }
    }

    /// Adds the pollution that meets the condition at an hour; `alone` tells whether measurement alone meets it.
    pub(super) fn add(&mut self, run: Run<'_, '_>, at: Instant, alone: bool, dust: Dust<'_>) {
        self.last_met = at;
        self.by_measurement |= alone;
        self.by_forecast |= !alone;
        for point in run.iter().flatten() {
            self.see(point, dust);
        }
    }

    /// Adds an hour of pollution that the level stands through, whether or not it meets the condition.
    pub(super) fn see(&mut self, point: &Point<'_>, dust: Dust<'_>) {
        let pollution = if point.foreseen { &mut self.foreseen } else { &mut self.measured };
        pollution.peak = pollution.peak.max(point.aqi);
        pollution.primary.extend(point.primary);
        pollution.controllable |= dust.is_controllable(point);
    }

    /// The event that begins with this evidence.
    pub(super) fn event(
        &self,
        level: WarningLevel,
        before: Option<WarningLevel>,
        from: Instant,
    ) -> WarningEvent {
        let mut event = WarningEvent {
            level,
            before,
            from,
            until: None,
            pollution_from: self.from,
            last_met: self.last_met,
            peak: 0,
            primary: Vec::new(),
            basis: Basis::Forecast,
            response: Response::Full,
            rule: self.rule.clone(),
            edition: self.edition.clone(),
        };
        self.put(&mut event);
        event
    }

    /// Brings an open event up to date.
    pub(super) fn put(&self, event: &mut WarningEvent) {
        let pollution = if self.by_measurement { &self.measured } else { &self.foreseen };
        event.last_met = self.last_met;
        event.peak = pollution.peak;
        event.primary = pollution.primary.iter().copied().collect();
        event.basis = match (self.by_measurement, self.by_forecast) {
            (true, true) => Basis::Both,
            (true, false) => Basis::Observed,
            (false, _) => Basis::Forecast,
        };
        event.response = if pollution.controllable { Response::Full } else { Response::HealthNotice };
    }
}

impl Dust<'_> {
    /// Whether a primary pollutant other than ozone, or than particles while dust fell in the 24 hours, is at work. Where
    /// none is named the cause is not known, and is taken to be controllable.
    fn is_controllable(self, point: &Point<'_>) -> bool {
        let first_day = self.zone.day_of_end(point.start + TimeDelta::hours(1));
        let dust = [first_day, self.zone.day_of_end(point.end)].iter().any(|day| self.days.contains(day));
        let excused = |item: &Parameter| match item {
            Parameter::O3 => true,
            Parameter::Pm25 | Parameter::Pm10 => dust,
            _ => false,
        };
        point.primary.is_empty() || !point.primary.iter().all(excused)
    }
}
