//! Made-up facts of a report on waters: five sections of two rivers, a lake with its trophic state, a worsening with its clues.

use lanbi_analytics::water::{BasinAssessment, BasinChange, BasinMethod, Change};
use lanbi_model::{Parameter, ReportPeriod};
use lanbi_reports::report::basins::{BasinFacts, IndexFacts, TrophicFacts};
use lanbi_reports::report::clues::{CandidateFacts, WorseningFacts};
use lanbi_reports::report::water::{CourseFacts, MapFacts, MapPlace, WaterFacts};

use super::{at, d, date, head, sections};

/// March 2026.
pub(crate) fn water() -> WaterFacts {
    let sections = sections();
    let place = |name: &str, at: [f64; 2], class| MapPlace { name: name.to_owned(), at, class };
    WaterFacts {
        head: head(ReportPeriod::Month(date(2026, 3, 1)), at(4, 1, 10, 0)),
        basins: vec![district(), river()],
        index: Some(IndexFacts {
            rivers: Some(d(75_933, 4)),
            lakes: Some(d(61_204, 4)),
            all: Some(d(73_839, 4)),
            year_change: Some(d(-460, 2)),
            items: (8, 21),
        }),
        lakes: vec![TrophicFacts {
            name: "东丽湖".to_owned(),
            index: Some(d(531, 1)),
            level: Some("轻度富营养".to_owned()),
            items: vec![Parameter::Tp, Parameter::Tn, Parameter::CodMn],
            is_partial: true,
            tn_class: Some(6),
        }],
        course: CourseFacts {
            months: ["1月", "2月", "3月"].map(str::to_owned).to_vec(),
            rows: sections
                .sections
                .iter()
                .map(|section| {
                    (section.name.clone(), vec![section.year_before, section.before, section.class])
                })
                .collect(),
        },
        clues: Some(vec![worsening(Parameter::Nh3n, true), worsening(Parameter::CodMn, false)]),
        map: Some(MapFacts {
            lines: vec![
                vec![[117.30, 39.14], [117.36, 39.12], [117.44, 39.13]],
                vec![[117.38, 39.17], [117.37, 39.12]],
            ],
            sections: vec![
                place("满江桥", [117.30, 39.14], Some(3)),
                place("西减河桥", [117.44, 39.13], Some(6)),
                place("东减河口", [117.40, 39.09], None),
            ],
            sources: vec![place("某污水处理厂总排口", [117.38, 39.17], None)],
        }),
        unverified: vec!["均值统计方法", "水质变化的判定"],
        sections,
    }
}

fn district() -> BasinFacts {
    BasinFacts {
        name: "全区".to_owned(),
        sections: 6,
        now: BasinAssessment {
            counts: [0, 0, 2, 1, 1, 1],
            graded: 5,
            good_share: Some(d(400, 1)),
            worst_share: Some(d(200, 1)),
            method: BasinMethod::Shares,
            class: None,
            state: Some(3),
            main: vec![(Parameter::Nh3n, d(400, 1)), (Parameter::Tp, d(200, 1))],
        },
        state: Some("中度污染".to_owned()),
        change: Some(BasinChange {
            change: Change::Worse,
            good_points: d(-100, 1),
            worst_points: d(50, 1),
            x: d(-150, 1),
        }),
        year_change: None,
    }
}

fn river() -> BasinFacts {
    BasinFacts {
        name: "海河".to_owned(),
        sections: 2,
        now: BasinAssessment {
            counts: [0, 0, 1, 1, 0, 0],
            graded: 2,
            good_share: Some(d(500, 1)),
            worst_share: Some(d(0, 1)),
            method: BasinMethod::Means,
            class: Some(4),
            state: Some(2),
            main: Vec::new(),
        },
        state: Some("轻度污染".to_owned()),
        change: None,
        year_change: None,
    }
}

pub(crate) fn worsening(parameter: Parameter, has_limit: bool) -> WorseningFacts {
    let candidate = |name: &str, breach, excess, begins| CandidateFacts {
        name: name.to_owned(),
        earliest: at(3, 12, 10, 0),
        latest: at(3, 12, 16, 0),
        breach,
        times_usual: Some(d(132, 1)),
        excess_kg_h: excess,
        begins,
        measured: (parameter == Parameter::CodMn).then_some(Parameter::Cod),
    };
    WorseningFacts {
        section: "西减河桥".to_owned(),
        parameter,
        from: at(3, 12, 20, 0),
        until: Some(at(3, 13, 12, 0)),
        worst: d(512, 2),
        usual: d(131, 2),
        over: has_limit.then_some(true),
        candidates: vec![
            candidate("某污水处理厂总排口", Some(d(343, 2)), Some(d(905, 2)), true),
            candidate("某沟渠", None, None, false),
        ],
    }
}
