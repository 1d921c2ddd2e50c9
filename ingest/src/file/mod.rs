//! Recorded data: files and workbooks of public networks, exports of other systems, what a logger kept while the line was down.
//!
//! A [`Mapping`] says how a file is laid out; [`read_rows`] streams its rows; [`row_to_payload`] makes of each the
//! message a sensor would have sent, so that replay and import go through the same decoder and the same checks as live
//! data.

mod draft;
mod encoding;
mod mapping;
mod open;
mod payload;
mod rows;
mod workbook;

pub use draft::draft_registry;
pub use mapping::{DraftKind, Mapping};
pub use open::{open, open_table};
pub use payload::row_to_payload;
pub use rows::{LineProblem, Row, RowCounts, Rows, read_rows};
pub use workbook::{is_workbook, read_sheet};
