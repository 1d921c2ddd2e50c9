//! Files of rules that add places and pay by the place that comes out.

use std::collections::{BTreeMap, BTreeSet};

use lanbi_model::standard::Edition;
use lanbi_model::water_rule::RankSum;
use serde::Deserialize;

use super::error::Refusal;
use super::wire::Number;

/// Topics a file must name a clause for.
pub(super) const TOPICS: [&str; 3] = ["rule", "money", "ties"];

/// Figures that `lanbi assess rank` has a column for.
const FIGURES: [&str; 3] = ["index", "change", "ratio"];

/// `[rank-sum]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Tables {
    figures: Vec<String>,
    money: Vec<Number>,
}

impl Tables {
    /// The rule of this file.
    pub(super) fn check(
        self,
        edition: Edition,
        clauses: BTreeMap<String, String>,
        unverified: BTreeSet<String>,
    ) -> Result<RankSum, Refusal> {
        if self.figures.is_empty() {
            return Err(Refusal::new("rank-sum.figures", "is empty"));
        }
        for (i, figure) in self.figures.iter().enumerate() {
            let key = || format!("rank-sum.figures[{i}]");
            if !FIGURES.contains(&figure.as_str()) {
                return Err(Refusal::new(key(), format!("`{figure}` is none of {}", FIGURES.join(" "))));
            }
            if self.figures.iter().take(i).any(|other| other == figure) {
                return Err(Refusal::new(key(), "stands twice"));
            }
        }
        let money: Vec<_> = self.money.iter().map(|money| money.0).collect();
        if money.windows(2).any(|pair| pair[0] < pair[1]) {
            return Err(Refusal::new("rank-sum.money", "rises towards later places"));
        }
        Ok(RankSum { edition, figures: self.figures, money, clauses, unverified })
    }
}

#[cfg(test)]
mod tests {
    use super::super::load::refusal_of;

    #[test]
    fn slips_of_the_pen_are_refused_by_their_key() {
        let check = |from: &str, to: &str, says: &str| {
            let error = refusal_of("ranking/tianjin-water-2018.toml", from, to);
            assert!(error.contains(says), "{from}: {error}");
        };
        check("\"change\", \"ratio\"", "\"change\", \"pm25\"", "figures[2]: `pm25`");
        check("\"change\", \"ratio\"", "\"change\", \"change\"", "figures[2]: stands twice");
        check("money = [140, 120", "money = [120, 140", "rank-sum.money");
        check("[clauses.ties]", "[clauses.tie]", "clauses.ties");
    }
}
