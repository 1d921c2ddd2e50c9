//! Leases: one holder at a time, by the store's own clock.

use std::time::Duration;

use super::fixture::{batch, day, mean, pm25};
use crate::{DerivedBatch, Lease, Store, StoreError};
use lanbi_model::Parameter;

const LONG: Duration = Duration::from_secs(600);

fn lease(name: &str, holder: &str) -> Lease {
    Lease { name: name.to_owned(), holder: holder.to_owned() }
}

pub(crate) async fn one_holder_at_a_time(store: &dyn Store) {
    let (one, two) = (lease("rollup", "one"), lease("rollup", "two"));
    let take = async |lease: &Lease| store.lease(lease, LONG).await.unwrap();
    assert!(take(&one).await);
    assert!(take(&one).await, "the holder prolongs it");
    assert!(!take(&two).await);
    assert!(take(&lease("demo", "two")).await, "another name is another lease");
    store.release(&two).await.unwrap();
    assert!(!take(&two).await, "only its holder gives it back");
    store.release(&one).await.unwrap();
    store.release(&one).await.unwrap();
    assert!(take(&two).await);
    assert!(!take(&one).await);
}

pub(crate) async fn run_out_when_nobody_prolongs_them(store: &dyn Store) {
    let (one, two) = (lease("rollup", "one"), lease("rollup", "two"));
    assert!(store.lease(&one, Duration::from_millis(40)).await.unwrap());
    tokio::time::sleep(Duration::from_millis(80)).await;
    assert!(store.lease(&two, LONG).await.unwrap());
    assert!(!store.lease(&one, LONG).await.unwrap());
}

pub(crate) async fn a_holder_without_its_lease_commits_nothing(store: &dyn Store) {
    store.commit(&batch([pm25("2026-03-01T01:00:00Z", "1")])).await.unwrap();
    let (one, two) = (lease("rollup", "one"), lease("rollup", "two"));
    let settled = store.stale(10).await.unwrap();
    let derive = async |lease: &Lease| {
        let batch = DerivedBatch {
            daily: vec![mean("air", Parameter::Pm25, "2026-03-01", Some("1"))],
            settled: settled.clone(),
            lease: Some(lease.clone()),
            ..DerivedBatch::default()
        };
        store.commit_derived(&batch).await
    };
    let lost = async |lease: &Lease, why: &str| {
        let error = derive(lease).await.unwrap_err();
        assert!(matches!(&error, StoreError::LeaseLost(name) if name == "rollup"), "{why}: {error}");
        assert_eq!(store.stale(10).await.unwrap(), settled, "{why}");
        let days = store.daily(None, day("2026-03-01"), day("2026-03-01")).await.unwrap();
        assert_eq!(days, [], "{why}");
    };
    lost(&one, "never taken").await;
    assert!(store.lease(&one, Duration::from_millis(40)).await.unwrap());
    tokio::time::sleep(Duration::from_millis(80)).await;
    lost(&one, "run out, though nobody else has it").await;
    assert!(store.lease(&two, LONG).await.unwrap());
    lost(&one, "another's").await;
    derive(&two).await.unwrap();
    assert_eq!(store.stale(10).await.unwrap(), []);
}
