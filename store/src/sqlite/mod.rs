//! The default backend: one SQLite file, no server.
//!
//! One connection writes, a few read (write-ahead log). Every statement is text known at compile time with bound
//! parameters; many rows travel in one statement, because each statement costs a hop to the connection's thread.

mod alarm;
mod alarm_state;
mod commit;
mod connect;
mod daily;
mod dead_letter;
mod derived;
mod insert;
mod names;
mod outbox;
mod raw_insert;
mod read;
mod rows;
mod store;
#[cfg(test)]
mod tests;

pub(crate) use raw_insert::RawSqlite;
pub use store::SqliteStore;
