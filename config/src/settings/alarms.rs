//! Settings of the alarm rules.

use lanbi_model::{Decimal, Severity};
use serde::{Deserialize, Deserializer};

use super::decimal;

/// `[alarms.*]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Alarms {
    /// Hourly air values.
    pub air_iaqi: AirAlarm,
    /// Heavy-pollution warnings of the district.
    pub heavy_air: HeavyAirAlarm,
    /// Hourly effluent values.
    pub outlet_hour: LimitAlarm,
    /// Day means of effluents.
    pub outlet_day: LimitAlarm,
    /// Items of sections.
    pub section_target: LimitAlarm,
    /// Indicators of listed waters.
    pub ditch_grade: LimitAlarm,
    /// Silent stations.
    pub silent: SilentAlarm,
    /// Frozen sensors.
    pub frozen: PlainAlarm,
}

/// The rule on the district's air; urgency follows from the level.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeavyAirAlarm {
    /// Whether the rule is on.
    pub enabled: bool,
}

/// A rule on a limit.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitAlarm {
    /// Whether the rule is on.
    pub enabled: bool,
    /// Urgency.
    #[serde(deserialize_with = "severity")]
    pub severity: Severity,
    /// Minutes in breach before it is raised.
    pub on_delay_minutes: u32,
    /// Minutes in order before it is cleared.
    pub off_delay_minutes: u32,
    /// Share of the limit.
    #[serde(deserialize_with = "decimal")]
    pub deadband: Decimal,
}

/// The rule on hourly air values.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AirAlarm {
    /// Whether the rule is on.
    pub enabled: bool,
    /// Urgency.
    #[serde(deserialize_with = "severity")]
    pub severity: Severity,
    /// The IAQI whose concentration is the limit; a node of the table.
    pub iaqi: u32,
    /// Minutes in breach before it is raised.
    pub on_delay_minutes: u32,
    /// Minutes in order before it is cleared.
    pub off_delay_minutes: u32,
    /// Share of the limit.
    #[serde(deserialize_with = "decimal")]
    pub deadband: Decimal,
}

/// The rule on silence.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SilentAlarm {
    /// Whether the rule is on.
    pub enabled: bool,
    /// Urgency.
    #[serde(deserialize_with = "severity")]
    pub severity: Severity,
    /// Regular intervals without a value.
    pub intervals: u32,
}

/// A rule without a limit of its own.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlainAlarm {
    /// Whether the rule is on.
    pub enabled: bool,
    /// Urgency.
    #[serde(deserialize_with = "severity")]
    pub severity: Severity,
}

fn severity<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Severity, D::Error> {
    let key = String::deserialize(deserializer)?;
    Severity::from_key(&key).ok_or_else(|| {
        serde::de::Error::custom(format!("`{key}` is no severity; write notice, warning, breach or urgent"))
    })
}
