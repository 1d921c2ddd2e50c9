//! Brings the schema up to date and chooses how frames lie, once, while the table is empty.

use std::time::Duration;

use sqlx::{
    Connection, PgConnection,
    migrate::{MigrateError, Migrator},
};

use super::{
    capability::{self, Capability},
    connect::cannot_open,
    guard::in_time,
    place::{Place, Timescale},
};
use crate::StoreError;

/// The migrations of this backend, frozen once they have been released.
static MIGRATIONS: Migrator = sqlx::migrate!("./migrations/postgres");

/// Number of the lock that processes take which open the same database at once ("lanbi" in ASCII).
const OPENING: i64 = 0x006c_616e_6269;
/// How long migrations may take; another process that has begun them is waited for.
const PATIENCE: Duration = Duration::from_mins(10);
/// Refused to a user without the right.
const INSUFFICIENT_PRIVILEGE: &str = "42501";

/// Makes the database a store, unless it is one, and tells what it can do.
pub(super) async fn prepare(conn: &mut PgConnection, place: &Place) -> Result<Capability, StoreError> {
    in_time(PATIENCE, prepare_on(conn, place)).await
}

async fn prepare_on(conn: &mut PgConnection, place: &Place) -> Result<Capability, StoreError> {
    // The lock ends with the connection.
    sqlx::query("SELECT pg_advisory_lock($1)").bind(OPENING).execute(&mut *conn).await?;
    // Before the tables, because the answer to a later question may rest on it.
    if place.timescale != Timescale::Off && capability::can_be_created(conn).await? {
        create_extension(conn).await?;
    }
    capability::demand(conn, place).await?;
    MIGRATIONS.run_direct(None, &mut *conn, false).await.map_err(|error| refused(place, error))?;
    let found = Capability::probe(conn).await?;
    if place.timescale == Timescale::Off || found.extension.is_none() || found.hypertable {
        return Ok(found);
    }
    // A table with values in it stays as it is: moving years of them is not for an opening.
    let empty: bool =
        sqlx::query_scalar("SELECT NOT EXISTS (SELECT 1 FROM frame)").fetch_one(&mut *conn).await?;
    if !empty {
        return Ok(found);
    }
    // A week of values a chunk: the newest stay in memory, and few chunks make a year.
    sqlx::query(
        "SELECT create_hypertable('frame', by_range('instant', interval '7 days'),
            create_default_indexes => false, if_not_exists => true)",
    )
    .execute(&mut *conn)
    .await?;
    Capability::probe(conn).await
}

/// Migrations applied, by ascending number; none where there is no store.
///
/// Fails where one of them is unknown to this program.
pub(super) async fn applied(conn: &mut PgConnection) -> Result<Option<Vec<i64>>, StoreError> {
    let there: bool = sqlx::query_scalar(
        "SELECT to_regclass('_sqlx_migrations') IS NOT NULL AND to_regclass('frame') IS NOT NULL",
    )
    .fetch_one(&mut *conn)
    .await?;
    if !there {
        return Ok(None);
    }
    let applied: Vec<i64> =
        sqlx::query_scalar("SELECT version FROM _sqlx_migrations WHERE success ORDER BY version")
            .fetch_all(conn)
            .await?;
    match applied.iter().find(|&&version| !MIGRATIONS.version_exists(version)) {
        Some(&version) => Err(StoreError::Migrate(MigrateError::VersionMissing(version))),
        None => Ok(Some(applied)),
    }
}

/// Migrations of this program that are not among those applied, by number.
pub(super) fn pending(applied: &[i64]) -> Vec<i64> {
    MIGRATIONS
        .iter()
        .map(|migration| migration.version)
        .filter(|version| !applied.contains(version))
        .collect()
}

/// Makes the extension part of the database, if the user may; without it the store works all the same.
async fn create_extension(conn: &mut PgConnection) -> Result<(), StoreError> {
    let mut tx = conn.begin().await?;
    match sqlx::query("CREATE EXTENSION IF NOT EXISTS timescaledb").execute(&mut *tx).await {
        Ok(_) => tx.commit().await?,
        Err(error)
            if error
                .as_database_error()
                .is_some_and(|db| db.code().as_deref() == Some(INSUFFICIENT_PRIVILEGE)) =>
        {
            tx.rollback().await?;
        }
        Err(error) => return Err(error.into()),
    }
    Ok(())
}

fn refused(place: &Place, error: MigrateError) -> StoreError {
    match error {
        MigrateError::Execute(cause) | MigrateError::ExecuteMigration(cause, _)
            if StoreError::is_transient_cause(&cause) =>
        {
            StoreError::Unavailable(cause)
        }
        MigrateError::Execute(cause) | MigrateError::ExecuteMigration(cause, _)
            if cause
                .as_database_error()
                .is_some_and(|db| db.code().as_deref() == Some(INSUFFICIENT_PRIVILEGE)) =>
        {
            cannot_open(place, cause)
        }
        other => StoreError::Migrate(other),
    }
}
