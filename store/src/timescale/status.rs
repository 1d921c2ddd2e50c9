//! What the store is and holds.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::{TimescaleStore, capability::Capability, guard::in_time, migrate, rows::narrow};
use crate::{Keeper, Layout, StoreError, StoreStatus};

/// Frames that are counted one by one; of more the number is estimated.
const COUNTED: i64 = 300_000;
/// Frames whose values are counted for the mean of an estimate.
const SAMPLED: i64 = 10_000;

impl TimescaleStore {
    pub(super) async fn read_status(&self) -> Result<StoreStatus, StoreError> {
        let mut loan = self.pools.reader().await?;
        let outcome = in_time(loan.patience(), status_on(loan.conn())).await;
        loan.give_back(outcome)
    }
}

async fn status_on(conn: &mut PgConnection) -> Result<StoreStatus, StoreError> {
    let found = Capability::probe(conn).await?;
    let applied = migrate::applied(conn).await?.unwrap_or_default();
    let (bytes, newest, stale, waiting): (i64, Option<DateTime<Utc>>, i64, i64) = sqlx::query_as(
        "SELECT pg_database_size(current_database()), (SELECT max(last) FROM series),
            (SELECT count(*) FROM stale), (SELECT count(*) FROM outbox WHERE sent_at IS NULL)",
    )
    .fetch_one(&mut *conn)
    .await?;
    let values = values(conn, found.hypertable).await?;
    Ok(StoreStatus {
        engine: format!("PostgreSQL {}", found.server),
        layout: if found.hypertable { Layout::Hypertable } else { Layout::Table },
        retention: Keeper::OwnTask,
        compression: if found.compresses() { Keeper::Policy } else { Keeper::Nobody },
        extension: found
            .extension
            .map(|extension| format!("TimescaleDB {} ({})", extension.version, extension.license)),
        schema: applied.last().copied().unwrap_or(0),
        pending: migrate::pending(&applied),
        bytes: narrow("a size", bytes)?,
        values: narrow("a count", values)?,
        newest,
        stale: narrow("a count", stale)?,
        waiting: narrow("a count", waiting)?,
    })
}

/// The number of values: counted while the frames are few, else the engine's estimate of frames times the mean number
/// of values in a frame.
async fn values(conn: &mut PgConnection, hypertable: bool) -> Result<i64, StoreError> {
    let frames: i64 = if hypertable {
        sqlx::query_scalar("SELECT approximate_row_count('frame')").fetch_one(&mut *conn).await?
    } else {
        sqlx::query_scalar("SELECT reltuples::int8 FROM pg_class WHERE oid = 'frame'::regclass")
            .fetch_one(&mut *conn)
            .await?
    };
    let (seen, held): (i64, i64) = sqlx::query_as(
        "SELECT count(*), coalesce(sum(cardinality(parameters)), 0)::int8
        FROM (SELECT parameters FROM frame LIMIT $1) AS f",
    )
    .bind(if frames > COUNTED { SAMPLED } else { COUNTED })
    .fetch_one(conn)
    .await?;
    // The estimate of a table that was never analysed is below zero.
    Ok(if frames <= seen { held } else { held.saturating_mul(frames) / seen.max(1) })
}
