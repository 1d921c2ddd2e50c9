//! The sentences of the 河长制工作月报, made from its rows.

use lanbi_model::Decimal;

use super::figure::fixed;
use super::problems::{Due, ProblemRow, ProblemTally};
use super::river_chief_month::{ChiefMonthRow, ChiefsMonthFacts, ReachesFacts, TownRow, by_level};
use super::words::list;

/// So many are named one by one; the rest is a number.
const NAMED: usize = 5;

/// The first of some names, and how many there are where not all are named.
fn named(names: &[String], unit: &str) -> String {
    let first = list(&names.iter().take(NAMED).cloned().collect::<Vec<_>>());
    if names.len() > NAMED { format!("{first}等{}{unit}", names.len()) } else { first }
}

/// Chiefs, patrols and problems in numbers.
pub(super) fn overview(facts: &ChiefsMonthFacts, chiefs: &[ChiefMonthRow], all: &ProblemTally) -> String {
    let levels: Vec<String> =
        by_level(&facts.chiefs).into_iter().map(|(level, count)| format!("{level}{count}名")).collect();
    let mut text = if chiefs.is_empty() {
        "未登记河长。".to_owned()
    } else {
        format!("登记河长{}名（{}）。", chiefs.len(), levels.join("、"))
    };
    let required: u32 = chiefs.iter().map(|row| row.required).sum();
    let done: u32 = chiefs.iter().map(|row| row.done).sum();
    text.push_str(&format!("应巡{required}次，有效巡查{done}次"));
    let metres: Decimal = facts.chiefs.iter().map(|chief| chief.patrol.length_m).sum();
    if !metres.is_zero() {
        text.push_str(&format!("，里程{}千米", fixed(metres / Decimal::ONE_THOUSAND, 1)));
    }
    text.push_str(&format!(
        "。新发现问题{}个，销号{}个，期末在办{}个，其中逾期{}个。",
        all.found, all.closed, all.open, all.overdue
    ));
    text
}

/// Grades by length.
pub(super) fn lengths(facts: &ReachesFacts) -> String {
    let whole: Decimal = facts.shares.iter().map(|share| share.length).sum();
    let counted: u32 = facts.shares.iter().map(|share| share.reaches).sum();
    let shares: Vec<String> = facts
        .shares
        .iter()
        .filter(|share| share.reaches > 0)
        .map(|share| {
            let percent = share
                .percent
                .map_or_else(String::new, |percent| format!("，占{}%", fixed(percent, facts.share_decimals)));
            format!("{}{}个、{}千米{percent}", share.category, share.reaches, share.length)
        })
        .collect();
    let mut text = if shares.is_empty() {
        "无可评价的河段。".to_owned()
    } else {
        format!("{counted}个河段、{whole}千米按长度计：{}。", shares.join("；"))
    };
    let missing: Vec<String> = facts
        .reaches
        .iter()
        .filter(|reach| reach.grade.is_none())
        .map(|reach| format!("{}（{}）", reach.name, reach.why))
        .collect();
    if !missing.is_empty() {
        text.push_str(&format!("{}未评价，不计入总长。", named(&missing, "个河段")));
    }
    text
}

/// Problems by kind and town, and the rate of those closed in time.
pub(super) fn problems(
    all: &ProblemTally,
    kinds: &[ProblemTally],
    towns: &[ProblemTally],
    open: &[ProblemRow],
) -> String {
    if kinds.is_empty() {
        return "本期无问题记录。".to_owned();
    }
    let found = |rows: &[ProblemTally]| {
        let mut rows: Vec<&ProblemTally> = rows.iter().filter(|row| row.found > 0).collect();
        rows.sort_by_key(|row| std::cmp::Reverse(row.found));
        list(&rows.iter().map(|row| format!("{}{}个", row.name, row.found)).collect::<Vec<_>>())
    };
    let mut text = format!("新发现问题{}个", all.found);
    if all.found > 0 {
        text.push_str(&format!("，按类型：{}；按街镇：{}", found(kinds), found(towns)));
    }
    text.push_str(&format!("。销号{}个，其中按期{}个", all.closed, all.in_time));
    if all.rate.value.is_some() {
        text.push_str(&format!("，按期销号率{}", all.rate.with_unit()));
    }
    text.push_str(&format!("；期末在办{}个，逾期{}个", all.open, all.overdue));
    let returned = open.iter().filter(|row| row.state == "退回").count();
    if returned > 0 {
        text.push_str(&format!("，退回{returned}个"));
    }
    let again = open.iter().filter(|row| !row.again.is_empty()).count();
    if again > 0 {
        text.push_str(&format!("，销号后再次发生{again}个"));
    }
    text.push('。');
    text
}

/// Patrols by chief.
pub(super) fn patrols(chiefs: &[ChiefMonthRow]) -> String {
    let due: Vec<&ChiefMonthRow> = chiefs.iter().filter(|row| row.required > 0).collect();
    let resting = chiefs.len() - due.len();
    if due.is_empty() {
        return "本期各河长均无应巡任务。".to_owned();
    }
    let kept: usize = due.iter().filter(|row| !row.below).count();
    let mut text = format!("本期应巡河长{}名，达到频次{kept}名", due.len());
    let below: Vec<String> = due
        .iter()
        .filter(|row| row.below)
        .map(|row| format!("{}（{}/{}次，{}）", row.name, row.done, row.required, row.rate.with_unit()))
        .collect();
    if !below.is_empty() {
        text.push_str(&format!("；未达频次：{}", named(&below, "名")));
    }
    let short: u32 = chiefs.iter().map(|row| row.short).sum();
    if short > 0 {
        text.push_str(&format!("；{short}次巡查未达最低要求，不计"));
    }
    if resting > 0 {
        text.push_str(&format!("；{resting}名本期无应巡任务"));
    }
    text.push('。');
    text
}

/// Places of towns by the water of their reaches.
pub(super) fn ranking(rows: &[TownRow]) -> String {
    if rows.is_empty() {
        return "未配置河段名录，不作排名。".to_owned();
    }
    let placed = rows.iter().filter(|row| row.place.value.is_some());
    let names: Vec<String> =
        placed.map(|row| format!("第{}名{}（{}分）", row.place, row.name, row.score)).collect();
    let mut text = if names.is_empty() {
        "各街镇均无完整的河段得分，不作排名。".to_owned()
    } else {
        format!("按河段水质得分：{}。", list(&names))
    };
    let left: Vec<String> =
        rows.iter().filter(|row| row.place.value.is_none()).map(|row| row.name.clone()).collect();
    if !left.is_empty() && !names.is_empty() {
        text.push_str(&format!("{}因暂停考核或缺测不参与排名。", list(&left)));
    }
    text
}

/// What is to be done, one sentence each, only where a number asks for it.
pub(super) fn requirements(
    facts: &ChiefsMonthFacts,
    chiefs: &[ChiefMonthRow],
    open: &[ProblemRow],
) -> Vec<String> {
    let mut lines = Vec::new();
    let late: Vec<String> = open.iter().filter(|row| row.due == Due::Overdue).map(late_problem).collect();
    if !late.is_empty() {
        lines.push(format!("立即办结逾期问题{}个：{}。", late.len(), named_lines(&late)));
    }
    let unassigned = open.iter().filter(|row| !row.is_assigned()).count();
    if unassigned > 0 {
        lines.push(format!("{unassigned}个问题尚未交办，请明确责任单位和办理时限。"));
    }
    let next = open.iter().find(|row| row.due != Due::Overdue && row.is_assigned());
    if let Some(next) = next {
        let in_time = open.iter().filter(|row| row.due != Due::Overdue && row.is_assigned()).count();
        lines.push(format!(
            "其余{in_time}个在办问题按期办结，最先到期的是{}（{}，{}到期）。",
            next.place, next.kind, next.deadline
        ));
    }
    let below: Vec<String> = chiefs
        .iter()
        .filter(|row| row.below)
        .map(|row| format!("{}（应巡{}次、实巡{}次）", row.name, row.required, row.done))
        .collect();
    if !below.is_empty() {
        lines.push(format!("{}巡查未达频次，请按规定补足。", named(&below, "名河长")));
    }
    let name = |class: Option<u8>| {
        let found = facts.classes.iter().find(|known| Some(known.class) == class);
        found.map_or_else(String::new, |class| class.name.clone())
    };
    let fell: Vec<String> = facts
        .sections
        .iter()
        .filter(|section| section.before.zip(section.class).is_some_and(|(before, now)| now > before))
        .map(|section| format!("{}（{}降为{}）", section.name, name(section.before), name(section.class)))
        .collect();
    if !fell.is_empty() {
        lines.push(format!("{}水质类别下降，请排查上游来水和沿岸排口。", named(&fell, "个断面")));
    }
    let failing: Vec<String> = facts
        .sections
        .iter()
        .filter(|section| section.class.zip(section.target).is_some_and(|(class, target)| class > target))
        .map(|section| section.name.clone())
        .collect();
    if !failing.is_empty() {
        lines.push(format!("{}未达水质目标，请落实治理措施。", named(&failing, "个断面")));
    }
    let blind: Vec<String> = facts
        .sections
        .iter()
        .filter(|section| section.class.is_none())
        .map(|section| section.name.clone())
        .collect();
    if !blind.is_empty() {
        lines.push(format!("{}数据不足，请核查监测设备。", named(&blind, "个断面")));
    }
    if lines.is_empty() {
        lines.push(if facts.chiefs.is_empty() || facts.sections.is_empty() {
            "本期可用数据不足，请先完善河长、断面登记和巡查记录。".to_owned()
        } else {
            "无逾期问题，巡查达到频次，断面类别无下降，继续做好日常管护。".to_owned()
        });
    }
    lines
}

fn late_problem(row: &ProblemRow) -> String {
    let holder = if row.holder == "—" { String::new() } else { format!("{}，", row.holder) };
    format!("{}{}（{holder}应于{}前销号，{}）", row.place, row.kind, row.deadline, row.late)
}

fn named_lines(lines: &[String]) -> String {
    let first = lines.iter().take(NAMED).cloned().collect::<Vec<_>>().join("；");
    if lines.len() > NAMED { format!("{first}；等{}个", lines.len()) } else { first }
}
