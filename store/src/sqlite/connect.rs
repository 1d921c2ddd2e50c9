//! Connections and their settings.

use std::{io, path::Path, time::Duration};

use sqlx::{
    ConnectOptions, Executor, Sqlite, SqlitePool,
    pool::PoolConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use tokio::time::{Instant as Clock, sleep};

use super::migrate;
use crate::{StoreError, error::is_lasting_io};

/// How long a writer waits for another process that writes to the same file.
const BUSY: Duration = Duration::from_secs(30);
/// Pause before a file that another process is just making is opened again.
const OPEN_PAUSE: Duration = Duration::from_millis(20);
/// Connections that read at the same time.
const READERS: u32 = 4;
/// Page cache of the writer, in KiB (negative means KiB to SQLite).
const WRITER_CACHE: &str = "-65536";
/// Page cache of each reader, in KiB.
const READER_CACHE: &str = "-16384";
/// Rows that a query may be ahead of its reader: fewer changes between the two threads than the built-in 50.
const ROWS_AT_ONCE: usize = 1024;
/// Pages in the write-ahead log that start a checkpoint: rarer than the built-in 1000, for steady bulk writing.
const CHECKPOINT_PAGES: &str = "10000";

const ELSEWHERE: &str = "give this user the right to write the file and its folder, or set store.uri or data.dir to another place";

/// The values of one batch before they are compared with the store. Each writing connection has its own, in memory.
const INCOMING: &str = "CREATE TEMP TABLE incoming (
    station   INTEGER NOT NULL,
    period    INTEGER NOT NULL,
    instant   INTEGER NOT NULL,
    parameter INTEGER NOT NULL,
    value     REAL    NOT NULL,
    flags     INTEGER NOT NULL,
    day       INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    PRIMARY KEY (station, period, instant, parameter)
) STRICT, WITHOUT ROWID";

/// The writing connection and the reading ones.
#[derive(Debug)]
pub(super) struct Pools {
    pub(super) writer: SqlitePool,
    pub(super) readers: SqlitePool,
}

impl Pools {
    /// Opens a file; makes it, with its folder, if it is not there.
    pub(super) async fn file(path: &Path) -> Result<Self, StoreError> {
        make_private(path).await?;
        let options = options()
            .filename(path)
            .journal_mode(SqliteJournalMode::Wal)
            .pragma("wal_autocheckpoint", CHECKPOINT_PAGES);
        let patience = Clock::now() + BUSY;
        // The change to a write-ahead log fails at once, without the wait of other statements, while another process
        // makes the same file.
        let writer = loop {
            match writer_pool(options.clone()).await {
                Err(StoreError::Unavailable(cause)) if is_busy(&cause) && Clock::now() < patience => {
                    sleep(OPEN_PAUSE).await;
                }
                other => break other?,
            }
        };
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .max_lifetime(None)
            .connect_with(options.read_only(true).pragma("cache_size", READER_CACHE))
            .await?;
        Ok(Self { writer, readers })
    }

    /// Opens a file that is there, as it is and for reading only.
    pub(super) async fn file_as_is(path: &Path) -> Result<Self, StoreError> {
        if !tokio::fs::try_exists(path).await.map_err(sqlx::Error::Io)? {
            return Err(StoreError::NoStore(path.display().to_string()));
        }
        // Not opened read-only: the last connection to a file folds its write-ahead log, which takes a right to write.
        let pool = SqlitePoolOptions::new()
            .max_connections(READERS)
            .connect_with(
                options().filename(path).pragma("query_only", "1").pragma("cache_size", READER_CACHE),
            )
            .await?;
        Ok(Self { writer: pool.clone(), readers: pool })
    }

    /// Opens a store in memory. Its only connection both writes and reads, because it holds the data.
    pub(super) async fn memory() -> Result<Self, StoreError> {
        let writer = writer_pool(options().in_memory(true).filename(":memory:")).await?;
        Ok(Self { readers: writer.clone(), writer })
    }

    pub(super) async fn close(&self) {
        // The writer goes last: the last connection folds the write-ahead log into the file, and readers may not.
        self.readers.close().await;
        self.writer.close().await;
    }
}

fn options() -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(BUSY)
        .pragma("cache_size", WRITER_CACHE)
        .pragma("temp_store", "memory")
        .row_buffer_size(ROWS_AT_ONCE)
        .disable_statement_logging()
}

async fn writer_pool(options: SqliteConnectOptions) -> Result<SqlitePool, StoreError> {
    let pool = SqlitePoolOptions::new()
        .max_connections(1)
        .min_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .after_connect(|conn, _| Box::pin(async move { conn.execute(INCOMING).await.map(drop) }))
        .connect_with(options)
        .await?;
    let mut conn = pool.acquire().await?;
    let outcome = migrate::run(&mut conn).await;
    give_back(conn, outcome)?;
    Ok(pool)
}

fn is_busy(cause: &sqlx::Error) -> bool {
    let code = cause.as_database_error().and_then(|db| db.code()?.parse::<u32>().ok());
    code.is_some_and(|code| code & 0xff == 5)
}

/// Gives the writing connection back, or ends it.
///
/// On a full disk or an I/O error SQLite rolls back by itself, after which the connection still counts an open
/// transaction and refuses every later one. A new connection is the cure.
pub(super) fn give_back<T>(
    mut conn: PoolConnection<Sqlite>,
    outcome: Result<T, StoreError>,
) -> Result<T, StoreError> {
    if outcome.as_ref().is_err_and(StoreError::is_transient) {
        conn.close_on_drop();
    }
    outcome
}

/// Says why a file cannot be opened, and what to do, where waiting does not help.
pub(super) fn cannot_open(path: &Path, error: StoreError) -> StoreError {
    let (reason, remedy) = match &error {
        StoreError::Unavailable(sqlx::Error::Io(cause)) if is_lasting_io(cause.kind()) => {
            (cause.to_string(), ELSEWHERE)
        }
        StoreError::Refused(sqlx::Error::Database(db)) => {
            let code = db.code().and_then(|code| code.parse::<u32>().ok()).unwrap_or_default();
            let remedy = match code & 0xff {
                // SQLite: 3 no permission, 8 read-only, 14 cannot open.
                3 | 8 | 14 => ELSEWHERE,
                // 11 damaged, 26 not a database.
                11 | 26 => "name another file in store.uri, or restore a backup into a new one",
                _ => return error,
            };
            (db.message().to_owned(), remedy)
        }
        _ => return error,
    };
    StoreError::CannotOpen { place: path.display().to_string(), reason, remedy: remedy.to_owned() }
}

/// Makes the folder and an empty file that only its owner may read; SQLite gives its side files the same mode.
async fn make_private(path: &Path) -> Result<(), StoreError> {
    if let Some(folder) = path.parent() {
        tokio::fs::create_dir_all(folder).await.map_err(sqlx::Error::Io)?;
    }
    let mut options = tokio::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    options.mode(0o600);
    match options.open(path).await {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(sqlx::Error::Io(error).into()),
        _ => Ok(()),
    }
}
