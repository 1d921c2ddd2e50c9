//! ChirpStack v4: `application/<id>/device/<EUI>/event/<event>` with an envelope in JSON. Values are in `object`, which is
//! there only where the device profile has a codec; names and pointers of the feed are those within it.
//!
//! `join` and `status` say that a device is there; `ack`, `txack`, `log`, `location` and `integration` hold nothing to store.
//! Proto-JSON leaves fields out that are zero or false. That is not read as zero, unless the feed says
//! `absent = "zero"`.

use lanbi_model::RejectReason;

use super::dialect::Dialect;
use super::node::with_json;
use super::told::Told;
use super::{Context, Decoded, Message, Rejected, presence};
use crate::source::{Feed, last_level};

pub(super) static DIALECT: Dialect = Dialect {
    ignored: "battery batteryLevel battery_voltage batV BatV rssi snr",
    station: Some("/deviceInfo/devEui"),
    time: Some("/time"),
    knows_own_keys: true,
    options: &["absent"],
    ..Dialect::new("chirpstack", decode)
};

fn decode(feed: &Feed, message: &Message<'_>, context: &Context<'_>) -> Result<Decoded, Rejected> {
    let event = last_level(message.topic);
    if matches!(event, "ack" | "txack" | "log" | "location" | "integration") {
        return Ok(Decoded::default());
    }
    with_json(message.payload, |root| {
        let mut told = Told::of(feed, message, root);
        if matches!(event, "join" | "status") {
            let device = told.device.as_deref().unwrap_or(message.topic);
            return Ok(presence::of(feed, device, true, context));
        }
        let object = root.get("object").ok_or_else(|| {
            let detail = "no `object`; give the device profile a codec in ChirpStack";
            Rejected::whole(RejectReason::Malformed, detail)
        })?;
        told.push_below(object);
        told.fill_zeros(object);
        told.store(message, context)
    })
}
