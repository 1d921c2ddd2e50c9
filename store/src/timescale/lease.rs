//! Leases: one holder at a time, by the clock of the database server, which all processes share.

use std::time::Duration;

use sqlx::{PgConnection, postgres::types::PgInterval};

use super::{TimescaleStore, rows::text};
use crate::{Lease, StoreError};

/// Makes sure that the holder has the lease, and that nobody takes it before the transaction ends.
pub(super) async fn check(conn: &mut PgConnection, lease: &Lease) -> Result<(), StoreError> {
    let held: Option<i32> = sqlx::query_scalar(
        "SELECT 1 FROM lease WHERE name = $1 AND holder = $2 AND expires_at > clock_timestamp() FOR UPDATE",
    )
    .bind(text(&lease.name))
    .bind(text(&lease.holder))
    .fetch_optional(conn)
    .await?;
    held.map(drop).ok_or_else(|| StoreError::LeaseLost(lease.name.clone()))
}

impl TimescaleStore {
    pub(super) async fn take_lease(&self, lease: &Lease, time: Duration) -> Result<bool, StoreError> {
        let microseconds = i64::try_from(time.as_micros()).unwrap_or(i64::MAX);
        let query = sqlx::query(
            "INSERT INTO lease (name, holder, expires_at) VALUES ($1, $2, clock_timestamp() + $3)
            ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at
            WHERE lease.holder = excluded.holder OR lease.expires_at <= clock_timestamp()",
        );
        let query = query.bind(text(&lease.name)).bind(text(&lease.holder));
        let taken = self.pools.run(query.bind(PgInterval { months: 0, days: 0, microseconds })).await?;
        Ok(taken > 0)
    }

    pub(super) async fn give_lease_back(&self, lease: &Lease) -> Result<(), StoreError> {
        let query = sqlx::query("DELETE FROM lease WHERE name = $1 AND holder = $2");
        self.pools.run(query.bind(text(&lease.name)).bind(text(&lease.holder))).await?;
        Ok(())
    }
}
