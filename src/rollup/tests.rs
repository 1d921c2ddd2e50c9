//! The promise that late data are normal, through a store: whatever came late, was revised or reviewed, the alarms that
//! count are those that the values as they stand now give.

use std::{collections::BTreeMap, sync::Arc};

use chrono::TimeDelta;
use lanbi_config::Settings;
use lanbi_model::{
    Alarm, AveragingPeriod, Decimal, Decision, Flags, Instant, Parameter, Recomputed, Registry, Review,
    Sample, SampleKey, Station, StationId, StationKind, WaterBody, Zone,
};
use lanbi_store::{AlarmFilter, Batch, Incoming, SampleQuery, Store, sqlite::SqliteStore};
use rand::{
    Rng, SeedableRng,
    seq::{IndexedRandom, SliceRandom},
};
use rand_chacha::ChaCha8Rng;

mod heavy;
mod neighbours;
mod newcomers;
mod recheck;

use super::Rollup;
use crate::{facts::local_day, service::Parts};

/// Hours after the midnight that begins 2026-06-01 in Shanghai.
fn hour(hour: i64) -> Instant {
    "2026-05-31T16:00:00Z".parse::<Instant>().unwrap() + TimeDelta::hours(hour)
}

fn station(id: &str, kind: StationKind, period: &str, cadence: &str, parameters: &[Parameter]) -> Station {
    Station {
        id: StationId::new(id),
        name: id.to_owned(),
        kind,
        area: String::new(),
        water: String::new(),
        downstream: None,
        zone: Zone::shanghai(),
        period: AveragingPeriod::parse(period).unwrap(),
        cadence: AveragingPeriod::parse(cadence).unwrap(),
        parameters: parameters.to_vec(),
    }
}

/// An outlet whose hours and days are watched, a section of four-hourly readings, and an air station of ten-minute
/// means.
fn stations() -> Vec<Station> {
    let outlet = StationKind::Outlet { limits: "DB12-599-2015/A".to_owned() };
    let section = StationKind::Section { body: WaterBody::River, target: Some(3) };
    vec![
        station("outlet", outlet, "1h", "1h", &[Parameter::Cod, Parameter::Flow]),
        station("section", section, "moment", "4h", &[Parameter::CodMn]),
        station("air", StationKind::Air, "10m", "10m", &[Parameter::Pm25]),
    ]
}

fn sample(station: &Station, parameter: Parameter, instant: Instant, value: Decimal) -> Sample {
    let key = SampleKey { station: station.id.clone(), parameter, period: station.period, instant };
    Sample { key, value, flags: Flags::empty() }
}

/// A house without a broker.
struct House {
    parts: Parts,
    rollup: Rollup,
    /// Number of the newest notification sent.
    told: i64,
}

impl House {
    /// Without the rule on silence, which is about arrival, and most of these tests shuffle that.
    async fn new() -> Self {
        Self::with(false).await
    }

    async fn with(silence: bool) -> Self {
        Self::of(stations(), silence).await
    }

    async fn of(stations: Vec<Station>, silence: bool) -> Self {
        let store: Arc<dyn Store> = Arc::new(SqliteStore::in_memory().await.unwrap());
        let mut settings = Settings::load(None, &[]).unwrap();
        settings.alarms.silent.enabled = silence;
        let parts = Parts {
            settings,
            store,
            senders: Arc::default(),
            registry: Arc::new(Registry::new(stations, Vec::new()).unwrap()),
            standards: Arc::new(lanbi_config::standards::builtin().unwrap()),
            clock: Arc::new(|| hour(0)),
        };
        let rollup = parts.rollup(hour(0), None).await.unwrap();
        Self { parts, rollup, told: 0 }
    }

    async fn restart(&mut self) {
        self.rollup = self.parts.rollup(hour(0), None).await.unwrap();
    }

    fn station(&self, id: &str) -> Station {
        self.parts.registry.get(&StationId::new(id)).unwrap().clone()
    }

    async fn take(&mut self, samples: &[Sample], now: Instant) {
        let incoming = |sample: &Sample| Incoming {
            sample: sample.clone(),
            day: local_day(self.parts.registry.get(&sample.key.station).unwrap(), sample),
            received_at: now,
        };
        let samples = samples.iter().map(incoming).collect();
        let batch = Batch { samples, messages: 1, source: "test".to_owned(), ..Batch::default() };
        self.parts.store.commit(&batch).await.unwrap();
        self.rollup.settle(now).await.unwrap();
    }

    /// Hourly COD of the outlet, which may have 30 mg/L, from one hour on.
    async fn cod(&mut self, from: i64, values: &[i64], now: i64) {
        let outlet = self.station("outlet");
        let samples: Vec<Sample> = (from..)
            .zip(values)
            .map(|(h, value)| sample(&outlet, Parameter::Cod, hour(h), Decimal::from(*value)))
            .collect();
        self.take(&samples, hour(now)).await;
    }

    async fn review(&mut self, at: i64, decision: Decision, now: i64) {
        let value = sample(&self.station("outlet"), Parameter::Cod, hour(at), Decimal::ZERO);
        self.decide(&value, decision, now).await;
        self.rollup.settle(hour(now)).await.unwrap();
    }

    async fn decide(&self, value: &Sample, decision: Decision, now: i64) {
        let station = self.station(value.key.station.as_str());
        let review = Review {
            key: value.key.clone(),
            decision,
            by: "审核员".to_owned(),
            reason: "校准未标记".to_owned(),
            at: hour(now),
        };
        self.parts.store.review(&review, local_day(&station, value)).await.unwrap();
    }

    /// All values of a station.
    async fn values(&self, id: &str) -> Vec<Sample> {
        let query = SampleQuery {
            station: StationId::new(id),
            parameters: Vec::new(),
            period: None,
            after: hour(-24 * 365),
            until: hour(24 * 365),
        };
        self.parts.store.samples(&query).await.unwrap()
    }

    /// Alarms that count, in order of time.
    async fn alarms(&self) -> Vec<Alarm> {
        let mut alarms = self.parts.store.alarms(&AlarmFilter::default()).await.unwrap();
        alarms.sort_by(|a, b| (a.raised_at, &a.station, &a.rule).cmp(&(b.raised_at, &b.station, &b.rule)));
        alarms
    }

    /// Sends what waits and gives the events; no two have one number.
    async fn told(&mut self) -> Vec<String> {
        let mut events = Vec::new();
        for notification in self.parts.store.outbox(100).await.unwrap() {
            assert!(notification.id > self.told, "{notification:?}");
            self.told = notification.id;
            self.parts.store.sent(notification.id, Ok(hour(0))).await.unwrap();
            events.push(notification.event);
        }
        events
    }

    /// `rule raised-cleared worst` in hours, and how many are withdrawn.
    async fn check(&self, expected: &[&str], withdrawn: u64) {
        let hours = |at: Instant| (at - hour(0)).num_hours();
        let shown = |a: &Alarm| {
            let cleared = a.cleared_at.map_or_else(String::new, |at| hours(at).to_string());
            format!(
                "{} {}-{cleared} {}",
                a.rule,
                hours(a.raised_at),
                a.worst.unwrap().round_dp(1).normalize()
            )
        };
        let alarms: Vec<String> = self.alarms().await.iter().map(shown).collect();
        assert_eq!(alarms, expected);
        let account = self.parts.store.account().await.unwrap();
        let raised = u64::try_from(alarms.len()).unwrap() + withdrawn;
        assert_eq!((account.alarms_raised, account.alarms_withdrawn), (raised, withdrawn));
    }
}

/// Twenty-four hours in order, of which three are missing.
async fn house_with_a_hole() -> House {
    let mut house = House::new().await;
    house.cod(1, &[20; 9], 9).await;
    house.cod(13, &[20; 12], 24).await;
    house
}

#[tokio::test]
async fn a_day_whose_values_may_be_gone_keeps_its_figures() {
    let mut house = House::new().await;
    house.parts.settings.store.keep_days = 30;
    house.restart().await;
    let air = house.station("air");
    let pm25 = |tenth: i64, value: i64| {
        let instant = hour(0) + TimeDelta::minutes(10 * tenth);
        sample(&air, Parameter::Pm25, instant, value.into())
    };
    let day: Vec<Sample> = (1..=144).map(|tenth| pm25(tenth, 20 + tenth % 2)).collect();
    house.take(&day, hour(24)).await;
    let mean = async |house: &House| {
        let day = "2026-06-01".parse().unwrap();
        house.parts.store.daily(Some(&air.id), day, day).await.unwrap()[0].valid_value().unwrap()
    };
    let first = mean(&house).await;
    house.take(&[pm25(30, 80)], hour(30 * 24)).await;
    let revised = mean(&house).await;
    assert!(revised > first, "all its values are there yet: {revised}");
    house.take(&[pm25(31, 90)], hour(30 * 24 + 1)).await;
    assert_eq!(mean(&house).await, revised, "what stands was made of values that may be gone now");
    assert_eq!(house.parts.store.stale(10).await.unwrap(), []);
}

#[tokio::test]
async fn a_backlog_of_many_rounds_silences_nobody() {
    let mut house = House::with(true).await;
    let outlet = house.station("outlet");
    // More station days than are taken in one round.
    let days = 0..1_200_i64;
    let last = hour(days.end * 24 - 23);
    let values: Vec<Sample> =
        days.map(|day| sample(&outlet, Parameter::Cod, hour(day * 24 + 1), Decimal::ONE)).collect();
    house.take(&values, last).await;
    let filter = AlarmFilter { station: Some(outlet.id), withdrawn: true, ..AlarmFilter::default() };
    assert_eq!(house.parts.store.alarms(&filter).await.unwrap(), []);
    // The rule is on: what stays away later is missed.
    house.rollup.settle(last + TimeDelta::hours(5)).await.unwrap();
    assert_eq!(house.parts.store.alarms(&filter).await.unwrap()[0].rule.0, "silent");
}

#[tokio::test]
async fn hours_that_come_late_show_a_breach_that_nobody_saw() {
    let mut house = house_with_a_hole().await;
    house.check(&[], 0).await;
    // A restart in between: what is needed is in the store.
    house.restart().await;
    house.cod(10, &[60, 70, 65], 26).await;
    house.check(&["outlet-hour 11-15 70"], 0).await;
    let alarm = house.alarms().await.remove(0);
    assert_eq!(alarm.since, hour(10));
    assert!(alarm.text.ends_with("（迟到或修订数据补判）"), "{}", alarm.text);
    assert_eq!(house.told().await, ["raised", "cleared"]);
    // The same once more, and after a restart, changes nothing.
    house.cod(10, &[60, 70, 65], 27).await;
    house.restart().await;
    house.cod(25, &[20, 20], 28).await;
    house.check(&["outlet-hour 11-15 70"], 0).await;
}

#[tokio::test]
async fn a_late_hour_of_the_present_day_counts_too() {
    let mut house = House::new().await;
    house.cod(1, &[20, 20, 60], 3).await;
    house.cod(5, &[70], 5).await;
    house.check(&["outlet-hour 5- 70"], 0).await;
    house.cod(4, &[10], 5).await;
    house.check(&[], 1).await;
    house.cod(6, &[75], 6).await;
    house.check(&["outlet-hour 6- 75"], 1).await;
    house.cod(4, &[90], 7).await;
    house.check(&["outlet-hour 4- 90"], 2).await;
}

#[tokio::test]
async fn a_revised_value_takes_a_breach_back_and_brings_another_end() {
    let mut house = House::new().await;
    house.cod(1, &[20, 60, 61, 62, 20, 20, 20, 20], 8).await;
    house.check(&["outlet-hour 3-7 62"], 0).await;
    house.cod(5, &[50], 9).await;
    house.check(&["outlet-hour 3-8 62"], 0).await;
    house.cod(3, &[6], 30).await;
    house.check(&["outlet-hour 5-8 62"], 1).await;
    house.cod(4, &[6], 31).await;
    house.check(&[], 2).await;
    let withdrawn = AlarmFilter { withdrawn: true, ..AlarmFilter::default() };
    let alarms = house.parts.store.alarms(&withdrawn).await.unwrap();
    let at: Vec<_> = alarms.iter().map(|a| a.withdrawn_at).collect();
    assert_eq!(at, [Some(hour(31)), Some(hour(30))]);
}

#[tokio::test]
async fn a_reviewer_takes_a_breach_back_and_restores_it() {
    let mut house = House::new().await;
    house.cod(1, &[20, 60, 61, 20, 20, 20], 6).await;
    house.check(&["outlet-hour 3-6 61"], 0).await;
    house.review(3, Decision::Invalidate, 40).await;
    house.check(&[], 1).await;
    assert_eq!(house.told().await, ["raised", "cleared", "withdrawn"]);
    house.restart().await;
    house.review(3, Decision::Restore, 41).await;
    house.check(&["outlet-hour 3-6 61"], 0).await;
    // Whoever was told of the withdrawal is told that it stood after all.
    assert_eq!(house.told().await, ["raised", "cleared"]);
    house.restart().await;
    house.review(3, Decision::Restore, 41).await;
    house.review(3, Decision::Correct(Decimal::from(99)), 42).await;
    house.check(&["outlet-hour 3-6 99"], 0).await;
    assert!(house.told().await.is_empty(), "another worst value is no news for the night");
}

#[tokio::test]
async fn an_alarm_that_comes_back_is_what_it_is_now() {
    let mut house = House::new().await;
    house.cod(1, &[20, 60, 61, 20, 20, 20], 6).await;
    house.review(3, Decision::Invalidate, 7).await;
    house.check(&[], 1).await;
    // Meanwhile the breach has become longer, and the other value less.
    house.cod(4, &[40, 40], 8).await;
    house.cod(7, &[20], 8).await;
    house.check(&["outlet-hour 4- 60"], 1).await;
    house.cod(8, &[20], 9).await;
    house.cod(2, &[50], 9).await;
    house.review(3, Decision::Correct(Decimal::from(45)), 9).await;
    house.check(&["outlet-hour 3-8 50"], 1).await;
}

#[tokio::test]
async fn days_that_were_over_are_counted_by_what_touched_them() {
    let mut house = house_with_a_hole().await;
    house.take(&[], hour(30)).await;
    let why = async |house: &House| house.parts.store.account().await.unwrap().recomputed;
    assert_eq!(why(&house).await, Recomputed::default(), "what comes before the day is over is in time");
    // Also what comes as the first thing after a start.
    house.restart().await;
    house.cod(10, &[20; 3], 31).await;
    assert_eq!(why(&house).await, Recomputed { days: 1, late: 1, ..Recomputed::default() });
    house.cod(10, &[21], 32).await;
    house.review(11, Decision::Invalidate, 33).await;
    let expected = Recomputed { days: 3, late: 1, revised: 1, reviewed: 1, ..Recomputed::default() };
    assert_eq!(why(&house).await, expected);
}

#[tokio::test]
async fn the_mean_of_a_day_that_is_over_is_judged_again() {
    let mut house = House::new().await;
    let outlet = house.station("outlet");
    let flow: Vec<Sample> =
        (1..=72).map(|h| sample(&outlet, Parameter::Flow, hour(h), Decimal::from(100))).collect();
    house.take(&flow, hour(0)).await;
    // Never two hours in a row over the limit of 30, and the mean of the first day just under it.
    house.cod(1, &[25, 34].repeat(12), 27).await;
    house.cod(25, &[20; 24], 51).await;
    house.check(&[], 0).await;
    house.cod(2, &[60], 52).await;
    house.check(&["outlet-day 24-48 30.6"], 0).await;
    house.restart().await;
    house.cod(2, &[33], 53).await;
    house.check(&[], 1).await;
}

/// Six days of every station's values around their limits, some missing.
fn history(rng: &mut ChaCha8Rng) -> Vec<Sample> {
    let mut all = Vec::new();
    for station in stations() {
        let seconds = station.cadence.seconds();
        for i in 1..=6 * 86_400 / seconds {
            if rng.random_ratio(1, 12) {
                continue;
            }
            let at = hour(0) + TimeDelta::seconds(i64::from(i * seconds));
            // Swings of a third of a day around the limit: 30 mg/L, 6 mg/L, 150 µg/m³ (IAQI 200).
            let high = (i * seconds / 28_800) % 2 == 0;
            for parameter in &station.parameters {
                let around = |limit: i64, rng: &mut ChaCha8Rng| {
                    let tenths = if high { rng.random_range(9..14) } else { rng.random_range(6..11) };
                    Decimal::from(limit) * Decimal::new(tenths, 1) + Decimal::new(rng.random_range(0..9), 1)
                };
                let value = match parameter {
                    Parameter::Cod => around(30, rng),
                    Parameter::CodMn => around(6, rng),
                    Parameter::Pm25 => around(150, rng),
                    _ => Decimal::from(rng.random_range(80..120)),
                };
                all.push(sample(&station, *parameter, at, value));
            }
        }
    }
    all.sort_by_key(|s| s.key.instant);
    all
}

/// Deliveries of a history with the hours of their arrival: pieces of a few hours, one in three late by up to two days,
/// and values that are revised later.
fn deliveries(rng: &mut ChaCha8Rng, history: &[Sample]) -> Vec<(i64, Vec<Sample>)> {
    let mut pieces: BTreeMap<i64, Vec<Sample>> = BTreeMap::new();
    let mut late: BTreeMap<(StationId, i64), i64> = BTreeMap::new();
    for sample in history {
        let piece = (sample.key.instant - hour(0)).num_hours() / 5;
        let late = *late
            .entry((sample.key.station.clone(), piece))
            .or_insert_with(|| if rng.random_ratio(1, 3) { rng.random_range(1..48) } else { 0 });
        let arrives = (piece + 1) * 5 + late;
        let mut first = sample.clone();
        if rng.random_ratio(1, 40) {
            first.value += Decimal::from(rng.random_range(-9..20));
            pieces.entry(arrives + rng.random_range(1..30)).or_default().push(sample.clone());
        }
        pieces.entry(arrives).or_default().push(first);
    }
    pieces.values_mut().for_each(|piece| piece.shuffle(rng));
    pieces.into_iter().collect()
}

#[tokio::test]
async fn the_order_of_arrival_reviews_and_restarts_do_not_matter() {
    let end = 24 * 9;
    let (mut rules, mut withdrawn) = (BTreeMap::<String, usize>::new(), 0);
    let mut rng = ChaCha8Rng::seed_from_u64(20_260_601);
    for round in 0..4 {
        let history = history(&mut rng);
        let mut house = House::new().await;
        for (arrives, piece) in deliveries(&mut rng, &history) {
            house.take(&piece, hour(arrives)).await;
            if rng.random_ratio(1, 8) {
                house.restart().await;
            }
        }
        house.take(&[], hour(end)).await;
        let mut in_order = House::new().await;
        in_order.take(&history, hour(end)).await;
        assert_eq!(in_order.parts.store.account().await.unwrap().alarms_withdrawn, 0);
        for value in history.choose_multiple(&mut rng, 40) {
            house.decide(value, Decision::Invalidate, end).await;
            if rng.random_ratio(1, 3) {
                house.take(&[], hour(end)).await;
                house.decide(value, Decision::Restore, end).await;
            } else {
                in_order.decide(value, Decision::Invalidate, end).await;
            }
            house.take(&[], hour(end)).await;
        }
        // The district is looked at once an hour.
        house.take(&[], hour(end + 1)).await;
        in_order.take(&[], hour(end + 1)).await;

        // Late alarms say so; but for that they are the same.
        let plain = |alarm: Alarm| Alarm { text: String::new(), ..alarm };
        let late: Vec<Alarm> = house.alarms().await.into_iter().map(plain).collect();
        let ordered: Vec<Alarm> = in_order.alarms().await.into_iter().map(plain).collect();
        let only = |these: &[Alarm], those: &[Alarm]| -> Vec<Alarm> {
            these.iter().filter(|a| !those.contains(a)).cloned().collect()
        };
        assert_eq!((only(&late, &ordered), only(&ordered, &late)), (vec![], vec![]), "round {round}");
        for alarm in ordered {
            *rules.entry(alarm.rule.0).or_default() += 1;
        }
        withdrawn += house.parts.store.account().await.unwrap().alarms_withdrawn;
    }
    assert!(
        rules.len() == 5 && rules.values().all(|count| *count > 3) && withdrawn > 20,
        "{rules:?} {withdrawn}"
    );
}
