//! Random histories against a model that is too simple to be wrong.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{NaiveDate, TimeDelta};
use lanbi_model::{
    Account, Alarm, AlarmChange, AveragingPeriod, Decimal, Decision, Flags, Parameter, RejectReason, Review,
    Sample, SampleKey, StationId, Zone,
};
use rand::{Rng, SeedableRng, seq::IndexedRandom};
use rand_chacha::ChaCha8Rng;

use super::fixture::{alarm, all_of, at, batch, letter, mean};
use crate::{
    AlarmFilter, Batch, DeadLetterFilter, DerivedBatch, Incoming, Receipt, Reviewed, StaleCauses, StaleMark,
    Store,
};

const SEEDS: u64 = 2;
const STEPS: u32 = 700;
const STATIONS: [&str; 3] = ["a", "b", "站"];

#[derive(Default)]
struct Model {
    /// Per key: all values ever, the last one current, with its flags as sent and as checked.
    values: BTreeMap<SampleKey, Vec<(Decimal, Flags, Flags)>>,
    stale: BTreeMap<(NaiveDate, StationId), StaleCauses>,
    derived: BTreeSet<(NaiveDate, StationId)>,
    daily: BTreeMap<(StationId, NaiveDate), Decimal>,
    alarms: Vec<Alarm>,
    /// What each dead letter still rejects.
    letters: Vec<u32>,
    /// Notifications by alarm and event, with failed attempts; sent ones have none.
    outbox: Vec<(usize, &'static str, Option<u32>)>,
    account: Account,
}

impl Model {
    fn commit(&mut self, batch: &Batch) -> Receipt {
        let mut receipt = self.merge(batch, None);
        let rejected = batch.dead_letters.iter().map(|letter| letter.rejected);
        self.letters.extend(rejected.clone());
        receipt.rejected = rejected.map(u64::from).sum();
        self.account.incoming += receipt.stored + receipt.repeated + receipt.rejected;
        self.account.stored += receipt.stored;
        self.account.repeated += receipt.repeated;
        self.account.rejected += receipt.rejected;
        self.account.revised += receipt.revised;
        self.account.messages += batch.messages;
        receipt
    }

    /// Puts values in; `cause` stands in place of their own.
    fn merge(&mut self, batch: &Batch, cause: Option<StaleCauses>) -> Receipt {
        let mut receipt = Receipt::default();
        for Incoming { sample, day, .. } in &batch.samples {
            let history = self.values.entry(sample.key.clone()).or_default();
            if history.iter().any(|(value, sent, _)| *value == sample.value && *sent == sample.flags) {
                receipt.repeated += 1;
                continue;
            }
            let own = if history.is_empty() { StaleCauses::ARRIVED } else { StaleCauses::REVISED };
            receipt.revised += u64::from(!history.is_empty());
            receipt.stored += 1;
            history.push((sample.value, sample.flags, sample.flags));
            *self.stale.entry((*day, sample.key.station.clone())).or_default() |= cause.unwrap_or(own);
        }
        receipt
    }

    fn replay(&mut self, letter: usize, batch: &Batch) -> Receipt {
        let still = batch.dead_letters.first().map_or(0, |letter| letter.rejected);
        let freed = i64::from(self.letters[letter]) - i64::from(still);
        self.letters[letter] = still;
        let mut receipt = self.merge(batch, Some(StaleCauses::REPLAYED));
        receipt.repeated = u64::try_from(freed - receipt.stored.cast_signed()).unwrap_or(0);
        receipt.rejected = u64::from(still);
        self.account.stored += receipt.stored;
        self.account.repeated += receipt.repeated;
        self.account.revised += receipt.revised;
        self.account.rejected = self.account.rejected.strict_sub_signed(freed);
        self.account.incoming = self.account.stored + self.account.repeated + self.account.rejected;
        receipt
    }

    fn review(&mut self, review: &Review, day: NaiveDate) -> Reviewed {
        let history = self.values.get_mut(&review.key).unwrap();
        let &(value, device, flags) = history.last().unwrap();
        let by_station = |(_, device, _): &&(Decimal, Flags, Flags)| !device.intersects(Flags::REVIEWED);
        let &(sent, sent_device, _) = history.iter().rev().find(by_station).unwrap();
        let (new, new_device) = review.decision.apply(sent, sent_device);
        let sample = |value, flags| Sample { key: review.key.clone(), value, flags };
        let before = sample(value, flags);
        if (new, new_device) == (value, device) {
            return Reviewed { after: before.clone(), before };
        }
        let kept = match review.decision {
            Decision::Correct(_) => Flags::empty(),
            Decision::Invalidate | Decision::Restore => flags - device,
        };
        history.push((new, new_device, new_device | kept));
        self.account.reviewed += 1;
        *self.stale.entry((day, review.key.station.clone())).or_default() |= StaleCauses::REVIEWED;
        Reviewed { before, after: sample(new, new_device | kept) }
    }

    fn recheck(&mut self, station: &StationId, from: NaiveDate, to: NaiveDate) -> u64 {
        let days = self.derived.iter().filter(|(day, of)| of == station && from <= *day && *day <= to);
        let marked = days.map(|day| *self.stale.entry(day.clone()).or_default() |= StaleCauses::RECHECKED);
        u64::try_from(marked.count()).unwrap()
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
        for mark in &batch.recomputed {
            let recomputed = &mut self.account.recomputed;
            recomputed.days += 1;
            recomputed.late += u64::from(mark.causes.contains(StaleCauses::ARRIVED));
            recomputed.revised += u64::from(mark.causes.contains(StaleCauses::REVISED));
            recomputed.reviewed += u64::from(mark.causes.contains(StaleCauses::REVIEWED));
            recomputed.replayed += u64::from(mark.causes.contains(StaleCauses::REPLAYED));
            recomputed.rechecked += u64::from(mark.causes.contains(StaleCauses::RECHECKED));
        }
    }

    fn alarm(&mut self, change: &AlarmChange) {
        let (AlarmChange::Raised(new)
        | AlarmChange::Updated(new)
        | AlarmChange::Cleared(new)
        | AlarmChange::Amended(new)
        | AlarmChange::Withdrawn(new)) = change;
        let place =
            self.alarms.iter().position(|a| (&a.station, a.raised_at) == (&new.station, new.raised_at));
        let Some(i) = place else {
            if let AlarmChange::Raised(_) = change {
                self.queue(self.alarms.len(), "raised");
                self.alarms.push(new.clone());
                self.account.alarms_raised += 1;
            }
            return;
        };
        let (over, gone) = (self.alarms[i].cleared_at.is_some(), self.alarms[i].withdrawn_at.is_some());
        match change {
            AlarmChange::Raised(_) if gone => {
                self.queue(i, "raised");
                self.alarms[i].withdrawn_at = None;
                self.account.alarms_withdrawn -= 1;
            }
            AlarmChange::Updated(_) if !gone && !over => self.alarms[i] = new.clone(),
            AlarmChange::Cleared(_) if !gone && !over => {
                self.queue(i, "cleared");
                self.alarms[i] = new.clone();
                self.account.alarms_cleared += 1;
            }
            AlarmChange::Amended(_) if !gone => {
                self.account.alarms_cleared += u64::from(new.cleared_at.is_some());
                self.account.alarms_cleared -= u64::from(over);
                self.alarms[i] = new.clone();
            }
            AlarmChange::Withdrawn(_) if !gone => {
                self.queue(i, "withdrawn");
                self.alarms[i].withdrawn_at = new.withdrawn_at;
                self.account.alarms_withdrawn += 1;
            }
            _ => {}
        }
    }

    /// What is told of an alarm anew takes the place of what was told of the same event before.
    fn queue(&mut self, alarm: usize, event: &'static str) {
        self.outbox.retain(|&(other, told, _)| (other, told) != (alarm, event));
        self.outbox.push((alarm, event, Some(0)));
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
        let expected: Vec<_> = self
            .stale
            .iter()
            .map(|(day, &causes)| (day.clone(), causes, self.derived.contains(day)))
            .collect();
        let found: Vec<_> =
            marks.into_iter().map(|m| ((m.day, m.station), m.causes, m.derived_before)).collect();
        assert_eq!(found, expected);
        let daily = store.daily(None, NaiveDate::MIN, NaiveDate::MAX).await.unwrap();
        let daily: Vec<_> = daily.into_iter().map(|m| ((m.station, m.day), m.value.unwrap())).collect();
        assert_eq!(daily, self.daily.clone().into_iter().collect::<Vec<_>>());
        let letters = store.dead_letters(&DeadLetterFilter::default()).await.unwrap();
        let letters: Vec<_> = letters.into_iter().rev().map(|stored| stored.letter.rejected).collect();
        assert_eq!(letters, self.letters);
        let filter = AlarmFilter { withdrawn: true, ..AlarmFilter::default() };
        let mut alarms = store.alarms(&filter).await.unwrap();
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
            let earlier: Vec<_> =
                earlier.into_iter().map(|r| (r.sample.value, r.device_flags, r.sample.flags)).collect();
            let (_, replaced) = history.split_last().unwrap();
            assert_eq!(earlier, replaced);
        }
    }
}

pub(crate) async fn any_history_agrees_with_the_naive_model(store: &dyn Store) {
    let mut model = Model::default();
    let mut remembered: Vec<StaleMark> = Vec::new();
    for seed in 0..SEEDS {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        for step in 0..STEPS {
            match rng.random_range(0..13) {
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
                9 => review_one(&mut rng, store, &mut model).await,
                10 => replay_one(&mut rng, store, &mut model).await,
                11 => {
                    let (station, from, to) = any_stretch(&mut rng);
                    let marked = store.mark_stale(&station, from, to).await.unwrap();
                    assert_eq!(marked, model.recheck(&station, from, to), "seed {seed} step {step}");
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
    let recomputed = account.recomputed;
    let reached = [
        account.repeated,
        account.revised,
        account.reviewed,
        account.alarms_cleared,
        account.alarms_withdrawn,
        recomputed.late,
        recomputed.revised,
        recomputed.reviewed,
        recomputed.replayed,
        recomputed.rechecked,
    ];
    assert!(reached.iter().all(|&n| n > 10), "too tame a history: {account:?}");
}

fn any_stretch(rng: &mut ChaCha8Rng) -> (StationId, NaiveDate, NaiveDate) {
    let day = |n| Zone::shanghai().day_of(at("2026-02-27T00:00:00Z") + TimeDelta::days(n));
    let from = rng.random_range(-1..3);
    (any_station(rng), day(from), day(from + rng.random_range(-1..3)))
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
        recomputed: settled.iter().filter(|_| rng.random_bool(0.5)).cloned().collect(),
        settled,
        lease: None,
    }
}

fn any_change(rng: &mut ChaCha8Rng) -> AlarmChange {
    let mut alarm = alarm(any_station(rng).as_str(), "2026-03-01T00:00:00Z");
    alarm.raised_at += TimeDelta::hours(rng.random_range(0..100));
    alarm.worst = Some(Decimal::new(rng.random_range(400..900), 1));
    let end = Some(alarm.raised_at + TimeDelta::hours(1));
    match rng.random_range(0..8) {
        0..3 => AlarmChange::Raised(alarm),
        3 => AlarmChange::Updated(alarm),
        4..6 => AlarmChange::Cleared(Alarm { cleared_at: end, ..alarm }),
        6 => AlarmChange::Amended(Alarm { cleared_at: end.filter(|_| rng.random()), ..alarm }),
        _ => AlarmChange::Withdrawn(Alarm { withdrawn_at: end, ..alarm }),
    }
}

async fn review_one(rng: &mut ChaCha8Rng, store: &dyn Store, model: &mut Model) {
    let keys: Vec<SampleKey> = model.values.keys().cloned().collect();
    let Some(key) = keys.choose(rng).cloned() else { return };
    let correct = Decision::Correct(Decimal::new(rng.random_range(-2..3), 1));
    let decision = *[Decision::Invalidate, Decision::Restore, correct].choose(rng).unwrap();
    let day = Zone::shanghai().day_of_end(key.instant);
    let at = at("2026-03-08T00:00:00Z");
    let review = Review { key, decision, by: "王工".to_owned(), reason: "抽查".to_owned(), at };
    assert_eq!(store.review(&review, day).await.unwrap(), model.review(&review, day), "{review:?}");
}

async fn replay_one(rng: &mut ChaCha8Rng, store: &dyn Store, model: &mut Model) {
    let letters = store.dead_letters(&DeadLetterFilter::default()).await.unwrap();
    let Some(place) = (0..letters.len()).collect::<Vec<_>>().choose(rng).copied() else { return };
    let mut batch = any_batch(rng);
    batch.samples.truncate(rng.random_range(0..5));
    batch.dead_letters.truncate(1);
    let id = letters[letters.len() - 1 - place].id;
    let receipt = store.replay_letter(id, &batch, at("2026-03-09T00:00:00Z")).await.unwrap();
    assert_eq!(receipt, model.replay(place, &batch), "letter {place}: {batch:?}");
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
