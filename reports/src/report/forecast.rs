//! 空气质量预报: the index of the next days with its interval, the method, and how wrong it was (HJ 633-2026, 5.2.3: at least
//! 3 days).

use chrono::{Datelike, NaiveDate};
use lanbi_analytics::outlook::{self, ForecastLacking, LeadScore};
use lanbi_model::{Parameter, standard::AqiLevel};
use serde::Serialize;

use super::air::LevelCell;
use super::words;

/// The days to come, or why there are none.
pub type ForecastFacts = Result<ForecastDays, ForecastLacking>;

/// Days to come.
#[derive(Clone, Debug)]
pub struct ForecastDays {
    /// The last measured day, which the forecast rests on.
    pub origin: NaiveDate,
    /// Day by day; never empty.
    pub days: Vec<ForecastDay>,
}

/// One day to come.
#[derive(Clone, Debug)]
pub struct ForecastDay {
    /// Day.
    pub day: NaiveDate,
    /// Median of the index.
    pub aqi: u32,
    /// Ends of its 80 % interval.
    pub interval: (u32, u32),
    /// Level of the median.
    pub level: Option<AqiLevel>,
    /// Levels of the ends.
    pub levels: (Option<AqiLevel>, Option<AqiLevel>),
    /// Primary pollutant; none at or below the edition's threshold.
    pub primary: Option<Parameter>,
    /// How wrong forecasts of this lead were; none where the history is too short.
    pub score: Option<LeadScore>,
}

impl From<&outlook::Forecast<'_>> for ForecastDays {
    fn from(forecast: &outlook::Forecast<'_>) -> Self {
        let day = |day: &outlook::ForecastDay<'_>| ForecastDay {
            day: day.day,
            aqi: day.aqi,
            interval: (day.aqi_low, day.aqi_high),
            level: day.level.cloned(),
            levels: (day.level_low.cloned(), day.level_high.cloned()),
            primary: day.primary,
            score: day.score,
        };
        Self { origin: forecast.origin, days: forecast.days.iter().map(day).collect() }
    }
}

/// One day as printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ForecastRow {
    /// Day, `2026-10-06`.
    pub day: String,
    /// Day as printed, `10月6日`.
    pub name: String,
    /// Median of the index.
    pub aqi: u32,
    /// Its 80 % interval, `62—118`.
    pub interval: String,
    /// Level of the median.
    pub level: Option<LevelCell>,
    /// Categories of the interval, `良至轻度污染`; empty where they are one.
    pub span: String,
    /// Primary pollutant, or a dash.
    pub primary: String,
}

/// The forecast as printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Forecast {
    /// Days; empty where there is no forecast.
    pub rows: Vec<ForecastRow>,
    /// Why there is none; empty where there is one.
    pub absent: String,
    /// Method and error; empty where there is none.
    pub note: String,
}

/// Builds the section.
#[must_use]
pub fn build(facts: &ForecastFacts) -> Forecast {
    match facts {
        Ok(days) => {
            Forecast { rows: days.days.iter().map(row).collect(), absent: String::new(), note: note(days) }
        }
        Err(reason) => Forecast { rows: Vec::new(), absent: absent(*reason), note: String::new() },
    }
}

/// The paragraph of the summary.
#[must_use]
pub fn paragraph(forecast: &Forecast) -> String {
    if forecast.rows.is_empty() {
        return forecast.absent.clone();
    }
    let day = |row: &ForecastRow| {
        let category = row.level.as_ref().map_or_else(String::new, |level| format!("，{}", level.category));
        format!("{}AQI {}（{}{category}）", row.name, row.aqi, row.interval)
    };
    let days: Vec<String> = forecast.rows.iter().map(day).collect();
    format!("未来{}天统计预报：{}。", days.len(), words::list(&days))
}

fn row(day: &ForecastDay) -> ForecastRow {
    let (low, high) = day.interval;
    let category = |level: &Option<AqiLevel>| level.as_ref().map(|level| level.category.clone());
    let span = category(&day.levels.0).zip(category(&day.levels.1)).filter(|(low, high)| low != high);
    ForecastRow {
        day: day.day.to_string(),
        name: month_day(day.day),
        aqi: day.aqi,
        interval: format!("{low}—{high}"),
        level: day.level.as_ref().map(LevelCell::from),
        span: span.map_or_else(String::new, |(low, high)| format!("{low}至{high}")),
        primary: words::primary(day.primary.as_slice()),
    }
}

fn note(forecast: &ForecastDays) -> String {
    let mut text = format!(
        "统计预报，由截至{}的逐日浓度推算，不含气象预报；区间包含80%的可能。",
        month_day(forecast.origin)
    );
    let scores: Vec<(usize, LeadScore)> =
        (1..).zip(&forecast.days).filter_map(|(place, day)| Some((place, day.score?))).collect();
    let Some((_, first)) = scores.first() else {
        text.push_str("历史数据不足，误差尚未检验。");
        return text;
    };
    let errors: Vec<String> = scores
        .iter()
        .map(|(place, score)| {
            format!("第{place}天±{:.0}（持续性预报±{:.0}）", score.mae, score.mae_persistence)
        })
        .collect();
    text.push_str(&format!(
        "过去{}天同法预报的AQI平均误差：{}；第1天实况落入区间的占{:.0}%。",
        first.days,
        words::list(&errors),
        100.0 * first.coverage
    ));
    text
}

fn absent(reason: ForecastLacking) -> String {
    match reason {
        ForecastLacking::Stale { last: None, .. } => "没有逐日浓度，无法预报。".to_owned(),
        ForecastLacking::Stale { last: Some(last), allowed } => {
            format!("最近一个有数据的日期为{last}，距今超过{allowed}天，无法预报。")
        }
        ForecastLacking::History { members, needed } => {
            format!("历史数据不足，不作预报：可检验的往日预报{members}次，至少需要{needed}次。")
        }
        ForecastLacking::Edition(day) => format!("{day}没有在用的AQI技术规定，不作预报。"),
    }
}

fn month_day(day: NaiveDate) -> String {
    format!("{}月{}日", day.month(), day.day())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score(days: usize, mae: f64, persistence: f64) -> LeadScore {
        LeadScore {
            lead: 1,
            days,
            mae,
            mae_persistence: persistence,
            bias: 0.0,
            rmse: 0.0,
            coverage: 0.792,
            level_hits: 0.0,
            level_hits_persistence: 0.0,
        }
    }

    fn level(number: u8, category: &str) -> AqiLevel {
        AqiLevel {
            level: number,
            upto: None,
            name: String::new(),
            category: category.to_owned(),
            colour: "#ffff00".to_owned(),
            colour_name: "黄".to_owned(),
            health: String::new(),
            advice: String::new(),
        }
    }

    fn day(text: &str, score: Option<LeadScore>) -> ForecastDay {
        ForecastDay {
            day: text.parse().unwrap(),
            aqi: 87,
            interval: (62, 118),
            level: Some(level(2, "良")),
            levels: (Some(level(2, "良")), Some(level(3, "轻度污染"))),
            primary: Some(Parameter::Pm25),
            score,
        }
    }

    #[test]
    fn a_day_says_its_interval_and_the_method_its_error() {
        let days = vec![
            day("2026-10-06", Some(score(728, 31.4, 34.3))),
            day("2026-10-07", Some(score(727, 35.0, 41.2))),
        ];
        let built = build(&Ok(ForecastDays { origin: "2026-10-05".parse().unwrap(), days }));
        let [first, _] = &built.rows[..] else { unreachable!() };
        assert_eq!((first.name.as_str(), first.interval.as_str()), ("10月6日", "62—118"));
        assert_eq!((first.span.as_str(), first.primary.as_str()), ("良至轻度污染", "PM2.5"));
        assert_eq!(
            built.note,
            "统计预报，由截至10月5日的逐日浓度推算，不含气象预报；区间包含80%的可能。过去728天同法预报的AQI平均误差：\
             第1天±31（持续性预报±34）、第2天±35（持续性预报±41）；第1天实况落入区间的占79%。"
        );
        assert_eq!(
            paragraph(&built),
            "未来2天统计预报：10月6日AQI 87（62—118，良）、10月7日AQI 87（62—118，良）。"
        );
    }

    #[test]
    fn an_unchecked_forecast_and_a_missing_one_say_so() {
        let days = vec![day("2026-10-06", None)];
        let built = build(&Ok(ForecastDays { origin: "2026-10-05".parse().unwrap(), days }));
        assert!(built.note.ends_with("历史数据不足，误差尚未检验。"), "{}", built.note);
        let check = |reason: ForecastLacking, expected: &str| {
            let built = build(&Err(reason));
            assert_eq!(built.absent, expected);
            assert_eq!(paragraph(&built), expected);
        };
        check(ForecastLacking::Stale { last: None, allowed: 3 }, "没有逐日浓度，无法预报。");
        check(
            ForecastLacking::Stale { last: "2026-09-01".parse().ok(), allowed: 3 },
            "最近一个有数据的日期为2026-09-01，距今超过3天，无法预报。",
        );
        check(
            ForecastLacking::History { members: 12, needed: 60 },
            "历史数据不足，不作预报：可检验的往日预报12次，至少需要60次。",
        );
    }
}
