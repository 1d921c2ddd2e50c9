//! Ranking files: which figures' places make the score of a district, and by which weights.

use std::collections::BTreeMap;

use lanbi_model::Decimal;
use lanbi_model::evaluation::{RankFigure, RankPart, Ranking};
use lanbi_model::standard::Edition;
use serde::Deserialize;

use super::error::Refusal;
use super::wire::Number;

/// `[ranking]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Tables {
    parts: Vec<PartRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PartRow {
    figure: String,
    weight: Number,
}

impl Tables {
    /// The rule of this file.
    pub(super) fn check(
        self,
        edition: Edition,
        clauses: BTreeMap<String, String>,
    ) -> Result<Ranking, Refusal> {
        let mut parts: Vec<RankPart> = Vec::new();
        for (i, row) in self.parts.iter().enumerate() {
            let key = format!("ranking.parts[{i}]");
            let figure = RankFigure::from_key(&row.figure).ok_or_else(|| {
                let known = RankFigure::ALL.map(RankFigure::key).join(" ");
                Refusal::new(format!("{key}.figure"), format!("`{}` is none of {known}", row.figure))
            })?;
            if parts.iter().any(|part| part.figure == figure) {
                return Err(Refusal::new(format!("{key}.figure"), "stands twice"));
            }
            if row.weight.0 <= Decimal::ZERO {
                return Err(Refusal::new(format!("{key}.weight"), "must be more than 0 percent"));
            }
            parts.push(RankPart { figure, weight: row.weight.0 });
        }
        let sum: Decimal = parts.iter().map(|part| part.weight).sum();
        if sum != Decimal::ONE_HUNDRED {
            return Err(Refusal::new("ranking.parts", format!("weights make {sum} percent, not 100")));
        }
        Ok(Ranking { edition, parts, clauses })
    }
}
