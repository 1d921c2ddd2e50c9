//! Births, wills and availability: whether a device is there. Such a message holds no values and says nothing about them;
//! a gateway can be there while its sensor is silent.

use lanbi_model::{RejectReason, StationId};

use super::node::with_json;
use super::reading::shorten;
use super::{Context, Decoded, Message, Rejected};
use crate::source::{Device, Feed, Level, last_level};

/// Members of an object that say whether a device is there.
const MEMBERS: [&str; 4] = ["state", "status", "online", "connected"];

/// A device has come or gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Presence {
    /// Its station; none where the device is of no station.
    pub station: Option<StationId>,
    /// What it calls itself.
    pub device: String,
    /// Whether it is there.
    pub online: bool,
}

/// Reads a message on a topic of presence: `online`, `Offline`, `{"state":"online"}`. An empty one, which only takes a kept
/// message away, says nothing.
pub(super) fn decode(feed: &Feed, message: &Message<'_>, context: &Context<'_>) -> Result<Decoded, Rejected> {
    let text = message.payload.trim_ascii();
    if text.is_empty() {
        return Ok(Decoded::default());
    }
    let in_topic = device_in_topic(feed, message.topic);
    let (online, device) = if text.starts_with(b"{") {
        with_json(text, |root| {
            let word = MEMBERS.iter().find_map(|name| root.get(name)).and_then(|node| node.scalar());
            let device = match &feed.device {
                Device::Pointer(pointer) => {
                    root.at(pointer).and_then(|node| node.scalar()).map(str::to_owned)
                }
                Device::Topic(_) | Device::Station(_) | Device::Message => None,
            };
            Ok((word.and_then(is_online), device))
        })?
    } else {
        let word = std::str::from_utf8(text).ok().map(|text| text.trim_matches('"'));
        (word.and_then(is_online), None)
    };
    let online = online.ok_or_else(|| {
        let text = String::from_utf8_lossy(text);
        let detail = format!("`{}` is no presence; send online or offline", shorten(&text));
        Rejected::whole(RejectReason::Malformed, detail)
    })?;
    Ok(of(feed, device.as_deref().or(in_topic).unwrap_or(message.topic), online, context))
}

/// The outcome for a device that has come or gone.
pub(super) fn of(feed: &Feed, device: &str, online: bool, context: &Context<'_>) -> Decoded {
    let station = feed.station(device, context.registry).map(|station| station.id.clone());
    Decoded { presence: Some(Presence { station, device: shorten(device), online }), ..Decoded::default() }
}

/// The device by its topic; where it takes all the levels to the end, the last one names the presence and no device.
fn device_in_topic<'t>(feed: &'t Feed, topic: &'t str) -> Option<&'t str> {
    match &feed.device {
        Device::Topic(level @ Level::From(_)) => {
            let device = level.of(topic)?;
            device.strip_suffix(last_level(device))?.strip_suffix('/')
        }
        Device::Topic(level) => level.of(topic),
        Device::Station(id) => Some(id),
        Device::Pointer(_) | Device::Message => None,
    }
}

fn is_online(word: &str) -> Option<bool> {
    let is = |words: [&str; 4]| words.iter().any(|known| word.trim().eq_ignore_ascii_case(known));
    if is(["online", "connected", "true", "1"]) {
        Some(true)
    } else {
        is(["offline", "disconnected", "false", "0"]).then_some(false)
    }
}
