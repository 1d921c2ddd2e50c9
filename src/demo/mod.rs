//! A simulated district for the demonstration and for tests: it makes the messages that real stations would send, with
//! the troubles real stations have. Pure computation: no broker, no store, no clock. The same seed and the same period
//! give the same bytes.
//!
//! The district is fictional and every name carries the word 示例. Physics is simple and its numbers are chosen to look
//! like Tianjin; nothing here is a measurement, and nothing here is law: concentrations are what the imagined
//! instruments show, and limits are applied elsewhere.
//!
//! [`Simulation`] gives the messages in the order of sending and says what was planted among them.

mod air;
mod chiefs;
mod district;
mod ditch;
pub(crate) mod event;
pub(crate) mod feed;
mod noise;
mod outlet;
mod payload;
mod plan;
mod rivers;
mod season;
mod sites;
#[cfg(test)]
mod tests;
mod water;
mod weather;
mod world;

pub(crate) use chiefs::{REACHES, records};
pub(crate) use district::registry;
pub(crate) use feed::Simulation;
pub(crate) use rivers::{allowances, network, samplings};
