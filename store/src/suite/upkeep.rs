//! What a store tells of itself, and how it keeps within bounds.

use chrono::TimeDelta;
use lanbi_model::{AlarmChange, AveragingPeriod, Parameter, Sample};

use super::fixture::{alarm, all_of, at, batch, pm25, sample};
use crate::{DerivedBatch, Keeper, Kept, Store, Upkeep};

async fn settle(store: &dyn Store) {
    let settled = store.stale(1000).await.unwrap();
    store.commit_derived(&DerivedBatch { settled, ..DerivedBatch::default() }).await.unwrap();
}

pub(crate) async fn status_tells_what_is_there(store: &dyn Store) {
    let empty = store.status().await.unwrap();
    assert!(empty.engine.contains(char::is_numeric), "{empty:?}");
    assert!(empty.schema >= 1 && empty.pending.is_empty(), "{empty:?}");
    assert_eq!((empty.newest, empty.stale, empty.waiting), (None, 0, 0));
    store
        .commit(&batch([pm25("2026-03-01T01:00:00Z", "1"), pm25("2026-03-02T01:00:00Z", "2")]))
        .await
        .unwrap();
    let alarms = vec![AlarmChange::Raised(alarm("outlet", "2026-03-01T01:00:00Z"))];
    store.commit_derived(&DerivedBatch { alarms, ..DerivedBatch::default() }).await.unwrap();
    let full = store.status().await.unwrap();
    assert_eq!((full.newest, full.stale, full.waiting), (Some(at("2026-03-02T01:00:00Z")), 2, 1));
    assert!(full.bytes > 0, "{full:?}");
}

pub(crate) async fn old_values_go_and_young_ones_stay(store: &dyn Store) {
    let (hour, minute) = (AveragingPeriod::HOUR, AveragingPeriod::MINUTE);
    let old = [
        sample("air", Parameter::Pm25, hour, "2026-01-01T01:00:00Z", "1"),
        sample("air", Parameter::O3, minute, "2026-01-02T01:00:00Z", "1"),
        sample("gone", Parameter::Ph, hour, "2026-01-03T01:00:00Z", "7"),
    ];
    let young = [
        sample("air", Parameter::O3, minute, "2026-03-02T01:00:00Z", "3"),
        sample("air", Parameter::Pm25, hour, "2026-03-01T01:00:00Z", "2"),
    ];
    store.commit(&batch([&old[..], &young[..]].concat())).await.unwrap();
    // Both ages have a history.
    let revised = [&old[0], &young[1]].map(|s| Sample { value: super::fixture::dec("9"), ..s.clone() });
    store.commit(&batch(revised.clone())).await.unwrap();
    settle(store).await;
    let (account, now) = (store.account().await.unwrap(), at("2026-03-05T00:00:00Z"));
    let tend = async |days: Option<i64>| {
        let upkeep = Upkeep { keep_values: days.map(TimeDelta::days), compress_after: None };
        store.tend(&upkeep, now).await.unwrap()
    };
    assert_eq!(tend(None).await, Kept::default());
    assert_eq!(tend(Some(3650)).await.values_gone, 0);
    assert_eq!(all_of(store, "air").await.len(), 4);
    let kept = tend(Some(30)).await;
    assert_eq!(kept.values_gone, 3);
    assert_eq!(all_of(store, "air").await, [revised[1].clone(), young[0].clone()]);
    assert_eq!(all_of(store, "gone").await, []);
    assert_eq!(store.revisions(&old[0].key).await.unwrap(), []);
    assert_eq!(store.latest().await.unwrap().len(), 1, "a station without values has no newest");
    assert_eq!(tend(Some(30)).await, Kept::default());
    assert_eq!(store.revisions(&young[1].key).await.unwrap().len(), 1);
    assert_eq!(store.account().await.unwrap(), account, "the account counts what came in");
}

pub(crate) async fn values_of_a_day_that_waits_stay(store: &dyn Store) {
    let value = |name: &str, end: &str| sample(name, Parameter::Ph, AveragingPeriod::MOMENT, end, "7");
    // The first and the last instant of the first of January in Shanghai, and the same day at a station without marks.
    let (first, last) = ("2025-12-31T16:00:01Z", "2026-01-01T16:00:00Z");
    store.commit(&batch([value("settled", first)])).await.unwrap();
    settle(store).await;
    store.commit(&batch([value("waits", first), value("waits", last)])).await.unwrap();
    let upkeep = Upkeep { keep_values: Some(TimeDelta::days(30)), compress_after: None };
    let tend = async || store.tend(&upkeep, at("2026-03-05T00:00:00Z")).await.unwrap().values_gone;
    let mut gone = tend().await;
    assert_eq!(all_of(store, "waits").await.len(), 2);
    // Where whole stretches of values are compressed, they also go as a whole.
    if store.status().await.unwrap().compression != Keeper::Policy {
        assert_eq!(all_of(store, "settled").await, []);
    }
    settle(store).await;
    gone += tend().await;
    assert_eq!(gone, 3);
    for name in ["waits", "settled"] {
        assert_eq!(all_of(store, name).await, [], "{name}");
    }
}
