//! Decisions of reviewers.

use lanbi_model::{Decision, Flags, Review, Sample, SampleKey};

use super::fixture::{all_of, at, batch, day, dec, everything, flagged, pm25};
use crate::{DerivedBatch, Receipt, Reviewed, StaleCauses, Store, StoreError};

const HOUR: &str = "2026-03-01T01:00:00Z";
const INVALID: Flags = Flags::REVIEWED_INVALID;
const VALID: Flags = Flags::REVIEWED_VALID;

fn decide(key: &SampleKey, decision: Decision) -> Review {
    Review {
        key: key.clone(),
        decision,
        by: "王工".to_owned(),
        reason: "仪器漂移".to_owned(),
        at: at("2026-03-08T02:00:00Z"),
    }
}

async fn review(store: &dyn Store, key: &SampleKey, decision: Decision) -> Reviewed {
    store.review(&decide(key, decision), day("2026-03-01")).await.unwrap()
}

async fn settle(store: &dyn Store) {
    let settled = store.stale(100).await.unwrap();
    store.commit_derived(&DerivedBatch { settled, ..DerivedBatch::default() }).await.unwrap();
}

async fn check_flags(store: &dyn Store, key: &SampleKey, flags: Flags) {
    let flags = vec![(key.clone(), flags)];
    store.commit_derived(&DerivedBatch { flags, ..DerivedBatch::default() }).await.unwrap();
}

pub(crate) async fn each_decision_starts_from_what_the_station_sent(store: &dyn Store) {
    let sent = flagged(pm25(HOUR, "35"), Flags::FAULT);
    store.commit(&batch([sent.clone()])).await.unwrap();
    let checked = Flags::FAULT | Flags::STEP;
    check_flags(store, &sent.key, checked).await;
    let mut before = flagged(sent.clone(), checked);
    let forty = Decision::Correct(dec("40"));
    // Flags of checks stay with the number they were found on; a corrected number is the reviewer's own.
    let cases: [(Decision, &str, Flags); 6] = [
        (Decision::Invalidate, "35", checked | INVALID),
        (Decision::Restore, "35", checked | VALID),
        (forty, "40", Flags::MANUAL | VALID),
        (Decision::Correct(dec("41")), "41", Flags::MANUAL | VALID),
        (Decision::Invalidate, "35", Flags::FAULT | INVALID),
        (Decision::Restore, "35", Flags::FAULT | VALID),
    ];
    for (decision, value, flags) in cases {
        let after = flagged(pm25(HOUR, value), flags);
        let done = review(store, &sent.key, decision).await;
        assert_eq!(done, Reviewed { before: before.clone(), after: after.clone() }, "{decision:?}");
        assert_eq!(all_of(store, "air").await, std::slice::from_ref(&after), "{decision:?}");
        before = after;
    }
    let account = store.account().await.unwrap();
    assert_eq!((account.reviewed, account.incoming, account.stored, account.revised), (6, 1, 1, 0));
    let earlier = store.revisions(&sent.key).await.unwrap();
    let values: Vec<_> = earlier.iter().map(|r| r.sample.value.to_string()).collect();
    assert_eq!(values, ["35", "35", "35", "40", "41", "35"]);
}

pub(crate) async fn a_decision_leaves_who_and_why_with_the_value_before(store: &dyn Store) {
    let sent = flagged(pm25(HOUR, "35"), Flags::TIME_ASSUMED);
    store.commit(&batch([sent.clone()])).await.unwrap();
    let checked = flagged(sent.clone(), Flags::TIME_ASSUMED | Flags::STEP);
    check_flags(store, &sent.key, checked.flags).await;
    review(store, &sent.key, Decision::Invalidate).await;
    let earlier = store.revisions(&sent.key).await.unwrap().remove(0);
    assert_eq!(earlier.sample, checked);
    assert_eq!(earlier.device_flags, Flags::TIME_ASSUMED);
    assert_eq!(
        (earlier.received_at, earlier.replaced_at),
        (at("2026-03-05T00:00:00Z"), at("2026-03-08T02:00:00Z"))
    );
    assert_eq!(earlier.source, "review");
    assert_eq!((earlier.by.as_deref(), earlier.reason.as_deref()), (Some("王工"), Some("仪器漂移")));
    // A station's revision after it has no name to it.
    store.commit(&batch([pm25(HOUR, "36")])).await.unwrap();
    let earlier = store.revisions(&sent.key).await.unwrap();
    assert_eq!((earlier.len(), &earlier[1].by, &earlier[1].reason), (2, &None, &None));
    assert_eq!(earlier[1].device_flags, Flags::TIME_ASSUMED | INVALID);
}

pub(crate) async fn a_decision_that_stands_already_changes_nothing(store: &dyn Store) {
    let sent = pm25(HOUR, "35");
    store.commit(&batch([sent.clone()])).await.unwrap();
    for decision in [Decision::Invalidate, Decision::Restore, Decision::Correct(dec("40"))] {
        review(store, &sent.key, decision).await;
        settle(store).await;
        let before = (store.account().await.unwrap(), store.revisions(&sent.key).await.unwrap());
        let done = review(store, &sent.key, decision).await;
        assert_eq!(done.before, done.after, "{decision:?}");
        let after = (store.account().await.unwrap(), store.revisions(&sent.key).await.unwrap());
        assert_eq!(after, before, "{decision:?}");
        assert_eq!(store.stale(10).await.unwrap(), [], "{decision:?}");
    }
}

pub(crate) async fn a_decision_makes_its_day_stale_and_no_value_late(store: &dyn Store) {
    let sent = pm25(HOUR, "35");
    let mut punctual = batch([sent.clone()]);
    punctual.samples[0].received_at = sent.key.instant;
    store.commit(&punctual).await.unwrap();
    settle(store).await;
    review(store, &sent.key, Decision::Invalidate).await;
    let mark = store.stale(10).await.unwrap().remove(0);
    assert_eq!(
        (mark.day, mark.causes, mark.derived_before),
        (day("2026-03-01"), StaleCauses::REVIEWED, true)
    );
    let query = everything("air");
    let late = store.late(&query.station, query.after, query.until, chrono::TimeDelta::hours(1)).await;
    assert_eq!(late.unwrap(), 0);
}

pub(crate) async fn what_is_unsigned_or_not_there_is_refused(store: &dyn Store) {
    let sent = pm25(HOUR, "35");
    store.commit(&batch([sent.clone()])).await.unwrap();
    let before = store.account().await.unwrap();
    let refused = async |change: &dyn Fn(&mut Review)| {
        let mut review = decide(&sent.key, Decision::Invalidate);
        change(&mut review);
        store.review(&review, day("2026-03-01")).await.unwrap_err()
    };
    for unsigned in ["", " \t"] {
        assert!(matches!(refused(&|r| unsigned.clone_into(&mut r.by)).await, StoreError::UnsignedReview));
        assert!(matches!(refused(&|r| unsigned.clone_into(&mut r.reason)).await, StoreError::UnsignedReview));
    }
    let elsewhere = refused(&|r| r.key.station = super::fixture::station("elsewhere")).await;
    assert!(
        matches!(&elsewhere, StoreError::NoSuchValue { key } if key.contains("elsewhere")),
        "{elsewhere}"
    );
    let never = refused(&|r| r.key.instant = at("2026-03-01T02:00:00Z")).await;
    assert!(matches!(never, StoreError::NoSuchValue { .. }), "{never}");
    assert_eq!(store.account().await.unwrap(), before);
    assert_eq!(all_of(store, "air").await, [sent]);
}

pub(crate) async fn a_copy_of_what_was_decided_on_is_a_repeat_and_news_counts(store: &dyn Store) {
    let sent = pm25(HOUR, "35");
    store.commit(&batch([sent.clone()])).await.unwrap();
    let standing: [(Decision, Sample); 2] = [
        (Decision::Invalidate, flagged(sent.clone(), INVALID)),
        (Decision::Correct(dec("40")), flagged(pm25(HOUR, "40"), Flags::MANUAL | VALID)),
    ];
    for (decision, decided) in standing {
        review(store, &sent.key, decision).await;
        settle(store).await;
        let receipt = store.commit(&batch([sent.clone()])).await.unwrap();
        assert_eq!(receipt, Receipt { repeated: 1, ..Receipt::default() }, "{decision:?}");
        assert_eq!(all_of(store, "air").await, [decided], "{decision:?}");
        assert_eq!(store.stale(10).await.unwrap(), [], "{decision:?}");
    }
    let news = pm25(HOUR, "36");
    let receipt = store.commit(&batch([news.clone()])).await.unwrap();
    assert_eq!(receipt, Receipt { stored: 1, revised: 1, ..Receipt::default() });
    assert_eq!(all_of(store, "air").await, [news]);
    // From here on the newer value is what the station sent.
    let done = review(store, &sent.key, Decision::Invalidate).await;
    assert_eq!(done.after, flagged(pm25(HOUR, "36"), INVALID));
}

pub(crate) async fn a_check_that_ran_before_a_decision_does_not_undo_it(store: &dyn Store) {
    let sent = pm25(HOUR, "35");
    store.commit(&batch([sent.clone()])).await.unwrap();
    review(store, &sent.key, Decision::Restore).await;
    let seen_by_check = all_of(store, "air").await[0].flags | Flags::STEP;
    review(store, &sent.key, Decision::Invalidate).await;
    check_flags(store, &sent.key, seen_by_check).await;
    assert_eq!(all_of(store, "air").await[0].flags, INVALID | Flags::STEP);
}
