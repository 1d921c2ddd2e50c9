//! What loggers say besides values: written with the batch it came in, listed newest first, let go by its arrival.

use std::{collections::HashMap, sync::LazyLock};

use lanbi_model::{DeviceRecord, Instant, StationId};
use sqlx::{SqliteConnection, SqliteExecutor};

use super::{
    SqliteStore,
    connect::give_back,
    insert::Insert,
    names::number_of,
    rows::{corrupt, instant, narrow},
};
use crate::{DeviceRecordFilter, StoreError, StoredDeviceRecord, device_record::Keyed};

/// Records let go in one transaction.
const PIECE: i64 = 5_000;

static INSERT: LazyLock<Insert> = LazyLock::new(|| {
    Insert::new(
        "INSERT OR IGNORE INTO device_record (station, instant, digest, received_at, command, part_no, part_of, text)",
        8,
    )
});

/// Adds records in their order; those that are there already change nothing.
pub(super) async fn insert<'a>(
    conn: &mut SqliteConnection,
    stations: &HashMap<StationId, i64>,
    records: impl Iterator<Item = &'a DeviceRecord>,
) -> Result<(), StoreError> {
    let rows = records
        .map(|record| Ok((number_of(stations, &record.station)?, Keyed::of(record))))
        .collect::<Result<Vec<_>, StoreError>>()?;
    INSERT
        .run(conn, &rows, |query, (station, Keyed { record, digest })| {
            query
                .bind(*station)
                .bind(record.instant.timestamp_micros())
                .bind(digest.clone())
                .bind(record.received_at.timestamp_micros())
                .bind(record.command.clone())
                .bind(record.part.map(|(number, _)| i64::from(number)))
                .bind(record.part.map(|(_, of)| i64::from(of)))
                .bind(record.text.clone())
        })
        .await?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    station: String,
    instant: i64,
    received_at: i64,
    command: String,
    part_no: Option<i64>,
    part_of: Option<i64>,
    text: String,
}

impl TryFrom<Row> for StoredDeviceRecord {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let what = "a device record";
        let part = match (row.part_no, row.part_of) {
            (Some(number), Some(of)) => Some((narrow(what, number)?, narrow(what, of)?)),
            (None, None) => None,
            _ => return Err(corrupt(what, "half a part")),
        };
        let record = DeviceRecord {
            station: StationId::new(&row.station),
            command: row.command,
            instant: instant(row.instant)?,
            received_at: instant(row.received_at)?,
            part,
            text: row.text,
        };
        Ok(Self { id: row.id, record })
    }
}

impl SqliteStore {
    pub(super) async fn list_device_records(
        &self,
        filter: &DeviceRecordFilter,
    ) -> Result<Vec<DeviceRecord>, StoreError> {
        let limit = if filter.limit == 0 { -1 } else { i64::from(filter.limit) };
        let commands = (!filter.commands.is_empty()).then(|| serde_json::json!(filter.commands).to_string());
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT d.id, t.name AS station, d.instant, d.received_at, d.command, d.part_no, d.part_of, d.text
            FROM device_record AS d JOIN station AS t ON t.id = d.station
            WHERE (?1 IS NULL OR t.name = ?1)
                AND (?2 IS NULL OR d.command IN (SELECT value FROM json_each(?2)))
                AND d.instant > ?3 AND d.instant <= ?4
            ORDER BY d.instant DESC, t.name, d.command, d.part_no, d.digest LIMIT ?5",
        )
        .bind(filter.station.as_ref().map(StationId::as_str))
        .bind(commands)
        .bind(filter.after.map_or(i64::MIN, |after| after.timestamp_micros()))
        .bind(filter.until.map_or(i64::MAX, |until| until.timestamp_micros()))
        .bind(limit)
        .fetch_all(&self.pools.readers)
        .await?;
        rows.into_iter().map(|row| Ok(StoredDeviceRecord::try_from(row)?.record)).collect()
    }

    /// Lets the records that arrived before `oldest` go, and tells how many.
    pub(super) async fn let_records_go(&self, oldest: Instant) -> Result<u64, StoreError> {
        let mut all = 0;
        loop {
            let mut conn = self.pools.writer.acquire().await?;
            let outcome = let_go(&mut conn, oldest).await;
            match give_back(conn, outcome)? {
                0 => return Ok(all),
                gone => all += gone,
            }
        }
    }
}

async fn let_go(conn: &mut SqliteConnection, oldest: Instant) -> Result<u64, StoreError> {
    let done = sqlx::query(
        "DELETE FROM device_record WHERE id IN (
            SELECT id FROM device_record WHERE received_at < ?1 ORDER BY received_at LIMIT ?2)",
    )
    .bind(oldest.timestamp_micros())
    .bind(PIECE)
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// Records with a number above `above`, by number, at most `limit`.
pub(super) async fn read_above(
    executor: impl SqliteExecutor<'_>,
    above: i64,
    limit: u32,
) -> Result<Vec<StoredDeviceRecord>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT d.id, t.name AS station, d.instant, d.received_at, d.command, d.part_no, d.part_of, d.text
        FROM device_record AS d JOIN station AS t ON t.id = d.station
        WHERE d.id > ?1 ORDER BY d.id LIMIT ?2",
    )
    .bind(above)
    .bind(i64::from(limit))
    .fetch_all(executor)
    .await?;
    rows.into_iter().map(StoredDeviceRecord::try_from).collect()
}
