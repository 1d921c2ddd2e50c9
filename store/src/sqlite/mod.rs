//! The default backend: one SQLite file, no server.
//!
//! One connection writes, a few read (write-ahead log). Every statement is text known at compile time with bound
//! parameters; many rows travel in one statement, because each statement costs a hop to the connection's thread.

mod account;
mod alarm;
mod alarm_state;
mod archive;
mod commit;
mod connect;
mod daily;
mod dead_letter;
mod derived;
mod device_record;
mod insert;
mod lease;
mod letter_stock;
mod memo;
mod migrate;
mod names;
mod outbox;
mod patrol;
mod problem;
mod raw_insert;
mod read;
mod replay;
mod report;
mod restore;
mod review;
mod rows;
mod stale;
mod status;
mod store;
#[cfg(test)]
mod tests;
mod upkeep;

pub(crate) use raw_insert::RawSqlite;
pub use store::SqliteStore;
