//! AirGradient: `airgradient/readings/<serial number>` with the object of its local server (airgradienthq/arduino,
//! docs/local-server.md). `pm02` is PM2.5. There is no time in it.
//!
//! Raw and corrected readings come side by side; the raw ones count. Who trusts the maker's correction maps
//! `pm02Compensated` and lists `pm02` in `ignore`.

use lanbi_model::{Parameter as P, Unit as U};

use super::dialect::Dialect;
use super::node::with_json;
use super::told::Told;
use super::{Context, Decoded, Message, Rejected};
use crate::source::Feed;

pub(super) static DIALECT: Dialect = Dialect {
    fields: &[
        ("pm02", P::Pm25, U::MicrogramPerCubicMetre),
        ("pm10", P::Pm10, U::MicrogramPerCubicMetre),
        ("atmp", P::AirTemperature, U::Celsius),
        ("rhum", P::Humidity, U::Percent),
    ],
    ignored: "wifi serialno boot bootCount ledMode firmware model monitorDisplayCompensatedValues channels \
              satellites rco2 pm01 pm01Standard pm02Standard pm10Standard pm003Count pm005Count pm01Count \
              pm02Count pm50Count pm10Count pm02Compensated atmpCompensated rhumCompensated tvocIndex tvocRaw \
              tvoc noxIndex noxRaw volt light resetReason freeHeap",
    station: Some("/serialno"),
    ..Dialect::new("airgradient", decode)
};

fn decode(feed: &Feed, message: &Message<'_>, context: &Context<'_>) -> Result<Decoded, Rejected> {
    with_json(message.payload, |root| {
        let mut told = Told::of(feed, message, root);
        told.push_below(root);
        told.store(message, context)
    })
}
