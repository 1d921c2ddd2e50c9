//! 重污染天气预警: the levels that the running-day AQI of a period brings about, as computed from what was measured. They do
//! not replace the warnings that a government issues.

use lanbi_analytics::heavy::WarningEvent;
use lanbi_model::{Instant, Parameter, WarningLevel};
use serde::Serialize;

use super::head::HeadFacts;
use super::words;

/// The warnings of a period.
#[derive(Clone, Debug)]
pub struct WarningsFacts {
    /// Levels in order of time; those outside the period are left out.
    pub events: Vec<WarningEvent>,
    /// Whether forecasts were known beside the measurements.
    pub with_forecasts: bool,
    /// Editions of the rules that were asked.
    pub rules: Vec<WarningRules>,
}

/// An edition of the rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WarningRules {
    /// Id, as an event names it.
    pub id: String,
    /// Number, for example `环大气〔2024〕6号`.
    pub number: String,
    /// What ends a level, with its confidence where it is weak.
    pub release: String,
    /// How long the index must stay at or below the number, hours.
    pub clear_hours: i64,
}

/// A level as printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WarningRow {
    /// 黄色预警 to 红色预警.
    pub level: &'static str,
    /// Key of the level, for the layout.
    pub level_key: &'static str,
    /// Entry, local.
    pub from: String,
    /// End, local; 期末持续中 where it stands at the end of the period.
    pub until: String,
    /// Whether it stands.
    pub standing: bool,
    /// Largest running-day AQI.
    pub peak: u32,
    /// Primary pollutants, or a dash.
    pub primary: String,
    /// 实测 or 预测.
    pub basis: &'static str,
    /// 应急响应 or 健康提示.
    pub response: &'static str,
    /// The condition that was met.
    pub rule: String,
    /// Number of the edition.
    pub edition: String,
}

/// The warnings as printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Warnings {
    /// Levels.
    pub rows: Vec<WarningRow>,
    /// The sentence.
    pub sentence: String,
    /// What they rest on; empty where there are none.
    pub note: String,
}

/// Builds the section.
#[must_use]
pub fn build(facts: &WarningsFacts, head: &HeadFacts) -> Warnings {
    let (start, end) = (head.zone.start_of(head.period.first()), head.zone.end_of(head.period.last()));
    let touches = |event: &&WarningEvent| event.from <= end && event.until.is_none_or(|until| until > start);
    let events: Vec<&WarningEvent> = facts.events.iter().filter(touches).collect();
    let rows: Vec<WarningRow> = events.iter().map(|event| row(event, facts, head, end)).collect();
    Warnings {
        sentence: sentence(&events, &rows, facts.with_forecasts),
        note: if rows.is_empty() { String::new() } else { note(&events, facts) },
        rows,
    }
}

fn row(event: &WarningEvent, facts: &WarningsFacts, head: &HeadFacts, end: Instant) -> WarningRow {
    let until = event.until.filter(|until| *until <= end);
    let edition = facts.rules.iter().find(|rules| rules.id == event.edition);
    WarningRow {
        level: event.level.zh(),
        level_key: event.level.key(),
        from: head.time(event.from),
        until: until.map_or_else(|| "期末持续中".to_owned(), |until| head.time(until)),
        standing: until.is_none(),
        peak: event.peak,
        primary: words::primary(&event.primary.iter().map(day_item).collect::<Vec<_>>()),
        basis: event.basis.zh(),
        response: event.response.zh(),
        rule: event.rule.clone(),
        edition: edition.map_or_else(|| event.edition.clone(), |rules| rules.number.clone()),
    }
}

/// Ozone counts by its 8-hour maximum.
fn day_item(item: &Parameter) -> Parameter {
    if *item == Parameter::O3 { Parameter::O3EightHour } else { *item }
}

fn sentence(events: &[&WarningEvent], rows: &[WarningRow], with_forecasts: bool) -> String {
    let basis = if with_forecasts { "实测和预报" } else { "实测" };
    if rows.is_empty() {
        let only = if with_forecasts { "" } else { "仅" };
        return format!("本期未达到重污染天气预警条件（{only}依据{basis}）。");
    }
    let of = |level: WarningLevel| events.iter().filter(|event| event.level == level).count();
    let counts: Vec<String> = WarningLevel::ALL
        .into_iter()
        .rev()
        .filter(|level| of(*level) > 0)
        .map(|level| format!("{}{}次", level.zh(), of(level)))
        .collect();
    let peak = rows.iter().map(|row| row.peak).max().unwrap_or_default();
    let standing = rows.iter().find(|row| row.standing);
    let standing = standing.map_or_else(String::new, |row| format!("，期末{}持续中", row.level));
    format!(
        "本期按{basis}达到重污染天气预警条件：{}（级别升降分别计次），滑动24小时AQI最高{peak}{standing}。",
        words::list(&counts)
    )
}

fn note(events: &[&WarningEvent], facts: &WarningsFacts) -> String {
    let basis = if facts.with_forecasts {
        "依据实测和已发布的预报"
    } else {
        "仅依据实测，未用预报"
    };
    let mut text = format!("由逐时滑动24小时AQI推算，{basis}，不代替政府发布的预警。");
    for rules in facts.rules.iter().filter(|rules| events.iter().any(|event| event.edition == rules.id)) {
        text.push_str(&format!(
            "{}；AQI连续{}小时不超过该级最低阈值即视为解除：{}。",
            rules.number, rules.clear_hours, rules.release
        ));
    }
    text
}

#[cfg(test)]
mod tests;
