//! The device that a message in lanbi's own JSON comes from.

use lanbi_model::{AveragingPeriod, Parameter, Zone};
use serde_json::{Map, Value};

use super::sighting::{Naming, Seen, Sighting, number};
use crate::clock::{Label, parse_stamp};
use crate::unit_name::unit_named;

/// The sighting of a message from a topic; none where it is no JSON object with values.
pub(super) fn sightings(raw: &[u8], topic: &str) -> Option<Sighting> {
    let text = std::str::from_utf8(raw).ok()?;
    let body: Map<String, Value> = serde_json::from_str(text.trim_start_matches('\u{feff}')).ok()?;
    let values = body.get("values")?.as_object()?;
    let field = |key: &str| body.get(key).and_then(plain);
    let device = field("station").unwrap_or_else(|| topic.rsplit('/').next().unwrap_or_default().to_owned());
    let period = field("period").and_then(|text| AveragingPeriod::parse(&text));
    let label = field("label").and_then(|text| Label::from_key(&text)).unwrap_or_default();
    let instant = field("time")
        .and_then(|text| parse_stamp(&text, Zone::shanghai()))
        .and_then(|stamp| label.end_of(stamp, period.unwrap_or(AveragingPeriod::MOMENT)));
    let units = body.get("units").and_then(Value::as_object);
    let mut values: Vec<Seen> = values
        .iter()
        .map(|(key, value)| {
            let unit = units.and_then(|units| unit_named(units.get(key)?.as_str()?));
            Seen {
                code: key.clone(),
                known: Parameter::from_key(key)
                    .map(|parameter| (parameter, unit.unwrap_or(parameter.unit()))),
                number: plain(value).as_deref().and_then(number),
            }
        })
        .collect();
    values.sort_by(|a, b| a.code.cmp(&b.code));
    Some(Sighting { device: device.trim().to_owned(), naming: Naming::Id, instant, period, values })
}

/// The text of a string or number that is not blank.
fn plain(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}
