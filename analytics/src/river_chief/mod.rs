//! 河长制: scores of reaches and districts, shares of grades by length, places; from the rule of
//! `config/standards/river-chief`.

mod place;
mod reach;
mod score;
mod shares;
#[cfg(test)]
mod test_rule;

pub use place::places;
pub use reach::{ReachItem, ReachMeans, ReachOutcome, ReachScore, score_reach};
pub use score::{DistrictParts, DistrictScore, Part, PartName, mean_of_reaches, score_district};
pub use shares::{LengthShare, shares_by_length};
