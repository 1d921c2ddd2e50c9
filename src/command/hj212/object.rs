//! One frame as a JSON object. Its names are a contract with scripts; `deviations`, `items` and `segment` are additions.

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{MapAccess, Visitor},
};
use serde_json::value::RawValue;

/// A frame. What `encode` needs of it is header, data_time, factors and items.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct FrameObject {
    /// Whether length and check sum are right.
    pub ok: bool,
    /// What the check sum agrees with: ok, modbus, swapped, bad, missing.
    pub crc: String,
    /// Whether the length is that of the data segment.
    pub length_ok: bool,
    /// Edition by `Flag`; null for a version that no edition has.
    pub version: Option<String>,
    /// Fields as sent, in their order.
    pub header: Header,
    /// DataTime as sent.
    pub data_time: Option<String>,
    /// The same moment with its zone.
    pub instant: Option<String>,
    /// Values, each with the flag of its factor.
    pub factors: Vec<FactorRow>,
    /// Items of the CP that are no field of a factor, in their order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<(String, String)>,
    /// What is wrong.
    pub problems: Vec<String>,
    /// How the frame differs from the standard though it can be read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub deviations: Vec<String>,
    /// The data segment in clear.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub segment: Option<String>,
}

/// One value of a factor.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct FactorRow {
    /// Code as sent.
    pub code: String,
    /// The parameter it means; null where that is not known.
    pub parameter: Option<String>,
    /// Which of its fields it is; null where the factor has a flag and no value.
    pub kind: Option<String>,
    /// A number as sent, text that is none, or null where nothing was measured.
    pub value: Option<Box<RawValue>>,
    /// The letter beside it.
    pub flag: Option<String>,
    /// What the letter means.
    pub quality: Option<String>,
    /// SampleTime of the factor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sample_time: Option<String>,
    /// EFlag of the factor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub eflag: Option<String>,
}

/// Fields of the header in the order of the standard (HJ 212-2017, Table 3; RF of HJ 212-2025).
const ORDER: [&str; 9] = ["QN", "ST", "CN", "PW", "MN", "Flag", "PNUM", "PNO", "RF"];

/// Names and values in the order in which they stand.
#[derive(Clone, Debug, Default)]
pub(super) struct Header(pub Vec<(String, String)>);

impl Header {
    /// Adds a field; of one that comes twice the last value counts, as everywhere.
    pub(super) fn put(&mut self, name: &str, value: &str) {
        match self.0.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => value.clone_into(known),
            None => self.0.push((name.to_owned(), value.to_owned())),
        }
    }

    /// The fields in the order of the standard, others behind them.
    pub(super) fn in_order(&self) -> Vec<&(String, String)> {
        let mut fields: Vec<_> = self.0.iter().collect();
        fields.sort_by_key(|(name, _)| ORDER.iter().position(|known| known == name).unwrap_or(ORDER.len()));
        fields
    }

    /// Whether another one has the same fields, in any order.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.0.len() == other.0.len() && self.0.iter().all(|field| other.0.contains(field))
    }
}

impl Serialize for Header {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

impl<'de> Deserialize<'de> for Header {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;

        impl<'de> Visitor<'de> for Fields {
            type Value = Header;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of texts or numbers")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Header, A::Error> {
                let mut header = Header::default();
                while let Some((name, value)) = map.next_entry::<String, Box<RawValue>>()? {
                    header.put(&name, &text(&value));
                }
                Ok(header)
            }
        }

        deserializer.deserialize_map(Fields)
    }
}

/// A text as it is, a number by its digits.
pub(super) fn text(value: &RawValue) -> String {
    serde_json::from_str::<String>(value.get()).unwrap_or_else(|_| value.get().to_owned())
}
