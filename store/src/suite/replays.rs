//! Dead letters that are stored after all.

use lanbi_model::{Account, DeadLetter, RejectReason};

use super::fixture::{all_of, at, batch, letter, pm25};
use crate::{Batch, DeadLetterFilter, DerivedBatch, Receipt, Store, StoreError, StoredDeadLetter};

const LATER: &str = "2026-03-09T00:00:00Z";

/// A letter with so many values rejected.
fn rejecting(rejected: u32) -> DeadLetter {
    DeadLetter { rejected, ..letter("2026-03-01T00:00:00Z", RejectReason::UnknownStation, b"{}") }
}

/// Hourly values of the first of March, by hour.
fn hours(hours: std::ops::Range<u32>) -> Batch {
    batch(hours.map(|hour| pm25(&format!("2026-03-01T{hour:02}:00:00Z"), "1")))
}

async fn newest(store: &dyn Store) -> StoredDeadLetter {
    store.dead_letters(&DeadLetterFilter { limit: 1, ..DeadLetterFilter::default() }).await.unwrap().remove(0)
}

/// Delivers a letter on top of values, and gives its number.
async fn deliver(store: &dyn Store, mut with: Batch, letter: DeadLetter) -> i64 {
    with.dead_letters = vec![letter];
    store.commit(&with).await.unwrap();
    newest(store).await.id
}

/// What the account says of values.
fn values(account: &Account) -> (u64, u64, u64, u64) {
    (account.incoming, account.stored, account.repeated, account.rejected)
}

pub(crate) async fn each_value_of_a_letter_counts_once(store: &dyn Store) {
    // Values stored with the letter and values rejected; then values and rejected values of the replay, each from the
    // case's own stretch of hours; then how the account moves: incoming, stored, repeated, rejected.
    type Case = (u32, u32, (std::ops::Range<u32>, u32), (i64, i64, i64, i64));
    let cases: [Case; 9] = [
        // A message that could not be decoded counted as one, whatever it holds.
        (0, 1, (0..1, 0), (0, 1, 0, -1)),
        (0, 1, (0..5, 0), (4, 5, 0, -1)),
        (0, 1, (0..5, 2), (6, 5, 0, 1)),
        // It holds nothing, or nothing that can be stored.
        (0, 1, (0..0, 0), (0, 0, 1, -1)),
        (0, 1, (0..0, 1), (0, 0, 0, 0)),
        // Some values of a message had been stored: they are no repeats.
        (2, 1, (0..3, 0), (0, 1, 0, -1)),
        (2, 3, (0..4, 1), (0, 2, 0, -2)),
        // What was rejected has come in another way meanwhile.
        (3, 2, (0..3, 0), (0, 0, 2, -2)),
        (3, 2, (0..4, 0), (0, 1, 1, -2)),
    ];
    for (case, (had, rejected, (replayed, still), moved)) in (0_u32..).zip(cases) {
        let shifted = |mut batch: Batch| {
            for incoming in &mut batch.samples {
                incoming.sample.key.instant += chrono::TimeDelta::days(i64::from(case));
            }
            batch
        };
        let id = deliver(store, shifted(hours(0..had)), rejecting(rejected)).await;
        let before = store.account().await.unwrap();
        let mut replay = shifted(hours(replayed));
        if still > 0 {
            replay.dead_letters = vec![rejecting(still)];
        }
        let receipt = store.replay_letter(id, &replay, at(LATER)).await.unwrap();
        let after = store.account().await.unwrap();
        let move_of = |what: fn(&Account) -> u64| what(&after).cast_signed() - what(&before).cast_signed();
        let found = (
            move_of(|a| a.incoming),
            move_of(|a| a.stored),
            move_of(|a| a.repeated),
            move_of(|a| a.rejected),
        );
        assert_eq!(found, moved, "case {case}");
        let told = (receipt.stored.cast_signed(), receipt.repeated.cast_signed(), receipt.rejected);
        assert_eq!(told, (moved.1, moved.2, u64::from(still)), "case {case}");
        assert_eq!(after.messages, before.messages, "case {case}");
        assert!(after.balances(), "case {case}: {after:?}");
        // Again: nothing is left to count.
        let again = store.replay_letter(id, &replay, at(LATER)).await.unwrap();
        assert_eq!(again, Receipt { rejected: u64::from(still), ..Receipt::default() }, "case {case}");
        assert_eq!(store.account().await.unwrap(), after, "case {case}");
    }
}

pub(crate) async fn the_letter_keeps_what_is_still_rejected(store: &dyn Store) {
    let id = deliver(store, hours(0..0), rejecting(3)).await;
    let other = deliver(store, hours(0..0), rejecting(1)).await;
    let untouched = newest(store).await;
    let find = async |id: i64| {
        let filter = DeadLetterFilter { id: Some(id), ..DeadLetterFilter::default() };
        store.dead_letters(&filter).await.unwrap().remove(0)
    };
    assert_eq!(find(id).await.replayed_at, None);
    let mut partly = hours(0..2);
    let still = DeadLetter { reason: RejectReason::BadUnit, detail: "单位 ppm".to_owned(), ..rejecting(1) };
    partly.dead_letters =
        vec![DeadLetter { raw: b"again".to_vec(), source: "replay".to_owned(), ..still.clone() }];
    store.replay_letter(id, &partly, at(LATER)).await.unwrap();
    // Its bytes, origin and arrival are those of the first time.
    assert_eq!(find(id).await, StoredDeadLetter { id, letter: still.clone(), replayed_at: Some(at(LATER)) });
    let whole = "2026-03-10T00:00:00Z";
    store.replay_letter(id, &hours(0..3), at(whole)).await.unwrap();
    let letter = DeadLetter { rejected: 0, ..still };
    assert_eq!(find(id).await, StoredDeadLetter { id, letter, replayed_at: Some(at(whole)) });
    assert_eq!(find(other).await, untouched);
    let open = DeadLetterFilter { open: true, ..DeadLetterFilter::default() };
    assert_eq!(store.dead_letters(&open).await.unwrap(), [untouched]);
    assert_eq!(all_of(store, "air").await.len(), 3);
}

pub(crate) async fn a_replay_may_revise_and_an_unknown_letter_changes_nothing(store: &dyn Store) {
    store.commit(&hours(0..1)).await.unwrap();
    let id = deliver(store, hours(0..0), rejecting(1)).await;
    let settled = store.stale(10).await.unwrap();
    store.commit_derived(&DerivedBatch { settled, ..DerivedBatch::default() }).await.unwrap();
    let mut other = hours(0..1);
    other.samples[0].sample.value = super::fixture::dec("2");
    other.source = "replay".to_owned();
    let before = store.account().await.unwrap();
    let error = store.replay_letter(id + 1, &other, at(LATER)).await.unwrap_err();
    assert!(matches!(error, StoreError::NoSuchLetter(n) if n == id + 1), "{error}");
    assert_eq!(store.account().await.unwrap(), before);
    assert_eq!(store.stale(10).await.unwrap(), []);
    let receipt = store.replay_letter(id, &other, at(LATER)).await.unwrap();
    assert_eq!(receipt, Receipt { stored: 1, revised: 1, ..Receipt::default() });
    let account = store.account().await.unwrap();
    assert_eq!((values(&account), account.revised), ((2, 2, 0, 0), 1));
    assert_eq!(store.revisions(&other.samples[0].sample.key).await.unwrap()[0].source, "replay");
}
