//! Remembers and finds again.
//!
//! One trait, [`Store`], the same behaviour on every backend (proved by the conformance suite), and errors that say
//! whether trying again can help. Knows nothing of brokers, standards or reports.

pub mod api;
pub mod error;
pub mod sqlite;
#[cfg(test)]
mod suite;
pub mod uri;

pub use api::{
    AlarmFilter, Batch, DeadLetterFilter, DerivedBatch, Incoming, Notification, Receipt, SampleQuery,
    StaleMark, Store, StoredDeadLetter,
};
pub use error::StoreError;
pub use uri::open;
