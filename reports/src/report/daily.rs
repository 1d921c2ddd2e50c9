//! 环境质量日报: what the day was, in the order the leader reads it. The air table follows HJ 633-2026, Table 4.

use serde::Serialize;

use super::air::{self, AirDay, AirDayFacts};
use super::alarms::{self, AlarmFacts, Alarms};
use super::capture::{self, Captures, CapturesFacts};
use super::clues::{self, WorseningFacts};
use super::ditches::{self, DitchFacts, DitchRow};
use super::forecast::{self, Forecast, ForecastFacts};
use super::head::{Head, HeadFacts, Paragraph, common_notes};
use super::outlets::{self, OutletFacts, OutletRow};
use super::sections::{self, Sections, SectionsFacts};
use super::targets::{self, Targets, TargetsFacts};
use super::warnings::{self, Warnings, WarningsFacts};

/// What a daily report is built from.
#[derive(Clone, Debug)]
pub struct DailyFacts {
    /// Head; the period is one day.
    pub head: HeadFacts,
    /// Air; none where the district has no air station.
    pub air: Option<AirDayFacts>,
    /// The next days; none where the district has no air station.
    pub forecast: Option<ForecastFacts>,
    /// Heavy-pollution warnings; none where the district has no air station.
    pub warnings: Option<WarningsFacts>,
    /// The year's targets; none where none are set.
    pub targets: Option<TargetsFacts>,
    /// Water sections; `before` is the day before.
    pub sections: SectionsFacts,
    /// Worsenings that began on the day, with what fits upstream; empty where none began or no network is known.
    pub clues: Vec<WorseningFacts>,
    /// Outlets.
    pub outlets: Vec<OutletFacts>,
    /// Waters on the black-odorous list.
    pub ditches: Vec<DitchFacts>,
    /// Alarms that touch the day; others are left out.
    pub alarms: Vec<AlarmFacts>,
    /// Data capture.
    pub capture: CapturesFacts,
}

/// The daily report as printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Daily {
    /// Head.
    pub head: Head,
    /// Summary.
    pub summary: Vec<Paragraph>,
    /// Air.
    pub air: Option<AirDay>,
    /// The next days.
    pub forecast: Option<Forecast>,
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
pub fn build(facts: &DailyFacts) -> Daily {
    let alarms = alarms::build(&facts.alarms, &facts.head);
    let capture = capture::build(&facts.capture);
    let forecast = facts.forecast.as_ref().map(forecast::build);
    let warnings = facts.warnings.as_ref().map(|warnings| warnings::build(warnings, &facts.head));
    let targets = facts.targets.as_ref().map(targets::build);
    let mut summary = Vec::new();
    if let Some(air) = &facts.air {
        let text = format!("{}，{}", facts.head.period.zh(), air::paragraph(air, &facts.head.district));
        summary.push(Paragraph { lead: "空气质量", text });
    }
    if let Some(forecast) = &forecast {
        summary.push(Paragraph { lead: "空气预报", text: forecast::paragraph(forecast) });
    }
    if let Some(warnings) = &warnings {
        summary.push(Paragraph { lead: "重污染预警", text: warnings.sentence.clone() });
    }
    if let Some(targets) = &targets {
        summary.push(Paragraph { lead: "年度目标", text: targets::paragraph(targets) });
    }
    summary.push(Paragraph { lead: "水质断面", text: sections::paragraph(&facts.sections) });
    if !facts.clues.is_empty() {
        let text = clues::sentence(&facts.clues, &facts.head);
        summary.push(Paragraph { lead: "上游线索", text });
    }
    summary.extend([
        Paragraph { lead: "入河排污口", text: outlets::paragraph(&facts.outlets) },
        Paragraph { lead: "黑臭水体", text: ditches::paragraph(&facts.ditches) },
        Paragraph { lead: "报警", text: alarms::paragraph(&alarms) },
        Paragraph { lead: "数据质量", text: capture::paragraph(&capture) },
    ]);
    let mut notes = common_notes();
    notes.extend(sections::note(&facts.sections));
    Daily {
        head: Head::build("环境质量日报", &facts.head),
        summary,
        air: facts.air.as_ref().map(air::build),
        forecast,
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
