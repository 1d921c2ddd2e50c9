//! `--targets`: the class each section is to keep, a CSV `section,target`.

use std::collections::{HashMap, HashSet};
use std::io::Write;

use super::super::error::AssessError;
use super::groups::pairs;
use super::rows::Section;

/// Target classes 1-5 by section; the sections of the list that the input does not have are said.
pub(super) fn read(
    path: Option<&str>,
    sections: &[Section],
    messages: &mut dyn Write,
) -> Result<HashMap<String, u8>, AssessError> {
    let mut targets = HashMap::new();
    let Some(path) = path else { return Ok(targets) };
    let known: HashSet<&str> = sections.iter().map(|section| section.name.as_str()).collect();
    for (line, [section, target]) in pairs(path, ["section", "target"])? {
        let refuse = |why: &str| AssessError::Failed(format!("{path}: line {line}: {why}"));
        let class = target.parse().ok().filter(|class| (1..=5).contains(class));
        let class = class.ok_or_else(|| refuse("the target must be a class, 1 to 5"))?;
        if !known.contains(section.as_str()) {
            writeln!(messages, "targets: section `{section}` is not in the input")?;
        }
        if targets.insert(section, class).is_some() {
            return Err(refuse("the section stands twice"));
        }
    }
    Ok(targets)
}
