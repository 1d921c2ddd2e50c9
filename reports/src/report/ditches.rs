//! Waters on the black-odorous list: four indicators with their pass lines and the grade (城市黑臭水体整治工作指南, 2015).
//!
//! Grades come from single samples, so that a mean within its pass line may stand beside 轻度黑臭; then the reasons say how many
//! samples were not.

use chrono::NaiveDate;
use lanbi_model::{Decimal, standard::Direction};
use serde::Serialize;

use super::figure::{Figure, Measured};
use super::words;

/// Grade of a water on the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DitchGrade {
    /// 未达黑臭: all indicators within their pass lines.
    Clear,
    /// 轻度黑臭.
    Light,
    /// 重度黑臭.
    Heavy,
}

impl DitchGrade {
    /// As printed.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Clear => "未达黑臭",
            Self::Light => "轻度黑臭",
            Self::Heavy => "重度黑臭",
        }
    }
}

/// One indicator at a point.
#[derive(Clone, Copy, Debug)]
pub struct DitchItem {
    /// Mean of the samples; it is shown and not graded.
    pub measured: Measured,
    /// Pass line: not black-odorous up to here.
    pub pass: Decimal,
    /// Which side of the pass line is good.
    pub direction: Direction,
    /// Whether a value equal to the pass line is already light (ORP).
    pub excludes_pass: bool,
    /// Judged values.
    pub values: u32,
    /// Of these, at light or heavy.
    pub light: u32,
    /// Of these, at heavy.
    pub heavy: u32,
}

/// A point of a water.
#[derive(Clone, Debug)]
pub struct DitchPoint {
    /// Name.
    pub name: String,
    /// Grade by all its samples; none where nothing could be judged.
    pub grade: Option<DitchGrade>,
    /// Samples in which something could be judged.
    pub samples: u32,
    /// Indicators: transparency, DO, ORP, ammonia nitrogen.
    pub items: Vec<DitchItem>,
}

/// One water on the list.
#[derive(Clone, Debug)]
pub struct DitchFacts {
    /// Name.
    pub name: String,
    /// Street or town.
    pub area: String,
    /// Whether the rural limits hold.
    pub rural: bool,
    /// Grade by its points; none where the data do not suffice.
    pub grade: Option<DitchGrade>,
    /// Grade of the period before.
    pub before: Option<DitchGrade>,
    /// Points.
    pub points: Vec<DitchPoint>,
    /// Day of the last sample.
    pub sampled: Option<NaiveDate>,
}

/// One indicator as printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DitchCell {
    /// Key of the parameter.
    pub parameter: &'static str,
    /// Name.
    pub name: &'static str,
    /// Value.
    pub figure: Figure,
    /// Pass line, for example `≥25`.
    pub pass: String,
    /// Whether any sample reaches light.
    pub out: bool,
}

/// A point as printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PointRow {
    /// Name.
    pub name: String,
    /// Grade in words; `NA` where data are missing.
    pub grade: &'static str,
    /// Whether it is black-odorous.
    pub black: bool,
    /// Samples.
    pub samples: u32,
    /// Indicators.
    pub items: Vec<DitchCell>,
    /// Which indicators reach which level how often: `溶解氧3/10次轻度以上（重度1次）`; empty where none does.
    pub reasons: String,
}

/// One water as printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DitchRow {
    /// Name.
    pub name: String,
    /// Street or town.
    pub area: String,
    /// 城市 or 农村.
    pub scope: &'static str,
    /// Grade in words; `NA` where data are missing.
    pub grade: &'static str,
    /// Whether it is black-odorous.
    pub black: bool,
    /// 返黑返臭 where it was clear before and is not now, 有改善 where it was graded worse, or empty.
    pub change: &'static str,
    /// Indicators of its only point, or of the point that is worst.
    pub items: Vec<DitchCell>,
    /// Which indicators of that point reach which level how often.
    pub reasons: String,
    /// Points.
    pub points: Vec<PointRow>,
    /// Day of the last sample, or a dash.
    pub sampled: String,
}

/// Builds one row.
#[must_use]
pub fn row(facts: &DitchFacts) -> DitchRow {
    // Of equal points the first speaks for the water.
    let worst = facts.points.iter().rev().max_by_key(|point| point.grade).map(point);
    DitchRow {
        name: facts.name.clone(),
        area: facts.area.clone(),
        scope: if facts.rural { "农村" } else { "城市" },
        grade: facts.grade.map_or("NA", DitchGrade::zh),
        black: is_black(facts.grade),
        change: change(facts),
        items: worst.as_ref().map(|worst| worst.items.clone()).unwrap_or_default(),
        reasons: worst.map(|worst| worst.reasons).unwrap_or_default(),
        points: facts.points.iter().map(point).collect(),
        sampled: facts.sampled.map_or_else(|| "—".to_owned(), |d| d.format("%m-%d").to_string()),
    }
}

fn is_black(grade: Option<DitchGrade>) -> bool {
    grade.is_some_and(|grade| grade > DitchGrade::Clear)
}

fn point(facts: &DitchPoint) -> PointRow {
    let reasons = facts.items.iter().filter(|item| item.light > 0).map(|item| {
        let heavy = if item.heavy > 0 { format!("（重度{}次）", item.heavy) } else { String::new() };
        format!("{}{}/{}次轻度以上{heavy}", item.measured.parameter.zh(), item.light, item.values)
    });
    PointRow {
        name: facts.name.clone(),
        grade: facts.grade.map_or("NA", DitchGrade::zh),
        black: is_black(facts.grade),
        samples: facts.samples,
        items: facts.items.iter().map(cell).collect(),
        reasons: words::list(&reasons.collect::<Vec<_>>()),
    }
}

fn cell(item: &DitchItem) -> DitchCell {
    let sign = match (item.direction, item.excludes_pass) {
        (Direction::AtLeast, false) => "≥",
        (Direction::AtLeast, true) => ">",
        (Direction::AtMost, false) => "≤",
        (Direction::AtMost, true) => "<",
    };
    DitchCell {
        parameter: item.measured.parameter.key(),
        name: item.measured.parameter.zh(),
        figure: item.measured.figure(),
        pass: format!("{sign}{}", item.pass.normalize()),
        out: item.light > 0,
    }
}

/// A water that was clear and is graded again has slipped back.
fn change(facts: &DitchFacts) -> &'static str {
    match facts.before.zip(facts.grade) {
        Some((DitchGrade::Clear, now)) if now > DitchGrade::Clear => "返黑返臭",
        Some((before, now)) if now > before => "加重",
        Some((before, now)) if now < before => "改善",
        _ => "",
    }
}

/// Builds the table.
#[must_use]
pub fn build(facts: &[DitchFacts]) -> Vec<DitchRow> {
    facts.iter().map(row).collect()
}

/// The paragraph.
#[must_use]
pub fn paragraph(facts: &[DitchFacts]) -> String {
    if facts.is_empty() {
        return "名录内无监测水体。".to_owned();
    }
    let names = |wanted: &dyn Fn(&DitchFacts) -> bool| -> Vec<String> {
        facts.iter().filter(|f| wanted(f)).map(|f| f.name.clone()).collect()
    };
    let of = |grade| names(&|f: &DitchFacts| f.grade == Some(grade));
    let mut parts = vec![format!("未达黑臭{}个", of(DitchGrade::Clear).len())];
    for grade in [DitchGrade::Light, DitchGrade::Heavy] {
        let found = of(grade);
        parts.push(if found.is_empty() {
            format!("{}0个", grade.zh())
        } else {
            format!("{}{}个〔{}〕", grade.zh(), found.len(), words::list(&found))
        });
    }
    let mut text = format!("名录内监测水体{}个：{}。", facts.len(), parts.join("，"));
    let back = names(&|f: &DitchFacts| change(f) == "返黑返臭");
    if !back.is_empty() {
        text.push_str(&format!("{}较上期返黑返臭，应及时列入清单、限期治理。", words::list(&back)));
    }
    let missing = names(&|f: &DitchFacts| f.grade.is_none());
    if !missing.is_empty() {
        text.push_str(&format!("{}数据不足，未定级。", words::list(&missing)));
    }
    text
}

#[cfg(test)]
mod tests {
    use lanbi_model::Parameter;

    use super::*;

    #[test]
    fn a_water_that_slips_back_is_named() {
        let ditch = |name: &str, before, grade| DitchFacts {
            name: name.to_owned(),
            area: String::new(),
            rural: false,
            grade,
            before,
            points: Vec::new(),
            sampled: None,
        };
        let text = paragraph(&[
            ditch("甲沟", Some(DitchGrade::Clear), Some(DitchGrade::Light)),
            ditch("乙塘", Some(DitchGrade::Heavy), Some(DitchGrade::Light)),
            ditch("丙渠", None, None),
        ]);
        assert_eq!(
            text,
            "名录内监测水体3个：未达黑臭0个，轻度黑臭2个〔甲沟、乙塘〕，重度黑臭0个。\
             甲沟较上期返黑返臭，应及时列入清单、限期治理。丙渠数据不足，未定级。"
        );
    }

    #[test]
    fn the_worst_point_speaks_for_its_water_and_says_why() {
        let oxygen = |mean: &str, (values, light, heavy)| DitchItem {
            measured: Measured::new(Parameter::DissolvedOxygen, Some(mean.parse::<Decimal>().unwrap())),
            pass: Decimal::TWO,
            direction: Direction::AtLeast,
            excludes_pass: false,
            values,
            light,
            heavy,
        };
        let point = |name: &str, grade, item| DitchPoint {
            name: name.to_owned(),
            grade: Some(grade),
            samples: 10,
            items: vec![item],
        };
        let facts = DitchFacts {
            name: "甲沟".to_owned(),
            area: String::new(),
            rural: false,
            grade: Some(DitchGrade::Light),
            before: Some(DitchGrade::Clear),
            points: vec![
                point("上", DitchGrade::Clear, oxygen("4.2", (10, 0, 0))),
                point("下", DitchGrade::Light, oxygen("2.6", (10, 3, 1))),
            ],
            sampled: None,
        };
        let built = row(&facts);
        assert_eq!(built.reasons, "溶解氧3/10次轻度以上（重度1次）");
        let cell = &built.items[0];
        assert_eq!((cell.figure.to_string().as_str(), cell.pass.as_str(), cell.out), ("2.60", "≥2", true));
        assert_eq!((built.points[0].reasons.as_str(), built.points[0].black), ("", false));
    }
}
