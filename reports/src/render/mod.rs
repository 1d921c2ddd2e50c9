//! How it is laid out: writers that know pages and text, and no chemistry.

pub mod html;
mod index;
pub mod json;
pub mod text;

pub use index::{FirstLook, Index, ReportKind, ReportLink};
