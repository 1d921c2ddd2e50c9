//! The promises of [`Store`], each kept in the file of its concern.

use std::{path::Path, time::Duration};

use async_trait::async_trait;
use chrono::{NaiveDate, TimeDelta};
use lanbi_model::{
    Account, Alarm, AlarmState, DailyMean, DeviceRecord, Instant, Patrol, Problem, ProblemStep, Review,
    Revision, Sample, SampleKey, StationId,
};

use super::{
    connect::{Pools, cannot_open},
    migrate,
    names::Parameters,
};
use crate::{
    AlarmFilter, Archive, ArchivePart, Batch, DeadLetterFilter, DerivedBatch, DeviceRecordFilter, Kept,
    Lease, LetterStock, LettersToGo, Notification, PatrolFilter, ProblemFilter, ProblemReceipt, Receipt,
    RecordReceipt, Recorded, Reviewed, SampleQuery, StaleMark, Store, StoreError, StoreStatus,
    StoredDeadLetter, Upkeep, WrittenReport,
};

/// A store in one SQLite file, or in memory.
#[derive(Debug)]
pub struct SqliteStore {
    pub(super) pools: Pools,
    pub(super) parameters: Parameters,
}

impl SqliteStore {
    /// Opens the store in a file; makes it, with its folder, if it is not there, and brings its schema up to date.
    ///
    /// # Errors
    /// A file that cannot be opened or made, or a schema that cannot be brought up to date.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        let opened = async { Self::on(Pools::file(path).await?).await };
        opened.await.map_err(|error| cannot_open(path, error))
    }

    /// Opens the store in a file for a look at it, whatever its schema: nothing can be written.
    ///
    /// # Errors
    /// No file, a file that cannot be opened, or a schema that a newer program has written.
    pub async fn open_as_is(path: &Path) -> Result<Self, StoreError> {
        Self::look(path).await.map_err(|error| cannot_open(path, error))
    }

    async fn look(path: &Path) -> Result<Self, StoreError> {
        let pools = Pools::file_as_is(path).await?;
        let mut conn = pools.readers.acquire().await?;
        let applied = migrate::applied(&mut conn).await?;
        migrate::check_known(&applied)?;
        let parameters =
            if applied.is_empty() { Parameters::default() } else { Parameters::load(&mut conn).await? };
        drop(conn);
        Ok(Self { pools, parameters })
    }

    /// Opens an empty store that is gone when it is closed.
    ///
    /// # Errors
    /// None that a caller can mend.
    pub async fn in_memory() -> Result<Self, StoreError> {
        Self::on(Pools::memory().await?).await
    }

    async fn on(pools: Pools) -> Result<Self, StoreError> {
        let mut conn = pools.writer.acquire().await?;
        let parameters = Parameters::make(&mut conn).await?;
        drop(conn);
        Ok(Self { pools, parameters })
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn commit(&self, batch: &Batch) -> Result<Receipt, StoreError> {
        self.commit_batch(batch).await
    }

    async fn account(&self) -> Result<Account, StoreError> {
        self.read_account().await
    }

    async fn samples(&self, query: &SampleQuery) -> Result<Vec<Sample>, StoreError> {
        self.read_samples(query).await
    }

    async fn latest(&self) -> Result<Vec<(StationId, Instant)>, StoreError> {
        self.read_latest().await
    }

    async fn late(
        &self,
        station: &StationId,
        after: Instant,
        until: Instant,
        allowed: TimeDelta,
    ) -> Result<u64, StoreError> {
        self.count_late(station, after, until, allowed).await
    }

    async fn revisions(&self, key: &SampleKey) -> Result<Vec<Revision>, StoreError> {
        self.read_revisions(key).await
    }

    async fn mark_stale(
        &self,
        station: &StationId,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<u64, StoreError> {
        self.mark_derived(station, from, to).await
    }

    async fn stale(&self, limit: u32) -> Result<Vec<StaleMark>, StoreError> {
        self.read_stale(limit).await
    }

    async fn commit_derived(&self, batch: &DerivedBatch) -> Result<(), StoreError> {
        self.commit_derived_batch(batch).await
    }

    async fn daily(
        &self,
        station: Option<&StationId>,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<Vec<DailyMean>, StoreError> {
        self.read_daily(station, from, to).await
    }

    async fn alarm_states(&self) -> Result<Vec<AlarmState>, StoreError> {
        self.read_alarm_states().await
    }

    async fn alarms(&self, filter: &AlarmFilter) -> Result<Vec<Alarm>, StoreError> {
        self.list_alarms(filter).await
    }

    async fn dead_letters(&self, filter: &DeadLetterFilter) -> Result<Vec<StoredDeadLetter>, StoreError> {
        self.list_dead_letters(filter).await
    }

    async fn outbox(&self, limit: u32) -> Result<Vec<Notification>, StoreError> {
        self.list_waiting(limit).await
    }

    async fn sent(&self, id: i64, outcome: Result<Instant, String>) -> Result<(), StoreError> {
        self.note_sent(id, outcome).await
    }

    async fn review(&self, review: &Review, day: NaiveDate) -> Result<Reviewed, StoreError> {
        self.take_review(review, day).await
    }

    async fn lease(&self, lease: &Lease, time: Duration) -> Result<bool, StoreError> {
        self.take_lease(lease, time).await
    }

    async fn release(&self, lease: &Lease) -> Result<(), StoreError> {
        self.give_lease_back(lease).await
    }

    async fn replay_letter(&self, id: i64, batch: &Batch, at: Instant) -> Result<Receipt, StoreError> {
        self.replay(id, batch, at).await
    }

    async fn device_records(&self, filter: &DeviceRecordFilter) -> Result<Vec<DeviceRecord>, StoreError> {
        self.list_device_records(filter).await
    }

    async fn letter_stock(&self) -> Result<LetterStock, StoreError> {
        self.read_letter_stock().await
    }

    async fn let_letters_go(&self, which: &LettersToGo) -> Result<LetterStock, StoreError> {
        self.remove_letters(which).await
    }

    async fn memo(&self, key: &str) -> Result<Option<String>, StoreError> {
        self.read_memo(key).await
    }

    async fn set_memo(&self, key: &str, text: Option<&str>) -> Result<(), StoreError> {
        self.keep_memo(key, text).await
    }

    async fn note_report(&self, report: &WrittenReport) -> Result<(), StoreError> {
        self.keep_report(report).await
    }

    async fn reports(&self, outdated: bool) -> Result<Vec<WrittenReport>, StoreError> {
        self.list_reports(outdated).await
    }

    async fn keep_patrols(
        &self,
        patrols: &[Patrol],
        source: &str,
        at: Instant,
    ) -> Result<RecordReceipt, StoreError> {
        self.put_patrols(patrols, source, at).await
    }

    async fn patrols(&self, filter: &PatrolFilter) -> Result<Vec<Patrol>, StoreError> {
        self.list_patrols(filter).await
    }

    async fn patrol(&self, id: &str) -> Result<Option<Recorded<Patrol>>, StoreError> {
        self.find_patrol(id).await
    }

    async fn keep_problems(
        &self,
        problems: &[Problem],
        source: &str,
        at: Instant,
    ) -> Result<ProblemReceipt, StoreError> {
        self.put_problems(problems, source, at).await
    }

    async fn keep_problem_steps(
        &self,
        id: &str,
        steps: &[ProblemStep],
    ) -> Result<ProblemReceipt, StoreError> {
        self.put_steps(id, steps).await
    }

    async fn problems(&self, filter: &ProblemFilter) -> Result<Vec<Problem>, StoreError> {
        self.list_problems(filter).await
    }

    async fn problem(&self, id: &str) -> Result<Option<Recorded<Problem>>, StoreError> {
        self.find_problem(id).await
    }

    async fn status(&self) -> Result<StoreStatus, StoreError> {
        self.read_status().await
    }

    async fn tend(&self, upkeep: &Upkeep, now: Instant) -> Result<Kept, StoreError> {
        self.keep_within_bounds(upkeep, now).await
    }

    async fn archive(&self, part: &ArchivePart) -> Result<Archive, StoreError> {
        self.read_part(part).await
    }

    async fn restore(&self, archive: &Archive) -> Result<(), StoreError> {
        self.put_back(archive).await
    }

    async fn close(&self) {
        self.pools.close().await;
    }
}
