//! `--groups`: which sections make a river, a basin, a lake or a city, a CSV `section,group`.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::Write;

use super::super::error::AssessError;
use super::super::table::{Column, Table};
use super::rows::Section;

/// Name of the one group where no list is given.
const ALL: &str = "all";

/// A group and the places of its sections in the input.
pub(super) struct Group {
    pub(super) name: String,
    pub(super) sections: Vec<usize>,
    /// Sections of the list that the input does not have.
    pub(super) absent: Vec<String>,
}

/// The groups in the order of the list; without one all sections together. Sections in no group are left out, which is said.
pub(super) fn of(
    path: Option<&str>,
    sections: &[Section],
    messages: &mut dyn Write,
) -> Result<Vec<Group>, AssessError> {
    let Some(path) = path else {
        let all = Group { name: ALL.to_owned(), sections: (0..sections.len()).collect(), absent: Vec::new() };
        return Ok(if sections.is_empty() { Vec::new() } else { vec![all] });
    };
    let list = pairs(path, ["section", "group"])?;
    let places: HashMap<&str, usize> =
        sections.iter().zip(0..).map(|(section, place)| (section.name.as_str(), place)).collect();
    let mut groups: Vec<Group> = Vec::new();
    for (line, [section, name]) in &list {
        let group = match groups.iter().position(|group| group.name == *name) {
            Some(place) => &mut groups[place],
            None => {
                groups.push(Group { name: name.clone(), sections: Vec::new(), absent: Vec::new() });
                let last = groups.len() - 1;
                &mut groups[last]
            }
        };
        let place = places.get(section.as_str()).copied();
        let stands = match place {
            Some(place) => group.sections.contains(&place),
            None => group.absent.contains(section),
        };
        if stands {
            let why = "stands twice; a section counts once in a group";
            return Err(AssessError::Failed(format!("{path}: line {line}: {why}")));
        }
        match place {
            Some(place) => group.sections.push(place),
            None => {
                writeln!(messages, "groups: section `{section}` of `{name}` is not in the input")?;
                group.absent.push(section.clone());
            }
        }
    }
    let named: HashSet<&str> = list.iter().map(|(_, [section, _])| section.as_str()).collect();
    for section in sections.iter().filter(|section| !named.contains(section.name.as_str())) {
        writeln!(messages, "groups: section `{}` is in no group and is left out", section.name)?;
    }
    Ok(groups)
}

/// Each section on its own.
pub(super) fn each(sections: &[Section]) -> Vec<Group> {
    let one = |(section, place): (&Section, usize)| Group {
        name: section.name.clone(),
        sections: vec![place],
        absent: Vec::new(),
    };
    sections.iter().zip(0..).map(one).collect()
}

/// The rows of a list of two columns, none of them empty, with their lines.
pub(super) fn pairs(path: &str, names: [&'static str; 2]) -> Result<Vec<(u64, [String; 2])>, AssessError> {
    let file = File::open(path)
        .map_err(|e| AssessError::Failed(format!("cannot read {path}: {e}; check the path")))?;
    let of_list = |error: AssessError| AssessError::Failed(format!("{path}: {error}"));
    let mut table = Table::open(file, &names.map(Column::required), false).map_err(of_list)?;
    let mut pairs = Vec::new();
    while let Some(row) = table.next_row().map_err(of_list)? {
        let pair = [row.text(0), row.text(1)];
        if pair.contains(&"") {
            let (line, [one, other]) = (row.line(), names);
            return Err(AssessError::Failed(format!("{path}: line {line}: needs a {one} and its {other}")));
        }
        pairs.push((row.line(), pair.map(str::to_owned)));
    }
    Ok(pairs)
}
