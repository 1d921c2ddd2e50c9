//! How the logarithms of concentrations go on: a course through the year, the present level, and what is left of the last
//! day's deviation from it.
//!
//! For each item, with `a` its logarithm less the course through the year (two harmonics) and `m` the mean of `a` over the
//! trailing days, the day `l` days later is expected at `course + m + c·(a − m)`. The share `c` that is left after `l` days
//! comes from least squares over the history (about 0.5, 0.2, 0.1 for one to three days), and the errors of the same formula
//! over the history, all items of a day together, are what a forecast may be wrong by.

use std::f64::consts::TAU;

use chrono::{Datelike, NaiveDate};

use super::number::{float, least_squares, mean};
use super::series::{Series, Six};
use super::settings::ForecastSettings;

/// Mean days of a year.
const YEAR_DAYS: f64 = 365.25;

/// What was fitted on the days before an origin.
pub(super) struct Model {
    /// Coefficients of the two harmonics by item; zeros where the history is too short.
    course: [[f64; 4]; 6],
    /// Share of the deviation that is left, by days ahead less one and by item.
    left: Vec<[f64; 6]>,
    /// Errors, by days ahead less one: day of the error and its items.
    errors: Vec<Vec<(NaiveDate, Six)>>,
}

/// The logarithms of a series; zero and less have none.
pub(super) fn logarithms(series: &Series) -> Series {
    let log = |value: Option<f64>| value.filter(|value| *value > 0.0).map(f64::ln);
    Series { first: series.first, days: series.days.iter().map(|day| day.map(log)).collect() }
}

impl Model {
    /// Fits on the first `end` days of `logs`, for 1 to `leads` days ahead.
    pub(super) fn fit(logs: &Series, end: usize, leads: usize, settings: &ForecastSettings) -> Self {
        let course = std::array::from_fn(|item| fit_course(logs, end, item, settings).unwrap_or([0.0; 4]));
        let mut model = Self { course, left: Vec::new(), errors: Vec::new() };
        let known: Vec<(Six, Six)> = (0..end).map(|at| model.state(logs, at, settings)).collect();
        for lead in 1..=leads {
            let pairs = || (lead..end).filter_map(|at| Some((at, known.get(at - lead)?)));
            // What followed, from the level at the origin.
            let followed = |at: usize, item: usize, level: &Six| {
                Some(logs.days[at][item]? - model.season(logs.day(at), item) - level[item]?)
            };
            let left = std::array::from_fn(|item| {
                let both = pairs().filter_map(|(at, (level, deviation))| {
                    Some((deviation[item]?, followed(at, item, level)?))
                });
                let (xy, xx) = both.fold((0.0, 0.0), |(xy, xx), (x, y)| (xy + x * y, xx + x * x));
                if xx > 0.0 { xy / xx } else { 0.0 }
            });
            let error = |at: usize, level: &Six, deviation: &Six| {
                std::array::from_fn(|item| {
                    let expected = left[item] * deviation[item].unwrap_or(0.0);
                    Some(followed(at, item, level)? - expected)
                })
            };
            let errors = pairs().map(|(at, (level, deviation))| (logs.day(at), error(at, level, deviation)));
            let errors = errors.filter(|(_, error)| error.iter().any(Option::is_some)).collect();
            model.left.push(left);
            model.errors.push(errors);
        }
        model
    }

    /// Expected logarithms `lead` days after the day at `origin`.
    pub(super) fn expected(
        &self,
        logs: &Series,
        origin: usize,
        lead: usize,
        settings: &ForecastSettings,
    ) -> Six {
        let (level, deviation) = self.state(logs, origin, settings);
        let day = logs.day(origin + lead);
        let left = lead.checked_sub(1).and_then(|lead| self.left.get(lead));
        std::array::from_fn(|item| {
            // Where the last value is missing, the level is all that is known.
            let deviation = left.map_or(0.0, |left| left[item]) * deviation[item].unwrap_or(0.0);
            Some(self.season(day, item) + level[item]? + deviation)
        })
    }

    /// Past errors of a forecast for a day, of its season where there are enough, each with all items that are expected.
    pub(super) fn errors(
        &self,
        day: NaiveDate,
        lead: usize,
        expected: &Six,
        settings: &ForecastSettings,
    ) -> Vec<Six> {
        let Some(errors) = lead.checked_sub(1).and_then(|lead| self.errors.get(lead)) else {
            return Vec::new();
        };
        let whole = |error: &&(NaiveDate, Six)| {
            error.1.iter().zip(expected).all(|(error, expected)| error.is_some() || expected.is_none())
        };
        let of_season = |error: &&(NaiveDate, Six)| {
            let apart = (day_number(error.0) - day_number(day)).rem_euclid(YEAR_DAYS);
            apart.min(YEAR_DAYS - apart) <= f64::from(settings.season_days)
        };
        let season: Vec<Six> =
            errors.iter().filter(whole).filter(of_season).map(|(_, error)| *error).collect();
        if season.len() >= usize::try_from(settings.members).unwrap_or(usize::MAX) {
            return season;
        }
        errors.iter().filter(whole).map(|(_, error)| *error).collect()
    }

    /// Level and deviation from it on a day.
    fn state(&self, logs: &Series, at: usize, settings: &ForecastSettings) -> (Six, Six) {
        let window = usize::try_from(settings.level_days).unwrap_or(0);
        let needed = usize::try_from(settings.level_values).unwrap_or(0);
        let days = (at + 1).saturating_sub(window)..=at;
        let (mut sum, mut count) = ([0.0; 6], [0_usize; 6]);
        for place in days {
            let Some(values) = logs.days.get(place) else { continue };
            let waves = waves(logs.day(place));
            for item in 0..6 {
                if let Some(value) = values[item] {
                    sum[item] += value - dot(&self.course[item], &waves);
                    count[item] += 1;
                }
            }
        }
        let level: Six = std::array::from_fn(|item| {
            (count[item] > 0 && count[item] >= needed).then(|| sum[item] / float(count[item]))
        });
        let today = logs.days.get(at).copied().unwrap_or([None; 6]);
        let deviation =
            std::array::from_fn(|item| Some(today[item]? - self.season(logs.day(at), item) - level[item]?));
        (level, deviation)
    }

    fn season(&self, day: NaiveDate, item: usize) -> f64 {
        dot(&self.course[item], &waves(day))
    }
}

/// The course through the year of one item, fitted beside a linear trend so that a change over the years is not taken for
/// one of season; none where the values are too few.
fn fit_course(logs: &Series, end: usize, item: usize, settings: &ForecastSettings) -> Option<[f64; 4]> {
    let values =
        || logs.days.iter().take(end).enumerate().filter_map(move |(at, day)| Some((at, day[item]?)));
    if values().count() < usize::try_from(settings.climate_values).unwrap_or(usize::MAX) {
        return None;
    }
    let middle = mean(values().map(|(at, _)| float(at)))?;
    let rows = values().map(|(at, value)| {
        let [a, b, c, d] = waves(logs.day(at));
        ([1.0, (float(at) - middle) / YEAR_DAYS, a, b, c, d], value)
    });
    let [_, _, course @ ..] = least_squares::<6>(rows)?;
    Some(course)
}

fn waves(day: NaiveDate) -> [f64; 4] {
    let (sin, cos) = (TAU * day_number(day) / YEAR_DAYS).sin_cos();
    // The double angle.
    [cos, sin, cos * cos - sin * sin, 2.0 * sin * cos]
}

fn day_number(day: NaiveDate) -> f64 {
    f64::from(day.num_days_from_ce())
}

fn dot(a: &[f64; 4], b: &[f64; 4]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
