//! Settings of waters: sections, outlets, listed waters and river chiefs.

use std::path::PathBuf;

use chrono::TimeDelta;
use lanbi_model::{Chief, ChiefLevel, Decimal, PatrolRule, ProblemTerms};
use serde::Deserialize;

use super::decimal;

/// `[water]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WaterSettings {
    /// CSV or GeoJSON of the river network, or empty.
    pub network: PathBuf,
    /// CSV of laboratory results of sections, or empty.
    pub samplings: PathBuf,
    /// Whether oxygen is of class Ⅰ also by its saturation.
    pub do_saturation: bool,
}

/// `[outlet]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outlet {
    /// Hours that make an effective day mean.
    pub day_hours: u32,
}

/// `[outlets]`: lists that people keep.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outlets {
    /// CSV of the register, or empty.
    pub register: PathBuf,
    /// CSV of allowances of the year, or empty.
    pub allowances: PathBuf,
    /// CSV of the periods between checks of instruments, or empty.
    pub checks: PathBuf,
}

/// `[black_odor]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BlackOdor {
    /// CSV of the events of listed waters, or empty.
    pub roster: PathBuf,
    /// Share of listed waters that are to be done, in percent; 0 where none is set.
    #[serde(deserialize_with = "decimal")]
    pub target_percent: Decimal,
}

/// `[river_chief]`: what a patrol must be by level, and how much time a problem leaves.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RiverChief {
    /// 市级: days between two patrols.
    pub city_days: u16,
    /// 区级: days between two patrols.
    pub district_days: u16,
    /// 街镇级: days between two patrols.
    pub town_days: u16,
    /// 村级: days between two patrols.
    pub village_days: u16,
    /// 市级: least metres of a patrol, 0 for no minimum.
    pub city_min_length_m: u32,
    /// 区级: least metres of a patrol, 0 for no minimum.
    pub district_min_length_m: u32,
    /// 街镇级: least metres of a patrol, 0 for no minimum.
    pub town_min_length_m: u32,
    /// 村级: least metres of a patrol, 0 for no minimum.
    pub village_min_length_m: u32,
    /// 市级: least minutes of a patrol, 0 for no minimum.
    pub city_min_minutes: u32,
    /// 区级: least minutes of a patrol, 0 for no minimum.
    pub district_min_minutes: u32,
    /// 街镇级: least minutes of a patrol, 0 for no minimum.
    pub town_min_minutes: u32,
    /// 村级: least minutes of a patrol, 0 for no minimum.
    pub village_min_minutes: u32,
    /// 即办: hours from 交办 to 销号.
    pub immediate_hours: u32,
    /// 一般: days from 交办 to 销号.
    pub ordinary_days: u32,
    /// 复杂: days from 交办 to 销号.
    pub complex_days: u32,
    /// List of reaches, or empty.
    pub reaches: PathBuf,
}

impl RiverChief {
    /// How a chief must walk: his own numbers before those of his level.
    #[must_use]
    pub fn patrol_rule(&self, chief: &Chief) -> PatrolRule {
        let (days, length, minutes) = match chief.level {
            ChiefLevel::City => (self.city_days, self.city_min_length_m, self.city_min_minutes),
            ChiefLevel::District => {
                (self.district_days, self.district_min_length_m, self.district_min_minutes)
            }
            ChiefLevel::Town => (self.town_days, self.town_min_length_m, self.town_min_minutes),
            ChiefLevel::Village => (self.village_days, self.village_min_length_m, self.village_min_minutes),
        };
        PatrolRule {
            every_days: chief.patrol_every_days.unwrap_or(days),
            min_length_m: chief.patrol_min_length_m.unwrap_or(length),
            min_minutes: chief.patrol_min_minutes.unwrap_or(minutes),
        }
    }

    /// How much time problems leave.
    #[must_use]
    pub fn problem_terms(&self) -> ProblemTerms {
        ProblemTerms {
            immediate: TimeDelta::hours(self.immediate_hours.into()),
            ordinary: TimeDelta::days(self.ordinary_days.into()),
            complex: TimeDelta::days(self.complex_days.into()),
        }
    }
}
