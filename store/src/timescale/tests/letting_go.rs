//! Chunks that are let go while somebody writes to them.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use chrono::TimeDelta;
use lanbi_model::{AveragingPeriod, Decimal, Parameter, Sample};
use sqlx::{Connection, Executor};

use super::{Database, server_or_skip};
use crate::{
    DerivedBatch, Kept, Store, Upkeep, open,
    suite::fixture::{all_of, at, batch, sample},
};

const NOW: &str = "2026-03-05T00:00:00Z";

async fn settle(store: &dyn Store) {
    let settled = store.stale(1000).await.unwrap();
    store.commit_derived(&DerivedBatch { settled, ..DerivedBatch::default() }).await.unwrap();
}

async fn tend(store: &dyn Store) -> Kept {
    let upkeep = Upkeep { keep_values: Some(TimeDelta::days(30)), compress_after: None };
    store.tend(&upkeep, at(NOW)).await.unwrap()
}

/// A value of the first week of the year, so many minutes after its beginning.
fn old(minute: i64) -> Sample {
    let mut sample = sample("air", Parameter::Pm25, AveragingPeriod::MINUTE, "2026-01-01T00:00:00Z", "35");
    sample.key.instant += TimeDelta::minutes(minute);
    sample.value = Decimal::from(minute);
    sample
}

#[tokio::test]
async fn a_value_that_is_being_written_holds_its_chunk() {
    let database = Database::make(&server_or_skip!()).await;
    let store = open(&database.uri("")).await.unwrap();
    store.commit(&batch([old(0)])).await.unwrap();
    settle(&*store).await;
    let mut writer = database.connect().await;
    let chunks = async || -> i64 {
        let mut conn = database.connect().await;
        let chunks =
            sqlx::query_scalar("SELECT count(*) FROM show_chunks('frame')").fetch_one(&mut conn).await;
        conn.close().await.unwrap();
        chunks.unwrap()
    };
    // Day and series are told of at the end of the transaction, as in every commit.
    let mut tx = writer.begin().await.unwrap();
    tx.execute(
        "INSERT INTO frame (station, period, instant, received_at, parameters, vals)
        SELECT station, period, instant + interval '1 minute', received_at, parameters, vals FROM frame",
    )
    .await
    .unwrap();
    tend(&*store).await;
    assert_eq!(chunks().await, 1, "nobody waits for a writer for long, and nobody drops what he writes");
    for text in [
        "INSERT INTO stale (station, day, version, causes)
        SELECT id, '2026-01-01', nextval('stale_version'), 1 FROM station",
        "INSERT INTO series (station, period, last) SELECT station, period, max(instant) FROM frame GROUP BY 1, 2
        ON CONFLICT DO NOTHING",
    ] {
        tx.execute(text).await.unwrap();
    }
    tx.commit().await.unwrap();
    tend(&*store).await;
    assert_eq!((chunks().await, all_of(&*store, "air").await.len()), (1, 1), "its day waits");
    settle(&*store).await;
    tend(&*store).await;
    assert_eq!((chunks().await, all_of(&*store, "air").await.len()), (0, 0));
    writer.close().await.unwrap();
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn late_values_come_in_while_their_chunk_goes() {
    let database = Database::make(&server_or_skip!()).await;
    let store = open(&database.uri("")).await.unwrap();
    let (writer, enough) = (Arc::clone(&store), Arc::new(AtomicBool::new(false)));
    let told = Arc::clone(&enough);
    let writing = tokio::spawn(async move {
        let mut written = 0_u32;
        while written < 400 || !told.load(Ordering::SeqCst) {
            let receipt = writer.commit(&batch([old(written.into())])).await;
            assert_eq!(receipt.map(|receipt| receipt.stored).map_err(|error| error.to_string()), Ok(1));
            written += 1;
            // A moment in which no day waits.
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        u64::from(written)
    });
    let begun = Instant::now();
    let mut gone = 0;
    while !writing.is_finished() {
        assert!(begun.elapsed() < Duration::from_secs(120), "nothing goes while somebody writes");
        settle(&*store).await;
        gone += tend(&*store).await.values_gone;
        enough.store(gone > 0, Ordering::SeqCst);
    }
    let written = writing.await.unwrap();
    settle(&*store).await;
    gone += tend(&*store).await.values_gone;
    assert_eq!((gone, all_of(&*store, "air").await), (written, vec![]));
    store.close().await;
}
