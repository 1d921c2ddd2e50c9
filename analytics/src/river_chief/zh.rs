//! One line of Chinese for each item. Every number stands with its unit; pH says that it has none.

use chrono::NaiveDate;
use lanbi_model::{Decimal, Parameter, ReportPeriod, Unit, standard::Direction};

use super::{
    input::{DitchGrade, Exceedance},
    item::{Duty, Item},
};

impl Item {
    /// The line a chief reads.
    #[must_use]
    pub fn zh(&self) -> String {
        match self {
            Self::SectionInOrder { name, class, before, target } => {
                let better = before
                    .filter(|before| class < before)
                    .map_or_else(String::new, |before| format!("，比前一日（{}）好转", class_zh(before)));
                match target {
                    Some(target) => {
                        format!("{name}为{}，达到目标{}{better}", class_zh(*class), class_zh(*target))
                    }
                    None => format!("{name}为{}（未设目标）{better}", class_zh(*class)),
                }
            }
            Self::SectionOffTarget { name, class, target, exceedances, .. } => {
                let head = format!("{name}为{}，差于目标{}", class_zh(*class), class_zh(*target));
                with_exceedances(head, exceedances)
            }
            Self::SectionWorse { name, class, before, target } => {
                let target = target
                    .map_or_else(|| "（未设目标）".to_owned(), |t| format!("，达到目标{}", class_zh(t)));
                format!("{name}为{}{target}，但比前一日（{}）变差", class_zh(*class), class_zh(*before))
            }
            Self::OutletInOrder { name } => format!("{name}未超标"),
            Self::OutletOver { name, exceedances } => with_exceedances(format!("{name}超标"), exceedances),
            Self::DitchInOrder { name } => format!("{name}未见黑臭"),
            Self::DitchBlackOdorous { name, grade } => {
                let grade = if *grade == DitchGrade::Heavy { "重度" } else { "轻度" };
                format!("{name}为{grade}黑臭")
            }
            Self::NoData { name } => format!("{name}近期无有效数据，无法判断"),
            Self::Alarm { text, severity, raised_on } => {
                format!("{}：{text}（{}起）", severity.zh(), day_zh(*raised_on))
            }
        }
    }
}

impl Duty {
    /// The line a chief reads on `today`.
    #[must_use]
    pub fn zh(&self, today: NaiveDate) -> String {
        let late = (today - self.due()).num_days();
        match self {
            Self::Patrol { last, due, every_days, mark } => {
                let mark = marked("，频次", mark);
                let term = format!("（每{every_days}天一次{mark}）");
                let last =
                    last.map_or_else(|| "未见巡河记录".to_owned(), |day| format!("上次为{}", day_zh(day)));
                match late {
                    1.. => format!("巡河已逾期{late}天：{last}，应于{}巡河{term}", day_zh(*due)),
                    0 => format!("今日应巡河：{last}{term}"),
                    _ => format!("下次巡河不晚于{}{term}", day_zh(*due)),
                }
            }
            Self::Handle { text, due, mark, .. } => {
                let due = day_zh(*due);
                match late {
                    1.. => {
                        let mark = marked("，时限", mark);
                        format!("处理已逾期{late}天：{text}（应不晚于{due}完成{mark}）")
                    }
                    0 if mark.is_empty() => format!("今日应处理：{text}"),
                    0 => format!("今日应处理：{text}（时限{mark}）"),
                    _ => format!("应不晚于{due}处理：{text}"),
                }
            }
        }
    }
}

fn marked(what: &str, mark: &str) -> String {
    if mark.is_empty() { String::new() } else { format!("{what}{mark}") }
}

fn with_exceedances(head: String, exceedances: &[Exceedance]) -> String {
    if exceedances.is_empty() {
        return head;
    }
    let list: Vec<String> = exceedances.iter().map(exceedance).collect();
    format!("{head}：{}", list.join("、"))
}

fn exceedance(exceedance: &Exceedance) -> String {
    let Exceedance { parameter, value, limit, direction } = exceedance;
    let side = match direction {
        Direction::AtMost => "限值",
        Direction::AtLeast => "限值不低于",
    };
    let name = parameter.zh();
    if parameter.unit() == Unit::PhUnit {
        format!("{name}{}（无量纲，{side}{}）", value.normalize(), limit.normalize())
    } else {
        format!("{name}{}（{side}{}）", quantity(*parameter, *value), quantity(*parameter, *limit))
    }
}

fn quantity(parameter: Parameter, value: Decimal) -> String {
    format!("{}{}", value.normalize(), parameter.unit().symbol())
}

/// The class as printed (GB 3838-2002); six is worse than Ⅴ.
fn class_zh(class: u8) -> &'static str {
    match class {
        1 => "Ⅰ类",
        2 => "Ⅱ类",
        3 => "Ⅲ类",
        4 => "Ⅳ类",
        5 => "Ⅴ类",
        _ => "劣Ⅴ类",
    }
}

fn day_zh(day: NaiveDate) -> String {
    ReportPeriod::Day(day).zh()
}
