//! What is said: report models and the facts they are built from.
//!
//! `daily`, `monthly`, `water`, `outlet_report`, `black_odor_report`, `river_chief` and `river_chief_month` are the reports; the other
//! modules are sections that several reports share.
//! Facts hold what was measured and assessed (values, levels, class numbers, limits); models hold what is printed.

pub mod air;
pub mod alarms;
pub mod allowances;
pub mod basins;
pub mod black_odor_report;
mod black_odor_words;
pub mod capture;
pub mod clues;
pub mod course;
pub mod daily;
pub mod ditches;
pub mod figure;
pub mod forecast;
pub mod head;
pub mod month_air;
mod month_words;
pub mod monthly;
pub mod outlet_register;
pub mod outlet_report;
pub mod outlets;
pub mod problems;
pub mod river_chief;
pub mod river_chief_month;
mod river_chief_words;
pub mod sections;
mod target_words;
pub mod targets;
pub mod warnings;
pub mod water;
pub mod words;

pub use figure::{Figure, Measured, Reading};
pub use head::{Cited, Head, HeadFacts, Paragraph};
