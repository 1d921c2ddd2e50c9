//! The account: counted in the transaction of what it counts, in the slot of the connection, and summed when it is read.

use lanbi_model::{Account, Recomputed};
use sqlx::PgConnection;

use super::{
    TimescaleStore,
    rows::{count, narrow},
};
use crate::{DerivedBatch, StaleCauses, StoreError};

/// How the account moves, with the names of its columns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub(super) struct Moves {
    pub(super) incoming: i64,
    pub(super) stored: i64,
    pub(super) repeated: i64,
    pub(super) rejected: i64,
    pub(super) messages: i64,
    pub(super) revised: i64,
    pub(super) alarms_raised: i64,
    pub(super) alarms_cleared: i64,
    pub(super) alarms_withdrawn: i64,
    pub(super) reviewed: i64,
    pub(super) recomputed: i64,
    pub(super) recomputed_late: i64,
    pub(super) recomputed_revised: i64,
    pub(super) recomputed_reviewed: i64,
    pub(super) recomputed_replayed: i64,
    pub(super) recomputed_rechecked: i64,
}

impl Moves {
    /// Counts days computed again, under each of their causes.
    pub(super) fn recomputed(&mut self, batch: &DerivedBatch) {
        let with = |cause| {
            count(
                batch
                    .recomputed
                    .iter()
                    .filter(|mark| mark.causes.contains(cause))
                    .count()
                    .try_into()
                    .unwrap_or(0),
            )
        };
        self.recomputed = with(StaleCauses::empty());
        self.recomputed_late = with(StaleCauses::ARRIVED);
        self.recomputed_revised = with(StaleCauses::REVISED);
        self.recomputed_reviewed = with(StaleCauses::REVIEWED);
        self.recomputed_replayed = with(StaleCauses::REPLAYED);
        self.recomputed_rechecked = with(StaleCauses::RECHECKED);
    }

    /// Counts. Call it last in a transaction: whoever shares the slot waits until its end.
    pub(super) async fn write(&self, conn: &mut PgConnection) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE account SET incoming = incoming + $1, stored = stored + $2, repeated = repeated + $3,
                rejected = rejected + $4, messages = messages + $5, revised = revised + $6,
                alarms_raised = alarms_raised + $7, alarms_cleared = alarms_cleared + $8,
                alarms_withdrawn = alarms_withdrawn + $9, reviewed = reviewed + $10,
                recomputed = recomputed + $11, recomputed_late = recomputed_late + $12,
                recomputed_revised = recomputed_revised + $13,
                recomputed_reviewed = recomputed_reviewed + $14,
                recomputed_replayed = recomputed_replayed + $15,
                recomputed_rechecked = recomputed_rechecked + $16
            WHERE slot = pg_backend_pid() & 63",
        )
        .bind(self.incoming)
        .bind(self.stored)
        .bind(self.repeated)
        .bind(self.rejected)
        .bind(self.messages)
        .bind(self.revised)
        .bind(self.alarms_raised)
        .bind(self.alarms_cleared)
        .bind(self.alarms_withdrawn)
        .bind(self.reviewed)
        .bind(self.recomputed)
        .bind(self.recomputed_late)
        .bind(self.recomputed_revised)
        .bind(self.recomputed_reviewed)
        .bind(self.recomputed_replayed)
        .bind(self.recomputed_rechecked)
        .execute(conn)
        .await?;
        Ok(())
    }
}

impl From<&Account> for Moves {
    fn from(account: &Account) -> Self {
        Self {
            incoming: count(account.incoming),
            stored: count(account.stored),
            repeated: count(account.repeated),
            rejected: count(account.rejected),
            messages: count(account.messages),
            revised: count(account.revised),
            alarms_raised: count(account.alarms_raised),
            alarms_cleared: count(account.alarms_cleared),
            alarms_withdrawn: count(account.alarms_withdrawn),
            reviewed: count(account.reviewed),
            recomputed: count(account.recomputed.days),
            recomputed_late: count(account.recomputed.late),
            recomputed_revised: count(account.recomputed.revised),
            recomputed_reviewed: count(account.recomputed.reviewed),
            recomputed_replayed: count(account.recomputed.replayed),
            recomputed_rechecked: count(account.recomputed.rechecked),
        }
    }
}

/// Puts an account in place of the present one.
pub(super) async fn replace(conn: &mut PgConnection, account: &Account) -> Result<(), StoreError> {
    // The lock is the strictest that lets others read: a writer must not count in a slot that was emptied already.
    sqlx::query("LOCK TABLE account IN EXCLUSIVE MODE").execute(&mut *conn).await?;
    sqlx::query(
        "UPDATE account SET incoming = 0, stored = 0, repeated = 0, rejected = 0, messages = 0, revised = 0,
            alarms_raised = 0, alarms_cleared = 0, alarms_withdrawn = 0, reviewed = 0, recomputed = 0,
            recomputed_late = 0, recomputed_revised = 0, recomputed_reviewed = 0, recomputed_replayed = 0,
            recomputed_rechecked = 0",
    )
    .execute(&mut *conn)
    .await?;
    Moves::from(account).write(conn).await
}

impl TimescaleStore {
    pub(super) async fn read_account(&self) -> Result<Account, StoreError> {
        let query = sqlx::query_as(
            "SELECT sum(incoming)::int8 AS incoming, sum(stored)::int8 AS stored,
                sum(repeated)::int8 AS repeated, sum(rejected)::int8 AS rejected,
                sum(messages)::int8 AS messages, sum(revised)::int8 AS revised,
                sum(alarms_raised)::int8 AS alarms_raised, sum(alarms_cleared)::int8 AS alarms_cleared,
                sum(alarms_withdrawn)::int8 AS alarms_withdrawn, sum(reviewed)::int8 AS reviewed,
                sum(recomputed)::int8 AS recomputed, sum(recomputed_late)::int8 AS recomputed_late,
                sum(recomputed_revised)::int8 AS recomputed_revised,
                sum(recomputed_reviewed)::int8 AS recomputed_reviewed,
                sum(recomputed_replayed)::int8 AS recomputed_replayed,
                sum(recomputed_rechecked)::int8 AS recomputed_rechecked
            FROM account",
        );
        let sums: Moves = self.pools.rows(query).await?.pop().unwrap_or_default();
        let count = |number| narrow("an account", number);
        Ok(Account {
            incoming: count(sums.incoming)?,
            stored: count(sums.stored)?,
            repeated: count(sums.repeated)?,
            rejected: count(sums.rejected)?,
            messages: count(sums.messages)?,
            revised: count(sums.revised)?,
            alarms_raised: count(sums.alarms_raised)?,
            alarms_cleared: count(sums.alarms_cleared)?,
            alarms_withdrawn: count(sums.alarms_withdrawn)?,
            reviewed: count(sums.reviewed)?,
            recomputed: Recomputed {
                days: count(sums.recomputed)?,
                late: count(sums.recomputed_late)?,
                revised: count(sums.recomputed_revised)?,
                reviewed: count(sums.recomputed_reviewed)?,
                replayed: count(sums.recomputed_replayed)?,
                rechecked: count(sums.recomputed_rechecked)?,
            },
        })
    }
}
