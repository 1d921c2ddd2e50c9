//! Tasmota: `tele/<topic>/SENSOR` with one object for each sensor, and `tele/<topic>/LWT` with `Online` or `Offline`.
//!
//! `Time` is local and names no zone, so the station's or the feed's holds. `TempUnit` and `PressureUnit` say in which unit
//! the device was told to send; what cannot be converted is refused.

use lanbi_model::{Parameter as P, Unit as U};

use super::dialect::Dialect;
use super::item::What;
use super::node::{Node, with_json};
use super::told::Told;
use super::{Context, Decoded, Message, Rejected};
use crate::source::Feed;

pub(super) static DIALECT: Dialect = Dialect {
    fields: &[
        ("Temperature", P::AirTemperature, U::Celsius),
        ("Humidity", P::Humidity, U::Percent),
        ("Pressure", P::AirPressure, U::Hectopascal),
        ("PM2.5", P::Pm25, U::MicrogramPerCubicMetre),
        ("PM10", P::Pm10, U::MicrogramPerCubicMetre),
    ],
    ignored: "TempUnit PressureUnit SpeedUnit Id DewPoint SeaPressure PM1 PM1.0 PM4 CF1 CF2.5 CF10 PB0.3 \
              PB0.5 PB1 PB2.5 PB5 PB10 Illuminance CarbonDioxide eCO2 CO2 TVOC aHumidity Gas ANALOG ENERGY \
              ESP32 Wifi Uptime UptimeSec Vcc Heap SleepMode Sleep LoadAvg MqttCount POWER Hostname IPAddress \
              Berry",
    station: Some("topic:2"),
    time: Some("/Time"),
    presence: &["LWT"],
    ..Dialect::new("tasmota", decode)
};

fn decode(feed: &Feed, message: &Message<'_>, context: &Context<'_>) -> Result<Decoded, Rejected> {
    with_json(message.payload, |root| {
        let mut told = Told::of(feed, message, root);
        told.push_below(root);
        let unit = |name: &str| root.get(name).and_then(Node::scalar);
        let (temperature, pressure) = (unit("TempUnit"), unit("PressureUnit"));
        for item in told.items_mut() {
            // Where the operator names the unit he knows it.
            let What::Value { unit, is_own: false, .. } = item.what else { continue };
            match unit {
                U::Celsius => item.unit = temperature.filter(|unit| *unit != "C").map(Into::into),
                U::Hectopascal => item.unit = pressure.filter(|unit| *unit != "hPa").map(Into::into),
                _ => {}
            }
        }
        told.store(message, context)
    })
}
