//! What the daily check is built from: the findings of the other rooms about the waters of one chief.

use chrono::NaiveDate;
use lanbi_model::{Chief, Decimal, Parameter, Severity, standard::Direction};

/// A value beyond a limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exceedance {
    /// Parameter.
    pub parameter: Parameter,
    /// Value in the unit of the parameter.
    pub value: Decimal,
    /// Limit in the same unit.
    pub limit: Decimal,
    /// Which side of the limit is good.
    pub direction: Direction,
}

/// A section over the last 24 hours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SectionState {
    /// Name as printed.
    pub name: String,
    /// Class 1-6 (6 = 劣Ⅴ) of the last 24 hours; none without enough valid values.
    pub class: Option<u8>,
    /// Class of the 24 hours before them.
    pub class_before: Option<u8>,
    /// Target class 1-5; none where none is set.
    pub target: Option<u8>,
    /// Parameters beyond the limits of the target.
    pub exceedances: Vec<Exceedance>,
}

/// An outlet over the last 24 hours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutletState {
    /// Name as printed.
    pub name: String,
    /// Whether any valid value arrived.
    pub has_data: bool,
    /// Parameters over the limit.
    pub exceedances: Vec<Exceedance>,
}

/// Grade of a water on the black-odorous list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DitchGrade {
    /// Not black-odorous.
    Clear,
    /// 轻度.
    Light,
    /// 重度.
    Heavy,
}

/// A water on the black-odorous list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DitchState {
    /// Name as printed.
    pub name: String,
    /// Latest grade; none while none is known.
    pub grade: Option<DitchGrade>,
}

/// An alarm that stands at one of his stations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StandingAlarm {
    /// What the duty officer read.
    pub text: String,
    /// Urgency.
    pub severity: Severity,
    /// Local day it was raised on.
    pub raised_on: NaiveDate,
}

/// Everything known about one chief's waters on a day.
#[derive(Clone, Debug)]
pub struct ChiefInput<'a> {
    /// The chief.
    pub chief: &'a Chief,
    /// The local day of the check.
    pub today: NaiveDate,
    /// Sections in his care.
    pub sections: Vec<SectionState>,
    /// Outlets.
    pub outlets: Vec<OutletState>,
    /// Listed waters.
    pub ditches: Vec<DitchState>,
    /// Alarms that stand.
    pub alarms: Vec<StandingAlarm>,
    /// Day of his last patrol; none where none is recorded.
    pub last_patrol: Option<NaiveDate>,
}
