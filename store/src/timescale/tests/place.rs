//! Databases for tests.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::{SystemTime, UNIX_EPOCH},
};

use sqlx::{ConnectOptions, Connection, Executor, PgConnection, postgres::PgConnectOptions};
use url::Url;

/// The server to test on, or the end of the test.
macro_rules! server_or_skip {
    () => {
        match std::env::var("LANBI_TEST_PG_URI") {
            Ok(uri) => uri,
            Err(_) => {
                eprintln!("SKIPPED: LANBI_TEST_PG_URI names no PostgreSQL server");
                return;
            }
        }
    };
}
pub(super) use server_or_skip;

/// An empty database of its own, which is dropped with its guard.
pub(super) struct Database {
    server: Url,
    pub(super) name: String,
}

impl Database {
    pub(super) async fn make(server: &str) -> Self {
        Self::make_with(server, "").await
    }

    /// With options of `CREATE DATABASE`.
    pub(super) async fn make_with(server: &str, options: &str) -> Self {
        let server: Url = server.parse().unwrap();
        // The clock and the process tell databases of all test runs apart.
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let clock = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_micros();
        let name = format!("pg_{clock:x}_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        run(&server, &format!("CREATE DATABASE {name} TEMPLATE template0 {options}")).await;
        Self { server, name }
    }

    /// Address with parameters.
    pub(super) fn uri(&self, parameters: &str) -> String {
        let mut url = self.server.clone();
        url.set_path(&self.name);
        if !parameters.is_empty() {
            url.set_query(Some(parameters));
        }
        url.to_string()
    }

    /// Runs statements in it.
    pub(super) async fn run(&self, text: &str) {
        run(&self.uri("").parse().unwrap(), text).await;
    }

    /// A connection to it.
    pub(super) async fn connect(&self) -> PgConnection {
        PgConnectOptions::from_url(&self.uri("").parse().unwrap()).unwrap().connect().await.unwrap()
    }
}

async fn run(url: &Url, text: &str) {
    let mut conn = PgConnectOptions::from_url(url).unwrap().connect().await.unwrap();
    // Names of databases cannot be bound.
    conn.execute(sqlx::raw_sql(sqlx::AssertSqlSafe(text))).await.unwrap();
    conn.close().await.unwrap();
}

impl Drop for Database {
    fn drop(&mut self) {
        let (server, name) = (self.server.clone(), self.name.clone());
        // A thread of its own, because the test's runtime is busy with this very drop.
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(run(&server, &format!("DROP DATABASE {name} WITH (FORCE)")));
        });
        drop(thread.join());
    }
}
