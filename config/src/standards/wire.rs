//! The pieces that all standards files share: edition, clauses, exact numbers, parameters with their unit.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use lanbi_model::standard::{Confidence, Direction, Edition, LimitTime};
use lanbi_model::{Decimal, Parameter, Unit, decimal};
use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};
use toml::value::Datetime;

use super::error::Refusal;

/// One standards file: its edition, its clauses and exactly one kind of table.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct File {
    pub(super) edition: Option<EditionHead>,
    pub(super) clauses: BTreeMap<String, Clause>,
    pub(super) aqi: Option<super::aqi::Tables>,
    pub(super) air: Option<super::air::Tables>,
    pub(super) evaluation: Option<super::evaluation::Tables>,
    pub(super) water: Option<super::water::Tables>,
    pub(super) water_evaluation: Option<super::water_evaluation::Tables>,
    pub(super) cwqi: Option<super::city_index::Tables>,
    pub(super) rank_sum: Option<super::rank_sum::Tables>,
    pub(super) river_chief: Option<super::river_chief::Tables>,
    pub(super) black_odor: Option<super::black_odor::Tables>,
    pub(super) effluent: Option<super::effluent::Tables>,
    pub(super) ranking: Option<super::ranking::Tables>,
    pub(super) warning: Option<super::warning::Tables>,
    pub(super) plausible: Option<Vec<Range>>,
}

/// `[edition]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EditionHead {
    id: String,
    number: String,
    title: String,
    from: Datetime,
    until: Option<Datetime>,
    jurisdiction: String,
    confidence: Mark,
}

impl EditionHead {
    /// The edition; the last day may not lie before the first.
    pub(super) fn check(self) -> Result<Edition, Refusal> {
        let from = date(self.from, "edition.from")?;
        let until = self.until.map(|until| date(until, "edition.until")).transpose()?;
        if until.is_some_and(|until| until < from) {
            return Err(Refusal::new("edition.until", "lies before `from`; give the last day in force"));
        }
        for (key, text) in [("edition.id", &self.id), ("edition.number", &self.number)] {
            if text.trim().is_empty() {
                return Err(Refusal::new(key, "is empty"));
            }
        }
        Ok(Edition {
            id: self.id,
            number: self.number,
            title: self.title,
            from,
            until,
            jurisdiction: self.jurisdiction,
            confidence: self.confidence.0,
        })
    }
}

pub(super) fn date(value: Datetime, key: &str) -> Result<NaiveDate, Refusal> {
    value
        .date
        .filter(|_| value.time.is_none() && value.offset.is_none())
        .and_then(|d| NaiveDate::from_ymd_opt(i32::from(d.year), u32::from(d.month), u32::from(d.day)))
        .ok_or_else(|| Refusal::new(key, "is not a day; write 2026-03-01"))
}

/// `[clauses.<topic>]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Clause {
    clause: String,
    confidence: Mark,
}

/// Clauses by topic, each followed by its confidence where it is weak; every topic in `needed` must be there.
pub(super) fn clauses(
    wire: &BTreeMap<String, Clause>,
    needed: &[&str],
) -> Result<BTreeMap<String, String>, Refusal> {
    if let Some(topic) = needed.iter().find(|topic| !wire.contains_key(**topic)) {
        return Err(Refusal::new(
            format!("clauses.{topic}"),
            "is missing; name the clause and its confidence",
        ));
    }
    wire.iter()
        .map(|(topic, Clause { clause, confidence })| {
            if clause.trim().is_empty() {
                return Err(Refusal::new(format!("clauses.{topic}.clause"), "is empty"));
            }
            let text = match confidence.0.zh() {
                "" => clause.clone(),
                weak => format!("{clause}（{weak}）"),
            };
            Ok((topic.clone(), text))
        })
        .collect()
}

/// The topics whose clause is recalled or inferred.
pub(super) fn unverified(wire: &BTreeMap<String, Clause>) -> BTreeSet<String> {
    let weak = wire.iter().filter(|(_, clause)| clause.confidence.0 == Confidence::Unverified);
    weak.map(|(topic, _)| topic.clone()).collect()
}

/// A confidence mark, `O`, `A`, `B` or `C`.
#[derive(Clone, Copy)]
pub(super) struct Mark(pub(super) Confidence);

impl<'de> Deserialize<'de> for Mark {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Confidence::from_mark(&text)
            .map(Self)
            .ok_or_else(|| D::Error::invalid_value(Unexpected::Str(&text), &"`O`, `A`, `B` or `C`"))
    }
}

/// An exact number. A TOML float becomes the shortest decimal that reads back as it, which is the one written.
#[derive(Clone, Copy)]
pub(super) struct Number(pub(super) Decimal);

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visit;
        impl Visitor<'_> for Visit {
            type Value = Number;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a finite number")
            }

            fn visit_i64<E: Error>(self, value: i64) -> Result<Number, E> {
                Ok(Number(Decimal::from(value)))
            }

            fn visit_f64<E: Error>(self, value: f64) -> Result<Number, E> {
                decimal::from_f64(value)
                    .map(Number)
                    .ok_or_else(|| E::invalid_value(Unexpected::Float(value), &self))
            }
        }
        deserializer.deserialize_any(Visit)
    }
}

/// Which side of a limit is good.
#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Side {
    #[default]
    AtMost,
    AtLeast,
}

impl From<Side> for Direction {
    fn from(side: Side) -> Self {
        match side {
            Side::AtMost => Self::AtMost,
            Side::AtLeast => Self::AtLeast,
        }
    }
}

/// The averaging time of a limit of GB 3095.
#[derive(Clone, Copy, Deserialize)]
pub(super) enum LimitName {
    #[serde(rename = "hour")]
    Hour,
    #[serde(rename = "day")]
    Day,
    #[serde(rename = "day-max-8h")]
    DayMaxEightHour,
    #[serde(rename = "year")]
    Year,
}

impl From<LimitName> for LimitTime {
    fn from(name: LimitName) -> Self {
        match name {
            LimitName::Hour => Self::Hour,
            LimitName::Day => Self::Day,
            LimitName::DayMaxEightHour => Self::DayMaxEightHour,
            LimitName::Year => Self::Year,
        }
    }
}

/// The parameter of a row, written in the unit lanbi stores it in.
pub(super) fn parameter(row: &str, key: &str, unit: &str) -> Result<Parameter, Refusal> {
    let parameter = Parameter::from_key(key).ok_or_else(|| {
        let known: Vec<&str> = Parameter::ALL.iter().map(|p| p.key()).collect();
        Refusal::new(
            format!("{row}.parameter"),
            format!("`{key}` is not a parameter; known are {}", known.join(" ")),
        )
    })?;
    let known = Unit::from_key(unit)
        .ok_or_else(|| Refusal::new(format!("{row}.unit"), format!("`{unit}` is not a unit")))?;
    if known == parameter.unit() {
        return Ok(parameter);
    }
    let expected = parameter.unit().key();
    Err(Refusal::new(
        format!("{row}.unit"),
        format!("is `{unit}`, but {key} is kept in `{expected}`; convert it"),
    ))
}

/// Whether each number is larger than the one before.
pub(super) fn ascending(numbers: &[Decimal]) -> bool {
    numbers.windows(2).all(|pair| pair[0] < pair[1])
}

/// One row of the plausible ranges.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Range {
    parameter: String,
    unit: String,
    low: Number,
    high: Number,
}

impl Range {
    /// The parameter and its range, both ends inside.
    pub(super) fn check(self, row: &str) -> Result<(Parameter, Decimal, Decimal), Refusal> {
        let parameter = parameter(row, &self.parameter, &self.unit)?;
        if self.low.0 >= self.high.0 {
            return Err(Refusal::new(format!("{row}.high"), "is not above `low`"));
        }
        if self.low.0 < Decimal::ZERO && !parameter.may_be_negative() {
            return Err(Refusal::new(
                format!("{row}.low"),
                format!("is negative, which {parameter} cannot be"),
            ));
        }
        Ok((parameter, self.low.0, self.high.0))
    }
}
