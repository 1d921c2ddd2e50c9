//! The embedded broker of the demo and of measurements: rumqttd on loopback at a free port. It keeps nothing on disk and is not meant for
//! service; `lanbi run` uses a broker of its own, such as Mosquitto.

use std::{
    collections::HashMap,
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    time::{Duration, Instant},
};

use anyhow::Context as _;

/// Largest payload the broker takes: above what the pipeline accepts, so that oversize reaches the dead letters.
const MAX_PAYLOAD: usize = 1024 * 1024;

/// What the demo needs: it sends one day at a time and waits for it, so this is more than is ever under way.
pub(crate) const DEMO_BYTES: u64 = 16 * 1024 * 1024;

/// Segments that messages are kept in; the oldest one goes when a new one is begun.
const SEGMENTS: usize = 4;

/// Starts the broker in threads of its own, which live as long as the process. It keeps the newest `bytes` of messages.
///
/// # Errors
/// No free port on loopback, or the broker does not answer within five seconds.
pub(crate) fn start(bytes: u64) -> anyhow::Result<SocketAddr> {
    let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .context("no free port on 127.0.0.1 for the demo broker; close other programs and try again")?;
    let settings = rumqttd::ServerSettings {
        name: "demo".to_owned(),
        listen: address,
        tls: None,
        next_connection_delay_ms: 1,
        connections: rumqttd::ConnectionSettings {
            connection_timeout_ms: 5000,
            max_payload_size: MAX_PAYLOAD,
            max_inflight_count: 500,
            auth: None,
            external_auth: None,
            dynamic_filters: true,
        },
    };
    let config = rumqttd::Config {
        id: 0,
        router: rumqttd::RouterConfig {
            max_connections: 16,
            max_outgoing_packet_count: 1000,
            max_segment_size: usize::try_from(bytes)? / SEGMENTS,
            max_segment_count: SEGMENTS,
            ..Default::default()
        },
        v5: Some(HashMap::from([("demo".to_owned(), settings)])),
        ..Default::default()
    };
    let mut broker = rumqttd::Broker::new(config);
    std::thread::Builder::new()
        .name("demo-broker".to_owned())
        .spawn(move || {
            if let Err(error) = broker.start() {
                tracing::error!(%error, "the demo broker stopped");
            }
        })
        .context("no thread for the demo broker")?;
    let deadline = Instant::now() + Duration::from_secs(5);
    while TcpStream::connect_timeout(&address, Duration::from_millis(200)).is_err() {
        anyhow::ensure!(Instant::now() < deadline, "the demo broker does not answer on {address}; try again");
        std::thread::sleep(Duration::from_millis(10));
    }
    Ok(address)
}
