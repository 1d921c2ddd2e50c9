//! The river chief's daily check as plain text for messaging: short lines, no tables, at most 20 lines a chief. What does not fit is
//! counted; the page has all of it.

use crate::ReportError;
use crate::report::head::Head;
use crate::report::problems::{Due, ProblemRow};
use crate::report::river_chief::{ChiefPage, RiverChiefs};
use crate::report::sections::SectionRow;

/// Entries of each group: overdue, due today, out of order, and other open problems. With a heading each, the two lines of the head
/// and one each of waters in order, of the next patrol and of what to look at they make 20 lines.
const ENTRIES: [usize; 4] = [3, 2, 4, 2];
/// Names in a line of them.
const NAMES: usize = 4;
/// Characters of an entry.
const WIDTH: usize = 42;

/// What a chief looks at on every patrol, in one line.
const LOOK: &str = "【必查】漂浮物、堤岸垃圾、四乱、黑臭淤积、晴天排污、公示牌";

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
    let mark =
        if chief.patrol.mark.is_empty() { String::new() } else { format!("〔{}〕", chief.patrol.mark) };
    let mut lines = vec![
        format!("【{}】{}{}", head.kind, head.period, if head.demo { "（示例）" } else { "" }),
        cut(&format!("{} {}河长：{}", chief.name, chief.level, chief.waters)),
    ];
    let [overdue, today, findings, open] = ENTRIES;
    group(&mut lines, "逾期", "项", &chief.overdue, overdue);
    group(&mut lines, "今日到期", "项", &chief.today, today);
    let found = findings_of(chief);
    if found.is_empty() {
        lines.push(format!("【水质】{}", chief.headline));
    }
    group(&mut lines, "发现", "项", &found, findings);
    lines.extend(in_order(chief));
    let later = chief.problems.iter().filter(|row| row.due == Due::Later);
    group(&mut lines, "在办", "个", &later.map(ProblemRow::line).collect::<Vec<_>>(), open);
    let next = if chief.patrol.due == Due::Later { chief.patrol.text.as_str() } else { "" };
    let parts =
        [next, &chief.patrol.frequency, &chief.patrol.short].into_iter().filter(|part| !part.is_empty());
    lines.push(format!("【巡河】{}{mark}", parts.collect::<Vec<_>>().join("，")));
    lines.push(LOOK.to_owned());
    lines.push(String::new());
    lines.join("\n")
}

/// A heading with the number of entries, and the first of them.
fn group(lines: &mut Vec<String>, heading: &str, unit: &str, entries: &[String], most: usize) {
    if entries.is_empty() {
        return;
    }
    let all = entries.len();
    lines.push(format!("【{heading}】{all}{unit}"));
    lines.extend(entries.iter().take(most).map(|entry| format!("·{}", cut(entry))));
    if let Some(last) = lines.last_mut().filter(|_| all > most) {
        last.push_str(&format!("……等{all}{unit}"));
    }
}

/// What is out of order, the most urgent first: alarms, outlets, ditches, sections, and what nobody knows.
fn findings_of(chief: &ChiefPage) -> Vec<String> {
    let is_over = |over: &str| over != "—" && over != "NA";
    let outlets = chief
        .outlets
        .iter()
        .filter(|o| is_over(&o.over))
        .map(|o| format!("{} 日均值超标 {}", o.name, o.over));
    let ditches = chief.ditches.iter().filter(|d| d.black).map(|d| {
        let change = if d.change.is_empty() { String::new() } else { format!("，{}", d.change) };
        format!("{} {}{change}", d.name, d.grade)
    });
    let failing = chief.sections.iter().filter(|s| s.meets == "未达标").map(section);
    let blind: Vec<&str> = chief
        .sections
        .iter()
        .filter(|s| s.class.is_none())
        .map(|s| s.name.as_str())
        .chain(chief.outlets.iter().filter(|o| o.over == "NA").map(|o| o.name.as_str()))
        .chain(chief.ditches.iter().filter(|d| d.grade == "NA").map(|d| d.name.as_str()))
        .collect();
    let blind = (!blind.is_empty()).then(|| format!("无有效数据：{}", names(&blind)));
    alarms(chief).into_iter().chain(outlets).chain(ditches).chain(failing).chain(blind).collect()
}

/// Standing alarms, one line a station: how many, and what the first of them says.
fn alarms(chief: &ChiefPage) -> Vec<String> {
    let mut stations: Vec<&str> = Vec::new();
    for alarm in &chief.alarms {
        if !stations.contains(&alarm.station.as_str()) {
            stations.push(&alarm.station);
        }
    }
    let line = |station: &&str| {
        let mut own = chief.alarms.iter().filter(|alarm| alarm.station == *station);
        let first = own.next()?;
        let text = first.text.strip_prefix(station).unwrap_or(&first.text).trim_start();
        let count = match own.count() {
            0 => String::new(),
            more => format!("{}起", more + 1),
        };
        Some(format!("{}报警{count} {station}：{text}", first.severity))
    };
    stations.iter().filter_map(line).collect()
}

/// Class, target, change and what is exceeded.
fn section(row: &SectionRow) -> String {
    let class = row.class.as_ref().map_or("NA".to_owned(), |c| class_words(&c.name));
    let target = row.target.as_ref().map_or(String::new(), |t| format!("（目标{}）", t.name));
    let over = if ["—", "NA"].contains(&row.exceeded.as_str()) || row.meets != "未达标" {
        String::new()
    } else {
        format!("，{}", row.exceeded)
    };
    let change = match row.change {
        "" | "无明显变化" => String::new(),
        change => format!("，较前日{change}"),
    };
    format!("{} {class}{target}{change}{over}", row.name)
}

/// The sections that keep their target or have none, in one line.
fn in_order(chief: &ChiefPage) -> Option<String> {
    let kept: Vec<String> = chief
        .sections
        .iter()
        .filter(|s| s.class.is_some() && s.meets != "未达标")
        .map(|s| {
            let class = s.class.as_ref().map_or_else(String::new, |c| class_words(&c.name));
            let change = if s.change == "无明显变化" { "" } else { s.change };
            format!("{} {class}{change}", s.name)
        })
        .collect();
    let kept: Vec<&str> = kept.iter().map(String::as_str).collect();
    (!kept.is_empty()).then(|| format!("【达标断面】{}", names(&kept)))
}

fn names(all: &[&str]) -> String {
    let first = all.iter().take(NAMES).copied().collect::<Vec<_>>().join("、");
    if all.len() > NAMES { format!("{first}等{}个", all.len()) } else { first }
}

/// The text up to the width of an entry.
fn cut(text: &str) -> String {
    if text.chars().count() <= WIDTH {
        return text.to_owned();
    }
    let first: String = text.chars().take(WIDTH - 1).collect();
    format!("{first}…")
}

/// 劣Ⅴ stands alone, the others take 类.
fn class_words(name: &str) -> String {
    if name.starts_with('劣') { name.to_owned() } else { format!("{name}类") }
}
