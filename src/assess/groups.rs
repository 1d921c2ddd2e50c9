//! `--groups`: which sites make a district or a city, a CSV `site,group`.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Write;

use lanbi_analytics::air::{self, Concentrations};

use super::error::AssessError;
use super::table::{Column, Table};

const COLUMNS: [Column; 2] = [Column::required("site"), Column::required("group")];

/// The days or hours of one site or place, in order of time.
pub(super) struct Series<T> {
    pub(super) name: String,
    pub(super) values: Vec<(T, Concentrations)>,
    /// What was wrong with its cells.
    pub(super) notes: BTreeSet<String>,
}

/// The list.
pub(super) struct Groups {
    /// Group and its sites, in the order of the file.
    groups: Vec<(String, Vec<String>)>,
}

impl Groups {
    /// Reads the list. A site may be in several groups: its district and the city.
    pub(super) fn read(path: &str) -> Result<Self, AssessError> {
        let file = File::open(path)
            .map_err(|e| AssessError::Failed(format!("cannot read {path}: {e}; check the path")))?;
        let of_list = |error: AssessError| AssessError::Failed(format!("{path}: {error}"));
        let mut table = Table::open(file, &COLUMNS, false).map_err(of_list)?;
        let mut groups: Vec<(String, Vec<String>)> = Vec::new();
        while let Some(row) = table.next_row().map_err(of_list)? {
            let (site, group) = (row.text(0), row.text(1));
            let refuse = |why| Err(AssessError::Failed(format!("{path}: line {}: {why}", row.line())));
            if site.is_empty() || group.is_empty() {
                return refuse("needs a site and its group");
            }
            match groups.iter_mut().find(|(name, _)| name == group) {
                Some((_, sites)) if sites.iter().any(|other| other == site) => {
                    return refuse("stands twice; a site counts once in a group");
                }
                Some((_, sites)) => sites.push(site.to_owned()),
                None => groups.push((group.to_owned(), vec![site.to_owned()])),
            }
        }
        Ok(Self { groups })
    }

    /// The groups in place of their sites. A site of the list that the input does not have counts as silent; sites that stand in
    /// no group are left out. Both are said.
    pub(super) fn join<T: Ord + Copy>(
        &self,
        percent: impl Fn(T) -> u32 + Copy,
        sites: &[Series<T>],
        messages: &mut dyn Write,
    ) -> Result<Vec<Series<T>>, AssessError> {
        for site in sites {
            if !self.groups.iter().any(|(_, members)| members.contains(&site.name)) {
                writeln!(messages, "groups: site `{}` is in no group and is left out", site.name)?;
            }
        }
        let mut joined = Vec::with_capacity(self.groups.len());
        for (group, members) in &self.groups {
            let mut values = Vec::with_capacity(members.len());
            let mut notes = BTreeSet::new();
            for member in members {
                let Some(site) = sites.iter().find(|site| site.name == *member) else {
                    writeln!(
                        messages,
                        "groups: site `{member}` of `{group}` is not in the input; counted as silent"
                    )?;
                    notes.insert("silent-site".to_owned());
                    values.push(Vec::new());
                    continue;
                };
                notes.extend(site.notes.iter().cloned());
                values.push(site.values.clone());
            }
            let values = air::mean_of_sites(percent, &values);
            joined.push(Series { name: group.clone(), values, notes });
        }
        Ok(joined)
    }
}
