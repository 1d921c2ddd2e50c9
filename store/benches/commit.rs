//! Values per second of `commit`: new, repeated, and revised, in batches of 5,000; then the reads that must stay quick
//! on a large store. Run with `cargo bench -p lanbi-store`, on a file, or on the empty database whose address is in
//! `LANBI_BENCH_STORE`. A database also tells how fast it takes the same frames without any of lanbi's promises.

#![expect(clippy::unwrap_used, reason = "a measurement that fails has nothing to say")]

use std::time::Instant as Clock;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use lanbi_model::{AveragingPeriod, Decimal, Flags, Parameter, Sample, SampleKey, StationId};
use lanbi_store::{Batch, Incoming, SampleQuery, Store};
use sqlx::{Connection, PgConnection};

const STATIONS: u32 = 100;
const PARAMETERS: usize = 10;
const BATCH: u32 = 5_000;
const BATCHES: u32 = 400;

/// Batch `n` of a bureau whose stations send all parameters minute by minute.
fn batch(n: u32, shift: i64) -> Batch {
    let ids: Vec<StationId> = (0..STATIONS).map(|s| StationId::new(&format!("station-{s:03}"))).collect();
    let minutes = BATCH / STATIONS / u32::try_from(PARAMETERS).unwrap();
    let mut samples = Vec::new();
    for minute in 0..minutes {
        let instant = DateTime::UNIX_EPOCH + TimeDelta::minutes(i64::from(n * minutes + minute));
        for (i, station) in ids.iter().enumerate() {
            for (j, &parameter) in Parameter::ALL.iter().take(PARAMETERS).enumerate() {
                let number = i64::try_from(i * 31 + j * 7).unwrap() + i64::from(n * minutes + minute) % 997;
                let key = SampleKey {
                    station: station.clone(),
                    parameter,
                    period: AveragingPeriod::MINUTE,
                    instant,
                };
                let sample = Sample { key, value: Decimal::new(number + shift, 1), flags: Flags::empty() };
                samples.push(Incoming { sample, day: instant.date_naive(), received_at: instant });
            }
        }
    }
    Batch { samples, messages: u64::from(minutes * STATIONS), source: "bench".to_owned(), ..Batch::default() }
}

async fn measure(store: &dyn Store, what: &str, batches: u32, shift: i64) {
    let mut worst = 0.0_f64;
    let mut total = 0.0_f64;
    for n in 0..batches {
        let batch = batch(n, shift);
        let start = Clock::now();
        store.commit(&batch).await.unwrap();
        let seconds = start.elapsed().as_secs_f64();
        worst = worst.max(seconds);
        total += seconds;
    }
    let rate = f64::from(batches * BATCH) / total;
    println!("{what:10} {rate:9.0} values/s, worst batch {:.1} ms", worst * 1e3);
}

async fn timed<T>(what: &str, work: impl Future<Output = T>) -> T {
    let start = Clock::now();
    let result = work.await;
    println!("{what:40} {:.2} ms", start.elapsed().as_secs_f64() * 1e3);
    result
}

/// The frames of the first batches straight into a table like that of the store, each batch one transaction.
async fn raw(uri: &str) {
    let mut conn = PgConnection::connect(uri).await.unwrap();
    sqlx::raw_sql("CREATE TABLE raw_frame (LIKE frame INCLUDING ALL)").execute(&mut conn).await.unwrap();
    let frames = usize::try_from(BATCH).unwrap() / PARAMETERS;
    let mut total = 0.0_f64;
    for n in 0..BATCHES / 4 {
        let batch = batch(n, 0);
        let start = Clock::now();
        let heads: Vec<&Incoming> = batch.samples.iter().step_by(PARAMETERS).collect();
        let stations: Vec<i32> = (0..frames).map(|i| i32::try_from(i).unwrap() % 100).collect();
        let instants: Vec<DateTime<Utc>> = heads.iter().map(|head| head.sample.key.instant).collect();
        let first: Vec<i32> = (0..frames).map(|i| i32::try_from(i * PARAMETERS).unwrap() + 1).collect();
        let parameters: Vec<i16> =
            (0..batch.samples.len()).map(|i| i16::try_from(i % PARAMETERS).unwrap()).collect();
        let values: Vec<f64> =
            batch.samples.iter().map(|i| lanbi_model::decimal::to_f64(i.sample.value)).collect();
        sqlx::query(
            "INSERT INTO raw_frame (station, period, instant, received_at, parameters, vals)
            SELECT station, 60, instant, instant, ($4::int2[])[first : first + 9],
                ($5::float8[])[first : first + 9]
            FROM unnest($1::int4[], $2::timestamptz[], $3::int4[]) AS u (station, instant, first)
            ON CONFLICT DO NOTHING",
        )
        .bind(stations)
        .bind(instants)
        .bind(first)
        .bind(parameters)
        .bind(values)
        .execute(&mut conn)
        .await
        .unwrap();
        total += start.elapsed().as_secs_f64();
    }
    println!("raw insert {:9.0} values/s", f64::from(BATCHES / 4 * BATCH) / total);
}

#[tokio::main]
async fn main() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bench.db");
    let uri = std::env::var("LANBI_BENCH_STORE").unwrap_or_else(|_| format!("sqlite:{}", path.display()));
    let store = lanbi_store::open(&uri).await.unwrap();
    if uri.starts_with("postgres") {
        raw(&uri).await;
    }
    measure(&*store, "new", BATCHES, 0).await;
    measure(&*store, "repeated", BATCHES, 0).await;
    measure(&*store, "revised", BATCHES / 10, 1).await;
    let account = store.account().await.unwrap();
    assert!(account.balances(), "{account:?}");
    println!("{account:?}");
    let status = timed("status", store.status()).await.unwrap();
    println!(
        "{} {:?}, {} MB, {} values",
        status.engine,
        status.layout,
        status.bytes / 1_000_000,
        status.values
    );
    timed("latest of all stations", store.latest()).await.unwrap();
    timed("up to 1000 stale marks", store.stale(1000)).await.unwrap();
    let day = NaiveDate::default().and_time(chrono::NaiveTime::MIN).and_utc();
    let mut query = SampleQuery {
        station: StationId::new("station-042"),
        parameters: vec![Parameter::Pm25],
        period: Some(AveragingPeriod::MINUTE),
        after: day,
        until: day + TimeDelta::days(1),
    };
    let one = timed("one parameter of a station, one day", store.samples(&query)).await.unwrap();
    assert_eq!(one.len(), 1440);
    query.parameters.clear();
    query.period = None;
    let all = timed("all parameters of a station, one day", store.samples(&query)).await.unwrap();
    assert_eq!(all.len(), 14_400);
    let flags = all.iter().map(|s| (s.key.clone(), Flags::STEP)).collect();
    let derived = lanbi_store::DerivedBatch { flags, ..Default::default() };
    timed("flags of 14,400 values", store.commit_derived(&derived)).await.unwrap();
    store.close().await;
}
