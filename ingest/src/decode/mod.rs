//! One message into samples, and the list of what could not become one.
//!
//! A new format is one file here, one variant of [`Format`] and one example in `config/examples/`. Every format builds
//! its samples through `Reading`, so that units, numbers and the account (values = samples + problems) are the same
//! everywhere.

mod bare_words;
mod dead_letter;
mod device_flag;
mod format;
mod hj212;
mod lanbi_json;
mod number;
mod outcome;
mod reading;

pub use dead_letter::dead_letter;
pub use format::{Format, decode};
pub use outcome::{Context, Decoded, DeviceRecord, Limits, Message, Problem, Rejected};
