//! What was sampled by hand, and why it was not: the list of laboratory results that a bureau keeps beside its stations.

use std::collections::HashMap;
use std::io::Read;

use lanbi_analytics::water::SectionData;
use lanbi_model::WaterBody;
use lanbi_model::standard::Standards;

use super::super::error::AssessError;
use super::rows::{self, Input, Origin, Rows};
use super::sections::columns;

/// Samplings of sections, by the name or id that the list gives them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Samplings(HashMap<String, SectionData>);

impl Samplings {
    /// Reads a list with the columns of `assess sections`, where rows without a source are samplings and `body` may be left
    /// out; gives what could not be used as well, a line each.
    ///
    /// # Errors
    /// The list is not UTF-8 or its columns are wrong.
    pub(crate) fn read(input: impl Read + Send, law: &Standards) -> Result<(Self, String), AssessError> {
        let of_input = Input { rows: Rows::Day, unnamed: Origin::Sampling, ignore_extra: false };
        let mut complaints = Vec::new();
        let sections =
            rows::read(of_input, law, &[], (&columns(), Some(WaterBody::River)), input, &mut complaints)?;
        let sections = sections.into_iter().map(|section| (section.name, section.data)).collect();
        Ok((Self(sections), String::from_utf8_lossy(&complaints).into_owned()))
    }

    /// What the list says of a section that goes by these names.
    pub(crate) fn of(&self, names: &[&str]) -> Option<&SectionData> {
        names.iter().find_map(|name| self.0.get(*name))
    }

    /// The names of the list.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}
