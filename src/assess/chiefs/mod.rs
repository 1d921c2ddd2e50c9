//! 河长制: scores of reaches and districts, and shares of grades by length: `assess chief-score` and `reach-shares`.

mod parts;
pub(super) mod register;
mod rows;
pub(super) mod score;
pub(super) mod shares;
