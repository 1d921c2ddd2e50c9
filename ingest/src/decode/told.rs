//! What a message of a feed says, on its way to samples: who, when, and its fields one by one.

use std::borrow::Cow;

use lanbi_model::{AveragingPeriod, Flags, Instant, Parameter, RejectReason, Station};

use super::item::{Item, What, add, is_absent, settle_twins, what_of};
use super::node::Node;
use super::reading::{Reading, Reason, check_time, shorten};
use super::{Context, Decoded, Message, Rejected};
use crate::clock::{Label, assumed_end};
use crate::hj212::command::Upload;
use crate::source::{Branch, Device, Feed};

/// A message, read and not yet held against the registry.
pub(super) struct Told<'a> {
    feed: &'a Feed,
    /// What the device calls itself.
    pub(super) device: Option<Cow<'a, str>>,
    /// Time of all values that have none of their own.
    pub(super) time: Option<Cow<'a, str>>,
    /// Averaging period, where the operator does not say so.
    pub(super) period: Period,
    /// What times of this form name, where the operator does not say so.
    pub(super) label: Label,
    items: Vec<Item<'a>>,
}

/// What the values of a message are averaged over.
pub(super) enum Period {
    /// What the station's regular values are.
    Station,
    /// What the message says.
    Said(AveragingPeriod),
    /// What a command of HJ 212 says.
    Upload(Upload),
}

impl<'a> Told<'a> {
    /// A message whose device and time stand where the feed says.
    pub(super) fn of(feed: &'a Feed, message: &Message<'a>, root: &'a Node<'a>) -> Self {
        let scalar = |pointer| root.at(pointer).and_then(Node::scalar).map(Cow::Borrowed);
        let device = match &feed.device {
            Device::Pointer(pointer) => scalar(pointer),
            Device::Topic(_) | Device::Station(_) | Device::Message => None,
        };
        let time = feed.time.as_ref().and_then(scalar);
        let bare = Self::bare(feed, message);
        Self { device: device.or(bare.device), time, ..bare }
    }

    /// A message whose device stands in its topic and that has no time.
    pub(super) fn bare(feed: &'a Feed, message: &Message<'a>) -> Self {
        let device = match &feed.device {
            Device::Topic(level) => level.of(message.topic).map(Cow::Borrowed),
            Device::Station(id) => Some(Cow::Borrowed(id.as_str())),
            Device::Pointer(_) | Device::Message => None,
        };
        Self {
            feed,
            device,
            time: None,
            period: Period::Station,
            label: Label::End,
            items: Vec::with_capacity(8),
        }
    }

    /// Adds a field. One that holds nothing is not counted.
    pub(super) fn push(&mut self, item: Item<'a>) {
        if matches!(item.what, What::Fault(..)) || !is_absent(&item.text) {
            self.items.push(item);
        }
    }

    /// Adds a field by its name alone.
    pub(super) fn push_named(&mut self, name: &'a str, text: &'a str, time: Option<&'a str>) {
        let what = match self.feed.fields.named(name) {
            Some((_, field)) => what_of(field),
            None => Some(self.by_own_key(name)),
        };
        if let Some(what) = what {
            let time = time.map(Cow::Borrowed);
            self.push(Item { time, ..Item::new(Cow::Borrowed(name), what, Cow::Borrowed(text)) });
        }
    }

    /// Adds every string, number and truth value below a node.
    pub(super) fn push_below(&mut self, node: &'a Node<'a>) {
        self.walk(&Trail::default(), Some(self.feed.fields.root()), node);
    }

    /// `place` is what the feed knows of pointers that begin like `trail`. Below something that is ignored only what a pointer
    /// names counts.
    fn walk(&mut self, trail: &Trail<'_, 'a>, place: Option<&'a Branch>, node: &'a Node<'a>) {
        let by_name = || self.feed.fields.named(trail.name).filter(|_| !trail.is_ignored);
        let known = place.and_then(Branch::field).or_else(by_name);
        if let Some((key, what)) = known.and_then(|(key, field)| Some((key, what_of(field)?))) {
            let text = match node {
                Node::Null => return,
                Node::Object(_) => "an object",
                Node::Array(_) => "an array",
                Node::Text(text) => text,
                Node::Bare(text) => text,
            };
            // A name alone does not say which of several is meant.
            let is_plain = key.starts_with('/') || trail.is_short();
            let name = if is_plain { Cow::Borrowed(key) } else { Cow::Owned(trail.pointer()) };
            self.push(Item::new(name, what, Cow::Borrowed(text)));
            return;
        }
        let is_ignored = trail.is_ignored || known.is_some();
        if is_ignored && place.is_none_or(Branch::is_end) {
            return;
        }
        match node {
            Node::Null => {}
            Node::Object(members) => {
                for (name, member) in members {
                    let below = Trail { up: Some(trail), name, index: None, is_ignored };
                    self.walk(&below, place.and_then(|place| place.at(name)), member);
                }
            }
            Node::Array(elements) => {
                for (i, element) in elements.iter().enumerate() {
                    let below = Trail { up: Some(trail), name: "", index: Some(i), is_ignored };
                    self.walk(&below, place.and_then(|place| place.at(&i.to_string())), element);
                }
            }
            Node::Text(_) | Node::Bare(_) => {
                let text = node.scalar().unwrap_or_default();
                if !is_ignored && !is_absent(text) {
                    let what = self.by_own_key(trail.name);
                    self.push(Item::new(Cow::Owned(trail.pointer()), what, Cow::Borrowed(text)));
                }
            }
        }
    }

    /// A name that the feed does not know, among lanbi's own keys where the form has none.
    pub(super) fn by_own_key(&self, name: &str) -> What {
        let looked_up = self.feed.dialect.knows_own_keys.then(|| name.to_ascii_lowercase());
        match looked_up.and_then(|key| Parameter::from_key(&key)) {
            Some(parameter) => What::Value { parameter, unit: parameter.unit(), is_own: false },
            None => What::Unknown,
        }
    }

    /// Adds what the operator names and an object does not hold as zero, where the feed says so.
    pub(super) fn fill_zeros(&mut self, object: &'a Node<'a>) {
        if !self.feed.fills_zero {
            return;
        }
        for (key, pointer, field) in self.feed.fields.own() {
            let node = pointer.as_ref().map_or_else(|| object.get(key), |pointer| object.at(pointer));
            if let (None, Some(what)) = (node, what_of(*field)) {
                self.push(Item::new(Cow::Borrowed(key), what, Cow::Borrowed("0")));
            }
        }
    }

    /// The fields so far.
    pub(super) fn items_mut(&mut self) -> &mut [Item<'a>] {
        &mut self.items
    }

    /// Makes samples of it.
    ///
    /// # Errors
    /// The message holds something and is of no station, or of no time that is believed.
    pub(super) fn store(mut self, message: &Message<'_>, context: &Context<'_>) -> Result<Decoded, Rejected> {
        let mut decoded = Decoded::default();
        if self.items.is_empty() {
            return Ok(decoded);
        }
        let counted = u32::try_from(self.items.len()).unwrap_or(u32::MAX);
        let whole = |(reason, detail): Reason| Rejected::whole(reason, detail).with_values(counted);
        let station = self.station(context).map_err(whole)?;
        settle_twins(&mut self.items, &self.feed.name);
        let common = self.when(self.time.as_deref(), station, message, context);
        if let Err(reason) = &common
            && self.items.iter().all(|item| item.time.is_none())
        {
            return Err(whole(reason.clone()));
        }
        decoded.samples.reserve(self.items.len());
        for items in self.items.chunk_by(|a, b| a.time == b.time) {
            let own = items.first().and_then(|item| item.time.as_deref());
            let when = match own {
                None => common.clone(),
                Some(time) => self.when(Some(time), station, message, context),
            };
            match when {
                Ok((end, flags)) => {
                    let mut reading = Reading::new(station, end, self.period(station), flags, &mut decoded);
                    for item in items {
                        add(&mut reading, item, &self.feed.name);
                    }
                }
                Err((reason, detail)) => {
                    for item in items {
                        decoded.reject(&item.name, reason, detail.clone());
                    }
                }
            }
        }
        Ok(decoded)
    }

    fn station<'r>(&self, context: &Context<'r>) -> Result<&'r Station, Reason> {
        let feed = &self.feed.name;
        let unknown = |detail: String| (RejectReason::UnknownStation, detail);
        let device = self.device.as_deref().filter(|device| !device.trim().is_empty()).ok_or_else(|| {
            unknown(format!("the message names no device; mend `station` of feed `{feed}`, or the device"))
        })?;
        self.feed.station(device, context.registry).ok_or_else(|| {
            let device = shorten(device);
            unknown(format!(
                "device `{device}` is of no station; name one in `stations` of feed `{feed}`, or add a station of this id"
            ))
        })
    }

    fn period(&self, station: &Station) -> AveragingPeriod {
        self.feed.period.unwrap_or(match self.period {
            Period::Station => station.period,
            Period::Said(period) => period,
            Period::Upload(upload) => upload.period(station.period),
        })
    }

    /// The end of the period that a time speaks of; without a time, the last one before arrival.
    fn when(
        &self,
        time: Option<&str>,
        station: &Station,
        message: &Message<'_>,
        context: &Context<'_>,
    ) -> Result<(Instant, Flags), Reason> {
        let bad_time = |detail: String| (RejectReason::BadTime, detail);
        let period = self.period(station);
        let (end, flags) = match time.filter(|text| !is_absent(text)) {
            None if message.retained => {
                let detail =
                    "a retained message without a time is of unknown age; send the time, or do not retain";
                return Err(bad_time(detail.to_owned()));
            }
            None => (assumed_end(message.received_at, period, station.zone), Flags::TIME_ASSUMED),
            Some(text) => {
                let stamp = self.feed.time_form.read(text, self.feed.zone.unwrap_or(station.zone));
                let end = stamp.and_then(|stamp| self.feed.label.unwrap_or(self.label).end_of(stamp, period));
                let end = end.ok_or_else(|| {
                    let feed = &self.feed.name;
                    let text = shorten(text);
                    bad_time(format!("`{text}` is no time; mend `time` and `time_format` of feed `{feed}`"))
                })?;
                (end, Flags::empty())
            }
        };
        check_time(end, station, context)?;
        Ok((end, flags))
    }
}

/// The way from the whole message to a node, of which a pointer is made only where one is asked for.
#[derive(Default)]
struct Trail<'t, 'a> {
    up: Option<&'t Trail<'t, 'a>>,
    /// Name of the member; empty for an element.
    name: &'a str,
    /// Place of the element.
    index: Option<usize>,
    /// Whether something above is ignored.
    is_ignored: bool,
}

impl Trail<'_, '_> {
    /// Whether the node is a member of the message itself.
    fn is_short(&self) -> bool {
        self.up.is_none_or(|up| up.up.is_none())
    }

    /// JSON pointer to the node (RFC 6901), as far as a person reads it: one long name above many fields must not be
    /// written for each of them.
    fn pointer(&self) -> String {
        const LONGEST: usize = 200;
        let Some(up) = self.up else { return String::new() };
        let mut path = up.pointer();
        if path.len() < LONGEST {
            path.push('/');
            match self.index {
                Some(index) => path.push_str(&index.to_string()),
                None => path.push_str(&shorten(self.name).replace('~', "~0").replace('/', "~1")),
            }
        }
        path
    }
}
