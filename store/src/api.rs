//! What a store can do. Every write is one transaction.

use async_trait::async_trait;
use chrono::{NaiveDate, TimeDelta};
use lanbi_model::{
    Account, Alarm, AlarmChange, AlarmState, AveragingPeriod, DailyMean, DeadLetter, Flags, Instant,
    Parameter, RejectReason, Sample, SampleKey, StationId,
};

use crate::StoreError;

/// A value on its way into the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incoming {
    /// The value.
    pub sample: Sample,
    /// Local day of its station that it belongs to: the day that becomes stale.
    pub day: NaiveDate,
    /// Clock time of its arrival.
    pub received_at: Instant,
}

/// What one delivery cycle brings: committed as a whole or not at all.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// Values, in the order of their arrival.
    pub samples: Vec<Incoming>,
    /// What could not be stored.
    pub dead_letters: Vec<DeadLetter>,
    /// Messages delivered.
    pub messages: u64,
    /// Where the values came from, kept with revisions.
    pub source: String,
}

/// What became of a batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Receipt {
    /// Values new under their key, and revisions.
    pub stored: u64,
    /// Values with a number and device flags that stand under their key, or stood there before they were replaced: a
    /// late copy of an old message does not put the old value back.
    pub repeated: u64,
    /// Of `stored`: a different number or other device flags under a known key.
    pub revised: u64,
    /// Rejected values and undecodable messages.
    pub rejected: u64,
}

/// A station's day whose derived figures are out of date.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StaleMark {
    /// Station.
    pub station: StationId,
    /// Local natural day.
    pub day: NaiveDate,
    /// Version of the mark: clearing it with an older version leaves it standing.
    pub version: i64,
    /// Whether the day had been derived before (late, revised or re-flagged values).
    pub derived_before: bool,
}

/// Which values to read. Ends are inclusive at `until` and exclusive at `after`, like the intervals they name.
#[derive(Clone, Debug)]
pub struct SampleQuery {
    /// Station.
    pub station: StationId,
    /// Parameters; empty for all.
    pub parameters: Vec<Parameter>,
    /// Averaging period; none for all.
    pub period: Option<AveragingPeriod>,
    /// Values with an instant later than this.
    pub after: Instant,
    /// Values with an instant up to this.
    pub until: Instant,
}

/// What was computed from stored values: committed as a whole together with the marks it settles.
#[derive(Clone, Debug, Default)]
pub struct DerivedBatch {
    /// Day means to put in place of earlier ones.
    pub daily: Vec<DailyMean>,
    /// Flags to set (all flags of the value after the checks).
    pub flags: Vec<(SampleKey, Flags)>,
    /// States of alarm rules to put in place of earlier ones.
    pub alarm_states: Vec<AlarmState>,
    /// Alarms raised, updated and cleared, in order.
    pub alarms: Vec<AlarmChange>,
    /// Marks settled; one whose version has moved on stays.
    pub settled: Vec<StaleMark>,
    /// Days computed again.
    pub recomputed: u64,
}

/// Which alarms to list, newest first.
#[derive(Clone, Debug, Default)]
pub struct AlarmFilter {
    /// Only alarms that stood at some moment after this.
    pub after: Option<Instant>,
    /// Only alarms raised up to this.
    pub until: Option<Instant>,
    /// Only one station's.
    pub station: Option<StationId>,
    /// Only alarms that still stand.
    pub standing: bool,
}

/// Which dead letters to list, newest first.
#[derive(Clone, Debug, Default)]
pub struct DeadLetterFilter {
    /// Only this number.
    pub id: Option<i64>,
    /// Only this reason.
    pub reason: Option<RejectReason>,
    /// Received after this.
    pub after: Option<Instant>,
    /// Received up to this.
    pub until: Option<Instant>,
    /// At most so many; 0 for all.
    pub limit: u32,
}

/// A dead letter with its number in the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredDeadLetter {
    /// Number.
    pub id: i64,
    /// The letter.
    pub letter: DeadLetter,
}

/// A message about an alarm that waits to be sent (written in the same transaction as the alarm's change).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    /// Number; doubles as idempotency key for the receiver.
    pub id: i64,
    /// `raised` or `cleared`.
    pub event: String,
    /// The alarm as it is now.
    pub alarm: Alarm,
    /// Failed attempts so far.
    pub attempts: u32,
}

/// A time-series store. Implementations are cheap to share behind an `Arc`.
#[async_trait]
pub trait Store: Send + Sync {
    /// Stores a batch in one transaction: values (new, repeated or revised), dead letters, the account and the stale
    /// marks of the days touched. When this returns `Ok`, everything is durable and the sender may forget it.
    async fn commit(&self, batch: &Batch) -> Result<Receipt, StoreError>;

    /// The running account.
    async fn account(&self) -> Result<Account, StoreError>;

    /// Values in order of parameter, period and instant.
    async fn samples(&self, query: &SampleQuery) -> Result<Vec<Sample>, StoreError>;

    /// The newest instant of each station that has values.
    async fn latest(&self) -> Result<Vec<(StationId, Instant)>, StoreError>;

    /// How many of a station's values with an instant in `(after, until]` arrived more than `allowed` after it.
    async fn late(
        &self,
        station: &StationId,
        after: Instant,
        until: Instant,
        allowed: TimeDelta,
    ) -> Result<u64, StoreError>;

    /// Earlier values under a key, oldest first, each with the time it was replaced and the source that replaced it.
    async fn revisions(&self, key: &SampleKey) -> Result<Vec<(Sample, Instant, String)>, StoreError>;

    /// Up to `limit` stale marks, oldest days first.
    async fn stale(&self, limit: u32) -> Result<Vec<StaleMark>, StoreError>;

    /// Stores what was derived, in one transaction. Raised and cleared alarms count in the account once and queue one
    /// notification each.
    async fn commit_derived(&self, batch: &DerivedBatch) -> Result<(), StoreError>;

    /// Day means of a station (or all stations) from one day to another, both included, by station, day, parameter.
    async fn daily(
        &self,
        station: Option<&StationId>,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<Vec<DailyMean>, StoreError>;

    /// The states of all alarm rules.
    async fn alarm_states(&self) -> Result<Vec<AlarmState>, StoreError>;

    /// Alarms, newest first.
    async fn alarms(&self, filter: &AlarmFilter) -> Result<Vec<Alarm>, StoreError>;

    /// Dead letters, newest first.
    async fn dead_letters(&self, filter: &DeadLetterFilter) -> Result<Vec<StoredDeadLetter>, StoreError>;

    /// Up to `limit` notifications not yet sent, oldest first.
    async fn outbox(&self, limit: u32) -> Result<Vec<Notification>, StoreError>;

    /// Notes the outcome of sending: sent at an instant, or failed with a text.
    async fn sent(&self, id: i64, outcome: Result<Instant, String>) -> Result<(), StoreError>;

    /// Waits for writes to finish and closes the store.
    async fn close(&self);
}
