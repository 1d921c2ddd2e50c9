//! From letters of unknown devices to entries of the station file.
//!
//! [`fn@sightings`] reads which device a letter speaks of and what it sends, without the registry that a decoder needs;
//! [`Survey`] gathers them, and [`Proposal`] says what to write into the station file. All of it is guesswork for a person to
//! look at: nothing here changes a value.

mod cadence;
mod device;
mod entry;
mod hj212;
mod lanbi_json;
mod magnitude;
mod proposal;
mod sighting;
mod survey;

pub use device::Range;
pub use entry::{Entry, Filled};
pub use magnitude::Doubt;
pub use proposal::{Proposal, Task};
pub use sighting::{Naming, Seen, Sighting, sightings};
pub use survey::Survey;
