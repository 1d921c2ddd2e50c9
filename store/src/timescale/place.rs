//! Where a database is, and what the address says about how to use it.

use sqlx::{ConnectOptions, postgres::PgConnectOptions};
use url::Url;

use crate::StoreError;

/// Connections that write at the same time: two that take batches, and one for what is derived.
const WRITERS: u32 = 3;
/// Connections that read at the same time.
const READERS: u32 = 4;

/// What the address says about TimescaleDB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Timescale {
    /// Used where it is to be had.
    WhereThere,
    /// The store is not opened without it.
    Demanded,
    /// Not used.
    Off,
}

/// A database, as its address names it. It has no `Debug`, because the options would show the password.
pub(super) struct Place {
    /// How to connect.
    pub(super) options: PgConnectOptions,
    /// Connections that write.
    pub(super) writers: u32,
    /// Connections that only read; none leaves reading to those that write.
    pub(super) readers: u32,
    pub(super) timescale: Timescale,
}

impl Place {
    /// Reads an address. Two parameters are lanbi's own: `lanbi_connections=N` shares N connections between reading
    /// and writing, and `lanbi_timescale=off` stores in a plain table whatever the server has, `lanbi_timescale=on`
    /// refuses a database without the extension.
    pub(super) fn parse(uri: &str) -> Result<Self, StoreError> {
        let bad = || StoreError::BadUri(crate::uri::without_password(uri));
        let mut url = Url::parse(uri).map_err(|_| bad())?;
        let (mut writers, mut readers, mut timescale) = (WRITERS, READERS, Timescale::WhereThere);
        let mut others: Vec<(String, String)> = Vec::new();
        for (key, value) in url.query_pairs() {
            match (key.as_ref(), value.as_ref()) {
                ("lanbi_connections", text) => {
                    writers = text.parse().ok().filter(|&number| number > 0).ok_or_else(bad)?;
                    readers = 0;
                }
                ("lanbi_timescale", "off") => timescale = Timescale::Off,
                ("lanbi_timescale", "on") => timescale = Timescale::Demanded,
                (own, _) if own.starts_with("lanbi_") => return Err(bad()),
                _ => others.push((key.into_owned(), value.into_owned())),
            }
        }
        url.set_query(None);
        if !others.is_empty() {
            url.query_pairs_mut().extend_pairs(others);
        }
        let options = PgConnectOptions::from_url(&url).map_err(|_| bad())?;
        let named = options.get_application_name().is_some();
        let options = if named { options } else { options.application_name("lanbi") };
        Ok(Self { options: options.disable_statement_logging(), writers, readers, timescale })
    }

    /// Server and database for an error: neither user nor password.
    pub(super) fn shown(&self) -> String {
        let options = &self.options;
        let server = match options.get_socket() {
            Some(folder) => folder.display().to_string(),
            None => format!("{}:{}", options.get_host(), options.get_port()),
        };
        format!("{server}/{}", self.database())
    }

    /// Name of the database; by PostgreSQL's rule the user's where the address names none.
    pub(super) fn database(&self) -> &str {
        self.options.get_database().unwrap_or_else(|| self.options.get_username())
    }
}
