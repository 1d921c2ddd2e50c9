//! Files of the guides for black-odorous water.

use std::collections::BTreeMap;

use lanbi_model::Decimal;
use lanbi_model::standard::{
    BlackOdorLimit, BlackOdorStandard, Direction, Edition, Elimination, OdorJudging,
};
use serde::Deserialize;

use super::error::Refusal;
use super::wire::{self, Number, Side};

/// Clauses that a file must name.
pub(super) const TOPICS: [&str; 11] = [
    "urban",
    "rural",
    "shallow",
    "point",
    "reach",
    "body",
    "inclusive",
    "sampling",
    "effect",
    "lasting",
    "recognition",
];

/// `[black-odor]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Tables {
    shallow_below_cm: Number,
    shallow_share: Number,
    urban: Vec<LimitRow>,
    rural: Vec<LimitRow>,
    judging: JudgingRow,
    elimination: EliminationRow,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct JudgingRow {
    inclusive: bool,
    one_indicator: Number,
    each_indicator: Number,
    indicators: u32,
    reach_points: u32,
    body_share: Number,
    least_points: u32,
    least_samples: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EliminationRow {
    questionnaires: u32,
    satisfied: Number,
    recognised: Number,
    months: u32,
    largest_gap_days: u32,
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
        Ok(BlackOdorStandard {
            edition,
            urban: limits("urban", &self.urban)?,
            rural: limits("rural", &self.rural)?,
            shallow_below: self.shallow_below_cm.0,
            shallow_share: share("shallow_share", self.shallow_share)?,
            judging: self.judging.check()?,
            elimination: self.elimination.check()?,
            clauses,
        })
    }
}

impl JudgingRow {
    fn check(self) -> Result<OdorJudging, Refusal> {
        let counts = [
            ("indicators", self.indicators),
            ("reach_points", self.reach_points),
            ("least_points", self.least_points),
            ("least_samples", self.least_samples),
        ];
        if let Some((key, _)) = counts.into_iter().find(|(_, count)| *count == 0) {
            return Err(Refusal::new(format!("black-odor.judging.{key}"), "must be 1 or more"));
        }
        Ok(OdorJudging {
            inclusive: self.inclusive,
            one_indicator: share("judging.one_indicator", self.one_indicator)?,
            each_indicator: share("judging.each_indicator", self.each_indicator)?,
            indicators: self.indicators,
            reach_points: self.reach_points,
            body_share: share("judging.body_share", self.body_share)?,
            least_points: self.least_points,
            least_samples: self.least_samples,
        })
    }
}

impl EliminationRow {
    fn check(self) -> Result<Elimination, Refusal> {
        Ok(Elimination {
            questionnaires: self.questionnaires,
            satisfied: share("elimination.satisfied", self.satisfied)?,
            recognised: share("elimination.recognised", self.recognised)?,
            months: self.months,
            largest_gap_days: self.largest_gap_days,
        })
    }
}

fn share(key: &str, number: Number) -> Result<Decimal, Refusal> {
    if number.0 <= Decimal::ZERO || number.0 >= Decimal::ONE {
        return Err(Refusal::new(format!("black-odor.{key}"), "must lie between 0 and 1"));
    }
    Ok(number.0)
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
