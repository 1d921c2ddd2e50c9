//! What the server can do, asked instead of guessed.

use sqlx::PgConnection;

use super::place::{Place, Timescale};
use crate::StoreError;

/// Oldest server that is tried: the oldest that the PostgreSQL project still mends at the time of writing.
const OLDEST: i32 = 14;
/// Licence setting of TimescaleDB builds that compress and keep policies.
const COMMUNITY: &str = "timescale";

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Capability {
    /// Version of the server, such as `17.11`.
    pub(super) server: String,
    /// The extension, where it is part of the database.
    pub(super) extension: Option<Extension>,
    /// Whether the frames lie in a hypertable.
    pub(super) hypertable: bool,
}

/// TimescaleDB in this database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Extension {
    pub(super) version: String,
    /// `apache` or `timescale`.
    pub(super) license: String,
}

impl Capability {
    /// Whether the frames can be compressed and kept by policies of the database.
    pub(super) fn compresses(&self) -> bool {
        self.hypertable && self.extension.as_ref().is_some_and(|e| e.license == COMMUNITY)
    }

    /// Asks the server.
    pub(super) async fn probe(conn: &mut PgConnection) -> Result<Self, StoreError> {
        let server: String =
            sqlx::query_scalar("SELECT current_setting('server_version')").fetch_one(&mut *conn).await?;
        let extension: Option<(String, Option<String>)> = sqlx::query_as(
            "SELECT extversion, current_setting('timescaledb.license', true) FROM pg_extension
            WHERE extname = 'timescaledb'",
        )
        .fetch_optional(&mut *conn)
        .await?;
        let extension =
            extension.map(|(version, license)| Extension { version, license: license.unwrap_or_default() });
        let hypertable = match extension {
            None => false,
            Some(_) => {
                sqlx::query_scalar(
                    "SELECT EXISTS (SELECT 1 FROM timescaledb_information.hypertables
                        WHERE hypertable_name = 'frame' AND hypertable_schema = current_schema())",
                )
                .fetch_one(&mut *conn)
                .await?
            }
        };
        let server = server.split(' ').next().unwrap_or_default().to_owned();
        Ok(Self { server, extension, hypertable })
    }
}

/// Whether the extension can be made part of this database: it is there, and the server was started with it.
pub(super) async fn can_be_created(conn: &mut PgConnection) -> Result<bool, StoreError> {
    Ok(sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM pg_available_extensions WHERE name = 'timescaledb')
            AND NOT EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'timescaledb')
            AND current_setting('timescaledb.disable_load', true) IS NOT NULL",
    )
    .fetch_one(conn)
    .await?)
}

/// Refuses a database without the extension where the address demands it.
pub(super) async fn demand(conn: &mut PgConnection, place: &Place) -> Result<(), StoreError> {
    if place.timescale != Timescale::Demanded {
        return Ok(());
    }
    let (there, loaded, installed): (bool, bool, bool) = sqlx::query_as(
        "SELECT EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'timescaledb'),
            current_setting('timescaledb.disable_load', true) IS NOT NULL,
            EXISTS (SELECT 1 FROM pg_available_extensions WHERE name = 'timescaledb')",
    )
    .fetch_one(conn)
    .await?;
    if there {
        return Ok(());
    }
    Err(StoreError::CannotOpen {
        place: place.shown(),
        reason: "the address demands TimescaleDB (lanbi_timescale=on), which is not part of this database"
            .to_owned(),
        remedy: format!("{}, or take lanbi_timescale=on out of the address", lacking(loaded, installed)),
    })
}

/// What is to be done first towards an extension that is missing.
const fn lacking(loaded: bool, installed: bool) -> &'static str {
    match (loaded, installed) {
        (_, false) => "install TimescaleDB on the server",
        (false, true) => "add timescaledb to shared_preload_libraries of the server and start it again",
        (true, true) => "let a superuser say CREATE EXTENSION timescaledb in this database",
    }
}

/// Refuses a server that cannot hold a store, with what to do about it.
pub(super) async fn require(conn: &mut PgConnection, place: &Place, write: bool) -> Result<(), StoreError> {
    let (number, version, encoding, standby): (i32, String, String, bool) = sqlx::query_as(
        "SELECT current_setting('server_version_num')::int4, current_setting('server_version'),
            current_setting('server_encoding'), pg_is_in_recovery()",
    )
    .fetch_one(conn)
    .await?;
    check(number, &version, &encoding, standby && write).map_err(|(reason, remedy)| StoreError::CannotOpen {
        place: place.shown(),
        reason,
        remedy,
    })
}

fn check(number: i32, version: &str, encoding: &str, standby: bool) -> Result<(), (String, String)> {
    if number < OLDEST * 10_000 {
        return Err((
            format!("the server is PostgreSQL {version}, and lanbi needs {OLDEST} or later"),
            "upgrade the server, or use sqlite:PATH".to_owned(),
        ));
    }
    if encoding != "UTF8" {
        return Err((
            format!("the database keeps text as {encoding}, which has no Chinese"),
            "make a database with ENCODING 'UTF8' TEMPLATE template0".to_owned(),
        ));
    }
    if standby {
        return Err((
            "the server is a standby, which only reads".to_owned(),
            "name the primary server in the address".to_owned(),
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_cannot_hold_a_store_is_named_with_the_remedy() {
        let fails = |number, version, encoding, standby, parts: [&str; 2]| {
            let (reason, remedy) = check(number, version, encoding, standby).unwrap_err();
            assert!(reason.contains(parts[0]) && remedy.contains(parts[1]), "{reason}; {remedy}");
        };
        fails(130_023, "13.23", "UTF8", false, ["13.23, and lanbi needs 14", "upgrade"]);
        fails(90_624, "9.6.24", "UTF8", false, ["9.6.24", "upgrade"]);
        fails(170_011, "17.11", "LATIN1", false, ["LATIN1", "UTF8"]);
        fails(170_011, "17.11", "UTF8", true, ["standby", "primary"]);
        assert_eq!(check(140_000, "14.0", "UTF8", false), Ok(()));
    }
}
