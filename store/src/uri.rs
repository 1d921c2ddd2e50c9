//! Finds the backend that an address names.

use std::sync::Arc;

use crate::{Store, StoreError, sqlite::SqliteStore, timescale::TimescaleStore};

/// Opens the store at an address, makes it if it is not there, and brings its schema up to date.
///
/// `sqlite:PATH` (also `sqlite:///absolute/path`) is a file, made with its folder and readable by its owner only;
/// `sqlite::memory:` lives as long as the store is open. `postgres://USER:PASSWORD@HOST:PORT/DATABASE` (also
/// `postgresql://`) is a database of a PostgreSQL server, see [`TimescaleStore::open`].
///
/// # Errors
/// An address that names no known backend, or a store that cannot be opened or migrated.
pub async fn open(uri: &str) -> Result<Arc<dyn Store>, StoreError> {
    open_with(uri, true).await
}

/// Opens the store at an address without making it or touching its schema, for a look at it: `status` tells which
/// migrations it lacks.
///
/// # Errors
/// As [`open`], and a store that is not there.
pub async fn open_as_is(uri: &str) -> Result<Arc<dyn Store>, StoreError> {
    open_with(uri, false).await
}

async fn open_with(uri: &str, migrate: bool) -> Result<Arc<dyn Store>, StoreError> {
    if uri.starts_with("postgres://") || uri.starts_with("postgresql://") {
        let store =
            if migrate { TimescaleStore::open(uri).await } else { TimescaleStore::open_as_is(uri).await };
        return Ok(Arc::new(store?));
    }
    let bad = || StoreError::BadUri(without_password(uri));
    let rest = uri.strip_prefix("sqlite:").ok_or_else(bad)?;
    if rest == ":memory:" {
        // What lives in memory is never there before it is opened.
        let store =
            if migrate { SqliteStore::in_memory().await } else { Err(StoreError::NoStore(uri.to_owned())) };
        return Ok(Arc::new(store?));
    }
    let path = rest.strip_prefix("//").unwrap_or(rest);
    // Options after a question mark belong to other tools' addresses and would end up in the file name.
    if path.is_empty() || path.starts_with(':') || path.contains('?') {
        return Err(bad());
    }
    let path = path.as_ref();
    let store = if migrate { SqliteStore::open(path).await } else { SqliteStore::open_as_is(path).await };
    Ok(Arc::new(store?))
}

/// The address as it may stand in an error or a log.
pub(crate) fn without_password(uri: &str) -> String {
    let Ok(mut url) = url::Url::parse(uri) else {
        // What cannot be read may hide a password anywhere before the host.
        return uri.rsplit_once('@').map_or_else(|| uri.to_owned(), |(_, rest)| format!("***@{rest}"));
    };
    let in_query = url.query_pairs().any(|(key, _)| key == "password");
    if url.password().is_none() && !in_query {
        return uri.to_owned();
    }
    if url.password().is_some() && url.set_password(Some("***")).is_err() {
        return url.scheme().to_owned();
    }
    if in_query {
        let rest = url
            .query_pairs()
            .filter(|(key, _)| key != "password")
            .map(|(k, v)| (k.into_owned(), v.into_owned()));
        let rest: Vec<(String, String)> = rest.collect();
        url.query_pairs_mut().clear().extend_pairs(rest).append_pair("password", "***");
    }
    url.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_unknown_address_is_refused_with_the_remedy_and_without_its_password() {
        for (uri, shown) in [
            ("", ""),
            ("lanbi.db", "lanbi.db"),
            ("sqlite:", "sqlite:"),
            ("sqlite:://x", "sqlite:://x"),
            ("sqlite:x.db?mode=rwc", "sqlite:x.db?mode=rwc"),
            ("mysql://bureau:secret@db/lanbi", "mysql://bureau:***@db/lanbi"),
            (
                "postgres://bureau:secret@db/lanbi?lanbi_timescale=perhaps",
                "postgres://bureau:***@db/lanbi?lanbi_timescale=perhaps",
            ),
            (
                "postgres://bureau@db/lanbi?lanbi_x=1&password=secret",
                "postgres://bureau@db/lanbi?lanbi_x=1&password=***",
            ),
            ("postgres://bureau:se/cret@db:x/lanbi", "***@db:x/lanbi"),
            (
                "postgres://bureau:secret@db/lanbi?sslmode=often",
                "postgres://bureau:***@db/lanbi?sslmode=often",
            ),
        ] {
            let Err(error) = open(uri).await else { panic!("{uri} opened") };
            assert!(matches!(&error, StoreError::BadUri(text) if text == shown), "{uri}: {error}");
            assert!(error.to_string().contains("sqlite:PATH"), "{error}");
            assert!(!error.is_transient());
        }
    }

    #[tokio::test]
    async fn a_look_makes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/lanbi.db");
        for uri in [format!("sqlite:{}", path.display()), "sqlite::memory:".to_owned()] {
            let Err(error) = open_as_is(&uri).await else { panic!("{uri} opened") };
            assert!(matches!(error, StoreError::NoStore(_)) && !error.is_transient(), "{error}");
            assert!(error.to_string().contains("lanbi db migrate"), "{error}");
        }
        assert!(std::fs::read_dir(folder.path()).unwrap().next().is_none());
        let Err(error) = open_as_is("mysql:x").await else { panic!("opened") };
        assert!(matches!(error, StoreError::BadUri(_)), "{error}");
    }

    #[tokio::test]
    async fn a_file_is_made_with_its_folder_and_for_its_owner_only() {
        let folder = tempfile::tempdir().unwrap();
        for prefix in ["sqlite:", "sqlite://"] {
            let path = folder.path().join(prefix.len().to_string()).join("deep/lanbi.db");
            let store = open(&format!("{prefix}{}", path.display())).await.unwrap();
            assert!(path.is_file());
            #[cfg(unix)]
            for entry in std::fs::read_dir(path.parent().unwrap()).unwrap() {
                use std::os::unix::fs::PermissionsExt;
                let entry = entry.unwrap();
                let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
                assert_eq!(mode, 0o600, "{}", entry.path().display());
            }
            store.close().await;
        }
    }
}
