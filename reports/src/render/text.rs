//! The river chief's daily check as plain text for messaging: short lines, no tables.

use crate::ReportError;
use crate::report::head::Head;
use crate::report::river_chief::{ChiefPage, RiverChiefs};

/// All chiefs, separated by a line.
#[must_use]
pub fn river_chiefs(report: &RiverChiefs) -> String {
    report.chiefs.iter().map(|chief| page(&report.head, chief)).collect::<Vec<_>>().join("\n————————\n\n")
}

/// One chief.
///
/// # Errors
/// No such chief in the report.
pub fn river_chief(report: &RiverChiefs, id: &str) -> Result<String, ReportError> {
    let chief = report.chief(id).ok_or_else(|| ReportError::NoSuchChief(id.to_owned()))?;
    Ok(page(&report.head, chief))
}

fn page(head: &Head, chief: &ChiefPage) -> String {
    let mark = |mark: &str| if mark.is_empty() { String::new() } else { format!("〔{mark}〕") };
    let mut lines = vec![
        format!("【{}】{}{}", head.kind, head.period, if head.demo { "（示例）" } else { "" }),
        format!("{} {}河长 {}", head.district, chief.level, chief.name),
        format!("负责水体：{}", chief.waters),
        chief.headline.clone(),
        format!("巡查：{}；{}{}", chief.patrol.text, chief.patrol.frequency, mark(chief.patrol.mark)),
    ];
    let mut group = |title: &str, entries: Vec<String>| {
        if !entries.is_empty() {
            lines.push(String::new());
            lines.push(format!("■ {title}"));
            lines.extend(entries);
        }
    };
    group(
        "水质断面（近24小时）",
        chief
            .sections
            .iter()
            .map(|s| {
                let class = s.class.as_ref().map_or("NA".to_owned(), |c| class_words(&c.name));
                let target =
                    s.target.as_ref().map_or(String::new(), |t| format!("，目标{}", class_words(&t.name)));
                let change =
                    if s.change.is_empty() { String::new() } else { format!("，较前日{}", s.change) };
                let over = if ["—", "NA"].contains(&s.exceeded.as_str()) {
                    String::new()
                } else {
                    format!("，{}：{}", base_words(s.base.as_deref()), s.exceeded)
                };
                format!("{} {class}{target} {}{change}{over}", s.name, s.meets)
            })
            .collect(),
    );
    group(
        "入河排污口",
        chief
            .outlets
            .iter()
            .map(|o| {
                let over = match o.over.as_str() {
                    "—" => "日均值未超标".to_owned(),
                    "NA" => "无有效日均值".to_owned(),
                    items => format!("日均值超标 {items}"),
                };
                format!("{} {over}，小时预警{}次{}", o.name, o.hours_over, mark(o.mark))
            })
            .collect(),
    );
    group(
        "黑臭水体名录",
        chief.ditches.iter().map(|d| format!("{} {}{}", d.name, d.grade, mark(d.change))).collect(),
    );
    group(
        "未解除报警",
        chief.alarms.iter().map(|a| format!("{} {} {}", a.raised, a.severity, a.text)).collect(),
    );
    group("今日检查", chief.checklist.iter().map(|line| format!("□ {line}")).collect());
    lines.push(String::new());
    lines.join("\n")
}

/// What the multiples refer to: the target may be looser than the class they are reckoned from.
fn base_words(base: Option<&str>) -> String {
    base.map_or_else(|| "超标".to_owned(), |base| format!("超{}", class_words(base)))
}

/// 劣Ⅴ stands alone, the others take 类.
fn class_words(name: &str) -> String {
    if name.starts_with('劣') { name.to_owned() } else { format!("{name}类") }
}
