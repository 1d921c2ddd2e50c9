//! The Things Stack: `v3/<application>@<tenant>/devices/<device>/up` with an envelope in JSON. Values are in
//! `uplink_message.decoded_payload`, which is there only where the application has a payload formatter; names and pointers of
//! the feed are those within it. The time is that at which the network server received the uplink.
//!
//! `join_accept` says that a device is there; acknowledgements of downlinks, solved locations and service data hold nothing
//! to store. Its broker knows QoS 0 only, so what is lost on the way is lost.

use lanbi_model::RejectReason;

use super::dialect::Dialect;
use super::node::{Node, with_json};
use super::told::Told;
use super::{Context, Decoded, Message, Rejected, presence};
use crate::source::Feed;

/// Members beside `uplink_message` that are understood and hold nothing to store.
const OTHERS: [&str; 9] = [
    "downlink_ack",
    "downlink_nack",
    "downlink_sent",
    "downlink_failed",
    "downlink_queued",
    "downlink_queue_invalidated",
    "location_solved",
    "service_data",
    "uplink_normalized",
];

pub(super) static DIALECT: Dialect = Dialect {
    ignored: "battery batteryLevel battery_voltage batV BatV",
    station: Some("/end_device_ids/device_id"),
    time: Some("/uplink_message/received_at"),
    knows_own_keys: true,
    options: &["absent"],
    ..Dialect::new("tts", decode)
};

fn decode(feed: &Feed, message: &Message<'_>, context: &Context<'_>) -> Result<Decoded, Rejected> {
    let malformed = |detail: &str| Rejected::whole(RejectReason::Malformed, detail);
    with_json(message.payload, |root| {
        let mut told = Told::of(feed, message, root);
        let Some(uplink) = root.get("uplink_message") else {
            if root.get("join_accept").is_some() {
                let device = told.device.as_deref().unwrap_or(message.topic);
                return Ok(presence::of(feed, device, true, context));
            }
            let is_known = OTHERS.iter().any(|name| root.get(name).is_some());
            let unknown = || malformed("no `uplink_message`; subscribe to v3/+/devices/+/up");
            return is_known.then(Decoded::default).ok_or_else(unknown);
        };
        let received = || root.get("received_at").and_then(Node::scalar).map(Into::into);
        told.time = told.time.take().or_else(received);
        let payload = uplink.get("decoded_payload").ok_or_else(|| {
            malformed("no `decoded_payload`; give the application a payload formatter in The Things Stack")
        })?;
        told.push_below(payload);
        told.fill_zeros(payload);
        told.store(message, context)
    })
}
