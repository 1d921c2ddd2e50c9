//! The port for data loggers, spoken to over real sockets.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

use std::sync::Arc;
use std::time::Duration;

use lanbi_ingest::hj212::frame::encode;
use lanbi_ingest::source::Sources;
use lanbi_ingest::tcp::{FrameDelivery, Listener, Refusal, TcpSettings, TlsFiles};
use lanbi_model::Registry;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_secs(10);
const MN: &str = "010000A8900016F000169DC0";

/// A frame that wants an answer; `n` tells it from others.
fn frame(n: u32) -> String {
    encode(&format!(
        "QN=20160801085857{n:03};ST=32;CN=2011;PW=123456;MN={MN};Flag=5;CP=&&DataTime=20160801085857;w01018-Rtd=63.0,w01018-Flag=N&&"
    ))
}

/// The answer to it (HJ 212-2017, 6.6.5 and Appendix C).
fn answer(n: u32) -> String {
    encode(&format!("QN=20160801085857{n:03};ST=91;CN=9014;PW=123456;MN={MN};Flag=4;CP=&&&&"))
}

fn settings() -> TcpSettings {
    TcpSettings { listen: "127.0.0.1:0".to_owned(), ..TcpSettings::default() }
}

async fn listen(settings: TcpSettings) -> Listener {
    let registry = Arc::new(Registry::new(Vec::new(), Vec::new()).unwrap());
    Listener::start(settings, registry, Arc::new(Sources::default())).await.unwrap()
}

async fn connect(listener: &Listener) -> TcpStream {
    TcpStream::connect(listener.address()).await.unwrap()
}

async fn next(listener: &mut Listener) -> FrameDelivery {
    timeout(PATIENCE, listener.recv()).await.expect("a delivery").expect("the listener listens")
}

/// What comes, as far as so many bytes.
async fn read(stream: &mut (impl AsyncRead + Unpin), bytes: usize) -> String {
    let mut found = vec![0; bytes];
    timeout(PATIENCE, stream.read_exact(&mut found)).await.expect("an answer").unwrap();
    String::from_utf8(found).unwrap()
}

/// What comes until the other side closes.
async fn read_to_end(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut found = Vec::new();
    // A reset is an end as well.
    let _ = timeout(PATIENCE, stream.read_to_end(&mut found)).await.expect("an end");
    String::from_utf8(found).unwrap()
}

async fn until(what: &str, mut done: impl FnMut() -> bool) {
    let waiting = async {
        while !done() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(PATIENCE, waiting).await.unwrap_or_else(|_| panic!("waited for: {what}"));
}

#[tokio::test]
async fn an_answer_is_sent_when_the_frame_is_stored_and_not_before() {
    let mut listener = listen(settings()).await;
    let mut stream = connect(&listener).await;
    stream.write_all(format!("{}{}", frame(1), frame(2)).as_bytes()).await.unwrap();
    let (first, second) = (next(&mut listener).await, next(&mut listener).await);
    assert_eq!(first.payload, frame(1).as_bytes());
    assert_eq!((first.key.as_str(), first.source.as_str()), (MN, "hj212/127.0.0.1"));
    let mut early = [0; 1];
    assert!(
        timeout(Duration::from_millis(200), stream.read(&mut early)).await.is_err(),
        "answered too early"
    );
    second.receipt.settle();
    assert_eq!(read(&mut stream, answer(2).len()).await, answer(2), "by its own QN");
    // One whose store failed is let go, and stays unanswered.
    drop(first.receipt);
    stream.write_all(frame(3).as_bytes()).await.unwrap();
    next(&mut listener).await.receipt.settle();
    assert_eq!(read(&mut stream, answer(3).len()).await, answer(3));
}

#[tokio::test]
async fn a_frame_cut_anywhere_is_one_frame() {
    let mut listener = listen(settings()).await;
    let whole = frame(1);
    for cut in 1..whole.len() {
        let mut stream = connect(&listener).await;
        stream.set_nodelay(true).unwrap();
        let (head, tail) = whole.split_at(cut);
        stream.write_all(head.as_bytes()).await.unwrap();
        tokio::task::yield_now().await;
        stream.write_all(tail.as_bytes()).await.unwrap();
        let delivery = next(&mut listener).await;
        // A line end that comes later is nobody's.
        assert_eq!(delivery.payload.trim_ascii_end(), whole.trim_end().as_bytes(), "cut at {cut}");
        delivery.receipt.settle();
        assert_eq!(read(&mut stream, answer(1).len()).await, answer(1), "cut at {cut}");
    }
    assert_eq!(listener.counts().frames(), u64::try_from(whole.len() - 1).unwrap());
    assert_eq!((listener.counts().broken(), listener.counts().noise_bytes()), (0, 0));
}

#[tokio::test]
async fn noise_and_broken_frames_are_handed_on_and_not_answered() {
    let mut listener = listen(settings()).await;
    let mut stream = connect(&listener).await;
    let broken = frame(1).replace("63.0", "64.0");
    stream.write_all(format!("GET / HTTP\r\n\r\n{broken}\r\n\0{}", frame(2)).as_bytes()).await.unwrap();
    let mut seen = Vec::new();
    for _ in 0..3 {
        let delivery = next(&mut listener).await;
        seen.push(String::from_utf8(delivery.payload.to_vec()).unwrap());
        delivery.receipt.settle();
    }
    assert_eq!(
        seen.iter().map(|text| text.trim_end()).collect::<Vec<_>>(),
        ["GET / HTTP", broken.trim_end(), frame(2).trim_end()]
    );
    stream.shutdown().await.unwrap();
    assert_eq!(read_to_end(&mut stream).await, answer(2));
}

#[tokio::test]
async fn the_rest_of_a_lost_connection_is_not_lost() {
    let mut listener = listen(settings()).await;
    let mut stream = connect(&listener).await;
    let half = &frame(1)[..60];
    stream.write_all(half.as_bytes()).await.unwrap();
    drop(stream);
    assert_eq!(next(&mut listener).await.payload, half.as_bytes());
}

#[tokio::test]
async fn who_says_nothing_or_ends_no_frame_is_sent_away() {
    let quick =
        TcpSettings { idle: Duration::from_millis(600), frame: Duration::from_millis(200), ..settings() };
    let mut listener = listen(quick).await;
    let (mut silent, mut slow) = (connect(&listener).await, connect(&listener).await);
    slow.write_all(b"##0101QN=2016").await.unwrap();
    assert_eq!(read_to_end(&mut slow).await, "");
    assert_eq!(next(&mut listener).await.payload, b"##0101QN=2016".as_slice());
    assert_eq!(read_to_end(&mut silent).await, "");
    let counts = listener.counts();
    until("both to be counted", || counts.open() == 0).await;
    assert_eq!((counts.refused(Refusal::Unfinished), counts.refused(Refusal::Idle)), (1, 1));
}

#[tokio::test]
async fn a_frame_whose_end_cannot_be_told_is_taken_when_the_line_is_quiet() {
    let mut listener = listen(settings()).await;
    // The length is 9 too large, so that more seems to be to come.
    let longer = {
        let frame = frame(1);
        let length: usize = frame[2..6].parse().unwrap();
        format!("##{:04}{}", length + 9, &frame[6..])
    };
    let mut stream = connect(&listener).await;
    stream.write_all(longer.as_bytes()).await.unwrap();
    let delivery = next(&mut listener).await;
    assert_eq!(delivery.payload, longer.as_bytes());
    delivery.receipt.settle();
    assert_eq!(read(&mut stream, answer(1).len()).await, answer(1));
}

#[tokio::test]
async fn garbage_ends_its_connection_and_no_other() {
    let mut listener = listen(settings()).await;
    let mut good = connect(&listener).await;
    let mut bad = connect(&listener).await;
    let flood = tokio::spawn(async move {
        let _ = bad.write_all(&[b'x'; 400_000]).await;
        read_to_end(&mut bad).await
    });
    let mut noise = 0;
    for n in 0..20 {
        good.write_all(frame(n).as_bytes()).await.unwrap();
        loop {
            let delivery = next(&mut listener).await;
            let is_noise = delivery.payload.starts_with(b"x");
            noise += if is_noise { delivery.payload.len() } else { 0 };
            delivery.receipt.settle();
            if !is_noise {
                break;
            }
        }
        assert_eq!(read(&mut good, answer(n).len()).await, answer(n));
    }
    // What is left of it, until its connection is closed.
    let counts = listener.counts();
    let rest = async {
        while let Some(delivery) = listener.recv().await {
            noise += delivery.payload.len();
            delivery.receipt.settle();
        }
    };
    tokio::select! {
        () = rest => {}
        () = until("the connection to be ended", || counts.refused(Refusal::Garbage) == 1) => {}
    }
    assert_eq!(flood.await.unwrap(), "");
    assert!((60_000..400_000).contains(&noise), "{noise} bytes");
}

#[tokio::test]
async fn connections_are_bounded_and_only_the_networks_named_may_connect() {
    let check = async |settings: TcpSettings, refusal: Refusal, allowed: usize| {
        let listener = listen(settings).await;
        let mut streams = Vec::new();
        for _ in 0..allowed {
            streams.push(connect(&listener).await);
        }
        let counts = listener.counts();
        until("those who may", || counts.open() == allowed).await;
        assert_eq!(read_to_end(&mut connect(&listener).await).await, "");
        assert_eq!(counts.refused(refusal), 1, "{refusal}");
        if let Some(one) = streams.pop() {
            // The place of one who leaves is free again.
            drop(one);
            until("one to leave", || counts.open() == allowed - 1).await;
            let _again = connect(&listener).await;
            until("another to come", || counts.open() == allowed).await;
        }
    };
    check(TcpSettings { connections: 2, ..settings() }, Refusal::Full, 2).await;
    check(TcpSettings { connections_per_address: 2, ..settings() }, Refusal::FullForAddress, 2).await;
    let elsewhere = vec!["10.20.0.0/16".parse().unwrap()];
    check(TcpSettings { addresses: elsewhere, ..settings() }, Refusal::Address, 0).await;
}

#[tokio::test]
async fn what_comes_too_fast_waits_and_is_not_lost() {
    let mut listener = listen(TcpSettings { bytes_per_second: 4096, ..settings() }).await;
    let mut stream = connect(&listener).await;
    let begun = std::time::Instant::now();
    let all: String = (0..60).map(frame).collect();
    stream.write_all(all.as_bytes()).await.unwrap();
    for n in 0..60 {
        let delivery = next(&mut listener).await;
        assert_eq!(delivery.payload, frame(n).as_bytes());
        delivery.receipt.settle();
    }
    // 60 frames have 9,000 bytes; the first 4,096 come at once.
    assert!(begun.elapsed() > Duration::from_millis(900), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn many_frames_at_once_wait_for_the_store() {
    let mut listener = listen(settings()).await;
    let mut stream = connect(&listener).await;
    let (mut input, mut output) = stream.split();
    let send = async {
        for n in 0..500 {
            output.write_all(frame(n).as_bytes()).await.unwrap();
        }
    };
    let store = async {
        let mut held = Vec::new();
        for n in 0..500 {
            let delivery = next(&mut listener).await;
            assert_eq!(delivery.payload, frame(n).as_bytes(), "in their order");
            held.push(delivery.receipt);
            if held.len() == 50 {
                held.drain(..).for_each(lanbi_ingest::tcp::FrameReceipt::settle);
            }
        }
    };
    let hear = async {
        for n in 0..500 {
            assert_eq!(read(&mut input, answer(n).len()).await, answer(n));
        }
    };
    tokio::join!(send, store, hear);
    assert_eq!(listener.counts().unanswered(), 0);
}

#[tokio::test]
async fn a_stop_answers_what_is_stored_and_leaves_the_rest() {
    let mut listener = listen(settings()).await;
    let mut stream = connect(&listener).await;
    stream.write_all(format!("{}{}", frame(1), frame(2)).as_bytes()).await.unwrap();
    let (first, second) = (next(&mut listener).await, next(&mut listener).await);
    listener.stop_taking();
    let closing = tokio::spawn(listener.close());
    first.receipt.settle();
    drop(second);
    assert_eq!(read_to_end(&mut stream).await, answer(1));
    closing.await.unwrap();
}

/// An authority and what it has signed, as PEM files.
struct Papers {
    dir: tempfile::TempDir,
    authority: rcgen::Certificate,
    issuer: rcgen::Issuer<'static, rcgen::KeyPair>,
}

impl Papers {
    fn new() -> Self {
        let mut params = rcgen::CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let key = rcgen::KeyPair::generate().unwrap();
        let authority = params.self_signed(&key).unwrap();
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("ca.pem"), authority.pem()).unwrap();
        Self { dir, authority, issuer: rcgen::Issuer::new(params, key) }
    }

    /// Certificate and key for a name.
    fn sign(&self, name: &str) -> (rcgen::Certificate, rcgen::KeyPair) {
        let key = rcgen::KeyPair::generate().unwrap();
        let params = rcgen::CertificateParams::new(vec![name.to_owned()]).unwrap();
        (params.signed_by(&key, &self.issuer).unwrap(), key)
    }
}

#[tokio::test]
async fn tls_hears_only_loggers_of_the_authority() {
    use rumqttc::tokio_rustls::TlsConnector;
    use rustls::pki_types::{PrivateKeyDer, ServerName};
    let papers = Papers::new();
    let (certificate, key) = papers.sign("localhost");
    let file = |name: &str, text: String| {
        let path = papers.dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let files = TlsFiles {
        certificate: file("server.pem", certificate.pem()),
        key: file("server.key", key.serialize_pem()),
        client_authority: Some(papers.dir.path().join("ca.pem")),
    };
    let mut listener = listen(TcpSettings { tls: Some(files), ..settings() }).await;
    let client = |papers_of: Option<(rcgen::Certificate, rcgen::KeyPair)>| {
        let mut roots = rustls::RootCertStore::empty();
        roots.add(papers.authority.der().clone()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots);
        let config = match papers_of {
            None => builder.with_no_client_auth(),
            Some((certificate, key)) => {
                let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
                builder.with_client_auth_cert(vec![certificate.der().clone()], key).unwrap()
            }
        };
        TlsConnector::from(Arc::new(config))
    };
    let name = || ServerName::try_from("localhost").unwrap();
    let known = client(Some(papers.sign("logger-1")));
    let mut stream = known.connect(name(), connect(&listener).await).await.unwrap();
    stream.write_all(frame(1).as_bytes()).await.unwrap();
    next(&mut listener).await.receipt.settle();
    assert_eq!(read(&mut stream, answer(1).len()).await, answer(1));

    let refused = |connector: TlsConnector| {
        let address = listener.address();
        async move {
            let Ok(mut stream) = connector.connect(name(), TcpStream::connect(address).await.unwrap()).await
            else {
                return;
            };
            // TLS 1.3 tells of a refused certificate with the first answer.
            let _ = stream.write_all(frame(2).as_bytes()).await;
            assert!(stream.read_u8().await.is_err());
        }
    };
    refused(client(None)).await;
    refused(client(Some(Papers::new().sign("logger-1")))).await;
    let counts = listener.counts();
    until("two to be refused", || counts.refused(Refusal::Handshake) == 2).await;
    assert_eq!(counts.frames(), 1);
}
