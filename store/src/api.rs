//! What a store can do. Every write is one transaction.

use std::time::Duration;

use async_trait::async_trait;
use chrono::{NaiveDate, TimeDelta};
use lanbi_model::{
    Account, Alarm, AlarmChange, AlarmState, AveragingPeriod, DailyMean, DeadLetter, DeviceRecord, Flags,
    Instant, Parameter, Patrol, Problem, ProblemStep, RejectReason, ReportPeriod, Review, Revision, Sample,
    SampleKey, StationId,
};

use crate::{
    Archive, ArchivePart, DeviceRecordFilter, PatrolFilter, ProblemFilter, ProblemReceipt, RecordReceipt,
    Recorded, StoreError, StoreStatus,
};

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
    /// What loggers said besides values.
    pub records: Vec<DeviceRecord>,
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
    /// Whether the day had been derived before: values came late, or changed.
    pub derived_before: bool,
    /// What touched the day since it was settled last.
    pub causes: StaleCauses,
}

bitflags::bitflags! {
    /// Why a day must be derived again.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub struct StaleCauses: u8 {
        /// Values under new keys arrived.
        const ARRIVED = 1;
        /// A source replaced a value.
        const REVISED = 1 << 1;
        /// A reviewer decided on a value.
        const REVIEWED = 1 << 2;
        /// A dead letter was replayed.
        const REPLAYED = 1 << 3;
        /// An operator wants the checks of now to look at it again.
        const RECHECKED = 1 << 4;
    }
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
    /// Of `settled`: days computed again after they had been over and settled. They are counted by cause, and the
    /// reports that rest on them become outdated.
    pub recomputed: Vec<StaleMark>,
    /// The right to derive, checked in the same transaction; none where one process has the store to itself.
    pub lease: Option<Lease>,
}

/// A right that one process at a time holds, until it lets it run out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// What it is about.
    pub name: String,
    /// Who holds it.
    pub holder: String,
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
    /// Also alarms that were withdrawn.
    pub withdrawn: bool,
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
    /// Only those with something still rejected.
    pub open: bool,
    /// Only numbers below this, largest first, to go through a long list piece by piece.
    pub below: Option<i64>,
    /// At most so many; 0 for all.
    pub limit: u32,
}

/// A dead letter with its number in the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredDeadLetter {
    /// Number.
    pub id: i64,
    /// The letter; its `rejected` is what is still rejected after replays.
    pub letter: DeadLetter,
    /// When it was last replayed.
    pub replayed_at: Option<Instant>,
}

/// How much lies with the dead letters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LetterStock {
    /// Letters.
    pub count: u64,
    /// Of these: with something still rejected.
    pub open: u64,
    /// Bytes kept of the messages.
    pub bytes: u64,
    /// Arrival of the oldest.
    pub oldest: Option<Instant>,
}

/// Which dead letters to let go, oldest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LettersToGo {
    /// Those that arrived up to this.
    pub until: Option<Instant>,
    /// So many of the oldest that the bytes kept fit in this.
    pub down_to_bytes: Option<u64>,
}

/// What a review did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reviewed {
    /// The value before.
    pub before: Sample,
    /// The value now; the same where the decision had been taken already.
    pub after: Sample,
}

/// A report that was written, so that it can be written again when its figures change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenReport {
    /// Kind, as on the command line.
    pub kind: String,
    /// What it covers.
    pub period: ReportPeriod,
    /// First local day whose values it rests on.
    pub first: NaiveDate,
    /// Last local day whose values it rests on.
    pub last: NaiveDate,
    /// Area it is limited to; empty for all.
    pub area: String,
    /// Folder it was written to.
    pub folder: String,
    /// Formats, joined by commas.
    pub formats: String,
    /// When.
    pub written_at: Instant,
    /// Whether a day it rests on was computed again since.
    pub outdated: bool,
}

/// How long things are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Upkeep {
    /// Values older than this are let go, some of them with younger neighbours only, and device records that arrived
    /// longer ago; none keeps them for ever.
    pub keep_values: Option<TimeDelta>,
    /// Values older than this are compressed where the backend can, by itself.
    pub compress_after: Option<TimeDelta>,
}

/// What upkeep did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// Values let go.
    pub values_gone: u64,
    /// Device records let go.
    pub records_gone: u64,
    /// Stretches of values compressed.
    pub compressed: u64,
}

/// A message about an alarm that waits to be sent (written in the same transaction as the alarm's change).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    /// Number, given once; doubles as idempotency key for the receiver.
    pub id: i64,
    /// `raised`, `cleared` or `withdrawn`.
    pub event: String,
    /// The alarm as it is now.
    pub alarm: Alarm,
    /// Failed attempts so far.
    pub attempts: u32,
}

/// A time-series store. Implementations are cheap to share behind an `Arc`.
#[async_trait]
pub trait Store: Send + Sync {
    /// How many commits the store takes at the same time; more wait for each other.
    fn writers(&self) -> usize {
        1
    }

    /// Stores a batch in one transaction: values (new, repeated or revised), dead letters, device records, the account
    /// and the stale marks of the days touched. When this returns `Ok`, everything is durable and the sender may forget
    /// it. A device record that is there already (same station, command, instant, part and text) changes nothing; none
    /// counts in the account or the receipt.
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

    /// Earlier values under a key, oldest first.
    async fn revisions(&self, key: &SampleKey) -> Result<Vec<Revision>, StoreError>;

    /// Takes a reviewer's decision on the value a key has now, as a revision: the value before stays readable with who
    /// and why, and the value's day becomes stale. `day` is the local day the value belongs to. What the station sent
    /// is the present value, or the newest earlier one that no reviewer made. A decision that stands already changes
    /// nothing.
    ///
    /// The value keeps its time of arrival. Fails with [`StoreError::NoSuchValue`] where the key has no value, and with
    /// [`StoreError::UnsignedReview`] without a name or a reason.
    async fn review(&self, review: &Review, day: NaiveDate) -> Result<Reviewed, StoreError>;

    /// Marks a station's days, both ends included, to be derived again with the checks as they are now, and gives the
    /// number of days marked. Only days that have been derived before are marked: any other day with values is stale
    /// already. A mark that stands takes on the cause and a new version.
    async fn mark_stale(
        &self,
        station: &StationId,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<u64, StoreError>;

    /// Up to `limit` stale marks, oldest days first.
    async fn stale(&self, limit: u32) -> Result<Vec<StaleMark>, StoreError>;

    /// Stores what was derived, in one transaction. What a station or a reviewer says of a value is not for checks to
    /// change: its own flags stay, and a reviewer's flags are never set from here. Raised, cleared and withdrawn alarms
    /// count in the account once and queue one notification each; what has happened already queues none. An alarm that
    /// is raised again after it was withdrawn is told of again, and so is what follows: the new notification has a number
    /// of its own and takes the place of the earlier one of the same event.
    ///
    /// Fails with [`StoreError::LeaseLost`] and changes nothing where the batch names a lease that its holder has no
    /// longer.
    async fn commit_derived(&self, batch: &DerivedBatch) -> Result<(), StoreError>;

    /// Takes or prolongs a lease for `time`, by the store's own clock; false while another holder has it.
    async fn lease(&self, lease: &Lease, time: Duration) -> Result<bool, StoreError>;

    /// Gives a lease back, if the holder has it.
    async fn release(&self, lease: &Lease) -> Result<(), StoreError>;

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

    /// Stores what a dead letter holds after all: the values of `batch` are committed, and the letter keeps what
    /// `batch.dead_letters` still rejects (at most one letter: the outcome of decoding it again, whose reason and
    /// detail it takes over). Each value of a letter counts once in the account: what was rejected becomes stored or
    /// repeated, and `incoming` grows only where a message that had counted as one turns out to hold more. Days touched
    /// are marked with [`StaleCauses::REPLAYED`] alone. `batch.messages` is not counted again. The receipt tells what the
    /// account counts, and in `rejected` what the letter still holds. Device records of the batch are kept as in a
    /// commit; a letter that had counted as one and holds them alone counts as repeated from then on.
    ///
    /// Fails with [`StoreError::NoSuchLetter`] where the number is unknown.
    async fn replay_letter(&self, id: i64, batch: &Batch, at: Instant) -> Result<Receipt, StoreError>;

    /// What loggers said besides values, newest instant first.
    async fn device_records(&self, filter: &DeviceRecordFilter) -> Result<Vec<DeviceRecord>, StoreError>;

    /// How much lies with the dead letters.
    async fn letter_stock(&self) -> Result<LetterStock, StoreError>;

    /// Lets dead letters go for good and tells how many and how large; the account keeps counting them as rejected.
    async fn let_letters_go(&self, which: &LettersToGo) -> Result<LetterStock, StoreError>;

    /// A short text kept under a key for lanbi itself.
    async fn memo(&self, key: &str) -> Result<Option<String>, StoreError>;

    /// Keeps a text under a key; none removes it.
    async fn set_memo(&self, key: &str, text: Option<&str>) -> Result<(), StoreError>;

    /// Notes a report as written and up to date, in place of an earlier one of the same kind, period, area and folder.
    async fn note_report(&self, report: &WrittenReport) -> Result<(), StoreError>;

    /// Reports written, by kind, period, area and folder; only the outdated ones where asked.
    async fn reports(&self, outdated: bool) -> Result<Vec<WrittenReport>, StoreError>;

    /// Keeps patrols by their ids, in one transaction. The same again is a repeat and changes nothing; another content
    /// under a known id takes its place, and the earlier one stays readable with `at`, the clock time, and `source`,
    /// where the new one comes from.
    async fn keep_patrols(
        &self,
        patrols: &[Patrol],
        source: &str,
        at: Instant,
    ) -> Result<RecordReceipt, StoreError>;

    /// Patrols in the order of their ends.
    async fn patrols(&self, filter: &PatrolFilter) -> Result<Vec<Patrol>, StoreError>;

    /// One patrol with what stood under its id before.
    async fn patrol(&self, id: &str) -> Result<Option<Recorded<Patrol>>, StoreError>;

    /// Keeps problems by their ids, in one transaction, as [`Store::keep_patrols`] does, and adds their steps to those
    /// that are there. A step under a key that is there is a repeat; none is ever changed or taken away.
    async fn keep_problems(
        &self,
        problems: &[Problem],
        source: &str,
        at: Instant,
    ) -> Result<ProblemReceipt, StoreError>;

    /// Adds steps to a problem and leaves its content as it stands.
    ///
    /// Fails with [`StoreError::NoSuchProblem`] where the id is unknown.
    async fn keep_problem_steps(&self, id: &str, steps: &[ProblemStep])
    -> Result<ProblemReceipt, StoreError>;

    /// Problems with their steps in order of time, in the order in which they were first found or reported; those of
    /// which no step says so come first.
    async fn problems(&self, filter: &ProblemFilter) -> Result<Vec<Problem>, StoreError>;

    /// One problem with the contents that stood under its id before.
    async fn problem(&self, id: &str) -> Result<Option<Recorded<Problem>>, StoreError>;

    /// What the store is and holds.
    async fn status(&self) -> Result<StoreStatus, StoreError>;

    /// Keeps the store within bounds at `now`; called now and then by one process. Values of days that wait to be
    /// derived stay. Device records go by their arrival, because no check has looked at the clock of their logger.
    async fn tend(&self, upkeep: &Upkeep, now: Instant) -> Result<Kept, StoreError>;

    /// Everything of one part of the store, as it is, for a backup. Values and revisions are those with an instant in
    /// the part's interval.
    async fn archive(&self, part: &ArchivePart) -> Result<Archive, StoreError>;

    /// Puts rows of a backup into the store, as they are; numbers given by the store itself may differ afterwards.
    async fn restore(&self, archive: &Archive) -> Result<(), StoreError>;

    /// Up to `limit` notifications not yet sent, oldest first.
    async fn outbox(&self, limit: u32) -> Result<Vec<Notification>, StoreError>;

    /// Notes the outcome of sending: sent at an instant, or failed with a text.
    async fn sent(&self, id: i64, outcome: Result<Instant, String>) -> Result<(), StoreError>;

    /// Waits for writes to finish and closes the store.
    async fn close(&self);
}
