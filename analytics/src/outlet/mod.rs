//! Effluent of discharge outlets against its limits (GB 18918, DB12/599).

mod check;

pub use check::{Conditions, OutletCheck, OutletTime, Verdict, check};
