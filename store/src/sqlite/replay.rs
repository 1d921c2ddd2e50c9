//! Dead letters that are stored after all.

use lanbi_model::Instant;
use sqlx::{Connection, SqliteConnection};

use super::{SqliteStore, commit::keep_records, connect::give_back, rows::count};
use crate::{Batch, Receipt, StaleCauses, StoreError};

impl SqliteStore {
    pub(super) async fn replay(&self, id: i64, batch: &Batch, at: Instant) -> Result<Receipt, StoreError> {
        let mut conn = self.pools.writer.acquire().await?;
        let outcome = self.replay_on(&mut conn, id, batch, at).await;
        give_back(conn, outcome)
    }

    async fn replay_on(
        &self,
        conn: &mut SqliteConnection,
        id: i64,
        batch: &Batch,
        at: Instant,
    ) -> Result<Receipt, StoreError> {
        let mut tx = conn.begin_with("BEGIN IMMEDIATE").await?;
        let rejected: Option<i64> = sqlx::query_scalar("SELECT rejected FROM dead_letter WHERE id = ?1")
            .bind(id)
            .fetch_optional(&mut *tx)
            .await?;
        let rejected = rejected.ok_or(StoreError::NoSuchLetter(id))?;
        let letter = batch.dead_letters.first();
        let still = letter.map_or(0, |letter| letter.rejected);
        let merged = self.merge_values(&mut tx, batch, Some(StaleCauses::REPLAYED)).await?;
        keep_records(&mut tx, &batch.records).await?;
        // Values of the message that had been stored the first time are no repeats: only what was rejected is counted
        // anew. A message that counted as one and holds more adds to what came in.
        let freed = rejected - i64::from(still);
        let repeated = (freed - count(merged.stored)).max(0);
        sqlx::query(
            "UPDATE account SET commits = commits + 1, incoming = incoming + ?1 + ?2 - ?3, stored = stored + ?1,
                repeated = repeated + ?2, rejected = rejected - ?3, revised = revised + ?4,
                held = held + ?1 - ?4",
        )
        .bind(count(merged.stored))
        .bind(repeated)
        .bind(freed)
        .bind(count(merged.revised))
        .execute(&mut *tx)
        .await?;
        sqlx::query(
            "UPDATE dead_letter SET replayed_at = ?2, rejected = ?3, reason = coalesce(?4, reason),
                detail = coalesce(?5, detail)
            WHERE id = ?1",
        )
        .bind(id)
        .bind(at.timestamp_micros())
        .bind(i64::from(still))
        .bind(letter.map(|letter| letter.reason.key()))
        .bind(letter.map(|letter| letter.detail.as_str()))
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        let repeated = u64::try_from(repeated).unwrap_or(0);
        Ok(Receipt { repeated, rejected: u64::from(still), ..merged })
    }
}
