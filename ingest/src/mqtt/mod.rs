//! MQTT 5 with the promise that nothing is acknowledged before it is stored, and nothing sent is forgotten before it is
//! acknowledged.
//!
//! [`Subscriber`] delivers messages through a bounded channel and acknowledges them when told to; [`Publisher`] sends
//! with QoS 1 and waits for the broker. Both keep their session over a lost connection and come back by themselves.

mod ack;
mod backoff;
mod connection;
mod link;
mod probe;
mod publisher;
mod settings;
mod subscriber;

pub use link::Link;
pub use probe::{Granted, probe};
pub use publisher::{Publisher, SentCounts};
pub use settings::MqttSettings;
pub use subscriber::{Acker, Delivery, DeliveryReceipt, Subscriber};
