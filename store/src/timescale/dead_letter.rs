//! Dead letters: written with the batch they came in, listed newest first, let go oldest first.

use chrono::{DateTime, Utc};
use lanbi_model::{DeadLetter, Instant, RejectReason};
use sqlx::PgConnection;

use super::{
    TimescaleStore,
    guard::in_time,
    rows::{corrupt, count, cut, end, narrow, text},
};
use crate::{DeadLetterFilter, LetterStock, LettersToGo, StoreError, StoredDeadLetter};

/// Writes letters in their order.
pub(super) async fn insert(conn: &mut PgConnection, letters: &[DeadLetter]) -> Result<(), StoreError> {
    insert_with(conn, letters, &vec![None; letters.len()]).await
}

/// Writes letters in their order, with the times they were replayed at.
pub(super) async fn insert_with(
    conn: &mut PgConnection,
    letters: &[DeadLetter],
    replayed_at: &[Option<Instant>],
) -> Result<(), StoreError> {
    if letters.is_empty() {
        return Ok(());
    }
    let received: Vec<Instant> = letters.iter().map(|letter| cut(letter.received_at)).collect();
    let sources: Vec<_> = letters.iter().map(|letter| text(&letter.source).into_owned()).collect();
    let reasons: Vec<&str> = letters.iter().map(|letter| letter.reason.key()).collect();
    let details: Vec<_> = letters.iter().map(|letter| text(&letter.detail).into_owned()).collect();
    let rejected: Vec<i64> = letters.iter().map(|letter| i64::from(letter.rejected)).collect();
    let raws: Vec<&[u8]> = letters.iter().map(|letter| letter.raw.as_slice()).collect();
    let lengths: Vec<i64> = letters.iter().map(|letter| count(letter.raw_len)).collect();
    sqlx::query(
        "INSERT INTO dead_letter (received_at, source, reason, detail, rejected, raw, raw_len, replayed_at)
        SELECT received_at, source, reason, detail, rejected, raw, raw_len, replayed_at
        FROM unnest($1::timestamptz[], $2::text[], $3::text[], $4::text[], $5::int8[], $6::bytea[], $7::int8[],
                $8::timestamptz[]) WITH ORDINALITY
            AS u (received_at, source, reason, detail, rejected, raw, raw_len, replayed_at, place)
        ORDER BY place",
    )
    .bind(received)
    .bind(sources)
    .bind(reasons)
    .bind(details)
    .bind(rejected)
    .bind(raws)
    .bind(lengths)
    .bind(replayed_at)
    .execute(conn)
    .await?;
    Ok(())
}

/// A letter as its row.
#[derive(sqlx::FromRow)]
pub(super) struct Row {
    id: i64,
    received_at: DateTime<Utc>,
    source: String,
    reason: String,
    detail: String,
    rejected: i64,
    raw: Vec<u8>,
    raw_len: i64,
    replayed_at: Option<DateTime<Utc>>,
}

impl TryFrom<Row> for StoredDeadLetter {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            replayed_at: row.replayed_at,
            letter: DeadLetter {
                received_at: row.received_at,
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

#[derive(Default, sqlx::FromRow)]
struct Stock {
    count: i64,
    open: i64,
    bytes: i64,
    oldest: Option<DateTime<Utc>>,
}

impl TryFrom<Stock> for LetterStock {
    type Error = StoreError;

    fn try_from(row: Stock) -> Result<Self, StoreError> {
        Ok(Self {
            count: narrow("a count", row.count)?,
            open: narrow("a count", row.open)?,
            bytes: narrow("a count", row.bytes)?,
            oldest: row.oldest,
        })
    }
}

impl TimescaleStore {
    pub(super) async fn list_dead_letters(
        &self,
        filter: &DeadLetterFilter,
    ) -> Result<Vec<StoredDeadLetter>, StoreError> {
        let query = sqlx::query_as(
            "SELECT id, received_at, source, reason, detail, rejected, raw, raw_len, replayed_at
            FROM dead_letter
            WHERE ($1::text IS NULL OR reason = $1) AND ($2::timestamptz IS NULL OR received_at > $2)
                AND ($3::timestamptz IS NULL OR received_at <= $3) AND ($4::int8 IS NULL OR id = $4)
                AND (NOT $5 OR rejected > 0) AND ($6::int8 IS NULL OR id < $6)
            ORDER BY CASE WHEN $6::int8 IS NULL THEN received_at END DESC, id DESC LIMIT $7",
        );
        let query = query
            .bind(filter.reason.map(RejectReason::key))
            .bind(filter.after.map(end))
            .bind(filter.until.map(end))
            .bind(filter.id)
            .bind(filter.open)
            .bind(filter.below)
            .bind((filter.limit > 0).then_some(i64::from(filter.limit)));
        let rows: Vec<Row> = self.pools.rows(query).await?;
        rows.into_iter().map(StoredDeadLetter::try_from).collect()
    }

    pub(super) async fn read_letter_stock(&self) -> Result<LetterStock, StoreError> {
        let query = sqlx::query_as(
            "SELECT count(*) AS count, count(*) FILTER (WHERE rejected > 0) AS open,
                coalesce(sum(octet_length(raw)), 0)::int8 AS bytes, min(received_at) AS oldest
            FROM dead_letter",
        );
        let stock: Option<Stock> = self.pools.rows(query).await?.pop();
        stock.unwrap_or_default().try_into()
    }

    pub(super) async fn delete_letters(&self, which: &LettersToGo) -> Result<LetterStock, StoreError> {
        let mut loan = self.pools.writer().await?;
        // What is to be kept is counted from the newest, until the bytes do not fit any more.
        let query = sqlx::query_as(
            "WITH aged AS (
                SELECT id, received_at,
                    sum(octet_length(raw)) OVER (ORDER BY received_at DESC, id DESC) AS with_younger
                FROM dead_letter
            ), gone AS (
                DELETE FROM dead_letter AS d USING aged AS a
                WHERE d.id = a.id AND (a.received_at <= $1 OR a.with_younger > $2)
                RETURNING d.rejected, octet_length(d.raw) AS bytes, d.received_at
            )
            SELECT count(*) AS count, count(*) FILTER (WHERE rejected > 0) AS open,
                coalesce(sum(bytes), 0)::int8 AS bytes, min(received_at) AS oldest
            FROM gone",
        );
        let query = query.bind(which.until.map(end)).bind(which.down_to_bytes.map(count));
        let patience = loan.patience();
        let work = async {
            let stock: Stock = query.fetch_one(loan.conn()).await?;
            stock.try_into()
        };
        let outcome = in_time(patience, work).await;
        loan.give_back(outcome)
    }
}
