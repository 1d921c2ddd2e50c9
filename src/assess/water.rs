//! `lanbi assess water`: the class of surface water by single factor (GB 3838).

use std::fmt::Write as _;
use std::io::{Read, Write};

use lanbi_analytics::water::{self, Rounding};
use lanbi_model::standard::Standards;
use lanbi_model::{Decimal, Parameter, WaterBody};

use super::error::AssessError;
use super::output::{Field, Output};
use super::stamp::Stamp;
use super::table::{Choice, Column, Reader, Table, TableArgs};

/// Options of `assess water`.
#[derive(Debug, clap::Args)]
pub(crate) struct WaterArgs {
    /// Class 1-5 that exceedances are measured against; class 3 unless given.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=5))]
    target: Option<u8>,
    /// Round values as the evaluation rule says before they are graded.
    #[arg(long)]
    round: bool,
    #[command(flatten)]
    pub(crate) table: TableArgs,
}

const OUT: [&str; 7] = ["time", "section", "edition", "class", "worst", "exceeding", "status"];
const TIME: usize = 0;
const SECTION: usize = 1;
const BODY: usize = 2;
const FIRST_ITEM: usize = 3;

/// Items a row may hold.
pub(super) const ITEMS: [Parameter; 23] = [
    Parameter::WaterTemperature,
    Parameter::Ph,
    Parameter::DissolvedOxygen,
    Parameter::CodMn,
    Parameter::Cod,
    Parameter::Bod5,
    Parameter::Nh3n,
    Parameter::Tp,
    Parameter::Tn,
    Parameter::Copper,
    Parameter::Zinc,
    Parameter::Fluoride,
    Parameter::Selenium,
    Parameter::Arsenic,
    Parameter::Mercury,
    Parameter::Cadmium,
    Parameter::ChromiumSix,
    Parameter::Lead,
    Parameter::Cyanide,
    Parameter::VolatilePhenol,
    Parameter::Oil,
    Parameter::Surfactant,
    Parameter::Sulfide,
];

/// Grades every row of `input`.
pub(super) fn run(
    args: &WaterArgs,
    law: &Standards,
    input: impl Read,
    output: impl Write,
    messages: &mut dyn Write,
) -> Result<(), AssessError> {
    let choice = Choice::parse(&law.water, &args.table.edition)?;
    let mut columns = vec![Column::required("time"), Column::required("section"), Column::required("body")];
    columns.extend(ITEMS.iter().map(|item| Column::optional(item.key())));
    let mut table = Table::open(input, &columns, args.table.ignore_extra)?;
    let mut out = Output::new(args.table.output, &OUT, output)?;
    let mut reader = Reader { law, messages };
    let rounding = if args.round { Rounding::Evaluation } else { Rounding::AsGiven };
    let mut values: Vec<(Parameter, Decimal)> = Vec::with_capacity(ITEMS.len());
    let (mut notes, mut status) = (String::new(), String::new());
    let (mut worst, mut exceeding) = (String::new(), String::new());
    while let Some(row) = table.next_row()? {
        notes.clear();
        let day = Stamp::parse(row.text(TIME)).map(Stamp::first_day);
        let standard = choice.on(day, &mut notes);
        if day.is_none() {
            row.complain(reader.messages, "time", row.text(TIME), "is not a time; write 2026-03-01")?;
        }
        let body = WaterBody::from_key(row.text(BODY));
        if body.is_none() {
            notes.push_str(";invalid:body");
            row.complain(
                reader.messages,
                "body",
                row.text(BODY),
                "is neither river nor lake; no class is given",
            )?;
        }
        values.clear();
        for (i, item) in ITEMS.into_iter().enumerate() {
            let value = reader.value(row, FIRST_ITEM + i, item, &mut notes)?;
            values.extend(value.map(|value| (item, value)));
        }
        let graded = standard.zip(body);
        let graded =
            graded.map(|(standard, body)| water::assess(standard, body, args.target, rounding, &values));
        let class = graded.as_ref().and_then(|g| g.class);
        status.clear();
        status.push_str(if class.is_some() { "ok" } else { "missing" });
        status.push_str(&notes);
        worst.clear();
        exceeding.clear();
        for item in graded.iter().flat_map(|g| &g.worst) {
            // Writing to a string cannot fail, here and below.
            let _ = write!(worst, "{}{item}", plus(&worst));
        }
        for over in graded.iter().flat_map(|g| &g.exceeding) {
            let _ = write!(exceeding, "{}{}", plus(&exceeding), over.parameter);
            if let Some(multiple) = over.multiple {
                let _ = write!(exceeding, "/{multiple:.1}");
            }
        }
        out.row(&[
            Field::Text(row.text(TIME)),
            Field::Text(row.text(SECTION)),
            Field::Text(standard.map_or("", |standard| standard.edition.id.as_str())),
            Field::Integer(class.map(u32::from)),
            Field::Text(&worst),
            Field::Text(&exceeding),
            Field::Text(&status),
        ])?;
    }
    out.finish()
}

const fn plus(list: &str) -> &'static str {
    if list.is_empty() { "" } else { "+" }
}
