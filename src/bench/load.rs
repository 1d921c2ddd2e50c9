//! The messages of a measurement, the same for the same seed, tag and start, with the manifest of what they hold.
//!
//! The stations send in turn, a minute later in each round: 60 % air JSON with 6 values, 30 % water JSON with 9, 10 % HJ 212
//! frames of outlets with 6. Of all messages 2 % repeat an earlier one byte for byte, 1 % are late by days and 0.5 % are damaged.

use std::{collections::VecDeque, sync::Arc};

use chrono::{SubsecRound, TimeDelta};
use lanbi_model::Instant;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::{
    manifest::{Expected, Manifest},
    payload::{self, Poison},
    site::{SITES, Site},
};

/// Of a thousand messages.
const REPEATS: u32 = 20;
const LATE: u32 = 10;
const POISON: u32 = 5;

/// A repeat copies one of the last so many messages.
const REMEMBERED: usize = 5000;

/// A late message is at least so old when the first one is sent.
const LATE_BY: TimeDelta = TimeDelta::days(2);

/// One message on its way to the broker.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub(crate) topic: Arc<str>,
    pub(crate) payload: Vec<u8>,
}

/// A message that a repeat may copy.
struct Sent {
    message: Message,
    values: u64,
}

/// Makes messages one after the other.
pub(crate) struct Load {
    rng: ChaCha8Rng,
    sites: Vec<Site>,
    topics: Vec<Arc<str>>,
    /// Stamp of the first round.
    start: Instant,
    /// Messages in turn so far: tells whose turn it is, and the round.
    turns: usize,
    /// Late messages so far.
    late: usize,
    poisoned: usize,
    recent: VecDeque<Sent>,
    manifest: Manifest,
}

/// What makes a load.
#[derive(Clone, Debug)]
pub(crate) struct LoadPlan {
    pub(crate) seed: u64,
    /// Part of every station's id: another tag makes other keys.
    pub(crate) tag: String,
    /// Topic before the station's id.
    pub(crate) prefix: String,
    pub(crate) start: Instant,
}

impl LoadPlan {
    /// A plan whose last stamp is not ahead of `now` after `messages` messages.
    pub(crate) fn ending(now: Instant, messages: u64, seed: u64) -> Self {
        let rounds = i64::try_from(messages / count(SITES)).unwrap_or(i64::MAX / 1_000_000) + 2;
        let now = now.trunc_subsecs(0);
        let start = now - TimeDelta::seconds(now.timestamp().rem_euclid(60)) - TimeDelta::minutes(rounds);
        let tag = base36(now.timestamp().unsigned_abs());
        Self { seed, prefix: format!("lanbi-bench/{tag}"), tag, start }
    }

    /// Topic filter of the load.
    pub(crate) fn topics(&self) -> String {
        format!("{}/#", self.prefix)
    }
}

impl Load {
    pub(crate) fn new(plan: &LoadPlan) -> Self {
        let sites = Site::all(&plan.tag);
        let topics = sites.iter().map(|site| format!("{}/{}", plan.prefix, site.id).into()).collect();
        let expected = |site: &Site| Expected { station: site.id.clone(), ..Expected::default() };
        Self {
            rng: ChaCha8Rng::seed_from_u64(plan.seed),
            manifest: Manifest { stations: sites.iter().map(expected).collect(), ..Manifest::default() },
            sites,
            topics,
            start: plan.start,
            turns: 0,
            late: 0,
            poisoned: 0,
            recent: VecDeque::with_capacity(REMEMBERED),
        }
    }

    /// What has been made so far.
    pub(crate) const fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The next message; counted in the manifest.
    pub(crate) fn next_message(&mut self) -> Message {
        let lot = self.rng.random_range(0..1000);
        let message = if lot < REPEATS && !self.recent.is_empty() {
            self.repeat()
        } else if lot < REPEATS + LATE {
            self.manifest.late += 1;
            self.late += 1;
            let minutes = TimeDelta::minutes(whole(self.late / SITES));
            self.fresh(self.late % SITES, self.start - LATE_BY - minutes, None)
        } else {
            let site = self.turns % SITES;
            let minutes = TimeDelta::minutes(whole(self.turns / SITES));
            self.turns += 1;
            let poison = (lot >= 1000 - POISON).then(|| {
                self.poisoned += 1;
                Poison::nth(self.poisoned, self.sites[site].kind)
            });
            self.fresh(site, self.start + minutes, poison)
        };
        self.manifest.messages += 1;
        self.manifest.bytes += count(message.payload.len());
        message
    }

    fn repeat(&mut self) -> Message {
        let sent = &self.recent[self.rng.random_range(0..self.recent.len())];
        self.manifest.repeats += 1;
        self.manifest.incoming += sent.values;
        self.manifest.repeated += sent.values;
        sent.message.clone()
    }

    /// A message under a key that was not there before.
    fn fresh(&mut self, site: usize, at: Instant, poison: Option<Poison>) -> Message {
        let expected = &mut self.manifest.stations[site];
        let topic = Arc::clone(&self.topics[site]);
        let site = &mut self.sites[site];
        let values = site.measure(&mut self.rng);
        let message = Message { topic, payload: payload::write(site, at, &values, poison) };
        let all = count(values.len());
        if let Some(poison) = poison {
            let rejected = poison.rejects(all);
            self.manifest.poison += 1;
            self.manifest.rejected += rejected;
            self.manifest.incoming += rejected;
            if poison.spoils_all() {
                return message;
            }
        }
        let stored = values.iter().skip(usize::from(poison.is_some()));
        for reading in stored {
            expected.values += 1;
            expected.sum += reading.meant;
            self.manifest.incoming += 1;
            self.manifest.stored += 1;
        }
        if poison.is_none() {
            if self.recent.len() == REMEMBERED {
                self.recent.pop_front();
            }
            self.recent.push_back(Sent { message: message.clone(), values: all });
        }
        message
    }
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

fn whole(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A short word for a number.
fn base36(mut number: u64) -> String {
    let mut word = Vec::new();
    while number > 0 {
        let digit = u32::try_from(number % 36).unwrap_or(0);
        word.push(char::from_digit(digit, 36).unwrap_or('0'));
        number /= 36;
    }
    word.into_iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use lanbi_ingest::{
        clock::Window,
        decode::{Context, Format, Limits, Message as Incoming, decode},
        source::Sources,
    };
    use lanbi_model::SampleKey;

    use super::*;
    use crate::bench::site::registry;

    const MESSAGES: u32 = 20_000;

    fn plan() -> (LoadPlan, Instant) {
        let now: Instant = "2026-11-22T10:20:30Z".parse().unwrap();
        (LoadPlan::ending(now, MESSAGES.into(), 7), now)
    }

    #[test]
    fn the_manifest_is_what_the_decoder_finds() {
        let (plan, now) = plan();
        let registry = registry(&plan.tag).unwrap();
        let window = Window { ahead: TimeDelta::zero(), earliest: "2000-01-01".parse().unwrap() };
        let context = Context {
            registry: &registry,
            sources: &Sources::default(),
            now,
            limits: Limits { max_bytes: 262_144, window },
        };
        let mut load = Load::new(&plan);
        let mut seen: BTreeMap<SampleKey, lanbi_model::Decimal> = BTreeMap::new();
        let (mut incoming, mut repeated, mut rejected) = (0, 0, 0);
        for _ in 0..MESSAGES {
            let message = load.next_message();
            let incoming_message = Incoming {
                topic: &message.topic,
                payload: &message.payload,
                received_at: now,
                retained: false,
            };
            match decode(Format::Auto, &incoming_message, &context) {
                Err(whole) => {
                    incoming += u64::from(whole.values);
                    rejected += u64::from(whole.values);
                }
                Ok(decoded) => {
                    incoming += u64::from(decoded.values);
                    rejected += u64::try_from(decoded.problems.len()).unwrap();
                    for (sample, _) in decoded.samples {
                        match seen.insert(sample.key.clone(), sample.value) {
                            None => {}
                            Some(value) => {
                                assert_eq!(value, sample.value, "{:?} is no repeat", sample.key);
                                repeated += 1;
                            }
                        }
                    }
                }
            }
        }
        let manifest = load.manifest();
        let stored = u64::try_from(seen.len()).unwrap();
        assert_eq!(
            (manifest.incoming, manifest.stored, manifest.repeated, manifest.rejected),
            (incoming, stored, repeated, rejected)
        );
        for expected in &manifest.stations {
            let own = seen.iter().filter(|(key, _)| key.station.as_str() == expected.station);
            let (count, sum) = own.fold((0, lanbi_model::Decimal::ZERO), |(n, s), (_, v)| (n + 1, s + v));
            assert_eq!((expected.values, expected.sum), (count, sum), "{}", expected.station);
        }
    }

    #[test]
    fn repeats_late_and_damaged_messages_have_their_share() {
        let (plan, _) = plan();
        let mut load = Load::new(&plan);
        for _ in 0..MESSAGES {
            load.next_message();
        }
        let manifest = load.manifest();
        let share = |count: u64| count * 1000 / u64::from(MESSAGES);
        assert!((17..=23).contains(&share(manifest.repeats)), "{manifest:?}");
        assert!((8..=12).contains(&share(manifest.late)), "{manifest:?}");
        assert!((3..=7).contains(&share(manifest.poison)), "{manifest:?}");
        let mean = manifest.bytes / manifest.messages;
        assert!((150..=300).contains(&mean), "{mean} bytes");
    }

    #[test]
    fn a_seed_gives_the_same_bytes_and_another_tag_other_keys() {
        let (plan, _) = plan();
        let bytes = |plan: &LoadPlan| {
            let mut load = Load::new(plan);
            (0..500).map(|_| load.next_message().payload).collect::<Vec<_>>()
        };
        assert_eq!(bytes(&plan), bytes(&plan));
        assert_ne!(bytes(&plan), bytes(&LoadPlan { seed: 8, ..plan.clone() }));
        let ids = |tag: &str| Site::all(tag).into_iter().map(|site| site.id).collect::<BTreeSet<_>>();
        assert!(ids("x1").is_disjoint(&ids("x2")));
    }
}
