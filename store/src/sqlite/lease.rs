//! Leases, by the clock of the database.

use std::time::Duration;

use sqlx::SqliteConnection;

use super::SqliteStore;
use crate::{Lease, StoreError};

/// Fails where the lease is not held.
pub(super) async fn check(conn: &mut SqliteConnection, lease: &Lease) -> Result<(), StoreError> {
    let held: bool = sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM lease
            WHERE name = ?1 AND holder = ?2 AND until > CAST(unixepoch('subsec') * 1000000 AS INTEGER))",
    )
    .bind(&lease.name)
    .bind(&lease.holder)
    .fetch_one(conn)
    .await?;
    if held { Ok(()) } else { Err(StoreError::LeaseLost(lease.name.clone())) }
}

impl SqliteStore {
    pub(super) async fn take_lease(&self, lease: &Lease, time: Duration) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "INSERT INTO lease (name, holder, until)
            VALUES (?1, ?2, CAST(unixepoch('subsec') * 1000000 AS INTEGER) + ?3)
            ON CONFLICT DO UPDATE SET holder = excluded.holder, until = excluded.until
            WHERE holder = excluded.holder OR until <= CAST(unixepoch('subsec') * 1000000 AS INTEGER)",
        )
        .bind(&lease.name)
        .bind(&lease.holder)
        .bind(i64::try_from(time.as_micros()).unwrap_or(i64::MAX / 2))
        .execute(&self.pools.writer)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    pub(super) async fn give_lease_back(&self, lease: &Lease) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM lease WHERE name = ?1 AND holder = ?2")
            .bind(&lease.name)
            .bind(&lease.holder)
            .execute(&self.pools.writer)
            .await?;
        Ok(())
    }
}
