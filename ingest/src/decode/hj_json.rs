//! JSON of data loggers, keyed by the factor codes of HJ 212: `{"MN":"...","DataTime":"20240520110000","a34004-Rtd":12}`, or
//! with an object for each factor, `"a34004":{"Rtd":12,"Flag":"N"}`. There is no standard for it; codes, units, fields and
//! letters are read as in the frames, see [`crate::hj212::code`] and HJ 212-2017, Tables 4 and 8.
//!
//! `CN` says what the values are, as in a frame. Without it, values of `-Rtd` are readings at a moment, and where there are
//! none those of `-Avg` are means over the feed's or the station's period, `DataTime` naming its start. Least, largest and
//! summed amounts are not kept.

use std::borrow::Cow;
use std::collections::BTreeMap;

use lanbi_model::{AveragingPeriod, RejectReason};

use super::device_flag::device_flag;
use super::dialect::Dialect;
use super::item::{Item, What, what_of};
use super::node::{Node, with_json};
use super::told::{Period, Told};
use super::{Context, Decoded, Message, Rejected};
use crate::clock::Label;
use crate::hj212::code;
use crate::hj212::command::Upload;
use crate::source::Feed;

pub(super) static DIALECT: Dialect = Dialect {
    ignored: "MN DataTime QN ST CN PW Flag PNUM PNO QnRtn ExeRtn BeginTime EndTime Version PolId SystemTime",
    station: Some("/MN"),
    time: Some("/DataTime"),
    options: &["time", "time_format"],
    ..Dialect::new("hj-json", decode)
};

/// What a message says of one factor.
#[derive(Default)]
struct Factor<'a> {
    value: Vec<&'a Node<'a>>,
    flag: Option<&'a str>,
    has_other: bool,
}

fn decode(feed: &Feed, message: &Message<'_>, context: &Context<'_>) -> Result<Decoded, Rejected> {
    // Names in GBK are no keys that are looked at.
    let text = String::from_utf8_lossy(message.payload);
    with_json(text.as_bytes(), |root| {
        let Node::Object(members) = root else {
            return Err(Rejected::whole(RejectReason::Malformed, "not an object; send {\"MN\":...}"));
        };
        let upload = root.get("CN").and_then(Node::scalar).map(Upload::of);
        if matches!(upload, Some(None)) {
            // A command that carries no measured values.
            return Ok(Decoded::default());
        }
        let upload = upload.flatten();
        let is_ignored =
            |name: &str| feed.fields.named(name).is_some_and(|(_, field)| what_of(field).is_none());
        let fields: Vec<(&str, &str, &Node<'_>)> = members
            .iter()
            .flat_map(|(name, node)| fields(name, node))
            .filter(|(name, _, node)| **node != Node::Null && !is_ignored(name))
            .collect();
        let field = match upload {
            Some(upload) => upload.field(),
            None if fields.iter().any(|(_, field, _)| matches!(*field, "Rtd" | "")) => "Rtd",
            None => "Avg",
        };
        let mut told = Told::of(feed, message, root);
        told.label = if field == "Rtd" { Label::End } else { Label::Start };
        told.period = match upload {
            Some(upload) => Period::Upload(upload),
            None if field == "Rtd" => Period::Said(AveragingPeriod::MOMENT),
            None => Period::Station,
        };
        let mut factors: BTreeMap<&str, Factor<'_>> = BTreeMap::new();
        for (name, part, node) in fields {
            let factor = factors.entry(name).or_default();
            match part {
                "Flag" => factor.flag = node.scalar(),
                part if part == field || part.is_empty() => factor.value.push(node),
                "EFlag" | "SampleTime" | "Data" | "Info" | "SN" => {}
                _ => factor.has_other = true,
            }
        }
        for (name, factor) in factors {
            push(&mut told, feed, name, &factor, field);
        }
        told.store(message, context)
    })
}

/// The fields of a member: factor, field (empty for a bare code) and value.
fn fields<'a>(name: &'a str, node: &'a Node<'a>) -> Vec<(&'a str, &'a str, &'a Node<'a>)> {
    match (name.split_once('-'), node) {
        (Some((factor, field)), _) => vec![(factor, field, node)],
        (None, Node::Object(parts)) => {
            parts.iter().map(|(field, node)| (name, field.as_ref(), node)).collect()
        }
        (None, _) => vec![(name, "", node)],
    }
}

fn push<'a>(told: &mut Told<'a>, feed: &'a Feed, name: &'a str, factor: &Factor<'a>, field: &str) {
    let what = || match (feed.fields.named(name).and_then(|(_, field)| what_of(field)), code::factor(name)) {
        (Some(what), _) => what,
        (None, Some((parameter, unit))) => What::Value { parameter, unit, is_own: false },
        (None, None) => What::Unknown,
    };
    if factor.value.is_empty() && factor.has_other {
        let detail = format!("no `{name}-{field}`; send the value under this name");
        let what = What::Fault(RejectReason::Malformed, detail);
        told.push(Item::new(Cow::Borrowed(name), what, Cow::Borrowed("")));
    }
    for node in &factor.value {
        let text = node.scalar().unwrap_or("not one value");
        let flags = factor.flag.map(device_flag).unwrap_or_default();
        told.push(Item { flags, ..Item::new(Cow::Borrowed(name), what(), Cow::Borrowed(text)) });
    }
}
