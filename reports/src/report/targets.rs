//! 年度目标进展: where the year stands against each of its targets, what the days left may come to, and how probable it is
//! that the target is kept.
//!
//! What is certain (the figure so far, the room left, kept or missed) is exact; a probability is an estimate and is printed
//! to whole percent, never as 0 or 100.

use chrono::{Datelike, NaiveDate};
use lanbi_analytics::outlook::{Outlook, Verdict};
use lanbi_model::target::{Target, TargetKind};
use lanbi_model::{Decimal, ReportPeriod};
use serde::Serialize;

use super::course::{self, Course};
use super::figure::{Figure, Reading};
use super::{target_words, words};

/// The targets of a place and year, seen from a day.
#[derive(Clone, Debug)]
pub struct TargetsFacts {
    /// Year.
    pub year: ReportPeriod,
    /// The day at whose end they are seen.
    pub on: NaiveDate,
    /// Targets in the order of their file; never empty.
    pub targets: Vec<TargetFacts>,
}

/// One target.
#[derive(Clone, Debug)]
pub struct TargetFacts {
    /// Figure and bound.
    pub target: Target,
    /// The document that sets it.
    pub source: String,
    /// Decimals of the figure as published.
    pub decimals: u32,
    /// Decimals of the item of a mean or of a fall; unused for other figures.
    pub item_decimals: u32,
    /// What is certain and what is probable.
    pub outlook: Outlook,
    /// The figure so far on days of the year, in order.
    pub running: Vec<DayFigure>,
    /// The same of the last year; empty where there is none.
    pub last_year: Vec<DayFigure>,
}

/// The figure of a year up to a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayFigure {
    /// Day.
    pub day: NaiveDate,
    /// Figure as published.
    pub figure: Decimal,
}

/// One target as printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TargetRow {
    /// Key of the figure, for example `fall:pm25`.
    pub key: String,
    /// Name of the figure.
    pub name: String,
    /// Its bound in words: `不高于35 μg/m³`.
    pub bound: String,
    /// The figure so far; a fall is below zero.
    pub now: Figure,
    /// Days it rests on, and days passed.
    pub valid: String,
    /// The figure of the whole last year; for a fall, of its item.
    pub last_year: Figure,
    /// Days left.
    pub left: u32,
    /// What the days left may come to; a dash where nothing simple says it.
    pub room: String,
    /// Probability; a dash where there is none.
    pub probability: String,
    /// Its interval; empty where there is no probability.
    pub interval: String,
    /// 已完成, 已无法完成, or where it stands for the moment.
    pub verdict: &'static str,
    /// Whether the target is missed, or would be by the figure so far.
    pub bad: bool,
    /// The document that sets it.
    pub source: String,
    /// The sentence on it.
    pub sentence: String,
    /// The same in a few words.
    pub brief: String,
    /// The year so far and to come, for the chart.
    pub course: Course,
}

/// The targets as printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Targets {
    /// Year.
    pub year: i32,
    /// The day they are seen from, `2026-11-30`.
    pub on: String,
    /// Targets.
    pub rows: Vec<TargetRow>,
    /// What the numbers rest on.
    pub notes: Vec<String>,
}

/// Builds the section.
#[must_use]
pub fn build(facts: &TargetsFacts) -> Targets {
    Targets {
        year: facts.year.first().year(),
        on: facts.on.to_string(),
        rows: facts.targets.iter().map(|target| row(target, facts)).collect(),
        notes: notes(facts),
    }
}

/// The paragraph of a daily report: every target in a few words.
#[must_use]
pub fn paragraph(targets: &Targets) -> String {
    let briefs: Vec<&str> = targets.rows.iter().map(|row| row.brief.as_str()).collect();
    format!("截至{}：{}。", targets.on, briefs.join("；"))
}

fn row(facts: &TargetFacts, all: &TargetsFacts) -> TargetRow {
    let TargetFacts { target, outlook, .. } = facts;
    let standing = &outlook.standing;
    let meets = standing.figure.is_some_and(|figure| target.is_met(figure));
    let chance = target_words::open_chance(outlook);
    let verdict = match (standing.verdict, standing.left, standing.figure) {
        (Verdict::Made, ..) => "已完成",
        (Verdict::Missed, 0, _) => "未完成",
        (Verdict::Missed, ..) => "已无法完成",
        (Verdict::Open, _, None) => "无数据",
        (Verdict::Open, ..) if meets => "未定，目前在目标内",
        (Verdict::Open, ..) => "未定，目前未达目标",
    };
    TargetRow {
        key: target.kind.key(),
        name: target.kind.zh(),
        bound: target_words::bound(target),
        now: Figure::reading(standing.figure.into(), facts.decimals, target.kind.unit()),
        valid: format!("有效{}／{}天", standing.valid, standing.passed),
        last_year: last_year(facts),
        left: standing.left,
        room: target_words::room(facts).unwrap_or_else(|| "—".to_owned()),
        probability: chance.map_or_else(|| "—".to_owned(), |chance| target_words::about(chance.probability)),
        interval: chance.map(target_words::interval).unwrap_or_default(),
        verdict,
        bad: match standing.verdict {
            Verdict::Made => false,
            Verdict::Missed => true,
            Verdict::Open => standing.figure.is_some() && !meets,
        },
        source: facts.source.clone(),
        sentence: target_words::sentence(facts, all.year),
        brief: target_words::brief(facts, verdict),
        course: course::build(facts, all.year),
    }
}

/// The figure of the whole last year; of a fall, that of its item.
fn last_year(facts: &TargetFacts) -> Figure {
    let Some(value) = facts.outlook.standing.last_year else { return Figure::dash() };
    match facts.target.kind {
        TargetKind::Fall(item) => {
            Figure::reading(Reading::Value(value), facts.item_decimals, item.unit().symbol())
        }
        kind => Figure::reading(Reading::Value(value), facts.decimals, kind.unit()),
    }
}

fn notes(facts: &TargetsFacts) -> Vec<String> {
    let mut notes = vec![
        "是否达标按修约后的公布数值判断；剩余时段的要求按余下各日数据均有效、此前数据不再变化计算。"
            .to_owned(),
    ];
    let chances = || facts.targets.iter().filter_map(|target| target_words::open_chance(&target.outlook));
    if let Some(years) = chances().map(|chance| chance.years).max() {
        notes.push(format!(
            "完成概率为估算：余下各日由{years}个完整年度的同期逐日浓度重新组合，并按去年和近期的变化推算水平；不含气象预报和\
             今后采取的措施。真实概率低于区间下端、高于区间上端的可能各约10%。"
        ));
    }
    for (reason, names) in grouped(facts.targets.iter().filter_map(|target| {
        let lacking = target.outlook.chance.as_ref().err()?;
        let open = target.outlook.standing.verdict == Verdict::Open;
        open.then(|| (target_words::lacking(*lacking), target.target.kind.zh()))
    })) {
        notes.push(format!("{}：{reason}，不估算完成概率。", words::list(&names)));
    }
    let sources = facts.targets.iter().map(|target| (target.source.clone(), target.target.kind.zh()));
    let sources: Vec<String> = grouped(sources)
        .into_iter()
        .map(|(source, names)| format!("{}——{source}", words::list(&names)))
        .collect();
    notes.push(format!("目标依据：{}。", sources.join("；")));
    notes
}

/// Names by what they have in common, in the order of first appearance.
fn grouped(pairs: impl Iterator<Item = (String, String)>) -> Vec<(String, Vec<String>)> {
    let mut groups: Vec<(String, Vec<String>)> = Vec::new();
    for (key, name) in pairs {
        match groups.iter_mut().find(|(other, _)| *other == key) {
            Some((_, names)) => names.push(name),
            None => groups.push((key, vec![name])),
        }
    }
    groups
}
