//! A feed as an operator writes it, and what it must hold to.

use std::collections::BTreeMap;

use lanbi_model::{AveragingPeriod, Decimal, Parameter, StationId, Unit, Zone};

use super::topic::{Filter, Level};
use super::{Device, Feed, Field, Fields};
use crate::IngestError;
use crate::clock::Label;
use crate::decode::{Dialect, Pointer, TimeForm};
use crate::unit_name::unit_named;

/// One `[[feed]]` of the file of sources, every key as written. `config/sources.example.toml` explains them.
#[derive(Clone, Debug, Default)]
pub struct FeedSpec {
    /// What messages and errors call it.
    pub name: String,
    /// Topic filters of its values.
    pub topics: Vec<String>,
    /// Topic filters of births, wills and availability.
    pub presence_topics: Vec<String>,
    /// Key of its format.
    pub format: String,
    /// How the device is found: `topic:2`, `topic:2..`, a JSON pointer, or the id of the one station.
    pub station: Option<String>,
    /// Station id by device id.
    pub stations: BTreeMap<String, String>,
    /// Where the name of the value stands, for one value a topic: `topic:3`.
    pub parameter: Option<String>,
    /// Zone of local times; without it the station's.
    pub zone: Option<String>,
    /// Averaging period; without it the message's or the station's.
    pub period: Option<String>,
    /// Whether times name the `start` or the `end` of the period.
    pub label: Option<String>,
    /// JSON pointer to the time.
    pub time: Option<String>,
    /// `auto`, `rfc3339`, `epoch` or a `strftime` pattern.
    pub time_format: Option<String>,
    /// What an absent field of `values` is: `missing` or `zero`.
    pub absent: Option<String>,
    /// JSON pointer to the list of names and values.
    pub list: Option<String>,
    /// Parameters by name or JSON pointer.
    pub values: BTreeMap<String, ValueSpec>,
    /// Names or JSON pointers that hold nothing to store.
    pub ignore: Vec<String>,
}

/// What a field of a message means.
#[derive(Clone, Debug)]
pub struct ValueSpec {
    /// Key of the parameter.
    pub parameter: String,
    /// Unit of the message; without it the maker's or the parameter's own.
    pub unit: Option<String>,
}

impl FeedSpec {
    /// Puts it into the form that decoders use.
    pub(super) fn compile(&self) -> Result<Feed, IngestError> {
        self.check().map_err(|detail| IngestError::Feed { feed: self.name.clone(), detail })
    }

    fn check(&self) -> Result<Feed, String> {
        if self.name.is_empty() {
            return Err("no name; give each feed a name of its own".to_owned());
        }
        let dialect = self.dialect()?;
        let topics = filters("topics", &self.topics)?;
        if topics.is_empty() && self.presence_topics.is_empty() {
            return Err("topics is empty; name at least one such as tele/+/SENSOR".to_owned());
        }
        let device = match self.station.as_deref().or(dialect.station) {
            Some(text) => device_of(text)?,
            None if dialect.needs_station() => {
                return Err("no station; write where the device's id stands, such as topic:2 or /id, or the id of the \
                            one station"
                    .to_owned());
            }
            None => Device::Message,
        };
        let time = match self.time.as_deref().or(dialect.time) {
            None => None,
            Some(text) => Some(pointer("time", text)?),
        };
        let parameter = match self.parameter.as_deref().or(dialect.parameter) {
            None => None,
            Some(text) => Some(
                Level::parse(text)
                    .ok_or_else(|| format!("parameter = `{text}` is no level of a topic; write topic:3"))?,
            ),
        };
        let stations = self.stations.iter().map(|(id, to)| (id.clone(), StationId::new(to))).collect();
        let fields = self.fields(dialect, &device, time.as_ref())?;
        Ok(Feed {
            name: self.name.clone(),
            topics,
            presence: filters("presence_topics", &self.presence_topics)?,
            dialect,
            device,
            stations,
            parameter,
            zone: read(self.zone.as_deref(), Zone::parse, |text| {
                format!("zone = `{text}` is unknown; write Asia/Shanghai, UTC or +08:00")
            })?,
            period: read(self.period.as_deref(), AveragingPeriod::parse, |text| {
                format!("period = `{text}` is no period; write moment, 1m, 1h, 4h or 1d")
            })?,
            label: read(self.label.as_deref(), Label::from_key, |text| {
                format!("label = `{text}` is unknown; write start or end")
            })?,
            time,
            time_form: read(self.time_format.as_deref(), TimeForm::parse, |text| {
                format!("time_format = `{text}` is unknown; write auto, rfc3339, epoch or a pattern with the year such as %Y-%m-%d %H:%M")
            })?
            .unwrap_or_default(),
            fills_zero: match self.absent.as_deref() {
                None | Some("missing") => false,
                Some("zero") => true,
                Some(text) => return Err(format!("absent = `{text}` is unknown; write missing or zero")),
            },
            list: pointer("list", self.list.as_deref().unwrap_or(dialect.list))?,
            fields,
            #[cfg(feature = "sparkplug")]
            nodes: std::sync::Arc::default(),
        })
    }

    /// The decoder of `format`, which must take every key that is set.
    fn dialect(&self) -> Result<&'static Dialect, String> {
        let dialect = Dialect::from_key(&self.format)?;
        let set = [
            ("presence_topics", !self.presence_topics.is_empty()),
            ("station", self.station.is_some()),
            ("stations", !self.stations.is_empty()),
            ("zone", self.zone.is_some()),
            ("period", self.period.is_some()),
            ("label", self.label.is_some()),
            ("values", !self.values.is_empty()),
            ("ignore", !self.ignore.is_empty()),
            ("parameter", self.parameter.is_some()),
            ("time", self.time.is_some()),
            ("time_format", self.time_format.is_some()),
            ("absent", self.absent.is_some()),
            ("list", self.list.is_some()),
        ];
        let refused = set.iter().find(|(key, is_set)| *is_set && !dialect.takes(key));
        match refused {
            Some((key, _)) => Err(format!("format {} does not take `{key}`; leave it out", self.format)),
            None if dialect.needs_values && self.values.is_empty() => {
                Err("no values; name at least one such as \"/pm25\" = \"pm25\"".to_owned())
            }
            None => Ok(dialect),
        }
    }

    /// What the maker documents, and over it what the operator says.
    fn fields(&self, dialect: &Dialect, device: &Device, time: Option<&Pointer>) -> Result<Fields, String> {
        let mut fields = Fields::default();
        for name in dialect.ignored.split_whitespace() {
            fields.insert(name, None, Field::Ignored);
        }
        for (name, parameter, unit) in dialect.fields {
            fields.insert(name, None, Field::Value { parameter: *parameter, unit: *unit, is_own: false });
        }
        let in_message = match device {
            Device::Pointer(pointer) => Some(pointer),
            Device::Topic(_) | Device::Station(_) | Device::Message => None,
        };
        for pointer in in_message.into_iter().chain(time) {
            fields.insert(pointer.text(), Some(pointer.clone()), Field::Ignored);
        }
        for (name, value) in &self.values {
            let place = if dialect.needs_values || name.starts_with('/') {
                Some(pointer("a key of values", name)?)
            } else {
                None
            };
            let field = value.check(name, fields.named(name).map(|(_, field)| field))?;
            fields.insert(name, place, field);
        }
        for name in &self.ignore {
            if self.values.contains_key(name) {
                return Err(format!("`{name}` stands in values and in ignore; take it out of one"));
            }
            let place = if name.starts_with('/') { Some(pointer("ignore", name)?) } else { None };
            fields.insert(name, place, Field::Ignored);
        }
        Ok(fields)
    }
}

impl ValueSpec {
    /// Without a unit, the one the maker documents for the field holds where it fits.
    fn check(&self, name: &str, documented: Option<Field>) -> Result<Field, String> {
        let key = &self.parameter;
        let parameter = Parameter::from_key(key).ok_or_else(|| {
            let known: Vec<&str> = Parameter::ALL.iter().map(|p| p.key()).collect();
            format!("`{key}` of `{name}` is no parameter; write one of {}", known.join(", "))
        })?;
        let fits = |unit: &Unit| unit.convert(Decimal::ONE, parameter.unit()).is_some();
        let unit = match (&self.unit, documented) {
            (Some(text), _) => unit_named(text).filter(fits).ok_or_else(|| {
                let own = parameter.unit().key();
                format!(
                    "unit `{text}` of `{name}` does not fit {key}; write {own} or a unit that converts to it"
                )
            })?,
            (None, Some(Field::Value { unit, .. })) if fits(&unit) => unit,
            (None, _) => parameter.unit(),
        };
        Ok(Field::Value { parameter, unit, is_own: true })
    }
}

fn filters(key: &str, texts: &[String]) -> Result<Vec<Filter>, String> {
    let filter = |text: &String| {
        Filter::parse(text).ok_or_else(|| {
            format!("{key}: `{text}` is no topic filter; + takes a whole level, # the last one")
        })
    };
    texts.iter().map(filter).collect()
}

fn device_of(text: &str) -> Result<Device, String> {
    if text.starts_with("topic:") {
        let level = Level::parse(text);
        level.map(Device::Topic).ok_or_else(|| {
            format!(
                "station = `{text}` is no level of a topic; write topic:2, or topic:2.. for all that follow"
            )
        })
    } else if text.starts_with('/') {
        pointer("station", text).map(Device::Pointer)
    } else {
        Ok(Device::Station(text.to_owned()))
    }
}

fn pointer(key: &str, text: &str) -> Result<Pointer, String> {
    Pointer::parse(text)
        .ok_or_else(|| format!("{key}: `{text}` is no JSON pointer; write one such as /data/pm25"))
}

fn read<T>(
    text: Option<&str>,
    parse: impl FnOnce(&str) -> Option<T>,
    say: impl FnOnce(&str) -> String,
) -> Result<Option<T>, String> {
    text.map(|text| parse(text).ok_or_else(|| say(text))).transpose()
}
