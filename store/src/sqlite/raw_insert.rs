//! Rows inserted into a file with nothing else, for [`crate::RawInsert`].

use std::{
    path::Path,
    sync::LazyLock,
    time::{Duration, Instant as Clock},
};

use sqlx::Connection;

use super::{connect::Pools, insert::Insert};
use crate::{StoreError, raw_insert::RawRow};

static INSERT: LazyLock<Insert> = LazyLock::new(|| {
    Insert::new(
        "INSERT OR IGNORE INTO bench_raw
            (station, period, instant, parameter, value, flags, device_flags, revision, received_at)",
        9,
    )
});

/// The store's own connections and a table beside its own.
#[derive(Debug)]
pub(crate) struct RawSqlite(Pools);

impl RawSqlite {
    pub(crate) async fn open(path: &Path) -> Result<Self, StoreError> {
        let pools = Pools::file(path).await?;
        sqlx::query("DROP TABLE IF EXISTS bench_raw").execute(&pools.writer).await?;
        sqlx::query(
            "CREATE TABLE bench_raw (
                station      INTEGER NOT NULL,
                period       INTEGER NOT NULL,
                instant      INTEGER NOT NULL,
                parameter    INTEGER NOT NULL,
                value        REAL    NOT NULL,
                flags        INTEGER NOT NULL,
                device_flags INTEGER NOT NULL,
                revision     INTEGER NOT NULL,
                received_at  INTEGER NOT NULL,
                PRIMARY KEY (station, period, instant, parameter)
            ) STRICT, WITHOUT ROWID",
        )
        .execute(&pools.writer)
        .await?;
        Ok(Self(pools))
    }

    pub(crate) async fn insert(&self, rows: &[RawRow]) -> Result<Duration, StoreError> {
        let mut conn = self.0.writer.acquire().await?;
        let start = Clock::now();
        let mut tx = conn.begin_with("BEGIN IMMEDIATE").await?;
        INSERT
            .run(&mut tx, rows, |query, row| {
                let query = query.bind(row.station).bind(row.period).bind(row.instant.timestamp_micros());
                let query = query.bind(row.parameter).bind(row.value).bind(row.flags).bind(row.flags);
                query.bind(0).bind(row.received_at.timestamp_micros())
            })
            .await?;
        tx.commit().await?;
        Ok(start.elapsed())
    }

    pub(crate) async fn finish(self) -> Result<i64, StoreError> {
        let values = sqlx::query_scalar("SELECT count(*) FROM bench_raw").fetch_one(&self.0.writer).await?;
        sqlx::query("DROP TABLE bench_raw").execute(&self.0.writer).await?;
        self.0.close().await;
        Ok(values)
    }
}
