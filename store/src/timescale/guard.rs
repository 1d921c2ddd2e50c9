//! A connection on loan: it goes back to its pool only in order, and nobody waits for it for ever.

use std::{io, time::Duration};

use sqlx::{
    PgConnection, Postgres,
    pool::PoolConnection,
    postgres::{PgArguments, PgRow},
    query::{Query, QueryAs},
};

use super::connect::Pools;
use crate::StoreError;

/// Begins a transaction in which every query sees the same.
pub(super) const ONE_LOOK: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// A connection that is closed where its work did not come to an end: after an error that passes, after a time-out, or
/// when the caller gave up. What was not committed is then rolled back by the server.
pub(super) struct Loan {
    conn: PoolConnection<Postgres>,
    patience: Duration,
    in_order: bool,
}

impl Pools {
    /// A connection to write with.
    pub(super) async fn writer(&self) -> Result<Loan, StoreError> {
        let conn = self.writers.acquire().await?;
        Ok(Loan { conn, patience: self.patience, in_order: false })
    }

    /// A connection to read with.
    pub(super) async fn reader(&self) -> Result<Loan, StoreError> {
        let conn = self.readers.acquire().await?;
        Ok(Loan { conn, patience: self.patience, in_order: false })
    }

    /// The rows of one query.
    pub(super) async fn rows<T>(
        &self,
        query: QueryAs<'_, Postgres, T, PgArguments>,
    ) -> Result<Vec<T>, StoreError>
    where
        T: Send + Unpin + for<'r> sqlx::FromRow<'r, PgRow>,
    {
        let mut loan = self.reader().await?;
        let work = query.fetch_all(&mut *loan.conn);
        let outcome = in_time(loan.patience, async { Ok(work.await?) }).await;
        loan.give_back(outcome)
    }
}

impl Pools {
    /// Runs one statement that writes, and tells how many rows it touched.
    pub(super) async fn run(&self, query: Query<'_, Postgres, PgArguments>) -> Result<u64, StoreError> {
        let mut loan = self.writer().await?;
        let work = query.execute(&mut *loan.conn);
        let outcome = in_time(loan.patience, async { Ok(work.await?.rows_affected()) }).await;
        loan.give_back(outcome)
    }
}

impl Loan {
    pub(super) fn conn(&mut self) -> &mut PgConnection {
        &mut self.conn
    }

    /// How long work on this connection may take.
    pub(super) const fn patience(&self) -> Duration {
        self.patience
    }

    /// Ends the loan. The connection stays in use unless the outcome is an error that a new one may not have.
    pub(super) fn give_back<T>(mut self, outcome: Result<T, StoreError>) -> Result<T, StoreError> {
        self.in_order = !outcome.as_ref().is_err_and(StoreError::is_transient);
        outcome
    }
}

impl Drop for Loan {
    fn drop(&mut self) {
        if !self.in_order {
            self.conn.close_on_drop();
        }
    }
}

/// Does a piece of work, or gives up on a server that does not answer.
pub(super) async fn in_time<T>(
    patience: Duration,
    work: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    tokio::time::timeout(patience, work).await.unwrap_or_else(|_| {
        let seconds = patience.as_secs_f32();
        let text = format!("no answer from the database in {seconds} s");
        Err(StoreError::Unavailable(sqlx::Error::Io(io::Error::new(io::ErrorKind::TimedOut, text))))
    })
}
