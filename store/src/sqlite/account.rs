//! The running account.

use lanbi_model::{Account, Recomputed};
use sqlx::{SqliteConnection, SqliteExecutor};

use super::{
    SqliteStore,
    rows::{count, narrow},
};
use crate::StoreError;

#[derive(sqlx::FromRow)]
struct Row {
    incoming: i64,
    stored: i64,
    repeated: i64,
    rejected: i64,
    messages: i64,
    revised: i64,
    alarms_raised: i64,
    alarms_cleared: i64,
    alarms_withdrawn: i64,
    reviewed: i64,
    stale_recomputed: i64,
    recomputed_late: i64,
    recomputed_revised: i64,
    recomputed_reviewed: i64,
    recomputed_replayed: i64,
    recomputed_rechecked: i64,
}

pub(super) async fn read(executor: impl SqliteExecutor<'_>) -> Result<Account, StoreError> {
    let row: Row = sqlx::query_as(
        "SELECT incoming, stored, repeated, rejected, messages, revised, alarms_raised, alarms_cleared,
            alarms_withdrawn, reviewed, stale_recomputed, recomputed_late, recomputed_revised,
            recomputed_reviewed, recomputed_replayed, recomputed_rechecked
        FROM account",
    )
    .fetch_one(executor)
    .await?;
    let count = |number| narrow("an account", number);
    Ok(Account {
        incoming: count(row.incoming)?,
        stored: count(row.stored)?,
        repeated: count(row.repeated)?,
        rejected: count(row.rejected)?,
        messages: count(row.messages)?,
        revised: count(row.revised)?,
        alarms_raised: count(row.alarms_raised)?,
        alarms_cleared: count(row.alarms_cleared)?,
        alarms_withdrawn: count(row.alarms_withdrawn)?,
        reviewed: count(row.reviewed)?,
        recomputed: Recomputed {
            days: count(row.stale_recomputed)?,
            late: count(row.recomputed_late)?,
            revised: count(row.recomputed_revised)?,
            reviewed: count(row.recomputed_reviewed)?,
            replayed: count(row.recomputed_replayed)?,
            rechecked: count(row.recomputed_rechecked)?,
        },
    })
}

/// Puts an account in place of the present one.
pub(super) async fn replace(conn: &mut SqliteConnection, account: &Account) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE account SET incoming = ?1, stored = ?2, repeated = ?3, rejected = ?4, messages = ?5, revised = ?6,
            alarms_raised = ?7, alarms_cleared = ?8, alarms_withdrawn = ?9, reviewed = ?10,
            stale_recomputed = ?11, recomputed_late = ?12, recomputed_revised = ?13,
            recomputed_reviewed = ?14, recomputed_replayed = ?15, recomputed_rechecked = ?16",
    )
    .bind(count(account.incoming))
    .bind(count(account.stored))
    .bind(count(account.repeated))
    .bind(count(account.rejected))
    .bind(count(account.messages))
    .bind(count(account.revised))
    .bind(count(account.alarms_raised))
    .bind(count(account.alarms_cleared))
    .bind(count(account.alarms_withdrawn))
    .bind(count(account.reviewed))
    .bind(count(account.recomputed.days))
    .bind(count(account.recomputed.late))
    .bind(count(account.recomputed.revised))
    .bind(count(account.recomputed.reviewed))
    .bind(count(account.recomputed.replayed))
    .bind(count(account.recomputed.rechecked))
    .execute(conn)
    .await?;
    Ok(())
}

impl SqliteStore {
    pub(super) async fn read_account(&self) -> Result<Account, StoreError> {
        read(&self.pools.readers).await
    }
}
