//! Discharge outlets: effluent against its limits (GB 18918, DB12/599, DB12/356), loads, and what a year may discharge.

mod allowance;
mod check;
mod day;
mod load;

pub use allowance::{BurnDown, DayLoad, YearEnd, burn_down, year_end};
pub use check::{Conditions, OutletCheck, OutletTime, Verdict, check};
pub use day::{CheckPeriod, OutletDay, OutletHour, judge_day, substitute, unjudged_instantaneous};
pub use load::LoadSum;
