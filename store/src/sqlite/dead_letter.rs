//! Dead letters: written with the batch they came in, listed newest first.

use std::sync::LazyLock;

use lanbi_model::{DeadLetter, Instant, RejectReason};
use sqlx::{SqliteConnection, SqliteExecutor};

use super::{
    SqliteStore,
    insert::Insert,
    rows::{corrupt, count, instant, narrow},
};
use crate::{DeadLetterFilter, StoreError, StoredDeadLetter};

static INSERT: LazyLock<Insert> = LazyLock::new(|| {
    Insert::new(
        "INSERT INTO dead_letter (received_at, source, reason, detail, rejected, raw, raw_len, replayed_at)",
        8,
    )
});

/// Adds letters, each with the time of its last replay, under new numbers in their order.
pub(super) async fn insert(
    conn: &mut SqliteConnection,
    letters: &[(&DeadLetter, Option<Instant>)],
) -> Result<(), StoreError> {
    INSERT
        .run(conn, letters, |query, (letter, replayed_at)| {
            query
                .bind(letter.received_at.timestamp_micros())
                .bind(letter.source.clone())
                .bind(letter.reason.key())
                .bind(letter.detail.clone())
                .bind(i64::from(letter.rejected))
                .bind(letter.raw.clone())
                .bind(count(letter.raw_len))
                .bind(replayed_at.map(|at| at.timestamp_micros()))
        })
        .await?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    received_at: i64,
    source: String,
    reason: String,
    detail: String,
    rejected: i64,
    raw: Vec<u8>,
    raw_len: i64,
    replayed_at: Option<i64>,
}

impl TryFrom<Row> for StoredDeadLetter {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            replayed_at: row.replayed_at.map(instant).transpose()?,
            letter: DeadLetter {
                received_at: instant(row.received_at)?,
                source: row.source,
                reason: RejectReason::from_key(&row.reason)
                    .ok_or_else(|| corrupt("a dead letter", format!("unknown reason `{}`", row.reason)))?,
                detail: row.detail,
                rejected: narrow("a dead letter", row.rejected)?,
                raw: row.raw,
                raw_len: narrow("a dead letter", row.raw_len)?,
            },
        })
    }
}

impl SqliteStore {
    pub(super) async fn list_dead_letters(
        &self,
        filter: &DeadLetterFilter,
    ) -> Result<Vec<StoredDeadLetter>, StoreError> {
        let limit = if filter.limit == 0 { -1 } else { i64::from(filter.limit) };
        // Two texts, so that either order follows an index.
        let text = match filter.below {
            None => {
                "SELECT id, received_at, source, reason, detail, rejected, raw, raw_len, replayed_at
                FROM dead_letter
                WHERE (?1 IS NULL OR reason = ?1) AND (?2 IS NULL OR received_at > ?2)
                    AND (?3 IS NULL OR received_at <= ?3) AND (?5 IS NULL OR id = ?5)
                    AND (NOT ?6 OR rejected > 0) AND ?7 IS NULL
                ORDER BY received_at DESC, id DESC LIMIT ?4"
            }
            Some(_) => {
                "SELECT id, received_at, source, reason, detail, rejected, raw, raw_len, replayed_at
                FROM dead_letter
                WHERE (?1 IS NULL OR reason = ?1) AND (?2 IS NULL OR received_at > ?2)
                    AND (?3 IS NULL OR received_at <= ?3) AND (?5 IS NULL OR id = ?5)
                    AND (NOT ?6 OR rejected > 0) AND id < ?7
                ORDER BY id DESC LIMIT ?4"
            }
        };
        let rows: Vec<Row> = sqlx::query_as(text)
            .bind(filter.reason.map(RejectReason::key))
            .bind(filter.after.map(|after| after.timestamp_micros()))
            .bind(filter.until.map(|until| until.timestamp_micros()))
            .bind(limit)
            .bind(filter.id)
            .bind(filter.open)
            .bind(filter.below)
            .fetch_all(&self.pools.readers)
            .await?;
        rows.into_iter().map(StoredDeadLetter::try_from).collect()
    }
}

/// Letters with a number above `above`, by number, at most `limit`.
pub(super) async fn read_above(
    executor: impl SqliteExecutor<'_>,
    above: i64,
    limit: u32,
) -> Result<Vec<StoredDeadLetter>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT id, received_at, source, reason, detail, rejected, raw, raw_len, replayed_at FROM dead_letter
        WHERE id > ?1 ORDER BY id LIMIT ?2",
    )
    .bind(above)
    .bind(i64::from(limit))
    .fetch_all(executor)
    .await?;
    rows.into_iter().map(StoredDeadLetter::try_from).collect()
}
