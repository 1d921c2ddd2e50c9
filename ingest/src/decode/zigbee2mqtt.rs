//! Zigbee2MQTT: `zigbee2mqtt/<friendly name>` with one flat object, where the name may hold `/`, and
//! `zigbee2mqtt/<friendly name>/availability`.
//!
//! Values are published again from a cache, after a restart for one; with `last_seen` switched on they keep their time, and
//! the repeat is recognised. The bridge's own topics hold no values, nor do `set` and `get`.

use lanbi_model::{Parameter as P, Unit as U};

use super::dialect::Dialect;
use super::node::with_json;
use super::told::Told;
use super::{Context, Decoded, Message, Rejected, presence};
use crate::source::{Feed, last_level};

pub(super) static DIALECT: Dialect = Dialect {
    fields: &[
        ("temperature", P::AirTemperature, U::Celsius),
        ("humidity", P::Humidity, U::Percent),
        ("pressure", P::AirPressure, U::Hectopascal),
        ("pm25", P::Pm25, U::MicrogramPerCubicMetre),
        ("pm10", P::Pm10, U::MicrogramPerCubicMetre),
    ],
    ignored: "linkquality battery battery_low battery_state voltage power_outage_count last_seen elapsed \
              update update_available device device_temperature identify tamper illuminance illuminance_lux \
              co2 voc voc_index voc_parts formaldehyd hcho pm1 aqi temperature_unit temperature_calibration \
              humidity_calibration pressure_calibration temperature_precision humidity_precision \
              pressure_precision",
    station: Some("topic:2.."),
    time: Some("/last_seen"),
    presence: &["availability"],
    ..Dialect::new("zigbee2mqtt", decode)
};

fn decode(feed: &Feed, message: &Message<'_>, context: &Context<'_>) -> Result<Decoded, Rejected> {
    let told = Told::bare(feed, message);
    match told.device.as_deref() {
        Some("bridge/state") => return presence::decode(feed, message, context),
        Some(device) if device.starts_with("bridge/") => return Ok(Decoded::default()),
        _ if matches!(last_level(message.topic), "set" | "get") => return Ok(Decoded::default()),
        _ => {}
    }
    with_json(message.payload, |root| {
        let mut told = Told::of(feed, message, root);
        told.push_below(root);
        told.store(message, context)
    })
}
