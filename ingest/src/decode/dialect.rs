//! What is known of each form that a feed can have. A form is one file beside this one and one line in [`ALL`].

use lanbi_model::{Parameter, RejectReason, Unit};

use super::presence;
use super::{Context, Decoded, Message, Rejected};
use super::{
    airgradient, alink, chirpstack, hj_json, hj212, json, lanbi_json, scalar, sensor_community, sensorthings,
    tasmota, tts, zigbee2mqtt,
};
use crate::source::Feed;

/// Every form, in the order in which errors name them.
static ALL: &[&Dialect] = &[
    &LANBI_JSON,
    &HJ212,
    &json::DIALECT,
    &sensor_community::DIALECT,
    &scalar::DIALECT,
    &tasmota::DIALECT,
    &zigbee2mqtt::DIALECT,
    &airgradient::DIALECT,
    &chirpstack::DIALECT,
    &tts::DIALECT,
    &alink::DIALECT,
    &sensorthings::DIALECT,
    &hj_json::DIALECT,
    #[cfg(feature = "sparkplug")]
    &super::sparkplug::DIALECT,
];

/// Keys that every form takes whose messages do not say everything themselves.
const COMMON: &[&str] =
    &["presence_topics", "station", "stations", "zone", "period", "label", "values", "ignore"];

static LANBI_JSON: Dialect = Dialect {
    names_device: true,
    says_everything: true,
    ..Dialect::new("lanbi-json", |_, message, context| lanbi_json::decode(message, context))
};

static HJ212: Dialect = Dialect {
    names_device: true,
    says_everything: true,
    ..Dialect::new("hj212", |_, message, context| hj212::decode(message, context))
};

/// Reads one message of a feed.
type Decode = fn(&Feed, &Message<'_>, &Context<'_>) -> Result<Decoded, Rejected>;

/// A form of messages.
#[derive(Debug)]
pub(crate) struct Dialect {
    /// Key in the file of sources.
    pub(crate) key: &'static str,
    pub(super) decode: Decode,
    /// Fields that the maker documents, by name.
    pub(crate) fields: &'static [(&'static str, Parameter, Unit)],
    /// Fields that the maker documents and that hold nothing to store: the state of the device, raw readings, and
    /// quantities that lanbi has no parameter for. Names parted by blanks.
    pub(crate) ignored: &'static str,
    /// Where the device stands, unless the operator says so.
    pub(crate) station: Option<&'static str>,
    /// Where the time stands, unless the operator says so.
    pub(crate) time: Option<&'static str>,
    /// Where the name of the value stands, unless the operator says so.
    pub(crate) parameter: Option<&'static str>,
    /// Where the list stands, unless the operator says so.
    pub(crate) list: &'static str,
    /// Last levels of topics that say whether a device is there.
    pub(crate) presence: &'static [&'static str],
    /// Whether names that nothing is known by are looked up among the keys of lanbi's own parameters.
    pub(crate) knows_own_keys: bool,
    /// Whether the operator must name the values, by JSON pointers.
    pub(crate) needs_values: bool,
    /// Whether messages name their device themselves, unless the operator says where it stands.
    pub(super) names_device: bool,
    /// Whether a message names station, time and values itself, so that a feed can add nothing.
    pub(super) says_everything: bool,
    /// Keys it takes besides the common ones.
    pub(crate) options: &'static [&'static str],
}

impl Dialect {
    /// A form of which nothing is known yet.
    pub(super) const fn new(key: &'static str, decode: Decode) -> Self {
        Self {
            key,
            decode,
            fields: &[],
            ignored: "",
            station: None,
            time: None,
            parameter: None,
            list: "",
            presence: &[],
            knows_own_keys: false,
            needs_values: false,
            names_device: false,
            says_everything: false,
            options: &[],
        }
    }

    /// Finds a form by its key.
    pub(crate) fn from_key(key: &str) -> Result<&'static Self, String> {
        ALL.iter().find(|dialect| dialect.key == key).copied().ok_or_else(|| {
            if key == "sparkplug" {
                return "format = `sparkplug` is not in this program; build it with --features sparkplug"
                    .to_owned();
            }
            let known: Vec<&str> = ALL.iter().map(|dialect| dialect.key).collect();
            format!("format = `{key}` is unknown; write one of {}", known.join(", "))
        })
    }

    /// Whether a feed of this form may have a key.
    pub(crate) fn takes(&self, key: &str) -> bool {
        self.options.contains(&key) || (!self.says_everything && COMMON.contains(&key))
    }

    /// Whether the operator must say where the device stands.
    pub(crate) const fn needs_station(&self) -> bool {
        self.station.is_none() && !self.names_device
    }
}

/// Decodes one message of a feed; its size is checked by the caller.
pub(super) fn decode(feed: &Feed, message: &Message<'_>, context: &Context<'_>) -> Result<Decoded, Rejected> {
    if feed.is_presence(message.topic) {
        return presence::decode(feed, message, context);
    }
    if message.payload.trim_ascii_start().is_empty() {
        return Err(Rejected::whole(RejectReason::Malformed, "the message is empty"));
    }
    (feed.dialect.decode)(feed, message, context)
}

#[cfg(test)]
mod tests {
    use lanbi_model::Decimal;

    use super::*;

    #[test]
    fn every_form_is_known_by_one_key_and_its_units_fit() {
        for (i, dialect) in ALL.iter().enumerate() {
            assert!(std::ptr::eq(Dialect::from_key(dialect.key).unwrap(), *dialect));
            assert!(ALL[i + 1..].iter().all(|other| other.key != dialect.key), "{} twice", dialect.key);
            for (j, (name, parameter, unit)) in dialect.fields.iter().enumerate() {
                assert!(unit.convert(Decimal::ONE, parameter.unit()).is_some(), "{} {name}", dialect.key);
                let again = dialect.fields[j + 1..].iter().any(|(other, _, _)| other == name);
                assert!(
                    !again && !dialect.ignored.split(' ').any(|ignored| ignored == *name),
                    "{} {name} twice",
                    dialect.key
                );
            }
        }
        assert!(Dialect::from_key("xml").unwrap_err().contains("tasmota"));
    }
}
