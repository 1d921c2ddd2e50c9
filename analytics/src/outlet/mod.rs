//! Discharge outlets: effluent against its limits (GB 18918, DB12/599, DB12/356) and loads.

mod check;
mod load;

pub use check::{Conditions, OutletCheck, OutletTime, Verdict, check};
pub use load::LoadSum;
