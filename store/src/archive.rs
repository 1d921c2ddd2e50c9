//! The rows of a store as they are, for backup, restore and the way from one backend to another.

use chrono::NaiveDate;
use lanbi_model::{
    Account, Alarm, AlarmState, DailyMean, Flags, Instant, Patrol, Problem, Revision, Sample, SampleKey,
    StationId,
};

use crate::{Recorded, StaleMark, StoredDeadLetter, StoredDeviceRecord, WrittenReport};

/// A value with all that is kept beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredSample {
    /// The value with all its flags.
    pub sample: Sample,
    /// Of its flags: those it came with.
    pub device_flags: Flags,
    /// How many values its key has had before.
    pub revision: u32,
    /// When it arrived.
    pub received_at: Instant,
}

/// A part of a store small enough to hold in memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ArchivePart {
    /// All but values, revisions, dead letters and device records.
    Books,
    /// Values and revisions of a station in the interval `(after, until]`, in order of instant, period and parameter.
    Values {
        /// Station.
        station: StationId,
        /// Later than this.
        after: Instant,
        /// Up to this.
        until: Instant,
    },
    /// Dead letters with a number above `above`, by number, at most `limit`.
    Letters {
        /// Number.
        above: i64,
        /// Letters.
        limit: u32,
    },
    /// Device records with a number above `above`, by number, at most `limit`.
    Records {
        /// Number.
        above: i64,
        /// Records.
        limit: u32,
    },
}

/// Rows of a store.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Archive {
    /// Present values.
    pub samples: Vec<StoredSample>,
    /// Earlier values, oldest first within a key.
    pub revisions: Vec<Revision>,
    /// Dead letters.
    pub letters: Vec<StoredDeadLetter>,
    /// Device records.
    pub records: Vec<StoredDeviceRecord>,
    /// Day means.
    pub daily: Vec<DailyMean>,
    /// Days that have been derived, by station and day.
    pub derived: Vec<(StationId, NaiveDate)>,
    /// Stale marks; their versions are given anew by the store they are restored to.
    pub stale: Vec<StaleMark>,
    /// Alarms, withdrawn ones included, oldest first.
    pub alarms: Vec<Alarm>,
    /// States of alarm rules.
    pub alarm_states: Vec<AlarmState>,
    /// Notifications that wait, oldest first: the alarm and the event.
    pub waiting: Vec<(Alarm, String)>,
    /// Reports written, in the order of [`Store::reports`](crate::Store::reports).
    pub reports: Vec<WrittenReport>,
    /// Memos, by key.
    pub memos: Vec<(String, String)>,
    /// Patrols with their history, by id.
    pub patrols: Vec<Recorded<Patrol>>,
    /// Problems with their steps and their history, by id.
    pub problems: Vec<Recorded<Problem>>,
    /// The account; a restore puts it in place of the present one.
    pub account: Option<Account>,
}

impl Archive {
    /// Keys of the revisions, for a look at which values have a history.
    pub fn revised_keys(&self) -> impl Iterator<Item = &SampleKey> {
        self.revisions.iter().map(|revision| &revision.sample.key)
    }
}
