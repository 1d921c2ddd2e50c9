//! Messages of a form of their own: which topics have which form, and whose values they are.

mod fields;
mod spec;
mod topic;

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use lanbi_model::{AveragingPeriod, Registry, Station, StationId, Zone};

pub(crate) use fields::{Branch, Field, Fields};
pub use spec::{FeedSpec, ValueSpec};
pub(crate) use topic::{Level, last_level};

use self::topic::Filter;
use crate::IngestError;
use crate::clock::Label;
use crate::decode::{Dialect, Pointer, TimeForm};

/// Feeds, by topic.
#[derive(Clone, Debug, Default)]
pub struct Feeds(Vec<Feed>);

impl Feeds {
    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Puts the feeds of a file of sources into the form that decoders use; of several whose topics fit a message the first
    /// counts.
    ///
    /// # Errors
    /// A key that its format does not take, a value that nothing is known by, or a name that stands twice.
    pub fn compile(specs: &[FeedSpec]) -> Result<Self, IngestError> {
        let mut names = HashSet::new();
        if let Some(twice) = specs.iter().find(|spec| !names.insert(&spec.name)) {
            let detail = "the name stands twice; give each feed its own".to_owned();
            return Err(IngestError::Feed { feed: twice.name.clone(), detail });
        }
        specs.iter().map(FeedSpec::compile).collect::<Result<Vec<Feed>, IngestError>>().map(Self)
    }

    /// What the messages of a topic must be decoded in their order with: mostly those of the topic itself. A node of Sparkplug B
    /// counts on what it has said before under other topics, so all of one node go together.
    #[must_use]
    pub fn in_order_with<'t>(&self, topic: &'t str) -> Cow<'t, str> {
        #[cfg(feature = "sparkplug")]
        if self.find(topic).is_some_and(|feed| feed.dialect.key == "sparkplug")
            && let Some(edge) = crate::decode::edge_of(topic)
        {
            return Cow::Owned(edge);
        }
        Cow::Borrowed(topic)
    }

    /// The first feed that a topic belongs to.
    pub(crate) fn find(&self, topic: &str) -> Option<&Feed> {
        self.0.iter().find(|feed| feed.has(topic))
    }
}

/// One feed.
#[derive(Clone, Debug)]
pub(crate) struct Feed {
    pub(crate) name: String,
    topics: Vec<Filter>,
    presence: Vec<Filter>,
    pub(crate) dialect: &'static Dialect,
    pub(crate) device: Device,
    stations: HashMap<String, StationId>,
    /// Where the name of the value stands, for one value a topic.
    pub(crate) parameter: Option<Level>,
    pub(crate) zone: Option<Zone>,
    pub(crate) period: Option<AveragingPeriod>,
    pub(crate) label: Option<Label>,
    pub(crate) time: Option<Pointer>,
    pub(crate) time_form: TimeForm,
    /// Whether a field of the operator's that is absent is zero.
    pub(crate) fills_zero: bool,
    pub(crate) list: Pointer,
    pub(crate) fields: Fields,
    #[cfg(feature = "sparkplug")]
    pub(crate) nodes: std::sync::Arc<std::sync::Mutex<crate::decode::Nodes>>,
}

/// How the device is found.
#[derive(Clone, Debug)]
pub(crate) enum Device {
    /// By its place in the topic.
    Topic(Level),
    /// By its place in the message.
    Pointer(Pointer),
    /// It is this station.
    Station(String),
    /// The form has a way of its own.
    Message,
}

impl Feed {
    fn has(&self, topic: &str) -> bool {
        self.topics.iter().chain(&self.presence).any(|filter| filter.fits(topic))
    }

    /// Whether messages of a topic say that a device is there or gone.
    pub(crate) fn is_presence(&self, topic: &str) -> bool {
        self.dialect.presence.contains(&last_level(topic))
            || self.presence.iter().any(|filter| filter.fits(topic))
    }

    /// The station of a device.
    pub(crate) fn station<'r>(&self, device: &str, registry: &'r Registry) -> Option<&'r Station> {
        let device = device.trim();
        match self.stations.get(device) {
            Some(id) => registry.get(id),
            None => registry.by_mn(device),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec() -> FeedSpec {
        FeedSpec {
            name: "yard".to_owned(),
            topics: vec!["yard/+".to_owned()],
            format: "json".to_owned(),
            station: Some("/id".to_owned()),
            values: [("/pm25".to_owned(), value("pm25", None))].into(),
            ..FeedSpec::default()
        }
    }

    fn value(parameter: &str, unit: Option<&str>) -> ValueSpec {
        ValueSpec { parameter: parameter.to_owned(), unit: unit.map(str::to_owned) }
    }

    #[test]
    fn errors_name_the_feed_and_the_remedy() {
        let check = |change: &dyn Fn(&mut FeedSpec), expected: &str| {
            let mut changed = spec();
            change(&mut changed);
            let error = Feeds::compile(&[changed]).unwrap_err().to_string();
            assert!(error.contains(expected), "`{expected}` in: {error}");
        };
        let text = |text: &str| Some(text.to_owned());
        assert!(Feeds::compile(&[spec()]).is_ok());
        check(&|s| s.name = String::new(), "give each feed a name");
        check(&|s| s.topics.clear(), "topics is empty");
        check(&|s| s.topics = vec!["a/#/b".to_owned()], "feed `yard`: topics: `a/#/b` is no topic filter");
        check(&|s| s.presence_topics = vec!["a+".to_owned()], "presence_topics: `a+`");
        check(
            &|s| s.format = "yaml".to_owned(),
            "format = `yaml` is unknown; write one of lanbi-json, hj212, json",
        );
        check(&|s| s.station = None, "no station; write where");
        check(&|s| s.station = text("topic:x"), "write topic:2");
        check(&|s| s.station = text("/a~2"), "station: `/a~2` is no JSON pointer");
        check(&|s| s.zone = text("Mars"), "zone = `Mars`");
        check(&|s| s.period = text("often"), "period = `often`");
        check(&|s| s.label = text("middle"), "write start or end");
        check(&|s| s.time = text("time"), "time: `time` is no JSON pointer");
        check(&|s| s.time_format = text("%d"), "time_format = `%d`");
        check(&|s| s.absent = text("zero"), "format json does not take `absent`; leave it out");
        check(&|s| s.list = text("/l"), "does not take `list`");
        check(&|s| s.values.clear(), "no values; name at least one");
        check(&|s| s.values = [("pm25".to_owned(), value("pm25", None))].into(), "a key of values: `pm25`");
        check(
            &|s| s.values = [("/x".to_owned(), value("smell", None))].into(),
            "`smell` of `/x` is no parameter",
        );
        check(&|s| s.values = [("/x".to_owned(), value("pm25", Some("ppm")))].into(), "unit `ppm` of `/x`");
        check(&|s| s.values = [("/x".to_owned(), value("pm25", Some("mg/L")))].into(), "write ug/m3");
        check(&|s| s.ignore = vec!["/pm25".to_owned()], "`/pm25` stands in values and in ignore");
        let error = Feeds::compile(&[spec(), spec()]).unwrap_err().to_string();
        assert!(error.contains("feed `yard`: the name stands twice"), "{error}");
        let plain = FeedSpec { format: "hj212".to_owned(), ..spec() };
        assert!(Feeds::compile(&[plain]).unwrap_err().to_string().contains("hj212 does not take `station`"));
    }

    #[test]
    fn the_first_feed_that_fits_counts() {
        let feed = |name: &str, topics: &[&str], presence: &[&str]| FeedSpec {
            name: name.to_owned(),
            topics: topics.iter().map(|&t| t.to_owned()).collect(),
            presence_topics: presence.iter().map(|&t| t.to_owned()).collect(),
            ..spec()
        };
        let feeds = Feeds::compile(&[
            feed("north", &["yard/north/+"], &["gate/north"]),
            feed("all", &["yard/#", "gate/#"], &[]),
        ])
        .unwrap();
        let check = |topic: &str, expected: Option<(&str, bool)>| {
            let found = feeds.find(topic).map(|feed| (feed.name.as_str(), feed.is_presence(topic)));
            assert_eq!(found, expected, "{topic}");
        };
        check("yard/north/1", Some(("north", false)));
        check("yard/south/1", Some(("all", false)));
        check("gate/north", Some(("north", true)));
        check("gate/south", Some(("all", false)));
        check("street/1", None);
    }
}
