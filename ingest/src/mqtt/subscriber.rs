//! Takes messages from the broker and acknowledges each only when told that it is stored.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rumqttc::Outgoing;
use rumqttc::v5::mqttbytes::QoS;
use rumqttc::v5::mqttbytes::v5::{
    ConnAck, Filter, Packet, Publish, RetainForwardRule, SubAck, Subscribe, SubscribeReasonCode,
};
use rumqttc::v5::{AsyncClient, ConnectionError, Event, EventLoop, Request};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tracing::{info, warn};

use super::ack::{AckBook, Ticket};
use super::backoff::Backoff;
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
    publish: Publish,
    ticket: Option<Ticket>,
}

impl Delivery {
    /// The bytes.
    #[must_use]
    pub fn payload(&self) -> &[u8] {
        &self.publish.payload
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
#[derive(Clone, Debug)]
pub struct Acker {
    book: Arc<Mutex<AckBook>>,
    client: AsyncClient,
}

impl Acker {
    /// Tells the broker that the messages are stored. Receipts of a connection that is gone have no effect: the broker
    /// delivers those messages again, and the store knows them.
    pub fn ack(&self, receipts: impl IntoIterator<Item = DeliveryReceipt>) {
        let mut book = self.book.lock().unwrap_or_else(PoisonError::into_inner);
        for DeliveryReceipt(ticket) in receipts {
            if let Some(ticket) = ticket {
                book.settle(ticket);
            }
        }
        self.release(&mut book);
    }

    fn with_book<T>(&self, change: impl FnOnce(&mut AckBook) -> T) -> T {
        change(&mut self.book.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Moves what is due into the request channel. The book stays locked meanwhile, so that no acknowledgement slips
    /// in after the connection was declared lost.
    fn release(&self, book: &mut AckBook) {
        book.release(|publish| self.client.try_ack(publish).is_ok());
    }
}

/// A subscription that survives lost connections.
#[derive(Debug)]
pub struct Subscriber {
    deliveries: mpsc::Receiver<Delivery>,
    acker: Acker,
    link: watch::Receiver<Link>,
    taking: watch::Sender<bool>,
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
        let mut options = settings.options()?;
        options.set_manual_acks(true);
        let window = usize::from(settings.receive_maximum);
        // Room for an acknowledgement of everything the broker may have outstanding, and for the farewell.
        let (client, events) = AsyncClient::new(options, window + 8);
        // Room for what one connection may have outstanding behind what is left of the one before.
        let (deliver, deliveries) = mpsc::channel(2 * window);
        let (link_out, link) = watch::channel(Link::Connecting);
        let (taking, taking_in) = watch::channel(true);
        let acker = Acker { book: Arc::default(), client };
        let task = Task {
            events,
            acker: acker.clone(),
            filters,
            subscribed: false,
            shared: settings.share_group.is_some(),
            deliver,
            taking: taking_in,
            link: link_out,
            backoff: Backoff::new(),
            broker: settings.broker(),
        };
        let task = tokio::spawn(task.run());
        Ok(Self { deliveries, acker, link, taking, task, broker: settings.broker() })
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
        self.taking.send_replace(false);
        self.deliveries.close();
    }

    /// Sends the acknowledgements that are due and leaves the broker, which keeps the session.
    pub async fn close(mut self) {
        self.stop_taking();
        // A channel without room means a connection without life; the wait below ends then.
        let _ = self.acker.client.try_disconnect();
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

/// The task that polls the connection. It must never wait for its own request channel.
struct Task {
    events: EventLoop,
    acker: Acker,
    filters: Vec<String>,
    /// Whether the broker has granted the present filters since this process began.
    subscribed: bool,
    /// Whether the subscriptions are shared with other processes.
    shared: bool,
    deliver: mpsc::Sender<Delivery>,
    taking: watch::Receiver<bool>,
    link: watch::Sender<Link>,
    backoff: Backoff,
    broker: String,
}

impl Task {
    async fn run(mut self) {
        let mut leaving = false;
        loop {
            match self.events.poll().await {
                Ok(Event::Incoming(Packet::ConnAck(connack))) => self.connected(&connack),
                Ok(Event::Incoming(Packet::SubAck(suback))) => self.granted(&suback),
                Ok(Event::Incoming(Packet::Publish(publish))) => self.deliver(publish).await,
                Ok(Event::Outgoing(Outgoing::Disconnect)) => leaving = true,
                Ok(_) => {}
                // The broker closes the connection when it has read everything up to the farewell. To close it here
                // before would throw away acknowledgements on their way.
                Err(_) if leaving => break,
                Err(error) => {
                    self.lost(&error);
                    let pause = self.backoff.pause();
                    tokio::select! {
                        () = tokio::time::sleep(pause) => {}
                        _ = self.taking.wait_for(|taking| !taking) => break,
                    }
                }
            }
            let acker = &self.acker;
            acker.with_book(|book| acker.release(book));
        }
        self.link.send_replace(Link::Closed);
    }

    fn connected(&mut self, connack: &ConnAck) {
        self.backoff.connected();
        self.acker.with_book(AckBook::connected);
        if connack.session_present && self.subscribed && !self.shared {
            self.link.send_replace(Link::Up);
            return;
        }
        // The library forgets queued requests when the broker has no session, so the subscription is put in front of
        // its queue now. The first connection of a process subscribes anyway: the filters may have changed. Shared
        // subscriptions are asked for each time: Mosquitto 2.0 keeps the session over its own restart, and what waits
        // in it, but not these.
        let filters = self.filters.iter().map(|filter| Filter {
            retain_forward_rule: RetainForwardRule::OnNewSubscribe,
            ..Filter::new(filter.as_str(), QoS::AtLeastOnce)
        });
        self.events.pending.push_front(Request::Subscribe(Subscribe::new_many(filters, None)));
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

    /// Hands a message over. Where the receiver is slow this waits, and with it the connection: the broker may end it
    /// for want of signs of life, and delivers again what was not acknowledged.
    async fn deliver(&mut self, publish: Publish) {
        if !*self.taking.borrow() {
            return;
        }
        let ticket = match publish.qos {
            QoS::AtMostOnce => None,
            QoS::AtLeastOnce | QoS::ExactlyOnce => self.acker.with_book(|book| book.delivered(&publish)),
        };
        let topic = String::from_utf8_lossy(&publish.topic).into_owned();
        let delivery = Delivery { topic, retained: publish.retain, publish, ticket };
        tokio::select! {
            _ = self.deliver.send(delivery) => {}
            _ = self.taking.wait_for(|taking| !taking) => {}
        }
    }

    fn lost(&mut self, error: &ConnectionError) {
        self.acker.with_book(AckBook::lost);
        // The library has dropped the acknowledgements of the dead connection already; this drops those that came in
        // between. From here on the book lets none through.
        self.events.clean();
        let link = Link::after(error);
        if *self.link.borrow() != link {
            warn!(broker = %self.broker, %error, "no connection to the broker, trying again");
            self.link.send_replace(link);
        }
    }
}
