//! TimescaleDB's community edition: compression and policies of the database.
//!
//! `LANBI_TEST_TSL_URI` names a server with it that has one database and takes one connection at a time; without it
//! these tests are skipped, and say so. All connections to it share one session, which remembers prepared statements.

use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;
use lanbi_model::{AveragingPeriod, Decision, Flags, Parameter, Review, Sample};
use sqlx::{ConnectOptions, Connection, Executor, PgConnection, postgres::PgConnectOptions};
use tokio::sync::{Mutex, MutexGuard};
use url::Url;

use crate::{
    DerivedBatch, Keeper, Layout, Receipt, Store, Upkeep, open,
    suite::fixture::{all_of, at, batch, day, dec, sample},
};

/// The server, or the end of the test.
macro_rules! tsl_or_skip {
    () => {
        match std::env::var("LANBI_TEST_TSL_URI") {
            Ok(uri) => uri.parse::<url::Url>().unwrap(),
            Err(_) => {
                eprintln!("SKIPPED: LANBI_TEST_TSL_URI names no server with TimescaleDB's community edition");
                return;
            }
        }
    };
}

static ONE_AT_A_TIME: Mutex<()> = Mutex::const_new(());

/// The server's database, emptied, until the guard is dropped.
async fn emptied(server: &Url) -> (String, MutexGuard<'static, ()>) {
    let turn = ONE_AT_A_TIME.lock().await;
    let mut conn = connect(server).await;
    // Nothing tells of this build, which loads no libraries, that the extension can be made.
    conn.execute("CREATE EXTENSION IF NOT EXISTS timescaledb").await.unwrap();
    let tables: Option<String> = sqlx::query_scalar(
        "SELECT string_agg('DROP TABLE ' || quote_ident(tablename) || ' CASCADE', ';')
            || '; DROP SEQUENCE IF EXISTS stale_version'
        FROM pg_tables WHERE schemaname = current_schema()",
    )
    .fetch_one(&mut conn)
    .await
    .unwrap();
    if let Some(text) = tables {
        conn.execute(sqlx::raw_sql(sqlx::AssertSqlSafe(text))).await.unwrap();
    }
    conn.close().await.unwrap();
    let mut url = server.clone();
    url.query_pairs_mut().append_pair("lanbi_connections", "1");
    (url.to_string(), turn)
}

/// Connects, once the server has seen that the connection before is gone.
async fn connect(server: &Url) -> PgConnection {
    let options = PgConnectOptions::from_url(server).unwrap();
    for _ in 0..50 {
        if let Ok(mut conn) = options.connect().await {
            conn.execute("DEALLOCATE ALL").await.unwrap();
            return conn;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the server has no room");
}

/// Opens the store, once the server has room.
async fn reopen(server: &Url, uri: &str) -> Arc<dyn Store> {
    for _ in 0..10 {
        connect(server).await.close().await.unwrap();
        tokio::time::sleep(Duration::from_millis(50)).await;
        if let Ok(store) = open(uri).await {
            return store;
        }
    }
    panic!("the server has no room");
}

mod on_one_connection {
    use super::{emptied, reopen};

    crate::suite::promises! {{
        let server = tsl_or_skip!();
        async move {
            let (uri, turn) = emptied(&server).await;
            (reopen(&server, &uri).await, turn)
        }
    }}
}

fn value(parameter: Parameter, minute: i64, text: &str) -> Sample {
    let mut sample = sample("air", parameter, AveragingPeriod::MINUTE, "2026-01-01T00:00:00Z", text);
    sample.key.instant += TimeDelta::minutes(minute);
    sample
}

#[tokio::test]
async fn policies_are_set_changed_and_removed() {
    let server = tsl_or_skip!();
    let (uri, _turn) = emptied(&server).await;
    let store = reopen(&server, &uri).await;
    let status = store.status().await.unwrap();
    store.close().await;
    assert_eq!(status.layout, Layout::Hypertable);
    assert_eq!((status.retention, status.compression), (Keeper::OwnTask, Keeper::Policy));
    // What an earlier version of lanbi left.
    let mut conn = connect(&server).await;
    conn.execute("SELECT add_retention_policy('frame', interval '365 days')").await.unwrap();
    conn.close().await.unwrap();
    let days = |days: Option<i64>| days.map(TimeDelta::days);
    for (keep, compress) in [
        (Some(3650), None),
        (Some(3650), Some(30)),
        (Some(3650), Some(30)),
        (Some(365), Some(14)),
        (None, Some(14)),
        (Some(365), None),
        (None, None),
    ] {
        let upkeep = Upkeep { keep_values: days(keep), compress_after: days(compress) };
        let store = reopen(&server, &uri).await;
        store.tend(&upkeep, at("2026-03-01T00:00:00Z")).await.unwrap();
        store.close().await;
        let mut conn = connect(&server).await;
        let jobs: Vec<(String, i64)> = sqlx::query_as(
            "SELECT proc_name::text, (extract(epoch FROM (config ->> 'compress_after')::interval) / 86400)::int8
            FROM timescaledb_information.jobs WHERE hypertable_name = 'frame'",
        )
        .fetch_all(&mut conn)
        .await
        .unwrap();
        conn.close().await.unwrap();
        let expected: Vec<_> =
            compress.map(|days| ("policy_compression".to_owned(), days)).into_iter().collect();
        assert_eq!(jobs, expected, "the database compresses, and lets nothing go by itself");
    }
}

/// Compresses every chunk.
async fn compress(server: &Url) -> i64 {
    let mut conn = connect(server).await;
    let chunks = sqlx::query_scalar("SELECT count(compress_chunk(c)) FROM show_chunks('frame') AS c")
        .fetch_one(&mut conn)
        .await
        .unwrap();
    conn.close().await.unwrap();
    chunks
}

#[tokio::test]
async fn compressed_values_go_with_their_chunk_when_none_of_its_days_waits() {
    let server = tsl_or_skip!();
    let (uri, _turn) = emptied(&server).await;
    let store = reopen(&server, &uri).await;
    let hourly = |from: i64, to: i64| -> Vec<Sample> {
        (from..to).map(|hour| value(Parameter::Pm25, hour * 60, "35")).collect()
    };
    let settle = async |store: &dyn Store| {
        let settled = store.stale(1000).await.unwrap();
        store.commit_derived(&DerivedBatch { settled, ..DerivedBatch::default() }).await.unwrap();
    };
    // The weeks of the chunks begin on Thursdays, the first of January among them.
    store.commit(&batch(hourly(0, 28 * 24))).await.unwrap();
    settle(&*store).await;
    let upkeep = Upkeep { keep_values: Some(TimeDelta::days(30)), compress_after: Some(TimeDelta::days(7)) };
    store.tend(&upkeep, at("2026-01-28T00:00:00Z")).await.unwrap();
    store.close().await;
    assert_eq!(compress(&server).await, 4);
    let store = reopen(&server, &uri).await;
    let tend = async |now: &str| store.tend(&upkeep, at(now)).await.unwrap().values_gone;
    // Three weeks and some days are old, and a day of the second week waits.
    let late = value(Parameter::Pm25, 8 * 24 * 60 + 1, "36");
    store.commit(&batch([late])).await.unwrap();
    assert_eq!(tend("2026-02-24T00:00:00Z").await, 7 * 24);
    assert_eq!(all_of(&*store, "air").await.len(), 21 * 24 + 1);
    settle(&*store).await;
    assert_eq!(tend("2026-02-24T00:00:00Z").await, 14 * 24 + 1);
    assert_eq!(
        all_of(&*store, "air").await,
        hourly(21 * 24, 28 * 24),
        "the fourth week goes as a whole, later"
    );
    assert_eq!(tend("2026-02-28T00:00:00Z").await, 7 * 24);
    assert_eq!((all_of(&*store, "air").await, store.latest().await.unwrap()), (vec![], vec![]));
    store.close().await;
}

#[tokio::test]
async fn values_that_come_late_to_compressed_ones_are_stored_all_the_same() {
    let server = tsl_or_skip!();
    let (uri, _turn) = emptied(&server).await;
    let store = reopen(&server, &uri).await;
    let minutes = |from: i64, to: i64, text: &str| -> Vec<Sample> {
        (from..to).map(|minute| value(Parameter::Pm25, minute, text)).collect()
    };
    store.commit(&batch(minutes(0, 2000, "35"))).await.unwrap();
    let upkeep = Upkeep { keep_values: None, compress_after: Some(TimeDelta::days(7)) };
    store.tend(&upkeep, at("2026-03-01T00:00:00Z")).await.unwrap();
    store.close().await;
    assert!(compress(&server).await > 0);
    let store = reopen(&server, &uri).await;
    assert_eq!(all_of(&*store, "air").await, minutes(0, 2000, "35"));
    // All at once: repeats, a late frame, a late parameter of a frame that is there, and a revision.
    let mixed = [
        minutes(100, 200, "35"),
        minutes(2000, 2010, "36"),
        vec![value(Parameter::O3, 50, "80"), value(Parameter::Pm25, 60, "99")],
    ];
    let receipt = store.commit(&batch(mixed.concat())).await.unwrap();
    assert_eq!(receipt, Receipt { stored: 12, repeated: 100, revised: 1, rejected: 0 });
    let flags = vec![(value(Parameter::Pm25, 300, "35").key, Flags::STEP)];
    store.commit_derived(&DerivedBatch { flags, ..DerivedBatch::default() }).await.unwrap();
    let review = Review {
        key: value(Parameter::Pm25, 400, "35").key,
        decision: Decision::Correct(dec("40")),
        by: "王工".to_owned(),
        reason: "校准".to_owned(),
        at: at("2026-03-01T00:00:00Z"),
    };
    store.review(&review, day("2026-01-01")).await.unwrap();
    let mut expected = [minutes(0, 2000, "35"), minutes(2000, 2010, "36")].concat();
    expected[60].value = dec("99");
    expected[300].flags = Flags::STEP;
    (expected[400].value, expected[400].flags) = (dec("40"), Flags::MANUAL | Flags::REVIEWED_VALID);
    expected.push(value(Parameter::O3, 50, "80"));
    assert_eq!(all_of(&*store, "air").await, expected);
    let again = store.commit(&batch(minutes(0, 2000, "35"))).await.unwrap();
    assert_eq!(again, Receipt { repeated: 2000, ..Receipt::default() });
    store.close().await;
}
