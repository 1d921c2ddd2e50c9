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
//!
//! Text is copied only where it holds escapes: this is what most messages go through.

use std::borrow::Cow;
use std::fmt;

use lanbi_model::{AveragingPeriod, Flags, Instant, Parameter, RejectReason, Station};
use serde::Deserialize;
use serde::de::{MapAccess, Visitor};
use serde_json::value::RawValue;

use super::bare_words::quote_bare_words;
use super::device_flag::device_flag;
use super::number::is_missing;
use super::reading::{Reading, check_time, shorten};
use super::text::Text;
use super::{Context, Decoded, Message, Rejected};
use crate::clock::{Label, assumed_end, parse_stamp};

/// Decodes one message; its size is checked by the caller.
pub(crate) fn decode(message: &Message<'_>, context: &Context<'_>) -> Result<Decoded, Rejected> {
    let malformed = |detail: String| Rejected::whole(RejectReason::Malformed, detail);
    let text = std::str::from_utf8(message.payload)
        .map_err(|error| malformed(format!("not UTF-8: {error}; send UTF-8")))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    match serde_json::from_str::<Body<'_>>(text) {
        Ok(body) => decode_body(&body, message, context),
        Err(error) => match quote_bare_words(text) {
            None => Err(malformed(format!("not a JSON object: {error}"))),
            Some(quoted) => {
                let body = serde_json::from_str(&quoted)
                    .map_err(|error| malformed(format!("not a JSON object: {error}")))?;
                decode_body(&body, message, context)
            }
        },
    }
}

fn decode_body(body: &Body<'_>, message: &Message<'_>, context: &Context<'_>) -> Result<Decoded, Rejected> {
    let values: Vec<Entry<'_>> = members("values", body.values)?.ok_or_else(|| {
        Rejected::whole(RejectReason::Malformed, "no `values`; send {\"values\":{\"pm25\":35}}")
    })?;
    let counted = values.iter().filter(|entry| !entry.value.is_missing()).count();
    let counted = u32::try_from(counted).unwrap_or(u32::MAX);
    let head = Head::read(body, message, context).map_err(|rejected| rejected.with_values(counted))?;

    let mut decoded = Decoded::default();
    decoded.samples.reserve(values.len());
    let mut reading = Reading::new(head.station, head.end, head.period, head.flags, &mut decoded);
    for (i, entry) in values.iter().enumerate().filter(|(_, entry)| !entry.value.is_missing()) {
        let Entry { key, parameter, value } = entry;
        let again = |later: &Entry<'_>| later.parameter == *parameter;
        if parameter.is_some() && values.get(i + 1..).unwrap_or_default().iter().any(again) {
            let detail = "the key occurs again behind; send each once".to_owned();
            reading.reject(key, RejectReason::Malformed, detail);
            continue;
        }
        let unit = head.units.get(*parameter).map(Value::text).filter(|unit| !unit.is_empty());
        let flag = head.letters.get(*parameter).map_or(Flags::empty(), |letter| device_flag(letter.text()));
        reading.add(key, *parameter, value.text(), unit, flag);
    }
    Ok(decoded)
}

/// What holds for all values of a message.
struct Head<'a, 'j> {
    station: &'a Station,
    end: Instant,
    period: AveragingPeriod,
    flags: Flags,
    units: ByParameter<'j>,
    letters: ByParameter<'j>,
}

impl<'a, 'j> Head<'a, 'j> {
    fn read(body: &Body<'j>, message: &Message<'_>, context: &Context<'a>) -> Result<Self, Rejected> {
        let malformed = |detail: String| Rejected::whole(RejectReason::Malformed, detail);
        let units = ByParameter::read("units", body.units)?;
        let letters = ByParameter::read("flags", body.flags)?;
        let id = text(body.station).unwrap_or_else(|| Cow::Borrowed(last_level(message.topic)));
        let station = context.registry.find(id.trim()).ok_or_else(|| {
            let detail = format!("station `{}` is not in the registry; add it or mend the id", shorten(&id));
            Rejected::whole(RejectReason::UnknownStation, detail)
        })?;
        let period = match text(body.period) {
            None => station.period,
            Some(text) => AveragingPeriod::parse(text.trim()).ok_or_else(|| {
                malformed(format!("period `{}`; write moment, 1m, 1h or 1d", shorten(&text)))
            })?,
        };
        let label = match text(body.label) {
            None => Label::End,
            Some(text) => Label::from_key(text.trim())
                .ok_or_else(|| malformed(format!("label `{}`; write start or end", shorten(&text))))?,
        };
        let bad_time = |detail: String| Rejected::whole(RejectReason::BadTime, detail);
        let (end, flags) = match text(body.time) {
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

/// A message with its values unread; of a key that occurs twice the last. Reading it needs no recursion, so no depth of
/// nesting can overflow the stack.
#[derive(Default)]
struct Body<'j> {
    station: Option<&'j RawValue>,
    time: Option<&'j RawValue>,
    period: Option<&'j RawValue>,
    label: Option<&'j RawValue>,
    values: Option<&'j RawValue>,
    units: Option<&'j RawValue>,
    flags: Option<&'j RawValue>,
}

impl<'j> Deserialize<'j> for Body<'j> {
    fn deserialize<D: serde::Deserializer<'j>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;
        impl<'j> Visitor<'j> for Fields {
            type Value = Body<'j>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'j>>(self, mut map: A) -> Result<Body<'j>, A::Error> {
                let mut body = Body::default();
                while let Some((Text(key), value)) = map.next_entry()? {
                    match &*key {
                        "station" => body.station = Some(value),
                        "time" => body.time = Some(value),
                        "period" => body.period = Some(value),
                        "label" => body.label = Some(value),
                        "values" => body.values = Some(value),
                        "units" => body.units = Some(value),
                        "flags" => body.flags = Some(value),
                        _ => {}
                    }
                }
                Ok(body)
            }
        }
        deserializer.deserialize_map(Fields)
    }
}

/// An entry of `values`, `units` or `flags`.
struct Entry<'j> {
    key: Cow<'j, str>,
    parameter: Option<Parameter>,
    value: Value<'j>,
}

/// The entries of an object, in order, repeated keys included.
struct Entries<'j>(Vec<Entry<'j>>);

impl<'j> Deserialize<'j> for Entries<'j> {
    fn deserialize<D: serde::Deserializer<'j>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'j> Visitor<'j> for Members {
            type Value = Entries<'j>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'j>>(self, mut map: A) -> Result<Entries<'j>, A::Error> {
                let mut entries = Vec::with_capacity(16);
                while let Some((Text(key), raw)) = map.next_entry()? {
                    let parameter = Parameter::from_key(&key);
                    entries.push(Entry { key, parameter, value: Value::read(raw) });
                }
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_map(Members)
    }
}

/// The entries of the object under a key; none where it is absent or null.
fn members<'j>(key: &str, raw: Option<&'j RawValue>) -> Result<Option<Vec<Entry<'j>>>, Rejected> {
    match raw.map(RawValue::get) {
        None | Some("null") => Ok(None),
        Some(json) => serde_json::from_str(json)
            .map(|Entries(entries)| Some(entries))
            .map_err(|_| Rejected::whole(RejectReason::Malformed, format!("`{key}` is not an object"))),
    }
}

/// The last entry of each parameter. There are too few parameters for the search to matter.
struct ByParameter<'j>(Vec<(Parameter, Value<'j>)>);

impl<'j> ByParameter<'j> {
    fn read(key: &str, raw: Option<&'j RawValue>) -> Result<Self, Rejected> {
        let mut values: Vec<(Parameter, Value<'j>)> = Vec::new();
        for entry in members(key, raw)?.unwrap_or_default() {
            let Some(parameter) = entry.parameter else { continue };
            match values.iter_mut().find(|(known, _)| *known == parameter) {
                Some((_, value)) => *value = entry.value,
                None => values.push((parameter, entry.value)),
            }
        }
        Ok(Self(values))
    }

    fn get(&self, parameter: Option<Parameter>) -> Option<&Value<'j>> {
        self.0.iter().find(|(known, _)| Some(*known) == parameter).map(|(_, value)| value)
    }
}

/// The text of a string or number; none where it is absent, null or blank.
fn text(raw: Option<&RawValue>) -> Option<Cow<'_, str>> {
    let text = match Value::read(raw?) {
        Value::Null => return None,
        Value::Text(text) => text,
        Value::Raw(raw) => Cow::Borrowed(raw),
    };
    (!text.trim().is_empty()).then_some(text)
}

/// A scalar of the message.
enum Value<'j> {
    Null,
    /// A string, unescaped.
    Text(Cow<'j, str>),
    /// A number or anything else, as written.
    Raw(&'j str),
}

impl<'j> Value<'j> {
    fn read(raw: &'j RawValue) -> Self {
        match raw.get() {
            "null" => Self::Null,
            quoted if quoted.starts_with('"') => {
                serde_json::from_str(quoted).map_or(Self::Raw(quoted), |Text(text)| Self::Text(text))
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
