//! One river network: which outlets and ditches lie above a section, how long their water takes to it, and which of them fit in
//! time when the section worsens. What is found are candidates with their evidence, never verdicts.

mod candidates;
mod rivers;
mod worsening;

pub use candidates::{Candidate, Evidence, Outlet, OutletReading, candidates};
pub use rivers::{Place, Reach, RiverNetwork, RiverNetworkError, Upstream};
pub use worsening::{Worsening, WorseningSettings, worsenings};
