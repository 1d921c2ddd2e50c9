//! Lets a chunk of a hypertable go with all it holds: at once, whatever its size, and on every edition of TimescaleDB.

use lanbi_model::Instant;
use sqlx::{Connection, PgConnection};

use crate::StoreError;

/// How a lock that was not given in time is told (PostgreSQL documentation, appendix A).
const LOCK_NOT_AVAILABLE: &str = "55P03";

/// Drops the oldest chunk, if all of it lies before an instant and no day up to its end waits to be derived, and tells
/// how many values went with it. None where there is no such chunk, or somebody is at work on it.
pub(super) async fn drop_oldest(conn: &mut PgConnection, before: Instant) -> Result<Option<u64>, StoreError> {
    let Some(end) = oldest(conn, before).await? else { return Ok(None) };
    let held: i64 = sqlx::query_scalar(
        "SELECT coalesce(sum(cardinality(parameters)), 0)::int8 FROM frame WHERE instant < $1",
    )
    .bind(end)
    .fetch_one(&mut *conn)
    .await?;
    let mut tx = conn.begin().await?;
    let dropped = match drop_locked(&mut tx, before, end).await {
        Err(error) if is_busy(&error) => false,
        other => other?,
    };
    if !dropped {
        tx.rollback().await?;
        return Ok(None);
    }
    tx.commit().await?;
    Ok(Some(u64::try_from(held).unwrap_or(0)))
}

/// End of the oldest chunk, if it may go. Everything from the first day that waits on stays, for what is derived of that
/// day also touches later ones. A local day lies after the midnight in UTC that begins the day before.
async fn oldest(conn: &mut PgConnection, before: Instant) -> Result<Option<Instant>, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT min(range_end) FROM timescaledb_information.chunks
        WHERE hypertable_name = 'frame' AND hypertable_schema = current_schema() AND range_end <= $1
            AND NOT EXISTS (SELECT 1 FROM stale WHERE (day - 1)::timestamp AT TIME ZONE 'UTC' < range_end)",
    )
    .bind(before)
    .fetch_one(conn)
    .await
}

/// Drops the chunk that ends at an instant, unless it may no longer go.
async fn drop_locked(conn: &mut PgConnection, before: Instant, end: Instant) -> Result<bool, sqlx::Error> {
    // Who has written a value has not told of its day yet, and who writes to a chunk while it goes gets an error that
    // looks like a broken table: the former are waited for, and the latter wait, though not for long.
    sqlx::query("SET LOCAL lock_timeout = '2s'").execute(&mut *conn).await?;
    sqlx::query("LOCK TABLE ONLY frame IN EXCLUSIVE MODE").execute(&mut *conn).await?;
    if oldest(conn, before).await? != Some(end) {
        return Ok(false);
    }
    sqlx::query("SELECT drop_chunks('frame', older_than => $1::timestamptz)")
        .bind(end)
        .execute(&mut *conn)
        .await?;
    Ok(true)
}

fn is_busy(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(|db| db.code().as_deref() == Some(LOCK_NOT_AVAILABLE))
}
