//! Reaches of districts in: means of the four items, target, and why there were none.

use std::io::{Read, Write};

use lanbi_analytics::river_chief::{ReachMeans, ReachOutcome, score_reach};
use lanbi_analytics::water::Hindrance;
use lanbi_model::chief_rule::ChiefScore;
use lanbi_model::standard::{Standards, WaterStandard};
use lanbi_model::{Decimal, Parameter, WaterBody};

use super::super::cell::{self, Cell};
use super::super::error::AssessError;
use super::super::table::{Column, Row, Table};

/// Items that have a column, in the order of the result.
pub(super) const ITEMS: [Parameter; 4] =
    [Parameter::CodMn, Parameter::Nh3n, Parameter::Tp, Parameter::DissolvedOxygen];

const COLUMNS: [Column; 14] = [
    Column::required("district"),
    Column::required("reach"),
    Column::optional("body"),
    Column::optional("length_km"),
    Column::optional("target"),
    Column::optional("state"),
    Column::optional("codmn"),
    Column::optional("nh3n"),
    Column::optional("tp"),
    Column::optional("do"),
    Column::optional("codmn_in"),
    Column::optional("nh3n_in"),
    Column::optional("tp_in"),
    Column::optional("do_in"),
];
const DISTRICT: usize = 0;
const REACH: usize = 1;
const BODY: usize = 2;
const LENGTH: usize = 3;
const TARGET: usize = 4;
const STATE: usize = 5;
const FIRST_ITEM: usize = 6;
const FIRST_INFLOW: usize = 10;
const INFLOW_NAMES: [&str; 4] = ["codmn_in", "nh3n_in", "tp_in", "do_in"];

/// Kilometres no reach comes near.
const LONGEST_KM: i64 = 10_000;

/// One scored row.
pub(super) struct Reach {
    pub(super) district: String,
    pub(super) name: String,
    pub(super) length: Option<Decimal>,
    pub(super) target: Option<u8>,
    pub(super) outcome: ReachOutcome,
    /// What was wrong with its cells, such as `invalid:nh3n`.
    pub(super) notes: Vec<String>,
}

/// A length in kilometres.
pub(super) fn kilometres(text: &str) -> Cell {
    cell::read_within(text, false, |length| length < Decimal::from(LONGEST_KM))
}

/// Reads and scores the reaches, in the order of the rows.
pub(super) fn read(
    rule: &ChiefScore,
    standard: &WaterStandard,
    law: &Standards,
    ignore_extra: bool,
    input: impl Read,
    messages: &mut dyn Write,
) -> Result<Vec<Reach>, AssessError> {
    let mut table = Table::open(input, &COLUMNS, ignore_extra)?;
    let mut reaches: Vec<Reach> = Vec::new();
    while let Some(row) = table.next_row()? {
        let (district, name) = (row.text(DISTRICT), row.text(REACH));
        let refuse = |why: &str| Err(AssessError::Failed(format!("line {}: {why}", row.line())));
        if district.is_empty() || name.is_empty() {
            return refuse("needs a district and a reach");
        }
        if reaches.iter().any(|other| other.district == district && other.name == name) {
            return refuse(&format!("reach `{name}` of `{district}` stands twice; keep one row a reach"));
        }
        let mut cells = Cells { row, law, messages, notes: Vec::new() };
        let length = cells.length()?;
        let target = cells.target()?;
        let outcome = cells.outcome(rule, standard, target)?;
        let notes = cells.notes;
        reaches.push(Reach {
            district: district.to_owned(),
            name: name.to_owned(),
            length,
            target,
            outcome,
            notes,
        });
    }
    Ok(reaches)
}

/// The cells of one row.
struct Cells<'a> {
    row: Row<'a>,
    law: &'a Standards,
    messages: &'a mut dyn Write,
    notes: Vec<String>,
}

impl Cells<'_> {
    fn invalid(&mut self, column: usize, name: &str, reason: &str) -> Result<(), AssessError> {
        self.notes.push(format!("invalid:{name}"));
        self.row.complain(self.messages, name, self.row.text(column), reason)
    }

    fn length(&mut self) -> Result<Option<Decimal>, AssessError> {
        match kilometres(self.row.text(LENGTH)) {
            Cell::Value(length) => Ok(Some(length)),
            Cell::Missing => Ok(None),
            Cell::Censored(_) | Cell::Invalid(_) => {
                self.invalid(LENGTH, "length_km", "is no length in km; counted as missing")?;
                Ok(None)
            }
        }
    }

    fn target(&mut self) -> Result<Option<u8>, AssessError> {
        let text = self.row.text(TARGET);
        let target = text.parse().ok().filter(|target| (1..=5).contains(target));
        if target.is_none() && !text.is_empty() {
            self.invalid(TARGET, "target", "is no class, 1 to 5; counted as missing")?;
        }
        Ok(target)
    }

    fn outcome(
        &mut self,
        rule: &ChiefScore,
        standard: &WaterStandard,
        target: Option<u8>,
    ) -> Result<ReachOutcome, AssessError> {
        let state = self.row.text(STATE);
        let has_values = (FIRST_ITEM..COLUMNS.len()).any(|column| !self.row.text(column).is_empty());
        match Hindrance::from_key(state) {
            Some(why) if !has_values => return Ok(ReachOutcome::Suspended(why)),
            Some(_) => self.invalid(STATE, "state", "stands beside values; the values count")?,
            None if state.is_empty() => {}
            None => self.invalid(STATE, "state", "is none of suspended, dry, frozen; the values count")?,
        }
        let body = match self.row.text(BODY) {
            "" => Some(WaterBody::River),
            text => WaterBody::from_key(text),
        };
        if body.is_none() {
            self.invalid(BODY, "body", "is neither river nor lake; the reach has no score")?;
        }
        let crosses = (FIRST_INFLOW..COLUMNS.len()).any(|column| !self.row.text(column).is_empty());
        let means = self.values(FIRST_ITEM, ITEMS.map(Parameter::key))?;
        let inflow = if crosses { Some(self.values(FIRST_INFLOW, INFLOW_NAMES)?) } else { None };
        let (Some(body), Some(target)) = (body, target) else {
            // Without a target no class is worse than it; which items are there does not matter then.
            return Ok(ReachOutcome::Missing(Vec::new()));
        };
        let reach = ReachMeans { body, target, means: &means, inflow: inflow.as_deref() };
        Ok(score_reach(rule, standard, &reach))
    }

    /// The four items from a column on.
    fn values(
        &mut self,
        first: usize,
        names: [&'static str; 4],
    ) -> Result<Vec<(Parameter, Decimal)>, AssessError> {
        let mut values = Vec::with_capacity(ITEMS.len());
        for ((column, parameter), name) in (first..).zip(ITEMS).zip(names) {
            match cell::read(self.law, parameter, self.row.text(column)) {
                Cell::Missing => {}
                Cell::Value(value) => values.push((parameter, value)),
                Cell::Censored(half) => {
                    self.notes.push(format!("censored:{name}"));
                    values.push((parameter, half));
                }
                Cell::Invalid(reason) => {
                    self.invalid(column, name, &format!("{reason}; counted as missing"))?;
                }
            }
        }
        Ok(values)
    }
}
