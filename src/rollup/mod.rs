//! What follows from stored values: flags, day means, alarms. Works off the stale marks that the store keeps, so that a
//! stop between two steps leaves work to do and no wrong figure.

mod day_values;
mod derive;
mod heard;
mod heavy;
mod neighbours;
mod newcomers;
mod relisten;
mod renew;
mod runs;
mod settle;
#[cfg(test)]
mod tests;

pub(crate) use heavy::{HeavySources, dust};
pub(crate) use settle::Rollup;
