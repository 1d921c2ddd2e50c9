//! Notifications that wait to be sent. They are queued in the transaction of the alarm's change and leave the queue
//! when a receiver has taken them, so a crash in between sends again rather than never.

use lanbi_model::Instant;
use sqlx::{SqliteConnection, SqliteExecutor};

use super::{SqliteStore, alarm, names::Parameters, rows::narrow};
use crate::{Notification, StoreError};

/// Event of an alarm that was raised.
pub(super) const RAISED: &str = "raised";
/// Event of an alarm that was cleared.
pub(super) const CLEARED: &str = "cleared";

/// Event of an alarm that was withdrawn.
pub(super) const WITHDRAWN: &str = "withdrawn";

/// Queues a notification about the alarm with a number. It takes the place of an earlier one of the same event, sent or
/// not, and a number that was never given before: an alarm that comes back after a withdrawal is told of anew. Whoever
/// queues does so only where the alarm has changed, so what happened before is not told of again.
pub(super) async fn queue(conn: &mut SqliteConnection, alarm: i64, event: &str) -> Result<(), StoreError> {
    sqlx::query("INSERT OR REPLACE INTO outbox (alarm, event) VALUES (?1, ?2)")
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

/// Up to `limit` notifications that wait, oldest first.
pub(super) async fn read(
    executor: impl SqliteExecutor<'_>,
    parameters: &Parameters,
    limit: u32,
) -> Result<Vec<Notification>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT o.id, o.event, o.attempts, t.name, a.rule, a.parameter, a.severity, a.raised_at, a.since,
            a.cleared_at, a.withdrawn_at, a.worst, a.exceeded, a.text, a.basis
        FROM outbox AS o JOIN alarm AS a ON a.id = o.alarm JOIN station AS t ON t.id = a.station
        WHERE o.sent_at IS NULL ORDER BY o.id LIMIT ?1",
    )
    .bind(i64::from(limit))
    .fetch_all(executor)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Notification {
                id: row.id,
                event: row.event,
                alarm: row.alarm.into_alarm(parameters)?,
                attempts: narrow("a notification", row.attempts)?,
            })
        })
        .collect()
}

impl SqliteStore {
    pub(super) async fn list_waiting(&self, limit: u32) -> Result<Vec<Notification>, StoreError> {
        read(&self.pools.readers, &self.parameters, limit).await
    }

    /// Notes an outcome; one that was sent before stays sent.
    pub(super) async fn note_sent(
        &self,
        id: i64,
        outcome: Result<Instant, String>,
    ) -> Result<(), StoreError> {
        let query = match outcome {
            Ok(at) => sqlx::query("UPDATE outbox SET sent_at = ?2 WHERE id = ?1 AND sent_at IS NULL")
                .bind(id)
                .bind(at.timestamp_micros()),
            Err(text) => sqlx::query(
                "UPDATE outbox SET attempts = attempts + 1, last_error = ?2 WHERE id = ?1 AND sent_at IS NULL",
            )
            .bind(id)
            .bind(text),
        };
        query.execute(&self.pools.writer).await?;
        Ok(())
    }
}
