//! Waters on the black-odorous list: four indicators with their pass lines and the grade (城市黑臭水体整治工作指南, 2015).

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

/// One indicator.
#[derive(Clone, Copy, Debug)]
pub struct DitchItem {
    /// Value.
    pub measured: Measured,
    /// Pass line: not black-odorous up to here.
    pub pass: Decimal,
    /// Which side of the pass line is good.
    pub direction: Direction,
    /// Grade of this indicator alone; none where the value is missing.
    pub grade: Option<DitchGrade>,
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
    /// Grade; none where the data do not suffice.
    pub grade: Option<DitchGrade>,
    /// Grade of the period before.
    pub before: Option<DitchGrade>,
    /// Indicators: transparency, DO, ORP, ammonia nitrogen.
    pub items: Vec<DitchItem>,
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
    /// Whether the value is out of order.
    pub out: bool,
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
    /// Indicators.
    pub items: Vec<DitchCell>,
    /// Day of the last sample, or a dash.
    pub sampled: String,
}

/// Builds one row.
#[must_use]
pub fn row(facts: &DitchFacts) -> DitchRow {
    DitchRow {
        name: facts.name.clone(),
        area: facts.area.clone(),
        scope: if facts.rural { "农村" } else { "城市" },
        grade: facts.grade.map_or("NA", DitchGrade::zh),
        black: facts.grade.is_some_and(|g| g > DitchGrade::Clear),
        change: change(facts),
        items: facts
            .items
            .iter()
            .map(|item| DitchCell {
                parameter: item.measured.parameter.key(),
                name: item.measured.parameter.zh(),
                figure: item.measured.figure(),
                pass: format!(
                    "{}{}",
                    if item.direction == Direction::AtLeast { "≥" } else { "≤" },
                    item.pass.normalize()
                ),
                out: item.grade.is_some_and(|g| g > DitchGrade::Clear),
            })
            .collect(),
        sampled: facts.sampled.map_or_else(|| "—".to_owned(), |d| d.format("%m-%d").to_string()),
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
    use super::*;

    #[test]
    fn a_water_that_slips_back_is_named() {
        let ditch = |name: &str, before, grade| DitchFacts {
            name: name.to_owned(),
            area: String::new(),
            rural: false,
            grade,
            before,
            items: Vec::new(),
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
}
