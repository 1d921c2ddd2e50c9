//! A short visit to the broker that says what it would grant, without touching the session of the service.

use std::time::Duration;

use rumqttc::v5::mqttbytes::QoS;
use rumqttc::v5::mqttbytes::v5::{ConnAck, Filter, Packet, RetainForwardRule, SubAck, SubscribeReasonCode};
use rumqttc::v5::{AsyncClient, Event, EventLoop};

use super::link::Link;
use super::settings::MqttSettings;
use crate::IngestError;

/// What the broker grants. A limit it does not name is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Granted {
    /// Largest quality of service; 1 is needed.
    pub max_qos: u8,
    /// Messages it takes from us before the first is acknowledged.
    pub receive_maximum: u16,
    /// Largest packet it takes from us, in bytes.
    pub max_packet: Option<u32>,
    /// How long it keeps the session, in s.
    pub session_expiry_s: u32,
    /// Whether several processes may share a subscription.
    pub shared_subscriptions: bool,
}

/// Connects under the client id of `settings`, asks for the topics without the share group, and leaves. The id must be
/// one that nobody else uses: the broker ends the connection of whoever has it, and forgets its session.
///
/// Subscribing is tried with QoS 0 and without retained messages, so that nothing waits for this visitor afterwards.
///
/// # Errors
/// Settings that cannot work; the broker says no, to the connection or to a topic, or does not answer within `timeout`.
pub async fn probe(settings: &MqttSettings, timeout: Duration) -> Result<Granted, IngestError> {
    let plain = MqttSettings { share_group: None, ..settings.clone() };
    let filters = plain.filters()?;
    let mut options = plain.options()?;
    options.set_clean_start(true);
    let broker = plain.broker();
    let (client, mut events) = AsyncClient::new(options, 8);
    let visit = visit(&client, &mut events, &filters, settings.session_expiry_s, &broker);
    let granted = tokio::time::timeout(timeout, visit).await.map_err(|_| IngestError::Unreachable {
        broker: broker.clone(),
        reason: "no answer in time".to_owned(),
    })?;
    drop(events);
    // A second connection that asks for no session takes the first one's away.
    let mut farewell = MqttSettings { session_expiry_s: 0, ..plain }.options()?;
    farewell.set_clean_start(true);
    let (client, mut events) = AsyncClient::new(farewell, 8);
    let leave = async {
        while let Ok(event) = events.poll().await {
            if matches!(event, Event::Incoming(Packet::ConnAck(_))) {
                let _ = client.try_disconnect();
            }
        }
    };
    // A session that stays behind holds no messages and ends by itself.
    let _ = tokio::time::timeout(timeout, leave).await;
    granted
}

async fn visit(
    client: &AsyncClient,
    events: &mut EventLoop,
    filters: &[String],
    session_expiry_s: u32,
    broker: &str,
) -> Result<Granted, IngestError> {
    let refused = |reason: String, remedy| IngestError::Refused { broker: broker.to_owned(), reason, remedy };
    let mut granted = None;
    loop {
        match events.poll().await {
            Ok(Event::Incoming(Packet::ConnAck(connack))) => {
                granted = Some(read(&connack, session_expiry_s));
                let asked = filters.iter().map(|filter| Filter {
                    retain_forward_rule: RetainForwardRule::Never,
                    ..Filter::new(filter.as_str(), QoS::AtMostOnce)
                });
                client.try_subscribe_many(asked).map_err(|_| IngestError::Closed)?;
            }
            Ok(Event::Incoming(Packet::SubAck(suback))) => {
                if let Some(reason) = denied(&suback, filters) {
                    return Err(refused(reason, "allow this client to read the topic, or mend the filter"));
                }
                return granted.ok_or(IngestError::Closed);
            }
            Ok(_) => {}
            Err(error) => {
                return Err(match Link::after(&error) {
                    Link::Refused { reason, remedy } => refused(reason, remedy),
                    _ => IngestError::Unreachable { broker: broker.to_owned(), reason: error.to_string() },
                });
            }
        }
    }
}

fn read(connack: &ConnAck, session_expiry_s: u32) -> Granted {
    let told = connack.properties.as_ref();
    Granted {
        max_qos: told.and_then(|p| p.max_qos).unwrap_or(2),
        receive_maximum: told.and_then(|p| p.receive_max).unwrap_or(u16::MAX),
        max_packet: told.and_then(|p| p.max_packet_size),
        session_expiry_s: told.and_then(|p| p.session_expiry_interval).unwrap_or(session_expiry_s),
        shared_subscriptions: told.and_then(|p| p.shared_subscription_available).unwrap_or(1) == 1,
    }
}

/// The first topic that is not granted, with the broker's reason.
fn denied(suback: &SubAck, filters: &[String]) -> Option<String> {
    let mut answers = suback.return_codes.iter().zip(filters);
    let (code, filter) = answers.find(|(code, _)| !matches!(code, SubscribeReasonCode::Success(_)))?;
    Some(format!("subscription to `{filter}`: {code:?}"))
}
