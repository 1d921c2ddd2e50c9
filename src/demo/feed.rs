//! From readings to messages: when each is sent, and what goes wrong on the way.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use chrono::{NaiveDate, TimeDelta};
use lanbi_model::{AveragingPeriod, Instant, Parameter, Zone};

use super::event::{Malformed, Planted};
use super::noise::Noise;
use super::payload::Record;
use super::plan::{Plan, UNREGISTERED};
use super::world::World;

/// Share of messages that arrive twice.
const REPEATED: f64 = 0.01;

/// Chance that an hourly message begins a short outage of its station.
const OUTAGE: f64 = 0.0006;

/// Size of the oversized message, bytes.
const OVERSIZED: usize = 300_000;

/// A message as a station hands it to the broker; ordered by the time of sending.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Message {
    /// When it is sent; a demonstration that replays takes this as the clock.
    pub(crate) sent_at: Instant,
    /// `lanbi/v1/<station id>`.
    pub(crate) topic: String,
    /// JSON in UTF-8, except where it is broken on purpose.
    pub(crate) payload: Vec<u8>,
}

/// A simulated period of the fictional district.
///
/// The same seed and the same period give the same bytes on the same platform; the last digit of a rare value may
/// differ between platforms whose mathematical libraries differ.
#[derive(Clone, Debug)]
pub(crate) struct Simulation {
    seed: u64,
    first: NaiveDate,
    last: NaiveDate,
    plan: Plan,
}

impl Simulation {
    /// The district from the first to the last local day, both included.
    pub(crate) fn new(seed: u64, first: NaiveDate, last: NaiveDate) -> Self {
        Self { seed, first, last, plan: Plan::new(first, last) }
    }

    /// All messages of the period in the order of sending, made as they are taken.
    pub(crate) fn messages(&self) -> Messages {
        Messages::new(self, self.first, Some(self.last))
    }

    /// The messages made on a day and after it, without end. What [`Self::messages`] gives for a period and what this
    /// gives from the day after it together are the unbroken series.
    pub(crate) fn messages_from(&self, day: NaiveDate) -> Messages {
        Messages::new(self, day, None)
    }

    /// What was planted in the period.
    pub(crate) fn planted(&self) -> Vec<Planted> {
        self.plan.planted()
    }
}

/// Messages in the order of sending. Holds about a day of them.
pub(crate) struct Messages {
    world: World,
    plan: Plan,
    noise: Noise,
    next_day: NaiveDate,
    emit_from: NaiveDate,
    last: Option<NaiveDate>,
    outbox: Outbox,
    stuck: Option<f64>,
    outages: BTreeMap<&'static str, u32>,
    burst: i64,
}

impl Messages {
    fn new(simulation: &Simulation, emit_from: NaiveDate, last: Option<NaiveDate>) -> Self {
        Self {
            world: World::new(simulation.seed, simulation.plan.clone()),
            plan: simulation.plan.clone(),
            noise: Noise::new(simulation.seed, 3),
            next_day: simulation.first,
            emit_from,
            last,
            outbox: Outbox::default(),
            stuck: None,
            outages: BTreeMap::new(),
            burst: 0,
        }
    }

    /// Makes the messages of the next day; those of days before the asked one are made and forgotten, because the
    /// state of air, water and channels depends on them. False when there is no next day.
    fn make_day(&mut self) -> bool {
        let day = self.next_day;
        let Some(after) = day.succ_opt().filter(|_| self.last.is_none_or(|last| day <= last)) else {
            return false;
        };
        self.next_day = after;
        self.outbox.open = day >= self.emit_from;
        self.burst = 0;
        let midnight = Zone::shanghai().start_of(day);
        for hour in 0..24 {
            for record in self.world.hour(midnight + TimeDelta::hours(hour)) {
                self.dispatch(record);
            }
        }
        true
    }

    /// Sends one record: lost, held, altered or repeated as chance and plan say.
    fn dispatch(&mut self, mut record: Record) {
        let (station, stamp) = (record.station, record.at);
        // Drawn for every record, so that an event does not move the chances of what follows it.
        let delay = self.delay(record.period, station);
        let repeat =
            self.noise.chance(REPEATED).then(|| TimeDelta::seconds(i64::from(5 + self.noise.whole(115))));
        let lost = self.lost(station, record.period, stamp);
        if lost || self.plan.silent(station, stamp) {
            return;
        }
        self.freeze(&mut record);

        let mut sent_at = stamp + delay;
        if let Some(release) = self.plan.held_until(station, stamp) {
            // The buffer is emptied in order of time, a message every other second.
            sent_at = release + TimeDelta::seconds((stamp - release).num_hours() * 2 + 120);
        }
        let topic = topic(station);
        let strange = self.plan.strange(station, stamp);
        let payload = match strange {
            Some(way) => altered(way, &record),
            None => record.to_json(),
        }
        .into_bytes();
        if let Some((topic, payload)) = strange.and_then(|way| extra(way, &record)) {
            self.outbox.push(sent_at + TimeDelta::seconds(5), topic, payload);
        }
        if let Some(again) = repeat {
            self.outbox.push(sent_at + again, topic.clone(), payload.clone());
        }
        if let Some(start) = self.plan.resent_from(station, stamp) {
            self.outbox.push(start + TimeDelta::seconds(self.burst), topic.clone(), payload.clone());
            self.burst += 1;
        }
        self.outbox.push(sent_at, topic, payload);
    }

    /// Time from the end of the interval to the sending: a logger takes half a minute, a wet-chemical analyser most of
    /// an hour, a reading by hand a quarter of an hour.
    fn delay(&mut self, period: AveragingPeriod, station: &str) -> TimeDelta {
        let fixed = match (period == AveragingPeriod::HOUR, station.starts_with("sec-")) {
            (true, _) => 20,
            (false, true) => 40 * 60,
            (false, false) => 15 * 60,
        };
        TimeDelta::seconds(i64::from(fixed + self.noise.whole(60)))
    }

    /// Whether a chance outage of one to three hours takes the message.
    fn lost(&mut self, station: &'static str, period: AveragingPeriod, stamp: Instant) -> bool {
        let (begins, hours) = (self.noise.chance(OUTAGE), 1 + self.noise.whole(3));
        if period != AveragingPeriod::HOUR || self.plan.touches(station, stamp) {
            return false;
        }
        let left = self.outages.entry(station).or_insert(0);
        if begins && *left == 0 {
            *left = hours;
        }
        let lost = *left > 0;
        *left = left.saturating_sub(1);
        lost
    }

    /// Holds PM2.5 at its first value while the sensor is stuck.
    fn freeze(&mut self, record: &mut Record) {
        if !self.plan.frozen(record.station, record.at) {
            return;
        }
        if let Some(reading) = record.readings.iter_mut().find(|r| r.parameter == Parameter::Pm25) {
            let value = *self.stuck.get_or_insert(reading.value);
            (reading.value, reading.flag) = (value, None);
        }
    }
}

impl Iterator for Messages {
    type Item = Message;

    fn next(&mut self) -> Option<Message> {
        // Nothing made on a day is sent before that day begins, so all that is due earlier can go.
        while !self.outbox.has_before(Zone::shanghai().start_of(self.next_day)) {
            if !self.make_day() {
                break;
            }
        }
        self.outbox.pop()
    }
}

/// Messages waiting to be sent, the earliest first.
#[derive(Default)]
struct Outbox {
    open: bool,
    waiting: BinaryHeap<Reverse<Message>>,
}

impl Outbox {
    fn push(&mut self, sent_at: Instant, topic: String, payload: Vec<u8>) {
        if self.open {
            self.waiting.push(Reverse(Message { sent_at, topic, payload }));
        }
    }

    fn has_before(&self, time: Instant) -> bool {
        self.waiting.peek().is_some_and(|Reverse(message)| message.sent_at < time)
    }

    fn pop(&mut self) -> Option<Message> {
        self.waiting.pop().map(|Reverse(message)| message)
    }
}

fn topic(station: &str) -> String {
    format!("lanbi/v1/{station}")
}

/// The station's own message of that hour, altered where the way alters it.
fn altered(way: Malformed, record: &Record) -> String {
    let replace = |which: Parameter, text: &str| {
        record.to_json_with(record.station, record.at, |p| (p == which).then(|| text.to_owned()))
    };
    match way {
        Malformed::TextNan => replace(Parameter::Pm10, r#""NaN""#),
        Malformed::BareNan => replace(Parameter::Pm10, "NaN"),
        Malformed::NullValue => replace(Parameter::Nh3n, "null"),
        Malformed::NumberAsText => replace(Parameter::No2, r#""41""#),
        Malformed::UnknownParameter => {
            record.to_json().replacen(r#""values":{"#, r#""values":{"voc":12,"#, 1)
        }
        Malformed::BrokenJson
        | Malformed::UnknownStation
        | Malformed::FutureStamp
        | Malformed::Oversized
        | Malformed::Empty => record.to_json(),
    }
}

/// The message that comes in addition, where the way adds one.
fn extra(way: Malformed, record: &Record) -> Option<(String, Vec<u8>)> {
    let own = topic(record.station);
    match way {
        Malformed::BrokenJson => {
            let whole = record.to_json().into_bytes();
            let half = whole.len() / 2;
            Some((own, whole.into_iter().take(half).collect()))
        }
        Malformed::UnknownStation => {
            let json = record.to_json_with(UNREGISTERED, record.at, |_| None);
            Some((topic(UNREGISTERED), json.into_bytes()))
        }
        Malformed::FutureStamp => {
            let json = record.to_json_with(record.station, record.at + TimeDelta::days(365), |_| None);
            Some((own, json.into_bytes()))
        }
        Malformed::Oversized => {
            let note = format!(r#"{{"note":"{}","#, "x".repeat(OVERSIZED));
            Some((own, record.to_json().replacen('{', &note, 1).into_bytes()))
        }
        Malformed::Empty => Some((own, Vec::new())),
        Malformed::TextNan
        | Malformed::BareNan
        | Malformed::UnknownParameter
        | Malformed::NumberAsText
        | Malformed::NullValue => None,
    }
}
