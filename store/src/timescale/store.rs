//! The promises of [`Store`], each kept in the file of its concern.

use std::time::Duration;

use async_trait::async_trait;
use chrono::{NaiveDate, TimeDelta};
use lanbi_model::{
    Account, Alarm, AlarmState, DailyMean, DeviceRecord, Instant, Patrol, Problem, ProblemStep, Review,
    Revision, Sample, SampleKey, StationId,
};
use sqlx::PgConnection;

use super::{
    capability::{self, Capability},
    connect::{self, Pools, cannot_open},
    migrate,
    names::{Parameters, Stations},
    place::Place,
    write_frames::Writing,
};
use crate::{
    AlarmFilter, Archive, ArchivePart, Batch, DeadLetterFilter, DerivedBatch, DeviceRecordFilter, Kept,
    Lease, LetterStock, LettersToGo, Notification, PatrolFilter, ProblemFilter, ProblemReceipt, Receipt,
    RecordReceipt, Recorded, Reviewed, SampleQuery, StaleMark, Store, StoreError, StoreStatus,
    StoredDeadLetter, Upkeep, WrittenReport,
};

/// A store in a PostgreSQL database, with TimescaleDB where it is to be had.
#[derive(Debug)]
pub struct TimescaleStore {
    pub(super) pools: Pools,
    pub(super) parameters: Parameters,
    pub(super) stations: Stations,
    found: Capability,
}

impl TimescaleStore {
    /// Opens the store in a database, and makes the database a store if it is none yet.
    ///
    /// The address is PostgreSQL's (`postgres://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=...`). Two parameters are
    /// lanbi's own: `lanbi_connections=N` shares N connections between reading and writing (by default 2 write and 4
    /// read), and `lanbi_timescale=off` stores in a plain table even where TimescaleDB is to be had, and
    /// `lanbi_timescale=on` refuses a database where it is not.
    ///
    /// # Errors
    /// [`StoreError::Unreachable`] where waiting may help and [`StoreError::CannotOpen`] where somebody must mend
    /// something, both with the reason and the remedy; a schema that cannot be brought up to date.
    pub async fn open(uri: &str) -> Result<Self, StoreError> {
        Self::open_with(uri, true).await
    }

    /// Opens the store in a database without touching it.
    ///
    /// # Errors
    /// As [`TimescaleStore::open`], and a database that is no store.
    pub async fn open_as_is(uri: &str) -> Result<Self, StoreError> {
        Self::open_with(uri, false).await
    }

    async fn open_with(uri: &str, migrate: bool) -> Result<Self, StoreError> {
        let place = Place::parse(uri)?;
        let mut conn = connect::first(&place).await?;
        let prepared = prepare(&mut conn, &place, migrate).await;
        // Closed before others are made: the server may have room for no more than the address says.
        connect::dismiss(conn).await;
        let (found, parameters) = prepared?;
        let pools = Pools::new(&place, found.compresses());
        pools.warm().await?;
        Ok(Self { pools, parameters, stations: Stations::default(), found })
    }

    /// How frames that are there are locked and written.
    pub(super) fn writing(&self) -> Writing {
        if self.found.compresses() { Writing::OneByOne } else { Writing::Together }
    }
}

async fn prepare(
    conn: &mut PgConnection,
    place: &Place,
    migrate: bool,
) -> Result<(Capability, Parameters), StoreError> {
    capability::require(conn, place, migrate).await?;
    let found = if migrate { migrate::prepare(conn, place).await } else { as_is(conn, place).await };
    let found = found.map_err(|error| match error {
        StoreError::Refused(cause) => cannot_open(place, cause),
        other => other,
    })?;
    let parameters = Parameters::load(conn, migrate).await?;
    Ok((found, parameters))
}

async fn as_is(conn: &mut PgConnection, place: &Place) -> Result<Capability, StoreError> {
    match migrate::applied(conn).await? {
        Some(_) => {
            capability::demand(conn, place).await?;
            Capability::probe(conn).await
        }
        None => Err(StoreError::NoStore(place.shown())),
    }
}

#[async_trait]
impl Store for TimescaleStore {
    fn writers(&self) -> usize {
        self.pools.batches
    }

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

    async fn review(&self, review: &Review, day: NaiveDate) -> Result<Reviewed, StoreError> {
        self.review_value(review, day).await
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

    async fn lease(&self, lease: &Lease, time: Duration) -> Result<bool, StoreError> {
        self.take_lease(lease, time).await
    }

    async fn release(&self, lease: &Lease) -> Result<(), StoreError> {
        self.give_lease_back(lease).await
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
        self.delete_letters(which).await
    }

    async fn memo(&self, key: &str) -> Result<Option<String>, StoreError> {
        self.read_memo(key).await
    }

    async fn set_memo(&self, key: &str, text: Option<&str>) -> Result<(), StoreError> {
        self.keep_memo(key, text).await
    }

    async fn note_report(&self, report: &WrittenReport) -> Result<(), StoreError> {
        self.write_report(report).await
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
        Ok(self.recorded_patrols(Some(id)).await?.pop())
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
        Ok(self.recorded_problems(Some(id)).await?.pop())
    }

    async fn status(&self) -> Result<StoreStatus, StoreError> {
        self.read_status().await
    }

    async fn tend(&self, upkeep: &Upkeep, now: Instant) -> Result<Kept, StoreError> {
        self.keep_within_bounds(upkeep, now).await
    }

    async fn archive(&self, part: &ArchivePart) -> Result<Archive, StoreError> {
        self.take_archive(part).await
    }

    async fn restore(&self, archive: &Archive) -> Result<(), StoreError> {
        self.restore_archive(archive).await
    }

    async fn outbox(&self, limit: u32) -> Result<Vec<Notification>, StoreError> {
        self.list_waiting(Some(limit)).await
    }

    async fn sent(&self, id: i64, outcome: Result<Instant, String>) -> Result<(), StoreError> {
        self.note_sent(id, outcome).await
    }

    async fn close(&self) {
        self.pools.close().await;
    }
}
