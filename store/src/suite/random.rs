//! Random histories against a model that is too simple to be wrong.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{NaiveDate, TimeDelta};
use lanbi_model::{
    Account, Alarm, AlarmChange, AveragingPeriod, Decimal, Flags, Parameter, RejectReason, Sample, SampleKey,
    StationId,
};
use rand::{Rng, SeedableRng, seq::IndexedRandom};
use rand_chacha::ChaCha8Rng;

use super::fixture::{alarm, all_of, at, batch, letter, mean};
use crate::{AlarmFilter, Batch, DerivedBatch, Incoming, Receipt, StaleMark, Store};

const SEEDS: u64 = 2;
const STEPS: u32 = 700;
const STATIONS: [&str; 3] = ["a", "b", "站"];

#[derive(Default)]
struct Model {
    /// Per key: all values ever, the last one current, with its flags as sent and as checked.
    values: BTreeMap<SampleKey, Vec<(Decimal, Flags, Flags)>>,
    stale: BTreeSet<(NaiveDate, StationId)>,
    derived: BTreeSet<(NaiveDate, StationId)>,
    daily: BTreeMap<(StationId, NaiveDate), Decimal>,
    alarms: Vec<Alarm>,
    /// Notifications by alarm and event, with failed attempts; sent ones have none.
    outbox: Vec<(usize, &'static str, Option<u32>)>,
    account: Account,
}

impl Model {
    fn commit(&mut self, batch: &Batch) -> Receipt {
        let mut receipt = Receipt::default();
        for Incoming { sample, day, .. } in &batch.samples {
            let history = self.values.entry(sample.key.clone()).or_default();
            if history.iter().any(|(value, sent, _)| *value == sample.value && *sent == sample.flags) {
                receipt.repeated += 1;
                continue;
            }
            receipt.revised += u64::from(!history.is_empty());
            receipt.stored += 1;
            history.push((sample.value, sample.flags, sample.flags));
            self.stale.insert((*day, sample.key.station.clone()));
        }
        receipt.rejected = batch.dead_letters.iter().map(|letter| u64::from(letter.rejected)).sum();
        self.account.incoming += receipt.stored + receipt.repeated + receipt.rejected;
        self.account.stored += receipt.stored;
        self.account.repeated += receipt.repeated;
        self.account.rejected += receipt.rejected;
        self.account.revised += receipt.revised;
        self.account.messages += batch.messages;
        receipt
    }

    /// `standing` are the marks as the store has them now.
    fn derive(&mut self, batch: &DerivedBatch, standing: &[StaleMark]) {
        for mark in &batch.settled {
            let day = (mark.day, mark.station.clone());
            if standing
                .iter()
                .any(|m| (&m.station, m.day, m.version) == (&mark.station, mark.day, mark.version))
            {
                self.stale.remove(&day);
            }
            self.derived.insert(day);
        }
        for (key, flags) in &batch.flags {
            if let Some((_, sent, checked)) = self.values.get_mut(key).and_then(|history| history.last_mut())
            {
                *checked = *sent | *flags;
            }
        }
        for mean in &batch.daily {
            self.daily.insert((mean.station.clone(), mean.day), mean.value.unwrap());
        }
        for change in &batch.alarms {
            self.alarm(change);
        }
        self.account.stale_recomputed += batch.recomputed;
    }

    fn alarm(&mut self, change: &AlarmChange) {
        let (AlarmChange::Raised(new) | AlarmChange::Updated(new) | AlarmChange::Cleared(new)) = change;
        let place =
            self.alarms.iter().position(|a| (&a.station, a.raised_at) == (&new.station, new.raised_at));
        match (change, place) {
            (AlarmChange::Raised(_), None) => {
                self.outbox.push((self.alarms.len(), "raised", Some(0)));
                self.alarms.push(new.clone());
                self.account.alarms_raised += 1;
            }
            (AlarmChange::Updated(_), Some(i)) if self.alarms[i].cleared_at.is_none() => {
                self.alarms[i] = new.clone();
            }
            (AlarmChange::Cleared(_), Some(i)) if self.alarms[i].cleared_at.is_none() => {
                self.outbox.push((i, "cleared", Some(0)));
                self.alarms[i] = new.clone();
                self.account.alarms_cleared += 1;
            }
            _ => {}
        }
    }

    async fn compare(&self, store: &dyn Store) {
        assert_eq!(store.account().await.unwrap(), self.account);
        for name in STATIONS {
            let expected: Vec<Sample> = self
                .values
                .iter()
                .filter(|(key, _)| key.station.as_str() == name)
                .map(|(key, history)| {
                    let &(value, _, flags) = history.last().unwrap();
                    Sample { key: key.clone(), value, flags }
                })
                .collect();
            assert_eq!(all_of(store, name).await, expected);
            let newest = expected.iter().map(|s| s.key.instant).max();
            let latest = store.latest().await.unwrap();
            assert_eq!(latest.iter().find(|(id, _)| id.as_str() == name).map(|&(_, t)| t), newest);
        }
        let marks: Vec<_> = store.stale(1000).await.unwrap();
        let expected: Vec<_> =
            self.stale.iter().map(|day| (day.clone(), self.derived.contains(day))).collect();
        let found: Vec<_> = marks.into_iter().map(|m| ((m.day, m.station), m.derived_before)).collect();
        assert_eq!(found, expected);
        let daily = store.daily(None, NaiveDate::MIN, NaiveDate::MAX).await.unwrap();
        let daily: Vec<_> = daily.into_iter().map(|m| ((m.station, m.day), m.value.unwrap())).collect();
        assert_eq!(daily, self.daily.clone().into_iter().collect::<Vec<_>>());
        let mut alarms = store.alarms(&AlarmFilter::default()).await.unwrap();
        alarms.sort_by(|a, b| (&a.station, a.raised_at).cmp(&(&b.station, b.raised_at)));
        let mut expected = self.alarms.clone();
        expected.sort_by(|a, b| (&a.station, a.raised_at).cmp(&(&b.station, b.raised_at)));
        assert_eq!(alarms, expected);
        let waiting = store.outbox(1000).await.unwrap();
        let waiting: Vec<_> = waiting.into_iter().map(|n| (n.alarm, n.event, n.attempts)).collect();
        let expected: Vec<_> = self
            .outbox
            .iter()
            .filter_map(|&(i, event, attempts)| Some((self.alarms[i].clone(), event.to_owned(), attempts?)))
            .collect();
        assert_eq!(waiting, expected);
    }

    async fn compare_revisions(&self, store: &dyn Store) {
        for (key, history) in &self.values {
            let earlier = store.revisions(key).await.unwrap();
            let earlier: Vec<_> = earlier.into_iter().map(|(s, ..)| (s.value, s.flags)).collect();
            let (_, replaced) = history.split_last().unwrap();
            assert_eq!(earlier, replaced.iter().map(|&(value, _, flags)| (value, flags)).collect::<Vec<_>>());
        }
    }
}

pub(crate) async fn any_history_agrees_with_the_naive_model(store: &dyn Store) {
    let mut model = Model::default();
    let mut remembered: Vec<StaleMark> = Vec::new();
    for seed in 0..SEEDS {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        for step in 0..STEPS {
            match rng.random_range(0..10) {
                0..5 => {
                    let batch = any_batch(&mut rng);
                    assert_eq!(
                        store.commit(&batch).await.unwrap(),
                        model.commit(&batch),
                        "seed {seed} step {step}"
                    );
                }
                5..7 => remembered = store.stale(rng.random_range(0..20)).await.unwrap(),
                7..9 => {
                    let derived = any_derived(&mut rng, &model, &remembered);
                    model.derive(&derived, &store.stale(1000).await.unwrap());
                    store.commit_derived(&derived).await.unwrap();
                }
                _ => send_one(&mut rng, store, &mut model).await,
            }
            if step % 20 == 0 {
                model.compare(store).await;
            }
        }
        model.compare(store).await;
        model.compare_revisions(store).await;
    }
    let account = store.account().await.unwrap();
    let reached = [account.repeated, account.revised, account.alarms_cleared];
    assert!(reached.iter().all(|&n| n > 20), "too tame a history: {account:?}");
}

fn any_batch(rng: &mut ChaCha8Rng) -> Batch {
    let samples: Vec<Sample> = (0..rng.random_range(0..40)).map(|_| any_sample(rng)).collect();
    let mut batch = batch(samples);
    batch.messages = rng.random_range(0..5);
    for _ in 0..rng.random_range(0..3) {
        let mut letter = letter("2026-03-01T00:00:00Z", RejectReason::BadUnit, b"\xff");
        letter.rejected = rng.random_range(0..4);
        batch.dead_letters.push(letter);
    }
    batch
}

/// Few keys and fewer values, so that repeats and revisions are common.
fn any_sample(rng: &mut ChaCha8Rng) -> Sample {
    let key = SampleKey {
        station: any_station(rng),
        parameter: *[Parameter::Pm25, Parameter::O3, Parameter::Flow].choose(rng).unwrap(),
        period: *[AveragingPeriod::HOUR, AveragingPeriod::MOMENT].choose(rng).unwrap(),
        instant: at("2026-02-27T00:00:00Z") + TimeDelta::hours(rng.random_range(0..48)),
    };
    let value = Decimal::new(rng.random_range(-2..3), 1);
    let flags = if rng.random_bool(0.1) { Flags::FAULT } else { Flags::empty() };
    Sample { key, value, flags }
}

fn any_station(rng: &mut ChaCha8Rng) -> StationId {
    StationId::new(STATIONS.choose(rng).unwrap())
}

fn any_derived(rng: &mut ChaCha8Rng, model: &Model, remembered: &[StaleMark]) -> DerivedBatch {
    let settled: Vec<_> = remembered.iter().filter(|_| rng.random_bool(0.7)).cloned().collect();
    let daily = settled.iter().map(|mark| {
        let mut mean = mean(mark.station.as_str(), Parameter::O3, "2026-01-01", Some("1"));
        mean.day = mark.day;
        mean.value = Some(Decimal::new(mark.version, 2));
        mean
    });
    let keys: Vec<&SampleKey> = model.values.keys().collect();
    let flags = keys.choose_multiple(rng, 10).map(|&key| key.clone()).collect::<BTreeSet<_>>();
    let flags = flags.into_iter().map(|key| (key, if rng.random() { Flags::STEP } else { Flags::empty() }));
    DerivedBatch {
        daily: daily.collect(),
        flags: flags.collect(),
        alarm_states: Vec::new(),
        alarms: (0..rng.random_range(0..6)).map(|_| any_change(rng)).collect(),
        recomputed: rng.random_range(0..3),
        settled,
    }
}

fn any_change(rng: &mut ChaCha8Rng) -> AlarmChange {
    let mut alarm = alarm(any_station(rng).as_str(), "2026-03-01T00:00:00Z");
    alarm.raised_at += TimeDelta::hours(rng.random_range(0..100));
    alarm.worst = Some(Decimal::new(rng.random_range(400..900), 1));
    match rng.random_range(0..3) {
        0 => AlarmChange::Raised(alarm),
        1 => AlarmChange::Updated(alarm),
        _ => {
            alarm.cleared_at = Some(alarm.raised_at + TimeDelta::hours(1));
            AlarmChange::Cleared(alarm)
        }
    }
}

async fn send_one(rng: &mut ChaCha8Rng, store: &dyn Store, model: &mut Model) {
    let Some(first) = store.outbox(1).await.unwrap().pop() else { return };
    let (_, event, attempts) = model.outbox.iter_mut().find(|(_, _, attempts)| attempts.is_some()).unwrap();
    assert_eq!(first.event, *event);
    if rng.random_bool(0.5) {
        store.sent(first.id, Ok(at("2026-03-01T00:00:00Z"))).await.unwrap();
        *attempts = None;
    } else {
        store.sent(first.id, Err("refused".to_owned())).await.unwrap();
        *attempts = attempts.map(|n| n + 1);
    }
}
