//! Editions of one standard must follow each other day by day: on every day exactly one is in force.

use std::collections::BTreeMap;

use lanbi_model::standard::{Edition, Editioned};

use super::error::{Refusal, StandardsError};

/// Sorts the editions by their first day and refuses a repeated id, an overlap or a gap.
///
/// `family` tells which of them are editions of the same standard; `files` names the file of each edition id.
pub(super) fn in_order<S: Editioned>(
    editions: &mut [S],
    files: &BTreeMap<String, String>,
    family: impl Fn(&Edition) -> &str,
) -> Result<(), StandardsError> {
    editions.sort_by_key(|s| s.edition().from);
    for (i, later) in editions.iter().enumerate() {
        let later = later.edition();
        let before = editions[..i].iter().rev().map(Editioned::edition).find(|e| family(e) == family(later));
        if let Some(before) = before {
            follows(before, later).map_err(|refusal| {
                refusal.of(files.get(&later.id).map_or(later.id.as_str(), String::as_str))
            })?;
        }
    }
    Ok(())
}

fn follows(before: &Edition, later: &Edition) -> Result<(), Refusal> {
    let (id, from) = (&before.id, later.from);
    let refuse = |reason: String| Err(Refusal::new("edition.from", reason));
    match before.until {
        None => refuse(format!("{from} overlaps {id}, which has no last day; give it `until`")),
        Some(until) if until >= from => refuse(format!("{from} overlaps {id}, in force until {until}")),
        Some(until) if until.succ_opt() != Some(from) => {
            refuse(format!("{from} leaves a gap after {id}, in force until {until}"))
        }
        Some(_) => Ok(()),
    }
}
