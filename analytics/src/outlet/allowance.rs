//! Total-load control (总量控制): what a year's allowance of COD, NH3-N, TN or TP has been used for, and where the year will end.
//!
//! Used and left are exact sums of measured days; days without a load are counted, never filled. The forecast is an estimate: the
//! past days without a load and the days to come are taken at the mean of the measured ones, or, where the same stretches of the
//! last year are there, at the last year's ratio of rest to past. Its interval comes from the spread of weekly means, widened by
//! how much neighbouring weeks resemble each other, by Student's t, and by an error of the season that no number of days
//! averages out (lanbi's own numbers, fitted on made-up plants; no document's).

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate, TimeDelta};
use lanbi_model::{Decimal, decimal};
use statrs::distribution::{ContinuousCDF, StudentsT};

/// The load of a day in kg.
pub type DayLoad = (NaiveDate, Decimal);

/// Days of a week, the block of the spread.
const WEEK_DAYS: i64 = 7;
/// Weeks that a forecast needs.
const LEAST_WEEKS: usize = 6;
/// Share of a stretch of the last year that must have a load.
const HALF: f64 = 0.5;
/// Relative error of the rest of the year by season alone, without and with the last year.
const SEASON_ERROR: (f64, f64) = (0.15, 0.09);
/// Resemblance of neighbouring weeks at most; beyond it a few months say nothing about it.
const LARGEST_RESEMBLANCE: f64 = 0.8;

/// Where a year stands against its allowance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BurnDown {
    /// kg of the measured days.
    pub used: Decimal,
    /// kg of the allowance that are left; below zero when it is overdrawn.
    pub left: Decimal,
    /// Used over the allowance's part of the days gone; above 1 the year goes faster than its allowance. None for an allowance
    /// of nothing.
    pub pace: Option<Decimal>,
    /// Days of the year up to the day asked for, included.
    pub days_gone: u32,
    /// Of these, days with a load.
    pub days_measured: u32,
    /// Days of the year still to come.
    pub days_left: u32,
}

/// What the year will come to, in kg.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct YearEnd {
    /// Expected.
    pub expected: f64,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Probability that the year stays within its allowance.
    pub keeps: f64,
    /// Whether the last year told the season.
    pub is_seasonal: bool,
}

/// Used and left on a day of a year. Days of other years and later ones are not looked at; of a day given twice the later counts.
#[must_use]
pub fn burn_down(allowance_kg: Decimal, loads: &[DayLoad], on: NaiveDate) -> BurnDown {
    let year = Year::of(on);
    let days: BTreeMap<NaiveDate, Decimal> =
        loads.iter().filter(|(day, _)| year.first <= *day && *day <= on).copied().collect();
    let used: Decimal = days.values().copied().sum();
    let (gone, left) = (year.days_to(on), (year.last - on).num_days());
    BurnDown {
        used,
        left: allowance_kg - used,
        pace: (used * Decimal::from(gone + left)).checked_div(allowance_kg * Decimal::from(gone)),
        days_gone: count(gone),
        days_measured: u32::try_from(days.len()).unwrap_or(u32::MAX),
        days_left: count(left),
    }
}

/// Where the year of a day will end, by what was measured up to that day; `level` is the probability of the interval. None with
/// less than six weeks of loads, on a made-up level, or where nothing was discharged.
#[must_use]
pub fn year_end(allowance_kg: Decimal, loads: &[DayLoad], on: NaiveDate, level: f64) -> Option<YearEnd> {
    let year = Year::of(on);
    let known: BTreeMap<NaiveDate, f64> =
        loads.iter().filter(|(day, _)| *day <= on).map(|(day, kg)| (*day, decimal::to_f64(*kg))).collect();
    let mean = |from: NaiveDate, to: NaiveDate| {
        let values: Vec<f64> = known.range(from..=to).map(|(_, kg)| *kg).collect();
        let days = (to - from).num_days() + 1;
        (float(values.len()) >= HALF * real(days)).then(|| values.iter().sum::<f64>() / float(values.len()))
    };
    let weeks = weekly_means(&known, year.first, on);
    if weeks.len() < LEAST_WEEKS || !(0.0..1.0).contains(&level) {
        return None;
    }
    let gone: Vec<f64> = known.range(year.first..=on).map(|(_, kg)| *kg).collect();
    let daily = gone.iter().sum::<f64>() / float(gone.len());
    if daily <= 0.0 {
        return None;
    }
    let (missing, left) = (year.days_to(on) - i64::try_from(gone.len()).ok()?, (year.last - on).num_days());
    let next = on + TimeDelta::days(1);
    let last_year = |day: NaiveDate| day.checked_sub_months(chrono::Months::new(12));
    let season = (left > 0)
        .then(|| {
            Some(
                mean(last_year(next)?, last_year(year.last)?)?
                    / mean(last_year(year.first)?, last_year(on)?)?,
            )
        })
        .flatten()
        .filter(|ratio| ratio.is_finite() && *ratio > 0.0);
    let rest = real(left) * daily * season.unwrap_or(1.0);
    let expected = gone.iter().sum::<f64>() + real(missing) * daily + rest;

    // Spread of a mean of n weeks, the resemblance of neighbours counted in.
    let (spread, resemblance) = spread_of(&weeks)?;
    let of_mean =
        |weeks: f64| spread * ((1.0 + resemblance) / (1.0 - resemblance)).sqrt() / weeks.max(1.0).sqrt();
    let week = real(WEEK_DAYS);
    let level_error = (rest + real(missing) * daily) / daily * of_mean(float(weeks.len()));
    let rest_error = real(left) * of_mean(real(left) / week);
    let missing_error = real(missing) * of_mean(real(missing) / week);
    let season_error = rest * if season.is_some() { SEASON_ERROR.1 } else { SEASON_ERROR.0 };
    let sd = (level_error.powi(2) + rest_error.powi(2) + missing_error.powi(2) + season_error.powi(2)).sqrt();
    let student = StudentsT::new(0.0, 1.0, float(weeks.len() - 1)).ok()?;
    let half = sd * student.inverse_cdf(f64::midpoint(1.0, level));
    let room = decimal::to_f64(allowance_kg) - expected;
    let keeps = if sd > 0.0 { student.cdf(room / sd) } else { f64::from(u8::from(room >= 0.0)) };
    // What is used is certain.
    let low = (expected - half).max(gone.iter().sum());
    Some(YearEnd { expected, low, high: expected + half, keeps, is_seasonal: season.is_some() })
}

/// Means of the weeks counted from the first day, of those with a load on more than half of their days.
fn weekly_means(known: &BTreeMap<NaiveDate, f64>, from: NaiveDate, to: NaiveDate) -> Vec<f64> {
    let mut weeks: BTreeMap<i64, (f64, usize)> = BTreeMap::new();
    for (day, kg) in known.range(from..=to) {
        let (sum, n) = weeks.entry((*day - from).num_days() / WEEK_DAYS).or_default();
        (*sum, *n) = (*sum + kg, *n + 1);
    }
    let enough = |n: usize| float(n) > HALF * real(WEEK_DAYS);
    weeks.into_values().filter(|(_, n)| enough(*n)).map(|(sum, n)| sum / float(n)).collect()
}

/// Standard deviation of values and the correlation of neighbours, 0 or more.
fn spread_of(values: &[f64]) -> Option<(f64, f64)> {
    let n = float(values.len());
    let mean = values.iter().sum::<f64>() / n;
    let square: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    if values.len() < 2 {
        return None;
    }
    let product: f64 = values.windows(2).map(|pair| (pair[0] - mean) * (pair[1] - mean)).sum();
    let resemblance = if square > 0.0 { (product / square).clamp(0.0, LARGEST_RESEMBLANCE) } else { 0.0 };
    Some(((square / (n - 1.0)).sqrt(), resemblance))
}

/// The calendar year of a day.
struct Year {
    first: NaiveDate,
    last: NaiveDate,
}

impl Year {
    fn of(day: NaiveDate) -> Self {
        let at = |month, date| NaiveDate::from_ymd_opt(day.year(), month, date).unwrap_or(day);
        Self { first: at(1, 1), last: at(12, 31) }
    }

    /// Days from the first to `on`, both included.
    fn days_to(&self, on: NaiveDate) -> i64 {
        (on - self.first).num_days() + 1
    }
}

fn count(days: i64) -> u32 {
    u32::try_from(days).unwrap_or(0)
}

#[expect(clippy::cast_precision_loss, reason = "a number of days")]
const fn float(count: usize) -> f64 {
    count as f64
}

#[expect(clippy::cast_precision_loss, reason = "a number of days")]
const fn real(days: i64) -> f64 {
    days as f64
}

#[cfg(test)]
mod tests;
