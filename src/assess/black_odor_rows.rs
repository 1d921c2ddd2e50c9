//! Samples of ditches, gathered by water and point: what `assess black-odor` and `assess watch` read.

use std::collections::{BTreeSet, HashSet};
use std::io::{Read, Write};

use chrono::NaiveDate;
use lanbi_model::standard::Standards;
use lanbi_model::{Decimal, Parameter};

use super::cell::{self, Cell};
use super::error::AssessError;
use super::stamp::Stamp;
use super::table::{Column, Row, Table, TableArgs};

/// Options of commands that read samples of ditches.
#[derive(Debug, clap::Args)]
pub(crate) struct OdorRowsArgs {
    /// By the rural guide: transparency, DO and NH3-N, one grade only; the column orp_mv may be left out.
    #[arg(long)]
    pub(super) rural: bool,
    #[command(flatten)]
    pub(crate) table: TableArgs,
}

const TIME: usize = 0;
const BODY: usize = 1;
const POINT: usize = 2;
const CHAINAGE: usize = 3;
const FIRST_ITEM: usize = 4;
const CLEAR: usize = 9;

const CHAINAGE_NAME: &str = "chainage_m";
const CLEAR_NAME: &str = "clear";

/// What a row may hold, in the order of the columns.
const ITEMS: [(Parameter, &str); 5] = [
    (Parameter::WaterDepth, "depth_cm"),
    (Parameter::Transparency, "transparency_cm"),
    (Parameter::DissolvedOxygen, "do"),
    (Parameter::Orp, "orp_mv"),
    (Parameter::Nh3n, "nh3n"),
];

/// The name of an indicator's column.
pub(super) fn column_of(parameter: Parameter) -> &'static str {
    ITEMS.iter().find(|(item, _)| *item == parameter).map_or(parameter.key(), |(_, name)| name)
}

/// One row.
pub(super) struct OdorSample {
    /// Its day; none where the time cannot be read.
    pub(super) day: Option<NaiveDate>,
    pub(super) values: Vec<(Parameter, Decimal)>,
    /// Whether the bottom was seen.
    pub(super) clear: bool,
}

/// The rows of a point.
pub(super) struct PointRows {
    pub(super) name: String,
    /// Distance along the water in m.
    pub(super) chainage: Option<Decimal>,
    pub(super) samples: Vec<OdorSample>,
    /// Times as written.
    times: HashSet<String>,
    /// What was wrong with its cells.
    pub(super) notes: BTreeSet<String>,
}

/// The points of a water in the order of their first rows.
pub(super) struct BodyRows {
    pub(super) name: String,
    pub(super) points: Vec<PointRows>,
    /// What was wrong with rows that belong to no point.
    pub(super) notes: BTreeSet<String>,
}

/// Reads all rows, waters in the order of their first rows.
pub(super) fn read(
    args: &OdorRowsArgs,
    law: &Standards,
    input: impl Read,
    messages: &mut dyn Write,
) -> Result<Vec<BodyRows>, AssessError> {
    let mut columns = ["time", "body", "point", CHAINAGE_NAME].map(Column::required).to_vec();
    columns.extend(ITEMS.iter().map(|(item, name)| match item {
        Parameter::Orp if args.rural => Column::optional(name),
        _ => Column::required(name),
    }));
    columns.push(Column::optional(CLEAR_NAME));
    let mut table = Table::open(input, &columns, args.table.ignore_extra)?;
    let mut bodies: Vec<BodyRows> = Vec::new();
    while let Some(row) = table.next_row()? {
        let name = row.text(BODY);
        let place = bodies.iter().position(|body| body.name == name).unwrap_or_else(|| {
            bodies.push(BodyRows { name: name.to_owned(), points: Vec::new(), notes: BTreeSet::new() });
            bodies.len() - 1
        });
        bodies[place].take(law, row, messages)?;
    }
    Ok(bodies)
}

impl BodyRows {
    fn take(&mut self, law: &Standards, row: Row<'_>, messages: &mut dyn Write) -> Result<(), AssessError> {
        let name = row.text(POINT);
        if name.is_empty() {
            self.notes.insert("invalid:point".to_owned());
            return row.complain(messages, "point", name, "is empty; name the point; the row is left out");
        }
        let place = self.points.iter().position(|point| point.name == name).unwrap_or_else(|| {
            self.points.push(PointRows {
                name: name.to_owned(),
                chainage: None,
                samples: Vec::new(),
                times: HashSet::new(),
                notes: BTreeSet::new(),
            });
            self.points.len() - 1
        });
        self.points[place].take(law, row, messages)
    }
}

impl PointRows {
    fn take(&mut self, law: &Standards, row: Row<'_>, messages: &mut dyn Write) -> Result<(), AssessError> {
        let time = row.text(TIME);
        let day = Stamp::parse(time).map(Stamp::first_day);
        if day.is_none() {
            self.notes.insert("invalid:time".to_owned());
            row.complain(messages, "time", time, "is not a time; write 2026-03-01")?;
        }
        if !self.times.insert(time.to_owned()) {
            let reason = format!("stands twice for point `{}`; both rows count", self.name);
            row.complain(messages, "time", time, &reason)?;
        }
        // A distance may be measured from anywhere.
        let read = cell::read_within(row.text(CHAINAGE), true, |_| true);
        let chainage = self.value(row, CHAINAGE, CHAINAGE_NAME, read, messages)?;
        match (self.chainage, chainage) {
            (Some(known), Some(other)) if known != other => {
                let reason = format!("is not that of the rows before, {known}; the first counts");
                row.complain(messages, CHAINAGE_NAME, row.text(CHAINAGE), &reason)?;
            }
            (None, _) => self.chainage = chainage,
            _ => {}
        }
        let mut values = Vec::with_capacity(ITEMS.len());
        for (column, (parameter, name)) in (FIRST_ITEM..).zip(ITEMS) {
            let read = cell::read(law, parameter, row.text(column));
            let value = self.value(row, column, name, read, messages)?;
            values.extend(value.map(|value| (parameter, value)));
        }
        let clear = row.text(CLEAR);
        if !matches!(clear, "" | "0" | "1") {
            self.notes.insert(format!("invalid:{CLEAR_NAME}"));
            row.complain(messages, CLEAR_NAME, clear, "is neither 1 nor 0; counted as not clear")?;
        }
        self.samples.push(OdorSample { day, values, clear: clear == "1" });
        Ok(())
    }

    fn value(
        &mut self,
        row: Row<'_>,
        column: usize,
        name: &str,
        read: Cell,
        messages: &mut dyn Write,
    ) -> Result<Option<Decimal>, AssessError> {
        match read {
            Cell::Missing => Ok(None),
            Cell::Value(value) => Ok(Some(value)),
            Cell::Censored(half) => {
                self.notes.insert(format!("censored:{name}"));
                Ok(Some(half))
            }
            Cell::Invalid(reason) => {
                self.notes.insert(format!("invalid:{name}"));
                row.complain(messages, name, row.text(column), &format!("{reason}; counted as missing"))?;
                Ok(None)
            }
        }
    }
}
