//! The river chief's daily check (河长每日检查): what is in order, what is not, what is due today and what is overdue,
//! from plain inputs about the waters in his care.

pub mod check;
pub mod input;
pub mod item;
pub mod patrol;
pub mod settings;
mod urgency;
mod zh;

pub use check::{DailyCheck, daily_check};
pub use input::{ChiefInput, DitchGrade, DitchState, Exceedance, OutletState, SectionState, StandingAlarm};
pub use item::{Duty, Item};
pub use settings::ChiefSettings;
