//! Promises that need a store which can be opened twice or again. Each takes the address of an empty one.

use std::sync::Arc;

use lanbi_model::{AlarmChange, Parameter, ProblemState, RejectReason};

use super::{
    device_records::record,
    fixture::{alarm, all_of, at, batch, day, letter, mean, pm25},
    records::{patrol, problem},
};
use crate::{
    AlarmFilter, DeadLetterFilter, DerivedBatch, DeviceRecordFilter, PatrolFilter, Store, open, open_as_is,
};

pub(crate) async fn opening_again_finds_everything(uri: &str) {
    let store = open(uri).await.unwrap();
    let mut mixed = batch([pm25("2026-03-01T01:00:00Z", "1"), pm25("2026-03-02T01:00:00Z", "2")]);
    mixed.dead_letters = vec![letter("2026-03-01T00:00:00Z", RejectReason::Malformed, b"\0")];
    mixed.records = vec![record("air", "3020", "2026-03-01T00:00:00Z", "开门")];
    store.commit(&mixed).await.unwrap();
    store.commit(&batch([pm25("2026-03-01T01:00:00Z", "1.5")])).await.unwrap();
    let settled = store.stale(1).await.unwrap();
    let derived = DerivedBatch {
        daily: vec![mean("air", Parameter::Pm25, "2026-03-01", Some("1.5"))],
        alarms: vec![AlarmChange::Raised(alarm("air", "2026-03-01T01:00:00Z"))],
        settled,
        ..DerivedBatch::default()
    };
    store.commit_derived(&derived).await.unwrap();
    let seen = look(&*store).await;
    // The first handle is still open: its data do not wait for a close.
    let second = open(uri).await.unwrap();
    assert_eq!(look(&*second).await, seen);
    second.close().await;
    store.close().await;
    let again = open(uri).await.unwrap();
    assert_eq!(look(&*again).await, seen);
    // One value still stands, the other was replaced: neither is news.
    assert_eq!(again.commit(&mixed).await.unwrap().repeated, 2);
    again.close().await;
}

/// Everything a store shows, as text.
async fn look(store: &dyn Store) -> String {
    let key = pm25("2026-03-01T01:00:00Z", "1").key;
    let (first, last) = (day("2026-01-01"), day("2026-12-31"));
    format!(
        "{:?}\n{:?}\n{:?}\n{:?}\n{:?}\n{:?}\n{:?}\n{:?}\n{:?}\n{:?}",
        store.account().await.unwrap(),
        all_of(store, "air").await,
        store.latest().await.unwrap(),
        store.revisions(&key).await.unwrap(),
        store.stale(10).await.unwrap(),
        store.daily(None, first, last).await.unwrap(),
        store.alarms(&AlarmFilter::default()).await.unwrap(),
        store.dead_letters(&DeadLetterFilter::default()).await.unwrap(),
        store.outbox(10).await.unwrap(),
        store.device_records(&DeviceRecordFilter::default()).await.unwrap(),
    )
}

pub(crate) async fn opening_a_new_store_in_several_places_at_once_is_safe(uri: &str) {
    let tasks: Vec<_> = (0..4_i64)
        .map(|task| {
            let uri = uri.to_owned();
            tokio::spawn(async move {
                let store = open(&uri).await.unwrap();
                let mut sample = pm25("2026-03-01T00:00:00Z", "1");
                sample.key.instant += chrono::TimeDelta::hours(task);
                store.commit(&batch([sample])).await.unwrap();
                store
            })
        })
        .collect();
    let mut stores = Vec::new();
    for task in tasks {
        stores.push(task.await.unwrap());
    }
    for store in stores {
        assert_eq!(store.account().await.unwrap().stored, 4);
        assert!(store.status().await.unwrap().pending.is_empty());
        store.close().await;
    }
}

pub(crate) async fn a_look_sees_what_is_there_and_changes_nothing(uri: &str) {
    let store = open(uri).await.unwrap();
    store.commit(&batch([pm25("2026-03-01T01:00:00Z", "1")])).await.unwrap();
    let glance = open_as_is(uri).await.unwrap();
    assert_eq!(look(&*glance).await, look(&*store).await);
    assert_eq!(glance.status().await.unwrap(), store.status().await.unwrap());
    let before = store.account().await.unwrap();
    glance.close().await;
    assert_eq!(store.account().await.unwrap(), before);
    store.close().await;
}

pub(crate) async fn two_handles_do_not_disturb_each_other(uri: &str) {
    let (one, two) = (open(uri).await.unwrap(), open(uri).await.unwrap());
    let write = |store: Arc<dyn Store>, name: &'static str| {
        tokio::spawn(async move {
            for n in 0..40_i64 {
                let mut own = pm25("2026-03-01T00:00:00Z", "1");
                own.key.station = lanbi_model::StationId::new(name);
                own.key.instant += chrono::TimeDelta::minutes(n);
                let mut shared = pm25("2026-03-01T00:00:00Z", "1");
                shared.key.instant += chrono::TimeDelta::minutes(n);
                store.commit(&batch([own, shared])).await.unwrap();
                store.samples(&super::fixture::everything("air")).await.unwrap();
            }
        })
    };
    let tasks = [write(Arc::clone(&one), "one"), write(Arc::clone(&two), "two")];
    for task in tasks {
        task.await.unwrap();
    }
    let account = one.account().await.unwrap();
    assert_eq!(account, two.account().await.unwrap());
    assert_eq!((account.incoming, account.stored, account.repeated), (160, 120, 40));
    for name in ["one", "two", "air"] {
        assert_eq!(all_of(&*one, name).await.len(), 40, "{name}");
    }
    assert_eq!(one.latest().await.unwrap()[0].1, at("2026-03-01T00:39:00Z"));
    one.close().await;
    two.close().await;
}

pub(crate) async fn many_tasks_share_one_handle(uri: &str) {
    let store = open(uri).await.unwrap();
    let tasks: Vec<_> = (0..8_i64)
        .map(|task| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                for n in 0..10_i64 {
                    let mut sample = pm25("2026-03-01T00:00:00Z", "1");
                    sample.key.instant += chrono::TimeDelta::minutes(task * 10 + n);
                    store.commit(&batch([sample])).await.unwrap();
                    assert!(store.account().await.unwrap().balances());
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(store.account().await.unwrap().stored, 80);
    assert_eq!(all_of(&*store, "air").await.len(), 80);
    store.close().await;
}

pub(crate) async fn records_kept_by_two_at_once_count_once(uri: &str) {
    let (one, two) = (open(uri).await.unwrap(), open(uri).await.unwrap());
    let keep = |store: Arc<dyn Store>| {
        tokio::spawn(async move {
            let mut kept = [0; 2];
            for n in 0..30 {
                let now = at("2026-03-10T00:00:00Z");
                let walk = patrol(&format!("p{n}"), "c1", "2026-03-01T01:00:00Z");
                kept[0] += store.keep_patrols(&[walk], "", now).await.unwrap().new;
                let found = [(ProblemState::Found, "2026-03-01T00:00:00Z")];
                let found = problem(&format!("q{n}"), None, &found);
                kept[1] += store.keep_problems(&[found], "", now).await.unwrap().steps.new;
            }
            kept
        })
    };
    let tasks = [keep(Arc::clone(&one)), keep(Arc::clone(&two))];
    let mut kept = [0; 2];
    for task in tasks {
        let more = task.await.unwrap();
        kept = [kept[0] + more[0], kept[1] + more[1]];
    }
    assert_eq!(kept, [30, 30]);
    assert_eq!(one.patrols(&PatrolFilter::default()).await.unwrap().len(), 30);
    assert!(two.problem("q7").await.unwrap().unwrap().earlier.is_empty());
    one.close().await;
    two.close().await;
}
