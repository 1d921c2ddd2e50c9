//! A dead letter that is stored after all.

use lanbi_model::Instant;
use sqlx::{Connection, PgConnection};

use super::{
    TimescaleStore,
    account::Moves,
    device_record,
    guard::in_time,
    rows::{count, cut, narrow, text},
};
use crate::{Batch, Receipt, StaleCauses, StoreError};

impl TimescaleStore {
    pub(super) async fn replay(&self, id: i64, batch: &Batch, at: Instant) -> Result<Receipt, StoreError> {
        let mut loan = self.pools.writer().await?;
        let outcome = in_time(loan.patience(), self.replay_on(loan.conn(), id, batch, at)).await;
        loan.give_back(outcome)
    }

    async fn replay_on(
        &self,
        conn: &mut PgConnection,
        id: i64,
        batch: &Batch,
        at: Instant,
    ) -> Result<Receipt, StoreError> {
        let arrivals = self.arrivals(conn, &batch.samples).await?;
        let records = self.records(conn, &batch.records).await?;
        let mut tx = conn.begin().await?;
        let before: Option<i64> =
            sqlx::query_scalar("SELECT rejected FROM dead_letter WHERE id = $1 FOR UPDATE")
                .bind(id)
                .fetch_optional(&mut *tx)
                .await?;
        let before = before.ok_or(StoreError::NoSuchLetter(id))?;
        let letter = batch.dead_letters.first();
        let still = letter.map_or(0, |letter| i64::from(letter.rejected));
        let stored =
            self.store_values(&mut tx, &arrivals, &batch.source, Some(StaleCauses::REPLAYED)).await?;
        device_record::insert(&mut tx, &records).await?;
        sqlx::query(
            "UPDATE dead_letter SET rejected = $2, reason = coalesce($3, reason),
                detail = coalesce($4, detail), replayed_at = $5 WHERE id = $1",
        )
        .bind(id)
        .bind(still)
        .bind(letter.map(|letter| letter.reason.key()))
        .bind(letter.map(|letter| text(&letter.detail)))
        .bind(cut(at))
        .execute(&mut *tx)
        .await?;
        // Each value counts once: what is rejected no longer is stored now, or was there in another way. Values of the
        // letter beyond those had been stored with it, or hidden in a message that counted as one.
        let freed = before - still;
        let moves = Moves {
            incoming: count(stored.stored).max(freed) - freed,
            stored: count(stored.stored),
            repeated: (freed - count(stored.stored)).max(0),
            rejected: -freed,
            revised: count(stored.revised),
            ..Moves::default()
        };
        moves.write(&mut tx).await?;
        tx.commit().await?;
        Ok(Receipt {
            repeated: narrow("a count", moves.repeated)?,
            rejected: narrow("a count", still)?,
            ..stored
        })
    }
}
