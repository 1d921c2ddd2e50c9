//! The course of a target's figure through its year: so far, last year, and the fan of what may come.

use chrono::{Datelike, NaiveDate};
use lanbi_analytics::outlook::FanPoint;
use lanbi_model::target::TargetKind;
use lanbi_model::{Decimal, ReportPeriod};
use serde::Serialize;

use super::figure::fixed;
use super::targets::{DayFigure, TargetFacts};

/// What the chart of a target shows; values in its unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Course {
    /// Calendar year.
    pub year: i32,
    /// Unit; empty for an index.
    pub unit: &'static str,
    /// The bound on the scale of the figure; a fall is below zero.
    pub target: String,
    /// The figure so far.
    pub running: Vec<CoursePoint>,
    /// The same of last year, on the day of this year.
    pub last_year: Vec<CoursePoint>,
    /// What it may come to, from the last day measured; empty where nothing is estimated.
    pub fan: Vec<FanBand>,
}

/// A figure on a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CoursePoint {
    /// Day, `2026-11-30`.
    pub day: String,
    /// Day of the year, from 1.
    pub number: u32,
    /// Figure.
    pub value: String,
}

/// Quantiles of the figure on a day to come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FanBand {
    /// Day, `2026-12-31`.
    pub day: String,
    /// Day of the year, from 1.
    pub number: u32,
    /// The figures below which 5, 25, 50, 75 and 95 % of the courses lie.
    pub quantiles: [String; 5],
}

/// Builds the course of a target in a year.
pub(super) fn build(facts: &TargetFacts, year: ReportPeriod) -> Course {
    let sign = if matches!(facts.target.kind, TargetKind::Fall(_)) { -Decimal::ONE } else { Decimal::ONE };
    let point = |day: &DayFigure| CoursePoint {
        day: day.day.to_string(),
        number: day.day.ordinal(),
        value: fixed(day.figure, facts.decimals),
    };
    Course {
        year: year.first().year(),
        unit: facts.target.kind.unit(),
        target: (sign * facts.target.value).normalize().to_string(),
        running: facts.running.iter().map(point).collect(),
        last_year: facts.last_year.iter().map(point).collect(),
        fan: fan(facts),
    }
}

/// The fan, opening at the last figure measured.
fn fan(facts: &TargetFacts) -> Vec<FanBand> {
    let standing = &facts.outlook.standing;
    let band = |day: NaiveDate, quantiles| FanBand { day: day.to_string(), number: day.ordinal(), quantiles };
    let Some((now, chance)) = standing.figure.zip(facts.outlook.chance.as_ref().ok()) else {
        return Vec::new();
    };
    if chance.fan.is_empty() {
        return Vec::new();
    }
    let estimated = |FanPoint { day, figure }: &FanPoint| {
        let [low, _, quarter, median, three_quarters, _, high] = figure.0;
        let places = usize::try_from(facts.decimals + 1).unwrap_or(1);
        band(*day, [low, quarter, median, three_quarters, high].map(|value| format!("{value:.places$}")))
    };
    let start = band(standing.on, std::array::from_fn(|_| fixed(now, facts.decimals)));
    std::iter::once(start).chain(chance.fan.iter().map(estimated)).collect()
}
