//! Sends messages with QoS 1 and knows of each whether the broker has it.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, AtomicU64, Ordering};
use std::time::Duration;

use rumqttc::Outgoing;
use rumqttc::v5::mqttbytes::QoS;
use rumqttc::v5::mqttbytes::v5::{ConnAck, Packet, PubAck, PubAckReason};
use rumqttc::v5::{AsyncClient, ConnectionError, Event, EventLoop, Request};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinHandle;
use tracing::warn;

use super::backoff::Backoff;
use super::link::{Link, ready};
use super::settings::MqttSettings;
use crate::IngestError;

/// Time given to the farewell.
const FAREWELL: Duration = Duration::from_secs(5);

/// What became of the messages sent. `sent = acknowledged + refused` after [`Publisher::finish`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SentCounts {
    /// Messages handed over.
    pub sent: u64,
    /// Messages the broker has taken.
    pub acknowledged: u64,
    /// Of `acknowledged`: messages that nobody had subscribed to, as far as the broker says so.
    pub unheard: u64,
    /// Messages the broker answered with an error.
    pub refused: u64,
}

/// A connection to send on. At most `in_flight` messages wait for the broker at a time; a lost connection, and even a
/// lost session, loses none of them.
#[derive(Debug)]
pub struct Publisher {
    client: AsyncClient,
    room: Arc<Semaphore>,
    window: u16,
    tally: Arc<Tally>,
    link: watch::Receiver<Link>,
    task: JoinHandle<()>,
    broker: String,
}

#[derive(Debug, Default)]
struct Tally {
    sent: AtomicU64,
    acknowledged: AtomicU64,
    unheard: AtomicU64,
    refused: AtomicU64,
    /// Unacknowledged messages the broker takes at a time.
    receive_maximum: AtomicU16,
}

impl Publisher {
    /// Connects; `topics` of the settings are not used.
    ///
    /// # Errors
    /// Settings that cannot work; the broker says no or cannot be reached within `timeout`.
    pub async fn connect(
        settings: &MqttSettings,
        in_flight: u16,
        timeout: Duration,
    ) -> Result<Self, IngestError> {
        let limit = in_flight.max(1);
        let mut options = settings.options()?;
        options.set_outgoing_inflight_upper_limit(limit);
        // Every request in the channel holds a permit, so a send never finds it full.
        let (client, events) = AsyncClient::new(options, usize::from(limit) + 8);
        let (link_out, link) = watch::channel(Link::Connecting);
        let room = Arc::new(Semaphore::new(0));
        let tally = Arc::new(Tally::default());
        let task = Task {
            events,
            unsent: VecDeque::new(),
            on_the_way: BTreeSet::new(),
            room: Arc::clone(&room),
            tally: Arc::clone(&tally),
            link: link_out,
            backoff: Backoff::new(),
            broker: settings.broker(),
        };
        let task = tokio::spawn(task.run());
        let broker = settings.broker();
        let mut publisher = Self { client, room, window: limit, tally, link, task, broker };
        ready(&publisher.link, &publisher.broker, timeout).await?;
        // After a reconnect the library sends everything unacknowledged again at once. More than the broker takes at a
        // time would be a protocol error, so no more may wait in the first place.
        publisher.window = limit.min(publisher.tally.receive_maximum.load(Ordering::Acquire).max(1));
        publisher.room.add_permits(usize::from(publisher.window));
        Ok(publisher)
    }

    /// Hands a message over; waits while too many wait for the broker.
    ///
    /// # Errors
    /// A topic that cannot be sent to; the broker says no.
    pub async fn publish(&self, topic: &str, payload: Vec<u8>) -> Result<(), IngestError> {
        if !rumqttc::valid_topic(topic) || topic.is_empty() || topic.len() > usize::from(u16::MAX) {
            let reason = format!("`{topic}` is no topic to send to");
            return Err(IngestError::Unsendable { broker: self.broker.clone(), reason });
        }
        self.take_room(1).await?;
        self.client.try_publish(topic, QoS::AtLeastOnce, false, payload).map_err(|_| IngestError::Closed)?;
        self.tally.sent.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    /// What became of the messages so far.
    #[must_use]
    pub fn counts(&self) -> SentCounts {
        SentCounts {
            sent: self.tally.sent.load(Ordering::Relaxed),
            acknowledged: self.tally.acknowledged.load(Ordering::Relaxed),
            unheard: self.tally.unheard.load(Ordering::Relaxed),
            refused: self.tally.refused.load(Ordering::Relaxed),
        }
    }

    /// Waits until the broker has answered every message, and leaves.
    ///
    /// # Errors
    /// The broker says no meanwhile. A broker that is away is waited for.
    pub async fn finish(mut self) -> Result<SentCounts, IngestError> {
        self.take_room(u32::from(self.window)).await?;
        let _ = self.client.try_disconnect();
        // All is acknowledged, so a farewell that fails costs nothing.
        let _ = tokio::time::timeout(FAREWELL, &mut self.task).await;
        Ok(self.counts())
    }

    /// Takes permits for good; the task gives them back when the broker answers.
    async fn take_room(&self, permits: u32) -> Result<(), IngestError> {
        let mut link = self.link.clone();
        let state = tokio::select! {
            biased;
            state = link.wait_for(|state| matches!(state, Link::Refused { .. } | Link::Closed)) => {
                state.map_or(Link::Closed, |state| state.clone())
            }
            permit = self.room.acquire_many(permits) => {
                permit.map_err(|_| IngestError::Closed)?.forget();
                return Ok(());
            }
        };
        Err(state.error(&self.broker).unwrap_or(IngestError::Closed))
    }
}

impl Drop for Publisher {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The task that polls the connection.
struct Task {
    events: EventLoop,
    /// What the library would have sent again, kept because it forgets all of it when the broker has no session.
    unsent: VecDeque<Request>,
    /// Packet ids sent and not yet answered, so that no answer counts twice.
    on_the_way: BTreeSet<u16>,
    room: Arc<Semaphore>,
    tally: Arc<Tally>,
    link: watch::Sender<Link>,
    backoff: Backoff,
    broker: String,
}

impl Task {
    async fn run(mut self) {
        loop {
            match self.events.poll().await {
                Ok(Event::Incoming(Packet::ConnAck(connack))) => self.connected(&connack),
                Ok(Event::Incoming(Packet::PubAck(puback))) => self.answered(&puback),
                Ok(Event::Outgoing(Outgoing::Publish(pkid))) => {
                    self.on_the_way.insert(pkid);
                }
                Ok(Event::Outgoing(Outgoing::Disconnect)) => break,
                Ok(_) => {}
                Err(error) => {
                    self.lost(&error);
                    tokio::time::sleep(self.backoff.pause()).await;
                }
            }
        }
        self.link.send_replace(Link::Closed);
    }

    fn connected(&mut self, connack: &ConnAck) {
        self.backoff.connected();
        let receive_maximum = connack.properties.as_ref().and_then(|p| p.receive_max).unwrap_or(u16::MAX);
        self.tally.receive_maximum.store(receive_maximum, Ordering::Release);
        if !connack.session_present {
            self.on_the_way.clear();
            for request in &mut self.unsent {
                if let Request::Publish(publish) = request {
                    publish.pkid = 0;
                }
            }
            self.events.pending = std::mem::take(&mut self.unsent);
        }
        self.unsent.clear();
        self.link.send_replace(Link::Up);
    }

    fn answered(&mut self, puback: &PubAck) {
        if !self.on_the_way.remove(&puback.pkid) {
            return;
        }
        match puback.reason {
            PubAckReason::Success => {
                self.tally.acknowledged.fetch_add(1, Ordering::Relaxed);
            }
            PubAckReason::NoMatchingSubscribers => {
                self.tally.acknowledged.fetch_add(1, Ordering::Relaxed);
                self.tally.unheard.fetch_add(1, Ordering::Relaxed);
            }
            reason => {
                warn!(broker = %self.broker, ?reason, "message refused");
                self.tally.refused.fetch_add(1, Ordering::Relaxed);
            }
        }
        self.room.add_permits(1);
    }

    fn lost(&mut self, error: &ConnectionError) {
        // Moves what came into the request channel since the failure to the others.
        self.events.clean();
        self.unsent = self.events.pending.clone();
        let link = Link::after(error);
        if *self.link.borrow() != link {
            warn!(broker = %self.broker, %error, "no connection to the broker, trying again");
            self.link.send_replace(link);
        }
    }
}
