//! 入河排污口台账: how many outlets of which class stand where, what has changed in the period, and what is amiss.

use chrono::NaiveDate;
use lanbi_model::ReportPeriod;
use lanbi_model::outlet::{OutletClass, OutletEntry, OutletFinding, OutletState};
use serde::Serialize;

use super::figure::Figure;
use super::words;

/// The register on the last day of a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisterFacts {
    /// Outlets that were on the register by then.
    pub outlets: Vec<RegisteredFacts>,
    /// Names of monitored outlets that are not on it.
    pub unregistered: Vec<String>,
}

/// One outlet of the register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisteredFacts {
    /// What holds on the day.
    pub entry: OutletEntry,
    /// Since when its state has lasted.
    pub since: NaiveDate,
    /// Its state before that; none for its first.
    pub before: Option<OutletState>,
    /// What is amiss.
    pub findings: Vec<OutletFinding>,
}

/// The register as printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Register {
    /// Outlets by class, the classes without any left out; the last row holds all.
    pub classes: Vec<ClassRow>,
    /// Outlets by state: word and count; states without any left out.
    pub states: Vec<(&'static str, usize)>,
    /// Outlets that entered their state in the period, by day.
    pub changes: Vec<ChangeRow>,
    /// Outlets with something amiss.
    pub findings: Vec<FindingRow>,
    /// Names of monitored outlets that are not on the register.
    pub unregistered: Vec<String>,
    /// Share of all whose rectification is over, in percent.
    pub completion: Figure,
    /// The paragraph.
    pub sentence: String,
}

/// Outlets of one class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClassRow {
    /// Group of the class; empty in the sum.
    pub group: &'static str,
    /// Class.
    pub class: &'static str,
    /// 未核实, 单一来源 or empty.
    pub mark: &'static str,
    /// All.
    pub total: usize,
    /// Before their rectification: being looked for, monitored, traced.
    pub early: usize,
    /// Under rectification or waiting to be accepted.
    pub at_work: usize,
    /// 已销号 or 长效监管.
    pub settled: usize,
    /// 已取缔, 已封堵 or 已合并.
    pub closed: usize,
}

/// An outlet that entered a state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChangeRow {
    /// Day, `2026-10-05`.
    pub day: String,
    /// Name.
    pub name: String,
    /// Receiving water.
    pub water: String,
    /// State before, or a dash.
    pub before: &'static str,
    /// State.
    pub state: &'static str,
    /// Whether it came back.
    pub relapsed: bool,
}

/// An outlet with something amiss.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FindingRow {
    /// Id of the register.
    pub id: String,
    /// Name.
    pub name: String,
    /// Class.
    pub class: &'static str,
    /// Receiving water.
    pub water: String,
    /// Who answers for it, or a dash.
    pub responsible: String,
    /// State and since when: `整治中（2026-07-06起）`.
    pub state: String,
    /// What is amiss, joined.
    pub findings: String,
}

/// Builds the register as it stands at the end of a period.
#[must_use]
pub fn build(facts: &RegisterFacts, period: ReportPeriod) -> Register {
    let with = |class: OutletClass| facts.outlets.iter().filter(move |outlet| outlet.entry.class == class);
    let mut classes: Vec<ClassRow> = OutletClass::ALL
        .iter()
        .filter(|class| with(**class).next().is_some())
        .map(|class| class_row(class.group(), class.zh(), class.confidence().zh(), with(*class)))
        .collect();
    if !classes.is_empty() {
        classes.push(class_row("", "合计", "", facts.outlets.iter()));
    }
    let count = |state: OutletState| facts.outlets.iter().filter(|o| o.entry.state == state).count();
    let states = OutletState::ALL.into_iter().map(|state| (state.zh(), count(state)));
    let mut changes: Vec<ChangeRow> =
        facts.outlets.iter().filter(|o| period.first() <= o.since).map(change).collect();
    changes.sort_by(|a, b| a.day.cmp(&b.day));
    let done = facts.outlets.iter().filter(|outlet| outlet.entry.state.is_done()).count();
    let number = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
    let completion = Figure::percent(number(done), number(facts.outlets.len()));
    let mut findings: Vec<&RegisteredFacts> =
        facts.outlets.iter().filter(|outlet| !outlet.findings.is_empty()).collect();
    // What came back first, then who has most amiss.
    findings.sort_by_key(|outlet| {
        let came_back = outlet.findings.contains(&OutletFinding::Relapsed);
        (!came_back, std::cmp::Reverse(outlet.findings.len()))
    });
    Register {
        sentence: sentence(facts, done, &completion),
        classes,
        states: states.filter(|(_, count)| *count > 0).collect(),
        changes,
        findings: findings.into_iter().map(finding).collect(),
        unregistered: facts.unregistered.clone(),
        completion,
    }
}

fn class_row<'a>(
    group: &'static str,
    class: &'static str,
    mark: &'static str,
    outlets: impl Iterator<Item = &'a RegisteredFacts>,
) -> ClassRow {
    let mut row = ClassRow { group, class, mark, total: 0, early: 0, at_work: 0, settled: 0, closed: 0 };
    for outlet in outlets {
        let state = outlet.entry.state;
        row.total += 1;
        match state {
            OutletState::InRectification | OutletState::ToAccept => row.at_work += 1,
            state if state.is_closed() => row.closed += 1,
            state if state.is_done() => row.settled += 1,
            _ => row.early += 1,
        }
    }
    row
}

fn change(outlet: &RegisteredFacts) -> ChangeRow {
    ChangeRow {
        day: outlet.since.to_string(),
        name: outlet.entry.name.clone(),
        water: outlet.entry.water.clone(),
        before: outlet.before.map_or("—", OutletState::zh),
        state: outlet.entry.state.zh(),
        relapsed: outlet.before.is_some_and(OutletState::is_done) && !outlet.entry.state.is_done(),
    }
}

fn finding(outlet: &RegisteredFacts) -> FindingRow {
    let entry = &outlet.entry;
    let findings: Vec<String> = outlet.findings.iter().map(|finding| finding.zh()).collect();
    FindingRow {
        id: entry.id.clone(),
        name: entry.name.clone(),
        class: entry.class.zh(),
        water: entry.water.clone(),
        responsible: if entry.responsible.is_empty() { "—".to_owned() } else { entry.responsible.clone() },
        state: format!("{}（{}起）", entry.state.zh(), outlet.since),
        findings: words::list(&findings),
    }
}

fn sentence(facts: &RegisterFacts, done: usize, completion: &Figure) -> String {
    if facts.outlets.is_empty() {
        return "台账内无入河排污口。".to_owned();
    }
    let total = facts.outlets.len();
    let closed = facts.outlets.iter().filter(|outlet| outlet.entry.state.is_closed()).count();
    let mut text = format!(
        "台账登记入河排污口{total}个，其中已取缔、封堵或合并{closed}个；整治完成（含长效监管）{done}个，完成率{}。",
        completion.with_unit()
    );
    let mut kinds: Vec<(String, usize)> = Vec::new();
    let mut all: Vec<OutletFinding> =
        facts.outlets.iter().flat_map(|outlet| outlet.findings.iter().copied()).collect();
    all.sort_unstable();
    for finding in all {
        let words = match finding {
            OutletFinding::NoPermit(_) => "缺审批或登记手续".to_owned(),
            other => other.zh(),
        };
        match kinds.last_mut() {
            Some((last, count)) if *last == words => *count += 1,
            _ => kinds.push((words, 1)),
        }
    }
    if !facts.unregistered.is_empty() {
        kinds.push(("在线监测而未登记台账".to_owned(), facts.unregistered.len()));
    }
    let kinds: Vec<String> = kinds.iter().map(|(words, count)| format!("{words}{count}个")).collect();
    if kinds.is_empty() {
        text.push_str("未发现手续、溯源、责任主体和标志牌问题。");
    } else {
        text.push_str(&format!("台账问题：{}。", words::list(&kinds)));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outlet(class: &str, state: &str, since: &str, before: Option<&str>) -> RegisteredFacts {
        let class = OutletClass::find(class).unwrap();
        let state = OutletState::find(state).unwrap();
        let since: NaiveDate = since.parse().unwrap();
        let before = before.map(|word| OutletState::find(word).unwrap());
        let came_back = before.is_some_and(OutletState::is_done) && !state.is_done();
        RegisteredFacts {
            entry: OutletEntry {
                id: format!("p-{since}"),
                name: format!("{}{since}", class.zh()),
                code: String::new(),
                class,
                water: "西减河".to_owned(),
                area: String::new(),
                section: None,
                station: None,
                responsible: String::new(),
                permit: String::new(),
                sign: true,
                place: None,
                state,
                since,
                measure: None,
                remark: String::new(),
            },
            since,
            before,
            findings: if state.is_closed() {
                Vec::new()
            } else if came_back {
                vec![OutletFinding::Relapsed]
            } else {
                vec![OutletFinding::NoPermit(class), OutletFinding::NobodyResponsible]
            },
        }
    }

    fn facts() -> RegisterFacts {
        RegisterFacts {
            outlets: vec![
                outlet("factory", "traced", "2026-02-03", Some("monitored")),
                outlet("rural-scattered", "surveyed", "2026-10-03", None),
                outlet("factory", "sealed", "2026-10-02", Some("traced")),
                outlet("urban-plant", "in-rectification", "2026-10-20", Some("settled")),
            ],
            unregistered: vec!["某口".to_owned()],
        }
    }

    #[test]
    fn classes_and_states_add_up_to_all() {
        let built = build(&facts(), "2026-10".parse().unwrap());
        let rows: Vec<(&str, [usize; 5])> = built
            .classes
            .iter()
            .map(|row| (row.class, [row.total, row.early, row.at_work, row.settled, row.closed]))
            .collect();
        assert_eq!(
            rows,
            [
                ("工业企业排污口", [2, 1, 0, 0, 1]),
                ("城镇污水处理厂排污口", [1, 0, 1, 0, 0]),
                ("农村生活污水散排口", [1, 1, 0, 0, 0]),
                ("合计", [4, 2, 1, 0, 1]),
            ]
        );
        assert_eq!(built.states, [("已排查", 1), ("已溯源", 1), ("整治中", 1), ("已封堵", 1)]);
        assert_eq!(built.classes[2].mark, "未核实", "a class that was recalled carries its mark");
    }

    #[test]
    fn what_came_back_is_named_first_and_changes_are_those_of_the_period() {
        let built = build(&facts(), "2026-10".parse().unwrap());
        assert_eq!(built.findings[0].findings, "复发");
        assert_eq!(built.findings[1].findings, "缺审批手续、责任主体不明");
        let changes: Vec<(&str, &str, bool)> =
            built.changes.iter().map(|row| (row.day.as_str(), row.state, row.relapsed)).collect();
        assert_eq!(
            changes,
            [
                ("2026-10-02", "已封堵", false),
                ("2026-10-03", "已排查", false),
                ("2026-10-20", "整治中", true)
            ]
        );
        assert_eq!(
            built.sentence,
            "台账登记入河排污口4个，其中已取缔、封堵或合并1个；整治完成（含长效监管）1个，完成率25.0%。\
             台账问题：复发1个、缺审批或登记手续2个、责任主体不明2个、在线监测而未登记台账1个。"
        );
        let none = RegisterFacts { outlets: Vec::new(), unregistered: Vec::new() };
        assert_eq!(build(&none, "2026-10".parse().unwrap()).sentence, "台账内无入河排污口。");
    }
}
