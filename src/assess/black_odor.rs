//! `lanbi assess black-odor`: points and whole waters from samples (城市黑臭水体整治工作指南 2015, 农村黑臭水体治理工作指南 2024).

use std::fmt::Write as _;
use std::io::{Read, Write};

use lanbi_analytics::black_odor::{self, BodyGrade, Grade, OdorLevel, OdorPoint, PointGrade};
use lanbi_model::standard::{BlackOdorStandard, Confidence, Standards};

use super::black_odor_rows::{self, BodyRows, OdorRowsArgs, PointRows};
use super::error::AssessError;
use super::output::{Field, Output};
use super::table::Choice;

/// What `--help` says about columns and words.
pub(super) const HELP: &str = "\
Columns: all of the list but clear (1: clear to the bottom) are needed; an indicator that was not measured has empty cells and is
not judged, so that three indicators do. One row a point and then one a water, with an empty point.
A point is heavy where one indicator has 60 % of its values at heavy, or two have 30 % each; else light where any value reaches
light. Water shallower than 25 cm is heavy in transparency below 40 % of its depth and otherwise light unless clear. reasons of a
point: for each indicator that reaches light its values at light or worse and at heavy, as do(light 3/10 heavy 1/10).
A water is heavy where 60 % of its judged points are. The guide gives no grade to one with fewer heavy points: it is light here,
as one with any light point. reasons of a water: heavy 3/5, light 1/5, and reach(P2>P3>P4 200-600m) where three points in a row by
chainage_m are heavy; a point without chainage is in no reach, one that could not be judged ends it.
status: ok or missing (nothing could be judged), then no-edition, invalid:COLUMN and censored:COLUMN. What the guide asks for and
the file does not have, and which rules no official text confirms, is said once on standard error.";

/// Options of `assess black-odor`.
#[derive(Debug, clap::Args)]
pub(crate) struct BlackOdorArgs {
    #[command(flatten)]
    pub(crate) rows: OdorRowsArgs,
}

const OUT: [&str; 5] = ["body", "point", "level", "reasons", "status"];

/// Grades every point and water of `input`.
pub(super) fn run(
    args: &BlackOdorArgs,
    law: &Standards,
    input: impl Read,
    output: impl Write,
    messages: &mut dyn Write,
) -> Result<(), AssessError> {
    let choice = Choice::parse(&law.black_odor, &args.rows.table.edition)?;
    let bodies = black_odor_rows::read(&args.rows, law, input, messages)?;
    let mut out = Output::new(args.rows.table.output, &OUT, output)?;
    let mut guide = None;
    for body in &bodies {
        let graded: Vec<Graded<'_, '_>> =
            body.points.iter().map(|point| Graded::of(point, &choice, args.rows.rural)).collect();
        for point in &graded {
            point.write(body, &mut out)?;
        }
        let used = graded.iter().rev().find_map(|point| point.guide);
        write_body(body, &graded, used, &mut out)?;
        complain(body, &graded, used, messages)?;
        guide = used.or(guide);
    }
    out.finish()?;
    match guide {
        Some(guide) => name_unverified(guide, args.rows.rural, messages),
        None => Ok(()),
    }
}

/// A point with its grade.
struct Graded<'r, 'law> {
    rows: &'r PointRows,
    /// The guide of its last sample that has one.
    guide: Option<&'law BlackOdorStandard>,
    grade: Option<PointGrade>,
    lacks_edition: bool,
}

impl<'r, 'law> Graded<'r, 'law> {
    fn of(rows: &'r PointRows, choice: &Choice<'law, BlackOdorStandard>, rural: bool) -> Self {
        let mut guide = None;
        let mut lacks_edition = false;
        let mut grades: Vec<Grade> = Vec::new();
        for sample in &rows.samples {
            // Without a time no edition is in force; that was noted when the row was read.
            let mut unused = String::new();
            let Some(standard) = choice.on(sample.day, &mut unused) else {
                lacks_edition |= sample.day.is_some();
                continue;
            };
            guide = Some(standard);
            grades.extend(black_odor::grade(standard, rural, &sample.values, sample.clear));
        }
        let grade = guide.and_then(|guide| black_odor::grade_point(&guide.judging, &grades));
        Self { rows, guide, grade, lacks_edition }
    }

    fn level(&self) -> Option<OdorLevel> {
        self.grade.as_ref().map(|grade| grade.level)
    }

    fn write(&self, body: &BodyRows, out: &mut Output<impl Write>) -> Result<(), AssessError> {
        let mut reasons = String::new();
        for count in self.grade.iter().flat_map(|grade| &grade.indicators).filter(|count| count.light > 0) {
            let plus = if reasons.is_empty() { "" } else { "+" };
            let (name, of) = (black_odor_rows::column_of(count.parameter), count.values);
            // Writing to a string cannot fail.
            let _ = write!(reasons, "{plus}{name}(light {}/{of}", count.light);
            if count.heavy > 0 {
                let _ = write!(reasons, " heavy {}/{of}", count.heavy);
            }
            reasons.push(')');
        }
        let mut status = word(self.level()).to_owned();
        if self.lacks_edition {
            status.push_str(";no-edition");
        }
        status.extend(self.rows.notes.iter().map(|note| format!(";{note}")));
        out.row(&[
            Field::Text(&body.name),
            Field::Text(&self.rows.name),
            Field::Text(self.level().map_or("", OdorLevel::key)),
            Field::Text(&reasons),
            Field::Text(&status),
        ])
    }
}

const fn word(level: Option<OdorLevel>) -> &'static str {
    if level.is_some() { "ok" } else { "missing" }
}

fn write_body(
    body: &BodyRows,
    points: &[Graded<'_, '_>],
    guide: Option<&BlackOdorStandard>,
    out: &mut Output<impl Write>,
) -> Result<(), AssessError> {
    let placed: Vec<OdorPoint> = points
        .iter()
        .map(|point| OdorPoint {
            name: point.rows.name.clone(),
            chainage: point.rows.chainage,
            level: point.level(),
        })
        .collect();
    let grade = guide.and_then(|guide| black_odor::grade_body(&guide.judging, &placed));
    let mut status = word(grade.as_ref().map(|grade| grade.level)).to_owned();
    status.extend(body.notes.iter().map(|note| format!(";{note}")));
    out.row(&[
        Field::Text(&body.name),
        Field::Text(""),
        Field::Text(grade.as_ref().map_or("", |grade| grade.level.key())),
        Field::Text(&grade.as_ref().map(reasons_of_body).unwrap_or_default()),
        Field::Text(&status),
    ])
}

fn reasons_of_body(grade: &BodyGrade) -> String {
    let shares = [("heavy", grade.heavy), ("light", grade.light)];
    let mut reasons: Vec<String> = shares
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .map(|(level, count)| format!("{level} {count}/{}", grade.points))
        .collect();
    reasons.extend(grade.reaches.iter().map(|reach| {
        format!("reach({} {}-{}m)", reach.points.join(">"), reach.from.normalize(), reach.to.normalize())
    }));
    reasons.join("+")
}

/// Says what the guide asks for and the file does not have.
fn complain(
    body: &BodyRows,
    points: &[Graded<'_, '_>],
    guide: Option<&BlackOdorStandard>,
    messages: &mut dyn Write,
) -> Result<(), AssessError> {
    let Some(rule) = guide.map(|guide| guide.judging) else { return Ok(()) };
    let least = |count: u32| usize::try_from(count).unwrap_or(usize::MAX);
    let body = &body.name;
    if points.len() < least(rule.least_points) {
        let (count, asked) = (points.len(), rule.least_points);
        writeln!(messages, "body `{body}`: points: {count}; the guide asks for {asked} or more")?;
    }
    for point in points {
        let name = &point.rows.name;
        if point.rows.samples.len() < least(rule.least_samples) {
            let (count, asked) = (point.rows.samples.len(), rule.least_samples);
            writeln!(
                messages,
                "body `{body}`, point `{name}`: samples: {count}; the guide asks for {asked} or more"
            )?;
        }
        if point.rows.chainage.is_none() && points.len() >= least(rule.reach_points) {
            writeln!(messages, "body `{body}`, point `{name}` has no chainage_m and is in no reach")?;
        }
        if point.grade.is_none() {
            writeln!(messages, "body `{body}`, point `{name}` could not be judged and counts for nothing")?;
        }
    }
    Ok(())
}

/// Names the rules used that no text confirms.
fn name_unverified(
    guide: &BlackOdorStandard,
    rural: bool,
    messages: &mut dyn Write,
) -> Result<(), AssessError> {
    let limits = if rural { "rural" } else { "urban" };
    let unverified: Vec<&str> = [limits, "shallow", "point", "reach", "body", "inclusive"]
        .iter()
        .filter_map(|topic| guide.clauses.get(*topic))
        .filter(|clause| clause.contains(Confidence::Unverified.zh()))
        .map(String::as_str)
        .collect();
    if !unverified.is_empty() {
        writeln!(messages, "not confirmed by an official text: {}", unverified.join("; "))?;
    }
    Ok(())
}
