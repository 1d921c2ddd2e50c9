//! Stale marks: what must be derived again, and why.
//!
//! A mark's version is the number of the commit that touched the day last. It never repeats, so an old version never
//! matches a new mark.

use chrono::NaiveDate;
use lanbi_model::StationId;
use sqlx::{Connection, SqliteConnection, SqliteExecutor};

use super::{
    SqliteStore,
    connect::give_back,
    rows::{day, day_number, narrow},
};
use crate::{StaleCauses, StaleMark, StoreError};

/// Marks the days of the incoming values, all with the same cause.
pub(super) async fn mark_incoming(conn: &mut SqliteConnection, cause: StaleCauses) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO stale (station, day, version, causes)
        SELECT DISTINCT station, day, (SELECT commits + 1 FROM account), ?1 FROM incoming WHERE true
        ON CONFLICT DO UPDATE SET version = excluded.version, causes = causes | excluded.causes",
    )
    .bind(i64::from(cause.bits()))
    .execute(conn)
    .await?;
    Ok(())
}

/// Marks the days of the incoming values, which are in their places: a first value under its key has arrived, any later
/// one is a revision.
pub(super) async fn mark_incoming_by_kind(conn: &mut SqliteConnection) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO stale (station, day, version, causes)
        SELECT i.station, i.day, (SELECT commits + 1 FROM account),
            max(iif(s.revision = 0, ?1, 0)) | max(iif(s.revision > 0, ?2, 0))
        FROM incoming AS i CROSS JOIN sample AS s
        WHERE s.station = i.station AND s.period = i.period AND s.instant = i.instant
            AND s.parameter = i.parameter
        GROUP BY i.station, i.day
        ON CONFLICT DO UPDATE SET version = excluded.version, causes = causes | excluded.causes",
    )
    .bind(i64::from(StaleCauses::ARRIVED.bits()))
    .bind(i64::from(StaleCauses::REVISED.bits()))
    .execute(conn)
    .await?;
    Ok(())
}

/// Marks one day of a station that has a number.
pub(super) async fn mark_day(
    conn: &mut SqliteConnection,
    station: i64,
    day: NaiveDate,
    causes: StaleCauses,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO stale (station, day, version, causes)
        VALUES (?1, ?2, (SELECT commits + 1 FROM account), ?3)
        ON CONFLICT DO UPDATE SET version = excluded.version, causes = causes | excluded.causes",
    )
    .bind(station)
    .bind(day_number(day))
    .bind(i64::from(causes.bits()))
    .execute(conn)
    .await?;
    Ok(())
}

/// Marks a station's days that have been derived before, to be looked at again.
async fn mark_derived_on(
    conn: &mut SqliteConnection,
    station: &StationId,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<u64, StoreError> {
    let mut tx = conn.begin_with("BEGIN IMMEDIATE").await?;
    let marked = sqlx::query(
        "INSERT INTO stale (station, day, version, causes)
        SELECT station, day, (SELECT commits + 1 FROM account), ?4 FROM derived_day
        WHERE station = (SELECT id FROM station WHERE name = ?1) AND day BETWEEN ?2 AND ?3
        ON CONFLICT DO UPDATE SET version = excluded.version, causes = causes | excluded.causes",
    )
    .bind(station.as_str())
    .bind(day_number(from))
    .bind(day_number(to))
    .bind(i64::from(StaleCauses::RECHECKED.bits()))
    .execute(&mut *tx)
    .await?
    .rows_affected();
    if marked > 0 {
        sqlx::query("UPDATE account SET commits = commits + 1").execute(&mut *tx).await?;
    }
    tx.commit().await?;
    Ok(marked)
}

/// Notes days as derived; their stations have numbers already.
pub(super) async fn note_derived(
    conn: &mut SqliteConnection,
    days: impl Iterator<Item = (&StationId, NaiveDate)>,
) -> Result<(), StoreError> {
    let rows: Vec<_> =
        days.map(|(station, day)| serde_json::json!([station.as_str(), day_number(day)])).collect();
    if rows.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "INSERT INTO derived_day (station, day)
        SELECT t.id, e.value ->> 1 FROM json_each(?1) AS e CROSS JOIN station AS t ON t.name = e.value ->> 0
        WHERE true ON CONFLICT DO NOTHING",
    )
    .bind(serde_json::Value::from(rows).to_string())
    .execute(conn)
    .await?;
    Ok(())
}

/// Notes the days as derived and removes their marks, except those that a later commit has moved on.
pub(super) async fn settle(conn: &mut SqliteConnection, marks: &[StaleMark]) -> Result<(), StoreError> {
    if marks.is_empty() {
        return Ok(());
    }
    note_derived(conn, marks.iter().map(|mark| (&mark.station, mark.day))).await?;
    let rows: Vec<_> = marks
        .iter()
        .map(|mark| serde_json::json!([mark.station.as_str(), day_number(mark.day), mark.version]))
        .collect();
    sqlx::query(
        "DELETE FROM stale WHERE (station, day, version) IN (
            SELECT t.id, e.value ->> 1, e.value ->> 2
            FROM json_each(?1) AS e CROSS JOIN station AS t ON t.name = e.value ->> 0)",
    )
    .bind(serde_json::Value::from(rows).to_string())
    .execute(conn)
    .await?;
    Ok(())
}

/// Up to `limit` marks, oldest days first.
pub(super) async fn read(
    executor: impl SqliteExecutor<'_>,
    limit: u32,
) -> Result<Vec<StaleMark>, StoreError> {
    let rows: Vec<(String, i64, i64, i64, bool)> = sqlx::query_as(
        "SELECT t.name, m.day, m.version, m.causes,
            EXISTS (SELECT 1 FROM derived_day AS d WHERE d.station = m.station AND d.day = m.day)
        FROM stale AS m JOIN station AS t ON t.id = m.station
        ORDER BY m.day, t.name LIMIT ?1",
    )
    .bind(i64::from(limit))
    .fetch_all(executor)
    .await?;
    rows.into_iter()
        .map(|(name, number, version, causes, derived_before)| {
            Ok(StaleMark {
                station: StationId::new(&name),
                day: day(number)?,
                version,
                derived_before,
                causes: StaleCauses::from_bits_retain(narrow("a stale mark", causes)?),
            })
        })
        .collect()
}

/// Days that have been derived, by station and day.
pub(super) async fn read_derived(
    executor: impl SqliteExecutor<'_>,
) -> Result<Vec<(StationId, NaiveDate)>, StoreError> {
    let rows: Vec<(String, i64)> = sqlx::query_as(
        "SELECT t.name, d.day FROM derived_day AS d JOIN station AS t ON t.id = d.station ORDER BY t.name, d.day",
    )
    .fetch_all(executor)
    .await?;
    rows.into_iter().map(|(name, number)| Ok((StationId::new(&name), day(number)?))).collect()
}

impl SqliteStore {
    pub(super) async fn mark_derived(
        &self,
        station: &StationId,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<u64, StoreError> {
        let mut conn = self.pools.writer.acquire().await?;
        let outcome = mark_derived_on(&mut conn, station, from, to).await;
        give_back(conn, outcome)
    }

    pub(super) async fn read_stale(&self, limit: u32) -> Result<Vec<StaleMark>, StoreError> {
        read(&self.pools.readers, limit).await
    }
}
