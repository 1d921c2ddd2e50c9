//! `--parts`: what districts have in the parts that are not measured, a CSV with one row a district.

use std::fs::File;
use std::io::Write;

use lanbi_analytics::river_chief::Part;
use lanbi_model::Decimal;
use lanbi_model::chief_rule::ChiefScore;

use super::super::cell::{self, Cell};
use super::super::error::AssessError;
use super::super::table::{Column, Table};

/// Parts, in the order of the columns.
const NAMES: [&str; 6] = ["surface", "other", "hygiene", "shoreline", "patrol", "social"];

/// Word for a part that was not assessed for a reason.
const SUSPENDED: &str = "suspended";

/// The parts of one district; missing where the file says nothing.
pub(super) struct Given {
    pub(super) district: String,
    pub(super) surface: Part,
    pub(super) other: Part,
    pub(super) hygiene: Part,
    pub(super) shoreline: Part,
    pub(super) patrol: Part,
    pub(super) social: Part,
    /// What was wrong with its cells.
    pub(super) notes: Vec<String>,
}

impl Given {
    /// A district of which nothing is said.
    pub(super) fn nothing(district: &str) -> Self {
        Self::of(district, [Part::Missing; 6], Vec::new())
    }

    fn of(district: &str, parts: [Part; 6], notes: Vec<String>) -> Self {
        let [surface, other, hygiene, shoreline, patrol, social] = parts;
        let district = district.to_owned();
        Self { district, surface, other, hygiene, shoreline, patrol, social, notes }
    }
}

/// Reads the file; nothing without one.
pub(super) fn read(
    rule: &ChiefScore,
    path: Option<&str>,
    messages: &mut dyn Write,
) -> Result<Vec<Given>, AssessError> {
    let Some(path) = path else { return Ok(Vec::new()) };
    let file = File::open(path)
        .map_err(|e| AssessError::Failed(format!("cannot read {path}: {e}; check the path")))?;
    let of_file = |error: AssessError| AssessError::Failed(format!("{path}: {error}"));
    let mut columns = vec![Column::required("district")];
    columns.extend(NAMES.map(Column::optional));
    let mut table = Table::open(file, &columns, false).map_err(of_file)?;
    let mut all: Vec<Given> = Vec::new();
    while let Some(row) = table.next_row().map_err(of_file)? {
        let district = row.text(0);
        if district.is_empty() || all.iter().any(|other| other.district == district) {
            let why = "needs a district, each in one row";
            return Err(AssessError::Failed(format!("{path}: line {}: {why}", row.line())));
        }
        let (mut parts, mut notes) = ([Part::Missing; 6], Vec::new());
        for ((column, part), name) in (1..).zip(&mut parts).zip(NAMES) {
            let most = if name == "other" { rule.water.other } else { Decimal::ONE_HUNDRED };
            let text = row.text(column);
            *part = match cell::read_within(text, false, |score| score <= most) {
                Cell::Value(score) => Part::Scored(score),
                Cell::Missing => Part::Missing,
                _ if text == SUSPENDED => Part::Suspended,
                Cell::Censored(_) | Cell::Invalid(_) => {
                    notes.push(format!("invalid:{name}"));
                    let reason = format!("is neither 0 to {most} nor {SUSPENDED}; counted as missing");
                    write!(messages, "{path}: ")?;
                    row.complain(messages, name, text, &reason)?;
                    Part::Missing
                }
            };
        }
        all.push(Given::of(district, parts, notes));
    }
    Ok(all)
}
