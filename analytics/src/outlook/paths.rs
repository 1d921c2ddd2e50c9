//! The figures that a year comes to on all courses its rest may take.

use chrono::NaiveDate;
use lanbi_model::{ReportPeriod, decimal};

use super::chance::Lacking;
use super::level::Stretches;
use super::number::float;
use super::running::{Grades, Running, percentile_items};
use super::series::{Series, span, years_before};
use super::settings::OutlookSettings;
use super::simulate::{PastYear, Source};
use super::target::YearLaw;
use crate::air::AirDay;
use lanbi_model::target::TargetKind;

/// The most years that are looked back.
const LOOK_BACK: i32 = 30;

/// A figure of one course, behind the set of its draw.
pub(super) type Drawn = (usize, f64);

/// The figures of one kind, by day.
pub(super) struct OfKind {
    pub(super) kind: TargetKind,
    /// On each of the days, of all courses.
    pub(super) drawn: Vec<Vec<Drawn>>,
}

/// The figures of all courses.
pub(super) struct Paths {
    /// Days at which figures are taken, the year's end last.
    pub(super) points: Vec<NaiveDate>,
    /// The figures by kind.
    pub(super) figures: Vec<OfKind>,
    /// Items without an expected level.
    pub(super) unknown: Vec<usize>,
    pub(super) years: usize,
}

impl Paths {
    pub(super) fn draw(
        known: &[AirDay],
        law: &YearLaw<'_>,
        year: ReportPeriod,
        on: NaiveDate,
        kinds: &[TargetKind],
        settings: &OutlookSettings,
    ) -> Result<Self, Lacking> {
        let all = Series::of(known, |_| true);
        let used = without_events(&all, law);
        let years = full_years(&all, year, settings.full_share);
        let needed = usize::try_from(settings.years_needed).unwrap_or(usize::MAX);
        if years.len() < needed.max(1) {
            return Err(Lacking::Years { have: years.len(), needed: settings.years_needed });
        }
        let stretches =
            Stretches { known: &used, year, on, years: &years, recent_days: settings.recent_days };
        let level = stretches.level(settings);
        let rest: Vec<NaiveDate> = span(on, year.last()).skip(1).collect();
        let past = |back: &i32| {
            PastYear::of(&all, &rest, *back, std::array::from_fn(|item| stretches.rest(*back, item)))
        };
        let pool: Vec<PastYear> = years.iter().map(past).collect();
        let grades = Grades::of_days(law, &rest).map_err(Lacking::Edition)?;
        let percentiles = percentile_items(law);
        let start = so_far(known, &used, law, year, on, &percentiles);
        let step = usize::try_from(settings.fan_days).unwrap_or(0);
        let is_point =
            |place: usize| place + 1 == rest.len() || (step > 0 && (place + 1).is_multiple_of(step));
        let points: Vec<NaiveDate> =
            rest.iter().enumerate().filter(|(place, _)| is_point(*place)).map(|(_, day)| *day).collect();
        let before = |kind: &TargetKind, day: NaiveDate| match kind {
            TargetKind::Fall(item) => {
                let kind = TargetKind::Item(*item);
                law.figure(known, year.year_before(), years_before(day, 1), kind).map(decimal::to_f64)
            }
            _ => None,
        };
        let last_year: Vec<Vec<Option<f64>>> =
            kinds.iter().map(|kind| points.iter().map(|day| before(kind, *day)).collect()).collect();
        let mut figures: Vec<OfKind> =
            kinds.iter().map(|kind| OfKind { kind: *kind, drawn: vec![Vec::new(); points.len()] }).collect();
        let (mut running, mut scratch) = (Running::new(), Vec::new());
        let source = Source { known: &all, used: &used, rest: &rest, years: &pool, level: &level, settings };
        source.draw(|set, course| {
            running.reset(&start);
            let mut point = 0;
            for (place, ((all, used), grades)) in course.iter().zip(&grades).enumerate() {
                running.add(used, &percentiles);
                running.count(all, grades);
                if !is_point(place) {
                    continue;
                }
                for (of_kind, last_year) in figures.iter_mut().zip(&last_year) {
                    if let Some(figure) = running.figure(law, of_kind.kind, last_year[point], &mut scratch) {
                        of_kind.drawn[point].push((set, figure));
                    }
                }
                point += 1;
            }
        });
        // An item that was measured neither in this year nor in the last one is not measured here.
        let recent = year.year_before().first();
        let measured =
            |item: &usize| known.iter().any(|day| day.day >= recent && day.values.0[*item].is_some());
        let unknown = (0..6).filter(|item| level.expected[*item].is_none()).filter(measured).collect();
        Ok(Self { points, figures, unknown, years: years.len() })
    }
}

/// Other years with enough days, in years back; those before come first.
fn full_years(known: &Series, year: ReportPeriod, full_share: f64) -> Vec<i32> {
    let full = |back: &i32| {
        let days = || span(years_before(year.first(), *back), years_before(year.last(), *back));
        let valid = days().filter(|day| known.get(*day).iter().any(Option::is_some)).count();
        float(valid) >= full_share * float(days().count())
    };
    (1..=LOOK_BACK).chain((1..=LOOK_BACK).map(|later| -later)).filter(full).collect()
}

/// The values that events leave in means and percentiles.
fn without_events(all: &Series, law: &YearLaw<'_>) -> Series {
    let mut used = all.clone();
    for event in law.events {
        let Some(day) = all.place(event.day).and_then(|place| used.days.get_mut(place)) else { continue };
        for (value, rule) in day.iter_mut().zip(&law.evaluation.items) {
            if event.takes_out(law.evaluation, event.day, rule.parameter) {
                *value = None;
            }
        }
    }
    used
}

/// The days of the year up to `on`.
fn so_far(
    known: &[AirDay],
    used: &Series,
    law: &YearLaw<'_>,
    year: ReportPeriod,
    on: NaiveDate,
    percentiles: &[bool; 6],
) -> Running {
    let mut running = Running::new();
    let within: Vec<AirDay> =
        known.iter().copied().filter(|day| year.first() <= day.day && day.day <= on).collect();
    for day in &within {
        running.add(&used.get(day.day), percentiles);
    }
    if let Some(counts) = law.counts(&within) {
        running.add_counts(&counts);
    }
    running
}
