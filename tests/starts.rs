//! How `lanbi run` starts where something is not as it should be: what may pass is waited for, what somebody must mend
//! ends the start at once, and both are told with the remedy. Nothing is acknowledged that is not stored.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_precision_loss,
    clippy::cast_lossless,
    reason = "a test may stop at the first surprise"
)]

mod common;

use std::{
    ops::Range,
    sync::Arc,
    time::{Duration, Instant},
};

use common::{
    Mosquitto, Site, free_port,
    postgres::{Durability, Postgres},
    volume::Volume,
    wait_until,
};
use lanbi_ingest::mqtt::{MqttSettings, Publisher};
use lanbi_store::Store;

const STATIONS: &str = r#"
[[station]]
id = "a1"
name = "一号站"
kind = "air"
period = "1m"
cadence = "1m"
parameters = ["pm25"]
"#;

/// A broker that is not there.
const NOWHERE: &str = "mqtt://127.0.0.1:9";

fn stored_at(uri: &str) -> String {
    format!("[store]\nuri = \"{uri}\"\n")
}

/// Sends one value a minute to a broker that knows who takes them.
async fn send(broker: &Mosquitto, minutes: Range<i64>) {
    let settings =
        MqttSettings { url: broker.url(), client_id: "starts-test".to_owned(), ..MqttSettings::default() };
    let publisher = Publisher::connect(&settings, 100, Duration::from_secs(10)).await.unwrap();
    let start: chrono::DateTime<chrono::Utc> = "2026-03-01T00:00:00Z".parse().unwrap();
    for minute in minutes {
        let time = (start + chrono::TimeDelta::minutes(minute)).to_rfc3339();
        let payload = format!(r#"{{"time":"{time}","period":"1m","values":{{"pm25":{}}}}}"#, minute % 500);
        publisher.publish("lanbi/v1/a1", payload.into_bytes()).await.unwrap();
    }
    let counts = publisher.finish().await.unwrap();
    assert_eq!((counts.unheard, counts.refused), (0, 0), "{counts:?}");
}

async fn until_stored(store: &Arc<dyn Store>, values: u64) {
    let begun = Instant::now();
    loop {
        let account = store.account().await.unwrap();
        if account.stored == values {
            assert!(account.balances() && account.rejected == 0, "{account:?}");
            return;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "{account:?}, {values} expected");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Asserts that a start with this store fails for good, naming reason and remedy and no password.
#[track_caller]
fn refused(uri: &str, said: [&str; 2]) {
    let site = Site::at(NOWHERE, STATIONS, &stored_at(uri));
    let code = site.launch().ended();
    let log = site.log();
    assert_eq!(code, Some(1), "{uri}: {log}");
    assert!(said.iter().all(|part| log.contains(part)), "{uri}: {log}");
    assert!(!log.contains("waits for it") && !log.contains("swordfish"), "{uri}: {log}");
}

#[test]
fn what_somebody_must_mend_at_the_server_ends_the_start_at_once() {
    let Some(mut server) = Postgres::start_with(false, Durability::None) else { return };
    server.create_database("bureau");
    server.create_guarded_user("guest", "right");
    let guest = server.uri("bureau").replace("postgres@", "guest:swordfish@");
    refused(&guest, ["the server refuses the user `guest`", "correct user and password"]);
    refused(&server.uri("burreau"), ["there is no database `burreau`", "createdb -O postgres burreau"]);
    let demanding = format!("{}?lanbi_timescale=on", server.uri("bureau"));
    refused(&demanding, ["demands TimescaleDB", "take lanbi_timescale=on out of the address"]);
    assert_eq!(server.sql("bureau", "select count(*) from pg_tables where schemaname = 'public'"), "0");
    let guest = guest.replace("swordfish", "right");
    refused(&guest, ["the user `guest` may not make tables there", "ALTER DATABASE bureau OWNER TO guest"]);
}

#[test]
fn what_somebody_must_mend_here_ends_the_start_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("values.csv");
    std::fs::write(&file, "日期,PM2.5\n2026-03-01,35\n".repeat(100)).unwrap();
    let file = file.display();
    refused("mysql://lanbi:swordfish@db/lanbi", ["is no store address", "write sqlite:PATH"]);
    refused(&format!("sqlite:{file}"), ["not a database", "name another file in store.uri"]);
    refused(&format!("sqlite:{file}/lanbi.db"), ["values.csv", "set store.uri or data.dir to another place"]);
}

#[test]
fn a_server_that_is_away_is_waited_for_until_somebody_stops_the_service() {
    let port = free_port();
    for (uri, said) in [
        (
            format!("postgres://lanbi:swordfish@127.0.0.1:{port}/lanbi"),
            ["no PostgreSQL answers there", "start the server, or correct host and port"],
        ),
        (
            "postgres://lanbi:swordfish@nowhere.invalid/lanbi".to_owned(),
            ["the host `nowhere.invalid` cannot be found", "correct the host name in the address"],
        ),
    ] {
        let site = Site::at(NOWHERE, STATIONS, &stored_at(&uri));
        let mut running = site.launch();
        wait_until("the reason in the log", Duration::from_secs(60), || site.logged("waits for it") > 0);
        // Some more attempts, which have nothing new to say.
        std::thread::sleep(Duration::from_secs(1));
        assert!(running.runs(), "{}", site.log());
        let stopped = Instant::now();
        running.stop();
        assert!(stopped.elapsed() < Duration::from_secs(5), "stopped after {:?}", stopped.elapsed());
        let log = site.log();
        assert!(said.iter().all(|part| log.contains(part)), "{log}");
        assert!(log.contains("takes no message meanwhile") && !log.contains("swordfish"), "{log}");
        assert_eq!(site.logged("waits for it"), 1, "{log}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sent_while_the_server_is_away_is_stored_when_it_is_there() {
    let Some(mut server) = Postgres::start_with(false, Durability::None) else { return };
    server.create_database("bureau");
    let dir = tempfile::tempdir().unwrap();
    let broker = Mosquitto::start(dir.path());
    let site = Site::new(&broker, STATIONS, &stored_at(&server.uri("bureau")));
    // From here on the broker knows the session.
    site.run().stop();
    server.stop_fast();
    send(&broker, 0..200).await;
    let mut running = site.launch();
    wait_until("the reason in the log", Duration::from_secs(30), || site.logged("waits for it") > 0);
    send(&broker, 200..300).await;
    std::thread::sleep(Duration::from_millis(500));
    assert!(running.runs() && site.logged("subscribed") == 1, "{}", site.log());
    assert_eq!(site.logged("no PostgreSQL answers there"), 1, "{}", site.log());
    server.start_again();
    let store = lanbi_store::open(&server.uri("bureau")).await.unwrap();
    until_stored(&store, 300).await;
    assert_eq!(site.logged("the store is there"), 1, "{}", site.log());
    running.stop();
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_can_be_stopped_while_the_server_is_away() {
    let Some(mut server) = Postgres::start_with(false, Durability::None) else { return };
    server.create_database("bureau");
    let dir = tempfile::tempdir().unwrap();
    let broker = Mosquitto::start(dir.path());
    let site = Site::new(&broker, STATIONS, &stored_at(&server.uri("bureau")));
    let running = site.run();
    server.stop_fast();
    send(&broker, 0..300).await;
    let complaint = "nothing is acknowledged until the store answers";
    wait_until("the complaint in the log", Duration::from_secs(30), || site.logged(complaint) > 0);
    running.stop();
    assert!(site.logged("stopped without having stored these") > 0, "{}", site.log());
    server.start_again();
    let running = site.run();
    let store = lanbi_store::open(&server.uri("bureau")).await.unwrap();
    until_stored(&store, 300).await;
    running.stop();
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_told_with_the_remedy_and_nothing_is_acknowledged_that_is_not_stored() {
    let Some(volume) = Volume::mount(16) else { return };
    let uri = format!("sqlite:{}", volume.path().join("lanbi.sqlite").display());
    let dir = tempfile::tempdir().unwrap();
    let broker = Mosquitto::start(dir.path());
    let site = Site::new(&broker, STATIONS, &stored_at(&uri));
    let mut running = site.run();
    send(&broker, 0..10).await;
    let store = lanbi_store::open(&uri).await.unwrap();
    until_stored(&store, 10).await;
    store.close().await;
    volume.fill();
    send(&broker, 10..6000).await;
    let complaint = "make room on the disk that holds it";
    wait_until("the full disk in the log", Duration::from_secs(60), || site.logged(complaint) > 0);
    assert!(running.runs(), "{}", site.log());
    // Whatever was acknowledged without being stored would be lost now.
    running.kill();
    let already = site.logged(complaint);
    let mut running = site.launch();
    wait_until("the full disk in the log again", Duration::from_secs(60), || {
        site.logged(complaint) > already
    });
    assert!(running.runs(), "{}", site.log());
    volume.empty();
    let store = lanbi_store::open(&uri).await.unwrap();
    until_stored(&store, 6000).await;
    store.close().await;
    running.stop();
}

#[test]
fn a_broker_that_says_no_is_told_with_the_remedy_and_ends_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let broker = Mosquitto::start_closed(dir.path());
    let site = Site::new(&broker, STATIONS, "");
    let mut running = site.launch();
    wait_until("the refusal in the log", Duration::from_secs(30), || site.logged("the broker says no") > 0);
    std::thread::sleep(Duration::from_secs(1));
    assert!(running.runs(), "{}", site.log());
    running.stop();
    assert!(site.logged("check user and password") > 0, "{}", site.log());
}
