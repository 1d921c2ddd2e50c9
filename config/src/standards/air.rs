//! GB 3095 files: limits for the air and the counts that make a mean valid.

use std::collections::BTreeMap;

use lanbi_model::Decimal;
use lanbi_model::standard::{AirStandard, AirValidity, Edition, LimitTime, ReferenceState};
use serde::Deserialize;
use toml::value::Datetime;

use super::error::Refusal;
use super::wire::{self, LimitName, Number};

/// `[air]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Tables {
    limits: Vec<LimitRow>,
    validity: ValidityRow,
    reference_states: Vec<ReferenceRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReferenceRow {
    from: Datetime,
    kelvin: Number,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LimitRow {
    parameter: String,
    unit: String,
    time: LimitName,
    class1: Number,
    class2: Number,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ValidityRow {
    hour_minutes: u32,
    day_hours: u32,
    window_hours: u32,
    day_windows: u32,
    month_days: u32,
    february_days: u32,
    year_days: u32,
    quarter_by_months: bool,
}

impl Tables {
    /// The standard of this file.
    pub(super) fn check(
        self,
        edition: Edition,
        clauses: BTreeMap<String, String>,
    ) -> Result<AirStandard, Refusal> {
        let mut limits = BTreeMap::new();
        for (i, row) in self.limits.into_iter().enumerate() {
            let key = format!("air.limits[{i}]");
            let parameter = wire::parameter(&key, &row.parameter, &row.unit)?;
            if row.class1.0 > row.class2.0 {
                return Err(Refusal::new(format!("{key}.class2"), "is stricter than class 1"));
            }
            let time = LimitTime::from(row.time);
            if limits.insert((parameter, time), [row.class1.0, row.class2.0]).is_some() {
                return Err(Refusal::new(key, format!("gives a second limit for {parameter} and this time")));
            }
        }
        let mut reference_states: Vec<ReferenceState> = Vec::new();
        for (i, row) in self.reference_states.into_iter().enumerate() {
            let key = |name: &str| format!("air.reference_states[{i}].{name}");
            let from = wire::date(row.from, &key("from"))?;
            if reference_states.last().is_some_and(|before| from <= before.from) {
                return Err(Refusal::new(key("from"), "is not later than the one before"));
            }
            if row.kelvin.0 < Decimal::from(250) || row.kelvin.0 > Decimal::from(320) {
                return Err(Refusal::new(key("kelvin"), "is no temperature of air in kelvin"));
            }
            reference_states.push(ReferenceState { from, kelvin: row.kelvin.0 });
        }
        if reference_states.first().is_none_or(|first| first.from > edition.from) {
            return Err(Refusal::new("air.reference_states", "must begin with the edition"));
        }
        let v = self.validity;
        for (key, count, most) in [
            ("hour_minutes", v.hour_minutes, 60),
            ("day_hours", v.day_hours, 24),
            ("window_hours", v.window_hours, 8),
            ("day_windows", v.day_windows, 17),
            ("month_days", v.month_days, 28),
            ("february_days", v.february_days, 28),
            ("year_days", v.year_days, 365),
        ] {
            if count == 0 || count > most {
                return Err(Refusal::new(format!("air.validity.{key}"), format!("must be 1 to {most}")));
            }
        }
        let validity = AirValidity {
            hour_minutes: v.hour_minutes,
            day_hours: v.day_hours,
            window_hours: v.window_hours,
            day_windows: v.day_windows,
            month_days: v.month_days,
            february_days: v.february_days,
            year_days: v.year_days,
            quarter_by_months: v.quarter_by_months,
        };
        Ok(AirStandard { edition, limits, validity, reference_states, clauses })
    }
}
