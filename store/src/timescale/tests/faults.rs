//! A server that ends connections, or does not answer.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use sqlx::{Connection, PgConnection};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use super::{Database, server_or_skip};
use crate::{
    Batch, Store, StoreError, open,
    suite::fixture::{all_of, batch, pm25},
    timescale::TimescaleStore,
};

fn hours(from: i64, to: i64) -> Batch {
    batch((from..to).map(|n| {
        let mut sample = pm25("2026-03-01T00:00:00Z", "1");
        sample.key.instant += chrono::TimeDelta::hours(n);
        sample
    }))
}

async fn end_connections(conn: &mut PgConnection) {
    sqlx::query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'lanbi'",
    )
    .execute(conn)
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_ended_in_the_middle_passes_and_leaves_all_or_nothing() {
    let database = Database::make(&server_or_skip!()).await;
    let store = open(&database.uri("")).await.unwrap();
    let mut admin = database.connect().await;
    store.commit(&hours(0, 10)).await.unwrap();
    // The commit waits for a lock that is never given, and is ended there.
    let mut blocker = database.connect().await;
    let mut lock = blocker.begin().await.unwrap();
    sqlx::query("LOCK TABLE series").execute(&mut *lock).await.unwrap();
    let waiting = Arc::clone(&store);
    let commit = tokio::spawn(async move { waiting.commit(&hours(5, 20)).await });
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(!commit.is_finished());
    end_connections(&mut admin).await;
    let error = commit.await.unwrap().unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)) && error.is_transient(), "{error}");
    lock.rollback().await.unwrap();
    // Connections that were ended while nobody used them are not noticed at all.
    end_connections(&mut admin).await;
    assert_eq!(all_of(&*store, "air").await.len(), 10);
    let receipt = store.commit(&hours(5, 20)).await.unwrap();
    assert_eq!((receipt.stored, receipt.repeated), (10, 5));
    assert_eq!(store.account().await.unwrap().stored, 20);
    store.close().await;
}

#[tokio::test]
async fn a_dropped_commit_leaves_all_or_nothing_and_a_working_store() {
    let database = Database::make(&server_or_skip!()).await;
    let store = open(&database.uri("")).await.unwrap();
    for n in 0_i64..40 {
        let patience = Duration::from_micros(u64::try_from(n).unwrap() * 250);
        drop(tokio::time::timeout(patience, store.commit(&hours(n * 100, n * 100 + 100))).await);
        assert_eq!(all_of(&*store, "air").await.len() % 100, 0);
    }
    store.commit(&hours(0, 4000)).await.unwrap();
    let account = store.account().await.unwrap();
    assert_eq!((account.stored, all_of(&*store, "air").await.len()), (4000, 4000));
    assert!(account.balances());
    store.close().await;
}

/// A way to the server that can be frozen: it takes bytes and hands none on.
async fn freezable(target: String) -> (u16, Arc<AtomicBool>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let frozen = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&frozen);
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let Ok(server) = TcpStream::connect(&target).await else { continue };
            let ((from_client, to_client), (from_server, to_server)) =
                (client.into_split(), server.into_split());
            tokio::spawn(copy(from_client, to_server, Arc::clone(&flag)));
            tokio::spawn(copy(from_server, to_client, Arc::clone(&flag)));
        }
    });
    (port, frozen)
}

async fn copy(
    mut from: tokio::net::tcp::OwnedReadHalf,
    mut to: tokio::net::tcp::OwnedWriteHalf,
    frozen: Arc<AtomicBool>,
) {
    let mut buffer = vec![0; 65_536];
    while let Ok(n @ 1..) = from.read(&mut buffer).await {
        while frozen.load(Ordering::SeqCst) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        if to.write_all(&buffer[..n]).await.is_err() {
            return;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_does_not_answer_is_not_waited_for() {
    let database = Database::make(&server_or_skip!()).await;
    let url: url::Url = database.uri("").parse().unwrap();
    let target = format!("{}:{}", url.host_str().unwrap(), url.port().unwrap_or(5432));
    let (port, frozen) = freezable(target).await;
    let mut through = url.clone();
    through.set_host(Some("127.0.0.1")).unwrap();
    through.set_port(Some(port)).unwrap();
    let mut store = TimescaleStore::open(through.as_str()).await.unwrap();
    store.pools.patience = Duration::from_millis(500);
    store.commit(&hours(0, 10)).await.unwrap();
    frozen.store(true, Ordering::SeqCst);
    // A connection at rest is tried before it is lent, so the wait for one ends first; never both together.
    let bound = Duration::from_secs(12);
    let commit = tokio::time::timeout(bound, store.commit(&hours(10, 20))).await.expect("waited on");
    assert!(commit.unwrap_err().is_transient());
    let read = tokio::time::timeout(bound, store.account()).await.expect("waited on");
    assert!(read.unwrap_err().is_transient());
    frozen.store(false, Ordering::SeqCst);
    let receipt = store.commit(&hours(0, 20)).await.unwrap();
    assert_eq!(receipt.stored + receipt.repeated, 20);
    assert_eq!(store.account().await.unwrap().stored, 20);
    store.close().await;
}
