//! Short texts that lanbi keeps for itself.

use sqlx::PgConnection;

use super::{TimescaleStore, guard::in_time, rows::text};
use crate::StoreError;

/// Keeps a text under a key.
pub(super) async fn put(conn: &mut PgConnection, key: &str, value: &str) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO memo (key, text) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET text = excluded.text",
    )
    .bind(text(key))
    .bind(text(value))
    .execute(conn)
    .await?;
    Ok(())
}

impl TimescaleStore {
    pub(super) async fn read_memo(&self, key: &str) -> Result<Option<String>, StoreError> {
        let query = sqlx::query_as("SELECT text FROM memo WHERE key = $1");
        let rows: Vec<(String,)> = self.pools.rows(query.bind(text(key))).await?;
        Ok(rows.into_iter().next().map(|(text,)| text))
    }

    pub(super) async fn keep_memo(&self, key: &str, value: Option<&str>) -> Result<(), StoreError> {
        let Some(value) = value else {
            let query = sqlx::query("DELETE FROM memo WHERE key = $1").bind(text(key));
            return self.pools.run(query).await.map(drop);
        };
        let mut loan = self.pools.writer().await?;
        let outcome = in_time(loan.patience(), put(loan.conn(), key, value)).await;
        loan.give_back(outcome)
    }
}
