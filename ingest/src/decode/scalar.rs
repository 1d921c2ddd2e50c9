//! One value a topic: ESPHome's `<prefix>/sensor/<name>/state` with a bare number, and the like. `parameter` of the feed says
//! on which level the name stands. An object with `value` and a time is read as well (SenseCAP).
//!
//! ESPHome retains its states: on every connection the last one comes again, of unknown age, and is refused. Set
//! `retain: false` in the device. `nan` means that nothing was measured. Its birth and will stand on `<prefix>/status`, which
//! `presence_topics` of the feed names.

use lanbi_model::RejectReason;

use super::dialect::Dialect;
use super::node::{Node, with_json};
use super::told::Told;
use super::{Context, Decoded, Message, Rejected};
use crate::source::Feed;

pub(super) static DIALECT: Dialect = Dialect {
    station: Some("topic:1"),
    parameter: Some("topic:3"),
    time: Some("/timestamp"),
    knows_own_keys: true,
    options: &["parameter", "time", "time_format"],
    ..Dialect::new("scalar", decode)
};

fn decode(feed: &Feed, message: &Message<'_>, context: &Context<'_>) -> Result<Decoded, Rejected> {
    let malformed = |detail: String| Rejected::whole(RejectReason::Malformed, detail);
    let name = feed.parameter.and_then(|level| level.of(message.topic)).ok_or_else(|| {
        malformed(format!("the topic has no name of a value; mend `parameter` of feed `{}`", feed.name))
    })?;
    let text = message.payload.trim_ascii();
    if text.starts_with(b"{") {
        return with_json(text, |root| {
            let mut told = Told::of(feed, message, root);
            match root.get("value") {
                None => return Err(malformed("no `value`; send it under this name".to_owned())),
                Some(Node::Null) => {}
                Some(value) => told.push_named(name, value.scalar().unwrap_or("not one value"), None),
            }
            told.store(message, context)
        });
    }
    let text = std::str::from_utf8(text)
        .map_err(|_| malformed("not a number in UTF-8; send one such as 23.4".to_owned()))?;
    let mut told = Told::bare(feed, message);
    told.push_named(name, text, None);
    told.store(message, context)
}
