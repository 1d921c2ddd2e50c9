//! 河长每日巡查单: one page per chief, short enough for a phone: his waters, what is out of order, what is due.
//!
//! Patrol frequencies differ by place and level and come from the configuration; an unconfirmed one carries its mark.

use chrono::{Days, NaiveDate};
use lanbi_model::{Chief, standard::Confidence, standard::WaterClass};
use serde::Serialize;

use super::alarms::{self, AlarmFacts, AlarmRow};
use super::ditches::{self, DitchFacts, DitchRow};
use super::head::{Head, HeadFacts};
use super::outlets::{self, OutletFacts, OutletRow};
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
    /// Days between two patrols.
    pub every_days: u16,
    /// Last patrol on record.
    pub last: Option<NaiveDate>,
    /// Confidence in the frequency.
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
    /// Black-odorous list.
    pub ditches: Vec<DitchFacts>,
    /// Alarms on his stations; only standing ones are printed.
    pub alarms: Vec<AlarmFacts>,
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

/// Whether a patrol is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Due {
    /// 今日应巡.
    Today,
    /// 逾期.
    Overdue,
    /// 未到期.
    Later,
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
    /// Number of things out of order.
    pub findings: usize,
    /// One line: what is out of order, or that nothing is.
    pub headline: String,
    /// Sections.
    pub sections: Vec<SectionRow>,
    /// Outlets.
    pub outlets: Vec<OutletRow>,
    /// Black-odorous list.
    pub ditches: Vec<DitchRow>,
    /// Standing alarms.
    pub alarms: Vec<AlarmRow>,
    /// Patrol duty.
    pub patrol: Patrol,
    /// Lines to tick.
    pub checklist: Vec<String>,
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
        "巡查频次为系统配置，标“未核实”的以本地河长制文件为准。".to_owned(),
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
    let blind = sections.iter().filter(|s| s.class.is_none()).count()
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
    ChiefPage {
        id: facts.chief.id.clone(),
        name: facts.chief.name.clone(),
        level: facts.chief.level.zh(),
        waters: facts.chief.waters.join("、"),
        findings,
        headline: if parts.is_empty() {
            "近24小时未发现异常".to_owned()
        } else {
            format!("需关注：{}", parts.join("，"))
        },
        checklist: checklist(&sections, &outlets, &ditches),
        patrol: patrol(facts.patrol, all.head.period.last()),
        sections,
        outlets,
        ditches,
        alarms: standing,
    }
}

fn patrol(facts: PatrolFacts, today: NaiveDate) -> Patrol {
    let due = facts.last.and_then(|last| last.checked_add_days(Days::new(facts.every_days.into())));
    let short = |day: NaiveDate| day.format("%m-%d").to_string();
    let (state, text) = match due {
        None => (Due::Today, "今日应巡（无巡查记录）".to_owned()),
        Some(due) if due < today => {
            (Due::Overdue, format!("已逾期{}天（应于{}前巡查）", (today - due).num_days(), short(due)))
        }
        Some(due) if due == today => (Due::Today, "今日应巡".to_owned()),
        Some(due) => (Due::Later, format!("下次应于{}前巡查", short(due))),
    };
    Patrol {
        due: state,
        text,
        frequency: if facts.every_days == 1 {
            "每日1次".to_owned()
        } else {
            format!("每{}天1次", facts.every_days)
        },
        mark: facts.confidence.zh(),
    }
}

fn checklist(sections: &[SectionRow], outlets: &[OutletRow], ditches: &[DitchRow]) -> Vec<String> {
    let outlets = outlets
        .iter()
        .filter(|o| o.items.iter().any(|i| i.over))
        .map(|o| format!("到{}查看出水颜色、气味，核实超标原因〔{}〕", o.name, o.over));
    let ditches = ditches
        .iter()
        .filter(|d| d.black)
        .map(|d| format!("到{}查看水色、气味和沿岸来水〔{}〕", d.name, d.grade));
    let sections = sections
        .iter()
        .filter(|s| s.meets == "未达标")
        .map(|s| format!("到{}上游排查来水和排口〔{}〕", s.name, s.exceeded));
    outlets
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
        let today = "2026-10-05".parse().unwrap();
        let check = |last: Option<&str>, every_days, due, text: &str| {
            let built = patrol(
                PatrolFacts {
                    every_days,
                    last: last.map(|l| l.parse().unwrap()),
                    confidence: Confidence::Unverified,
                },
                today,
            );
            assert_eq!((built.due, built.text.as_str(), built.mark), (due, text, "未核实"));
        };
        check(Some("2026-10-04"), 1, Due::Today, "今日应巡");
        check(Some("2026-09-25"), 7, Due::Overdue, "已逾期3天（应于10-02前巡查）");
        check(Some("2026-10-01"), 7, Due::Later, "下次应于10-08前巡查");
        check(None, 7, Due::Today, "今日应巡（无巡查记录）");
    }
}
