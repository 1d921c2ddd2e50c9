//! HJ 663 files: what is made of the days of a period, and what dust and exceptional events take out of it.

use std::collections::BTreeMap;

use lanbi_model::Parameter;
use lanbi_model::evaluation::{AirEvaluation, EventEffect, EventKind, PeriodItem, PeriodStatistic};
use lanbi_model::standard::{Edition, LimitTime};
use serde::Deserialize;

use super::error::Refusal;
use super::wire::{self, LimitName};

/// Topics a file must name a clause for.
pub(super) const TOPICS: [&str; 7] =
    ["index", "attainment", "rounding", "days", "sites", "dust", "exceptional"];

/// `[evaluation]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Tables {
    index_decimals: u32,
    good_level: u8,
    heavy_level: u8,
    sites_percent: u32,
    items: Vec<ItemRow>,
    attainment: Vec<ItemRow>,
    events: Vec<EventRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ItemRow {
    parameter: String,
    unit: String,
    statistic: String,
    decimals: u32,
    limit: LimitName,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EventRow {
    kind: String,
    left_out: Vec<String>,
    counts_in_days: bool,
}

impl Tables {
    /// The evaluation of this file.
    pub(super) fn check(
        self,
        edition: Edition,
        clauses: BTreeMap<String, String>,
    ) -> Result<AirEvaluation, Refusal> {
        let items = check_rows("items", &self.items)?;
        let attainment = check_rows("attainment", &self.attainment)?;
        if let Some(i) = attainment.iter().position(|item| !Parameter::AQI_DAY.contains(&item.parameter)) {
            let key = format!("evaluation.attainment[{i}].parameter");
            return Err(Refusal::new(key, "is not an item of the index"));
        }
        let items = <[PeriodItem; 6]>::try_from(items)
            .ok()
            .filter(|items| items.iter().map(|item| item.parameter).eq(Parameter::AQI_DAY))
            .ok_or_else(|| {
                let order = Parameter::AQI_DAY.map(Parameter::key).join(" ");
                Refusal::new("evaluation.items", format!("must be the six items {order}, in this order"))
            })?;
        if self.good_level == 0 || self.good_level >= self.heavy_level || self.heavy_level > 6 {
            return Err(Refusal::new("evaluation.heavy_level", "must lie above `good_level`, both 1 to 6"));
        }
        if self.sites_percent == 0 || self.sites_percent > 100 {
            return Err(Refusal::new("evaluation.sites_percent", "must be 1 to 100"));
        }
        let mut events: Vec<EventEffect> = Vec::new();
        for (i, row) in self.events.into_iter().enumerate() {
            let effect = row.check(&format!("evaluation.events[{i}]"))?;
            if events.iter().any(|e| e.kind == effect.kind) {
                return Err(Refusal::new(format!("evaluation.events[{i}].kind"), "stands twice"));
            }
            events.push(effect);
        }
        Ok(AirEvaluation {
            edition,
            items,
            attainment,
            index_decimals: self.index_decimals,
            good_level: self.good_level,
            heavy_level: self.heavy_level,
            sites_percent: self.sites_percent,
            events,
            clauses,
        })
    }
}

fn check_rows(table: &str, rows: &[ItemRow]) -> Result<Vec<PeriodItem>, Refusal> {
    rows.iter().enumerate().map(|(i, row)| row.check(&format!("evaluation.{table}[{i}]"))).collect()
}

impl ItemRow {
    fn check(&self, key: &str) -> Result<PeriodItem, Refusal> {
        let percentile = |text: &str| text.parse().ok().filter(|p| *p <= 100);
        let statistic = match self.statistic.strip_prefix('p') {
            None if self.statistic == "mean" => Some(PeriodStatistic::Mean),
            None => None,
            Some(p) => percentile(p).map(PeriodStatistic::Percentile),
        };
        Ok(PeriodItem {
            parameter: wire::parameter(key, &self.parameter, &self.unit)?,
            statistic: statistic.ok_or_else(|| {
                Refusal::new(format!("{key}.statistic"), "is neither `mean` nor a percentile such as `p95`")
            })?,
            decimals: self.decimals,
            limit: LimitTime::from(self.limit),
        })
    }
}

impl EventRow {
    fn check(self, key: &str) -> Result<EventEffect, Refusal> {
        let kind = EventKind::from_key(&self.kind).ok_or_else(|| {
            let known = EventKind::ALL.map(EventKind::key).join(" or ");
            Refusal::new(format!("{key}.kind"), format!("`{}` is not {known}", self.kind))
        })?;
        let item = |name: &String| {
            Parameter::from_key(name).filter(|p| Parameter::AQI_DAY.contains(p)).ok_or_else(|| {
                Refusal::new(format!("{key}.left_out"), format!("`{name}` is not an item of the index"))
            })
        };
        Ok(EventEffect {
            kind,
            left_out: self.left_out.iter().map(item).collect::<Result<_, _>>()?,
            counts_in_days: self.counts_in_days,
        })
    }
}
