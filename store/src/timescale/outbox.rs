//! Notifications that wait to be sent. They are queued in the transaction of the alarm's change and leave the queue
//! when a receiver has taken them, so a crash in between sends again rather than never.

use lanbi_model::Instant;
use sqlx::PgConnection;

use super::{
    TimescaleStore, alarm,
    rows::{cut, narrow, text},
};
use crate::{Notification, StoreError};

/// Event of an alarm that was raised.
pub(super) const RAISED: &str = "raised";
/// Event of an alarm that was cleared.
pub(super) const CLEARED: &str = "cleared";
/// Event of an alarm that was withdrawn.
pub(super) const WITHDRAWN: &str = "withdrawn";

/// Queues a notification about an alarm. It takes the place of an earlier one of the same event, sent or not, and a
/// number that was never given before: an alarm that comes back after a withdrawal is told of anew. Whoever queues does
/// so only where the alarm has changed, so what happened before is not told of again.
pub(super) async fn queue(conn: &mut PgConnection, alarm: i64, event: &str) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO outbox (alarm, event) VALUES ($1, $2)
        ON CONFLICT (alarm, event) DO UPDATE
            SET id = DEFAULT, attempts = DEFAULT, last_error = DEFAULT, sent_at = DEFAULT",
    )
    .bind(alarm)
    .bind(event)
    .execute(conn)
    .await?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    event: String,
    attempts: i64,
    #[sqlx(flatten)]
    alarm: alarm::Row,
}

impl TimescaleStore {
    /// Waiting notifications, oldest first; all of them without a limit.
    pub(super) async fn list_waiting(&self, limit: Option<u32>) -> Result<Vec<Notification>, StoreError> {
        let query = sqlx::query_as(
            "SELECT o.id, o.event, o.attempts, t.name, a.rule, a.parameter, a.severity, a.raised_at, a.since,
                a.cleared_at, a.withdrawn_at, a.worst::text, a.exceeded::text, a.text, a.basis
            FROM outbox AS o JOIN alarm AS a ON a.id = o.alarm JOIN station AS t ON t.id = a.station
            WHERE o.sent_at IS NULL ORDER BY o.id LIMIT $1",
        );
        let rows: Vec<Row> = self.pools.rows(query.bind(limit.map(i64::from))).await?;
        rows.into_iter()
            .map(|row| {
                Ok(Notification {
                    id: row.id,
                    event: row.event,
                    alarm: row.alarm.into_alarm(&self.parameters)?,
                    attempts: narrow("a notification", row.attempts)?,
                })
            })
            .collect()
    }

    /// Notes an outcome; one that was sent before stays sent.
    pub(super) async fn note_sent(
        &self,
        id: i64,
        outcome: Result<Instant, String>,
    ) -> Result<(), StoreError> {
        let query = match &outcome {
            Ok(at) => sqlx::query("UPDATE outbox SET sent_at = $2 WHERE id = $1 AND sent_at IS NULL")
                .bind(id)
                .bind(cut(*at)),
            Err(error) => sqlx::query(
                "UPDATE outbox SET attempts = attempts + 1, last_error = $2 WHERE id = $1 AND sent_at IS NULL",
            )
            .bind(id)
            .bind(text(error)),
        };
        self.pools.run(query).await?;
        Ok(())
    }
}
