//! Lists of names and values, first of all that of Sensor.Community (airRohr): `sensordatavalues` with `value_type` and
//! `value`, republished by bridges as it is. `list` of the feed says where another list stands.
//!
//! The firmware puts the sensor before the quantity (`SDS_P1`, `BME280_pressure`); what is not known by the whole name is
//! known by the quantity. P1 is PM10 and P2 PM2.5, pressure is in Pa (opendata-stuttgart/meta, "EN data format
//! description"). A device with two sensors of one quantity sends it twice; the operator says which counts. There is no
//! time in the message, and nothing that names the device.

use lanbi_model::{Parameter as P, RejectReason, Unit as U};

use super::dialect::Dialect;
use super::item::{Item, What, what_of};
use super::node::{Node, with_json};
use super::told::Told;
use super::{Context, Decoded, Message, Rejected};
use crate::source::Feed;

/// Members that name the value, hold it and give its unit, the first that is there.
const NAMES: [&str; 6] = ["value_type", "name", "key", "type", "id", "code"];
const VALUES: [&str; 3] = ["value", "val", "v"];
const UNITS: [&str; 2] = ["unit", "u"];

pub(super) static DIALECT: Dialect = Dialect {
    fields: &[
        ("P1", P::Pm10, U::MicrogramPerCubicMetre),
        ("P2", P::Pm25, U::MicrogramPerCubicMetre),
        ("temperature", P::AirTemperature, U::Celsius),
        ("humidity", P::Humidity, U::Percent),
        ("pressure", P::AirPressure, U::Pascal),
    ],
    ignored: "P0 P4 N1 N10 N25 N4 N05 TS micro samples signal interval durP1 durP2 ratioP1 ratioP2 lat lon \
              height date time timestamp LAeq min max counts_per_minute hv_pulses counts sample_time_ms",
    list: "/sensordatavalues",
    options: &["time", "time_format", "list"],
    ..Dialect::new("sensor-community", decode)
};

fn decode(feed: &Feed, message: &Message<'_>, context: &Context<'_>) -> Result<Decoded, Rejected> {
    with_json(message.payload, |root| {
        let Some(Node::Array(list)) = root.at(&feed.list) else {
            let detail = format!("no list at `{}`; mend `list` of feed `{}`", feed.list.text(), feed.name);
            return Err(Rejected::whole(RejectReason::Malformed, detail));
        };
        let mut told = Told::of(feed, message, root);
        for (i, entry) in list.iter().enumerate() {
            let member = |names: &[&str]| names.iter().find_map(|name| entry.get(name)?.scalar());
            let (name, value) = (member(&NAMES), VALUES.iter().find_map(|name| entry.get(name)));
            let (Some(name), Some(value)) = (name, value) else {
                let detail = "no name or no value in this entry; send both".to_owned();
                let what = What::Fault(RejectReason::Malformed, detail);
                told.push(Item::new(i.to_string().into(), what, "".into()));
                continue;
            };
            push(&mut told, feed, name, value, member(&UNITS));
        }
        told.store(message, context)
    })
}

fn push<'a>(told: &mut Told<'a>, feed: &'a Feed, name: &'a str, value: &'a Node<'a>, unit: Option<&'a str>) {
    let quantity = || name.rsplit('_').next().and_then(|quantity| feed.fields.named(quantity));
    let what = match feed.fields.named(name).or_else(quantity) {
        Some((_, field)) => what_of(field),
        None => Some(told.by_own_key(name)),
    };
    let text = match value {
        Node::Null => return,
        Node::Object(_) | Node::Array(_) => "not one value",
        Node::Text(text) => text,
        Node::Bare(text) => text,
    };
    if let Some(what) = what {
        let unit = unit.filter(|unit| !unit.is_empty()).map(Into::into);
        told.push(Item { unit, ..Item::new(name.into(), what, text.into()) });
    }
}
