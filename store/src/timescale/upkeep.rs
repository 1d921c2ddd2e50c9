//! Keeps the store within bounds.
//!
//! Letting old values go is a task of ours, on every edition of the database: a retention policy of TimescaleDB drops a
//! chunk when all of it is old enough, whether a day in it waits to be derived or not, and while somebody writes to it.
//! Whole chunks go where no day waits up to their end. What is old in a chunk that is not goes row by row, but not where
//! chunks are compressed: to delete rows there would unpack them, so they wait for the rest of their chunk.
//!
//! Compressing loses nothing and is left to a policy of the database, where it has one.

use chrono::TimeDelta;
use lanbi_model::Instant;
use sqlx::{Connection, PgConnection, postgres::types::PgInterval};

use super::{TimescaleStore, capability::Capability, chunk, guard::in_time, rows::end};
use crate::{Kept, StoreError, Upkeep};

/// Frames let go in one transaction.
const PIECE: i64 = 5_000;

/// The database's policies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Policies {
    /// Whether it lets values go by itself, as earlier versions of lanbi told it to.
    retention: bool,
    /// Age at which it compresses, in microseconds; none where it does not.
    compress: Option<i64>,
}

impl TimescaleStore {
    pub(super) async fn keep_within_bounds(&self, upkeep: &Upkeep, now: Instant) -> Result<Kept, StoreError> {
        let mut loan = self.pools.writer().await?;
        let patience = loan.patience();
        let work = async {
            let found = Capability::probe(loan.conn()).await?;
            if found.compresses() {
                set_policies(loan.conn(), upkeep.compress_after).await?;
            }
            Ok(found)
        };
        let outcome = in_time(patience, work).await;
        let found = loan.give_back(outcome)?;
        let Some(keep) = upkeep.keep_values else { return Ok(Kept::default()) };
        let before = end(now.checked_sub_signed(keep).unwrap_or(Instant::MIN_UTC));
        let mut kept = Kept { records_gone: self.let_records_go(before).await?, ..Kept::default() };
        if found.hypertable {
            while let Some(gone) = self.drop_chunk(before).await? {
                kept.values_gone += gone;
            }
        }
        if !found.compresses() {
            kept.values_gone += self.pieces(Step::Frames, before).await?;
        }
        self.pieces(Step::Revisions, before).await?;
        self.piece(Step::Series, before).await?;
        Ok(kept)
    }

    async fn drop_chunk(&self, before: Instant) -> Result<Option<u64>, StoreError> {
        let mut loan = self.pools.writer().await?;
        let outcome = in_time(loan.patience(), chunk::drop_oldest(loan.conn(), before)).await;
        loan.give_back(outcome)
    }

    /// Works piece by piece, so that no writer waits long.
    async fn pieces(&self, step: Step, before: Instant) -> Result<u64, StoreError> {
        let mut all = 0;
        loop {
            match self.piece(step, before).await? {
                0 => return Ok(all),
                gone => all += gone,
            }
        }
    }

    async fn piece(&self, step: Step, before: Instant) -> Result<u64, StoreError> {
        let mut loan = self.pools.writer().await?;
        let outcome = in_time(loan.patience(), step.run(loan.conn(), before)).await;
        loan.give_back(outcome)
    }
}

/// The steps of letting old values go.
#[derive(Clone, Copy)]
enum Step {
    /// Frames, except those of days that wait.
    Frames,
    /// Earlier values of keys that are gone.
    Revisions,
    /// Newest instants of series that ended.
    Series,
}

/// Frames that may go: older than the first parameter, and not of a day that waits. A local day lies within the day
/// before and the day after it in UTC, whatever its zone.
macro_rules! old_frames {
    ($before:literal, $after:literal) => {
        concat!(
            $before,
            " FROM series AS r JOIN frame AS f ON f.station = r.station AND f.period = r.period
            WHERE f.instant < $1 AND NOT EXISTS (
                SELECT 1 FROM stale AS m WHERE m.station = f.station
                    AND f.instant > (m.day - 1)::timestamp AT TIME ZONE 'UTC'
                    AND f.instant <= (m.day + 2)::timestamp AT TIME ZONE 'UTC') ",
            $after
        )
    };
}

impl Step {
    /// Does a piece and tells how much went.
    async fn run(self, conn: &mut PgConnection, before: Instant) -> Result<u64, StoreError> {
        let gone = match self {
            Self::Frames => {
                sqlx::query_scalar(old_frames!(
                    "WITH old AS (SELECT f.station, f.period, f.instant",
                    "LIMIT $2 FOR UPDATE OF f SKIP LOCKED), gone AS (
                        DELETE FROM frame AS f USING old AS o
                        WHERE f.station = o.station AND f.period = o.period AND f.instant = o.instant
                            AND f.instant < $1
                        RETURNING cardinality(f.parameters) AS values)
                    SELECT coalesce(sum(values), 0)::int8 FROM gone"
                ))
                .bind(before)
                .bind(PIECE)
                .fetch_one(conn)
                .await?
            }
            Self::Revisions => {
                sqlx::query_scalar(
                    "WITH gone AS (
                        DELETE FROM sample_revision WHERE ctid = ANY (ARRAY(
                            SELECT r.ctid FROM sample_revision AS r WHERE r.instant < $1 AND NOT EXISTS (
                                SELECT 1 FROM frame AS f WHERE f.station = r.station
                                    AND f.period = r.period AND f.instant = r.instant)
                            LIMIT $2))
                        RETURNING 1)
                    SELECT count(*) FROM gone",
                )
                .bind(before)
                .bind(PIECE)
                .fetch_one(conn)
                .await?
            }
            Self::Series => end_series(conn, before).await?,
        };
        Ok(u64::try_from(gone).unwrap_or(0))
    }
}

/// Takes out the series without values and corrects the newest instant of the others.
async fn end_series(conn: &mut PgConnection, before: Instant) -> Result<i64, StoreError> {
    let any: bool = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM series WHERE last < $1)")
        .bind(before)
        .fetch_one(&mut *conn)
        .await?;
    if !any {
        return Ok(0);
    }
    let mut tx = conn.begin().await?;
    // Whoever stores a value writes here in the same transaction: those who have are waited for, and the others wait.
    sqlx::query("LOCK TABLE series IN SHARE ROW EXCLUSIVE MODE").execute(&mut *tx).await?;
    sqlx::query(
        "WITH last AS (
            SELECT r.station, r.period, (SELECT max(f.instant) FROM frame AS f
                WHERE f.station = r.station AND f.period = r.period) AS last
            FROM series AS r WHERE r.last < $1
        ), ended AS (
            DELETE FROM series AS r USING last AS l
            WHERE r.station = l.station AND r.period = l.period AND l.last IS NULL
        )
        UPDATE series AS r SET last = l.last FROM last AS l
        WHERE r.station = l.station AND r.period = l.period AND l.last IS NOT NULL AND l.last <> r.last",
    )
    .bind(before)
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(0)
}

/// The policies that there are.
async fn policies(conn: &mut PgConnection) -> Result<Policies, StoreError> {
    let rows: Vec<(String, Option<i64>)> = sqlx::query_as(
        "SELECT proc_name, (extract(epoch FROM (config ->> 'compress_after')::interval) * 1000000)::int8
        FROM timescaledb_information.jobs
        WHERE hypertable_name = 'frame' AND hypertable_schema = current_schema()
            AND proc_name IN ('policy_retention', 'policy_compression')",
    )
    .fetch_all(conn)
    .await?;
    Ok(Policies {
        retention: rows.iter().any(|row| row.0 == "policy_retention"),
        compress: rows.iter().find(|row| row.0 == "policy_compression").and_then(|row| row.1),
    })
}

/// Brings the policies to what is asked for: none on retention, and one on compression where it is wanted.
async fn set_policies(conn: &mut PgConnection, compress_after: Option<TimeDelta>) -> Result<(), StoreError> {
    let wanted = compress_after.and_then(|time| time.num_microseconds());
    let mut tx = conn.begin().await?;
    let there = policies(&mut tx).await?;
    if there.retention {
        sqlx::query("SELECT remove_retention_policy('frame', if_exists => true)").execute(&mut *tx).await?;
    }
    if there.compress != wanted {
        sqlx::query("SELECT remove_compression_policy('frame', if_exists => true)").execute(&mut *tx).await?;
        if let Some(microseconds) = wanted {
            // The key of a frame leads to its compressed stretch: a late value opens that one alone.
            sqlx::query(
                "ALTER TABLE frame SET (timescaledb.compress, timescaledb.compress_orderby = 'instant',
                    timescaledb.compress_segmentby = 'station, period')",
            )
            .execute(&mut *tx)
            .await?;
            sqlx::query("SELECT add_compression_policy('frame', $1::interval)")
                .bind(PgInterval { months: 0, days: 0, microseconds })
                .execute(&mut *tx)
                .await?;
        }
    }
    tx.commit().await?;
    Ok(())
}
