//! What the file is and holds. Works on any schema that this program has ever written.

use super::{
    SqliteStore, migrate,
    rows::{instant, narrow},
};
use crate::{Keeper, Layout, StoreError, StoreStatus};

/// The migration that keeps the number of values in the account.
const HELD_SINCE: i64 = 2;

impl SqliteStore {
    pub(super) async fn read_status(&self) -> Result<StoreStatus, StoreError> {
        let mut conn = self.pools.readers.acquire().await?;
        let applied = migrate::applied(&mut conn).await?;
        let version: String = sqlx::query_scalar("SELECT sqlite_version()").fetch_one(&mut *conn).await?;
        let bytes: i64 =
            sqlx::query_scalar("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")
                .fetch_one(&mut *conn)
                .await?;
        let mut status = StoreStatus {
            engine: format!("SQLite {version}"),
            extension: None,
            layout: Layout::File,
            retention: Keeper::OwnTask,
            compression: Keeper::Nobody,
            schema: applied.last().copied().unwrap_or(0),
            pending: migrate::pending(&applied),
            bytes: narrow("a count", bytes)?,
            values: 0,
            newest: None,
            stale: 0,
            waiting: 0,
        };
        if applied.is_empty() {
            return Ok(status);
        }
        let (newest, stale, waiting): (Option<i64>, i64, i64) = sqlx::query_as(
            "SELECT (SELECT max(last) FROM series), (SELECT count(*) FROM stale),
                (SELECT count(*) FROM outbox WHERE sent_at IS NULL)",
        )
        .fetch_one(&mut *conn)
        .await?;
        let values: i64 = sqlx::query_scalar(if applied.contains(&HELD_SINCE) {
            "SELECT held FROM account"
        } else {
            "SELECT stored - revised FROM account"
        })
        .fetch_one(&mut *conn)
        .await?;
        status.newest = newest.map(instant).transpose()?;
        status.stale = narrow("a count", stale)?;
        status.waiting = narrow("a count", waiting)?;
        status.values = narrow("a count", values)?;
        Ok(status)
    }
}
