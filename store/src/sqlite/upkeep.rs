//! Lets old values go, piece by piece, so that deliveries come in between.

use lanbi_model::Instant;
use sqlx::{Connection, SqliteConnection};

use super::{SqliteStore, connect::give_back, rows::count};
use crate::{Kept, StoreError, Upkeep};

/// Values let go in one transaction, about.
const PIECE: i64 = 50_000;

impl SqliteStore {
    pub(super) async fn keep_within_bounds(&self, upkeep: &Upkeep, now: Instant) -> Result<Kept, StoreError> {
        let mut kept = Kept::default();
        let Some(oldest) = upkeep.keep_values.and_then(|keep| now.checked_sub_signed(keep)) else {
            return Ok(kept);
        };
        kept.records_gone = self.let_records_go(oldest).await?;
        let series: Vec<(i64, i64)> =
            sqlx::query_as("SELECT station, period FROM series").fetch_all(&self.pools.readers).await?;
        for (station, period) in series {
            loop {
                let mut conn = self.pools.writer.acquire().await?;
                let outcome = let_go(&mut conn, (station, period), oldest).await;
                let gone = give_back(conn, outcome)?;
                kept.values_gone += gone;
                if gone == 0 {
                    break;
                }
            }
        }
        Ok(kept)
    }
}

/// Lets a piece of the values before `oldest` go, with their revisions, and tells how many.
///
/// The values of a station from its first stale day on stay. A local day begins at most fourteen hours before the same
/// day of UTC; the rest of a day's head start is for checks and running means that look back.
async fn let_go(
    conn: &mut SqliteConnection,
    (station, period): (i64, i64),
    oldest: Instant,
) -> Result<u64, StoreError> {
    let mut tx = conn.begin_with("BEGIN IMMEDIATE").await?;
    let before: i64 = sqlx::query_scalar(
        "SELECT min(?2, coalesce((SELECT (min(day) - 1) * 86400000000 FROM stale WHERE station = ?1), ?2))",
    )
    .bind(station)
    .bind(oldest.timestamp_micros())
    .fetch_one(&mut *tx)
    .await?;
    // What a station sent together goes together.
    let before: i64 = sqlx::query_scalar(
        "SELECT coalesce((SELECT instant + 1 FROM sample WHERE station = ?1 AND period = ?2 AND instant < ?3
            ORDER BY instant LIMIT 1 OFFSET ?4), ?3)",
    )
    .bind(station)
    .bind(period)
    .bind(before)
    .bind(PIECE - 1)
    .fetch_one(&mut *tx)
    .await?;
    let mut gone = 0;
    for text in [
        "DELETE FROM sample_revision WHERE station = ?1 AND period = ?2 AND instant < ?3",
        "DELETE FROM series WHERE station = ?1 AND period = ?2 AND last < ?3",
        "DELETE FROM sample WHERE station = ?1 AND period = ?2 AND instant < ?3",
    ] {
        let done = sqlx::query(text).bind(station).bind(period).bind(before).execute(&mut *tx).await?;
        gone = done.rows_affected();
    }
    sqlx::query("UPDATE account SET held = held - ?1").bind(count(gone)).execute(&mut *tx).await?;
    tx.commit().await?;
    Ok(gone)
}
