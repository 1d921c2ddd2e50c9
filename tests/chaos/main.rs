//! A flow of messages through Mosquitto and two workers into PostgreSQL, while everything that can fail fails: workers
//! are killed, the database is restarted, killed, frozen and runs out of disk, the broker is restarted. Afterwards every
//! value is there once.
//!
//! The broker is restarted only where each worker has its own branch of the topics: Mosquitto 2.0 forgets shared
//! subscriptions when it stops, and tells the sender that nobody heard what comes before the workers are back.
//!
//! `cargo test --test chaos` sends short flows; the full one is
//! `LANBI_CHAOS_MESSAGES=1000000 cargo test --release --test chaos nothing -- --nocapture`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_precision_loss,
    reason = "a test may stop at the first surprise"
)]

#[path = "../common/mod.rs"]
mod common;
mod flow;
mod workers;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use common::{
    Mosquitto,
    postgres::{Durability, Postgres},
    volume::Volume,
};
use flow::Manifest;
use lanbi_store::Store;
use workers::{Parting, Workers};

/// What happens, each when this share of the messages is committed.
const EVERYTHING: [(u64, Event); 11] = [
    (6, Event::KillWorker(0)),
    (14, Event::RestartDatabase),
    (22, Event::KillWorker(1)),
    (30, Event::RestartBroker),
    (40, Event::KillWorker(0)),
    (48, Event::FreezeDatabase),
    (56, Event::KillWorker(1)),
    (64, Event::KillDatabase),
    (74, Event::FillDisk),
    (84, Event::KillWorker(0)),
    (92, Event::KillWorker(1)),
];

/// What happens to workers that share the topics.
const DEATHS: [(u64, Event); 5] = [
    (10, Event::KillWorker(0)),
    (30, Event::KillWorker(1)),
    (50, Event::KillDatabase),
    (70, Event::KillWorker(0)),
    (90, Event::KillWorker(1)),
];

#[derive(Clone, Copy, Debug)]
enum Event {
    KillWorker(usize),
    RestartDatabase,
    KillDatabase,
    FreezeDatabase,
    FillDisk,
    RestartBroker,
}

/// Messages of the flow in which everything fails, where `LANBI_CHAOS_MESSAGES` names no other number.
const SHORT: u64 = 30_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_or_doubled() {
    let messages = std::env::var("LANBI_CHAOS_MESSAGES").map_or(SHORT, |number| number.parse().unwrap());
    let frozen = Duration::from_secs(if messages > SHORT { 60 } else { 8 });
    chaos(messages, &EVERYTHING, Parting::Branches, frozen).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn workers_that_share_the_topics_can_die_at_any_moment() {
    chaos(20_000, &DEATHS, Parting::Shared, Duration::ZERO).await;
}

async fn chaos(messages: u64, events: &[(u64, Event)], parting: Parting, frozen: Duration) {
    let begun = Instant::now();
    let volume = Volume::mount(4000);
    let folder = volume.as_ref().map_or_else(std::env::temp_dir, |volume| volume.path().to_path_buf());
    let Some(mut database) = Postgres::start_in(&folder, true, Durability::Full) else { return };
    database.create_database("chaos");
    let broker_dir = tempfile::tempdir().unwrap();
    let mut broker = Mosquitto::start_persistent(broker_dir.path());
    let manifest = Manifest::of(messages);
    let mut workers = Workers::start(&broker, &database.uri("chaos"), parting);
    let store = lanbi_store::open(&database.uri("chaos")).await.unwrap();

    let (sent, committed) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let source = tokio::spawn(flow::send(broker.url(), messages, Arc::clone(&sent), Arc::clone(&committed)));
    for &(percent, event) in events {
        let share = messages * percent / 100;
        progress(&store, &committed, &mut workers, |done| done >= share).await;
        println!(
            "{:6.1} s  {:>9} committed  {event:?}",
            begun.elapsed().as_secs_f64(),
            committed.load(Ordering::Relaxed)
        );
        match event {
            Event::KillWorker(number) => workers.kill(number),
            Event::RestartDatabase => {
                database.stop_fast();
                database.start_again();
            }
            Event::KillDatabase => {
                database.kill();
                database.start_again();
            }
            Event::FreezeDatabase => {
                database.freeze();
                tokio::time::sleep(frozen).await;
                database.thaw();
            }
            Event::FillDisk => {
                if let Some(volume) = &volume {
                    let before = workers.complaints();
                    volume.fill();
                    // Space that is already taken may hold the rest of a short flow.
                    let full = Instant::now();
                    while workers.complaints() == before && full.elapsed() < Duration::from_secs(20) {
                        tokio::time::sleep(Duration::from_millis(100)).await;
                    }
                    println!("          {} complaints about the full disk", workers.complaints() - before);
                    tokio::time::sleep(Duration::from_secs(5)).await;
                    volume.empty();
                    database.revive();
                }
            }
            Event::RestartBroker => broker.restart(),
        }
    }
    progress(&store, &committed, &mut workers, |done| done >= messages).await;
    source.await.unwrap();
    let deadline = Instant::now() + Duration::from_secs(180);
    loop {
        workers.look();
        let account = store.account().await.unwrap();
        let stale = store.stale(10).await.unwrap();
        // Who derives may have been killed; another takes over when its lease has run out.
        if account.stored >= manifest.values && account.rejected >= manifest.poison && stale.is_empty() {
            break;
        }
        assert!(
            Instant::now() < deadline,
            "{account:?}, {stale:?}, the manifest has {} values",
            manifest.values
        );
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    workers.stop();
    let account = store.account().await.unwrap();
    let compared = manifest.compare(&*store).await;
    assert!(account.balances(), "{account:?}");
    assert_eq!(account.stored, manifest.values, "stored once each: {account:?}");
    assert_eq!(compared, manifest.values);
    println!(
        "{messages} messages in {:.1} s: {} values expected, 0 lost, 0 doubled; in {} = stored {} + repeated {} + \
         rejected {}; {} messages delivered",
        begun.elapsed().as_secs_f64(),
        manifest.values,
        account.incoming,
        account.stored,
        account.repeated,
        account.rejected,
        account.messages
    );
    store.close().await;
}

/// Waits until enough is committed; the database may be away meanwhile.
async fn progress(
    store: &Arc<dyn Store>,
    committed: &AtomicU64,
    workers: &mut Workers,
    enough: impl Fn(u64) -> bool,
) {
    let mut moved = Instant::now();
    loop {
        workers.look();
        let before = committed.load(Ordering::Relaxed);
        // A delivery that came again counts as a message again; the flow is long enough not to mind.
        if let Ok(account) = store.account().await
            && account.messages > before
        {
            committed.store(account.messages, Ordering::Relaxed);
            moved = Instant::now();
        }
        if enough(committed.load(Ordering::Relaxed)) {
            return;
        }
        assert!(
            moved.elapsed() < Duration::from_secs(150),
            "nothing moves: {before} committed\n{}",
            workers.tail()
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
