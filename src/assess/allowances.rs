//! The list of allowances, a CSV `site,year,allowance_kg`: what each site may discharge in a year.

use std::fs::File;
use std::path::Path;

use lanbi_model::Decimal;

use super::cell::{self, Cell};
use super::error::AssessError;
use super::table::{Column, Table};

/// One line of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Allowance {
    pub(crate) site: String,
    pub(crate) year: i32,
    pub(crate) kg: Decimal,
}

/// Reads the list; a line that cannot be read stops the command.
pub(crate) fn read(path: &Path) -> Result<Vec<Allowance>, AssessError> {
    let file = File::open(path)
        .map_err(|e| AssessError::Failed(format!("cannot read {}: {e}; check the path", path.display())))?;
    let path = path.display();
    let of_list = |error: AssessError| AssessError::Failed(format!("{path}: {error}"));
    let columns = ["site", "year", "allowance_kg"].map(Column::required);
    let mut table = Table::open(file, &columns, false).map_err(of_list)?;
    let mut allowances: Vec<Allowance> = Vec::new();
    while let Some(row) = table.next_row().map_err(of_list)? {
        let year = row.text(1).parse().ok().filter(|year| (1900..=2999).contains(year));
        let kg = match cell::read_within(row.text(2), false, is_possible) {
            Cell::Value(kg) => Some(kg),
            _ => None,
        };
        let refuse = |why: &str| Err(AssessError::Failed(format!("{path}: line {}: {why}", row.line())));
        let (Some(year), Some(kg)) = (year, kg) else {
            return refuse("needs a year such as 2026 and an allowance in kg that is not below zero");
        };
        if allowances.iter().any(|known| known.site == row.text(0) && known.year == year) {
            return refuse("stands twice; a site has one allowance a year");
        }
        allowances.push(Allowance { site: row.text(0).to_owned(), year, kg });
    }
    Ok(allowances)
}

/// No river carries a thousand million tonnes; larger numbers would not add up exactly.
pub(super) fn is_possible(kg: Decimal) -> bool {
    kg <= Decimal::from(10_u64.pow(12))
}
