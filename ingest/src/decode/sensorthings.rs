//! OGC SensorThings (FROST and others): an observation `{"result":21.5,"phenomenonTime":"..."}` on
//! `v1.1/Datastreams(1)/Observations`. A datastream is one quantity of one place, so `Datastreams(1)` is both the device in
//! `stations` and the name in `values`. Where observations of all datastreams share a topic, the one that the body names
//! counts.
//!
//! A `phenomenonTime` of two ends (`start/end`) is an average over what lies between; a single one is read with the feed's
//! or the station's period. Without it `resultTime` holds.

use std::borrow::Cow;

use lanbi_model::{AveragingPeriod, RejectReason, Zone};

use super::dialect::Dialect;
use super::item::{Item, What, what_of};
use super::node::{Node, with_json};
use super::told::{Period, Told};
use super::{Context, Decoded, Message, Rejected};
use crate::clock::{Label, parse_stamp};
use crate::source::Feed;

pub(super) static DIALECT: Dialect =
    Dialect { station: Some("topic:2"), ..Dialect::new("sensorthings", decode) };

fn decode(feed: &Feed, message: &Message<'_>, context: &Context<'_>) -> Result<Decoded, Rejected> {
    with_json(message.payload, |root| {
        let result = root.get("result").ok_or_else(|| {
            Rejected::whole(RejectReason::Malformed, "no `result`; subscribe to Datastreams(1)/Observations")
        })?;
        let mut told = Told::of(feed, message, root);
        let in_topic = || message.topic.split('/').find(|level| level.starts_with("Datastreams("));
        let in_body = root.get("Datastream").and_then(|stream| stream.get("@iot.id")).and_then(Node::scalar);
        let stream = match (in_body, in_topic()) {
            (Some(id), _) => Some(Cow::Owned(format!("Datastreams({id})"))),
            (None, in_topic) => in_topic.map(Cow::Borrowed),
        };
        let Some(stream) = stream else {
            let detail = "nothing names the datastream; publish it in the topic or expand it in the body";
            return Err(Rejected::whole(RejectReason::Malformed, detail));
        };
        if told.device.as_deref().is_none_or(|device| device == "Observations") {
            told.device = Some(stream.clone());
        }
        let member = |name: &str| root.get(name).and_then(Node::scalar);
        let time = member("phenomenonTime").or_else(|| member("resultTime"));
        match time.and_then(|time| time.split_once('/')) {
            None => told.time = time.map(Cow::Borrowed),
            Some((start, end)) => {
                told.time = Some(Cow::Borrowed(end));
                told.label = Label::End;
                told.period = length(start, end).map_or(Period::Station, Period::Said);
            }
        }
        let what = match feed.fields.named(&stream) {
            Some((_, field)) => what_of(field),
            None => Some(What::Unknown),
        };
        if let (Some(what), false) = (what, *result == Node::Null) {
            let text = result.scalar().unwrap_or("not one value");
            told.push(Item::new(stream, what, Cow::Borrowed(text)));
        }
        told.store(message, context)
    })
}

/// The length of an interval of whole seconds.
fn length(start: &str, end: &str) -> Option<AveragingPeriod> {
    // Both ends name their zone.
    let at = |text: &str| parse_stamp(text, Zone::utc());
    let seconds = (at(end)? - at(start)?).num_seconds();
    u32::try_from(seconds).ok().map(AveragingPeriod::from_seconds)
}
