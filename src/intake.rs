//! Everything that brings messages, as one: the broker and the port for loggers.

use bytes::Bytes;
use lanbi_ingest::{
    mqtt::{Acker, Delivery, DeliveryReceipt, Subscriber},
    tcp::{FrameDelivery, FrameReceipt, Listener},
};

/// One message, whichever way it came.
pub(crate) struct Arrival {
    /// Topic, or what a port has in its place.
    pub topic: String,
    /// Messages of one key are stored in the order in which they came; the topic unless something else is named.
    key: Option<String>,
    pub payload: Bytes,
    pub retained: bool,
    /// Why it must not be taken for the station's, where that is so.
    pub refused: Option<String>,
    pub receipt: Receipt,
}

/// To be settled when a message is stored.
pub(crate) enum Receipt {
    Mqtt(DeliveryReceipt),
    Frame(FrameReceipt),
}

/// Which way messages come; each has lanes of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Mqtt,
    Hj212,
}

impl Way {
    /// What the store notes as the source of what came this way.
    pub(crate) const fn key(self) -> &'static str {
        match self {
            Self::Mqtt => "mqtt",
            Self::Hj212 => "hj212",
        }
    }
}

impl Arrival {
    pub(crate) const fn way(&self) -> Way {
        match self.receipt {
            Receipt::Mqtt(_) => Way::Mqtt,
            Receipt::Frame(_) => Way::Hj212,
        }
    }

    pub(crate) fn key(&self) -> &str {
        self.key.as_deref().unwrap_or(&self.topic)
    }
}

impl From<Delivery> for Arrival {
    fn from(delivery: Delivery) -> Self {
        let receipt = Receipt::Mqtt(delivery.receipt());
        let retained = delivery.retained;
        let (topic, payload) = delivery.into_parts();
        Self { topic, key: None, payload, retained, refused: None, receipt }
    }
}

impl From<FrameDelivery> for Arrival {
    fn from(delivery: FrameDelivery) -> Self {
        let FrameDelivery { source, key, payload, refused, receipt } = delivery;
        let receipt = Receipt::Frame(receipt);
        Self { topic: source, key: Some(key), payload, retained: false, refused, receipt }
    }
}

/// Settles receipts of every way.
#[derive(Clone, Default)]
pub(crate) struct Settler {
    mqtt: Option<Acker>,
}

impl Settler {
    /// Tells whoever sent the messages that they are stored.
    pub(crate) fn settle(&self, receipts: Vec<Receipt>) {
        let mut of_broker = Vec::new();
        for receipt in receipts {
            match receipt {
                Receipt::Mqtt(receipt) => of_broker.push(receipt),
                Receipt::Frame(receipt) => receipt.settle(),
            }
        }
        if let Some(acker) = self.mqtt.as_ref().filter(|_| !of_broker.is_empty()) {
            acker.ack(of_broker);
        }
    }
}

/// The ways that are open.
pub(crate) struct Intake {
    pub subscriber: Option<Subscriber>,
    pub listener: Option<Listener>,
}

impl Intake {
    /// The next message; none after [`Self::stop_taking`] when all that had come are given out, or where no way is open.
    pub(crate) async fn recv(&mut self) -> Option<Arrival> {
        let Self { subscriber, listener } = self;
        let from_broker = async {
            match subscriber {
                Some(subscriber) => subscriber.recv().await.map(Arrival::from),
                None => None,
            }
        };
        let from_port = async {
            match listener {
                Some(listener) => listener.recv().await.map(Arrival::from),
                None => None,
            }
        };
        tokio::select! {
            Some(arrival) = from_broker => Some(arrival),
            Some(arrival) = from_port => Some(arrival),
            else => None,
        }
    }

    /// Messages that have come and were not received yet.
    pub(crate) fn waiting(&self) -> usize {
        self.subscriber.as_ref().map_or(0, Subscriber::waiting)
            + self.listener.as_ref().map_or(0, Listener::waiting)
    }

    pub(crate) fn settler(&self) -> Settler {
        Settler { mqtt: self.subscriber.as_ref().map(Subscriber::acker) }
    }

    /// Takes no more messages. What is not stored yet comes again.
    pub(crate) fn stop_taking(&mut self) {
        if let Some(subscriber) = &mut self.subscriber {
            subscriber.stop_taking();
        }
        if let Some(listener) = &mut self.listener {
            listener.stop_taking();
        }
    }

    /// Says what is due and leaves.
    pub(crate) async fn close(self) {
        let subscriber = async {
            if let Some(subscriber) = self.subscriber {
                subscriber.close().await;
            }
        };
        let listener = async {
            if let Some(listener) = self.listener {
                listener.close().await;
            }
        };
        tokio::join!(subscriber, listener);
    }
}
