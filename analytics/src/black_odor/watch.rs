//! Which clean points are slipping back towards light, before any sample says so.
//!
//! The distance of a value from the light limit is its margin: the logarithm of their ratio for transparency, DO and NH3-N, the
//! difference for ORP. The recent level, the median margin of the last two weeks, is compared with the base, the median of the
//! twelve weeks before. An indicator falls where it has lost many times the usual spread of weekly medians and a good share of
//! its margin; where the same weeks of the last year are there, the change they showed is taken off first, because oxygen falls
//! every summer. A point slips where several indicators fall, or one falls far, and none has reached light yet. The days left
//! are the recent level over the slope of the last four weeks (Sen), with the slope's interval; they are a straight line drawn
//! on, not a promise. A collapse within a few weeks is faster than this list.
//!
//! The method and its numbers are lanbi's own, no guide's; [`watch_trials`](super::watch_trials) says how often they were right.

use chrono::{NaiveDate, TimeDelta};
use lanbi_model::standard::{BlackOdorLimit, BlackOdorStandard, Direction};
use lanbi_model::{Decimal, Parameter, decimal};

use super::grade::{OdorLevel, grade};
use crate::stats::{Point, mann_kendall, median, sen_slope, spread_around};

/// How far an indicator has come down.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Loss {
    /// In usual spreads of a weekly median, more than.
    pub spreads: f64,
    /// As a share of the margin, more than.
    pub share: f64,
}

/// Numbers of the method; made for ditches sampled daily to weekly.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WatchSettings {
    /// Days that make the recent level.
    pub recent_days: i64,
    /// Days before them that make the base.
    pub base_days: i64,
    /// Days whose slope is drawn on.
    pub slope_days: i64,
    /// Values that make a recent level.
    pub least_recent: usize,
    /// Values that make a base.
    pub least_base: usize,
    /// What indicators must have lost where two or more have.
    pub several: Loss,
    /// What one alone must have lost.
    pub single: Loss,
    /// Usual spread of a weekly median at least, as a share of the margin.
    pub least_spread: f64,
    /// Days ahead that are looked at; what would reach light later does not slip.
    pub horizon_days: i64,
    /// Probability that the interval of the slope misses it.
    pub alpha: f64,
}

impl Default for WatchSettings {
    fn default() -> Self {
        Self {
            recent_days: 14,
            base_days: 84,
            slope_days: 28,
            least_recent: 2,
            least_base: 5,
            several: Loss { spreads: 3.0, share: 0.2 },
            single: Loss { spreads: 5.0, share: 0.5 },
            least_spread: 0.05,
            horizon_days: 90,
            alpha: 0.2,
        }
    }
}

/// A sample of a point.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OdorDay {
    /// Local day.
    pub day: NaiveDate,
    /// Transparency and depth (cm), DO and NH3-N (mg/L), ORP (mV).
    pub values: Vec<(Parameter, Decimal)>,
    /// Whether the bottom was seen.
    pub clear: bool,
}

/// Where a point stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WatchVerdict {
    /// Clean, and coming down.
    Slipping,
    /// Clean, and not coming down.
    Steady,
    /// A recent sample reaches light already.
    Light,
    /// Too few samples.
    Few,
}

impl WatchVerdict {
    /// Word of the command line.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Slipping => "slipping",
            Self::Steady => "steady",
            Self::Light => "light",
            Self::Few => "few",
        }
    }
}

/// Days until the light limit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DaysLeft {
    /// By the slope.
    pub expected: f64,
    /// By the steepest slope of its interval; none where there are too few values for one.
    pub earliest: Option<f64>,
    /// By the mildest; none where it might as well not fall.
    pub latest: Option<f64>,
}

/// An indicator of a point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct IndicatorWatch {
    /// Indicator.
    pub parameter: Parameter,
    /// Base level, in the parameter's unit.
    pub base: f64,
    /// Recent level, in the parameter's unit.
    pub recent: f64,
    /// What was lost, the season's part taken off; below zero for a gain.
    pub loss: Loss,
    /// Whether the last year was there to take the season off.
    pub is_seasonal: bool,
    /// Until the limit; none where it does not fall.
    pub left: Option<DaysLeft>,
}

/// A point on a day.
#[derive(Clone, Debug, PartialEq)]
pub struct PointWatch {
    /// Verdict.
    pub verdict: WatchVerdict,
    /// Indicators with enough values, in the order of the guide's table.
    pub indicators: Vec<IndicatorWatch>,
}

/// Where a point stands on a day; samples may stand in any order, and later ones change nothing.
#[must_use]
pub fn watch(
    standard: &BlackOdorStandard,
    rural: bool,
    settings: &WatchSettings,
    samples: &[OdorDay],
    on: NaiveDate,
) -> PointWatch {
    let limits = if rural { &standard.rural } else { &standard.urban };
    let known = || samples.iter().filter(|sample| sample.day <= on);
    let is_light =
        known().filter(|sample| (on - sample.day).num_days() < settings.recent_days).any(|sample| {
            grade(standard, rural, &sample.values, sample.clear).is_some_and(|g| g.level > OdorLevel::None)
        });
    let indicators: Vec<IndicatorWatch> = limits
        .iter()
        .filter_map(|limit| {
            let scale = Scale::of(limit)?;
            let margins: Vec<(NaiveDate, f64)> =
                known().filter_map(|sample| Some((sample.day, scale.margin(standard, sample)?))).collect();
            scale.watch(settings, &margins, on)
        })
        .collect();
    let soon = |i: &&IndicatorWatch| i.left.is_some_and(|left| left.expected <= float(settings.horizon_days));
    let falling = |least: Loss| {
        let beyond = |i: &&IndicatorWatch| i.loss.spreads > least.spreads && i.loss.share > least.share;
        indicators.iter().filter(soon).filter(beyond).count()
    };
    let verdict = if is_light {
        WatchVerdict::Light
    } else if indicators.is_empty() {
        WatchVerdict::Few
    } else if falling(settings.several) >= 2 || falling(settings.single) >= 1 {
        WatchVerdict::Slipping
    } else {
        WatchVerdict::Steady
    };
    PointWatch { verdict, indicators }
}

/// The light limit of an indicator, and how far values are from it.
#[derive(Clone, Copy)]
struct Scale {
    parameter: Parameter,
    limit: f64,
    /// 1 where more is better, -1 where less is.
    sign: f64,
    is_log: bool,
}

impl Scale {
    fn of(limit: &BlackOdorLimit) -> Option<Self> {
        let sign = match limit.direction {
            Direction::AtLeast => 1.0,
            Direction::AtMost => -1.0,
        };
        let (parameter, is_log) = (limit.parameter, !limit.parameter.may_be_negative());
        let limit = decimal::to_f64(limit.light);
        (!is_log || limit > 0.0).then_some(Self { parameter, limit, sign, is_log })
    }

    /// None where the indicator was not measured, or its light limit is another one (shallow or clear water).
    fn margin(self, standard: &BlackOdorStandard, sample: &OdorDay) -> Option<f64> {
        let value = |wanted| sample.values.iter().find(|(p, _)| *p == wanted).map(|(_, value)| *value);
        if self.parameter == Parameter::Transparency
            && (sample.clear || value(Parameter::WaterDepth).is_some_and(|d| d < standard.shallow_below))
        {
            return None;
        }
        let value = decimal::to_f64(value(self.parameter)?);
        // A value of zero is as far beyond the limit as one of a thousandth of it.
        let distance =
            if self.is_log { (value.max(self.limit / 1000.0) / self.limit).ln() } else { value - self.limit };
        Some(self.sign * distance)
    }

    fn value(self, margin: f64) -> f64 {
        let distance = self.sign * margin;
        if self.is_log { self.limit * distance.exp() } else { self.limit + distance }
    }

    fn watch(
        self,
        settings: &WatchSettings,
        margins: &[(NaiveDate, f64)],
        on: NaiveDate,
    ) -> Option<IndicatorWatch> {
        let (recent, base) = levels(settings, margins, on)?;
        let last_year = levels(settings, margins, on - TimeDelta::days(365));
        let season = last_year.as_ref().map_or(0.0, |(recent, base)| base.level - recent.level);
        let lost = base.level - recent.level - season;
        let spread = base.weekly_spread.max(settings.least_spread * base.level.abs());
        // A base at or beyond the limit has no margin to lose.
        let share = if base.level > 0.0 { lost / base.level } else { 0.0 };
        let left = slope(settings, margins, on).and_then(|(slope, interval)| {
            let days = |slope: f64| (slope < 0.0).then(|| (recent.level / -slope).max(0.0));
            let (earliest, latest) = (interval.map(|(low, _)| low), interval.map(|(_, high)| high));
            Some(DaysLeft {
                expected: days(slope)?,
                earliest: earliest.and_then(days),
                latest: latest.and_then(days),
            })
        });
        Some(IndicatorWatch {
            parameter: self.parameter,
            base: self.value(base.level),
            recent: self.value(recent.level),
            loss: Loss { spreads: if spread > 0.0 { lost / spread } else { 0.0 }, share },
            is_seasonal: last_year.is_some(),
            left,
        })
    }
}

/// Median margin of a stretch, and the usual spread of its weekly medians.
struct Stretch {
    level: f64,
    weekly_spread: f64,
}

/// The recent level and the base before it; none with too few values.
fn levels(
    settings: &WatchSettings,
    margins: &[(NaiveDate, f64)],
    on: NaiveDate,
) -> Option<(Stretch, Stretch)> {
    let split = on - TimeDelta::days(settings.recent_days);
    let recent = stretch(margins, split, on, settings.least_recent)?;
    let base = stretch(margins, split - TimeDelta::days(settings.base_days), split, settings.least_base)?;
    Some((recent, base))
}

/// Of the days after `from` up to `to`.
fn stretch(margins: &[(NaiveDate, f64)], from: NaiveDate, to: NaiveDate, least: usize) -> Option<Stretch> {
    let within: Vec<(i64, f64)> = margins
        .iter()
        .filter(|(day, _)| from < *day && *day <= to)
        .map(|(day, margin)| ((to - *day).num_days() / 7, *margin))
        .collect();
    if within.len() < least {
        return None;
    }
    let level = median(within.iter().map(|(_, margin)| *margin))?;
    let weeks = within.iter().map(|(week, _)| *week).max()?;
    let of_week = |week| median(within.iter().filter(|(w, _)| *w == week).map(|(_, margin)| *margin));
    let weekly_spread = spread_around(level, (0..=weeks).filter_map(of_week))?;
    Some(Stretch { level, weekly_spread })
}

/// Slope of the last weeks in margin a day, with its interval.
fn slope(
    settings: &WatchSettings,
    margins: &[(NaiveDate, f64)],
    on: NaiveDate,
) -> Option<(f64, Option<(f64, f64)>)> {
    let from = on - TimeDelta::days(settings.slope_days);
    let within = margins.iter().filter(|(day, _)| from < *day && *day <= on);
    let points: Vec<Point> =
        within.map(|(day, margin)| Point { time: (*day - from).num_days(), value: *margin }).collect();
    let kendall = mann_kendall(&points)?;
    let sen = sen_slope(&[points], kendall.var_s, settings.alpha)?;
    Some((sen.slope, sen.interval))
}

#[expect(clippy::cast_precision_loss, reason = "a number of days")]
const fn float(days: i64) -> f64 {
    days as f64
}
