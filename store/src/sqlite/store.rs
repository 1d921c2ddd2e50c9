//! The promises of [`Store`], each kept in the file of its concern.

use std::path::Path;

use async_trait::async_trait;
use chrono::{NaiveDate, TimeDelta};
use lanbi_model::{
    Account, Alarm, AlarmState, DailyMean, Instant, Review, Revision, Sample, SampleKey, StationId,
};

use super::{connect::Pools, names::Parameters};
use crate::{
    AlarmFilter, Archive, ArchivePart, Batch, DeadLetterFilter, DerivedBatch, Kept, Lease, LetterStock,
    LettersToGo, Notification, Receipt, Reviewed, SampleQuery, StaleMark, Store, StoreError, StoreStatus,
    StoredDeadLetter, Upkeep, WrittenReport,
};

/// A store in one SQLite file, or in memory.
#[derive(Debug)]
pub struct SqliteStore {
    pub(super) pools: Pools,
    pub(super) parameters: Parameters,
}

impl SqliteStore {
    /// Opens the store in a file; makes it, with its folder, if it is not there.
    ///
    /// # Errors
    /// A file that cannot be opened or made, or a schema that cannot be brought up to date.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        Self::on(Pools::file(path).await?).await
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
        let parameters = Parameters::load(&mut conn).await?;
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

    async fn review(&self, _review: &Review, _day: NaiveDate) -> Result<Reviewed, StoreError> {
        Err(StoreError::Refused(sqlx::Error::Protocol("not built yet".to_owned())))
    }

    async fn lease(&self, _lease: &Lease, _time: std::time::Duration) -> Result<bool, StoreError> {
        Err(StoreError::Refused(sqlx::Error::Protocol("not built yet".to_owned())))
    }

    async fn release(&self, _lease: &Lease) -> Result<(), StoreError> {
        Err(StoreError::Refused(sqlx::Error::Protocol("not built yet".to_owned())))
    }

    async fn replay_letter(&self, _id: i64, _batch: &Batch, _at: Instant) -> Result<Receipt, StoreError> {
        Err(StoreError::Refused(sqlx::Error::Protocol("not built yet".to_owned())))
    }

    async fn letter_stock(&self) -> Result<LetterStock, StoreError> {
        Err(StoreError::Refused(sqlx::Error::Protocol("not built yet".to_owned())))
    }

    async fn let_letters_go(&self, _which: &LettersToGo) -> Result<LetterStock, StoreError> {
        Err(StoreError::Refused(sqlx::Error::Protocol("not built yet".to_owned())))
    }

    async fn memo(&self, _key: &str) -> Result<Option<String>, StoreError> {
        Err(StoreError::Refused(sqlx::Error::Protocol("not built yet".to_owned())))
    }

    async fn set_memo(&self, _key: &str, _text: Option<&str>) -> Result<(), StoreError> {
        Err(StoreError::Refused(sqlx::Error::Protocol("not built yet".to_owned())))
    }

    async fn note_report(&self, _report: &WrittenReport) -> Result<(), StoreError> {
        Err(StoreError::Refused(sqlx::Error::Protocol("not built yet".to_owned())))
    }

    async fn reports(&self, _outdated: bool) -> Result<Vec<WrittenReport>, StoreError> {
        Err(StoreError::Refused(sqlx::Error::Protocol("not built yet".to_owned())))
    }

    async fn status(&self) -> Result<StoreStatus, StoreError> {
        Err(StoreError::Refused(sqlx::Error::Protocol("not built yet".to_owned())))
    }

    async fn tend(&self, _upkeep: &Upkeep, _now: Instant) -> Result<Kept, StoreError> {
        Err(StoreError::Refused(sqlx::Error::Protocol("not built yet".to_owned())))
    }

    async fn archive(&self, _part: &ArchivePart) -> Result<Archive, StoreError> {
        Err(StoreError::Refused(sqlx::Error::Protocol("not built yet".to_owned())))
    }

    async fn restore(&self, _archive: &Archive) -> Result<(), StoreError> {
        Err(StoreError::Refused(sqlx::Error::Protocol("not built yet".to_owned())))
    }

    async fn close(&self) {
        self.pools.close().await;
    }
}
