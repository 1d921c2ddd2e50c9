//! The conformance suite on SQLite, and what only this backend can be asked.

use std::path::{Path, PathBuf};

use super::SqliteStore;
use crate::{
    DerivedBatch, Store, StoreError, Upkeep, open, open_as_is,
    suite::{
        durable,
        fixture::{all_of, at, batch, pm25},
    },
};

fn uri(path: &Path) -> String {
    format!("sqlite:{}", path.display())
}

/// A file in a folder of its own, which is gone when the guard is dropped.
fn place() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lanbi.db");
    (folder, path)
}

mod in_memory {
    crate::suite::promises! { async { (crate::open("sqlite::memory:").await.unwrap(), ()) } }
}

mod on_file {
    use super::{open, place, uri};

    crate::suite::promises! { async {
        let (folder, path) = place();
        (open(&uri(&path)).await.unwrap(), folder)
    } }
}

#[tokio::test]
async fn opening_again_finds_everything() {
    let (_folder, path) = place();
    durable::opening_again_finds_everything(&uri(&path)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn opening_a_new_store_in_several_places_at_once_is_safe() {
    for _ in 0..10 {
        let (_folder, path) = place();
        durable::opening_a_new_store_in_several_places_at_once_is_safe(&uri(&path)).await;
    }
}

#[tokio::test]
async fn a_look_sees_what_is_there_and_changes_nothing() {
    let (_folder, path) = place();
    durable::a_look_sees_what_is_there_and_changes_nothing(&uri(&path)).await;
    let glance = open_as_is(&uri(&path)).await.unwrap();
    let error = glance.commit(&batch([pm25("2026-03-01T02:00:00Z", "1")])).await.unwrap_err();
    assert!(!error.is_transient(), "{error}");
    glance.close().await;
    let (sides, store) = (["-wal", "-shm"], open(&uri(&path)).await.unwrap());
    assert_eq!(store.account().await.unwrap().stored, 1);
    store.close().await;
    assert!(sides.iter().all(|side| !path.with_extension(format!("db{side}")).exists()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_handles_do_not_disturb_each_other() {
    let (_folder, path) = place();
    durable::two_handles_do_not_disturb_each_other(&uri(&path)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn records_kept_by_two_at_once_count_once() {
    let (_folder, path) = place();
    durable::records_kept_by_two_at_once_count_once(&uri(&path)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_tasks_share_one_handle() {
    let (_folder, path) = place();
    durable::many_tasks_share_one_handle(&uri(&path)).await;
}

#[tokio::test]
async fn a_full_disk_passes_and_leaves_nothing_half_done() {
    let (_folder, path) = place();
    let store = SqliteStore::open(&path).await.unwrap();
    store.commit(&batch([pm25("2026-03-01T00:00:00Z", "1")])).await.unwrap();
    // A limit of pages makes SQLite report the same error as a full disk; it holds for one connection.
    sqlx::query("PRAGMA max_page_count = 1").execute(&store.pools.writer).await.unwrap();
    let many = batch((0_i64..5_000).map(|n| {
        let mut sample = pm25("2026-03-02T00:00:00Z", "1");
        sample.key.instant += chrono::TimeDelta::minutes(n);
        sample
    }));
    let error = store.commit(&many).await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)) && error.is_transient(), "{error}");
    assert!(error.to_string().contains("make room on the disk"), "{error}");
    assert_eq!(store.account().await.unwrap().incoming, 1);
    assert_eq!(all_of(&store, "air").await.len(), 1);
    assert_eq!(store.commit(&many).await.unwrap().stored, 5_000);
    store.close().await;
}

#[tokio::test]
async fn a_dropped_commit_leaves_all_or_nothing_and_a_working_store() {
    let (_folder, path) = place();
    let store = SqliteStore::open(&path).await.unwrap();
    let mut committed = 0;
    for n in 0_i64..60 {
        let batch = batch((0_i64..100).map(|i| {
            let mut sample = pm25("2026-03-02T00:00:00Z", "1");
            sample.key.instant += chrono::TimeDelta::minutes(n * 100 + i);
            sample
        }));
        let patience = std::time::Duration::from_micros(u64::try_from(n).unwrap() * 60);
        committed += usize::from(tokio::time::timeout(patience, store.commit(&batch)).await.is_ok());
        let found = all_of(&store, "air").await.len();
        assert_eq!(found % 100, 0);
        assert!(found >= committed * 100);
    }
    // A dropped commit may still be on its way; one more on the same connection comes after it.
    store.commit(&batch([])).await.unwrap();
    let account = store.account().await.unwrap();
    assert_eq!(usize::try_from(account.stored).unwrap(), all_of(&store, "air").await.len());
    assert!(account.balances());
    store.close().await;
}

#[tokio::test]
async fn what_another_program_wrote_is_refused_for_good() {
    let (_folder, path) = place();
    std::fs::write(&path, "日期,PM2.5\n2026-03-01,35\n".repeat(100)).unwrap();
    refused_for_good(&path, "name another file in store.uri").await;
}

#[tokio::test]
async fn a_place_where_no_file_can_be_is_refused_for_good() {
    let (folder, path) = place();
    refused_for_good(folder.path(), "set store.uri or data.dir to another place").await;
    std::fs::write(&path, "").unwrap();
    refused_for_good(&path.join("lanbi.db"), "set store.uri or data.dir to another place").await;
}

async fn refused_for_good(path: &Path, remedy: &str) {
    let Err(error) = open(&uri(path)).await else { panic!("opened {}", path.display()) };
    assert!(matches!(error, StoreError::CannotOpen { .. }) && !error.is_transient(), "{error}");
    assert!(error.to_string().contains(remedy), "{error}");
}

#[tokio::test]
async fn upkeep_goes_through_many_values_piece_by_piece() {
    let (_folder, path) = place();
    let store = SqliteStore::open(&path).await.unwrap();
    let old = (0_i64..110_000).map(|n| {
        let mut sample = pm25("2025-01-01T00:00:00Z", "1");
        sample.key.instant += chrono::TimeDelta::seconds(n);
        sample
    });
    store.commit(&batch(old.chain([pm25("2026-03-01T00:00:00Z", "1")]))).await.unwrap();
    assert_eq!(store.status().await.unwrap().values, 110_001);
    let settled = store.stale(100).await.unwrap();
    store.commit_derived(&DerivedBatch { settled, ..DerivedBatch::default() }).await.unwrap();
    let upkeep = Upkeep { keep_values: Some(chrono::TimeDelta::days(100)), compress_after: None };
    let kept = store.tend(&upkeep, at("2026-03-01T00:00:00Z")).await.unwrap();
    assert_eq!(kept.values_gone, 110_000);
    assert_eq!(all_of(&store, "air").await.len(), 1);
    assert_eq!(store.status().await.unwrap().values, 1);
    store.commit(&batch([pm25("2026-03-01T00:00:00Z", "2")])).await.unwrap();
    assert_eq!(store.status().await.unwrap().values, 1);
    store.close().await;
}
