//! How much lies with the dead letters, and letting them go.

use sqlx::{Connection, SqliteConnection};

use super::{
    SqliteStore,
    connect::give_back,
    rows::{count, instant, narrow},
};
use crate::{LetterStock, LettersToGo, StoreError};

/// Letters, those with something still rejected, bytes, arrival of the oldest.
type Row = (i64, i64, i64, Option<i64>);

fn stock((letters, open, bytes, oldest): Row) -> Result<LetterStock, StoreError> {
    Ok(LetterStock {
        count: narrow("a count", letters)?,
        open: narrow("a count", open)?,
        bytes: narrow("a count", bytes)?,
        oldest: oldest.map(instant).transpose()?,
    })
}

impl SqliteStore {
    pub(super) async fn read_letter_stock(&self) -> Result<LetterStock, StoreError> {
        let row: Row = sqlx::query_as(
            "SELECT count(*), count(*) FILTER (WHERE rejected > 0), coalesce(sum(length(raw)), 0), min(received_at)
            FROM dead_letter",
        )
        .fetch_one(&self.pools.readers)
        .await?;
        stock(row)
    }

    pub(super) async fn remove_letters(&self, which: &LettersToGo) -> Result<LetterStock, StoreError> {
        let mut conn = self.pools.writer.acquire().await?;
        let outcome = remove(&mut conn, which).await;
        give_back(conn, outcome)
    }
}

async fn remove(conn: &mut SqliteConnection, which: &LettersToGo) -> Result<LetterStock, StoreError> {
    let mut tx = conn.begin_with("BEGIN IMMEDIATE").await?;
    // A letter stays while it and all newer ones fit. Letters that are old enough to go are the oldest, so what newer
    // ones take does not depend on them.
    let rows: Vec<(i64, i64, i64)> = sqlx::query_as(
        "DELETE FROM dead_letter WHERE id IN (
            SELECT id FROM (
                SELECT id, received_at, sum(length(raw)) OVER (ORDER BY received_at DESC, id DESC) AS kept
                FROM dead_letter)
            WHERE received_at <= ?1 OR kept > ?2)
        RETURNING rejected > 0, length(raw), received_at",
    )
    .bind(which.until.map(|until| until.timestamp_micros()))
    .bind(which.down_to_bytes.map(count))
    .fetch_all(&mut *tx)
    .await?;
    tx.commit().await?;
    let (mut letters, mut open, mut bytes, mut oldest) = (0, 0, 0, None);
    for (rejected, length, received_at) in rows {
        letters += 1;
        open += rejected;
        bytes += length;
        oldest = Some(oldest.map_or(received_at, |earliest: i64| earliest.min(received_at)));
    }
    stock((letters, open, bytes, oldest))
}
