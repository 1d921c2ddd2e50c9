//! 河长制: scores of reaches and districts, shares of grades by length and places by the rule of `config/standards/river-chief`;
//! when a patrol is due, and where problems stand against their deadlines.

mod clock;
mod duty;
mod place;
mod reach;
mod score;
mod shares;
#[cfg(test)]
mod test_rule;

pub use clock::{ProblemClock, ProblemStanding, problem_clock};
pub use duty::{Due, PatrolDuty, PatrolPeriod, patrol_duty, patrol_period};
pub use place::places;
pub use reach::{ReachItem, ReachMeans, ReachOutcome, ReachScore, score_reach};
pub use score::{DistrictParts, DistrictScore, Part, PartName, mean_of_reaches, score_district};
pub use shares::{LengthShare, shares_by_length};
