//! Subscriber and publisher against a real Mosquitto: nothing is lost, whatever breaks.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use lanbi_ingest::IngestError;
use lanbi_ingest::mqtt::{Delivery, Link, MqttSettings, Publisher, SentCounts, Subscriber};
use rumqttc::v5::mqttbytes::QoS;
use rumqttc::v5::mqttbytes::v5::{Packet, PingReq, Publish};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

const PATIENCE: Duration = Duration::from_secs(20);

/// A broker of its own for one test, on a free port, with persistence.
struct Broker {
    folder: tempfile::TempDir,
    port: u16,
    child: Option<Child>,
}

impl Broker {
    fn start(extra: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let store = folder.path().display();
        let config = format!(
            "listener {port} 127.0.0.1\nuser root\npersistence true\npersistence_location {store}/\n\
             max_queued_messages 1000000\nlog_dest file {store}/log\n{extra}\n"
        );
        std::fs::write(folder.path().join("mosquitto.conf"), config).unwrap();
        let mut broker = Self { folder, port, child: None };
        broker.run();
        broker
    }

    fn open() -> Self {
        Self::start("allow_anonymous true\nmax_inflight_messages 1000")
    }

    fn run(&mut self) {
        let child = Command::new(program("mosquitto"))
            .arg("-c")
            .arg(self.folder.path().join("mosquitto.conf"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        self.child = Some(child);
        let begin = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            assert!(begin.elapsed() < PATIENCE, "mosquitto did not start: {}", self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Stops the broker as an operator does; it writes its sessions to disk.
    fn stop(&mut self) {
        let mut child = self.child.take().unwrap();
        let id = child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        child.wait().unwrap();
    }

    fn forget_sessions(&self) {
        let _ = std::fs::remove_file(self.folder.path().join("mosquitto.db"));
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    fn settings(&self, client_id: &str) -> MqttSettings {
        MqttSettings {
            url: format!("mqtt://127.0.0.1:{}", self.port),
            client_id: client_id.to_owned(),
            topics: vec!["lanbi/#".to_owned()],
            ..MqttSettings::default()
        }
    }

    async fn subscriber(&self, client_id: &str) -> Subscriber {
        let subscriber = Subscriber::start(&self.settings(client_id)).unwrap();
        subscriber.ready(PATIENCE).await.unwrap_or_else(|error| panic!("{error}: {}", self.log()));
        subscriber
    }

    async fn publisher(&self, client_id: &str) -> Publisher {
        Publisher::connect(&self.settings(client_id), 200, PATIENCE).await.unwrap()
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// The broker's program. Its absence fails the test: a promise that was not tried is not kept.
fn program(name: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(["/usr/sbin".into(), "/usr/local/sbin".into()]);
    folders
        .map(|folder: PathBuf| folder.join(name))
        .find(|path: &PathBuf| Path::is_file(path))
        .unwrap_or_else(|| {
            panic!("`{name}` is needed for this test; install it with `apt-get install mosquitto`")
        })
}

async fn publish(publisher: &Publisher, numbers: std::ops::Range<u32>) {
    for number in numbers {
        publisher.publish(&format!("lanbi/s{}", number % 7), number.to_string().into_bytes()).await.unwrap();
    }
}

async fn next(subscriber: &mut Subscriber) -> Option<Delivery> {
    tokio::time::timeout(PATIENCE, subscriber.recv()).await.expect("a delivery in time")
}

fn number(delivery: &Delivery) -> u32 {
    std::str::from_utf8(delivery.payload()).unwrap().parse().unwrap()
}

/// Takes and acknowledges until every number below `n` was there; gives the count of deliveries.
async fn take_all(subscriber: &mut Subscriber, n: u32) -> usize {
    let acker = subscriber.acker();
    let mut missing: BTreeSet<u32> = (0..n).collect();
    let mut deliveries = 0;
    while !missing.is_empty() {
        let delivery = tokio::time::timeout(PATIENCE, subscriber.recv()).await;
        let delivery =
            delivery.unwrap_or_else(|_| panic!("{} never came, as {:?}", missing.len(), missing.first()));
        let delivery = delivery.unwrap();
        missing.remove(&number(&delivery));
        acker.ack([delivery.receipt()]);
        deliveries += 1;
    }
    deliveries
}

/// Whether nothing more comes for a while.
async fn is_quiet(subscriber: &mut Subscriber) -> bool {
    tokio::time::timeout(Duration::from_millis(500), subscriber.recv()).await.is_err()
}

#[tokio::test(flavor = "multi_thread")]
async fn five_thousand_messages_go_through_once_and_in_order() {
    let broker = Broker::open();
    let mut subscriber = broker.subscriber("sub").await;
    let publisher = broker.publisher("pub").await;
    let sending = tokio::spawn(async move {
        publish(&publisher, 0..5000).await;
        publisher.finish().await.unwrap()
    });
    let acker = subscriber.acker();
    let mut last: BTreeMap<String, u32> = BTreeMap::new();
    let mut batch = Vec::new();
    for _ in 0..5000 {
        let delivery = next(&mut subscriber).await.unwrap();
        let number = number(&delivery);
        assert!(
            last.insert(delivery.topic.clone(), number).is_none_or(|before| before < number),
            "order of a topic"
        );
        assert!(!delivery.retained);
        batch.push(delivery.receipt());
        if batch.len() == 100 {
            // Out of order within the batch, as parallel writers would do it.
            acker.ack(batch.drain(..).rev());
        }
    }
    let counts = sending.await.unwrap();
    assert_eq!(counts, SentCounts { sent: 5000, acknowledged: 5000, unheard: 0, refused: 0 });
    subscriber.close().await;
    let mut again = broker.subscriber("sub").await;
    assert!(is_quiet(&mut again).await, "what was acknowledged does not come again");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_acknowledged_comes_again_after_a_crash() {
    let broker = Broker::open();
    let mut subscriber = broker.subscriber("sub").await;
    let publisher = broker.publisher("pub").await;
    publish(&publisher, 0..300).await;
    publisher.finish().await.unwrap();
    let acker = subscriber.acker();
    for expected in 0..300 {
        let delivery = next(&mut subscriber).await.unwrap();
        assert_eq!(number(&delivery), expected);
        if expected < 100 {
            acker.ack([delivery.receipt()]);
        }
    }
    // Acknowledgements travel by themselves; a crash may only cost repeats, so they are given a moment here.
    tokio::time::sleep(Duration::from_millis(300)).await;
    drop(subscriber);
    let mut again = broker.subscriber("sub").await;
    for expected in 100..300 {
        let delivery = next(&mut again).await.unwrap();
        assert_eq!(number(&delivery), expected);
        again.acker().ack([delivery.receipt()]);
    }
    assert!(is_quiet(&mut again).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_restarted_in_the_middle_costs_nothing() {
    restart_in_the_middle(Broker::open(), false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_takes_few_messages_at_a_time_costs_nothing() {
    // Mosquitto's own limit is 20; a client that sends more at a time after a reconnect is thrown out again.
    restart_in_the_middle(Broker::start("allow_anonymous true"), false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_publisher_survives_a_broker_that_forgot_its_session() {
    restart_in_the_middle(Broker::open(), true).await;
}

/// The broker goes away while messages are on their way. With `forget` it comes back without its memory: then the
/// messages it had taken and not delivered are gone, but what the publisher had not been promised must arrive.
async fn restart_in_the_middle(mut broker: Broker, forget: bool) {
    let mut subscriber = broker.subscriber("sub").await;
    let publisher = broker.publisher("pub").await;
    let sending = tokio::spawn(async move {
        for block in 0..40 {
            publish(&publisher, block * 250..(block + 1) * 250).await;
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        publisher.finish().await.unwrap()
    });
    let acker = subscriber.acker();
    let mut seen = BTreeSet::new();
    while seen.len() < 3000 {
        let delivery = next(&mut subscriber).await.unwrap();
        seen.insert(number(&delivery));
        acker.ack([delivery.receipt()]);
    }
    broker.stop();
    if forget {
        broker.forget_sessions();
    }
    broker.run();
    let sent = tokio::time::timeout(Duration::from_secs(60), sending)
        .await
        .expect("the publisher finishes")
        .unwrap();
    assert_eq!((sent.sent, sent.acknowledged), (10_000, 10_000));
    // What the broker had promised to keep and forgot is nobody's fault here; the tail must be complete.
    let due: BTreeSet<u32> = if forget { (9000..10_000).collect() } else { (0..10_000).collect() };
    while !due.is_subset(&seen) {
        let delivery = tokio::time::timeout(PATIENCE, subscriber.recv()).await;
        let delivery = delivery.unwrap_or_else(|_| panic!("only {} arrived", seen.len())).unwrap();
        seen.insert(number(&delivery));
        acker.ack([delivery.receipt()]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_sent_while_the_subscriber_was_away_is_delivered() {
    let broker = Broker::open();
    broker.subscriber("sub").await.close().await;
    let publisher = broker.publisher("pub").await;
    publish(&publisher, 0..3000).await;
    let counts = publisher.finish().await.unwrap();
    assert_eq!((counts.acknowledged, counts.unheard), (3000, 0), "the session is there to hear it");
    let mut subscriber = broker.subscriber("sub").await;
    assert_eq!(take_all(&mut subscriber, 3000).await, 3000);
    assert!(is_quiet(&mut subscriber).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_message_is_delivered_whole() {
    let broker = Broker::open();
    let mut subscriber = broker.subscriber("sub").await;
    let publisher = broker.publisher("pub").await;
    let large = vec![b'x'; 300_000];
    publisher.publish("lanbi/large", large.clone()).await.unwrap();
    publish(&publisher, 0..1).await;
    let delivery = next(&mut subscriber).await.unwrap();
    assert!(delivery.payload() == large.as_slice() && delivery.topic == "lanbi/large");
    assert_eq!(number(&next(&mut subscriber).await.unwrap()), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_store_bounds_what_is_taken() {
    let broker = Broker::open();
    let settings = MqttSettings { receive_maximum: 50, ..broker.settings("sub") };
    let mut subscriber = Subscriber::start(&settings).unwrap();
    subscriber.ready(PATIENCE).await.unwrap();
    let publisher = broker.publisher("pub").await;
    publish(&publisher, 0..1000).await;
    publisher.finish().await.unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    let mut held = Vec::new();
    while let Ok(Some(delivery)) = tokio::time::timeout(Duration::from_millis(300), subscriber.recv()).await {
        held.push(delivery.receipt());
    }
    assert_eq!(held.len(), 50, "the broker waits for acknowledgements");
    subscriber.acker().ack(held);
    let mut numbers = Vec::new();
    for _ in 50..1000 {
        let delivery = next(&mut subscriber).await.unwrap();
        numbers.push(number(&delivery));
        subscriber.acker().ack([delivery.receipt()]);
    }
    assert!(numbers.into_iter().eq(50..1000));
}

/// Sends messages without end, as if there were no receive maximum; tells how many went out, and when a sign of life
/// came.
struct Flood {
    port: u16,
    sent: Arc<AtomicU32>,
    pings: Arc<AtomicU32>,
}

impl Flood {
    async fn start(payload: usize) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (sent, pings) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
        let (out, heard) = (Arc::clone(&sent), Arc::clone(&pings));
        tokio::spawn(async move {
            let (mut reader, mut writer) = listener.accept().await.unwrap().0.into_split();
            writer.write_all(&[0x20, 3, 0, 0, 0]).await.unwrap();
            tokio::spawn(async move {
                let mut bytes = bytes::BytesMut::new();
                while reader.read_buf(&mut bytes).await.is_ok_and(|n| n > 0) {
                    while let Ok(packet) = Packet::read(&mut bytes, None) {
                        heard.fetch_add(u32::from(packet == Packet::PingReq(PingReq)), Ordering::SeqCst);
                    }
                }
            });
            loop {
                let number = out.load(Ordering::SeqCst);
                let mut body = number.to_string().into_bytes();
                body.resize(payload, b' ');
                let mut publish = Publish::new("lanbi/s", QoS::AtLeastOnce, body, None);
                publish.pkid = u16::try_from(number % 65_535).unwrap() + 1;
                let mut bytes = bytes::BytesMut::new();
                Packet::Publish(publish).write(&mut bytes, None).unwrap();
                if writer.write_all(&bytes).await.is_err() {
                    return;
                }
                out.fetch_add(1, Ordering::SeqCst);
            }
        });
        Self { port, sent, pings }
    }

    fn sent(&self) -> u32 {
        self.sent.load(Ordering::SeqCst)
    }
}

/// Mosquitto 2.0.11 sends up to a receive maximum more for each acknowledgement.
#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_sends_more_than_it_may_has_to_wait() {
    let flood = Flood::start(10_000).await;
    let settings = MqttSettings {
        url: format!("mqtt://127.0.0.1:{}", flood.port),
        topics: vec!["lanbi/#".to_owned()],
        receive_maximum: 20,
        keep_alive: Duration::from_secs(5),
        ..MqttSettings::default()
    };
    let mut subscriber = Subscriber::start(&settings).unwrap();
    let begin = Instant::now();
    while flood.pings.load(Ordering::SeqCst) < 2 {
        assert!(begin.elapsed() < PATIENCE, "no sign of life while nothing is taken");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let sent = flood.sent();
    assert!(sent < 2000, "{sent} messages of 10 kB have left the broker");
    assert_eq!(subscriber.waiting(), 20);
    for expected in 0..sent + 1000 {
        let delivery = next(&mut subscriber).await.unwrap();
        let text = std::str::from_utf8(delivery.payload()).unwrap();
        assert_eq!(text.trim_end().parse::<u32>().unwrap(), expected);
        subscriber.acker().ack([delivery.receipt()]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_falls_silent_is_left() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let settings = MqttSettings {
        url: format!("mqtt://127.0.0.1:{}", listener.local_addr().unwrap().port()),
        topics: vec!["lanbi/#".to_owned()],
        keep_alive: Duration::from_secs(5),
        ..MqttSettings::default()
    };
    let subscriber = Subscriber::start(&settings).unwrap();
    let mut line = listener.accept().await.unwrap().0;
    line.write_all(&[0x20, 3, 0, 0, 0]).await.unwrap();
    let mut link = subscriber.link();
    let down = link.wait_for(|link| matches!(link, Link::Down { .. }));
    let down = tokio::time::timeout(PATIENCE, down).await.expect("the silence is noticed").unwrap().clone();
    assert!(matches!(&down, Link::Down { reason } if reason.contains("ping")), "{down:?}");
    let again = tokio::time::timeout(PATIENCE, listener.accept()).await;
    assert!(again.is_ok(), "another connection is tried");
}

#[tokio::test(flavor = "multi_thread")]
async fn closing_gives_out_what_had_come_and_keeps_the_session() {
    let broker = Broker::open();
    let mut subscriber = broker.subscriber("sub").await;
    let publisher = broker.publisher("pub").await;
    publish(&publisher, 0..400).await;
    let first = next(&mut subscriber).await.unwrap();
    let acker = subscriber.acker();
    acker.ack([first.receipt()]);
    subscriber.stop_taking();
    let mut taken = 1;
    while let Some(delivery) = next(&mut subscriber).await {
        assert_eq!(number(&delivery), taken);
        acker.ack([delivery.receipt()]);
        taken += 1;
    }
    subscriber.close().await;
    publish(&publisher, 400..500).await;
    publisher.finish().await.unwrap();
    let mut again = broker.subscriber("sub").await;
    for expected in taken..500 {
        assert_eq!(number(&next(&mut again).await.unwrap()), expected, "{taken} were taken before");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kept_message_is_marked_as_such() {
    let broker = Broker::open();
    let options = rumqttc::v5::MqttOptions::new("keeper", "127.0.0.1", broker.port);
    let (keeper, mut events) = rumqttc::v5::AsyncClient::new(options, 10);
    keeper.publish("lanbi/old", QoS::AtLeastOnce, true, "7").await.unwrap();
    use rumqttc::v5::Event;
    while !matches!(events.poll().await.unwrap(), Event::Incoming(Packet::PubAck(_))) {}
    let mut subscriber = broker.subscriber("sub").await;
    let delivery = next(&mut subscriber).await.unwrap();
    assert!(delivery.retained);
    subscriber.acker().ack([delivery.receipt()]);
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_name_reason_and_remedy() {
    let passwords = tempfile::NamedTempFile::new().unwrap();
    let made = Command::new(program("mosquitto_passwd"))
        .args(["-b", "-c", passwords.path().to_str().unwrap(), "gate", "right"])
        .status()
        .unwrap();
    assert!(made.success());
    let rule = format!("allow_anonymous false\npassword_file {}", passwords.path().display());
    let broker = Broker::start(&rule);
    let user = |password: &str| MqttSettings {
        username: Some("gate".to_owned()),
        password: Some(password.to_owned()),
        ..broker.settings("sub")
    };

    let subscriber = Subscriber::start(&user("wrong")).unwrap();
    let error = subscriber.ready(PATIENCE).await.unwrap_err();
    assert!(matches!(error, IngestError::Refused { .. }) && !error.is_transient(), "{error:?}");
    let text = error.to_string();
    assert!(text.contains("user and password") && !text.contains("wrong"), "{text}");
    let error = Publisher::connect(&user("wrong"), 10, PATIENCE).await.unwrap_err();
    assert!(matches!(error, IngestError::Refused { .. }), "{error:?}");

    let right = MqttSettings {
        url: format!("mqtt://gate:right@127.0.0.1:{}", broker.port),
        ..broker.settings("other")
    };
    let subscriber = Subscriber::start(&right).unwrap();
    subscriber.ready(PATIENCE).await.unwrap();
    assert_eq!(*subscriber.link().borrow(), Link::Up);
}

/// A certificate authority of the bureau's own, and a broker's certificate from it for `localhost`.
struct Authority {
    folder: tempfile::TempDir,
}

impl Authority {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut own = rcgen::CertificateParams::new(Vec::new()).unwrap();
        own.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let key = rcgen::KeyPair::generate().unwrap();
        let certificate = own.self_signed(&key).unwrap();
        let issuer = rcgen::Issuer::new(own, key);
        let broker_key = rcgen::KeyPair::generate().unwrap();
        let mut broker = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        // Under the name of the authority itself OpenSSL would take it for signed by itself.
        broker.distinguished_name.push(rcgen::DnType::CommonName, "broker");
        let broker = broker.signed_by(&broker_key, &issuer).unwrap();
        let write = |name: &str, pem: String| std::fs::write(folder.path().join(name), pem).unwrap();
        write("ca.pem", certificate.pem());
        write("broker.pem", broker.pem());
        write("broker.key", broker_key.serialize_pem());
        Self { folder }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_under_tls_asks_for_the_right_certificate() {
    let authority = Authority::new();
    let (certificate, key) = (authority.file("broker.pem"), authority.file("broker.key"));
    let broker = Broker::start(&format!(
        "allow_anonymous true\ncertfile {}\nkeyfile {}",
        certificate.display(),
        key.display()
    ));
    let at = |host: &str, ca_file: PathBuf| MqttSettings {
        url: format!("mqtts://{host}:{}", broker.port),
        ca_file: Some(ca_file),
        ..broker.settings("sub")
    };
    let right = at("localhost", authority.file("ca.pem"));
    let mut subscriber = Subscriber::start(&right).unwrap();
    subscriber.ready(PATIENCE).await.unwrap_or_else(|error| panic!("{error}: {}", broker.log()));
    let sender = MqttSettings { client_id: "pub".to_owned(), ..right };
    let publisher = Publisher::connect(&sender, 200, PATIENCE).await.unwrap();
    publish(&publisher, 0..2000).await;
    publisher.finish().await.unwrap();
    assert_eq!(take_all(&mut subscriber, 2000).await, 2000);
    subscriber.close().await;

    for (host, ca_file) in
        [("localhost", Authority::new().file("ca.pem")), ("127.0.0.1", authority.file("ca.pem"))]
    {
        let error = Subscriber::start(&at(host, ca_file)).unwrap().ready(PATIENCE).await.unwrap_err();
        assert!(matches!(error, IngestError::Refused { .. }) && !error.is_transient(), "{host}: {error:?}");
        assert!(error.to_string().contains("check the CA file"), "{host}: {error}");
    }
    let error = Subscriber::start(&at("localhost", authority.file("broker.key"))).unwrap_err();
    assert!(error.to_string().contains("holds no certificate"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_asks_for_papers_gets_them() {
    let authority = Authority::new();
    let (certificate, key) = (authority.file("broker.pem"), authority.file("broker.key"));
    let ca_file = authority.file("ca.pem");
    let broker = Broker::start(&format!(
        "allow_anonymous true\ncertfile {}\nkeyfile {}\ncafile {}\nrequire_certificate true",
        certificate.display(),
        key.display(),
        ca_file.display()
    ));
    let with = |papers: Option<(PathBuf, PathBuf)>| MqttSettings {
        url: format!("mqtts://localhost:{}", broker.port),
        ca_file: Some(ca_file.clone()),
        client_papers: papers,
        ..broker.settings("sub")
    };
    // The authority has signed the broker's papers, which is all that this broker asks.
    let subscriber = Subscriber::start(&with(Some((certificate.clone(), key.clone())))).unwrap();
    subscriber.ready(PATIENCE).await.unwrap_or_else(|error| panic!("{error}: {}", broker.log()));
    subscriber.close().await;
    let without = Subscriber::start(&with(None)).unwrap();
    assert!(without.ready(Duration::from_secs(2)).await.is_err());
    let error = Subscriber::start(&with(Some((key, certificate)))).unwrap_err();
    assert!(error.to_string().contains("`client_certificate`"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_is_not_there_is_waited_for() {
    let mut broker = Broker::open();
    broker.stop();
    let mut subscriber = Subscriber::start(&broker.settings("sub")).unwrap();
    let error = subscriber.ready(Duration::from_millis(600)).await.unwrap_err();
    assert!(matches!(error, IngestError::Unreachable { .. }) && error.is_transient(), "{error:?}");
    assert!(Publisher::connect(&broker.settings("pub"), 10, Duration::from_millis(300)).await.is_err());
    broker.run();
    subscriber.ready(PATIENCE).await.unwrap();
    let publisher = broker.publisher("pub").await;
    publish(&publisher, 0..1).await;
    assert_eq!(take_all(&mut subscriber, 1).await, 1);
    assert!(publisher.publish("lanbi/#", Vec::new()).await.is_err(), "a filter is no topic");
    subscriber.close().await;
}
