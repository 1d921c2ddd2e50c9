//! JSON of any shape, by a map: `values` of the feed names each field by its JSON pointer, `time` and `station` where time and
//! device stand. Every other string, number or truth value is a field that nobody knows, unless `ignore` names it or
//! something above it.

use super::dialect::Dialect;
use super::node::with_json;
use super::told::Told;
use super::{Context, Decoded, Message, Rejected};
use crate::source::Feed;

pub(super) static DIALECT: Dialect =
    Dialect { needs_values: true, options: &["time", "time_format"], ..Dialect::new("json", decode) };

fn decode(feed: &Feed, message: &Message<'_>, context: &Context<'_>) -> Result<Decoded, Rejected> {
    with_json(message.payload, |root| {
        let mut told = Told::of(feed, message, root);
        told.push_below(root);
        told.store(message, context)
    })
}
