//! Measurement and forecast as one row of hours, as it was known at a moment: hours up to it are measured, later ones, and
//! those that were not measured, are foreseen.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use lanbi_model::{Instant, Parameter, Zone};

use super::forecast::{ForecastDay, ForecastEnd, Forecasts};
use super::running_day::RunningDay;

/// One hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Point<'a> {
    /// Its end.
    pub(super) end: Instant,
    /// Start of the 24 hours its index stands for: of the running day, or of the calendar day of a forecast.
    pub(super) start: Instant,
    /// The index, or what it is at least.
    pub(super) aqi: u32,
    /// Whether the index may be larger, because an item was not measured.
    pub(super) at_least: bool,
    /// Whether it is a forecast.
    pub(super) foreseen: bool,
    /// Primary pollutants.
    pub(super) primary: &'a [Parameter],
}

/// All that is known of one place.
pub(super) struct Timeline<'a> {
    zone: Zone,
    end: ForecastEnd,
    measured: BTreeMap<Instant, &'a RunningDay>,
    forecasts: Forecasts<'a>,
}

impl<'a> Timeline<'a> {
    pub(super) fn new(
        zone: Zone,
        measured: &'a [RunningDay],
        forecast: &'a [ForecastDay],
        end: ForecastEnd,
    ) -> Self {
        let measured = measured.iter().map(|day| (day.end, day)).collect();
        Self { zone, end, measured, forecasts: Forecasts::new(forecast) }
    }

    /// The hour as known at `at`; none where nothing is known of it.
    pub(super) fn point(&self, hour: Instant, at: Instant) -> Option<Point<'a>> {
        let measured = self.measured(hour).filter(|_| hour <= at);
        if let Some(complete) = measured.filter(|point| !point.at_least) {
            return Some(complete);
        }
        let foreseen = self.foreseen(hour, at);
        match (measured, foreseen) {
            (Some(measured), Some(foreseen)) if measured.aqi > foreseen.aqi => Some(measured),
            (measured, foreseen) => foreseen.or(measured),
        }
    }

    fn measured(&self, hour: Instant) -> Option<Point<'a>> {
        let day = self.measured.get(&hour)?;
        Some(Point {
            end: hour,
            start: hour - TimeDelta::days(1),
            aqi: day.aqi?,
            at_least: !day.complete,
            foreseen: false,
            primary: &day.primary,
        })
    }

    fn foreseen(&self, hour: Instant, at: Instant) -> Option<Point<'a>> {
        let day = self.zone.day_of_end(hour);
        let forecast = self.forecasts.known(day, at)?;
        Some(Point {
            end: hour,
            start: self.zone.start_of(day),
            aqi: forecast.aqi(self.end),
            at_least: false,
            foreseen: true,
            primary: &forecast.primary,
        })
    }

    /// What is known at `at` of the hours from the beginning of the pollution above `floor` that it lies in, or from itself
    /// where it lies in none, up to `ahead` after it or to the end of all forecasts; one entry an hour.
    pub(super) fn around(&self, at: Instant, floor: u32, ahead: TimeDelta) -> Vec<Option<Point<'a>>> {
        let hours_from = |step: i64| (1..).map(move |n| at + TimeDelta::hours(step * n));
        let mut points: Vec<Option<Point<'a>>> = Vec::new();
        let now = self.point(at, at);
        if now.is_some_and(|point| point.aqi > floor) {
            let before = hours_from(-1).map(|hour| self.point(hour, at));
            points.extend(before.take_while(|point| point.is_some_and(|point| point.aqi > floor)));
            points.reverse();
        }
        points.push(now);
        let last = self.forecasts.last_day().map_or(at, |day| self.zone.end_of(day)).min(at + ahead);
        points.extend(hours_from(1).take_while(|hour| *hour <= last).map(|hour| self.point(hour, at)));
        points
    }
}
