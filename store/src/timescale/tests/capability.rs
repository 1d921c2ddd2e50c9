//! How values lie, by what the server can do.

use sqlx::Connection;

use super::{Database, server_or_skip};
use crate::{
    Keeper, Layout, StoreStatus, open,
    suite::fixture::{batch, pm25},
};

async fn status(uri: &str) -> StoreStatus {
    let store = open(uri).await.unwrap();
    let status = store.status().await.unwrap();
    store.close().await;
    status
}

#[tokio::test]
async fn values_lie_in_a_hypertable_where_there_are_any() {
    let database = Database::make(&server_or_skip!()).await;
    let found = status(&database.uri("")).await;
    assert_eq!(found.layout, Layout::Hypertable);
    assert!(found.engine.starts_with("PostgreSQL 1"), "{}", found.engine);
    let extension = found.extension.unwrap();
    assert!(extension.starts_with("TimescaleDB 2."), "{extension}");
    if extension.ends_with("(apache)") {
        assert_eq!((found.retention, found.compression), (Keeper::OwnTask, Keeper::Nobody));
    }
}

#[tokio::test]
async fn a_plain_table_with_values_stays_one_and_an_empty_one_changes() {
    let database = Database::make(&server_or_skip!()).await;
    let off = database.uri("lanbi_timescale=off");
    let found = status(&off).await;
    assert_eq!((found.layout, found.extension), (Layout::Table, None));
    // The extension comes later.
    let store = open(&off).await.unwrap();
    store.commit(&batch([pm25("2026-03-01T01:00:00Z", "1")])).await.unwrap();
    store.close().await;
    let found = status(&database.uri("")).await;
    assert_eq!(found.layout, Layout::Table);
    assert!(found.extension.is_some(), "what could be is told");
    assert_eq!(status(&off).await.layout, Layout::Table);
    database.run("DELETE FROM frame").await;
    assert_eq!(status(&database.uri("")).await.layout, Layout::Hypertable);
}

#[tokio::test]
async fn people_read_values_from_a_view() {
    let database = Database::make(&server_or_skip!()).await;
    let store = open(&database.uri("")).await.unwrap();
    for value in ["35", "36.5"] {
        store.commit(&batch([pm25("2026-03-01T01:00:00Z", value)])).await.unwrap();
    }
    let mut conn = database.connect().await;
    let rows: Vec<(String, String, i32, f64, i32, i32)> =
        sqlx::query_as("SELECT station, parameter, period, value, flags, revision FROM sample")
            .fetch_all(&mut conn)
            .await
            .unwrap();
    assert_eq!(rows, [("air".to_owned(), "pm25".to_owned(), 3600, 36.5, 0, 1)]);
    conn.close().await.unwrap();
    store.close().await;
}
