//! Several processes that write to the same stations at once.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use chrono::TimeDelta;
use lanbi_model::{AveragingPeriod, Decimal, Flags, Parameter, Sample, SampleKey, StationId};
use rand::{Rng, SeedableRng, seq::IndexedRandom};
use rand_chacha::ChaCha8Rng;

use super::{Database, server_or_skip};
use crate::{
    Batch, DerivedBatch, Receipt, StaleCauses, Store, open,
    suite::fixture::{all_of, at, batch, letter},
};

const HANDLES: u64 = 2;
const TASKS: u64 = 3;
const BATCHES: u64 = 25;
const STATIONS: [&str; 4] = ["a", "b", "c", "d"];

/// Values that are the same whoever sends them: which of several comes first does not matter to what is stored.
fn any_batch(rng: &mut ChaCha8Rng) -> Batch {
    let samples = (0..rng.random_range(1..120)).map(|_| {
        let hour = rng.random_range(0..60);
        let key = SampleKey {
            station: StationId::new(STATIONS.choose(rng).unwrap()),
            parameter: *[Parameter::Pm25, Parameter::O3, Parameter::Co, Parameter::Flow].choose(rng).unwrap(),
            period: AveragingPeriod::HOUR,
            instant: at("2026-03-01T00:00:00Z") + TimeDelta::hours(hour),
        };
        Sample { key, value: Decimal::new(hour, 1), flags: Flags::empty() }
    });
    let mut batch = batch(samples.collect::<Vec<_>>());
    if rng.random_bool(0.2) {
        let reason = lanbi_model::RejectReason::Malformed;
        batch.dead_letters = vec![letter("2026-03-01T00:00:00Z", reason, b"x")];
    }
    batch
}

/// Commits until it succeeds, as the pipeline does.
async fn commit(store: &dyn Store, batch: &Batch) -> Receipt {
    for _ in 0..20 {
        match store.commit(batch).await {
            Ok(receipt) => return receipt,
            Err(error) => assert!(error.is_transient(), "{error}"),
        }
    }
    panic!("a commit never succeeds");
}

async fn exactly_the_sum_comes_out(parameters: &str, server: &str) {
    let database = Database::make(server).await;
    let uri = database.uri(parameters);
    let mut tasks = Vec::new();
    let mut expected: BTreeMap<SampleKey, Decimal> = BTreeMap::new();
    let (mut incoming, mut rejected) = (0, 0);
    for handle in 0..HANDLES {
        let store = open(&uri).await.unwrap();
        for task in 0..TASKS {
            let mut rng = ChaCha8Rng::seed_from_u64(handle * TASKS + task);
            let batches: Vec<Batch> = (0..BATCHES).map(|_| any_batch(&mut rng)).collect();
            for batch in &batches {
                incoming += batch.samples.len() + batch.dead_letters.len();
                rejected += batch.dead_letters.len();
                expected.extend(batch.samples.iter().map(|i| (i.sample.key.clone(), i.sample.value)));
            }
            let store = Arc::clone(&store);
            tasks.push(tokio::spawn(async move {
                let mut stored = 0;
                for batch in &batches {
                    stored += commit(&*store, batch).await.stored;
                }
                stored
            }));
        }
        // A deriver at the same time: whatever it settles, the days touched after its look stay marked.
        let deriver = Arc::clone(&store);
        tasks.push(tokio::spawn(async move {
            for _ in 0..BATCHES {
                let settled = deriver.stale(100).await.unwrap();
                let flags = all_of(&*deriver, "a").await;
                let flags = flags.into_iter().map(|s| (s.key, Flags::STEP)).collect();
                let batch = DerivedBatch { settled, flags, ..DerivedBatch::default() };
                if let Err(error) = deriver.commit_derived(&batch).await {
                    assert!(error.is_transient(), "{error}");
                }
            }
            0
        }));
    }
    let mut stored = 0;
    for task in tasks {
        stored += task.await.unwrap();
    }
    let store = open(&uri).await.unwrap();
    let account = store.account().await.unwrap();
    let number = |n: usize| u64::try_from(n).unwrap();
    assert_eq!((account.incoming, account.rejected), (number(incoming), number(rejected)));
    assert_eq!((account.stored, account.revised), (number(expected.len()), 0));
    assert_eq!(stored, account.stored);
    for name in STATIONS {
        let found: Vec<_> = all_of(&*store, name).await.into_iter().map(|s| (s.key, s.value)).collect();
        let mine = expected.iter().filter(|(key, _)| key.station.as_str() == name);
        assert_eq!(found, mine.map(|(key, &value)| (key.clone(), value)).collect::<Vec<_>>(), "{name}");
    }
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn overlapping_batches_add_up_in_a_plain_table() {
    exactly_the_sum_comes_out("lanbi_timescale=off", &server_or_skip!()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn overlapping_batches_add_up_in_a_hypertable() {
    exactly_the_sum_comes_out("", &server_or_skip!()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn revisions_from_all_sides_are_all_kept() {
    let database = Database::make(&server_or_skip!()).await;
    let mut tasks = Vec::new();
    for writer in 0..6_i64 {
        let store = open(&database.uri("")).await.unwrap();
        tasks.push(tokio::spawn(async move {
            for n in 0..10 {
                let samples = ["2026-03-01T01:00:00Z", "2026-03-01T02:00:00Z"].map(|end| {
                    let mut sample = crate::suite::fixture::pm25(end, "1");
                    sample.value = Decimal::new(writer * 100 + n, 0);
                    sample
                });
                // In either order: locks are taken in the order of the keys all the same.
                let samples =
                    if writer % 2 == 0 { samples.to_vec() } else { samples.into_iter().rev().collect() };
                commit(&*store, &batch(samples)).await;
            }
            store.close().await;
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    let store = open(&database.uri("")).await.unwrap();
    for present in all_of(&*store, "air").await {
        let mut values: Vec<_> =
            store.revisions(&present.key).await.unwrap().into_iter().map(|r| r.sample.value).collect();
        values.push(present.value);
        values.sort_unstable();
        let expected: Vec<_> =
            (0..6).flat_map(|w| (0..10).map(move |n| Decimal::new(w * 100 + n, 0))).collect();
        assert_eq!(values, expected);
    }
    assert_eq!(store.account().await.unwrap().revised, 118);
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mark_of_a_commit_under_way_survives_the_settling_of_an_older_one() {
    let database = Database::make(&server_or_skip!()).await;
    let store = open(&database.uri("")).await.unwrap();
    let value =
        |hour: u32| batch([crate::suite::fixture::pm25(&format!("2026-03-01T{hour:02}:00:00Z"), "1")]);
    for old in [true, false] {
        let hour = if old { 1 } else { 3 };
        store.commit(&value(hour)).await.unwrap();
        let seen = store.stale(10).await.unwrap();
        // A commit that has marked the day and stands before its end.
        let mut blocker = database.connect().await;
        let mut lock = sqlx::Connection::begin(&mut blocker).await.unwrap();
        sqlx::query("LOCK TABLE account IN EXCLUSIVE MODE").execute(&mut *lock).await.unwrap();
        let committing = Arc::clone(&store);
        let late = value(hour + 1);
        let commit = tokio::spawn(async move { committing.commit(&late).await });
        tokio::time::sleep(Duration::from_millis(300)).await;
        let settling = Arc::clone(&store);
        let settle = tokio::spawn(async move {
            settling.commit_derived(&DerivedBatch { settled: seen, ..DerivedBatch::default() }).await
        });
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert!(!commit.is_finished() && !settle.is_finished(), "the settling waits for the commit");
        lock.rollback().await.unwrap();
        commit.await.unwrap().unwrap();
        settle.await.unwrap().unwrap();
        let left = store.stale(10).await.unwrap();
        assert_eq!((left.len(), left[0].causes, left[0].derived_before), (1, StaleCauses::ARRIVED, true));
        store.commit_derived(&DerivedBatch { settled: left, ..DerivedBatch::default() }).await.unwrap();
    }
    store.close().await;
}
