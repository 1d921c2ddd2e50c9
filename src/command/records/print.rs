//! Words and times of lists and messages.

use std::path::PathBuf;

use lanbi_model::{Instant, Registry, Zone};

/// A moment as local time with its offset.
pub(in crate::command) fn stamp(zone: Zone, instant: Instant) -> String {
    zone.at(instant).format("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

pub(in crate::command) const fn yes_no(is: bool) -> &'static str {
    if is { "yes" } else { "no" }
}

pub(in crate::command) fn count(rows: usize) -> u64 {
    u64::try_from(rows).unwrap_or(u64::MAX)
}

/// The names of files, kept with what they replace.
pub(in crate::command) fn source(files: &[PathBuf]) -> String {
    let name = |file: &PathBuf| match file.file_name() {
        Some(name) if name != "-" => name.to_string_lossy().into_owned(),
        _ => "stdin".to_owned(),
    };
    files.iter().map(name).collect::<Vec<_>>().join(", ")
}

/// What to do after a store has failed in between.
pub(in crate::command) fn interrupted(kept: u64) -> String {
    format!(
        "{kept} records were kept before this; give the same command again, what is kept already is recognised"
    )
}

/// The id of a chief by id or name. Who has left the registry is found by the id.
pub(in crate::command) fn chief_id(registry: &Registry, text: &str) -> String {
    let chiefs = registry.chiefs();
    let by_id = chiefs.iter().find(|chief| chief.id == text);
    match by_id.or_else(|| chiefs.iter().find(|chief| chief.name == text)) {
        Some(chief) => chief.id.clone(),
        None => {
            eprintln!("lanbi: chief `{text}` is not in the station file; looking for records under this id");
            text.to_owned()
        }
    }
}
