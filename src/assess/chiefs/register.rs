//! The list of reaches of river chiefs' towns, a CSV `reach,town,length_km,section` with an optional `state`.
//!
//! The list is kept by people, not measured: a line that cannot be read stops the command.

use std::fs::File;
use std::path::Path;

use lanbi_analytics::water::Hindrance;
use lanbi_model::{Decimal, Registry, StationId, StationKind};

use super::super::cell::Cell;
use super::super::error::AssessError;
use super::super::table::{Column, Table};
use super::rows::kilometres;

const COLUMNS: [Column; 5] = [
    Column::required("reach"),
    Column::required("town"),
    Column::required("length_km"),
    Column::required("section"),
    Column::optional("state"),
];

/// One reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reach {
    pub(crate) name: String,
    /// Street or town that answers for it.
    pub(crate) town: String,
    pub(crate) length_km: Decimal,
    /// The section its water is told by.
    pub(crate) section: StationId,
    /// Why it is not assessed; none where it is.
    pub(crate) state: Option<Hindrance>,
}

/// Reads the list; each reach stands once, and its section is in the registry.
pub(crate) fn read(path: &Path, registry: &Registry) -> Result<Vec<Reach>, AssessError> {
    let file = File::open(path)
        .map_err(|e| AssessError::Failed(format!("cannot read {}: {e}; check the path", path.display())))?;
    let path = path.display();
    let of_list = |error: AssessError| AssessError::Failed(format!("{path}: {error}"));
    let mut table = Table::open(file, &COLUMNS, false).map_err(of_list)?;
    let mut reaches: Vec<Reach> = Vec::new();
    while let Some(row) = table.next_row().map_err(of_list)? {
        let refuse = |why: &str| Err(AssessError::Failed(format!("{path}: line {}: {why}", row.line())));
        let (name, town, section) = (row.text(0), row.text(1), row.text(3));
        if name.is_empty() || town.is_empty() {
            return refuse("needs a reach and its town");
        }
        if reaches.iter().any(|other| other.name == name) {
            return refuse("the reach stands twice; keep one line a reach");
        }
        let Cell::Value(length_km) = kilometres(row.text(2)) else {
            return refuse("needs a length in km such as 6.7");
        };
        let Some(station) = registry.find(section).filter(|s| matches!(s.kind, StationKind::Section { .. }))
        else {
            return refuse(&format!("`{section}` is no section of the station file; mend the id"));
        };
        let state = Hindrance::from_key(row.text(4));
        if state.is_none() && !row.text(4).is_empty() {
            return refuse("the state is none of suspended, dry, frozen");
        }
        reaches.push(Reach {
            name: name.to_owned(),
            town: town.to_owned(),
            length_km,
            section: station.id.clone(),
            state,
        });
    }
    Ok(reaches)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_cannot_be_a_reach_is_refused_with_its_number() {
        let registry = crate::demo::registry().unwrap();
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("reaches.csv");
        let read = |text: &str| {
            std::fs::write(&path, format!("reach,town,length_km,section,state\n{text}")).unwrap();
            read(&path, &registry)
        };
        let reaches = read("甲河,东镇,6.7,sec-01,\n乙河,东镇,1.50,sec-02,frozen\n").unwrap();
        assert_eq!((reaches[0].length_km.to_string().as_str(), reaches[0].state), ("6.7", None));
        assert_eq!(reaches[1].state, Some(Hindrance::Frozen));
        let check = |text: &str, says: &str| {
            let error = read(text).unwrap_err().to_string();
            assert!(error.contains("line 2: ") && error.contains(says), "{error}");
        };
        check(",东镇,1,sec-01,\n", "needs a reach and its town");
        check("甲河,东镇,-1,sec-01,\n", "needs a length");
        check("甲河,东镇,,sec-01,\n", "needs a length");
        check("甲河,东镇,1,out-01,\n", "`out-01` is no section");
        check("甲河,东镇,1,sec-01,wet\n", "none of suspended");
        let twice = read("甲河,东镇,1,sec-01,\n甲河,东镇,1,sec-01,\n").unwrap_err().to_string();
        assert!(twice.contains("line 3: the reach stands twice"), "{twice}");
    }
}
