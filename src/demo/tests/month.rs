//! A month of messages read back without trust in the code that wrote them.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use chrono::{NaiveDate, TimeDelta};
use lanbi_model::{Instant, Parameter, Zone};

use crate::demo::Simulation;
use crate::demo::event::{Planted, PlantedKind};
use crate::demo::feed::Message;
use crate::demo::payload::Record;
use crate::demo::plan::Plan;
use crate::demo::world::World;

pub(super) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub(super) fn month(seed: u64, first: &str) -> Simulation {
    let first = day(first);
    Simulation::new(seed, first, lanbi_model::zone::last_day_of_month(first))
}

/// A message that is valid JSON with values, read without trust in the code that wrote it.
pub(super) struct Parsed {
    pub(super) sent_at: Instant,
    pub(super) station: String,
    pub(super) stamp: Instant,
    pub(super) values: BTreeMap<String, serde_json::Value>,
    pub(super) flags: BTreeMap<String, String>,
}

pub(super) fn parse(message: &Message) -> Option<Parsed> {
    let json: serde_json::Value = serde_json::from_slice(&message.payload).ok()?;
    let object = |name: &str| json.get(name).and_then(|v| v.as_object()).cloned().unwrap_or_default();
    Some(Parsed {
        sent_at: message.sent_at,
        station: json["station"].as_str()?.to_owned(),
        stamp: json["time"].as_str()?.parse().ok()?,
        values: object("values").into_iter().collect(),
        flags: object("flags").into_iter().map(|(k, v)| (k, v.as_str().unwrap().to_owned())).collect(),
    })
}

/// A month of messages, and the unflagged numbers in it.
pub(super) struct Month {
    pub(super) planted: Vec<Planted>,
    pub(super) raw: Vec<Message>,
    pub(super) parsed: Vec<Parsed>,
    pub(super) numbers: HashMap<(String, &'static str), BTreeMap<Instant, f64>>,
}

impl Month {
    pub(super) fn of(first: &str) -> Self {
        let simulation = month(7, first);
        let raw: Vec<Message> = simulation.messages().collect();
        let parsed: Vec<Parsed> = raw.iter().filter_map(parse).collect();
        let mut numbers: HashMap<_, BTreeMap<_, _>> = HashMap::new();
        for message in &parsed {
            for (key, value) in &message.values {
                let (Some(parameter), Some(value)) = (Parameter::from_key(key), value.as_f64()) else {
                    continue;
                };
                if !message.flags.contains_key(key) {
                    let key = (message.station.clone(), parameter.key());
                    numbers.entry(key).or_default().insert(message.stamp, value);
                }
            }
        }
        Self { planted: simulation.planted(), raw, parsed, numbers }
    }

    pub(super) fn event(&self, kind: PlantedKind) -> &Planted {
        self.planted.iter().find(|p| p.kind == kind).unwrap()
    }

    /// Values of `(from, to]`.
    pub(super) fn values(&self, station: &str, parameter: Parameter, from: Instant, to: Instant) -> Vec<f64> {
        let series = &self.numbers[&(station.to_owned(), parameter.key())];
        series.iter().filter(|(t, _)| from < **t && **t <= to).map(|(_, v)| *v).collect()
    }

    /// Means over the air stations, by stamp, of `(from, to]`.
    pub(super) fn district(&self, parameter: Parameter, from: Instant, to: Instant) -> Vec<f64> {
        let mut hours: BTreeMap<Instant, Vec<f64>> = BTreeMap::new();
        for ((station, key), series) in &self.numbers {
            if station.starts_with("air-0") && *key == parameter.key() {
                for (stamp, value) in series.iter().filter(|(t, _)| from < **t && **t <= to) {
                    hours.entry(*stamp).or_default().push(*value);
                }
            }
        }
        hours.into_values().map(|v| mean(&v)).collect()
    }
}

pub(super) static JANUARY: LazyLock<Month> = LazyLock::new(|| Month::of("2026-01-01"));
pub(super) static JULY: LazyLock<Month> = LazyLock::new(|| Month::of("2026-07-01"));

/// What the instruments show through a year, without the troubles of the channel.
pub(super) static YEAR: LazyLock<Vec<Record>> = LazyLock::new(|| {
    let zone = Zone::shanghai();
    let mut world = World::new(7, Plan::new(day(FIRST), day(LAST)));
    let start = zone.start_of(day(FIRST));
    (0..365 * 24).flat_map(|hour| world.hour(start + TimeDelta::hours(hour))).collect()
});
pub(super) const FIRST: &str = "2025-11-01";
pub(super) const LAST: &str = "2026-10-31";

pub(super) fn mean(values: &[f64]) -> f64 {
    let count = u32::try_from(values.len()).unwrap();
    values.iter().sum::<f64>() / f64::from(count)
}

pub(super) fn largest(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::MIN, f64::max)
}

pub(super) fn smallest(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::MAX, f64::min)
}
