//! Black-odorous water (城市黑臭水体整治工作指南 2015; 农村黑臭水体治理工作指南 2024): grades of samples, points, reaches and whole
//! waters; the list of clean points that slip back; the states of a water on the official list.

mod body;
mod grade;
mod point;
mod roster;
#[cfg(test)]
mod test_law;
mod watch;
mod watch_score;

pub use body::{BodyGrade, HeavyReach, OdorPoint, grade_body};
pub use grade::{Grade, OdorLevel, grade};
pub use point::{IndicatorCount, PointGrade, grade_point};
pub use roster::{Completion, DatedEvent, Lack, RosterEvent, RosterState, Standing, Transition, standing};
pub use watch::{DaysLeft, IndicatorWatch, Loss, OdorDay, PointWatch, WatchSettings, WatchVerdict, watch};
pub use watch_score::{Slip, WatchTrials, watch_trials};
