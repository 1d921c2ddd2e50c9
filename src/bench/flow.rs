//! Messages on their way to the broker: all at once, or at a steady rate.

use std::time::{Duration, Instant};

use lanbi_ingest::mqtt::{MqttSettings, Publisher};

use super::load::{Load, LoadPlan};

/// Messages under way at a time.
const IN_FLIGHT: u16 = 1000;

/// How long the broker may take to answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// A connection to send on.
pub(crate) struct Flow(Publisher);

impl Flow {
    /// Connects.
    ///
    /// # Errors
    /// The broker cannot be reached or says no.
    pub(crate) async fn open(broker: &str, plan: &LoadPlan) -> anyhow::Result<Self> {
        let settings = MqttSettings {
            url: broker.to_owned(),
            client_id: format!("lanbi-bench-{}-sender", plan.tag),
            session_expiry_s: 60,
            ..MqttSettings::default()
        };
        Ok(Self(Publisher::connect(&settings, IN_FLIGHT, PATIENCE).await?))
    }

    /// Sends as fast as the broker takes it.
    ///
    /// # Errors
    /// The broker says no.
    pub(crate) async fn fill(&self, load: &mut Load, messages: u64) -> anyhow::Result<()> {
        for _ in 0..messages {
            let message = load.next_message();
            self.0.publish(&message.topic, message.payload).await?;
        }
        Ok(())
    }

    /// Sends at a steady rate from `start` on. A message that cannot be sent in time is sent later, and its time counts
    /// from when it was due: a slow broker must not make the figures better.
    ///
    /// # Errors
    /// The broker says no.
    pub(crate) async fn steady(&self, load: &mut Load, pace: &Pace) -> anyhow::Result<()> {
        for number in 0..pace.messages {
            tokio::time::sleep_until(pace.due(number).into()).await;
            let message = load.next_message();
            self.0.publish(&message.topic, message.payload).await?;
        }
        Ok(())
    }

    /// Waits until the broker has everything, and leaves.
    ///
    /// # Errors
    /// The broker refused messages.
    pub(crate) async fn finish(self) -> anyhow::Result<()> {
        let counts = self.0.finish().await?;
        anyhow::ensure!(
            counts.refused == 0 && counts.acknowledged == counts.sent,
            "the broker took {} of {} messages; give it room for them (Mosquitto: max_queued_messages 0)",
            counts.acknowledged,
            counts.sent
        );
        Ok(())
    }
}

/// When each message of a steady flow is due.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    pub(crate) start: Instant,
    pub(crate) rate: u32,
    pub(crate) messages: u64,
}

impl Pace {
    /// When the message of a number, from 0, is due.
    pub(crate) fn due(&self, number: u64) -> Instant {
        let rate = u64::from(self.rate.max(1));
        let part = Duration::from_nanos(number % rate * 1_000_000_000 / rate);
        self.start + Duration::from_secs(number / rate) + part
    }
}
