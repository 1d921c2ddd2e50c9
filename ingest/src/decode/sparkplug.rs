//! Sparkplug B: `spBv1.0/<group>/<type>/<node>[/<device>]` (Eclipse Sparkplug 3.0). Births hold names, aliases and present
//! values, data messages the values that changed, often by their alias alone; deaths say that a node or device is gone.
//!
//! What a device calls itself is `group/node/device` or `group/node`; where no station stands for the whole, its last part
//! counts. A metric is known by its whole name, or by the part behind the last `/` where that is a key of lanbi's own.
//!
//! Aliases live as long as the program: after a start, metrics by alias are refused until the node is born again, which its
//! owner can ask for (`Node Control/Rebirth`); lanbi sends no commands. A gap in `seq` is reported with the message behind it.
//! Numbers up to half a round behind the last are taken for messages delivered again.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::PoisonError;

use lanbi_model::RejectReason;

use super::dialect::Dialect;
use super::item::{Item, What, what_of};
use super::reading::shorten;
use super::sparkplug_payload::{Metric, Payload};
use super::told::Told;
use super::{Context, Decoded, Message, Rejected, presence};
use crate::source::{Device, Feed};

/// Edge nodes remembered.
const MOST_NODES: usize = 256;
/// Aliases remembered of a node.
const MOST_ALIASES: usize = 1024;
/// Bytes of a name that is remembered.
const LONGEST_NAME: usize = 256;

pub(super) static DIALECT: Dialect =
    Dialect { names_device: true, knows_own_keys: true, ..Dialect::new("sparkplug", decode) };

/// What the births of edge nodes have said, by `group/node`.
#[derive(Debug, Default)]
pub(crate) struct Nodes(HashMap<String, Node>);

#[derive(Debug, Default)]
struct Node {
    /// Number of the last message.
    seq: Option<u64>,
    /// Number of the connection.
    bd_seq: Option<u64>,
    /// Name and type by alias.
    aliases: HashMap<u64, (String, Option<u64>)>,
}

/// The parts of a topic.
struct Place<'t> {
    kind: &'t str,
    /// `group/node`.
    edge: String,
    device: Option<&'t str>,
}

impl<'t> Place<'t> {
    fn of(topic: &'t str) -> Option<Self> {
        let levels: Vec<&str> = topic.split('/').collect();
        let (group, kind, node, device) = match levels.as_slice() {
            ["spBv1.0", group, kind, node] => (group, kind, node, None),
            ["spBv1.0", group, kind, node, device] => (group, kind, node, Some(*device)),
            _ => return None,
        };
        Some(Self { kind, edge: format!("{group}/{node}"), device })
    }

    /// What the device calls itself.
    fn name(&self) -> String {
        match self.device {
            Some(device) => format!("{}/{device}", self.edge),
            None => self.edge.clone(),
        }
    }
}

/// The edge node of a topic, whose messages count on those before them.
pub(crate) fn edge_of(topic: &str) -> Option<String> {
    Place::of(topic).map(|place| place.edge)
}

fn decode(feed: &Feed, message: &Message<'_>, context: &Context<'_>) -> Result<Decoded, Rejected> {
    let malformed = |detail: &str| Rejected::whole(RejectReason::Malformed, detail);
    if message.topic.starts_with("spBv1.0/STATE/") {
        // The state of a host application.
        return Ok(Decoded::default());
    }
    let place = Place::of(message.topic)
        .ok_or_else(|| malformed("the topic is none of Sparkplug B; mend `topics`"))?;
    let mut told = Told::bare(feed, message);
    let name = match &feed.device {
        Device::Message => own_name(feed, &place, context),
        _ => told.device.as_deref().unwrap_or_default().to_owned(),
    };
    if matches!(place.kind, "NCMD" | "DCMD") {
        return Ok(Decoded::default());
    }
    let payload = Payload::read(message.payload)
        .map_err(|_| malformed("not a payload of Sparkplug B; mend the device or `format`"))?;
    match place.kind {
        "NDEATH" => Ok(if dies(feed, &place, &payload) {
            presence::of(feed, &name, false, context)
        } else {
            Decoded::default()
        }),
        "DDEATH" => {
            note_seq(feed, &place, &payload);
            Ok(presence::of(feed, &name, false, context))
        }
        "NBIRTH" | "DBIRTH" | "NDATA" | "DDATA" => {
            told.device = Some(Cow::Owned(name.clone()));
            told.time = payload.timestamp.map(|ms| ms.to_string().into());
            push(&mut told, feed, &place, &payload);
            let mut decoded = told.store(message, context)?;
            if place.kind.ends_with("BIRTH") {
                decoded.presence = presence::of(feed, &name, true, context).presence;
            }
            Ok(decoded)
        }
        _ => Err(malformed("the topic has no type of Sparkplug B; mend `topics`")),
    }
}

/// The whole name, or the last part where only that is known.
fn own_name(feed: &Feed, place: &Place<'_>, context: &Context<'_>) -> String {
    let whole = place.name();
    let last = whole.rsplit('/').next().unwrap_or_default();
    let is_known = |device: &str| feed.station(device, context.registry).is_some();
    if !is_known(&whole) && is_known(last) { last.to_owned() } else { whole }
}

/// Whether a node is gone; the will of a connection before the present one says nothing.
fn dies(feed: &Feed, place: &Place<'_>, payload: &Payload<'_>) -> bool {
    let mut nodes = feed.nodes.lock().unwrap_or_else(PoisonError::into_inner);
    let said = bd_seq(payload);
    let born = nodes.0.get(&place.edge).and_then(|node| node.bd_seq);
    let is_of_now = said.is_none() || born.is_none() || said == born;
    if is_of_now {
        nodes.0.remove(&place.edge);
    }
    is_of_now
}

fn bd_seq(payload: &Payload<'_>) -> Option<u64> {
    payload.metrics.iter().find(|metric| metric.name.as_deref() == Some("bdSeq")).and_then(Metric::whole)
}

/// Notes the number of a message; what is missing before it, if anything.
fn note_seq(feed: &Feed, place: &Place<'_>, payload: &Payload<'_>) -> Option<String> {
    let mut nodes = feed.nodes.lock().unwrap_or_else(PoisonError::into_inner);
    let node = nodes.0.get_mut(&place.edge)?;
    node.note_seq(payload.seq?)
}

impl Node {
    fn note_seq(&mut self, seq: u64) -> Option<String> {
        let Some(last) = self.seq else {
            self.seq = Some(seq);
            return None;
        };
        let ahead = seq.wrapping_sub(last) & 0xff;
        if !(1..=128).contains(&ahead) {
            return None;
        }
        self.seq = Some(seq);
        (ahead > 1)
            .then(|| format!("{} messages before it are missing; ask the node for a rebirth", ahead - 1))
    }

    /// What a birth says of its metrics; false where not all of it can be remembered.
    fn learn(&mut self, metrics: &[Metric<'_>]) -> bool {
        let mut has_room = true;
        for metric in metrics {
            let (Some(name), Some(alias)) = (&metric.name, metric.alias) else { continue };
            if name.len() > LONGEST_NAME
                || (self.aliases.len() >= MOST_ALIASES && !self.aliases.contains_key(&alias))
            {
                has_room = false;
            } else {
                self.aliases.insert(alias, (name.to_string(), metric.datatype()));
            }
        }
        has_room
    }
}

/// Adds the metrics of a message, and what is wrong with its place among the others.
fn push<'a>(told: &mut Told<'a>, feed: &'a Feed, place: &Place<'_>, payload: &Payload<'a>) {
    let mut nodes = feed.nodes.lock().unwrap_or_else(PoisonError::into_inner);
    let fault = |detail: String| What::Fault(RejectReason::Malformed, detail);
    if place.kind == "NBIRTH" {
        nodes.0.remove(&place.edge);
    }
    let is_birth = place.kind.ends_with("BIRTH");
    if nodes.0.len() < MOST_NODES || nodes.0.contains_key(&place.edge) {
        let node = nodes.0.entry(place.edge.clone()).or_default();
        if let Some(detail) = payload.seq.and_then(|seq| node.note_seq(seq)) {
            told.push(Item::new("seq".into(), fault(detail), "".into()));
        }
        if place.kind == "NBIRTH" {
            node.bd_seq = bd_seq(payload);
        }
        if is_birth && !node.learn(&payload.metrics) {
            let detail =
                format!("more than {MOST_ALIASES} aliases, or names above {LONGEST_NAME} bytes; send names");
            told.push(Item::new("alias".into(), fault(detail), "".into()));
        }
    } else if is_birth && payload.metrics.iter().any(|metric| metric.alias.is_some()) {
        let detail = format!("more than {MOST_NODES} edge nodes, so its aliases are not known; send names");
        told.push(Item::new("alias".into(), fault(detail), "".into()));
    }
    let aliases = nodes.0.get(&place.edge).map(|node| &node.aliases);
    for metric in payload.metrics.iter().filter(|metric| !metric.is_transient) {
        let known = metric.alias.and_then(|alias| aliases?.get(&alias));
        let Some(text) = metric.text(known.and_then(|(_, datatype)| *datatype)) else { continue };
        let name = match (&metric.name, known) {
            (Some(name), _) => name.clone(),
            (None, Some((name, _))) => Cow::Owned(name.clone()),
            (None, None) => {
                let alias = metric.alias.map(|alias| alias.to_string()).unwrap_or_default();
                let detail = format!(
                    "no birth of `{}` has told what alias {alias} is; ask the node for a rebirth",
                    shorten(&place.edge)
                );
                let what = What::Fault(RejectReason::UnknownParameter, detail);
                told.push(Item::new(format!("alias {alias}").into(), what, text));
                continue;
            }
        };
        let what = match feed.fields.named(&name) {
            Some((_, field)) => what_of(field),
            None if is_housekeeping(&name) => None,
            None => Some(told.by_own_key(name.rsplit('/').next().unwrap_or_default())),
        };
        if let Some(what) = what {
            let time = metric.timestamp.map(|ms| ms.to_string().into());
            told.push(Item { time, ..Item::new(name, what, text) });
        }
    }
}

/// Metrics by which nodes are run.
fn is_housekeeping(name: &str) -> bool {
    name == "bdSeq"
        || [
            "Node Control/",
            "Node Info/",
            "Node Properties/",
            "Device Control/",
            "Device Info/",
            "Properties/",
        ]
        .iter()
        .any(|prefix| name.starts_with(prefix))
}
