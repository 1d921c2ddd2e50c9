//! What can go wrong with a store.

/// An error of a store.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The address names no known backend.
    #[error("`{0}` is no store address; write sqlite:PATH (or sqlite::memory: for tests)")]
    BadUri(String),
    /// Nothing is at the address yet.
    #[error("there is no store at {0}; `lanbi db migrate` or `lanbi run` makes one")]
    NoStore(String),
    /// The backend cannot be reached or is busy; the same call may succeed later.
    #[error("the store is not available for the moment: {0}; the work is kept and tried again")]
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
        matches!(self, Self::Unavailable(_))
    }

    /// Whether the driver's error tells of a state that passes: a busy or broken connection, a full disk.
    pub(crate) fn is_transient_cause(cause: &sqlx::Error) -> bool {
        match cause {
            sqlx::Error::Io(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => true,
            // SQLite: 5 busy, 6 locked, 10 I/O error, 13 disk full.
            sqlx::Error::Database(db) => db
                .code()
                .and_then(|code| code.parse::<u32>().ok())
                .is_some_and(|code| matches!(code & 0xff, 5 | 6 | 10 | 13)),
            _ => false,
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        if Self::is_transient_cause(&error) { Self::Unavailable(error) } else { Self::Refused(error) }
    }
}
