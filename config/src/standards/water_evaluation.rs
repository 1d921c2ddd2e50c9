//! Files of 环办〔2011〕22号: periods of sections, states of basins, changes and the trophic index.

use std::collections::{BTreeMap, BTreeSet};

use lanbi_model::standard::{Confidence, Edition};
use lanbi_model::water_rule::{
    BasinRule, BasinState, ChangeRule, MainPollutants, Trophic, TrophicItem, TrophicLevel, WaterEvaluation,
    WaterMinimums,
};
use lanbi_model::{Decimal, Parameter};
use serde::Deserialize;

use super::error::Refusal;
use super::wire::{self, Mark, Number};

/// Topics a file must name a clause for.
pub(super) const TOPICS: [&str; 7] =
    ["statistics", "minimums", "merging", "main", "basin", "change", "trophic"];

/// Ⅰ to Ⅴ.
const CLASSES: u8 = 5;

/// `[water-evaluation]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Tables {
    automatic: Vec<String>,
    minimums: MinimumRow,
    main: MainRow,
    basin: BasinTable,
    change: ChangeRow,
    trophic: TrophicTable,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MinimumRow {
    month_percent: u32,
    quarter_months: u32,
    year_months: u32,
    year_months_least: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MainRow {
    named: usize,
    class: u8,
    first: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BasinTable {
    sections: u32,
    good_class: u8,
    decimals: u32,
    states: Vec<StateRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StateRow {
    state: String,
    good_from: Option<Number>,
    worst_below: Option<Number>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChangeRow {
    marked_steps: u8,
    slight_points: Number,
    marked_points: Number,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TrophicTable {
    items: Vec<TrophicRow>,
    levels: Vec<LevelRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TrophicRow {
    parameter: String,
    unit: String,
    #[serde(default = "one")]
    divisor: Number,
    a: Number,
    b: Number,
    r: Number,
    confidence: Mark,
}

/// `upto` is inside the level, `below` is not.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LevelRow {
    name: String,
    upto: Option<Number>,
    below: Option<Number>,
}

const fn one() -> Number {
    Number(Decimal::ONE)
}

impl Tables {
    /// The rule of this file.
    pub(super) fn check(
        self,
        edition: Edition,
        clauses: BTreeMap<String, String>,
        unverified: BTreeSet<String>,
    ) -> Result<WaterEvaluation, Refusal> {
        Ok(WaterEvaluation {
            edition,
            minimums: self.minimums.check()?,
            automatic: parameters("water-evaluation.automatic", &self.automatic)?,
            main: MainPollutants {
                named: self.main.named,
                class: class("water-evaluation.main.class", self.main.class)?,
                first: parameters("water-evaluation.main.first", &self.main.first)?,
            },
            basin: self.basin.check()?,
            change: self.change.check()?,
            trophic: self.trophic.check()?,
            clauses,
            unverified,
        })
    }
}

impl MinimumRow {
    fn check(self) -> Result<WaterMinimums, Refusal> {
        let Self { month_percent, quarter_months, year_months, year_months_least } = self;
        let key = |name: &str| format!("water-evaluation.minimums.{name}");
        if month_percent > 100 {
            return Err(Refusal::new(key("month_percent"), "is more than 100 percent"));
        }
        if !(1..=3).contains(&quarter_months) {
            return Err(Refusal::new(key("quarter_months"), "must be 1 to 3"));
        }
        if !(1..=12).contains(&year_months) || !(1..=year_months).contains(&year_months_least) {
            let why = "must be 1 to `year_months`, and that 1 to 12";
            return Err(Refusal::new(key("year_months_least"), why));
        }
        Ok(WaterMinimums { month_percent, quarter_months, year_months, year_months_least })
    }
}

impl BasinTable {
    fn check(self) -> Result<BasinRule, Refusal> {
        let key = "water-evaluation.basin.states";
        let last = self.states.len().checked_sub(1).ok_or_else(|| Refusal::new(key, "is empty"))?;
        let mut states: Vec<BasinState> = Vec::new();
        for (i, row) in self.states.into_iter().enumerate() {
            let key = format!("{key}[{i}]");
            let open = row.good_from.is_none() && row.worst_below.is_none();
            if open != (i == last) {
                return Err(Refusal::new(key, "the last state has no condition, every other one has"));
            }
            if states.iter().any(|known| known.state == row.state) {
                return Err(Refusal::new(format!("{key}.state"), "stands twice"));
            }
            let share = |share: Option<Number>| share.map(|share| share.0);
            if [row.good_from, row.worst_below].into_iter().flatten().any(|n| !is_percent(n.0)) {
                return Err(Refusal::new(key, "has a share that is not 0 to 100 percent"));
            }
            states.push(BasinState {
                state: row.state,
                good_from: share(row.good_from),
                worst_below: share(row.worst_below),
            });
        }
        Ok(BasinRule {
            sections: self.sections,
            good_class: class("water-evaluation.basin.good_class", self.good_class)?,
            states,
            decimals: self.decimals,
        })
    }
}

impl ChangeRow {
    fn check(self) -> Result<ChangeRule, Refusal> {
        let (slight_points, marked_points) = (self.slight_points.0, self.marked_points.0);
        if !is_percent(slight_points) || marked_points < slight_points {
            let key = "water-evaluation.change.marked_points";
            return Err(Refusal::new(key, "must not be below `slight_points`, and both be 0 or more"));
        }
        if self.marked_steps == 0 {
            return Err(Refusal::new("water-evaluation.change.marked_steps", "must be at least 1"));
        }
        Ok(ChangeRule { marked_steps: self.marked_steps, slight_points, marked_points })
    }
}

impl TrophicTable {
    fn check(self) -> Result<Trophic, Refusal> {
        let mut items: Vec<TrophicItem> = Vec::new();
        for (i, row) in self.items.into_iter().enumerate() {
            let key = format!("water-evaluation.trophic.items[{i}]");
            let parameter = wire::parameter(&key, &row.parameter, &row.unit)?;
            if items.iter().any(|item| item.parameter == parameter) {
                return Err(Refusal::new(key, format!("names {parameter} a second time")));
            }
            if row.r.0.is_zero() || row.divisor.0 <= Decimal::ZERO {
                return Err(Refusal::new(key, "`r` must not be 0, `divisor` must be more than 0"));
            }
            items.push(TrophicItem {
                parameter,
                divisor: row.divisor.0,
                a: row.a.0,
                b: row.b.0,
                r: row.r.0,
                unverified: row.confidence.0 == Confidence::Unverified,
            });
        }
        let mut levels: Vec<TrophicLevel> = Vec::new();
        let last = self.levels.len().checked_sub(1);
        for (i, row) in self.levels.into_iter().enumerate() {
            let key = format!("water-evaluation.trophic.levels[{i}]");
            let (upto, edge_is_inside) = match (row.upto, row.below) {
                (Some(upto), None) => (Some(upto.0), true),
                (None, Some(below)) => (Some(below.0), false),
                (None, None) if Some(i) == last => (None, true),
                _ => {
                    return Err(Refusal::new(
                        key,
                        "needs one of `upto` and `below`; the last level has none",
                    ));
                }
            };
            if levels.last().is_some_and(|before| upto.is_some_and(|upto| before.upto >= Some(upto))) {
                return Err(Refusal::new(key, "must end above the one before"));
            }
            levels.push(TrophicLevel { name: row.name, upto, edge_is_inside });
        }
        if levels.last().is_none_or(|level| level.upto.is_some()) {
            return Err(Refusal::new(
                "water-evaluation.trophic.levels",
                "lacks the last level, without an end",
            ));
        }
        Ok(Trophic { items, levels })
    }
}

/// Parameters by their keys, each once.
pub(super) fn parameters(key: &str, names: &[String]) -> Result<Vec<Parameter>, Refusal> {
    let mut parameters = Vec::with_capacity(names.len());
    for name in names {
        let parameter = Parameter::from_key(name)
            .ok_or_else(|| Refusal::new(key, format!("`{name}` is not a parameter")))?;
        if parameters.contains(&parameter) {
            return Err(Refusal::new(key, format!("names {name} a second time")));
        }
        parameters.push(parameter);
    }
    Ok(parameters)
}

/// A class that has limits.
pub(super) fn class(key: &str, class: u8) -> Result<u8, Refusal> {
    if (1..=CLASSES).contains(&class) {
        return Ok(class);
    }
    Err(Refusal::new(key, format!("must be 1 to {CLASSES}")))
}

fn is_percent(share: Decimal) -> bool {
    Decimal::ZERO <= share && share <= Decimal::ONE_HUNDRED
}

#[cfg(test)]
mod tests {
    use super::super::load::refusal_of;

    #[test]
    fn slips_of_the_pen_are_refused_by_their_key() {
        let check = |from: &str, to: &str, says: &str| {
            let error = refusal_of("water-evaluation/2011.toml", from, to);
            assert!(error.contains(says), "{from}: {error}");
        };
        check("month_percent = 60", "month_percent = 160", "minimums.month_percent");
        check("quarter_months = 2", "quarter_months = 0", "minimums.quarter_months");
        check("year_months_least = 8", "year_months_least = 13", "minimums.year_months_least");
        check("\"codmn\", \"nh3n\"", "\"codmn\", \"codmn\"", "automatic: names codmn a second time");
        check("\"codmn\", \"nh3n\"", "\"codmn\", \"nh4\"", "`nh4` is not a parameter");
        check("good_class = 3", "good_class = 6", "basin.good_class");
        check("good_from = 90", "good_from = 190", "basin.states[0]");
        check("good_from = 75", "", "basin.states[1]: the last state");
        check("state = \"良好\"", "state = \"优\"", "basin.states[1].state");
        check("slight_points = 10", "slight_points = 30", "change.marked_points");
        check("marked_steps = 2", "marked_steps = 0", "change.marked_steps");
        check("r = 1\n", "r = 0\n", "trophic.items[0]");
        check("divisor = 100", "divisor = 0", "trophic.items[3]");
        check("unit = \"cm\"", "unit = \"m\"", "trophic.items[3].unit");
        check("below = 30", "below = 55", "trophic.levels[1]");
        check("upto = 60", "", "trophic.levels[2]");
        check("name = \"重度富营养\"", "name = \"重度富营养\"\nupto = 90", "lacks the last level");
        check("[clauses.main]", "[clauses.pollutants]", "clauses.main");
    }
}
