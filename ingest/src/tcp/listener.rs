//! Takes connections and gives out what they send.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use lanbi_model::Registry;
use rumqttc::tokio_rustls::TlsAcceptor;
use socket2::{SockRef, TcpKeepalive};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::timeout;

use super::connection::{Connection, FrameDelivery, Shared};
use super::counts::{Refusal, TcpCounts};
use super::doors::Doors;
use super::settings::TcpSettings;
use super::tls;
use crate::IngestError;
use crate::source::Sources;

/// Time for a TLS handshake.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// A line on which nothing moved for so long is asked whether somebody is there.
const KEEPALIVE: Duration = Duration::from_secs(60);

/// Time for the connections to say what is due.
const FAREWELL: Duration = Duration::from_secs(8);

/// A port that loggers connect to.
#[derive(Debug)]
pub struct Listener {
    address: SocketAddr,
    deliveries: mpsc::Receiver<FrameDelivery>,
    doors: Doors,
    counts: Arc<TcpCounts>,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Listener {
    /// Begins to listen. Needs a tokio runtime.
    ///
    /// # Errors
    /// The address cannot be listened on, or a file of TLS cannot be used.
    pub async fn start(
        settings: TcpSettings,
        registry: Arc<Registry>,
        sources: Arc<Sources>,
    ) -> Result<Self, IngestError> {
        let acceptor = settings.tls.as_ref().map(tls::acceptor).transpose()?;
        let cannot = |source: std::io::Error| IngestError::TcpSetting {
            key: "listen",
            detail: format!(
                "cannot listen on {}: {source}; name an address of this machine and a free port",
                settings.listen
            ),
        };
        let socket = TcpListener::bind(&settings.listen).await.map_err(cannot)?;
        let address = socket.local_addr().map_err(cannot)?;
        let (deliver, deliveries) = mpsc::channel(settings.waiting.max(1));
        let (stop, stopped) = watch::channel(false);
        let (doors, counts) = (Doors::default(), Arc::new(TcpCounts::default()));
        let shared = Arc::new(Shared {
            settings,
            registry,
            sources,
            deliver,
            doors: doors.clone(),
            counts: Arc::clone(&counts),
            stop: stopped,
        });
        let task = tokio::spawn(accept(socket, acceptor, shared));
        Ok(Self { address, deliveries, doors, counts, stop, task })
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The next frame; none after [`Self::stop_taking`] when all that had come are given out.
    pub async fn recv(&mut self) -> Option<FrameDelivery> {
        self.deliveries.recv().await
    }

    /// Frames that have come and were not received yet.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.deliveries.len()
    }

    /// The loggers that are connected.
    #[must_use]
    pub fn doors(&self) -> Doors {
        self.doors.clone()
    }

    /// What it has seen.
    #[must_use]
    pub fn counts(&self) -> Arc<TcpCounts> {
        Arc::clone(&self.counts)
    }

    /// Takes no more connections and no more frames; what is on its way is still answered.
    pub fn stop_taking(&mut self) {
        self.stop.send_replace(true);
        self.deliveries.close();
    }

    /// Waits until the connections have said what is due, and closes them.
    pub async fn close(mut self) {
        self.stop_taking();
        // Receipts of what nobody received any more go unanswered.
        while self.deliveries.try_recv().is_ok() {}
        if timeout(FAREWELL, &mut self.task).await.is_err() {
            self.task.abort();
        }
    }
}

impl Drop for Listener {
    /// Without [`Self::close`] the connections are cut, as by a crash: nothing unanswered is lost.
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(socket: TcpListener, acceptor: Option<TlsAcceptor>, shared: Arc<Shared>) {
    let mut stop = shared.stop.clone();
    let places = Places::default();
    let mut connections = JoinSet::new();
    let mut number = 0;
    loop {
        let accepted = tokio::select! {
            accepted = socket.accept() => accepted,
            Some(_) = connections.join_next() => continue,
            () = async { drop(stop.wait_for(|stop| *stop).await) } => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // Mostly too many open files; connections that end make room.
                tracing::warn!(%error, "cannot accept a connection; raise the limit of open files (ulimit -n)");
                tokio::time::sleep(Duration::from_millis(200)).await;
                continue;
            }
        };
        match admit(&shared, &places, peer.ip().to_canonical()) {
            Err(refusal) => shared.counts.refuse(peer.ip().to_canonical(), refusal),
            Ok(place) => {
                number += 1;
                let serving = serve(stream, acceptor.clone(), Arc::clone(&shared), number, peer, place);
                connections.spawn(serving);
            }
        }
    }
    drop(socket);
    while connections.join_next().await.is_some() {}
}

/// A place for a connection, if there is one for the address.
fn admit(shared: &Shared, places: &Places, from: IpAddr) -> Result<Place, Refusal> {
    let settings = &shared.settings;
    if !settings.addresses.is_empty() && !settings.addresses.iter().any(|network| network.contains(&from)) {
        return Err(Refusal::Address);
    }
    if shared.counts.open() >= settings.connections {
        return Err(Refusal::Full);
    }
    places.take(from, settings.connections_per_address).ok_or(Refusal::FullForAddress)
}

async fn serve(
    stream: TcpStream,
    acceptor: Option<TlsAcceptor>,
    shared: Arc<Shared>,
    number: u64,
    peer: SocketAddr,
    _place: Place,
) {
    let counts = Arc::clone(&shared.counts);
    counts.opened();
    // Small frames are answered at once, and a line that is gone is noticed; without either it works as well.
    let _ = stream.set_nodelay(true);
    let _ = SockRef::from(&stream).set_tcp_keepalive(&TcpKeepalive::new().with_time(KEEPALIVE));
    match acceptor {
        None => Connection::new(shared, number, peer, stream).run().await,
        Some(acceptor) => match timeout(HANDSHAKE, acceptor.accept(stream)).await {
            Ok(Ok(stream)) => Connection::new(shared, number, peer, stream).run().await,
            Ok(Err(_)) | Err(_) => counts.refuse(peer.ip().to_canonical(), Refusal::Handshake),
        },
    }
    counts.closed();
}

/// Connections by address.
#[derive(Clone, Debug, Default)]
struct Places(Arc<Mutex<HashMap<IpAddr, usize>>>);

/// One of them, given back when it is dropped.
struct Place {
    places: Places,
    address: IpAddr,
}

impl Places {
    fn take(&self, address: IpAddr, most: usize) -> Option<Place> {
        let mut taken = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let of_address = taken.entry(address).or_default();
        if *of_address >= most {
            return None;
        }
        *of_address += 1;
        drop(taken);
        Some(Place { places: self.clone(), address })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(of_address) = taken.get_mut(&self.address) {
            *of_address -= 1;
            if *of_address == 0 {
                taken.remove(&self.address);
            }
        }
    }
}
