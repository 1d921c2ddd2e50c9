//! 河长每日巡查单: one page per chief, short enough for a phone, in the order in which he needs it: what is overdue, what is due
//! today, what is out of order on his waters, then the rest.
//!
//! Patrol frequencies and times for problems differ by place and come from the configuration; an unconfirmed one carries its mark.

use lanbi_analytics::river_chief::PatrolDuty;
use lanbi_model::{Chief, PatrolRule, standard::Confidence, standard::WaterClass};
use serde::Serialize;

use super::alarms::{self, AlarmFacts, AlarmRow};
use super::clues::WorseningFacts;
use super::ditches::{self, DitchFacts, DitchRow};
use super::head::{Head, HeadFacts};
use super::outlets::{self, OutletFacts, OutletRow};
use super::problems::{self, Due, ProblemFacts, ProblemRow};
use super::sections::{self, SectionFacts, SectionRow};

/// What a chief looks at on every patrol.
const STANDING_CHECKS: [&str; 5] = [
    "水面无成片漂浮物、病死动物，水生植物无疯长",
    "堤岸无垃圾堆放，无乱占、乱采、乱堆、乱建",
    "水体无异味、无发黑，河底无明显淤积",
    "晴天排污口无污水排出，无新增或复开排污口",
    "河长公示牌完好、信息准确，上次问题已整改",
];

/// Findings that get a line of their own before the standing checks, so that the list stays within seven.
const FINDING_LINES: usize = 2;

/// When a chief must patrol.
#[derive(Clone, Copy, Debug)]
pub struct PatrolFacts {
    /// How often, and what a patrol must reach to count.
    pub rule: PatrolRule,
    /// Where the chief stands on the day.
    pub duty: PatrolDuty,
    /// Confidence in the rule.
    pub confidence: Confidence,
}

/// One chief with the last 24 hours on his waters.
#[derive(Clone, Debug)]
pub struct ChiefFacts {
    /// The chief.
    pub chief: Chief,
    /// Sections, last 24 hours; `before` the 24 hours before.
    pub sections: Vec<SectionFacts>,
    /// Outlets, last 24 hours.
    pub outlets: Vec<OutletFacts>,
    /// Worsenings of his sections that began on the day, with what fits upstream.
    pub clues: Vec<WorseningFacts>,
    /// Black-odorous list.
    pub ditches: Vec<DitchFacts>,
    /// Alarms on his stations; only standing ones are printed.
    pub alarms: Vec<AlarmFacts>,
    /// Problems on his waters; only open ones are printed.
    pub problems: Vec<ProblemFacts>,
    /// Patrol duty.
    pub patrol: PatrolFacts,
}

/// What the daily checks are built from.
#[derive(Clone, Debug)]
pub struct RiverChiefFacts {
    /// Head; the period is one day.
    pub head: HeadFacts,
    /// Classes Ⅰ to 劣Ⅴ.
    pub classes: Vec<WaterClass>,
    /// Chiefs in the order of the registry.
    pub chiefs: Vec<ChiefFacts>,
}

/// Patrol duty as printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Patrol {
    /// State.
    pub due: Due,
    /// For example `已逾期3天（应于10-02前巡查）`.
    pub text: String,
    /// For example `每7天1次`.
    pub frequency: String,
    /// Day of the last patrol that counts, or a dash.
    pub last: String,
    /// Patrols since then that do not count, such as `另有1次未达最低要求，不计`; empty where there are none.
    pub short: String,
    /// 未核实 or empty.
    pub mark: &'static str,
}

/// The page of one chief.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChiefPage {
    /// Id, used in file names and anchors.
    pub id: String,
    /// Name.
    pub name: String,
    /// Level.
    pub level: &'static str,
    /// Waters, joined.
    pub waters: String,
    /// What is overdue: patrol and problems.
    pub overdue: Vec<String>,
    /// What is due today.
    pub today: Vec<String>,
    /// Number of things out of order on the waters.
    pub findings: usize,
    /// One line: what is out of order, that nothing is, or that nobody knows.
    pub headline: String,
    /// Sections.
    pub sections: Vec<SectionRow>,
    /// Outlets.
    pub outlets: Vec<OutletRow>,
    /// Black-odorous list.
    pub ditches: Vec<DitchRow>,
    /// Standing alarms.
    pub alarms: Vec<AlarmRow>,
    /// Open problems, overdue first.
    pub problems: Vec<ProblemRow>,
    /// Patrol duty.
    pub patrol: Patrol,
    /// Lines to tick.
    pub checklist: Vec<String>,
}

impl ChiefPage {
    /// Whether something is overdue or out of order.
    #[must_use]
    pub const fn is_alert(&self) -> bool {
        self.findings > 0 || !self.overdue.is_empty()
    }

    /// `逾期2项，今日到期1项，在办问题3个`; empty where there is nothing of it.
    #[must_use]
    pub fn tasks(&self) -> String {
        let counts = [
            (self.overdue.len(), "逾期", "项"),
            (self.today.len(), "今日到期", "项"),
            (self.problems.len(), "在办问题", "个"),
        ];
        let some = counts.into_iter().filter(|(n, ..)| *n > 0);
        some.map(|(n, what, unit)| format!("{what}{n}{unit}")).collect::<Vec<_>>().join("，")
    }
}

/// The daily checks of all chiefs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RiverChiefs {
    /// Head.
    pub head: Head,
    /// Pages.
    pub chiefs: Vec<ChiefPage>,
    /// Notes at the foot.
    pub notes: Vec<String>,
}

impl RiverChiefs {
    /// The page of a chief.
    #[must_use]
    pub fn chief(&self, id: &str) -> Option<&ChiefPage> {
        self.chiefs.iter().find(|c| c.id == id)
    }
}

/// Builds the pages.
#[must_use]
pub fn build(facts: &RiverChiefFacts) -> RiverChiefs {
    let mut notes = vec![
        "水质为近24小时自动监测实况，未经人工审核；“NA”表示缺测或数据不足。".to_owned(),
        "巡查频次、最低里程时长和问题办理时限为系统配置，标“未核实”的以本地河长制文件为准。".to_owned(),
        "问题办理时限自交办起算；所辖水体上未明确河长的问题和下级河长的问题一并列出。".to_owned(),
    ];
    notes.extend(sections::note(&sections::SectionsFacts {
        classes: facts.classes.clone(),
        sections: facts.chiefs.iter().flat_map(|c| c.sections.clone()).collect(),
    }));
    RiverChiefs {
        head: Head::build("河长每日巡查单", &facts.head),
        chiefs: facts.chiefs.iter().map(|chief| page(chief, facts)).collect(),
        notes,
    }
}

fn page(facts: &ChiefFacts, all: &RiverChiefFacts) -> ChiefPage {
    let sections: Vec<SectionRow> = facts.sections.iter().map(|s| sections::row(s, &all.classes)).collect();
    let outlets = outlets::build(&facts.outlets);
    let ditches = ditches::build(&facts.ditches);
    let standing: Vec<AlarmRow> =
        alarms::build(&facts.alarms, &all.head).rows.into_iter().filter(|r| r.standing).collect();

    let failing = sections.iter().filter(|s| s.meets == "未达标").count();
    let over = outlets.iter().filter(|o| o.items.iter().any(|i| i.over)).count();
    // Without data nothing can be called in order.
    let blind = sections.iter().filter(|s| s.class.is_none() && s.absent == "NA").count()
        + outlets.iter().filter(|o| o.over == "NA").count()
        + ditches.iter().filter(|d| d.grade == "NA").count();
    let black = ditches.iter().filter(|d| d.black).count();
    let parts: Vec<String> = [
        (failing, "个断面未达标"),
        (over, "个排污口超标"),
        (black, "处黑臭"),
        (standing.len(), "起报警未解除"),
        (blind, "个点位无有效数据"),
    ]
    .into_iter()
    .filter(|(n, _)| *n > 0)
    .map(|(n, words)| format!("{n}{words}"))
    .collect();
    let findings = failing + over + black + standing.len() + blind;
    let is_watched = !sections.is_empty() || !outlets.is_empty() || !ditches.is_empty();
    let patrol = patrol(facts.patrol);
    let at = all.head.generated_at.min(all.head.zone.end_of(all.head.period.last()));
    let problems = problems::open_rows(&facts.problems, &all.head, at);
    let tasks = |due: Due| -> Vec<String> {
        let walk = (patrol.due == due).then(|| format!("巡河：{}", patrol.text));
        walk.into_iter().chain(problems.iter().filter(|p| p.due == due).map(ProblemRow::line)).collect()
    };
    ChiefPage {
        id: facts.chief.id.clone(),
        name: facts.chief.name.clone(),
        level: facts.chief.level.zh(),
        waters: facts.chief.waters.join("、"),
        overdue: tasks(Due::Overdue),
        today: tasks(Due::Today),
        findings,
        headline: if !parts.is_empty() {
            format!("需关注：{}", parts.join("，"))
        } else if is_watched {
            "近24小时未发现异常".to_owned()
        } else {
            "所辖水体无监测点位，水质情况不明，请现场查看".to_owned()
        },
        checklist: checklist(&sections, &outlets, &ditches, &facts.clues),
        patrol,
        sections,
        outlets,
        ditches,
        alarms: standing,
        problems,
    }
}

fn patrol(facts: PatrolFacts) -> Patrol {
    let PatrolFacts { rule, duty, confidence } = facts;
    let short = |day: chrono::NaiveDate| day.format("%m-%d").to_string();
    let text = match (duty.until, Due::from(duty.due)) {
        (None, _) => "今日应巡（无巡查记录）".to_owned(),
        (Some(until), Due::Overdue) => {
            format!("已逾期{}天（应于{}前巡查）", duty.overdue_days, short(until))
        }
        (Some(_), Due::Today) => "今日应巡".to_owned(),
        (Some(until), Due::Later) => format!("下次应于{}前巡查", short(until)),
    };
    Patrol {
        due: duty.due.into(),
        text,
        frequency: if rule.every_days == 1 {
            "每日1次".to_owned()
        } else {
            format!("每{}天1次", rule.every_days)
        },
        last: duty.last.map_or_else(|| "—".to_owned(), short),
        short: match duty.short {
            0 => String::new(),
            some => format!("另有{some}次未达最低要求，不计"),
        },
        mark: confidence.zh(),
    }
}

fn outlets_over(outlets: &[OutletRow]) -> impl Iterator<Item = &OutletRow> {
    outlets.iter().filter(|outlet| outlet.items.iter().any(|item| item.over))
}

fn checklist(
    sections: &[SectionRow],
    outlets: &[OutletRow],
    ditches: &[DitchRow],
    clues: &[WorseningFacts],
) -> Vec<String> {
    let found =
        outlets_over(outlets).map(|o| format!("到{}查看出水颜色、气味，核实超标原因〔{}〕", o.name, o.over));
    let ditches = ditches
        .iter()
        .filter(|d| d.black)
        .map(|d| format!("到{}查看水色、气味和沿岸来水〔{}〕", d.name, d.grade));
    let over: Vec<&str> = outlets_over(outlets).map(|outlet| outlet.name.as_str()).collect();
    let mut traced: Vec<(&str, &str)> = Vec::new();
    for clue in clues {
        let first = clue.candidates.first().map(|candidate| (candidate.name.as_str(), clue.section.as_str()));
        traced.extend(first.filter(|place| !over.contains(&place.0) && !traced.contains(place)));
    }
    let traced = traced
        .into_iter()
        .map(|(place, section)| format!("到{place}查看：{section}升高的上游线索（非责任认定）"));
    let sections = sections
        .iter()
        .filter(|s| s.meets == "未达标")
        .map(|s| format!("到{}上游排查来水和排口〔{}〕", s.name, s.exceeded));
    found
        .chain(traced)
        .chain(ditches)
        .chain(sections)
        .take(FINDING_LINES)
        .chain(STANDING_CHECKS.map(str::to_owned))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_patrol_is_due_late_or_ahead() {
        let check = |last: Option<&str>, every_days, due, overdue_days, expected: Due, text: &str| {
            let last: Option<chrono::NaiveDate> = last.map(|l| l.parse().unwrap());
            let until = last.and_then(|l| l.checked_add_days(chrono::Days::new(u64::from(every_days))));
            let built = patrol(PatrolFacts {
                rule: PatrolRule { every_days, min_length_m: 0, min_minutes: 0 },
                duty: PatrolDuty { last, until, due, overdue_days, short: 0 },
                confidence: Confidence::Unverified,
            });
            assert_eq!((built.due, built.text.as_str(), built.mark), (expected, text, "未核实"));
        };
        use lanbi_analytics::river_chief::Due as Known;
        check(Some("2026-10-04"), 1, Known::Today, 0, Due::Today, "今日应巡");
        check(Some("2026-09-25"), 7, Known::Overdue, 3, Due::Overdue, "已逾期3天（应于10-02前巡查）");
        check(Some("2026-10-01"), 7, Known::Later, 0, Due::Later, "下次应于10-08前巡查");
        check(None, 7, Known::Today, 0, Due::Today, "今日应巡（无巡查记录）");
    }
}
