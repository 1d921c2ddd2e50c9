//! Periods of sections, rivers and lakes from readings, days or months: `assess sections`, `basin`, `cwqi` and `tli`.

pub(super) mod basin;
pub(super) mod cwqi;
mod evaluate;
mod groups;
mod rows;
pub(super) mod samplings;
pub(super) mod sections;
mod targets;
pub(super) mod tli;
pub(super) mod words;
