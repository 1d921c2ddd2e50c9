//! Stale marks: which days must be derived again.

use super::fixture::{batch, day, pm25, sample, station};
use crate::{DerivedBatch, StaleMark, Store};
use lanbi_model::{AveragingPeriod, Parameter};

async fn marks(store: &dyn Store) -> Vec<StaleMark> {
    store.stale(100).await.unwrap()
}

async fn settle(store: &dyn Store, settled: Vec<StaleMark>) {
    store.commit_derived(&DerivedBatch { settled, ..DerivedBatch::default() }).await.unwrap();
}

pub(crate) async fn touched_days_are_marked_and_repeats_mark_nothing(store: &dyn Store) {
    // 16:00 UTC is midnight in Shanghai and closes the first of March.
    let first = batch([pm25("2026-03-01T16:00:00Z", "1"), pm25("2026-03-01T17:00:00Z", "2")]);
    store.commit(&first).await.unwrap();
    let fresh = marks(store).await;
    let days: Vec<_> = fresh.iter().map(|m| (m.station.clone(), m.day, m.derived_before)).collect();
    assert_eq!(
        days,
        [(station("air"), day("2026-03-01"), false), (station("air"), day("2026-03-02"), false)]
    );
    store.commit(&first).await.unwrap();
    assert_eq!(marks(store).await, fresh);
    settle(store, fresh).await;
    store.commit(&first).await.unwrap();
    assert_eq!(marks(store).await, []);
    // A revised value and a late one, each on a day that had been derived.
    for late in [pm25("2026-03-01T16:00:00Z", "3"), pm25("2026-03-01T20:00:00Z", "3")] {
        store.commit(&batch([late])).await.unwrap();
    }
    let late = marks(store).await;
    assert_eq!(late.len(), 2);
    assert!(late.iter().all(|m| m.derived_before), "{late:?}");
}

pub(crate) async fn a_mark_moved_on_meanwhile_survives(store: &dyn Store) {
    store
        .commit(&batch([pm25("2026-03-01T01:00:00Z", "1"), pm25("2026-03-03T01:00:00Z", "1")]))
        .await
        .unwrap();
    let read = marks(store).await;
    store.commit(&batch([pm25("2026-03-01T02:00:00Z", "1")])).await.unwrap();
    settle(store, read.clone()).await;
    let left = marks(store).await;
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].day, day("2026-03-01"));
    assert!(left[0].version > read[0].version);
    assert!(left[0].derived_before, "the day has been derived, without the last value");
    settle(store, left).await;
    assert_eq!(marks(store).await, []);
}

pub(crate) async fn an_old_mark_never_settles_a_new_one(store: &dyn Store) {
    store.commit(&batch([pm25("2026-03-01T01:00:00Z", "1")])).await.unwrap();
    let old = marks(store).await;
    settle(store, old.clone()).await;
    store.commit(&batch([pm25("2026-03-01T01:00:00Z", "2")])).await.unwrap();
    settle(store, old).await;
    assert_eq!(marks(store).await.len(), 1);
}

pub(crate) async fn oldest_days_come_first(store: &dyn Store) {
    let value = |name: &str, end: &str| sample(name, Parameter::Ph, AveragingPeriod::MOMENT, end, "7");
    store
        .commit(&batch([
            value("b", "2026-03-02T01:00:00Z"),
            value("b", "2026-03-01T01:00:00Z"),
            value("a", "2026-03-02T01:00:00Z"),
        ]))
        .await
        .unwrap();
    let order: Vec<_> = marks(store).await.into_iter().map(|m| (m.day, m.station)).collect();
    assert!(order.is_sorted() && order.len() == 3, "{order:?}");
    assert_eq!(store.stale(2).await.unwrap().len(), 2);
    assert_eq!(store.stale(0).await.unwrap(), []);
}
