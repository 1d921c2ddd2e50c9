//! What loggers say besides values: written with the batch it came in, listed newest first, let go by its arrival.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use lanbi_model::{DeviceRecord, Instant, StationId};
use sqlx::PgConnection;

use super::{
    TimescaleStore,
    names::number_of,
    rows::{corrupt, end},
};
use crate::{DeviceRecordFilter, StoreError, StoredDeviceRecord, device_record::Keyed};

/// Records let go in one statement.
const PIECE: i64 = 5_000;

/// A record with the number of its station.
pub(super) type Numbered = (i32, Keyed);

/// Records in the numbers of their columns, in their order.
pub(super) fn numbered<'a>(
    records: impl Iterator<Item = &'a DeviceRecord>,
    numbers: &HashMap<StationId, i32>,
) -> Result<Vec<Numbered>, StoreError> {
    records.map(|record| Ok((number_of(numbers, &record.station)?, Keyed::of(record)))).collect()
}

/// Adds records in their order; those that are there already change nothing.
pub(super) async fn insert(conn: &mut PgConnection, records: &[Numbered]) -> Result<(), StoreError> {
    if records.is_empty() {
        return Ok(());
    }
    let stations: Vec<i32> = records.iter().map(|(station, _)| *station).collect();
    let instants: Vec<Instant> = records.iter().map(|(_, keyed)| keyed.record.instant).collect();
    let digests: Vec<&[u8]> = records.iter().map(|(_, keyed)| keyed.digest.as_slice()).collect();
    let received: Vec<Instant> = records.iter().map(|(_, keyed)| keyed.record.received_at).collect();
    let commands: Vec<&str> = records.iter().map(|(_, keyed)| keyed.record.command.as_str()).collect();
    let part = |keyed: &Keyed| keyed.record.part.map(|(number, of)| (i32::from(number), i32::from(of)));
    let part_no: Vec<Option<i32>> = records.iter().map(|(_, keyed)| part(keyed).map(|part| part.0)).collect();
    let part_of: Vec<Option<i32>> = records.iter().map(|(_, keyed)| part(keyed).map(|part| part.1)).collect();
    let texts: Vec<&str> = records.iter().map(|(_, keyed)| keyed.record.text.as_str()).collect();
    sqlx::query(
        "INSERT INTO device_record (station, instant, digest, received_at, command, part_no, part_of, text)
        SELECT station, instant, digest, received_at, command, part_no, part_of, text
        FROM unnest($1::int4[], $2::timestamptz[], $3::bytea[], $4::timestamptz[], $5::text[], $6::int4[],
                $7::int4[], $8::text[]) WITH ORDINALITY
            AS u (station, instant, digest, received_at, command, part_no, part_of, text, place)
        ORDER BY place ON CONFLICT DO NOTHING",
    )
    .bind(stations)
    .bind(instants)
    .bind(digests)
    .bind(received)
    .bind(commands)
    .bind(part_no)
    .bind(part_of)
    .bind(texts)
    .execute(conn)
    .await?;
    Ok(())
}

/// A record as its row.
#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    station: String,
    instant: DateTime<Utc>,
    received_at: DateTime<Utc>,
    command: String,
    part_no: Option<i32>,
    part_of: Option<i32>,
    text: String,
}

impl TryFrom<Row> for StoredDeviceRecord {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let what = "a device record";
        let number = |n: i32| u16::try_from(n).map_err(|_| corrupt(what, n.to_string()));
        let part = match (row.part_no, row.part_of) {
            (Some(no), Some(of)) => Some((number(no)?, number(of)?)),
            (None, None) => None,
            _ => return Err(corrupt(what, "half a part")),
        };
        let record = DeviceRecord {
            station: StationId::new(&row.station),
            command: row.command,
            instant: row.instant,
            received_at: row.received_at,
            part,
            text: row.text,
        };
        Ok(Self { id: row.id, record })
    }
}

impl TimescaleStore {
    pub(super) async fn list_device_records(
        &self,
        filter: &DeviceRecordFilter,
    ) -> Result<Vec<DeviceRecord>, StoreError> {
        let query = sqlx::query_as(
            "SELECT d.id, t.name AS station, d.instant, d.received_at, d.command, d.part_no, d.part_of, d.text
            FROM device_record AS d JOIN station AS t ON t.id = d.station
            WHERE ($1::text IS NULL OR t.name = $1)
                AND (cardinality($2::text[]) = 0 OR d.command = ANY($2))
                AND ($3::timestamptz IS NULL OR d.instant > $3)
                AND ($4::timestamptz IS NULL OR d.instant <= $4)
            ORDER BY d.instant DESC, t.name COLLATE \"C\", d.command COLLATE \"C\", d.part_no NULLS FIRST, d.digest
            LIMIT $5",
        );
        let query = query
            .bind(filter.station.as_ref().map(StationId::as_str))
            .bind(&filter.commands)
            .bind(filter.after.map(end))
            .bind(filter.until.map(end))
            .bind((filter.limit > 0).then_some(i64::from(filter.limit)));
        let rows: Vec<Row> = self.pools.rows(query).await?;
        rows.into_iter().map(|row| Ok(StoredDeviceRecord::try_from(row)?.record)).collect()
    }

    /// Lets the records that arrived before `oldest` go, piece by piece, and tells how many.
    pub(super) async fn let_records_go(&self, oldest: Instant) -> Result<u64, StoreError> {
        let mut all = 0;
        loop {
            let query = sqlx::query(
                "DELETE FROM device_record WHERE id = ANY (ARRAY(
                    SELECT id FROM device_record WHERE received_at < $1 ORDER BY received_at LIMIT $2))",
            );
            match self.pools.run(query.bind(oldest).bind(PIECE)).await? {
                0 => return Ok(all),
                gone => all += gone,
            }
        }
    }

    /// Records with a number above `above`, by number, at most `limit`.
    pub(super) async fn records_above(
        &self,
        above: i64,
        limit: u32,
    ) -> Result<Vec<StoredDeviceRecord>, StoreError> {
        let query = sqlx::query_as(
            "SELECT d.id, t.name AS station, d.instant, d.received_at, d.command, d.part_no, d.part_of, d.text
            FROM device_record AS d JOIN station AS t ON t.id = d.station
            WHERE d.id > $1 ORDER BY d.id LIMIT $2",
        );
        let rows: Vec<Row> = self.pools.rows(query.bind(above).bind(i64::from(limit))).await?;
        rows.into_iter().map(StoredDeviceRecord::try_from).collect()
    }
}
