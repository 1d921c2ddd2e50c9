//! A process that is killed while it commits leaves whole batches only, and every batch it was told is durable.

#![expect(clippy::unwrap_used, reason = "test helpers outside test functions")]

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Stdio},
};

use chrono::{DateTime, TimeDelta};
use lanbi_model::{AveragingPeriod, Decimal, Flags, Parameter, Sample, SampleKey, StationId};
use lanbi_store::{Batch, Incoming, SampleQuery, open};

/// Names the file to the child process; without it the child's part does nothing.
const FILE: &str = "LANBI_CRASH_TEST_FILE";
const VALUES: i64 = 500;

/// Batch `n`: values of its own, and one value that every batch revises.
fn batch(n: i64) -> Batch {
    let sample = |minute: i64, value: i64| {
        let instant = DateTime::UNIX_EPOCH + TimeDelta::minutes(minute);
        let station = StationId::new("air");
        let key = SampleKey { station, parameter: Parameter::Pm25, period: AveragingPeriod::MINUTE, instant };
        Incoming {
            sample: Sample { key, value: Decimal::from(value), flags: Flags::empty() },
            day: instant.date_naive(),
            received_at: instant,
        }
    };
    let own = (1..VALUES).map(|i| sample(n * VALUES + i, n));
    Batch { samples: own.chain([sample(0, n)]).collect(), messages: 1, ..Batch::default() }
}

/// The child: commits until it is killed, and says the number of each batch that is durable.
#[tokio::test]
async fn child() {
    let Ok(uri) = std::env::var(FILE) else { return };
    let store = open(&uri).await.unwrap();
    let done = i64::try_from(store.account().await.unwrap().messages).unwrap();
    for n in done.. {
        store.commit(&batch(n)).await.unwrap();
        println!("committed {n}");
    }
}

/// Starts the child, kills it right after it has told of `batches`, and gives the last number told.
fn run_and_kill(uri: &str, batches: usize) -> i64 {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["child", "--exact", "--nocapture", "--test-threads=1"])
        .env(FILE, uri)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    // The harness may write before the first number on the same line.
    let mut told = lines.filter_map(|line| line.split("committed ").nth(1)?.parse::<i64>().ok());
    let last = told.nth(batches - 1).unwrap();
    child.kill().unwrap();
    let last = told.last().unwrap_or(last);
    child.wait().unwrap();
    last
}

async fn check(path: &Path, uri: &str, told: i64) {
    let store = open(uri).await.unwrap();
    let account = store.account().await.unwrap();
    let batches = i64::try_from(account.messages).unwrap();
    assert!(
        batches == told + 1 || batches == told + 2,
        "told of {told}, found {batches} in {}",
        path.display()
    );
    assert!(account.balances());
    let query = SampleQuery {
        station: StationId::new("air"),
        parameters: Vec::new(),
        period: None,
        after: DateTime::UNIX_EPOCH - TimeDelta::days(1),
        until: DateTime::UNIX_EPOCH + TimeDelta::days(100_000),
    };
    let samples = store.samples(&query).await.unwrap();
    assert_eq!(i64::try_from(samples.len()).unwrap(), batches * (VALUES - 1) + 1);
    assert_eq!(i64::try_from(account.stored).unwrap(), batches * VALUES);
    assert_eq!(samples[0].value, Decimal::from(batches - 1));
    assert_eq!(i64::try_from(store.revisions(&samples[0].key).await.unwrap().len()).unwrap(), batches - 1);
    // What was in flight comes again and is counted once.
    let again = store.commit(&batch(batches - 1)).await.unwrap();
    assert_eq!(i64::try_from(again.repeated).unwrap(), VALUES);
    store.close().await;
}

#[tokio::test]
async fn a_killed_process_loses_nothing_it_promised_and_doubles_nothing() {
    let folder = tempfile::tempdir().unwrap();
    for batches in [1, 7, 40] {
        let path = folder.path().join(format!("{batches}.db"));
        let uri = format!("sqlite:{}", path.display());
        let told = run_and_kill(&uri, batches);
        check(&path, &uri, told).await;
    }
}
