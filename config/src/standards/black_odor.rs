//! Files of the guides for black-odorous water.

use std::collections::BTreeMap;

use lanbi_model::Decimal;
use lanbi_model::standard::{BlackOdorLimit, BlackOdorStandard, Direction, Edition};
use serde::Deserialize;

use super::error::Refusal;
use super::wire::{self, Number, Side};

/// `[black-odor]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Tables {
    shallow_below_cm: Number,
    shallow_share: Number,
    urban: Vec<LimitRow>,
    rural: Vec<LimitRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LimitRow {
    parameter: String,
    unit: String,
    direction: Side,
    light: Number,
    #[serde(default)]
    edge_is_light: bool,
    heavy: Option<Number>,
}

impl Tables {
    /// The standard of this file.
    pub(super) fn check(
        self,
        edition: Edition,
        clauses: BTreeMap<String, String>,
    ) -> Result<BlackOdorStandard, Refusal> {
        let share = self.shallow_share.0;
        if share <= Decimal::ZERO || share >= Decimal::ONE {
            return Err(Refusal::new("black-odor.shallow_share", "must lie between 0 and 1"));
        }
        Ok(BlackOdorStandard {
            edition,
            urban: limits("urban", &self.urban)?,
            rural: limits("rural", &self.rural)?,
            shallow_below: self.shallow_below_cm.0,
            shallow_share: share,
            clauses,
        })
    }
}

fn limits(table: &str, rows: &[LimitRow]) -> Result<Vec<BlackOdorLimit>, Refusal> {
    let mut limits: Vec<BlackOdorLimit> = Vec::with_capacity(rows.len());
    for (i, row) in rows.iter().enumerate() {
        let key = format!("black-odor.{table}[{i}]");
        let parameter = wire::parameter(&key, &row.parameter, &row.unit)?;
        if limits.iter().any(|known| known.parameter == parameter) {
            return Err(Refusal::new(key, format!("names {parameter} a second time")));
        }
        let (direction, light, heavy) = (Direction::from(row.direction), row.light.0, row.heavy.map(|n| n.0));
        let worse = |heavy: Decimal| match direction {
            Direction::AtMost => heavy > light,
            Direction::AtLeast => heavy < light,
        };
        if heavy.is_some_and(|heavy| !worse(heavy)) {
            return Err(Refusal::new(format!("{key}.heavy"), "is not worse than `light`"));
        }
        limits.push(BlackOdorLimit { parameter, direction, light, edge_is_light: row.edge_is_light, heavy });
    }
    Ok(limits)
}
