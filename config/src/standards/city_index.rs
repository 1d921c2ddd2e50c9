//! Files of 城市水质指数: which items are added, and what they are divided by.

use std::collections::{BTreeMap, BTreeSet};

use lanbi_model::standard::Edition;
use lanbi_model::water_rule::CityIndex;
use serde::Deserialize;

use super::error::Refusal;
use super::water_evaluation::{class, parameters};
use super::wire::Number;

/// Topics a file must name a clause for.
pub(super) const TOPICS: [&str; 4] = ["index", "weights", "nondetect", "change"];

/// `[cwqi]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Tables {
    items: Vec<String>,
    class: u8,
    neutral_ph: Number,
    decimals: u32,
    change_decimals: u32,
}

impl Tables {
    /// The rule of this file.
    pub(super) fn check(
        self,
        edition: Edition,
        clauses: BTreeMap<String, String>,
        unverified: BTreeSet<String>,
    ) -> Result<CityIndex, Refusal> {
        let items = parameters("cwqi.items", &self.items)?;
        if items.is_empty() {
            return Err(Refusal::new("cwqi.items", "is empty"));
        }
        Ok(CityIndex {
            edition,
            items,
            class: class("cwqi.class", self.class)?,
            neutral_ph: self.neutral_ph.0,
            decimals: self.decimals,
            change_decimals: self.change_decimals,
            clauses,
            unverified,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::load::refusal_of;

    #[test]
    fn slips_of_the_pen_are_refused_by_their_key() {
        let check = |from: &str, to: &str, says: &str| {
            let error = refusal_of("cwqi/2017.toml", from, to);
            assert!(error.contains(says), "{from}: {error}");
        };
        check("class = 3", "class = 0", "cwqi.class");
        check("\"do\", \"codmn\"", "\"do\", \"do\"", "names do a second time");
        check("[clauses.weights]", "[clauses.weight]", "clauses.weights");
    }
}
