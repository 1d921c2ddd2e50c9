//! What the bureau signs: daily and monthly reports and the river chiefs' daily checks.
//!
//! A report is made in two steps. [`report`] turns facts (values, levels, classes, alarms) into a plain report model:
//! every printed number as an exact decimal string with its unit, every sentence generated from the numbers. [`render`]
//! lays a model out as HTML, text or JSON and knows layout only; [`chart`] draws its series as SVG.

pub mod chart;
mod error;
pub mod render;
pub mod report;

pub use error::ReportError;
