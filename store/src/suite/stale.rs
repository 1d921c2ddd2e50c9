//! Stale marks: which days must be derived again.

use lanbi_model::{AveragingPeriod, Decision, Flags, Parameter, Recomputed, RejectReason, Review};

use super::fixture::{at, batch, day, flagged, letter, pm25, sample, station};
use crate::{DeadLetterFilter, DerivedBatch, StaleCauses, StaleMark, Store};

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

pub(crate) async fn marks_gather_their_causes_until_they_are_settled(store: &dyn Store) {
    let (one, two) = ("2026-03-01T01:00:00Z", "2026-03-01T02:00:00Z");
    let causes = async || marks(store).await.first().map_or(StaleCauses::empty(), |mark| mark.causes);
    let arrive = async |instant: &str, value: &str| {
        store.commit(&batch([pm25(instant, value)])).await.unwrap();
    };
    arrive(one, "1").await;
    assert_eq!(causes().await, StaleCauses::ARRIVED);
    let first = marks(store).await;
    arrive(one, "2").await;
    assert_eq!(causes().await, StaleCauses::ARRIVED | StaleCauses::REVISED);
    settle(store, first).await;
    let both = StaleCauses::ARRIVED | StaleCauses::REVISED;
    assert_eq!(causes().await, both, "a mark moved on keeps its causes");
    settle(store, marks(store).await).await;
    arrive(one, "3").await;
    assert_eq!(causes().await, StaleCauses::REVISED);
    arrive(one, "3").await;
    arrive(one, "1").await;
    assert_eq!(causes().await, StaleCauses::REVISED, "a repeat is no cause");
    settle(store, marks(store).await).await;
    // One batch may bring both, to one day and to several; other device flags are a revision as well.
    let other_day = "2026-03-03T01:00:00Z";
    store
        .commit(&batch([pm25(two, "1"), flagged(pm25(one, "3"), Flags::FAULT), pm25(other_day, "1")]))
        .await
        .unwrap();
    let found: Vec<_> = marks(store).await.into_iter().map(|mark| mark.causes).collect();
    assert_eq!(found, [both, StaleCauses::ARRIVED]);
    settle(store, marks(store).await).await;
    // New under its key and replaced at once.
    store
        .commit(&batch([pm25("2026-03-01T03:00:00Z", "1"), pm25("2026-03-01T03:00:00Z", "2")]))
        .await
        .unwrap();
    assert_eq!(causes().await, both);
    settle(store, marks(store).await).await;
    let review = Review {
        key: pm25(one, "1").key,
        decision: Decision::Invalidate,
        by: "王工".to_owned(),
        reason: "校准".to_owned(),
        at: at("2026-03-08T00:00:00Z"),
    };
    store.review(&review, day("2026-03-01")).await.unwrap();
    assert_eq!(causes().await, StaleCauses::REVIEWED);
    let mut dead = batch([]);
    dead.dead_letters = vec![letter("2026-03-01T00:00:00Z", RejectReason::UnknownStation, b"x")];
    store.commit(&dead).await.unwrap();
    let id = store.dead_letters(&DeadLetterFilter::default()).await.unwrap()[0].id;
    let replay = batch([pm25("2026-03-01T04:00:00Z", "1"), pm25(two, "5")]);
    store.replay_letter(id, &replay, at("2026-03-09T00:00:00Z")).await.unwrap();
    assert_eq!(causes().await, StaleCauses::REVIEWED | StaleCauses::REPLAYED);
}

pub(crate) async fn days_are_marked_to_be_looked_at_again(store: &dyn Store) {
    let recheck = async |name: &str, from: &str, to: &str| {
        store.mark_stale(&station(name), day(from), day(to)).await.unwrap()
    };
    assert_eq!(recheck("air", "2026-03-01", "2026-03-31").await, 0, "nobody knows the station");
    let values = (1..=4).map(|on| pm25(&format!("2026-03-{on:02}T01:00:00Z"), "1"));
    let other = sample("other", Parameter::Pm25, AveragingPeriod::HOUR, "2026-03-02T01:00:00Z", "1");
    store.commit(&batch(values.chain([other]))).await.unwrap();
    let arrived = marks(store).await;
    assert_eq!(
        recheck("air", "2026-03-01", "2026-03-31").await,
        0,
        "what was never derived is stale already"
    );
    assert_eq!(marks(store).await, arrived);
    settle(store, arrived.clone()).await;
    assert_eq!(recheck("air", "2026-03-04", "2026-03-02").await, 0);
    assert_eq!(
        recheck("air", "2026-03-02", "2026-03-03").await,
        2,
        "both ends belong to it, no other station"
    );
    let again = marks(store).await;
    let shown: Vec<_> =
        again.iter().map(|m| (m.station.as_str(), m.day, m.causes, m.derived_before)).collect();
    let looked_at = StaleCauses::RECHECKED;
    assert_eq!(
        shown,
        [("air", day("2026-03-02"), looked_at, true), ("air", day("2026-03-03"), looked_at, true)]
    );
    settle(store, arrived).await;
    assert_eq!(marks(store).await, again, "an old mark does not settle it");
    // A mark that stands takes on the cause, and a version of its own.
    store.commit(&batch([pm25("2026-03-02T02:00:00Z", "1")])).await.unwrap();
    let both = marks(store).await;
    assert_eq!(both[0].causes, StaleCauses::ARRIVED | looked_at);
    assert_eq!(recheck("air", "2026-03-01", "2026-03-02").await, 2);
    settle(store, both).await;
    let left: Vec<_> = marks(store).await.into_iter().map(|m| m.day).collect();
    assert_eq!(left, [day("2026-03-01"), day("2026-03-02")], "what was marked meanwhile stays");
}

pub(crate) async fn days_computed_again_are_counted_by_cause(store: &dyn Store) {
    let mark = |name: &str, causes: StaleCauses| StaleMark {
        station: station(name),
        day: day("2026-03-01"),
        version: 1,
        derived_before: true,
        causes,
    };
    let all = StaleCauses::all();
    let (late, revised) = (StaleCauses::ARRIVED, StaleCauses::REVISED);
    let recomputed = vec![
        mark("a", late),
        mark("b", late | revised),
        mark("c", StaleCauses::REVIEWED),
        mark("d", StaleCauses::REPLAYED | StaleCauses::REVIEWED),
        mark("e", all),
        mark("f", StaleCauses::empty()),
        mark("g", StaleCauses::RECHECKED),
    ];
    for times in 1..=2 {
        let batch = DerivedBatch { recomputed: recomputed.clone(), ..DerivedBatch::default() };
        store.commit_derived(&batch).await.unwrap();
        let expected = Recomputed {
            days: 7 * times,
            late: 3 * times,
            revised: 2 * times,
            reviewed: 3 * times,
            replayed: 2 * times,
            rechecked: 2 * times,
        };
        assert_eq!(store.account().await.unwrap().recomputed, expected);
    }
}
