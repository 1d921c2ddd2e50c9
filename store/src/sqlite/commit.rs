//! Stores a batch of values: each is new, a repeat or a revision of what is there under its key.
//!
//! The batch goes to a temporary table first and is then compared and merged as a set. A key that occurs twice in a
//! batch is taken in the order of the batch: the set is split into waves in which each key occurs once.

use std::sync::LazyLock;

use lanbi_model::{DeviceRecord, StationId, decimal::to_f64};
use sqlx::{Connection, SqliteConnection};

use super::{
    SqliteStore,
    connect::give_back,
    dead_letter, device_record,
    insert::Insert,
    names::{number_of, number_stations},
    rows::{count, day_number, narrow},
    stale,
};
use crate::{Batch, Receipt, StaleCauses, StoreError};

/// A value in the numbers of its columns.
struct Row {
    /// Station, period, instant, parameter: the order of the table.
    key: (i64, i64, i64, i64),
    value: f64,
    flags: i64,
    day: i64,
    received_at: i64,
}

impl SqliteStore {
    pub(super) async fn commit_batch(&self, batch: &Batch) -> Result<Receipt, StoreError> {
        let brings = !(batch.samples.is_empty() && batch.dead_letters.is_empty() && batch.records.is_empty());
        if !brings && batch.messages == 0 {
            return Ok(Receipt::default());
        }
        let mut conn = self.pools.writer.acquire().await?;
        let outcome = self.commit_on(&mut conn, batch).await;
        give_back(conn, outcome)
    }

    async fn commit_on(&self, conn: &mut SqliteConnection, batch: &Batch) -> Result<Receipt, StoreError> {
        let mut tx = conn.begin_with("BEGIN IMMEDIATE").await?;
        let mut receipt = self.merge_values(&mut tx, batch, None).await?;
        let letters: Vec<_> = batch.dead_letters.iter().map(|letter| (letter, None)).collect();
        dead_letter::insert(&mut tx, &letters).await?;
        keep_records(&mut tx, &batch.records).await?;
        receipt.rejected = batch.dead_letters.iter().map(|letter| u64::from(letter.rejected)).sum();
        sqlx::query(
            "UPDATE account SET commits = commits + 1, incoming = incoming + ?1, stored = stored + ?2,
                repeated = repeated + ?3, rejected = rejected + ?4, messages = messages + ?5,
                revised = revised + ?6, held = held + ?2 - ?6",
        )
        .bind(i64::try_from(batch.samples.len()).unwrap_or(i64::MAX) + count(receipt.rejected))
        .bind(count(receipt.stored))
        .bind(count(receipt.repeated))
        .bind(count(receipt.rejected))
        .bind(count(batch.messages))
        .bind(count(receipt.revised))
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(receipt)
    }

    /// Merges the values of a batch into the store; their days are marked with `cause`, or with what becomes of them.
    pub(super) async fn merge_values(
        &self,
        conn: &mut SqliteConnection,
        batch: &Batch,
        cause: Option<StaleCauses>,
    ) -> Result<Receipt, StoreError> {
        let rows = self.rows(conn, batch).await?;
        let (waves, repeated) = split_into_waves(rows);
        let mut receipt = Receipt { repeated, ..Receipt::default() };
        for wave in waves {
            merge(conn, &wave, &batch.source, cause, &mut receipt).await?;
        }
        Ok(receipt)
    }

    async fn rows(&self, conn: &mut SqliteConnection, batch: &Batch) -> Result<Vec<Row>, StoreError> {
        let stations: Vec<&StationId> = batch.samples.iter().map(|i| &i.sample.key.station).collect();
        let numbers = number_stations(conn, stations.into_iter()).await?;
        batch
            .samples
            .iter()
            .map(|incoming| {
                let sample = &incoming.sample;
                let key = &sample.key;
                Ok(Row {
                    key: (
                        number_of(&numbers, &key.station)?,
                        i64::from(key.period.seconds()),
                        key.instant.timestamp_micros(),
                        self.parameters.number(key.parameter)?,
                    ),
                    value: to_f64(sample.value),
                    flags: i64::from(sample.flags.bits()),
                    day: day_number(incoming.day),
                    received_at: incoming.received_at.timestamp_micros(),
                })
            })
            .collect()
    }
}

/// Keeps what loggers said besides values.
pub(super) async fn keep_records(
    conn: &mut SqliteConnection,
    records: &[DeviceRecord],
) -> Result<(), StoreError> {
    let stations = number_stations(conn, records.iter().map(|record| &record.station)).await?;
    device_record::insert(conn, &stations, records.iter()).await
}

/// Sorts by key and splits so that each key occurs once in a wave and its values keep their order; counts the values
/// that merely repeat the one before them under the same key.
fn split_into_waves(mut rows: Vec<Row>) -> (Vec<Vec<Row>>, u64) {
    rows.sort_by_key(|row| row.key);
    let mut waves: Vec<Vec<Row>> = Vec::new();
    let mut repeated = 0;
    let mut depth = 0;
    for row in rows {
        match waves.get(depth).and_then(|wave| wave.last()).filter(|earlier| earlier.key == row.key) {
            Some(earlier) if earlier.value == row.value && earlier.flags == row.flags => {
                repeated += 1;
                continue;
            }
            Some(_) => depth += 1,
            None => depth = 0,
        }
        match waves.get_mut(depth) {
            Some(wave) => wave.push(row),
            None => waves.push(vec![row]),
        }
    }
    (waves, repeated)
}

static LOAD: LazyLock<Insert> = LazyLock::new(|| {
    Insert::new(
        "INSERT INTO incoming (station, period, instant, parameter, value, flags, day, received_at)",
        8,
    )
});

/// Merges values of different keys into the store and marks the days they touch.
async fn merge(
    conn: &mut SqliteConnection,
    wave: &[Row],
    source: &str,
    cause: Option<StaleCauses>,
    receipt: &mut Receipt,
) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM incoming").execute(&mut *conn).await?;
    LOAD.run(conn, wave, |query, row| {
        let (station, period, instant, parameter) = row.key;
        let query = query.bind(station).bind(period).bind(instant).bind(parameter);
        query.bind(row.value).bind(row.flags).bind(row.day).bind(row.received_at)
    })
    .await?;
    let replaced_before = forget_replaced(conn).await?;
    receipt.repeated += replaced_before;
    let (known, same) = compare(conn).await?;
    receipt.repeated += same;
    receipt.revised += known - same;
    if usize::try_from(same + replaced_before) == Ok(wave.len()) {
        return Ok(());
    }
    if same > 0 {
        sqlx::query(
            "DELETE FROM incoming AS i WHERE EXISTS (
                SELECT 1 FROM sample AS s
                WHERE s.station = i.station AND s.period = i.period AND s.instant = i.instant
                    AND s.parameter = i.parameter AND s.value = i.value AND s.device_flags = i.flags)",
        )
        .execute(&mut *conn)
        .await?;
    }
    if known > same {
        sqlx::query(
            "INSERT INTO sample_revision (station, period, instant, parameter, revision, value, flags,
                device_flags, received_at, replaced_at, source)
            SELECT s.station, s.period, s.instant, s.parameter, s.revision, s.value, s.flags, s.device_flags,
                s.received_at, i.received_at, ?1
            FROM incoming AS i CROSS JOIN sample AS s
            WHERE s.station = i.station AND s.period = i.period AND s.instant = i.instant
                AND s.parameter = i.parameter",
        )
        .bind(source)
        .execute(&mut *conn)
        .await?;
    }
    let stored = sqlx::query(
        "INSERT INTO sample (station, period, instant, parameter, value, flags, device_flags, revision, received_at)
        SELECT station, period, instant, parameter, value, flags, flags, 0, received_at FROM incoming WHERE true
        ON CONFLICT DO UPDATE SET value = excluded.value, flags = excluded.flags,
            device_flags = excluded.device_flags, revision = revision + 1, received_at = excluded.received_at",
    )
    .execute(&mut *conn)
    .await?
    .rows_affected();
    receipt.stored += stored;
    move_newest(conn).await?;
    match cause {
        Some(cause) => stale::mark_incoming(conn, cause).await,
        None if known == same => stale::mark_incoming(conn, StaleCauses::ARRIVED).await,
        None if known - same == stored => stale::mark_incoming(conn, StaleCauses::REVISED).await,
        None => stale::mark_incoming_by_kind(conn).await,
    }
}

/// Takes out what was replaced before and comes again: a late copy of an old message must not put the old value back.
async fn forget_replaced(conn: &mut SqliteConnection) -> Result<u64, StoreError> {
    let done = sqlx::query(
        "DELETE FROM incoming AS i WHERE EXISTS (
            SELECT 1 FROM sample_revision AS r
            WHERE r.station = i.station AND r.period = i.period AND r.instant = i.instant
                AND r.parameter = i.parameter AND r.value = i.value AND r.device_flags = i.flags)",
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// How many of the incoming values stand under a known key, and how many of those are there as they are.
async fn compare(conn: &mut SqliteConnection) -> Result<(u64, u64), StoreError> {
    let (known, same): (i64, i64) = sqlx::query_as(
        "SELECT count(*), coalesce(sum(s.value = i.value AND s.device_flags = i.flags), 0)
        FROM incoming AS i CROSS JOIN sample AS s
        WHERE s.station = i.station AND s.period = i.period AND s.instant = i.instant
            AND s.parameter = i.parameter",
    )
    .fetch_one(conn)
    .await?;
    Ok((narrow("a count", known)?, narrow("a count", same)?))
}

/// Moves the newest instants on to those of the incoming values.
async fn move_newest(conn: &mut SqliteConnection) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO series (station, period, last)
        SELECT station, period, max(instant) FROM incoming GROUP BY station, period
        ON CONFLICT DO UPDATE SET last = excluded.last WHERE excluded.last > last",
    )
    .execute(conn)
    .await?;
    Ok(())
}
