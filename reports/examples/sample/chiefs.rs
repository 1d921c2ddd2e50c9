//! Made-up river chiefs with patrols and problems in every state: open, due today, overdue, returned, not assigned, closed in time
//! and closed late.

use chrono::NaiveDate;
use lanbi_analytics::river_chief::{patrol_duty, patrol_period, problem_clock, shares_by_length};
use lanbi_model::standard::Confidence;
use lanbi_model::{
    Chief, ChiefLevel, Instant, Parameter, Patrol, PatrolRule, Problem, ProblemKind, ProblemState,
    ProblemStep, ProblemTerms, ProblemUrgency, ReportPeriod, Zone,
};
use lanbi_reports::report::problems::{Due, ProblemFacts};
use lanbi_reports::report::river_chief::{ChiefFacts, PatrolFacts, RiverChiefFacts};
use lanbi_reports::report::river_chief_month::{
    ChiefMonthFacts, ChiefsMonthFacts, ReachFacts, ReachesFacts, TownFacts,
};
use lanbi_reports::report::sections::SectionFacts;

use super::waters::worsening;
use super::{alarms, at, classes, d, date, ditches, head, outlets, sections};

const TERMS: ProblemTerms = ProblemTerms {
    immediate: chrono::TimeDelta::hours(24),
    ordinary: chrono::TimeDelta::days(7),
    complex: chrono::TimeDelta::days(30),
};

fn chief(id: &str, name: &str, level: ChiefLevel, town: &str, waters: &[&str]) -> Chief {
    Chief {
        id: id.to_owned(),
        name: name.to_owned(),
        level,
        waters: waters.iter().map(|w| (*w).to_owned()).collect(),
        stations: Vec::new(),
        town: town.to_owned(),
        patrol_every_days: None,
        patrol_min_length_m: None,
        patrol_min_minutes: None,
    }
}

fn liu() -> Chief {
    chief("liu", "刘（示例）", ChiefLevel::Town, "示例东镇", &["北塘排水河", "西减河"])
}

fn chen() -> Chief {
    chief("chen", "陈（示例）", ChiefLevel::District, "", &["海河"])
}

fn zhao() -> Chief {
    chief("zhao", "赵（示例）", ChiefLevel::Village, "示例西街", &["东减河"])
}

const fn rule(every_days: u16) -> PatrolRule {
    PatrolRule { every_days, min_length_m: 300, min_minutes: 5 }
}

/// Walks that end at ten on days of October, or of September where the day is negative, each so many metres long.
fn patrols(walks: &[(i32, i64)]) -> Vec<Patrol> {
    let patrol = |(day, length): &(i32, i64)| {
        let month = if *day < 0 { 9 } else { 10 };
        let ended = at(month, day.unsigned_abs(), 10, 0);
        Patrol {
            id: format!("X-{month}-{}", day.unsigned_abs()),
            chief: String::new(),
            water: String::new(),
            started: ended - chrono::TimeDelta::minutes(40),
            ended,
            length_m: Some(d(*length, 0)),
            source: "示例".to_owned(),
            note: String::new(),
        }
    };
    walks.iter().map(patrol).collect()
}

/// Steps such as `found 10-01T08:00 网格员（示例）`, and to whom after another blank.
fn problem(
    id: &str,
    kind: ProblemKind,
    urgency: ProblemUrgency,
    place: [&str; 2],
    steps: &[&str],
) -> Problem {
    let step = |text: &&str| {
        let words: Vec<&str> = text.split(' ').collect();
        let word = |place: usize| words.get(place).copied().unwrap_or_default();
        let local = format!("2026-{}:00", word(1)).parse().unwrap_or_default();
        ProblemStep {
            state: ProblemState::parse(word(0)).unwrap_or(ProblemState::Found),
            at: Zone::shanghai().to_instant(local),
            by: word(2).to_owned(),
            to: word(3).to_owned(),
            note: String::new(),
        }
    };
    Problem {
        id: id.to_owned(),
        chief: Some("liu".to_owned()),
        water: place[0].to_owned(),
        place: place[1].to_owned(),
        kind,
        urgency,
        supervised: id == "W-002",
        source: "示例".to_owned(),
        steps: steps.iter().map(step).collect(),
    }
}

fn problems() -> Vec<Problem> {
    use ProblemUrgency::{Complex, Immediate, Ordinary};
    vec![
        problem(
            "W-001",
            ProblemKind::BankRubbish,
            Immediate,
            ["西减河", "西减河桥下游左岸"],
            &["found 10-02T08:10 网格员（示例）", "assigned 10-02T09:00 镇河长办（示例） 示例保洁公司"],
        ),
        problem(
            "W-002",
            ProblemKind::Dumping,
            Ordinary,
            ["北塘排水河", "泵站北侧"],
            &[
                "found 09-28T15:30 网格员（示例）",
                "assigned 09-28T16:00 镇河长办（示例） 示例一村",
                "handled 10-02T11:00 示例一村",
                "returned 10-03T09:00 镇河长办（示例）",
            ],
        ),
        problem(
            "W-003",
            ProblemKind::Bank,
            Complex,
            ["西减河", "二号闸护坡"],
            &["reported 10-04T10:00 热线（示例）", "assigned 10-05T09:00 镇河长办（示例） 示例水务所"],
        ),
        problem("W-004", ProblemKind::Sign, Ordinary, ["西减河", ""], &["found 10-05T17:20 刘（示例）"]),
        problem(
            "W-005",
            ProblemKind::Floating,
            Immediate,
            ["北塘排水河", "泵站前池"],
            &[
                "found 10-03T08:00 网格员（示例）",
                "assigned 10-03T08:30 镇河长办（示例） 示例保洁公司",
                "handled 10-03T15:00 示例保洁公司",
                "reviewed 10-03T16:00 镇河长办（示例）",
                "closed 10-03T16:00 镇河长办（示例）",
            ],
        ),
        problem(
            "W-006",
            ProblemKind::DryOutflow,
            Immediate,
            ["北塘排水河", "雨洪口"],
            &[
                "found 09-30T08:00 网格员（示例）",
                "assigned 09-30T09:00 镇河长办（示例） 示例水务所",
                "handled 10-02T10:00 示例水务所",
                "reviewed 10-02T16:00 镇河长办（示例）",
                "closed 10-02T17:00 镇河长办（示例）",
            ],
        ),
    ]
}

fn facts(problems: Vec<Problem>, day: NaiveDate, now: Instant) -> Vec<ProblemFacts> {
    let zone = Zone::shanghai();
    let facts = |problem: Problem| {
        let clock = problem_clock(&problem, &TERMS, now)?;
        let due = clock.due_on(day, zone, now).map(Due::from);
        Some(ProblemFacts {
            problem,
            clock,
            due,
            chief: "刘（示例）".to_owned(),
            town: "示例东镇".to_owned(),
        })
    };
    problems.into_iter().filter_map(facts).collect()
}

/// Three chiefs: one with trouble, one without, one who is late.
pub(crate) fn river_chief() -> RiverChiefFacts {
    let all = sections();
    let pick = |names: &[&str]| -> Vec<SectionFacts> {
        all.sections.iter().filter(|s| names.contains(&s.name.as_str())).cloned().collect()
    };
    let day = date(2026, 10, 5);
    let patrol = |every_days, walks: &[(i32, i64)]| PatrolFacts {
        rule: rule(every_days),
        duty: patrol_duty(&rule(every_days), &patrols(walks), Zone::shanghai(), day),
        confidence: Confidence::Unverified,
    };
    RiverChiefFacts {
        head: head(ReportPeriod::Day(day), at(10, 6, 7, 30)),
        classes: classes(),
        chiefs: vec![
            ChiefFacts {
                chief: liu(),
                sections: pick(&["北塘排水河桥", "西减河桥"]),
                outlets: outlets(false),
                ditches: ditches().into_iter().take(1).collect(),
                clues: vec![worsening(Parameter::Nh3n, true)],
                alarms: alarms(10).into_iter().filter(|a| a.place != "东减河").collect(),
                problems: facts(problems(), day, at(10, 6, 0, 0)),
                patrol: patrol(7, &[(-25, 1200), (3, 120)]),
            },
            ChiefFacts {
                chief: chen(),
                sections: pick(&["满江桥"]),
                outlets: Vec::new(),
                ditches: Vec::new(),
                clues: Vec::new(),
                alarms: Vec::new(),
                problems: Vec::new(),
                patrol: patrol(30, &[(-20, 6000)]),
            },
            ChiefFacts {
                chief: zhao(),
                sections: pick(&["东减河口"]),
                outlets: Vec::new(),
                ditches: Vec::new(),
                clues: Vec::new(),
                alarms: alarms(10).into_iter().filter(|a| a.place == "东减河").collect(),
                problems: Vec::new(),
                patrol: patrol(1, &[]),
            },
        ],
    }
}

fn reaches() -> ReachesFacts {
    let reach =
        |name: &str, town: &str, length, percent: Option<i64>, grade: Option<&str>, why: &str| ReachFacts {
            name: name.to_owned(),
            town: town.to_owned(),
            length_km: d(length, 1),
            percent: percent.map(|percent| d(percent, 1)),
            grade: grade.map(str::to_owned),
            why: why.to_owned(),
        };
    let reaches = vec![
        reach("北塘排水河东镇段", "示例东镇", 67, Some(855), Some("良好"), ""),
        reach("西减河东镇段", "示例东镇", 54, Some(560), Some("不合格"), ""),
        reach("海河西街段", "示例西街", 96, Some(1000), Some("优秀"), ""),
        reach("东减河西街段", "示例西街", 21, None, Some("暂停"), "断流"),
        reach("二线河南镇段", "示例南镇", 15, None, None, "缺总磷"),
    ];
    let graded: Vec<_> =
        reaches.iter().filter_map(|reach| Some((reach.grade.clone()?, reach.length_km))).collect();
    let words = ["优秀", "良好", "合格", "不合格", "暂停"].map(str::to_owned);
    let town = |name: &str, score: Option<i64>, place, reaches, suspended| TownFacts {
        name: name.to_owned(),
        score: score.map(|score| d(score, 1)),
        place,
        reaches,
        suspended,
    };
    ReachesFacts {
        shares: shares_by_length(&words, &graded, 1),
        towns: vec![
            town("示例东镇", Some(708), Some(2), 2, 0),
            town("示例西街", Some(1000), Some(1), 2, 1),
            town("示例南镇", None, None, 1, 0),
        ],
        reaches,
        decimals: 1,
        share_decimals: 1,
        unverified: vec!["河段等级的分数线未核实。".to_owned()],
    }
}

/// October up to its fifth day.
pub(crate) fn river_chief_month() -> ChiefsMonthFacts {
    let now = at(10, 6, 7, 30);
    let told = (date(2026, 10, 1), date(2026, 10, 6));
    let month = |chief: Chief, every_days, walks: &[(i32, i64)]| ChiefMonthFacts {
        chief,
        rule: rule(every_days),
        patrol: patrol_period(&rule(every_days), &patrols(walks), Zone::shanghai(), told),
    };
    ChiefsMonthFacts {
        head: head(ReportPeriod::Month(date(2026, 10, 1)), now),
        told: (at(10, 1, 0, 0), now),
        classes: classes(),
        sections: sections().sections,
        chiefs: vec![
            month(liu(), 7, &[(-25, 1200), (3, 120)]),
            month(chen(), 30, &[(-20, 6000)]),
            month(zhao(), 1, &[(1, 800), (2, 850), (4, 900), (5, 700), (6, 820)]),
        ],
        confidence: Confidence::Unverified,
        problems: facts(problems(), date(2026, 10, 6), now),
        reaches: Some(reaches()),
    }
}
