//! The year's targets, seen from a day: where each stands, and how probable it is that it is kept.

use chrono::{Datelike as _, NaiveDate};
use lanbi_analytics::{
    air::{AirDay, AirEvent, TermRounding},
    outlook::{Lacking, Outlook, OutlookSettings, Verdict, YearLaw, outlook, standing},
};
use lanbi_config::{Settings, targets::TargetsError};
use lanbi_model::{
    ReportPeriod,
    standard::{Standards, on_day},
    target::{Target, TargetKind, YearTarget},
};
use lanbi_reports::report::targets::{DayFigure, TargetFacts, TargetsFacts};

use super::Sources;

/// Days from one point of a course to the next.
const STEP: u32 = 10;

/// The targets named in the settings; none where no file is named.
///
/// # Errors
/// The file cannot be read, or is refused.
pub(crate) fn load(settings: &Settings) -> Result<Vec<YearTarget>, TargetsError> {
    settings.targets_file().map_or_else(|| Ok(Vec::new()), |file| lanbi_config::targets::load(&file))
}

impl Sources {
    /// The targets of the place and of the year of a day.
    pub(super) fn targets_on(&self, on: NaiveDate) -> Vec<YearTarget> {
        let area = self.area.clone().unwrap_or_default();
        let own = |target: &&YearTarget| target.year == on.year() && target.area == area;
        self.targets.iter().filter(own).cloned().collect()
    }
}

/// The targets at the end of a day, from the days up to it; none without targets or without the law of the year.
pub(super) fn facts(
    standards: &Standards,
    days: &[AirDay],
    on: NaiveDate,
    targets: &[YearTarget],
    events: &[AirEvent],
) -> Option<TargetsFacts> {
    let year = ReportPeriod::Year(on.with_ordinal(1)?);
    let aqi = |day| on_day(&standards.aqi, day);
    let evaluation = on_day(&standards.evaluation, year.last())?;
    let law = YearLaw {
        aqi: &aqi,
        evaluation,
        limits: on_day(&standards.air, year.last())?,
        rounding: TermRounding::Terms,
        not_equipped: &[],
        events,
    };
    let asked: Vec<Target> = targets.iter().map(|target| target.target).collect();
    let outlooks = outlook(days, &law, year, on, &asked, &OutlookSettings::default())?;
    let facts = |(target, outlook): (&YearTarget, Outlook)| {
        let kind = target.target.kind;
        let is_fall = matches!(kind, TargetKind::Fall(_));
        let before = year.year_before();
        let facts = TargetFacts {
            target: target.target,
            source: target.source.clone(),
            decimals: evaluation.decimals(kind),
            item_decimals: evaluation.decimals(kind.of_year()),
            running: course(days, &law, year, on, &target.target),
            last_year: if is_fall {
                Vec::new()
            } else {
                course(days, &law, before, before.last(), &target.target)
            },
            last_year_short: None,
            outlook,
        };
        let needed = law.limits.validity.year_days;
        match standing(days, &law, before, before.last(), &target.target).map_or(0, |standing| standing.valid)
        {
            valid if valid < needed => alone(facts, valid, needed),
            _ => facts,
        }
    };
    let targets: Vec<TargetFacts> = targets.iter().zip(outlooks).map(facts).collect();
    (!targets.is_empty()).then_some(TargetsFacts { year, on, targets })
}

/// A target without the last year, which has too few valid days: its figure is not that of a year, and a change against it
/// would compare different seasons.
fn alone(facts: TargetFacts, valid: u32, needed: u32) -> TargetFacts {
    let mut facts = TargetFacts { last_year: Vec::new(), last_year_short: Some((valid, needed)), ..facts };
    facts.outlook.standing.last_year = None;
    if let TargetKind::Fall(item) = facts.target.kind {
        facts.running = Vec::new();
        facts.outlook.standing.figure = None;
        facts.outlook.standing.room = None;
        facts.outlook.standing.verdict = Verdict::Open;
        facts.outlook.chance = Err(Lacking::LastYear(item));
    }
    facts
}

/// The figure of a year on every tenth day up to one, and on that one.
fn course(
    days: &[AirDay],
    law: &YearLaw<'_>,
    year: ReportPeriod,
    on: NaiveDate,
    target: &Target,
) -> Vec<DayFigure> {
    // A fall compares with the same days of the last year.
    let first = match target.kind {
        TargetKind::Fall(_) => year.year_before().first(),
        _ => year.first(),
    };
    let within: Vec<AirDay> = days.iter().copied().filter(|day| first <= day.day && day.day <= on).collect();
    year.days()
        .take_while(|day| *day <= on)
        .filter(|day| *day == on || day.ordinal().is_multiple_of(STEP))
        .filter_map(|day| Some(DayFigure { day, figure: standing(&within, law, year, day, target)?.figure? }))
        .collect()
}
