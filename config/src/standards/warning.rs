//! Warning files: how long which running-day AQI brings which level of a heavy-pollution warning, and what ends it.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use lanbi_model::standard::Edition;
use lanbi_model::warning::{Spell, WarningLevel, WarningRule, WarningStandard};
use serde::Deserialize;

use super::error::Refusal;
use super::wire::Mark;

/// Topics a file must name a clause for.
pub(super) const TOPICS: [&str; 5] = ["levels", "day", "duration", "release", "response"];

/// Hours of a running day: the shortest time an index of it can stand for.
const DAY: u32 = 24;

/// The largest AQI; nothing is above it.
const LARGEST: u32 = 500;

/// Longest time in hours that a file may ask for: a month. More is a slip of the pen.
const LONGEST: u32 = 720;

/// `[warning]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Tables {
    clear_hours: u32,
    rules: Vec<RuleRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleRow {
    level: String,
    spells: Vec<SpellRow>,
    confidence: Mark,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SpellRow {
    above: u32,
    hours: u32,
}

impl Tables {
    /// The rules of this file.
    pub(super) fn check(
        self,
        edition: Edition,
        clauses: BTreeMap<String, String>,
    ) -> Result<WarningStandard, Refusal> {
        let clear = hours("warning.clear_hours", self.clear_hours, 1)?;
        let mut rules: Vec<WarningRule> = Vec::new();
        for (i, row) in self.rules.into_iter().enumerate() {
            let key = format!("warning.rules[{i}]");
            let rule = row.check(&key)?;
            if rules.last().is_some_and(|before| before.level > rule.level) {
                return Err(Refusal::new(
                    format!("{key}.level"),
                    "is milder than the one before; sort the rules",
                ));
            }
            if rules.iter().any(|other| other.level == rule.level && other.spells == rule.spells) {
                return Err(Refusal::new(key, "stands twice"));
            }
            rules.push(rule);
        }
        if let Some(missing) =
            WarningLevel::ALL.into_iter().find(|level| rules.iter().all(|rule| rule.level != *level))
        {
            return Err(Refusal::new("warning.rules", format!("lacks a rule for {}", missing.key())));
        }
        Ok(WarningStandard { edition, rules, clear, clauses })
    }
}

impl RuleRow {
    fn check(self, key: &str) -> Result<WarningRule, Refusal> {
        let level = WarningLevel::from_key(&self.level).ok_or_else(|| {
            let known = WarningLevel::ALL.map(WarningLevel::key).join(" ");
            Refusal::new(format!("{key}.level"), format!("`{}` is none of {known}", self.level))
        })?;
        let mut spells: Vec<Spell> = Vec::new();
        for (i, row) in self.spells.iter().enumerate() {
            let key = format!("{key}.spells[{i}]");
            if row.above >= LARGEST {
                return Err(Refusal::new(format!("{key}.above"), format!("must be less than {LARGEST}")));
            }
            let spell = Spell { above: row.above, lasting: hours(&format!("{key}.hours"), row.hours, DAY)? };
            // A further spell that is not both higher and shorter is implied by the one before, or never met.
            if spells.last().is_some_and(|b| b.above >= spell.above || b.lasting < spell.lasting) {
                return Err(Refusal::new(
                    key,
                    "must have a larger `above` and no more hours than the one before",
                ));
            }
            spells.push(spell);
        }
        if spells.is_empty() {
            return Err(Refusal::new(format!("{key}.spells"), "is empty"));
        }
        Ok(WarningRule { level, spells, confidence: self.confidence.0 })
    }
}

fn hours(key: &str, count: u32, least: u32) -> Result<TimeDelta, Refusal> {
    if (least..=LONGEST).contains(&count) {
        return Ok(TimeDelta::hours(count.into()));
    }
    Err(Refusal::new(key, format!("must be {least} to {LONGEST} hours")))
}
