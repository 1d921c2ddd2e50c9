//! `lanbi assess tli`: the trophic index of lakes and reservoirs (环办〔2011〕22号), of single rows or of a period.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::{Read, Write};

use lanbi_analytics::water::{EvaluatedSection, FirstClassOxygen, space_mean, trophic_index};
use lanbi_model::standard::{Standards, on_day};
use lanbi_model::water_rule::{Trophic, WaterEvaluation};
use lanbi_model::{Decimal, Parameter, ReportPeriod, WaterBody};

use super::super::error::AssessError;
use super::super::output::{Field, Output};
use super::super::stamp::Stamp;
use super::super::table::{Column, Reader, Table, TableArgs};
use super::evaluate;
use super::rows::{self, Rows};
use super::{groups, words};

/// What `--help` says about columns and words.
pub(in crate::assess) const HELP: &str = "\
In: time,section and any of chla (ug/L = mg/m3), tp, tn, codmn (mg/L), transparency_cm. Without --period each row is a sample on its
own. With --period rows are read as assess sections reads them (--rows, columns source and state, a column body may stand): months of
each point first, then the mean over the points of a group, then the index; one row a group.

Out: tli_* is the index of each item, tli their sum by weights; where items are missing the weights of the others make one. What is
0 has no logarithm and counts as missing. level is 贫营养, 中营养, 轻度富营养, 中度富营养 or 重度富营养; points are those averaged.

Words in status: ok, partial:ITEM (missing items), missing, invalid:X and censored:ITEM as in every command, unverified:codmn (its
formula is not confirmed by an official text).";

/// Options of `assess tli`.
#[derive(Debug, clap::Args)]
pub(in crate::assess) struct TliArgs {
    /// Month, quarter or year to average over; each row on its own unless given.
    #[arg(long, value_name = "P")]
    period: Option<ReportPeriod>,
    /// CSV section,group: which points make which lake; each point on its own unless given.
    #[arg(long, value_name = "FILE", requires = "period")]
    groups: Option<String>,
    /// What a row is, where a period is averaged.
    #[arg(long, value_enum, default_value_t = Rows::Month)]
    rows: Rows,
    #[command(flatten)]
    pub(in crate::assess) table: TableArgs,
}

const OUT: [&str; 12] = [
    "section",
    "time",
    "tli",
    "level",
    "tli_chla",
    "tli_tp",
    "tli_tn",
    "tli_sd",
    "tli_codmn",
    "points",
    "rule",
    "status",
];

/// Columns of the input, in the order of the result.
const ITEMS: [(&str, Parameter); 5] = [
    ("chla", Parameter::ChlorophyllA),
    ("tp", Parameter::Tp),
    ("tn", Parameter::Tn),
    ("transparency_cm", Parameter::Transparency),
    ("codmn", Parameter::CodMn),
];

/// Decimals of an index.
const DECIMALS: u32 = 4;

/// One row a row, or a row a group.
pub(in crate::assess) fn run(
    args: &TliArgs,
    law: &Standards,
    input: impl Read + Send,
    output: impl Write,
    messages: &mut dyn Write,
) -> Result<(), AssessError> {
    let out = Output::new(args.table.output, &OUT, output)?;
    match args.period {
        Some(period) => of_period(args, law, period, input, out, messages),
        None => of_rows(args, law, input, out, messages),
    }
}

fn of_rows<W: Write>(
    args: &TliArgs,
    law: &Standards,
    input: impl Read + Send,
    mut out: Output<W>,
    messages: &mut dyn Write,
) -> Result<(), AssessError> {
    let mut columns = vec![Column::required("time"), Column::required("section"), Column::optional("body")];
    let first = columns.len();
    columns.extend(ITEMS.map(|(name, _)| Column::optional(name)));
    let mut table = Table::open(input, &columns, args.table.ignore_extra)?;
    let mut reader = Reader { law, messages };
    while let Some(row) = table.next_row()? {
        let mut notes = String::new();
        let time = row.text(0);
        let rule = match Stamp::parse(time) {
            Some(stamp) => {
                let rule = on_day(&law.water_evaluation, stamp.first_day());
                notes.push_str(if rule.is_none() { ";no-edition" } else { "" });
                rule
            }
            None => {
                notes.push_str(";invalid:time");
                row.complain(reader.messages, "time", time, "is not a time; write 2026-03-01")?;
                None
            }
        };
        let mut values = Vec::new();
        for (i, (_, item)) in ITEMS.into_iter().enumerate() {
            values.extend(reader.value(row, first + i, item, &mut notes)?.map(|value| (item, value)));
        }
        write(rule, [row.text(1), time], &values, 1, &notes, &mut out)?;
    }
    out.finish()
}

fn of_period<W: Write>(
    args: &TliArgs,
    law: &Standards,
    period: ReportPeriod,
    input: impl Read + Send,
    mut out: Output<W>,
    messages: &mut dyn Write,
) -> Result<(), AssessError> {
    let water = evaluate::law(law, &args.table.edition, period, FirstClassOxygen::Concentration)?;
    let of_input = rows::Input {
        rows: args.rows,
        unnamed: rows::Origin::Station,
        ignore_extra: args.table.ignore_extra,
    };
    let lake = Some(WaterBody::Lake);
    let sections = rows::read(of_input, law, &[period], (&ITEMS, lake), input, messages)?;
    let groups = match &args.groups {
        Some(path) => groups::of(Some(path), &sections, messages)?,
        None => groups::each(&sections),
    };
    let time = period.to_string();
    for group in &groups {
        let members: Vec<_> = group.sections.iter().filter_map(|place| sections.get(*place)).collect();
        let made: Vec<EvaluatedSection> =
            members.iter().map(|section| section.over(&water, period, None)).collect();
        let means: Vec<&[(Parameter, Decimal)]> =
            made.iter().map(|made| made.means.as_slice()).filter(|means| !means.is_empty()).collect();
        let over = ITEMS.iter().filter_map(|(_, item)| Some((*item, space_mean(*item, &means)?)));
        let over: Vec<(Parameter, Decimal)> = over.collect();
        let notes: BTreeSet<&String> = members.iter().flat_map(|section| &section.notes).collect();
        let notes: String = notes.into_iter().map(|note| format!(";{note}")).collect();
        let points = u32::try_from(means.len()).unwrap_or(u32::MAX);
        write(Some(water.rule), [&group.name, &time], &over, points, &notes, &mut out)?;
    }
    out.finish()
}

fn write<W: Write>(
    rule: Option<&WaterEvaluation>,
    [section, time]: [&str; 2],
    values: &[(Parameter, Decimal)],
    points: u32,
    notes: &str,
    out: &mut Output<W>,
) -> Result<(), AssessError> {
    let made = rule.map(|rule| trophic_index(&rule.trophic, values));
    let parts = made.as_ref().map(|made| made.parts.as_slice()).unwrap_or_default();
    let mut status = status(rule.map(|rule| &rule.trophic), parts);
    status.push_str(notes);
    let part = |item: Parameter| parts.iter().find(|(p, _)| *p == item).map(|(_, part)| *part);
    let mut row = vec![
        Field::Text(section),
        Field::Text(time),
        Field::Number(made.as_ref().and_then(|made| made.index), DECIMALS),
        Field::Text(made.as_ref().and_then(|made| made.level).map_or("", |level| level.name.as_str())),
    ];
    row.extend(ITEMS.map(|(_, item)| Field::Number(part(item), DECIMALS)));
    row.extend([
        Field::Integer(Some(points)),
        Field::Text(rule.map_or("", |rule| rule.edition.id.as_str())),
        Field::Text(&status),
    ]);
    out.row(&row)
}

fn status(rule: Option<&Trophic>, parts: &[(Parameter, Decimal)]) -> String {
    let Some(rule) = rule.filter(|_| !parts.is_empty()) else { return "missing".to_owned() };
    let has = |item: Parameter| parts.iter().any(|(p, _)| *p == item);
    let lacking = words::items(rule.items.iter().map(|item| item.parameter).filter(|item| !has(*item)));
    let mut status = if lacking.is_empty() { "ok".to_owned() } else { format!("partial:{lacking}") };
    let weak = rule.items.iter().filter(|item| item.unverified && has(item.parameter));
    let weak = words::items(weak.map(|item| item.parameter));
    if !weak.is_empty() {
        // Writing to a string cannot fail.
        let _ = write!(status, ";unverified:{weak}");
    }
    status
}
