//! 环境质量月报: one numbered paragraph per indicator, compared with the month before and the same month a year before.

use serde::Serialize;

use super::alarms::{self, AlarmFacts, Alarms};
use super::capture::{self, Captures, CapturesFacts};
use super::ditches::{self, DitchFacts, DitchRow};
use super::head::{Head, HeadFacts, common_notes};
use super::month_air::{self, MonthAir, MonthAirFacts};
use super::month_words;
use super::outlets::{self, OutletFacts, OutletRow};
use super::sections::{self, Sections, SectionsFacts};
use super::targets::{self, Targets, TargetsFacts};
use super::warnings::{self, Warnings, WarningsFacts};

/// What a monthly report is built from.
#[derive(Clone, Debug)]
pub struct MonthlyFacts {
    /// Head; the period is a month.
    pub head: HeadFacts,
    /// Air; none where the district has no air station.
    pub air: Option<MonthAirFacts>,
    /// Heavy-pollution warnings; none where the district has no air station.
    pub warnings: Option<WarningsFacts>,
    /// The targets of the year up to the month's last day; none where none are set.
    pub targets: Option<TargetsFacts>,
    /// Sections: class of the monthly means, `before` the month before, `year_before` a year earlier.
    pub sections: SectionsFacts,
    /// Outlets: days over and loads.
    pub outlets: Vec<OutletFacts>,
    /// Waters on the black-odorous list.
    pub ditches: Vec<DitchFacts>,
    /// Alarms that touch the month; others are left out.
    pub alarms: Vec<AlarmFacts>,
    /// Data capture.
    pub capture: CapturesFacts,
}

/// A numbered group of paragraphs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Chapter {
    /// Heading with its ordinal, such as `一、环境空气`.
    pub heading: String,
    /// Paragraphs, numbered through the report.
    pub paragraphs: Vec<Numbered>,
}

/// A numbered paragraph.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Numbered {
    /// Number, from 1 through the whole report.
    pub number: usize,
    /// Text.
    pub text: String,
}

/// The monthly report as printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Monthly {
    /// Head.
    pub head: Head,
    /// Paragraphs by chapter.
    pub chapters: Vec<Chapter>,
    /// Air.
    pub air: Option<MonthAir>,
    /// Heavy-pollution warnings.
    pub warnings: Option<Warnings>,
    /// The year's targets.
    pub targets: Option<Targets>,
    /// Sections.
    pub sections: Sections,
    /// Outlets.
    pub outlets: Vec<OutletRow>,
    /// Black-odorous list.
    pub ditches: Vec<DitchRow>,
    /// Alarms.
    pub alarms: Alarms,
    /// Data capture.
    pub capture: Captures,
    /// Notes at the foot.
    pub notes: Vec<String>,
}

/// Builds the report.
#[must_use]
pub fn build(facts: &MonthlyFacts) -> Monthly {
    let air = facts.air.as_ref().map(month_air::build);
    let alarms = alarms::build(&facts.alarms, &facts.head);
    let capture = capture::build(&facts.capture);
    let warnings = facts.warnings.as_ref().map(|warnings| warnings::build(warnings, &facts.head));
    let targets = facts.targets.as_ref().map(targets::build);

    let mut texts: Vec<(&'static str, Vec<String>)> = Vec::new();
    if let Some(air) = &air {
        let mut lines: Vec<String> = air.items.iter().map(|i| i.sentence.clone()).collect();
        lines.extend(air.sentences.iter().cloned());
        lines.extend(warnings.iter().map(|warnings| warnings.sentence.clone()));
        texts.push(("环境空气", lines));
    }
    if let Some(targets) = &targets {
        let lines = targets.rows.iter().map(|row| row.sentence.clone()).collect();
        texts.push(("年度目标进展", lines));
    }
    texts.push((
        "水环境",
        vec![
            sections::paragraph(&facts.sections),
            outlets::month_paragraph(&facts.outlets),
            ditches::paragraph(&facts.ditches),
        ],
    ));
    texts.push(("报警与数据质量", vec![alarms::paragraph(&alarms), capture::paragraph(&capture)]));

    let mut number = 0;
    let chapters = texts
        .into_iter()
        .zip(["一", "二", "三", "四"])
        .map(|((heading, lines), ordinal)| Chapter {
            heading: format!("{ordinal}、{heading}"),
            paragraphs: lines
                .into_iter()
                .map(|text| {
                    number += 1;
                    Numbered { number, text }
                })
                .collect(),
        })
        .collect();

    let mut notes = common_notes();
    notes.push(
        "同比为与上年同月相比，环比为与上月相比，均按修约后的数值计算；比例的变化以百分点表示。".to_owned(),
    );
    notes.push("断面类别先求月均值、修约后按单因子法评价，不以单次最差类别代替。".to_owned());
    notes.extend(facts.air.as_ref().and_then(|air| month_words::event_note(&air.events)));
    notes.extend(sections::note(&facts.sections));
    Monthly {
        head: Head::build("环境质量月报", &facts.head),
        chapters,
        air,
        warnings,
        targets,
        sections: sections::build(&facts.sections),
        outlets: outlets::build(&facts.outlets),
        ditches: ditches::build(&facts.ditches),
        alarms,
        capture,
        notes,
    }
}
