//! Effluent of discharge outlets against its limits (GB 18918, DB12/599).

mod check;
mod mean;

pub use check::{Conditions, OutletCheck, OutletTime, Verdict, check};
pub use mean::flow_weighted_mean;
