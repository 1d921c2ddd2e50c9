//! What can go wrong with a store.

use std::io;

use sqlx::postgres::PgDatabaseError;

/// An error of a store.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The address names no known backend.
    #[error(
        "`{0}` is no store address; write sqlite:PATH (sqlite::memory: for tests) or postgres://USER:PASSWORD@HOST/DATABASE"
    )]
    BadUri(String),
    /// The backend cannot be opened, and trying again does not help.
    #[error("the store at {place} cannot be opened: {reason}; {remedy}")]
    CannotOpen {
        /// Server and database, without user and password.
        place: String,
        /// What is wrong.
        reason: String,
        /// What to do about it.
        remedy: String,
    },
    /// The backend cannot be reached yet, or takes nobody in for the moment; opening it later may succeed.
    #[error("the store at {place} cannot be reached: {reason}; {remedy}")]
    Unreachable {
        /// Server and database, without user and password.
        place: String,
        /// What is wrong.
        reason: String,
        /// What to do where it does not pass by itself.
        remedy: String,
    },
    /// Nothing is at the address yet.
    #[error("there is no store at {0}; `lanbi db migrate` or `lanbi run` makes one")]
    NoStore(String),
    /// The backend cannot be reached or is busy; the same call may succeed later.
    #[error("the store is not available for the moment: {0}; {remedy}; the work is kept and tried again", remedy = remedy(.0))]
    Unavailable(#[source] sqlx::Error),
    /// The schema cannot be brought up to date.
    #[error("the store's schema cannot be migrated: {0}; a newer lanbi may have written it")]
    Migrate(#[source] sqlx::migrate::MigrateError),
    /// The backend refused the statement.
    #[error("the store refused: {0}")]
    Refused(#[source] sqlx::Error),
    /// A lease has gone to another holder; what was to be written is that holder's to derive.
    #[error("the lease `{0}` has gone to another process, which goes on with the work")]
    LeaseLost(String),
    /// A review names a value that is not there.
    #[error("there is no value of {key}; `lanbi review show` lists what is there")]
    NoSuchValue {
        /// Station, parameter, period and instant.
        key: String,
    },
    /// A review without a name or a reason.
    #[error("a review needs the name of who decides and a reason; give both")]
    UnsignedReview,
    /// A dead letter that is not there.
    #[error("there is no dead letter {0}; `lanbi dead-letters list` shows the numbers")]
    NoSuchLetter(i64),
    /// A problem that is not there.
    #[error("there is no problem `{0}`; `lanbi problems list` shows the ids")]
    NoSuchProblem(String),
    /// What was read cannot be understood.
    #[error(
        "the store holds {what} that cannot be read: {detail}; restore a backup or run `lanbi db status`"
    )]
    Corrupt {
        /// Kind of record.
        what: &'static str,
        /// What is wrong.
        detail: String,
    },
}

impl StoreError {
    /// Whether the same call may succeed later.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        matches!(self, Self::Unavailable(_) | Self::Unreachable { .. })
    }

    /// Whether the driver's error tells of a state that passes: a busy or broken connection, a full disk.
    pub(crate) fn is_transient_cause(cause: &sqlx::Error) -> bool {
        match cause {
            sqlx::Error::Io(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => true,
            sqlx::Error::Database(db) => {
                let code = db.code().unwrap_or_default();
                if db.try_downcast_ref::<PgDatabaseError>().is_some() {
                    is_transient_state(&code)
                } else {
                    // SQLite: 5 busy, 6 locked, 10 I/O error, 13 disk full.
                    code.parse::<u32>().is_ok_and(|code| matches!(code & 0xff, 5 | 6 | 10 | 13))
                }
            }
            _ => false,
        }
    }
}

/// What to do about a state that ought to pass, where it does not.
fn remedy(cause: &sqlx::Error) -> &'static str {
    const ROOM: &str = "make room on the disk that holds it";
    let Some(db) = cause.as_database_error() else {
        return match cause {
            sqlx::Error::Io(error) if is_full(error.kind()) => ROOM,
            _ => "see that the database runs and answers",
        };
    };
    let code = db.code().unwrap_or_default();
    if db.try_downcast_ref::<PgDatabaseError>().is_some() {
        return match &*code {
            "53100" => ROOM,
            "53300" => "end other connections, or raise max_connections of the server",
            _ => "if it lasts, see the server's log",
        };
    }
    match code.parse::<u32>().unwrap_or_default() & 0xff {
        5 | 6 => "see which other program holds the file",
        13 => ROOM,
        _ => "see that the disk is sound and has room",
    }
}

const fn is_full(kind: io::ErrorKind) -> bool {
    matches!(kind, io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

/// Whether an error of the operating system, met while a store is opened, tells of what somebody must mend: a right, a
/// name, a file. All others may pass.
pub(crate) const fn is_lasting_io(kind: io::ErrorKind) -> bool {
    use io::ErrorKind::{
        AlreadyExists, InvalidData, InvalidFilename, InvalidInput, IsADirectory, NotADirectory, NotFound,
        PermissionDenied, ReadOnlyFilesystem, Unsupported,
    };
    matches!(
        kind,
        AlreadyExists
            | InvalidData
            | InvalidFilename
            | InvalidInput
            | IsADirectory
            | NotADirectory
            | NotFound
            | PermissionDenied
            | ReadOnlyFilesystem
            | Unsupported
    )
}

/// Whether a SQLSTATE of PostgreSQL tells of a state that passes (PostgreSQL documentation, appendix A).
fn is_transient_state(code: &str) -> bool {
    // Connection exception; insufficient resources such as a full disk.
    let classes = ["08", "53"];
    let states = [
        "25P03", // idle_in_transaction_session_timeout: the connection is gone
        "40001", // serialization_failure
        "40P01", // deadlock_detected
        "55P03", // lock_not_available
        "57P01", // admin_shutdown
        "57P02", // crash_shutdown
        "57P03", // cannot_connect_now
        "58030", // io_error
    ];
    classes.iter().any(|class| code.starts_with(class)) || states.contains(&code)
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        if Self::is_transient_cause(&error) { Self::Unavailable(error) } else { Self::Refused(error) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_states_of_a_server_that_pass_are_transient() {
        let passing = "08006 25P03 40001 40P01 53100 53300 55P03 57P01 57P02 57P03 58030";
        let lasting =
            "00000 0A000 22021 22P05 23505 23514 25006 28P01 3D000 40002 42501 42P01 55000 57014 XX001";
        for (codes, transient) in [(passing, true), (lasting, false)] {
            for code in codes.split(' ') {
                assert_eq!(is_transient_state(code), transient, "{code}");
            }
        }
    }
}
