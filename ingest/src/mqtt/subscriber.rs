//! Takes messages from the broker and acknowledges each only when told that it is stored.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use rumqttc::v5::mqttbytes::QoS;
use rumqttc::v5::mqttbytes::v5::{
    Disconnect, DisconnectReasonCode, Filter, Packet, PingReq, PubAck, Publish, RetainForwardRule, SubAck,
    Subscribe, SubscribeReasonCode,
};
use rumqttc::v5::{ConnectionError, MqttOptions, StateError};
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{Notify, mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, MissedTickBehavior, interval_at};
use tracing::{info, warn};

use super::ack::{AckBook, Ticket};
use super::backoff::Backoff;
use super::connection::Connection;
use super::link::{Link, ready};
use super::settings::MqttSettings;
use crate::IngestError;

/// Time given to the last acknowledgements and the farewell.
const FAREWELL: Duration = Duration::from_secs(5);

/// One message as the broker delivered it.
#[derive(Debug)]
pub struct Delivery {
    /// Topic.
    pub topic: String,
    /// Whether the broker had kept the message: its age is unknown.
    pub retained: bool,
    payload: Bytes,
    ticket: Option<Ticket>,
}

impl Delivery {
    /// The bytes.
    #[must_use]
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// Topic and bytes.
    #[must_use]
    pub fn into_parts(self) -> (String, Bytes) {
        (self.topic, self.payload)
    }

    /// What to hand to [`Acker::ack`] when the message is stored; small, so that the payload can be let go before.
    #[must_use]
    pub const fn receipt(&self) -> DeliveryReceipt {
        DeliveryReceipt(self.ticket)
    }
}

/// Stands for one delivery when it is acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeliveryReceipt(Option<Ticket>);

/// Acknowledges deliveries. Cheap to clone, never blocks.
#[derive(Clone, Debug, Default)]
pub struct Acker {
    book: Arc<Mutex<AckBook>>,
    settled: Arc<Notify>,
}

impl Acker {
    /// Tells the broker that the messages are stored. Receipts of a connection that is gone have no effect: the broker
    /// delivers those messages again, and the store knows them.
    pub fn ack(&self, receipts: impl IntoIterator<Item = DeliveryReceipt>) {
        self.with_book(|book| {
            for DeliveryReceipt(ticket) in receipts {
                if let Some(ticket) = ticket {
                    book.settle(ticket);
                }
            }
        });
        self.settled.notify_one();
    }

    fn with_book<T>(&self, change: impl FnOnce(&mut AckBook) -> T) -> T {
        change(&mut self.book.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// What the owner of a subscriber wishes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wish {
    Take,
    /// Take nothing more; acknowledge what was taken.
    Stop,
    Leave,
}

/// A subscription that survives lost connections.
#[derive(Debug)]
pub struct Subscriber {
    deliveries: mpsc::Receiver<Delivery>,
    acker: Acker,
    link: watch::Receiver<Link>,
    wish: watch::Sender<Wish>,
    task: JoinHandle<()>,
    broker: String,
}

impl Subscriber {
    /// Begins to connect, subscribe and deliver. Needs a tokio runtime.
    ///
    /// # Errors
    /// Settings that cannot work. A broker that is not there is no error: see [`Self::ready`].
    pub fn start(settings: &MqttSettings) -> Result<Self, IngestError> {
        let filters = settings.filters()?;
        let options = settings.options()?;
        // Bounds what waits here, also where a broker sends more than the receive maximum.
        let (deliver, deliveries) = mpsc::channel(settings.receive_maximum.into());
        let (link_out, link) = watch::channel(Link::Connecting);
        let (wish, wished) = watch::channel(Wish::Take);
        let acker = Acker::default();
        let task = Task {
            options,
            acker: acker.clone(),
            filters,
            subscribed: false,
            shared: settings.share_group.is_some(),
            deliver,
            wish: wished,
            link: link_out,
            backoff: Backoff::new(),
            broker: settings.broker(),
        };
        let task = tokio::spawn(task.run());
        Ok(Self { deliveries, acker, link, wish, task, broker: settings.broker() })
    }

    /// Waits until the broker has granted the subscriptions.
    ///
    /// # Errors
    /// The broker says no, or cannot be reached in time. The subscriber goes on trying in both cases.
    pub async fn ready(&self, timeout: Duration) -> Result<(), IngestError> {
        ready(&self.link, &self.broker, timeout).await
    }

    /// How the connection stands, to be shown and watched.
    #[must_use]
    pub fn link(&self) -> watch::Receiver<Link> {
        self.link.clone()
    }

    /// The next message; none after [`Self::stop_taking`] when all that had come are given out.
    pub async fn recv(&mut self) -> Option<Delivery> {
        self.deliveries.recv().await
    }

    /// Messages that have come and were not received yet.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.deliveries.len()
    }

    /// A handle to acknowledge deliveries with.
    #[must_use]
    pub fn acker(&self) -> Acker {
        self.acker.clone()
    }

    /// Takes no more messages. What the broker still sends stays unacknowledged and comes again in the next session.
    pub fn stop_taking(&mut self) {
        self.wish.send_replace(Wish::Stop);
        self.deliveries.close();
    }

    /// Sends the acknowledgements that are due and leaves the broker, which keeps the session.
    pub async fn close(mut self) {
        self.stop_taking();
        self.wish.send_replace(Wish::Leave);
        if tokio::time::timeout(FAREWELL, &mut self.task).await.is_err() {
            self.task.abort();
        }
    }
}

impl Drop for Subscriber {
    /// Without [`Self::close`] the connection is cut, as by a crash: nothing unacknowledged is lost.
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The task that keeps a connection.
struct Task {
    options: MqttOptions,
    acker: Acker,
    filters: Vec<String>,
    /// Whether the broker has granted the present filters since this process began.
    subscribed: bool,
    /// Whether the subscriptions are shared with other processes.
    shared: bool,
    deliver: mpsc::Sender<Delivery>,
    wish: watch::Receiver<Wish>,
    link: watch::Sender<Link>,
    backoff: Backoff,
    broker: String,
}

impl Task {
    async fn run(mut self) {
        let mut wish = self.wish.clone();
        loop {
            let attempt = tokio::select! {
                attempt = Connection::open(&self.options) => attempt,
                _ = wish.wait_for(|wish| *wish != Wish::Take) => break,
            };
            let end = match attempt {
                Ok(connection) => self.serve(connection).await,
                Err(error) => Err(error),
            };
            let Err(error) = end else { break };
            self.lost(&error);
            tokio::select! {
                () = tokio::time::sleep(self.backoff.pause()) => {}
                _ = wish.wait_for(|wish| *wish != Wish::Take) => break,
            }
        }
        self.acker.with_book(AckBook::lost);
        self.link.send_replace(Link::Closed);
    }

    /// Takes and acknowledges on one connection, until it breaks or the subscriber has left.
    async fn serve(&mut self, connection: Connection) -> Result<(), ConnectionError> {
        let Connection { mut input, mut output, connack, keep_alive } = connection;
        self.backoff.connected();
        self.acker.with_book(AckBook::connected);
        self.subscribe(connack.session_present).map_or(Ok(()), |packet| output.put(&packet))?;
        let mut wish = self.wish.clone();
        let settled = Arc::clone(&self.acker.settled);
        // Half the time, so that a dead line is noticed within the whole.
        let period = (keep_alive / 2).max(Duration::from_secs(1));
        let mut ping = interval_at(Instant::now() + period, period);
        ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut heard = true;
        // A message for which there is no room yet. Nothing is read meanwhile, and the broker has to wait.
        let mut held = None;
        let mut leaving = false;
        loop {
            while held.is_none()
                && let Some(packet) = input.next_packet()?
            {
                held = self.take(packet)?;
            }
            if !leaving {
                while let Some(packet_id) = self.acker.with_book(AckBook::next_due) {
                    output.put(&Packet::PubAck(PubAck::new(packet_id, None)))?;
                }
                if *wish.borrow_and_update() == Wish::Leave {
                    leaving = true;
                    let reason = DisconnectReasonCode::NormalDisconnection;
                    output.put(&Packet::Disconnect(Disconnect::new(reason)))?;
                }
            }
            tokio::select! {
                biased;
                sent = output.send(), if output.has_something() => sent?,
                room = self.deliver.reserve(), if held.is_some() => {
                    // Without a receiver the message is let go, unacknowledged.
                    if let (Some(delivery), Ok(room)) = (held.take(), room) {
                        room.send(delivery);
                    }
                }
                filled = input.fill(), if held.is_none() => match filled {
                    // The broker closes the connection when it has read everything up to the farewell. To close it
                    // here before would throw away acknowledgements on their way.
                    Err(_) if leaving => return Ok(()),
                    filled => {
                        filled?;
                        heard = true;
                    }
                },
                () = settled.notified(), if !leaving => {}
                _ = wish.changed(), if !leaving => {}
                _ = ping.tick() => {
                    if !heard && held.is_none() {
                        return Err(ConnectionError::MqttState(StateError::AwaitPingResp));
                    }
                    heard = held.is_some();
                    output.put(&Packet::PingReq(PingReq))?;
                }
            }
        }
    }

    /// The request to subscribe, where the broker does not know it.
    fn subscribe(&self, session_present: bool) -> Option<Packet> {
        // The first connection of a process subscribes in any case: the filters may have changed. Shared subscriptions
        // are asked for each time: Mosquitto 2.0 keeps the session over its own restart, and what waits in it, but not
        // these.
        if session_present && self.subscribed && !self.shared {
            self.link.send_replace(Link::Up);
            return None;
        }
        let filters = self.filters.iter().map(|filter| Filter {
            retain_forward_rule: RetainForwardRule::OnNewSubscribe,
            ..Filter::new(filter.as_str(), QoS::AtLeastOnce)
        });
        // The only packet with an id that goes this way.
        Some(Packet::Subscribe(Subscribe { pkid: 1, ..Subscribe::new_many(filters, None) }))
    }

    /// Does what a packet asks for; gives the message back for which there is no room.
    fn take(&mut self, packet: Packet) -> Result<Option<Delivery>, ConnectionError> {
        match packet {
            Packet::Publish(publish) => self.deliver(publish),
            Packet::SubAck(suback) => {
                self.granted(&suback);
                Ok(None)
            }
            Packet::Disconnect(told) => Err(ConnectionError::MqttState(StateError::ServerDisconnect {
                reason_code: told.reason_code,
                reason_string: told.properties.and_then(|told| told.reason_string),
            })),
            _ => Ok(None),
        }
    }

    fn granted(&mut self, suback: &SubAck) {
        let refused = suback
            .return_codes
            .iter()
            .zip(&self.filters)
            .find(|(code, _)| !matches!(code, SubscribeReasonCode::Success(_)));
        self.subscribed = refused.is_none();
        match refused {
            None => {
                info!(broker = %self.broker, "subscribed");
                self.link.send_replace(Link::Up);
            }
            Some((code, filter)) => {
                warn!(broker = %self.broker, filter, ?code, "subscription refused");
                let reason = format!("subscription to `{filter}`: {code:?}");
                let remedy = "allow this client to read the topic, or mend the filter";
                self.link.send_replace(Link::Refused { reason, remedy });
            }
        }
    }

    fn deliver(&self, publish: Publish) -> Result<Option<Delivery>, ConnectionError> {
        if *self.wish.borrow() != Wish::Take {
            return Ok(None);
        }
        let ticket = match publish.qos {
            QoS::AtMostOnce => None,
            QoS::AtLeastOnce => self.acker.with_book(|book| book.delivered(publish.pkid)),
            // More than was subscribed to.
            QoS::ExactlyOnce => return Err(ConnectionError::MqttState(StateError::WrongPacket)),
        };
        let topic = String::from_utf8_lossy(&publish.topic).into_owned();
        let delivery = Delivery { topic, retained: publish.retain, payload: publish.payload, ticket };
        Ok(match self.deliver.try_send(delivery) {
            Err(TrySendError::Full(delivery)) => Some(delivery),
            Ok(()) | Err(TrySendError::Closed(_)) => None,
        })
    }

    fn lost(&mut self, error: &ConnectionError) {
        self.acker.with_book(AckBook::lost);
        let link = Link::after(error);
        if *self.link.borrow() != link {
            warn!(broker = %self.broker, %error, "no connection to the broker, trying again");
            self.link.send_replace(link);
        }
    }
}
