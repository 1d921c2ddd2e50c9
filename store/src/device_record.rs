//! What loggers say besides values, on its way into the store and out of it.
//!
//! A record that comes again is known by its station, its instant and a digest of all else it says, on every backend: a
//! text of many thousand characters is no key of an index.

use chrono::SubsecRound as _;
use lanbi_model::{DeviceRecord, Instant, StationId};
use sha2::{Digest as _, Sha256};

use crate::records;

/// Digits of a second that every backend holds.
const MICROSECONDS: u16 = 6;

/// Which device records to list, newest instant first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeviceRecordFilter {
    /// Only one station's.
    pub station: Option<StationId>,
    /// Only those of these commands; empty for all.
    pub commands: Vec<String>,
    /// Only those later than this.
    pub after: Option<Instant>,
    /// Only those up to this.
    pub until: Option<Instant>,
    /// At most so many; 0 for all.
    pub limit: u32,
}

/// A device record with its number in the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredDeviceRecord {
    /// Number.
    pub id: i64,
    /// The record.
    pub record: DeviceRecord,
}

/// A record as every backend gives it back, with what it is known by.
pub(crate) struct Keyed {
    pub(crate) record: DeviceRecord,
    /// SHA-256 of command, part and text.
    pub(crate) digest: Vec<u8>,
}

impl Keyed {
    pub(crate) fn of(record: &DeviceRecord) -> Self {
        let record = DeviceRecord {
            station: record.station.clone(),
            command: records::clean(&record.command),
            instant: record.instant.trunc_subsecs(MICROSECONDS),
            received_at: record.received_at.trunc_subsecs(MICROSECONDS),
            part: record.part,
            text: DeviceRecord::fit(&records::clean(&record.text)).into_owned(),
        };
        // No text holds the character zero any more, so that it can stand between the fields.
        let part = record.part.map(|(number, of)| format!("{number}/{of}")).unwrap_or_default();
        let told = [record.command.as_str(), &part, &record.text].join("\0");
        let digest = Sha256::digest(told.as_bytes()).to_vec();
        Self { record, digest }
    }
}
