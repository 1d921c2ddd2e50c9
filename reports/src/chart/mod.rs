//! Drawings as SVG text: functions of data, no layout of pages. A missing value is a gap, never a zero.
//!
//! Each chart is drawn in two sizes, so that its text stays legible on A4 and on a phone. The browser draws the text with
//! the page's fonts; the font in `fonts/` only measures it.

mod burn_down;
mod calendar;
mod colour;
mod columns;
mod course;
mod fan;
mod lines;
mod plot;
mod rivers;

pub use burn_down::burn_down;
pub use calendar::calendar;
pub use colour::Colour;
pub use columns::columns;
pub use course::course;
pub use fan::fan;
pub use lines::{LineChart, lines};
pub use plot::Size;
pub use rivers::rivers;
