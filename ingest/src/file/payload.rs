//! The message a sensor would have sent for a row.

use serde_json::{Map, Value, json, value::RawValue};

use super::Row;

/// Makes topic and payload (lanbi JSON) of a row; none where the row has no value. A number keeps every digit it is
/// written with; what is not a number goes out as the text it is, for the receiver to judge.
#[must_use]
pub fn row_to_payload(row: &Row, prefix: &str) -> Option<(String, Vec<u8>)> {
    if row.values.is_empty() {
        return None;
    }
    let mut values = String::new();
    let mut units = Map::new();
    for (parameter, text, unit) in &row.values {
        if !values.is_empty() {
            values.push(',');
        }
        values.push_str(&format!("\"{}\":{}", parameter.key(), number_or_text(text)));
        if *unit != parameter.unit() {
            units.insert(parameter.key().to_owned(), json!(unit.key()));
        }
    }
    let time = row.zone.at(row.end).to_rfc3339_opts(chrono::SecondsFormat::AutoSi, false);
    let station = Value::from(row.station.as_str());
    let period = row.period.to_string();
    let mut payload = format!(
        "{{\"station\":{station},\"time\":\"{time}\",\"period\":\"{period}\",\"label\":\"end\",\"values\":{{{values}}}"
    );
    if !units.is_empty() {
        payload.push_str(&format!(",\"units\":{}", Value::Object(units)));
    }
    payload.push('}');
    Some((format!("{prefix}/{}", topic_level(&row.station)), payload.into_bytes()))
}

/// The text as a JSON number where it is one, else as a JSON string.
fn number_or_text(text: &str) -> String {
    let number = text.starts_with(|c: char| c == '-' || c.is_ascii_digit())
        && serde_json::from_str::<Box<RawValue>>(text).is_ok();
    if number { text.to_owned() } else { Value::from(text).to_string() }
}

/// A station id as one level of a topic: `/`, `+` and `#` have a meaning there. The payload holds the id unchanged.
fn topic_level(station: &str) -> String {
    station.chars().map(|c| if matches!(c, '/' | '+' | '#' | '\0') { '-' } else { c }).collect()
}
