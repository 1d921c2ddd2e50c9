//! A start for `stations.toml`: the stations that recorded files hold, with what they measure.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;

use lanbi_model::Parameter;
use toml::Value;

use super::{DraftKind, Mapping, open_table, read_rows};
use crate::IngestError;

/// Lists the stations of `files` as TOML, in the order of their names. A parameter is listed where at least one value
/// was found; a station without any value is listed in comments.
///
/// # Errors
/// A file cannot be read or does not fit the mapping.
pub fn draft_registry(files: &[impl AsRef<Path>], mapping: &Mapping) -> Result<String, IngestError> {
    let mut stations: BTreeMap<String, BTreeSet<Parameter>> = BTreeMap::new();
    for file in files {
        for row in read_rows(open_table(file.as_ref(), None, mapping)?, mapping)?.flatten() {
            let parameters = stations.entry(row.station).or_default();
            parameters.extend(row.values.iter().map(|(parameter, _, _)| *parameter));
        }
    }
    let mut text =
        String::from("# Drafted from recorded files. Complete name, area and water of each station.\n");
    for (station, parameters) in &stations {
        let entry = entry(station, parameters, mapping);
        if parameters.is_empty() {
            text.push_str("\n# No value was found for this station.\n");
            for line in entry.lines() {
                let _ = writeln!(text, "# {line}");
            }
        } else {
            text.push('\n');
            text.push_str(&entry);
        }
    }
    Ok(text)
}

fn entry(station: &str, parameters: &BTreeSet<Parameter>, mapping: &Mapping) -> String {
    let string = |text: &str| Value::String(text.to_owned()).to_string();
    let keys = Value::Array(parameters.iter().map(|p| Value::String(p.key().to_owned())).collect());
    let body = match mapping.kind {
        DraftKind::Air => "",
        DraftKind::Section => "body = \"river\"\n",
    };
    format!(
        "[[station]]\nid = {id}\nname = {id}\nkind = \"{kind}\"\n{body}area = {area}\nwater = \"\"\nzone = {zone}\n\
         period = \"{period}\"\ncadence = \"{cadence}\"\nparameters = {keys}\n",
        id = string(station),
        kind = mapping.kind.key(),
        area = string(&mapping.area),
        zone = string(&mapping.zone_name),
        period = mapping.period,
        cadence = mapping.cadence,
    )
}
