//! Water sections: class against target, change, main exceeded items. Class numbers 1-6, 6 = 劣Ⅴ (GB 3838-2002;
//! 环办〔2011〕22号).

use lanbi_model::{Decimal, Parameter, standard::WaterClass};
use serde::Serialize;

use super::figure::{Figure, Measured};
use super::words;
use crate::chart::Colour;

/// Best classes counted as good water (Ⅰ to Ⅲ), the group every surface-water report counts (环办〔2011〕22号).
const GOOD_CLASS: u8 = 3;

/// The standing that is printed as NA.
const INSUFFICIENT: &str = "数据不足";

/// An item over its limit.
#[derive(Clone, Copy, Debug)]
pub struct Exceeded {
    /// Item.
    pub parameter: Parameter,
    /// `(C - S) / S`; none for pH and DO.
    pub multiple: Option<Decimal>,
}

/// One section over a day or a month.
#[derive(Clone, Debug, Default)]
pub struct SectionFacts {
    /// Name.
    pub name: String,
    /// River or lake.
    pub water: String,
    /// Target class.
    pub target: Option<u8>,
    /// Class of the means; none where the data do not suffice.
    pub class: Option<u8>,
    /// 优 … 重度污染, or why there is no class: 暂停监测, 断流, 冰封, 数据不足.
    pub standing: String,
    /// Class of the period before.
    pub before: Option<u8>,
    /// Class of the same period a year earlier.
    pub year_before: Option<u8>,
    /// Change from the period before, by the evaluation rule; none where either class is missing.
    pub change: Option<&'static str>,
    /// Items over the target, or over Ⅲ without one, most serious first.
    pub exceeded: Vec<Exceeded>,
    /// The class whose limit the multiples refer to.
    pub base: Option<u8>,
    /// 主要污染指标, by class Ⅲ.
    pub main: Vec<Exceeded>,
    /// Class of the total nitrogen of a lake, which is told apart and decides nothing.
    pub tn_class: Option<u8>,
    /// Whether anything was taken by hand.
    pub by_hand: bool,
    /// Key values in the order of printing.
    pub items: Vec<Measured>,
}

/// Sections with the classes of the edition.
#[derive(Clone, Debug, Default)]
pub struct SectionsFacts {
    /// Classes Ⅰ to 劣Ⅴ.
    pub classes: Vec<WaterClass>,
    /// Sections in the order of the registry.
    pub sections: Vec<SectionFacts>,
}

/// A class as printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClassCell {
    /// 1 to 6.
    pub class: u8,
    /// Ⅰ to 劣Ⅴ.
    pub name: String,
    /// 优, 良好, 轻度污染 and so on.
    pub state: String,
    /// Colour.
    pub colour: Colour,
}

impl ClassCell {
    /// The cell of a class.
    #[must_use]
    pub fn of(classes: &[WaterClass], class: Option<u8>) -> Option<Self> {
        classes.iter().find(|c| Some(c.class) == class).map(|c| Self {
            class: c.class,
            name: c.name.clone(),
            state: c.state.clone(),
            colour: Colour::parse(&c.colour),
        })
    }
}

/// A key value in a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ItemCell {
    /// Key of the parameter.
    pub parameter: &'static str,
    /// Name.
    pub name: &'static str,
    /// Value.
    pub figure: Figure,
}

impl From<&Measured> for ItemCell {
    fn from(measured: &Measured) -> Self {
        Self { parameter: measured.parameter.key(), name: measured.parameter.zh(), figure: measured.figure() }
    }
}

/// One section as printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SectionRow {
    /// Name.
    pub name: String,
    /// River.
    pub water: String,
    /// Target.
    pub target: Option<ClassCell>,
    /// Class of the period.
    pub class: Option<ClassCell>,
    /// What stands in the place of a missing class: 断流, 冰封, 暂停监测 or NA.
    pub absent: String,
    /// Class of the period before.
    pub before: Option<ClassCell>,
    /// Class of the same period a year earlier.
    pub year_before: Option<ClassCell>,
    /// Change from the period before, in words; empty where unknown.
    pub change: &'static str,
    /// 达标, 未达标, or `NA` where the class is missing, `—` without a target.
    pub meets: &'static str,
    /// Main exceeded items such as `氨氮(1.3)、总磷(0.5)`; a dash where there are none.
    pub exceeded: String,
    /// The class whose limits the multiples refer to, such as `Ⅲ`; none where nothing is exceeded.
    pub base: Option<String>,
    /// Key values.
    pub items: Vec<ItemCell>,
}

/// Sections as printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sections {
    /// Heads of the key-value columns: the items of all sections in order of first appearance.
    pub columns: Vec<ItemHead>,
    /// Rows; `items` has one entry per column.
    pub rows: Vec<SectionRow>,
}

/// Head of a key-value column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ItemHead {
    /// Key of the parameter.
    pub parameter: &'static str,
    /// Name.
    pub name: &'static str,
    /// Unit; empty for pH.
    pub unit: &'static str,
}

/// One section as printed, with its own items only.
#[must_use]
pub fn row(facts: &SectionFacts, classes: &[WaterClass]) -> SectionRow {
    let cell = |class| ClassCell::of(classes, class);
    SectionRow {
        name: facts.name.clone(),
        water: facts.water.clone(),
        target: cell(facts.target),
        class: cell(facts.class),
        absent: absent(facts),
        before: cell(facts.before),
        year_before: cell(facts.year_before),
        change: facts.change.unwrap_or(""),
        meets: match meets(facts) {
            Some(true) => "达标",
            Some(false) => "未达标",
            None if facts.target.is_none() => "—",
            None => "NA",
        },
        exceeded: exceeded(facts),
        base: cell(facts.base.filter(|_| facts.class.is_some() && !facts.exceeded.is_empty()))
            .map(|c| c.name),
        items: facts.items.iter().map(ItemCell::from).collect(),
    }
}

/// What is printed for a missing class: its reason where there is one beyond missing data.
fn absent(facts: &SectionFacts) -> String {
    if facts.class.is_some() || facts.standing.is_empty() || facts.standing == INSUFFICIENT {
        "NA".to_owned()
    } else {
        facts.standing.clone()
    }
}

/// Exceeded items in words.
fn exceeded(facts: &SectionFacts) -> String {
    named(facts, &facts.exceeded)
}

/// Items with their multiples; a dash for none.
pub(super) fn named(facts: &SectionFacts, items: &[Exceeded]) -> String {
    if facts.class.is_none() {
        return "NA".to_owned();
    }
    if items.is_empty() {
        return "—".to_owned();
    }
    words::list(&items.iter().map(|e| words::exceeded(e.parameter, e.multiple, 1)).collect::<Vec<_>>())
}

/// Whether the class meets the target; none where either is missing.
fn meets(facts: &SectionFacts) -> Option<bool> {
    Some(facts.class? <= facts.target?)
}

/// Builds the table.
#[must_use]
pub fn build(facts: &SectionsFacts) -> Sections {
    let mut columns: Vec<Parameter> = Vec::new();
    for measured in facts.sections.iter().flat_map(|s| &s.items) {
        if !columns.contains(&measured.parameter) {
            columns.push(measured.parameter);
        }
    }
    let rows = facts
        .sections
        .iter()
        .map(|section| {
            let mut row = row(section, &facts.classes);
            row.items = columns
                .iter()
                .map(|parameter| {
                    section.items.iter().find(|m| m.parameter == *parameter).map_or_else(
                        || ItemCell {
                            parameter: parameter.key(),
                            name: parameter.zh(),
                            figure: Figure { value: None, unit: parameter.unit().symbol(), sign: "/" },
                        },
                        ItemCell::from,
                    )
                })
                .collect();
            row
        })
        .collect();
    let columns = columns
        .into_iter()
        .map(|p| ItemHead {
            parameter: p.key(),
            name: p.zh(),
            unit: if p == Parameter::Ph { "" } else { p.unit().symbol() },
        })
        .collect();
    Sections { columns, rows }
}

/// The paragraph: shares by class, target, worst items, change.
#[must_use]
pub fn paragraph(facts: &SectionsFacts) -> String {
    let all = facts.sections.len();
    if all == 0 {
        return "本期无水质断面数据。".to_owned();
    }
    let graded: Vec<&SectionFacts> = facts.sections.iter().filter(|s| s.class.is_some()).collect();
    let of = graded.len();
    let share = |n: usize| format!("{n}个，比例{}", Figure::percent(count(n), count(of)).with_unit());
    let mut text = format!("{all}个水质断面中，参与评价{of}个");
    if of > 0 {
        let within = |low: u8, high: u8| {
            graded.iter().filter(|s| s.class.is_some_and(|c| low <= c && c <= high)).count()
        };
        let name = |class: u8| {
            facts.classes.iter().find(|c| c.class == class).map_or_else(String::new, |c| c.name.clone())
        };
        text.push_str(&format!("：{}～{}类{}", name(1), name(GOOD_CLASS), share(within(1, GOOD_CLASS))));
        for class in GOOD_CLASS + 1..=6 {
            let n = within(class, class);
            let suffix = if class == 6 { "" } else { "类" };
            if n > 0 {
                text.push_str(&format!("；{}{suffix}{}", name(class), share(n)));
            } else {
                text.push_str(&format!("；无{}{suffix}", name(class)));
            }
        }
    }
    text.push('。');
    let judged: Vec<bool> = graded.iter().filter_map(|s| meets(s)).collect();
    if !judged.is_empty() {
        let met = judged.iter().filter(|m| **m).count();
        text.push_str(&format!(
            "达到水质目标{met}个，达标率{}。",
            Figure::percent(count(met), count(judged.len())).with_unit()
        ));
    }
    let failing: Vec<String> = graded
        .iter()
        .filter(|s| meets(s) == Some(false))
        .map(|s| {
            let items = exceeded(s);
            if items == "—" { s.name.clone() } else { format!("{}〔{items}〕", s.name) }
        })
        .collect();
    if !failing.is_empty() {
        text.push_str(&format!("未达标断面：{}。", words::list(&failing)));
    }
    for (word, better) in [("好转", true), ("变差", false)] {
        let names: Vec<String> = graded
            .iter()
            .filter(|s| s.before.zip(s.class).is_some_and(|(b, c)| if better { c < b } else { c > b }))
            .map(|s| s.name.clone())
            .collect();
        if !names.is_empty() {
            text.push_str(&format!("与上期相比水质{word}的断面：{}。", words::list(&names)));
        }
    }
    if of < all {
        let without = facts.sections.iter().filter(|s| s.class.is_none());
        let names = without.map(|s| match absent(s).as_str() {
            "NA" => format!("{}（数据不足）", s.name),
            reason => format!("{}（{reason}）", s.name),
        });
        text.push_str(&format!("{}不参与评价。", words::list(&names.collect::<Vec<_>>())));
    }
    text
}

/// A length as a count for shares.
pub(crate) fn count(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}

/// The note that explains the multiples: against the limit of which class.
#[must_use]
pub fn note(facts: &SectionsFacts) -> Option<String> {
    let mut bases: Vec<u8> =
        facts.sections.iter().filter(|s| !s.exceeded.is_empty()).filter_map(|s| s.base).collect();
    bases.sort_unstable();
    bases.dedup();
    let names: Vec<String> =
        facts.classes.iter().filter(|c| bases.contains(&c.class)).map(|c| format!("{}类", c.name)).collect();
    (!names.is_empty()).then(|| {
        format!(
            "主要超标项目括号内为超标倍数，以{}标准限值为基准；溶解氧、pH 不计算超标倍数；水温、总氮、粪大肠菌群不参与类别评价。",
            words::list(&names)
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Name, target, class and class before.
    type Case = (&'static str, Option<u8>, Option<u8>, Option<u8>);

    fn facts(sections: &[Case]) -> SectionsFacts {
        let class = |class, name: &str| WaterClass {
            class,
            name: name.to_owned(),
            state: String::new(),
            colour: "#00ff00".to_owned(),
        };
        SectionsFacts {
            classes: vec![
                class(1, "Ⅰ"),
                class(2, "Ⅱ"),
                class(3, "Ⅲ"),
                class(4, "Ⅳ"),
                class(5, "Ⅴ"),
                class(6, "劣Ⅴ"),
            ],
            sections: sections
                .iter()
                .map(|(name, target, class, before)| SectionFacts {
                    name: (*name).to_owned(),
                    target: *target,
                    class: *class,
                    before: *before,
                    ..SectionFacts::default()
                })
                .collect(),
        }
    }

    #[test]
    fn shares_count_graded_sections_only() {
        let text = paragraph(&facts(&[
            ("甲", Some(3), Some(3), Some(4)),
            ("乙", Some(4), Some(6), Some(5)),
            ("丙", Some(4), None, Some(4)),
        ]));
        assert!(
            text.starts_with(
                "3个水质断面中，参与评价2个：Ⅰ～Ⅲ类1个，比例50.0%；无Ⅳ类；无Ⅴ类；劣Ⅴ1个，比例50.0%。"
            ),
            "{text}"
        );
        assert!(text.contains("达到水质目标1个，达标率50.0%。"), "{text}");
        assert!(text.contains("未达标断面：乙。"), "{text}");
        assert!(text.contains("好转的断面：甲。") && text.contains("变差的断面：乙。"), "{text}");
        assert!(text.ends_with("丙（数据不足）不参与评价。"), "{text}");
    }

    #[test]
    fn a_missing_class_is_na_and_not_a_failure() {
        let all = facts(&[("丙", Some(4), None, None), ("丁", None, Some(2), None)]);
        let built = build(&all);
        let words: Vec<_> = built.rows.iter().map(|r| (r.meets, r.exceeded.as_str())).collect();
        assert_eq!(words, [("NA", "NA"), ("—", "—")]);
    }
}
