//! The lines of a daily check.

use chrono::NaiveDate;
use lanbi_model::Severity;

use super::input::{DitchGrade, Exceedance};

/// One finding: what is in order or out of order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// A section meets its target, or has none.
    SectionInOrder {
        /// Section.
        name: String,
        /// Class now.
        class: u8,
        /// Class a day before.
        before: Option<u8>,
        /// Target class.
        target: Option<u8>,
    },
    /// A section is worse than its target.
    SectionOffTarget {
        /// Section.
        name: String,
        /// Class now.
        class: u8,
        /// Class a day before.
        before: Option<u8>,
        /// Target class.
        target: u8,
        /// What exceeds the target's limits.
        exceedances: Vec<Exceedance>,
    },
    /// A section meets its target, but is worse than the day before.
    SectionWorse {
        /// Section.
        name: String,
        /// Class now.
        class: u8,
        /// Class a day before.
        before: u8,
        /// Target class.
        target: Option<u8>,
    },
    /// An outlet within its limits.
    OutletInOrder {
        /// Outlet.
        name: String,
    },
    /// An outlet over its limits.
    OutletOver {
        /// Outlet.
        name: String,
        /// What exceeds.
        exceedances: Vec<Exceedance>,
    },
    /// A listed water that is not black-odorous.
    DitchInOrder {
        /// Water.
        name: String,
    },
    /// A listed water that is black-odorous.
    DitchBlackOdorous {
        /// Water.
        name: String,
        /// Light or heavy.
        grade: DitchGrade,
    },
    /// No valid data or no grade: nothing can be said, which is not in order.
    NoData {
        /// Section, outlet or water.
        name: String,
    },
    /// An alarm stands.
    Alarm {
        /// What the duty officer read.
        text: String,
        /// Urgency.
        severity: Severity,
        /// Day it was raised.
        raised_on: NaiveDate,
    },
}

/// Something to do by a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Duty {
    /// Patrol his waters.
    Patrol {
        /// Last patrol; none where none is recorded.
        last: Option<NaiveDate>,
        /// Day the next one is due.
        due: NaiveDate,
        /// Days between two patrols.
        every_days: u16,
        /// Word about the term where it is not confirmed, such as `未核实`; empty otherwise.
        mark: &'static str,
    },
    /// Deal with a standing alarm.
    Handle {
        /// What the duty officer read.
        text: String,
        /// Urgency.
        severity: Severity,
        /// Day it was raised.
        raised_on: NaiveDate,
        /// Day it is to be dealt with.
        due: NaiveDate,
        /// Word about the term where it is not confirmed.
        mark: &'static str,
    },
}

impl Duty {
    /// The day it is due.
    #[must_use]
    pub const fn due(&self) -> NaiveDate {
        match self {
            Self::Patrol { due, .. } | Self::Handle { due, .. } => *due,
        }
    }
}
