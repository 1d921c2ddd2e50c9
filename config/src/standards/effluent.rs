//! Files of discharge standards.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use lanbi_model::Parameter;
use lanbi_model::standard::{Edition, EffluentLimit, EffluentStandard, Instantaneous, Winter};
use serde::Deserialize;
use toml::value::Datetime;

use super::error::Refusal;
use super::wire::{self, Mark, Number};

/// `[effluent]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Tables {
    winter: Option<WinterRow>,
    instantaneous: Option<InstantaneousRow>,
    limits: Vec<LimitRow>,
}

/// Limits for single values whose numbers are not at hand.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InstantaneousRow {
    from: Datetime,
    parameters: Vec<String>,
}

/// Either `temperature` in ℃ or `from` and `to` as `11-01`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WinterRow {
    temperature: Option<Number>,
    from: Option<String>,
    to: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LimitRow {
    grade: String,
    parameter: String,
    unit: String,
    low: Option<Number>,
    high: Number,
    winter: Option<Number>,
    confidence: Mark,
}

impl Tables {
    /// The standard of this file.
    pub(super) fn check(
        self,
        edition: Edition,
        clauses: BTreeMap<String, String>,
    ) -> Result<EffluentStandard, Refusal> {
        let winter = self.winter.map(WinterRow::check).transpose()?;
        let instantaneous = self.instantaneous.map(InstantaneousRow::check).transpose()?;
        if instantaneous.is_some() && !clauses.contains_key("instantaneous") {
            return Err(Refusal::new(
                "clauses.instantaneous",
                "is missing; name the clause and its confidence",
            ));
        }
        let mut grades: BTreeMap<String, Vec<EffluentLimit>> = BTreeMap::new();
        for (i, row) in self.limits.into_iter().enumerate() {
            let key = format!("effluent.limits[{i}]");
            let parameter = wire::parameter(&key, &row.parameter, &row.unit)?;
            if row.low.is_some_and(|low| low.0 >= row.high.0) {
                return Err(Refusal::new(format!("{key}.high"), "is not above `low`"));
            }
            if row.winter.is_some() && winter.is_none() {
                return Err(Refusal::new(format!("{key}.winter"), "needs the rule `effluent.winter`"));
            }
            let grade = grades.entry(row.grade).or_default();
            if grade.iter().any(|known| known.parameter == parameter) {
                return Err(Refusal::new(key, format!("names {parameter} a second time in its grade")));
            }
            grade.push(EffluentLimit {
                parameter,
                low: row.low.map(|n| n.0),
                high: row.high.0,
                winter: row.winter.map(|n| n.0),
                confidence: row.confidence.0,
            });
        }
        Ok(EffluentStandard { edition, grades, winter, instantaneous, clauses })
    }
}

impl InstantaneousRow {
    fn check(self) -> Result<Instantaneous, Refusal> {
        let key = "effluent.instantaneous.parameters";
        let known = |name: &String| {
            Parameter::from_key(name)
                .ok_or_else(|| Refusal::new(key, format!("`{name}` is not a parameter; write cod or nh3n")))
        };
        Ok(Instantaneous {
            from: wire::date(self.from, "effluent.instantaneous.from")?,
            parameters: self.parameters.iter().map(known).collect::<Result<_, _>>()?,
        })
    }
}

impl WinterRow {
    fn check(self) -> Result<Winter, Refusal> {
        match (self.temperature, self.from, self.to) {
            (Some(temperature), None, None) => Ok(Winter::Temperature(temperature.0)),
            (None, Some(from), Some(to)) => Ok(Winter::Dates {
                from: month_day(&from, "effluent.winter.from")?,
                to: month_day(&to, "effluent.winter.to")?,
            }),
            _ => Err(Refusal::new("effluent.winter", "needs either `temperature` or both `from` and `to`")),
        }
    }
}

/// Reads `11-01`; 29 February is a day.
fn month_day(text: &str, key: &str) -> Result<(u32, u32), Refusal> {
    let read = || {
        let (month, day) = text.split_once('-')?;
        let (month, day) = (month.parse().ok()?, day.parse().ok()?);
        NaiveDate::from_ymd_opt(2024, month, day).map(|_| (month, day))
    };
    read().ok_or_else(|| Refusal::new(key, format!("`{text}` is not a month and day; write 11-01")))
}
