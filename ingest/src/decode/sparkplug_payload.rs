//! The payload of a Sparkplug B message (Eclipse Sparkplug 3.0, chapter 6; `sparkplug_b.proto`), as far as measured values
//! need it: data sets, templates, properties and metadata are passed over.

use std::borrow::Cow;

use super::protobuf::{Fields, NoMessage, Wire};

/// A payload.
#[derive(Debug, Default)]
pub(super) struct Payload<'a> {
    /// Milliseconds since 1970 at which it was sent.
    pub(super) timestamp: Option<u64>,
    /// Its number, 0 to 255, round and round.
    pub(super) seq: Option<u64>,
    pub(super) metrics: Vec<Metric<'a>>,
}

/// One metric.
#[derive(Debug, Default)]
pub(super) struct Metric<'a> {
    pub(super) name: Option<Cow<'a, str>>,
    /// Stands for the name after a BIRTH.
    pub(super) alias: Option<u64>,
    /// Milliseconds since 1970 at which it was measured.
    pub(super) timestamp: Option<u64>,
    datatype: Option<u64>,
    /// Not to be kept.
    pub(super) is_transient: bool,
    is_null: bool,
    value: Option<Value<'a>>,
}

/// A value as it is on the wire.
#[derive(Clone, Debug)]
enum Value<'a> {
    /// Of 32 bits and fewer.
    Int(u64),
    Long(u64),
    Float(f32),
    Double(f64),
    Boolean(bool),
    Text(Cow<'a, str>),
    Other,
}

impl<'a> Payload<'a> {
    /// Reads a payload.
    pub(super) fn read(bytes: &'a [u8]) -> Result<Self, NoMessage> {
        let mut payload = Self::default();
        for field in Fields::of(bytes) {
            match field? {
                (1, Wire::Varint(timestamp)) => payload.timestamp = Some(timestamp),
                (2, Wire::Bytes(metric)) => payload.metrics.push(Metric::read(metric)?),
                (3, Wire::Varint(seq)) => payload.seq = Some(seq),
                _ => {}
            }
        }
        Ok(payload)
    }
}

impl<'a> Metric<'a> {
    fn read(bytes: &'a [u8]) -> Result<Self, NoMessage> {
        let mut metric = Self::default();
        for field in Fields::of(bytes) {
            match field? {
                (1, Wire::Bytes(name)) => metric.name = Some(String::from_utf8_lossy(name)),
                (2, Wire::Varint(alias)) => metric.alias = Some(alias),
                (3, Wire::Varint(timestamp)) => metric.timestamp = Some(timestamp),
                (4, Wire::Varint(datatype)) => metric.datatype = Some(datatype),
                (6, Wire::Varint(is_transient)) => metric.is_transient = is_transient != 0,
                (7, Wire::Varint(is_null)) => metric.is_null = is_null != 0,
                (10, Wire::Varint(value)) => metric.value = Some(Value::Int(value)),
                (11, Wire::Varint(value)) => metric.value = Some(Value::Long(value)),
                (12, Wire::Four(value)) => metric.value = Some(Value::Float(f32::from_le_bytes(value))),
                (13, Wire::Eight(value)) => metric.value = Some(Value::Double(f64::from_le_bytes(value))),
                (14, Wire::Varint(value)) => metric.value = Some(Value::Boolean(value != 0)),
                (15, Wire::Bytes(value)) => metric.value = Some(Value::Text(String::from_utf8_lossy(value))),
                (16..=19, _) => metric.value = Some(Value::Other),
                _ => {}
            }
        }
        Ok(metric)
    }

    /// Its type, where it says so.
    pub(super) const fn datatype(&self) -> Option<u64> {
        self.datatype
    }

    /// A whole number without a sign, as `bdSeq` is one.
    pub(super) const fn whole(&self) -> Option<u64> {
        match self.value {
            Some(Value::Int(value) | Value::Long(value)) => Some(value),
            _ => None,
        }
    }

    /// The value as text; none where it is null. `datatype` is what its BIRTH said.
    pub(super) fn text(&self, datatype: Option<u64>) -> Option<Cow<'a, str>> {
        let value = self.value.clone().filter(|_| !self.is_null)?;
        Some(match value {
            Value::Int(bits) | Value::Long(bits) => signed(bits, self.datatype.or(datatype)).into(),
            // The shortest text that reads back as the same number is what the sensor meant.
            Value::Float(value) => value.to_string().into(),
            Value::Double(value) => value.to_string().into(),
            Value::Boolean(value) => value.to_string().into(),
            Value::Text(text) => text,
            Value::Other => "not one value".into(),
        })
    }
}

/// A whole number of a type: 1 to 4 are signed with 8, 16, 32 and 64 bits, in two's complement.
fn signed(bits: u64, datatype: Option<u64>) -> String {
    let [a, b, c, d, ..] = bits.to_le_bytes();
    match datatype {
        Some(1) => i8::from_le_bytes([a]).to_string(),
        Some(2) => i16::from_le_bytes([a, b]).to_string(),
        Some(3) => i32::from_le_bytes([a, b, c, d]).to_string(),
        Some(4) => i64::from_le_bytes(bits.to_le_bytes()).to_string(),
        _ => bits.to_string(),
    }
}
