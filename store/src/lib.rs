//! Remembers and finds again.
//!
//! One trait, [`Store`], the same behaviour on every backend (proved by the conformance suite), and errors that say
//! whether trying again can help. Knows nothing of brokers, standards or reports.

pub mod api;
pub mod archive;
pub mod device_record;
pub mod error;
pub mod raw_insert;
pub mod records;
pub mod sqlite;
pub mod status;
#[cfg(test)]
mod suite;
pub mod timescale;
pub mod uri;

pub use api::{
    AlarmFilter, Batch, DeadLetterFilter, DerivedBatch, Incoming, Kept, Lease, LetterStock, LettersToGo,
    Notification, Receipt, Reviewed, SampleQuery, StaleCauses, StaleMark, Store, StoredDeadLetter, Upkeep,
    WrittenReport,
};
pub use archive::{Archive, ArchivePart, StoredSample};
pub use device_record::{DeviceRecordFilter, StoredDeviceRecord};
pub use error::StoreError;
pub use raw_insert::RawInsert;
pub use records::{Earlier, PatrolFilter, ProblemFilter, ProblemReceipt, RecordReceipt, Recorded};
pub use status::{Keeper, Layout, StoreStatus};
pub use uri::{open, open_as_is};
