//! 年度总量指标: what of a year's allowance is used, how fast, and where the year is heading. kg.
//!
//! Used and left are sums of measured effective days; days without one are counted, never filled. What the year will come to is
//! an estimate and says so.

use chrono::{Datelike, NaiveDate};
use lanbi_analytics::outlet::{BurnDown, YearEnd};
use lanbi_model::{Decimal, Parameter};
use serde::Serialize;

use super::course::CoursePoint;
use super::figure::{Figure, Reading, fixed};
use super::{outlets, target_words};

/// Steps of a course in days.
const STEP: u32 = 10;

/// An allowance on a day of its year.
#[derive(Clone, Debug)]
pub struct AllowanceFacts {
    /// Name of the outlet.
    pub outlet: String,
    /// Item.
    pub parameter: Parameter,
    /// The allowance in kg.
    pub allowance_kg: Decimal,
    /// The day at whose end it is seen.
    pub on: NaiveDate,
    /// Where it stands.
    pub stand: BurnDown,
    /// Where the year will end; none with less than six weeks of loads.
    pub end: Option<YearEnd>,
    /// Loads of the year's effective days by day, up to that day.
    pub loads: Vec<(NaiveDate, Decimal)>,
}

/// An allowance as printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AllowanceRow {
    /// Outlet.
    pub outlet: String,
    /// Item.
    pub item: &'static str,
    /// Allowance.
    pub allowance: Figure,
    /// Used.
    pub used: Figure,
    /// Left; below zero when it is overdrawn.
    pub left: Figure,
    /// Used in percent of the allowance.
    pub share: Figure,
    /// Used over the allowance's part of the days gone; above 1 the year goes too fast.
    pub pace: Figure,
    /// `有效295天，共304天`.
    pub days: String,
    /// Expected by the end of the year, or a dash.
    pub expected: Figure,
    /// `10200～11800`, or empty.
    pub interval: String,
    /// Probability that the allowance is kept, or why there is none.
    pub keeps: String,
    /// Whether the allowance is overdrawn or will more likely be than not.
    pub bad: bool,
    /// The sentence.
    pub sentence: String,
    /// What the chart shows.
    pub course: BurnDownCourse,
}

/// What the chart of an allowance shows, in kg.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BurnDownCourse {
    /// Calendar year.
    pub year: i32,
    /// The allowance.
    pub allowance: String,
    /// Used by the end of days.
    pub used: Vec<CoursePoint>,
    /// Low end, expectation and high end of the year's sum; none without a forecast.
    pub end: Option<[String; 3]>,
}

/// Builds one row.
#[must_use]
pub fn row(facts: &AllowanceFacts) -> AllowanceRow {
    let decimals = outlets::load_decimals(facts.parameter);
    let kg = |value: Decimal| Figure::reading(Reading::Value(value), decimals, "kg");
    let stand = &facts.stand;
    let share = (stand.used * Decimal::ONE_HUNDRED).checked_div(facts.allowance_kg);
    let share = share.map_or_else(Figure::dash, |share| Figure::reading(Reading::Value(share), 1, "%"));
    let is_overdrawn = stand.left < Decimal::ZERO;
    let estimate = |value: f64| format!("{value:.0}");
    let expected = facts.end.map_or_else(Figure::dash, |end| Figure {
        value: Some(estimate(end.expected)),
        unit: "kg",
        sign: "",
    });
    let interval =
        facts.end.map(|end| format!("{}～{}", estimate(end.low), estimate(end.high))).unwrap_or_default();
    let keeps = match facts.end {
        _ if is_overdrawn => "已超指标".to_owned(),
        Some(end) if stand.days_left > 0 => target_words::about(end.keeps),
        // The last day is over; what was not measured nobody knows.
        Some(_) => "年度已结束".to_owned(),
        None => "数据不足6周".to_owned(),
    };
    AllowanceRow {
        outlet: facts.outlet.clone(),
        item: facts.parameter.zh(),
        sentence: sentence(facts, [&kg(stand.used), &kg(facts.allowance_kg), &share], &interval, &keeps),
        allowance: kg(facts.allowance_kg),
        used: kg(stand.used),
        left: kg(stand.left),
        share,
        pace: stand.pace.map_or_else(Figure::dash, |pace| Figure::reading(Reading::Value(pace), 2, "")),
        days: format!("有效{}天，共{}天", stand.days_measured, stand.days_gone),
        expected,
        interval,
        keeps,
        bad: is_overdrawn || facts.end.is_some_and(|end| stand.days_left > 0 && end.keeps < 0.5),
        course: course(facts, decimals),
    }
}

fn sentence(
    facts: &AllowanceFacts,
    [used, allowance, share]: [&Figure; 3],
    interval: &str,
    keeps: &str,
) -> String {
    let AllowanceFacts { on, stand, .. } = facts;
    let mut text = format!(
        "{}{}截至{}月{}日已排放{}，占年度指标{}的{}",
        facts.outlet,
        facts.parameter.zh(),
        on.month(),
        on.day(),
        used.with_unit(),
        allowance.with_unit(),
        share.with_unit(),
    );
    let year = u64::from(stand.days_gone) + u64::from(stand.days_left);
    let gone = Figure::percent(stand.days_gone.into(), year);
    text.push_str(&format!("（时间进度{}，{}）", gone.with_unit(), days_words(stand)));
    match facts.end {
        _ if stand.left < Decimal::ZERO => text.push_str("，已超年度指标"),
        Some(end) if stand.days_left > 0 => text.push_str(&format!(
            "，预计全年{:.0} kg（80%区间{interval}），不超指标的概率{keeps}",
            end.expected
        )),
        Some(_) => {}
        None => text.push_str("，有效数据不足6周，未作推算"),
    }
    text.push('。');
    text
}

fn days_words(stand: &BurnDown) -> String {
    match stand.days_gone - stand.days_measured.min(stand.days_gone) {
        0 => "各日均有有效数据".to_owned(),
        missing => format!("{missing}天无有效数据未计入"),
    }
}

fn course(facts: &AllowanceFacts, decimals: u32) -> BurnDownCourse {
    let mut used = Decimal::ZERO;
    let mut points = Vec::new();
    for (day, kg) in &facts.loads {
        used += kg;
        if day.ordinal().is_multiple_of(STEP) || facts.loads.last().is_some_and(|(last, _)| last == day) {
            let (number, value) = (day.ordinal(), fixed(used, decimals));
            points.push(CoursePoint { day: day.to_string(), number, value });
        }
    }
    BurnDownCourse {
        year: facts.on.year(),
        allowance: facts.allowance_kg.normalize().to_string(),
        used: points,
        end: facts
            .end
            .filter(|_| facts.stand.days_left > 0)
            .map(|end| [end.low, end.expected, end.high].map(|value| format!("{value:.0}"))),
    }
}

#[cfg(test)]
mod tests {
    use lanbi_analytics::outlet::burn_down;

    use super::*;

    fn facts(kg_a_day: i64, end: Option<YearEnd>) -> AllowanceFacts {
        let on: NaiveDate = "2026-04-10".parse().unwrap();
        let first: NaiveDate = "2026-01-01".parse().unwrap();
        let loads: Vec<(NaiveDate, Decimal)> =
            first.iter_days().take_while(|day| *day <= on).map(|day| (day, kg_a_day.into())).collect();
        let allowance_kg = Decimal::from(36_500);
        AllowanceFacts {
            outlet: "某厂".to_owned(),
            parameter: Parameter::Cod,
            allowance_kg,
            on,
            stand: burn_down(allowance_kg, &loads, on),
            end,
            loads,
        }
    }

    #[test]
    fn words_follow_from_the_numbers() {
        let end =
            YearEnd { expected: 38_000.4, low: 35_000.0, high: 41_000.0, keeps: 0.31, is_seasonal: false };
        let check = |facts: AllowanceFacts, bad: bool, expected: &str| {
            let row = row(&facts);
            assert_eq!((row.sentence.as_str(), row.bad), (expected, bad));
        };
        check(
            facts(104, Some(end)),
            true,
            "某厂化学需氧量截至4月10日已排放10400 kg，占年度指标36500 kg的28.5%（时间进度27.4%，各日均有有效数据），\
             预计全年38000 kg（80%区间35000～41000），不超指标的概率约31%。",
        );
        check(
            facts(50, None),
            false,
            "某厂化学需氧量截至4月10日已排放5000 kg，占年度指标36500 kg的13.7%（时间进度27.4%，各日均有有效数据），\
             有效数据不足6周，未作推算。",
        );
        check(
            facts(400, Some(end)),
            true,
            "某厂化学需氧量截至4月10日已排放40000 kg，占年度指标36500 kg的109.6%（时间进度27.4%，各日均有有效数据），\
             已超年度指标。",
        );
    }

    #[test]
    fn the_course_ends_where_the_year_stands() {
        let row = row(&facts(104, None));
        assert_eq!(row.course.used.last().map(|p| (p.number, p.value.as_str())), Some((100, "10400")));
        assert_eq!((row.pace.to_string().as_str(), row.course.end), ("1.04", None));
    }
}
