//! Alink of Aliyun IoT: `/sys/<product>/<device>/thing/event/property/post` with
//! `{"method":"thing.event.property.post","params":{"PM25":{"value":23.6,"time":1524448722000}}}`. A property may be its bare
//! value, or a list of values with their times (`thing.event.property.batch.post`, under `params.properties`). Times are
//! milliseconds; a property without one has the time of arrival.

use lanbi_model::RejectReason;

use super::dialect::Dialect;
use super::node::{Node, with_json};
use super::told::Told;
use super::{Context, Decoded, Message, Rejected};
use crate::source::Feed;

pub(super) static DIALECT: Dialect =
    Dialect { station: Some("topic:4"), knows_own_keys: true, ..Dialect::new("alink", decode) };

fn decode(feed: &Feed, message: &Message<'_>, context: &Context<'_>) -> Result<Decoded, Rejected> {
    let malformed = |detail: &str| Rejected::whole(RejectReason::Malformed, detail);
    with_json(message.payload, |root| {
        let method = root.get("method").and_then(Node::scalar).unwrap_or("thing.event.property.post");
        let is_batch = method == "thing.event.property.batch.post";
        if !is_batch && method != "thing.event.property.post" {
            return Err(malformed(
                "the method posts no property; subscribe to .../thing/event/property/post",
            ));
        }
        let params = root.get("params");
        let properties = if is_batch { params.and_then(|params| params.get("properties")) } else { params };
        let Some(Node::Object(properties)) = properties else {
            return Err(malformed("no object of properties in `params`; send it"));
        };
        let mut told = Told::of(feed, message, root);
        for (name, property) in properties {
            match property {
                Node::Array(values) => values.iter().for_each(|value| push(&mut told, name, value)),
                value => push(&mut told, name, value),
            }
        }
        told.store(message, context)
    })
}

fn push<'a>(told: &mut Told<'a>, name: &'a str, property: &'a Node<'a>) {
    let time = property.get("time").and_then(Node::scalar);
    let value = match property {
        Node::Object(_) => property.get("value").unwrap_or(property),
        bare => bare,
    };
    if *value != Node::Null {
        told.push_named(name, value.scalar().unwrap_or("not one value"), time);
    }
}
