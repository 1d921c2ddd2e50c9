//! `lanbi assess basin`: the state of rivers, basins and lakes from their sections (环办〔2011〕22号).

use std::io::{Read, Write};

use lanbi_analytics::water::{
    BasinAssessment, BasinMethod, EvaluatedSection, Hindrance, Standing, WaterLaw, assess_basin, basin_change,
};
use lanbi_model::standard::Standards;
use lanbi_model::{Decimal, ReportPeriod};

use super::super::error::AssessError;
use super::super::output::{Field, Output};
use super::evaluate;
use super::groups::{self, Group};
use super::rows::{self, Section, SectionsArgs, input_help};
use super::sections::{columns, oxygen};
use super::words;

/// What `--help` says about columns and words.
pub(in crate::assess) const HELP: &str = concat!(
    input_help!(),
    "

Out, one row a group (all sections without --groups). sections are those of the input, graded those with a class, class_1 to
class_6 their numbers (6 = 劣Ⅴ), beside those without one by their reason. good_share (classes 1-3) and worst_share (劣Ⅴ) are
percent of the graded. method shares: from 5 graded sections the state goes by the shares; means: fewer, and lakes, by the class of
the means over sections or points, item by item. main with shares: the three items with the largest percent of sections over class
3, as tp/31.5+codmn/20.4; with means: those of each section, as SECTION:nh3n/1.3+tp/0.6;SECTION:cod/0.2. With --against:
good_change and worst_change of the printed shares in points, x their difference, and change.

Words in status: ok, missing (no graded section), mixed-bodies (few sections of rivers and lakes together have no state),
absent:N (sections of the list that are not in the input), unverified:TOPIC as in assess sections."
);

/// Options of `assess basin`.
#[derive(Debug, clap::Args)]
pub(in crate::assess) struct BasinArgs {
    /// CSV section,group: which sections make which river or basin.
    #[arg(long, value_name = "FILE")]
    groups: Option<String>,
    /// Oxygen is of class 1 also from 90 % of its saturation at the mean temperature (sea level, fresh water).
    #[arg(long)]
    do_saturation: bool,
    #[command(flatten)]
    pub(in crate::assess) rows: SectionsArgs,
}

const OUT: [&str; 28] = [
    "group",
    "period",
    "edition",
    "sections",
    "graded",
    "class_1",
    "class_2",
    "class_3",
    "class_4",
    "class_5",
    "class_6",
    "suspended",
    "dry",
    "frozen",
    "insufficient",
    "good_share",
    "worst_share",
    "method",
    "class",
    "state",
    "main",
    "state_before",
    "good_change",
    "worst_change",
    "x",
    "change",
    "rule",
    "status",
];

/// One row a group.
pub(in crate::assess) fn run(
    args: &BasinArgs,
    law: &Standards,
    input: impl Read + Send,
    output: impl Write,
    messages: &mut dyn Write,
) -> Result<(), AssessError> {
    let table = &args.rows.table;
    let period = args.rows.period;
    let oxygen = oxygen(args.do_saturation);
    let now = evaluate::law(law, &table.edition, period, oxygen)?;
    let before =
        args.rows.against.map(|period| evaluate::law(law, &table.edition, period, oxygen)).transpose()?;
    let periods: Vec<ReportPeriod> = [Some(period), args.rows.against].into_iter().flatten().collect();
    let sections = rows::read(args.rows.input(), law, &periods, (&columns(), None), input, messages)?;
    let groups = groups::of(args.groups.as_deref(), &sections, messages)?;
    let judge = |law: &WaterLaw<'_>, period| -> Vec<EvaluatedSection> {
        sections.iter().map(|section| section.over(law, period, None)).collect()
    };
    let judged = judge(&now, period);
    let earlier = before.as_ref().zip(args.rows.against).map(|(law, period)| (law, judge(law, period)));
    let mut out = Output::new(table.output, &OUT, output)?;
    let name = period.to_string();
    for group in &groups {
        let basin = assess(&now, group, &judged);
        let earlier = earlier.as_ref().map(|(law, judged)| assess(law, group, judged));
        write(&now, &name, group, (&sections, &judged), (&basin, earlier.as_ref()), &mut out)?;
    }
    out.finish()
}

fn assess(law: &WaterLaw<'_>, group: &Group, judged: &[EvaluatedSection]) -> BasinAssessment {
    let of_group = group.sections.iter().filter_map(|place| judged.get(*place));
    assess_basin(law, &of_group.map(EvaluatedSection::in_basin).collect::<Vec<_>>())
}

fn write<W: Write>(
    law: &WaterLaw<'_>,
    period: &str,
    group: &Group,
    (sections, judged): (&[Section], &[EvaluatedSection]),
    (basin, before): (&BasinAssessment, Option<&BasinAssessment>),
    out: &mut Output<W>,
) -> Result<(), AssessError> {
    let members: Vec<(&Section, &EvaluatedSection)> =
        group.sections.iter().filter_map(|place| sections.get(*place).zip(judged.get(*place))).collect();
    let without = |standing: Standing| {
        let count = members.iter().filter(|(_, made)| made.judged.standing == standing).count();
        Field::Integer(u32::try_from(count).ok())
    };
    let change = before.and_then(|before| basin_change(law.rule, basin, before));
    let main = main(basin, &members);
    let state =
        |basin: &BasinAssessment| basin.state(law.rule).map(|state| state.state.clone()).unwrap_or_default();
    let (state_now, state_before) = (state(basin), before.map(state).unwrap_or_default());
    let status = status(law, group, basin, !main.is_empty(), change.is_some());
    let places = law.rule.basin.decimals;
    let points = |value: Option<Decimal>| Field::Number(value, places);
    let mut row = vec![
        Field::Text(&group.name),
        Field::Text(period),
        Field::Text(&law.standard.edition.id),
        Field::Integer(u32::try_from(members.len()).ok()),
        Field::Integer(Some(basin.graded)),
    ];
    row.extend(basin.counts.map(|count| Field::Integer(Some(count))));
    row.extend(Hindrance::ALL.map(|why| without(Standing::Hindered(why))));
    row.push(without(Standing::Insufficient));
    row.extend([
        points(basin.good_share),
        points(basin.worst_share),
        Field::Text(match basin.method {
            _ if basin.graded == 0 => "",
            BasinMethod::Means => "means",
            BasinMethod::Shares => "shares",
        }),
        Field::Integer(basin.class.map(u32::from)),
        Field::Text(&state_now),
        Field::Text(&main),
        Field::Text(&state_before),
        points(change.map(|change| change.good_points)),
        points(change.map(|change| change.worst_points)),
        points(change.map(|change| change.x)),
        Field::Text(change.map_or("", |change| change.change.zh())),
        Field::Text(&law.rule.edition.id),
        Field::Text(&status),
    ]);
    out.row(&row)
}

fn main(basin: &BasinAssessment, members: &[(&Section, &EvaluatedSection)]) -> String {
    match basin.method {
        BasinMethod::Shares => {
            let shares = basin.main.iter().map(|(item, share)| format!("{item}/{share}"));
            shares.collect::<Vec<_>>().join("+")
        }
        BasinMethod::Means => {
            let polluted = members.iter().filter(|(_, made)| !made.judged.main.is_empty());
            let of = |(section, made): &(&Section, &EvaluatedSection)| {
                format!("{}:{}", section.name, words::exceedances(&made.judged.main))
            };
            polluted.map(of).collect::<Vec<_>>().join(";")
        }
    }
}

fn status(
    law: &WaterLaw<'_>,
    group: &Group,
    basin: &BasinAssessment,
    has_main: bool,
    changed: bool,
) -> String {
    let mut words = vec![match basin.state {
        Some(_) => "ok".to_owned(),
        None if basin.graded == 0 => "missing".to_owned(),
        None => "mixed-bodies".to_owned(),
    }];
    if !group.absent.is_empty() {
        words.push(format!("absent:{}", group.absent.len()));
    }
    let graded = basin.graded > 0;
    words.extend(words::unverified(
        &law.rule.unverified,
        &[("statistics", graded), ("minimums", true), ("main", has_main), ("change", changed)],
    ));
    words.join(";")
}
