//! What is said: report models and the facts they are built from.
//!
//! `daily`, `monthly`, `river_chief`, `outlet_report` and `black_odor_report` are the reports; the other modules are sections that several reports share.
//! Facts hold what was measured and assessed (values, levels, class numbers, limits); models hold what is printed.

pub mod air;
pub mod alarms;
pub mod allowances;
pub mod black_odor_report;
mod black_odor_words;
pub mod capture;
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
pub mod river_chief;
pub mod sections;
mod target_words;
pub mod targets;
pub mod warnings;
pub mod words;

pub use figure::{Figure, Measured, Reading};
pub use head::{Cited, Head, HeadFacts, Paragraph};
