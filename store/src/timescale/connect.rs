//! Connections and their settings.

use std::{io, time::Duration};

use sqlx::{ConnectOptions, Connection, Executor, PgConnection, PgPool, postgres::PgPoolOptions};

use super::{guard::in_time, place::Place};
use crate::{StoreError, error::is_lasting_io};

/// How long a call waits for a connection, and a connection for the server.
const ACQUIRE: Duration = Duration::from_secs(8);
/// How long one transaction or query may take before the server counts as gone.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long to wait for connections to close.
const CLOSE: Duration = Duration::from_secs(5);

/// First statement of every connection: a pooler may hand on a session with statements of the names we give.
const FORGET: &str = "DEALLOCATE ALL";
/// Settings of every connection. A commit must be on disk whatever the server's own setting says; a transaction whose
/// client has gone must not keep its locks.
const ALL: &str = "SELECT set_config('synchronous_commit', 'on', false)
        WHERE current_setting('synchronous_commit') = 'off';
    SET idle_in_transaction_session_timeout = '60s';";
/// Settings of writers. All they do goes by key: a plan made while a table was small must not scan it when it has grown.
const WRITER: &str = "SET lock_timeout = '20s'; SET enable_seqscan = off; SET enable_hashjoin = off;
    SET enable_mergejoin = off;";
/// Settings of writers where old values may be compressed: a late value opens as many rows as it must.
const COMPRESSING: &str = "SET timescaledb.max_tuples_decompressed_per_dml_transaction = 0;
    SET plan_cache_mode = force_custom_plan;";

/// The connections that write and those that read.
#[derive(Debug)]
pub(super) struct Pools {
    pub(super) writers: PgPool,
    pub(super) readers: PgPool,
    pub(super) patience: Duration,
    /// Batches taken at the same time.
    pub(super) batches: usize,
}

impl Pools {
    /// Connections that are made when they are needed.
    pub(super) fn new(place: &Place, compresses: bool) -> Self {
        let writers = PgPoolOptions::new()
            .max_connections(place.writers)
            .acquire_timeout(ACQUIRE)
            .after_connect(move |conn, _| {
                Box::pin(async move {
                    conn.execute(FORGET).await?;
                    conn.execute(ALL).await?;
                    conn.execute(WRITER).await?;
                    if compresses {
                        conn.execute(COMPRESSING).await?;
                    }
                    Ok(())
                })
            })
            .connect_lazy_with(place.options.clone());
        let readers = if place.readers == 0 {
            writers.clone()
        } else {
            PgPoolOptions::new()
                .max_connections(place.readers)
                .acquire_timeout(ACQUIRE)
                .after_connect(|conn, _| {
                    Box::pin(async move {
                        conn.execute(FORGET).await?;
                        conn.execute(ALL).await.map(drop)
                    })
                })
                .connect_lazy_with(place.options.clone())
        };
        let batches = usize::try_from(place.writers.saturating_sub(1).max(1)).unwrap_or(1);
        Self { writers, readers, patience: PATIENCE, batches }
    }

    /// Makes a first connection. A server with room for no other takes a moment to see that the one before has gone.
    pub(super) async fn warm(&self) -> Result<(), StoreError> {
        in_time(ACQUIRE * 2, async {
            let mut pause = Duration::from_millis(10);
            loop {
                match self.writer().await {
                    Ok(loan) => return loan.give_back(Ok(())),
                    Err(error) if error.is_transient() => tokio::time::sleep(pause).await,
                    Err(error) => return Err(error),
                }
                pause *= 2;
            }
        })
        .await
    }

    pub(super) async fn close(&self) {
        let both = async {
            self.readers.close().await;
            self.writers.close().await;
            Ok(())
        };
        // A server that does not answer cannot be said goodbye to; dropping the connections ends them as well.
        let _: Result<(), StoreError> = in_time(CLOSE, both).await;
    }
}

/// The first connection to a place, with the reason and the remedy where there is none.
pub(super) async fn first(place: &Place) -> Result<PgConnection, StoreError> {
    let options = &place.options;
    if options.get_socket().is_none() {
        let name = (options.get_host(), options.get_port());
        if let Err(error) = tokio::net::lookup_host(name).await {
            // A network that is not up yet and a name that is wrong look the same.
            return Err(StoreError::Unreachable {
                place: place.shown(),
                reason: format!("the host `{}` cannot be found ({error})", options.get_host()),
                remedy: "correct the host name in the address, or the name service".to_owned(),
            });
        }
    }
    let connect = async {
        let mut conn = options.connect().await?;
        conn.execute(FORGET).await?;
        Ok(conn)
    };
    let connected = tokio::time::timeout(ACQUIRE, connect).await;
    match connected {
        Ok(Ok(conn)) => Ok(conn),
        Ok(Err(error)) => Err(cannot_open(place, error)),
        Err(_) => {
            let error = io::Error::new(io::ErrorKind::TimedOut, "no answer");
            Err(cannot_open(place, sqlx::Error::Io(error)))
        }
    }
}

/// Closes the first connection.
pub(super) async fn dismiss(conn: PgConnection) {
    let _: Result<(), StoreError> = in_time(CLOSE, async { Ok(conn.close().await?) }).await;
}

/// Says why a database cannot be opened, and what to do. Nothing here names a password.
pub(super) fn cannot_open(place: &Place, error: sqlx::Error) -> StoreError {
    let user = place.options.get_username();
    let code = error.as_database_error().and_then(|db| db.code()).unwrap_or_default();
    let (reason, remedy) = match (&error, &*code) {
        (sqlx::Error::Io(cause), _) if may_pass(place, cause.kind()) => (
            format!("no PostgreSQL answers there ({cause})"),
            "start the server, or correct host and port in the address".to_owned(),
        ),
        (sqlx::Error::Io(cause), _) if place.options.get_socket().is_some() => (
            format!("the server's socket cannot be used ({cause})"),
            "give lanbi the right to it, or name the server by host and port in the address".to_owned(),
        ),
        (sqlx::Error::Io(cause), _) => (
            format!("the connection cannot be encrypted ({cause})"),
            "correct sslmode and sslrootcert in the address".to_owned(),
        ),
        (sqlx::Error::Tls(cause), _) => (
            format!("the connection cannot be encrypted ({cause})"),
            "correct sslmode and sslrootcert in the address".to_owned(),
        ),
        (sqlx::Error::Protocol(cause), _) => (
            format!("what answers there is no PostgreSQL ({cause})"),
            "correct host and port in the address".to_owned(),
        ),
        (_, "28P01" | "28000") => (
            format!("the server refuses the user `{user}`"),
            "correct user and password, or the server's pg_hba.conf".to_owned(),
        ),
        (_, "3D000") => (
            format!("there is no database `{}`", place.database()),
            format!("make it on the server: createdb -O {user} {}", place.database()),
        ),
        (_, "42501") => (
            format!("the user `{user}` may not make tables there"),
            format!("let him own the database: ALTER DATABASE {} OWNER TO {user}", place.database()),
        ),
        (sqlx::Error::Database(db), "53300") => (
            format!("the server says: {}", db.message()),
            "end other connections, or raise max_connections of the server".to_owned(),
        ),
        (sqlx::Error::Database(db), "57P01" | "57P02" | "57P03") => (
            format!("the server says: {}", db.message()),
            "it takes connections when it has started; its log says what keeps it".to_owned(),
        ),
        (sqlx::Error::Database(db), _) => {
            (format!("the server says: {}", db.message()), "see the server's log".to_owned())
        }
        (other, _) => (other.to_string(), "see the server's log".to_owned()),
    };
    let passes = match &error {
        sqlx::Error::Io(cause) => may_pass(place, cause.kind()),
        other => StoreError::is_transient_cause(other),
    };
    let place = place.shown();
    if passes {
        StoreError::Unreachable { place, reason, remedy }
    } else {
        StoreError::CannotOpen { place, reason, remedy }
    }
}

/// Whether nobody need mend anything. The socket of a server comes and goes with it.
fn may_pass(place: &Place, kind: io::ErrorKind) -> bool {
    !is_lasting_io(kind) || (kind == io::ErrorKind::NotFound && place.options.get_socket().is_some())
}
