//! HJ 633 files: breakpoints, rounding and levels of the air quality index.

use std::collections::BTreeMap;

use lanbi_model::standard::{
    AqiLevel, AqiStandard, Beyond, Breakpoints, Edition, Incomplete, SensitiveGroup, SensitivePeople,
};
use lanbi_model::{Decimal, Parameter};
use serde::Deserialize;

use super::error::Refusal;
use super::wire::{self, Number};

/// `[aqi]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Tables {
    iaqi: Vec<u32>,
    primary_above: u32,
    input_decimals: BTreeMap<String, u32>,
    publish_incomplete_above: Option<u32>,
    breakpoints: Vec<BreakpointRow>,
    levels: Vec<LevelRow>,
    /// Table of people by pollutant; an edition without one has none.
    sensitive: Option<SensitiveTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SensitiveTable {
    above: u32,
    groups: Vec<SensitiveRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SensitiveRow {
    parameters: Vec<String>,
    people: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BreakpointRow {
    parameter: String,
    unit: String,
    times: Vec<Time>,
    nodes: Vec<Number>,
    cap: Option<u32>,
}

#[derive(Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Time {
    Hour,
    Day,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LevelRow {
    level: u8,
    upto: Option<u32>,
    name: String,
    category: String,
    colour_name: String,
    colour: String,
    health: String,
    advice: String,
}

impl Tables {
    /// The standard of this file.
    pub(super) fn check(
        self,
        edition: Edition,
        clauses: BTreeMap<String, String>,
    ) -> Result<AqiStandard, Refusal> {
        if self.iaqi.len() < 2 || !self.iaqi.windows(2).all(|pair| pair[0] < pair[1]) {
            return Err(Refusal::new("aqi.iaqi", "needs at least two nodes in ascending order"));
        }
        let (mut hour, mut day) = (BTreeMap::new(), BTreeMap::new());
        for (i, row) in self.breakpoints.into_iter().enumerate() {
            let key = format!("aqi.breakpoints[{i}]");
            let parameter = wire::parameter(&key, &row.parameter, &row.unit)?;
            let breakpoints = row.nodes(&key, self.iaqi.len())?;
            for time in &row.times {
                let table = if *time == Time::Hour { &mut hour } else { &mut day };
                if table.insert(parameter, breakpoints.clone()).is_some() {
                    return Err(Refusal::new(key, format!("gives a second table for {parameter}")));
                }
            }
        }
        for (table, ozone, name) in [(&hour, Parameter::O3, "hour"), (&day, Parameter::O3EightHour, "day")] {
            let needed = Parameter::AQI.map(|p| if p == Parameter::O3 { ozone } else { p });
            if let Some(missing) = needed.iter().find(|p| !table.contains_key(p)) {
                return Err(Refusal::new("aqi.breakpoints", format!("lacks the {name} table of {missing}")));
            }
            if table.len() != needed.len() {
                return Err(Refusal::new(
                    "aqi.breakpoints",
                    format!("has {name} tables beyond the six items"),
                ));
            }
        }
        Ok(AqiStandard {
            edition,
            iaqi: self.iaqi,
            hour,
            day,
            input_decimals: decimals(&self.input_decimals)?,
            incomplete: self.publish_incomplete_above.map_or(Incomplete::Publish, Incomplete::OnlyAbove),
            primary_above: self.primary_above,
            levels: levels(self.levels)?,
            sensitive: self.sensitive.map(sensitive).transpose()?,
            clauses,
        })
    }
}

impl BreakpointRow {
    fn nodes(&self, key: &str, most: usize) -> Result<Breakpoints, Refusal> {
        let key = format!("{key}.nodes");
        let nodes: Vec<Decimal> = self.nodes.iter().map(|n| n.0).collect();
        if nodes.len() < 2 || nodes.len() > most {
            return Err(Refusal::new(key, format!("has {} numbers; 2 to {most} are possible", nodes.len())));
        }
        if !wire::ascending(&nodes) {
            return Err(Refusal::new(key, "must ascend"));
        }
        Ok(Breakpoints { nodes, beyond: self.cap.map_or(Beyond::Empty, Beyond::Cap) })
    }
}

fn decimals(wire: &BTreeMap<String, u32>) -> Result<BTreeMap<Parameter, u32>, Refusal> {
    wire.iter()
        .map(|(key, &decimals)| {
            Parameter::from_key(key)
                .map(|p| (p, decimals))
                .ok_or_else(|| Refusal::new("aqi.input_decimals", format!("`{key}` is not a parameter")))
        })
        .collect()
}

/// Each pollutant of the index stands once.
fn sensitive(table: SensitiveTable) -> Result<SensitivePeople, Refusal> {
    let mut groups: Vec<SensitiveGroup> = Vec::new();
    let mut open = Parameter::AQI.to_vec();
    for (i, row) in table.groups.into_iter().enumerate() {
        let mut parameters = Vec::new();
        for name in &row.parameters {
            let place = open.iter().position(|item| item.key() == name).ok_or_else(|| {
                let reason = format!("`{name}` is not an item of the index, or stands twice");
                Refusal::new(format!("aqi.sensitive.groups[{i}].parameters"), reason)
            })?;
            parameters.push(open.remove(place));
        }
        if row.people.trim().is_empty() {
            return Err(Refusal::new(format!("aqi.sensitive.groups[{i}].people"), "is empty"));
        }
        groups.push(SensitiveGroup { parameters, people: row.people });
    }
    match open.first() {
        Some(missing) => Err(Refusal::new("aqi.sensitive.groups", format!("lacks {missing}"))),
        None => Ok(SensitivePeople { above: table.above, groups }),
    }
}

/// Levels must be numbered from 1, with ascending ends and only the last one open.
fn levels(rows: Vec<LevelRow>) -> Result<Vec<AqiLevel>, Refusal> {
    let last = rows.len();
    let mut before = None;
    for (number, row) in (1_usize..).zip(&rows) {
        let key = format!("aqi.levels[{}]", number - 1);
        if usize::from(row.level) != number {
            return Err(Refusal::new(format!("{key}.level"), format!("must be {number}")));
        }
        let ends_well =
            if number == last { row.upto.is_none() } else { row.upto.is_some() && row.upto > before };
        if !ends_well {
            return Err(Refusal::new(format!("{key}.upto"), "must ascend, and only the last level has none"));
        }
        before = row.upto;
    }
    if rows.is_empty() {
        return Err(Refusal::new("aqi.levels", "is empty"));
    }
    let level = |row: LevelRow| AqiLevel {
        level: row.level,
        upto: row.upto,
        name: row.name,
        category: row.category,
        colour_name: row.colour_name,
        colour: row.colour,
        health: row.health,
        advice: row.advice,
    };
    Ok(rows.into_iter().map(level).collect())
}
