//! Made-up facts of what lies ahead: forecast, warnings, targets with their fans. One target of each sort: open with a fan,
//! a fall, a count that is lost, one without a past to estimate from.

use chrono::{Datelike, NaiveDate, TimeDelta};
use lanbi_analytics::heavy::{Basis, Response, WarningEvent};
use lanbi_analytics::outlook::{
    Chance, FanPoint, Lacking, LeadScore, Outlook, Quantiles, RestMean, Room, Standing, Verdict,
};
use lanbi_model::target::{Target, TargetKind};
use lanbi_model::{Decimal, Parameter, ReportPeriod, WarningLevel};
use lanbi_reports::report::forecast::{ForecastDay, ForecastDays, ForecastFacts};
use lanbi_reports::report::targets::{DayFigure, TargetFacts, TargetsFacts};
use lanbi_reports::report::warnings::{WarningRules, WarningsFacts};

use super::{at, d, date, levels};

/// The three days after one.
pub(crate) fn forecast(origin: NaiveDate) -> ForecastFacts {
    let score = |lead: u32, mae, mae_persistence| LeadScore {
        lead,
        days: 729,
        mae,
        mae_persistence,
        bias: -0.8,
        rmse: 41.0,
        coverage: 0.79,
        level_hits: 0.55,
        level_hits_persistence: 0.5,
    };
    let level = |aqi: u32| levels().into_iter().find(|level| level.upto.is_none_or(|upto| aqi <= upto));
    let day = |lead: u32, aqi, interval: (u32, u32), primary, score| ForecastDay {
        day: origin + TimeDelta::days(lead.into()),
        aqi,
        interval,
        level: level(aqi),
        levels: (level(interval.0), level(interval.1)),
        primary,
        score: Some(score),
    };
    Ok(ForecastDays {
        origin,
        days: vec![
            day(1, 87, (58, 124), Some(Parameter::Pm25), score(1, 24.3, 28.7)),
            day(2, 82, (51, 131), Some(Parameter::O3), score(2, 29.1, 38.4)),
            day(3, 79, (49, 133), Some(Parameter::O3), score(3, 30.2, 42.6)),
        ],
    })
}

/// Two levels of one episode; the second stands at the end of `month`'s fifth day.
pub(crate) fn warnings(month: u32) -> WarningsFacts {
    let event = |level, (day, hour), until: Option<(u32, u32)>, peak, rule: &str| WarningEvent {
        level,
        before: None,
        from: at(month, day, hour, 0),
        until: until.map(|(day, hour)| at(month, day, hour, 0)),
        pollution_from: at(month, day, hour, 0) - TimeDelta::days(2),
        last_met: at(month, day, hour, 0),
        peak,
        primary: vec![Parameter::Pm25],
        basis: Basis::Observed,
        response: Response::Full,
        rule: rule.to_owned(),
        edition: "warning-2024".to_owned(),
    };
    WarningsFacts {
        with_forecasts: false,
        events: vec![
            event(WarningLevel::Yellow, (3, 14), Some((5, 2)), 214, "AQI>200持续24小时"),
            event(WarningLevel::Orange, (5, 2), None, 268, "AQI>200持续48小时"),
        ],
        rules: vec![WarningRules {
            id: "warning-2024".to_owned(),
            number: "环大气〔2024〕6号".to_owned(),
            release: "两次重污染过程间隔不足36小时按一次计；解除条件据此推断（未核实）".to_owned(),
            clear_hours: 36,
        }],
    }
}

/// A course of the figure from the end of one ten days to the next: fast at first, then slower.
fn running(first: NaiveDate, on: NaiveDate, from: f64, to: f64, decimals: u32) -> Vec<DayFigure> {
    let length = f64::from(on.ordinal());
    first
        .iter_days()
        .take_while(|day| *day <= on)
        .filter(|day| *day == on || day.ordinal().is_multiple_of(10))
        .filter_map(|day| {
            let share = f64::from(day.ordinal()) / length;
            let wave = (f64::from(day.ordinal()) / 9.0).sin() * (1.0 - share) * 0.1 * (to - from).abs();
            let value = to + (from - to) * (1.0 - share).powi(2) + wave;
            let figure = lanbi_model::decimal::from_f64(value)?;
            Some(DayFigure { day, figure: lanbi_model::decimal::round_half_even(figure, decimals) })
        })
        .collect()
}

/// Quantiles that open from a figure on a day to the year's end.
fn fan(on: NaiveDate, last: NaiveDate, from: f64, end: [f64; 7]) -> Vec<FanPoint> {
    let left = f64::from(last.ordinal() - on.ordinal());
    on.iter_days()
        .skip(1)
        .take_while(|day| *day <= last)
        .filter(|day| *day == last || (day.ordinal() - on.ordinal()).is_multiple_of(10))
        .map(|day| {
            let share = (f64::from(day.ordinal() - on.ordinal()) / left).sqrt();
            FanPoint { day, figure: Quantiles(end.map(|value| from + (value - from) * share)) }
        })
        .collect()
}

/// What differs between the targets.
struct Sample {
    kind: TargetKind,
    bound: Decimal,
    /// The figure on the tenth day, now, and of the whole last year.
    figures: (f64, f64, f64),
    room: Option<Room>,
    verdict: Verdict,
    /// Probability with its ends, and the quantiles of the year's figure.
    chance: Result<([f64; 3], [f64; 7]), Lacking>,
}

impl Sample {
    fn facts(self, year: ReportPeriod, on: NaiveDate) -> TargetFacts {
        let decimals = match self.kind {
            TargetKind::Item(_) | TargetKind::GoodDays | TargetKind::HeavyDays => 0,
            _ => 1,
        };
        let (from, now, before) = self.figures;
        let rounded = |value: f64, decimals| {
            lanbi_model::decimal::from_f64(value)
                .map(|value| lanbi_model::decimal::round_half_even(value, decimals))
        };
        let course = running(year.first(), on, from, now, decimals);
        let passed = on.ordinal();
        let standing = Standing {
            target: lanbi_model::target::Target {
                kind: lanbi_model::target::TargetKind::Index,
                value: self.bound,
            },
            on,
            passed,
            valid: passed - 1,
            left: year.last().ordinal() - passed,
            figure: course.last().map(|point| point.figure),
            last_year: rounded(before, 0),
            room: self.room,
            verdict: self.verdict,
        };
        let chance = self.chance.map(|([probability, low, high], end)| Chance {
            probability,
            low,
            high,
            figure: Quantiles(end),
            fan: fan(on, year.last(), now, end),
            years: 8,
        });
        let earlier = year.year_before();
        let is_fall = matches!(self.kind, TargetKind::Fall(_));
        TargetFacts {
            target: Target { kind: self.kind, value: self.bound },
            source: "示例：年度大气污染防治工作方案".to_owned(),
            decimals,
            item_decimals: 0,
            outlook: Outlook { standing, chance },
            running: course,
            last_year_short: None,
            last_year: if is_fall {
                Vec::new()
            } else {
                running(earlier.first(), earlier.last(), from * 1.08, before, decimals)
            },
        }
    }
}

/// The targets of 2026 at the end of a day.
pub(crate) fn targets(on: NaiveDate) -> TargetsFacts {
    let year = ReportPeriod::Year(date(2026, 1, 1));
    let mean = |value: Decimal| {
        Some(Room::Mean(RestMean { published: value, inclusive: false, exact: value - d(4, 1) }))
    };
    let samples = [
        Sample {
            kind: TargetKind::Item(Parameter::Pm25),
            bound: d(35, 0),
            figures: (58.0, 41.0, 38.0),
            room: mean(d(3368, 2)),
            verdict: Verdict::Open,
            chance: Ok(([0.183, 0.1, 0.294], [33.0, 34.0, 35.6, 37.2, 38.7, 40.3, 41.4])),
        },
        Sample {
            kind: TargetKind::GoodRatio,
            bound: d(726, 1),
            figures: (50.0, 70.0, 71.0),
            room: Some(Room::Days(Some(73))),
            verdict: Verdict::Open,
            chance: Ok(([0.46, 0.31, 0.62], [66.1, 67.4, 69.8, 72.2, 74.5, 76.7, 78.0])),
        },
        Sample {
            kind: TargetKind::HeavyDays,
            bound: d(4, 0),
            figures: (1.0, 5.0, 6.0),
            room: Some(Room::Days(None)),
            verdict: Verdict::Missed,
            chance: Ok(([0.0; 3], [5.0, 5.0, 6.0, 6.0, 7.0, 8.0, 9.0])),
        },
        Sample {
            kind: TargetKind::Fall(Parameter::Pm25),
            bound: d(3, 0),
            figures: (-9.5, -2.4, 38.0),
            room: mean(d(3512, 2)),
            verdict: Verdict::Open,
            chance: Err(Lacking::Years { have: 1, needed: 2 }),
        },
    ];
    TargetsFacts { year, on, targets: samples.into_iter().map(|sample| sample.facts(year, on)).collect() }
}
