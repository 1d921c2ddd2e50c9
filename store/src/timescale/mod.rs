//! The backend for many writers: a PostgreSQL database (14 or later), with TimescaleDB where it is to be had.
//!
//! A row of the main table is a frame: what a station sent together for one instant. A batch of new values is one
//! statement, whatever its size; only frames that are there already are read, compared and written back. What the
//! server can do is asked when the store is opened, see `capability.rs`.
//!
//! Several processes may write at once. Everywhere rows are locked in the order of their keys, and tables in the order
//! frames, marks, series, account; so writers wait for each other, but never in a circle. Each transaction is READ
//! COMMITTED.
//!
//! A commit that the network cut off may have happened nevertheless. Tried again, its values are recognised and its
//! account counts them as repeated.

mod account;
mod alarm;
mod alarm_state;
mod archive;
mod capability;
mod chunk;
mod commit;
mod connect;
mod daily;
mod dead_letter;
mod derived;
mod device_record;
mod frame;
mod guard;
mod lease;
mod marks;
mod memo;
mod merge;
mod migrate;
mod names;
mod outbox;
mod patrol;
mod place;
mod problem;
mod raw_insert;
mod read;
mod replay;
mod report;
mod restore;
mod review;
mod revision;
mod rows;
mod status;
mod store;
#[cfg(test)]
mod tests;
mod upkeep;
mod write_frames;

pub(crate) use raw_insert::RawPostgres;
pub use store::TimescaleStore;
