//! The schema and its versions.

use sqlx::{
    Connection, SqliteConnection,
    migrate::{MigrateError, Migrator},
};

use crate::StoreError;

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations/sqlite");

/// Brings the schema up to date.
///
/// All pending migrations are one transaction that holds the right to write from its start: of two processes that open
/// the same new file, the second waits and then finds the work done.
pub(super) async fn run(conn: &mut SqliteConnection) -> Result<(), StoreError> {
    let mut tx = conn.begin_with("BEGIN IMMEDIATE").await?;
    MIGRATIONS.run_direct(None, &mut *tx, false).await.map_err(|error| match error {
        MigrateError::Execute(cause) | MigrateError::ExecuteMigration(cause, _)
            if StoreError::is_transient_cause(&cause) =>
        {
            StoreError::Unavailable(cause)
        }
        other => StoreError::Migrate(other),
    })?;
    tx.commit().await?;
    Ok(())
}

/// Numbers of the migrations that a file has, in order; none where it is no store yet.
pub(super) async fn applied(conn: &mut SqliteConnection) -> Result<Vec<i64>, StoreError> {
    let begun: bool = sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = '_sqlx_migrations')",
    )
    .fetch_one(&mut *conn)
    .await?;
    if !begun {
        return Ok(Vec::new());
    }
    let versions = sqlx::query_scalar("SELECT version FROM _sqlx_migrations WHERE success ORDER BY version");
    Ok(versions.fetch_all(conn).await?)
}

/// Fails where one of the migrations is unknown to this program.
pub(super) fn check_known(applied: &[i64]) -> Result<(), StoreError> {
    match applied.iter().find(|&&version| !MIGRATIONS.version_exists(version)) {
        Some(&version) => Err(StoreError::Migrate(MigrateError::VersionMissing(version))),
        None => Ok(()),
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

#[cfg(test)]
mod tests {
    use lanbi_model::{Flags, RejectReason};
    use sqlx::{ConnectOptions, sqlite::SqliteConnectOptions};

    use super::*;
    use crate::{
        AlarmFilter, DeadLetterFilter, StaleCauses, Store as _, open, open_as_is,
        sqlite::SqliteStore,
        suite::fixture::{alarm, all_of, at, batch, day, dec, flagged, letter, pm25},
    };

    /// What the program of the first schema left: a value with a history, a mark, an alarm, a letter and its account.
    const ROWS: &str = "
        INSERT INTO station (id, name) VALUES (1, 'air');
        INSERT INTO parameter (id, key) VALUES (1, 'pm25'), (2, 'cod');
        INSERT INTO series VALUES (1, 3600, 1772326800000000);
        INSERT INTO sample VALUES (1, 3600, 1772326800000000, 1, 35.5, 1024, 0, 1, 1772330400000000);
        INSERT INTO sample_revision VALUES (1, 3600, 1772326800000000, 1, 0, 35, 1, 1, 1772327000000000,
            1772330400000000, 'mqtt');
        INSERT INTO stale VALUES (1, 20513, 7);
        INSERT INTO alarm VALUES (1, 1, 'outlet-limit', 2, 'breach', 1772326800000000, 1772326800000000, NULL, '61.5',
            '40', '化学需氧量超标', 'DB12/599-2015 表1');
        INSERT INTO outbox (alarm, event) VALUES (1, 'raised');
        INSERT INTO dead_letter VALUES (5, 1772326800000000, '设备/air', 'malformed', '站点未登记', 1, X'00FF', 2);
        UPDATE account SET commits = 7, incoming = 4, stored = 2, repeated = 1, rejected = 1, messages = 3, revised = 1,
            alarms_raised = 1, stale_recomputed = 9;";

    async fn first_schema(path: &std::path::Path) {
        let options = SqliteConnectOptions::new().filename(path).create_if_missing(true);
        let mut conn = options.connect().await.unwrap();
        MIGRATIONS.run_to(1, &mut conn).await.unwrap();
        sqlx::raw_sql(ROWS).execute(&mut conn).await.unwrap();
        conn.close().await.unwrap();
    }

    #[tokio::test]
    async fn a_store_of_the_first_schema_keeps_everything() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lanbi.db");
        first_schema(&path).await;
        let store = open(&format!("sqlite:{}", path.display())).await.unwrap();
        let hour = "2026-03-01T01:00:00Z";
        let present = flagged(pm25(hour, "35.5"), Flags::STEP);
        assert_eq!(all_of(&*store, "air").await, std::slice::from_ref(&present));
        let earlier = store.revisions(&present.key).await.unwrap().remove(0);
        assert_eq!(earlier.sample, flagged(pm25(hour, "35"), Flags::MAINTENANCE));
        assert_eq!((earlier.source.as_str(), earlier.by, earlier.reason), ("mqtt", None, None));
        let mark = store.stale(10).await.unwrap().remove(0);
        assert_eq!((mark.day, mark.version, mark.causes), (day("2026-03-01"), 7, StaleCauses::ARRIVED));
        assert_eq!(store.alarms(&AlarmFilter::default()).await.unwrap(), [alarm("air", hour)]);
        assert_eq!(store.outbox(10).await.unwrap()[0].event, "raised");
        let kept = store.dead_letters(&DeadLetterFilter::default()).await.unwrap().remove(0);
        assert_eq!((kept.id, kept.replayed_at), (5, None));
        assert_eq!(kept.letter, letter(hour, RejectReason::Malformed, b"\0\xff"));
        let account = store.account().await.unwrap();
        assert_eq!((account.incoming, account.stored, account.messages), (4, 2, 3));
        assert_eq!((account.recomputed.days, account.recomputed.late, account.reviewed), (9, 0, 0));
        let status = store.status().await.unwrap();
        assert_eq!((status.values, status.stale, status.waiting), (1, 1, 1));
        // And it goes on.
        let receipt = store.commit(&batch([pm25(hour, "36")])).await.unwrap();
        assert_eq!((receipt.stored, receipt.revised), (1, 1));
        assert_eq!(store.revisions(&present.key).await.unwrap()[1].sample.value, dec("35.5"));
        let both = StaleCauses::ARRIVED | StaleCauses::REVISED;
        assert_eq!(store.stale(10).await.unwrap()[0].causes, both);
        store.close().await;
    }

    #[tokio::test]
    async fn a_look_at_an_old_store_tells_what_it_lacks_and_leaves_it_so() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lanbi.db");
        let uri = format!("sqlite:{}", path.display());
        std::fs::write(&path, "").unwrap();
        let empty = open_as_is(&uri).await.unwrap();
        let status = empty.status().await.unwrap();
        assert_eq!((status.schema, status.pending, status.values), (0, vec![1, 2, 3, 4, 5], 0));
        empty.close().await;
        assert_eq!(std::fs::read(&path).unwrap(), b"");
        first_schema(&path).await;
        let before = std::fs::read(&path).unwrap();
        let old = open_as_is(&uri).await.unwrap();
        let status = old.status().await.unwrap();
        assert_eq!((status.schema, status.pending), (1, vec![2, 3, 4, 5]));
        assert_eq!((status.values, status.stale, status.waiting), (1, 1, 1));
        assert_eq!(status.newest, Some(at("2026-03-01T01:00:00Z")));
        old.close().await;
        assert_eq!(std::fs::read(&path).unwrap(), before);
    }

    #[tokio::test]
    async fn a_schema_of_a_newer_program_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lanbi.db");
        let uri = format!("sqlite:{}", path.display());
        let store = SqliteStore::open(&path).await.unwrap();
        sqlx::raw_sql("INSERT INTO _sqlx_migrations VALUES (99, 'later', '2030-01-01', 1, X'00', 0)")
            .execute(&store.pools.writer)
            .await
            .unwrap();
        store.close().await;
        for opened in [open(&uri).await, open_as_is(&uri).await] {
            let Err(error) = opened else { panic!("opened") };
            let missing = matches!(error, StoreError::Migrate(MigrateError::VersionMissing(99)));
            assert!(missing && !error.is_transient(), "{error}");
        }
    }
}
