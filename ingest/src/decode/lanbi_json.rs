//! lanbi's own JSON over MQTT, what `lanbi replay` sends and a small gateway can easily write.
//!
//! Topic `<prefix>/<station id>`, payload
//! `{"station":"air-01","time":"2026-01-05T08:00:00+08:00","period":"1h","label":"end","values":{"pm25":35,"co":0.6},
//! "units":{"co":"ug/m3"},"flags":{"so2":"M"}}`.
//!
//! - `station`: id; without it, the last level of the topic.
//! - `time`: see [`crate::clock::parse_stamp`]; local to the station where it names no zone. Without it, the last whole
//!   period before arrival, marked as assumed.
//! - `period`: `moment`, `1m`, `1h`, `1d` ...; without it, the station's.
//! - `label`: whether `time` names the `start` or the `end` of the period; without it, the end.
//! - `values`: number or numeric string by parameter key. `null`, `""`, `-`, `--`, `—` and `*` mean that nothing was
//!   measured and are not counted. `NaN` and `Infinity`, quoted or bare, are rejected alone.
//! - `units`: unit by parameter key, where it is not the parameter's own.
//! - `flags`: letter of HJ 212-2017, Table 8, by parameter key.
//!
//! Other keys are ignored. Where a key occurs twice the last one holds, as in most JSON readers; the earlier ones of
//! `values` count as rejected, so that none disappears.

use std::collections::HashMap;
use std::fmt;

use lanbi_model::{AveragingPeriod, Flags, Instant, RejectReason, Station};
use serde::Deserialize;
use serde::de::{MapAccess, Visitor};
use serde_json::value::RawValue;

use super::bare_words::quote_bare_words;
use super::device_flag::device_flag;
use super::number::is_missing;
use super::reading::{Reading, check_time, shorten};
use super::{Context, Decoded, Message, Rejected};
use crate::clock::{Label, assumed_end, parse_stamp};

/// Decodes one message; its size is checked by the caller.
pub(crate) fn decode(message: &Message<'_>, context: &Context<'_>) -> Result<Decoded, Rejected> {
    let malformed = |detail: String| Rejected::whole(RejectReason::Malformed, detail);
    let text = std::str::from_utf8(message.payload)
        .map_err(|error| malformed(format!("not UTF-8: {error}; send UTF-8")))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    match serde_json::from_str::<Object<'_>>(text) {
        Ok(object) => decode_object(&object, message, context),
        Err(error) => match quote_bare_words(text) {
            None => Err(malformed(format!("not a JSON object: {error}"))),
            Some(quoted) => {
                let object = serde_json::from_str(&quoted)
                    .map_err(|error| malformed(format!("not a JSON object: {error}")))?;
                decode_object(&object, message, context)
            }
        },
    }
}

fn decode_object(
    object: &Object<'_>,
    message: &Message<'_>,
    context: &Context<'_>,
) -> Result<Decoded, Rejected> {
    let values: Object<'_> = object.member("values")?.ok_or_else(|| {
        Rejected::whole(RejectReason::Malformed, "no `values`; send {\"values\":{\"pm25\":35}}")
    })?;
    let values: Vec<(&str, Value<'_>)> =
        values.0.iter().map(|(key, raw)| (key.as_str(), Value::read(raw))).collect();
    let counted = values.iter().filter(|(_, value)| !value.is_missing()).count();
    let counted = u32::try_from(counted).unwrap_or(u32::MAX);
    let head = Head::read(object, message, context).map_err(|rejected| rejected.with_values(counted))?;

    let last: HashMap<&str, usize> = values.iter().enumerate().map(|(i, (key, _))| (*key, i)).collect();
    let mut decoded = Decoded::default();
    let mut reading = Reading::new(head.station, head.end, head.period, head.flags, &mut decoded);
    for (i, (key, value)) in values.iter().enumerate().filter(|(_, (_, value))| !value.is_missing()) {
        if last.get(key) != Some(&i) {
            let detail = "the key occurs again behind; send each once".to_owned();
            reading.reject(key, RejectReason::Malformed, detail);
            continue;
        }
        let unit = head.units.get(*key).map(|raw| Value::read(raw));
        let unit = unit.as_ref().map(Value::text).filter(|unit| !unit.is_empty());
        let flag = head.letters.get(*key).map(|raw| Value::read(raw));
        let flag = flag.map_or(Flags::empty(), |letter| device_flag(letter.text()));
        reading.add(key, value.text(), unit, flag);
    }
    Ok(decoded)
}

/// What holds for all values of a message.
struct Head<'a, 'j> {
    station: &'a Station,
    end: Instant,
    period: AveragingPeriod,
    flags: Flags,
    units: Members<'j>,
    letters: Members<'j>,
}

impl<'a, 'j> Head<'a, 'j> {
    fn read(object: &Object<'j>, message: &Message<'_>, context: &Context<'a>) -> Result<Self, Rejected> {
        let malformed = |detail: String| Rejected::whole(RejectReason::Malformed, detail);
        let units = object.member("units")?.unwrap_or_default();
        let letters = object.member("flags")?.unwrap_or_default();
        let id = object.text("station").unwrap_or_else(|| last_level(message.topic).to_owned());
        let station = context.registry.find(id.trim()).ok_or_else(|| {
            let detail = format!("station `{}` is not in the registry; add it or mend the id", shorten(&id));
            Rejected::whole(RejectReason::UnknownStation, detail)
        })?;
        let period = match object.text("period") {
            None => station.period,
            Some(text) => AveragingPeriod::parse(text.trim()).ok_or_else(|| {
                malformed(format!("period `{}`; write moment, 1m, 1h or 1d", shorten(&text)))
            })?,
        };
        let label = match object.text("label") {
            None => Label::End,
            Some(text) => Label::from_key(text.trim())
                .ok_or_else(|| malformed(format!("label `{}`; write start or end", shorten(&text))))?,
        };
        let bad_time = |detail: String| Rejected::whole(RejectReason::BadTime, detail);
        let (end, flags) = match object.text("time") {
            None if message.retained => {
                return Err(bad_time(
                    "a retained message without a time is of unknown age; send `time`".into(),
                ));
            }
            None => (assumed_end(message.received_at, period, station.zone), Flags::TIME_ASSUMED),
            Some(text) => {
                let stamp = parse_stamp(&text, station.zone).and_then(|stamp| label.end_of(stamp, period));
                let stamp = stamp.ok_or_else(|| {
                    bad_time(format!("`{}` is no time; write 2026-01-05T08:00:00+08:00", shorten(&text)))
                })?;
                (stamp, Flags::empty())
            }
        };
        check_time(end, station, context).map_err(|(reason, detail)| Rejected::whole(reason, detail))?;
        Ok(Self { station, end, period, flags, units, letters })
    }
}

fn last_level(topic: &str) -> &str {
    topic.rsplit('/').next().unwrap_or(topic)
}

/// An object whose keys count once.
type Members<'j> = HashMap<String, &'j RawValue>;

/// A JSON object with its values unread, in order, repeated keys included. Reading it needs no recursion, so no depth
/// of nesting can overflow the stack.
struct Object<'j>(Vec<(String, &'j RawValue)>);

impl<'j> Object<'j> {
    /// The value of a key; of several the last.
    fn get(&self, key: &str) -> Option<&'j RawValue> {
        self.0.iter().rev().find(|(k, _)| k == key).map(|(_, raw)| *raw)
    }

    /// The text of a string or number; none where it is absent, null or blank.
    fn text(&self, key: &str) -> Option<String> {
        let value = Value::read(self.get(key)?);
        let text = value.text();
        (!matches!(value, Value::Null) && !text.trim().is_empty()).then(|| text.to_owned())
    }

    /// The object under a key; none where it is absent or null.
    fn member<T: Deserialize<'j>>(&self, key: &str) -> Result<Option<T>, Rejected> {
        match self.get(key) {
            None => Ok(None),
            Some(raw) if raw.get() == "null" => Ok(None),
            Some(raw) => serde_json::from_str(raw.get())
                .map(Some)
                .map_err(|_| Rejected::whole(RejectReason::Malformed, format!("`{key}` is not an object"))),
        }
    }
}

impl<'j> Deserialize<'j> for Object<'j> {
    fn deserialize<D: serde::Deserializer<'j>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;
        impl<'j> Visitor<'j> for Entries {
            type Value = Object<'j>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'j>>(self, mut map: A) -> Result<Object<'j>, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Object(entries))
            }
        }
        deserializer.deserialize_map(Entries)
    }
}

/// A scalar of the message.
enum Value<'j> {
    Null,
    /// A string, unescaped.
    Text(String),
    /// A number or anything else, as written.
    Raw(&'j str),
}

impl<'j> Value<'j> {
    fn read(raw: &'j RawValue) -> Self {
        match raw.get() {
            "null" => Self::Null,
            quoted if quoted.starts_with('"') => {
                serde_json::from_str(quoted).map_or(Self::Raw(quoted), Self::Text)
            }
            bare => Self::Raw(bare),
        }
    }

    fn text(&self) -> &str {
        match self {
            Self::Null => "",
            Self::Text(text) => text,
            Self::Raw(raw) => raw,
        }
    }

    fn is_missing(&self) -> bool {
        is_missing(self.text())
    }
}
