//! One message into samples, and the list of what could not become one.
//!
//! lanbi's own JSON and HJ 212 frames say everything themselves and are recognised by how they begin. Every other form is that
//! of a feed, which the operator describes by its topics ([`crate::source::FeedSpec`]). A new form is one file here with its
//! `DIALECT`, one line in `dialect.rs` and one example in `config/sources.example.toml`. All build their samples through
//! `Reading`, so that units, numbers and the account (values = samples + problems) are the same everywhere.

mod airgradient;
mod alink;
mod bare_words;
mod chirpstack;
mod dead_letter;
mod device_flag;
mod dialect;
mod format;
mod hj212;
mod hj_json;
mod item;
mod json;
mod lanbi_json;
mod node;
mod number;
mod outcome;
mod presence;
#[cfg(feature = "sparkplug")]
mod protobuf;
mod reading;
mod scalar;
mod sensor_community;
mod sensorthings;
#[cfg(feature = "sparkplug")]
mod sparkplug;
#[cfg(feature = "sparkplug")]
mod sparkplug_payload;
mod tasmota;
mod text;
mod time_form;
mod told;
mod tts;
mod zigbee2mqtt;

pub use dead_letter::dead_letter;
pub(crate) use dialect::Dialect;
pub use format::{Format, decode};
pub(crate) use node::Pointer;
pub(crate) use number::parse_number;
pub use outcome::{Context, Decoded, Limits, Message, Problem, Rejected};
pub use presence::Presence;
#[cfg(feature = "sparkplug")]
pub(crate) use sparkplug::{Nodes, edge_of};
pub(crate) use time_form::TimeForm;
