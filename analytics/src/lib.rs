//! Computes from values, standards and a passed-in time; never reads a clock, a file or a table. Quality checks only
//! add flags, they never change a value.

pub mod aggregate;
pub mod air;
pub mod alarm;
pub mod black_odor;
mod fixed;
pub mod heavy;
pub mod network;
pub mod outlet;
pub mod outlook;
pub mod qc;
pub mod river_chief;
pub mod stats;
pub mod water;

pub use fixed::FixedValue;
