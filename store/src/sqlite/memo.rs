//! Short texts that lanbi keeps for itself.

use sqlx::{SqliteConnection, SqliteExecutor};

use super::SqliteStore;
use crate::StoreError;

pub(super) async fn put(conn: &mut SqliteConnection, key: &str, text: &str) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO memo (key, text) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET text = excluded.text",
    )
    .bind(key)
    .bind(text)
    .execute(conn)
    .await?;
    Ok(())
}

/// All memos, by key.
pub(super) async fn read(executor: impl SqliteExecutor<'_>) -> Result<Vec<(String, String)>, StoreError> {
    Ok(sqlx::query_as("SELECT key, text FROM memo ORDER BY key").fetch_all(executor).await?)
}

impl SqliteStore {
    pub(super) async fn read_memo(&self, key: &str) -> Result<Option<String>, StoreError> {
        let found = sqlx::query_scalar("SELECT text FROM memo WHERE key = ?1");
        Ok(found.bind(key).fetch_optional(&self.pools.readers).await?)
    }

    pub(super) async fn keep_memo(&self, key: &str, text: Option<&str>) -> Result<(), StoreError> {
        let mut conn = self.pools.writer.acquire().await?;
        if let Some(text) = text {
            return put(&mut conn, key, text).await;
        }
        sqlx::query("DELETE FROM memo WHERE key = ?1").bind(key).execute(&mut *conn).await?;
        Ok(())
    }
}
