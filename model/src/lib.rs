//! The words of the domain: what a measurement *is* (parameter, value, unit, instant, interval, flag), where it was
//! taken (station), what the law says about it (standard) and what follows from it (alarm).
//!
//! No input or output, no async, no SQL, no wire format. Nothing here fails except the building of a value.

pub mod account;
pub mod alarm;
pub mod chief;
pub mod chief_rule;
pub mod dead_letter;
pub mod decimal;
pub mod device_record;
pub mod evaluation;
pub mod flag;
pub mod outlet;
pub mod parameter;
pub mod patrol;
pub mod period;
pub mod problem;
pub mod problem_step;
pub mod registry;
pub mod review;
pub mod rollup;
pub mod sample;
pub mod standard;
pub mod station;
pub mod target;
pub mod unit;
pub mod warning;
pub mod water_rule;
pub mod zone;

pub use account::{Account, Recomputed};
pub use alarm::{Alarm, AlarmChange, AlarmPhase, AlarmState, RuleId, Severity};
pub use chief::{Chief, ChiefLevel};
pub use dead_letter::{DeadLetter, RejectReason};
pub use device_record::DeviceRecord;
pub use flag::Flags;
pub use parameter::{Medium, Parameter};
pub use patrol::{Patrol, PatrolRule, PatrolShortfall};
pub use period::{ParsePeriodError, ReportPeriod};
pub use problem::{Problem, ProblemKind, ProblemTerms, ProblemUrgency};
pub use problem_step::{ProblemCourse, ProblemState, ProblemStep};
pub use registry::{Registry, RegistryError};
pub use review::{Decision, Review, Revision};
pub use rollup::{DailyMean, Validity};
pub use rust_decimal::Decimal;
pub use sample::{AveragingPeriod, Interval, Sample, SampleKey};
pub use station::{Station, StationId, StationKind, WaterBody};
pub use unit::Unit;
pub use warning::WarningLevel;
pub use zone::Zone;

/// A moment in UTC. Local time exists only at the borders, see [`Zone`].
pub type Instant = chrono::DateTime<chrono::Utc>;
