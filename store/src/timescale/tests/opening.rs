//! What can go wrong when a store is opened, and what the user is told.

use tokio::io::AsyncWriteExt as _;

use super::{Database, server_or_skip};
use crate::{Layout, StoreError, open, open_as_is};

async fn refused(uri: &str, parts: [&str; 2]) {
    let Err(error) = open(uri).await else { panic!("{uri} opened") };
    assert!(!error.is_transient(), "{error}");
    let StoreError::CannotOpen { reason, remedy, .. } = &error else { panic!("{uri}: {error:?}") };
    names(&error, [reason, remedy], parts);
}

async fn not_yet(uri: &str, parts: [&str; 2]) {
    let Err(error) = open(uri).await else { panic!("{uri} opened") };
    assert!(error.is_transient(), "{error}");
    let StoreError::Unreachable { reason, remedy, .. } = &error else { panic!("{uri}: {error:?}") };
    names(&error, [reason, remedy], parts);
}

#[track_caller]
fn names(error: &StoreError, [reason, remedy]: [&String; 2], parts: [&str; 2]) {
    assert!(reason.contains(parts[0]) && remedy.contains(parts[1]), "{error}");
    assert!(!error.to_string().contains("secret"), "{error}");
    assert!(!format!("{error:?}").contains("secret"), "{error:?}");
}

#[tokio::test]
async fn a_server_that_is_not_there_may_come_and_is_named_with_the_remedy() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    not_yet(&format!("postgres://u:secret@{free}/lanbi"), ["no PostgreSQL answers", "start the server"])
        .await;
    not_yet("postgres://u:secret@nowhere.invalid/lanbi", ["`nowhere.invalid` cannot be found", "host name"])
        .await;
    not_yet("postgres:///lanbi?host=/nowhere&user=u&password=secret", ["no PostgreSQL", "correct host"])
        .await;
}

#[tokio::test]
async fn what_is_no_postgresql_is_refused_for_good() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        }
    });
    refused(&format!("postgres://u:secret@{address}/lanbi"), ["no PostgreSQL", "host and port"]).await;
}

#[tokio::test]
async fn a_server_that_says_no_is_named_with_the_remedy() {
    let server = server_or_skip!();
    let database = Database::make(&server).await;
    let url: url::Url = database.uri("").parse().unwrap();
    let with = |user: &str, path: &str| {
        let mut url = url.clone();
        url.set_username(user).unwrap();
        url.set_password(Some("secret")).unwrap();
        url.set_path(path);
        url.to_string()
    };
    refused(&with("nobody_of_that_name", &database.name), ["refuses the user", "pg_hba.conf"]).await;
    refused(&with(url.username(), "no_such_database"), ["no database `no_such_database`", "createdb"]).await;
    let role = format!("guest_of_{}", database.name);
    database.run(&format!("CREATE ROLE {role} LOGIN; REVOKE CREATE ON SCHEMA public FROM PUBLIC")).await;
    refused(&with(&role, &database.name), ["may not make tables", "OWNER TO"]).await;
    // Who may make tables and no extensions has a store without.
    database.run(&format!("GRANT ALL ON SCHEMA public TO {role}")).await;
    let uri = with(&role, &database.name);
    refused(&format!("{uri}?lanbi_timescale=on"), ["demands TimescaleDB", "CREATE EXTENSION timescaledb"])
        .await;
    let store = open(&uri).await.unwrap();
    assert_eq!(store.status().await.unwrap().layout, Layout::Table);
    store.close().await;
    // A server that is full may have room later.
    database.run(&format!("ALTER ROLE {role} CONNECTION LIMIT 0")).await;
    not_yet(&uri, ["too many connections", "max_connections"]).await;
    database.run(&format!("DROP OWNED BY {role}")).await;
    database.run(&format!("DROP ROLE {role}")).await;
}

#[tokio::test]
async fn a_database_without_chinese_is_refused() {
    let server = server_or_skip!();
    let options = "ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'";
    let database = Database::make_with(&server, options).await;
    refused(&database.uri(""), ["SQL_ASCII", "UTF8"]).await;
}

#[tokio::test]
async fn an_extension_that_is_demanded_is_there_or_the_store_is_not_opened() {
    let server = server_or_skip!();
    let database = Database::make(&server).await;
    let demanding = database.uri("lanbi_timescale=on");
    let store = open(&demanding).await.unwrap();
    assert_eq!(store.status().await.unwrap().layout, Layout::Hypertable);
    store.close().await;
    let plain = Database::make(&server).await;
    open(&plain.uri("lanbi_timescale=off")).await.unwrap().close().await;
    let Err(error) = open_as_is(&plain.uri("lanbi_timescale=on")).await else { panic!("opened") };
    assert!(error.to_string().contains("CREATE EXTENSION timescaledb"), "{error}");
}

#[tokio::test]
async fn a_look_makes_nothing() {
    let server = server_or_skip!();
    let database = Database::make(&server).await;
    let Err(error) = open_as_is(&database.uri("")).await else { panic!("opened an empty database") };
    assert!(matches!(&error, StoreError::NoStore(place) if place.ends_with(&database.name)), "{error}");
    open(&database.uri("")).await.unwrap().close().await;
    let store = open_as_is(&database.uri("")).await.unwrap();
    assert_eq!(store.status().await.unwrap().pending, Vec::<i64>::new());
    store.close().await;
    database.run("DELETE FROM _sqlx_migrations").await;
    let store = open_as_is(&database.uri("")).await.unwrap();
    let status = store.status().await.unwrap();
    assert_eq!((status.schema, status.pending.first()), (0, Some(&1)));
    store.close().await;
}

#[tokio::test]
async fn a_newer_schema_is_refused_for_good() {
    let server = server_or_skip!();
    let database = Database::make(&server).await;
    open(&database.uri("")).await.unwrap().close().await;
    database
        .run(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
            VALUES (9999, 'later', true, '', 0)",
        )
        .await;
    for opened in [open(&database.uri("")).await, open_as_is(&database.uri("")).await] {
        let Err(error) = opened else { panic!("opened a newer schema") };
        assert!(matches!(error, StoreError::Migrate(_)) && !error.is_transient(), "{error}");
    }
}
