//! Tables, and the property: whatever the order of arrival, the alarms that count are those of the order of time.

use std::collections::BTreeMap;

use lanbi_model::{Decimal, Flags, Parameter, RuleId, Severity};
use rand::{Rng, SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;

use super::*;
use crate::{
    alarm::{DatedTest, Delays, FrozenRule, LimitRule, Test, limit},
    qc::check::tests::series,
};

fn start() -> Instant {
    "2026-10-04T16:00:00Z".parse().unwrap()
}

fn hour(hour: i64) -> Instant {
    start() + TimeDelta::hours(hour)
}

fn now() -> Instant {
    hour(10_000)
}

fn frozen() -> Watch {
    let LimitRule { station, station_name, parameter, period, .. } = limit::tests::rule();
    Watch::Frozen(FrozenRule {
        id: RuleId("frozen".to_owned()),
        station,
        station_name,
        parameter,
        period,
        severity: Severity::Notice,
        basis: "qc.frozen".to_owned(),
    })
}

/// One rule with its values and its alarms, as a store would keep them.
struct Bench {
    watch: Watch,
    values: BTreeMap<Instant, Sample>,
    state: AlarmState,
    alarms: Vec<Alarm>,
}

impl Bench {
    fn new(watch: Watch) -> Self {
        let state = watch.start();
        Self { watch, values: BTreeMap::new(), state, alarms: Vec::new() }
    }

    fn all(&self) -> Vec<Sample> {
        self.values.values().cloned().collect()
    }

    /// Takes a change as a store does: what stands is raised once, what is withdrawn may be raised again.
    fn apply(&mut self, change: &AlarmChange) {
        let (AlarmChange::Raised(alarm)
        | AlarmChange::Updated(alarm)
        | AlarmChange::Cleared(alarm)
        | AlarmChange::Amended(alarm)
        | AlarmChange::Withdrawn(alarm)) = change;
        let known = self.alarms.iter().position(|a| a.raised_at == alarm.raised_at);
        match (change, known) {
            (AlarmChange::Raised(_), None) => self.alarms.push(alarm.clone()),
            (AlarmChange::Raised(_), Some(i)) => {
                assert!(self.alarms[i].withdrawn_at.is_some(), "raised twice: {alarm:?}");
                self.alarms[i] = alarm.clone();
            }
            (_, Some(i)) => {
                assert_eq!(self.alarms[i].withdrawn_at, None, "changed after its withdrawal: {alarm:?}");
                self.alarms[i] = alarm.clone();
            }
            (_, None) => panic!("{change:?} of an alarm that is not there"),
        }
    }

    /// Puts values in place; the hours touched are from the first to the last of them.
    fn take(&mut self, samples: &[Sample]) -> Vec<AlarmChange> {
        let times = || samples.iter().map(|s| s.key.instant);
        let (Some(from), Some(to)) = (times().min(), times().max()) else { return Vec::new() };
        self.values.extend(samples.iter().map(|s| (s.key.instant, s.clone())));
        let mut changes = Vec::new();
        if self.state.last.is_some_and(|last| from <= last) {
            let heard = self.relisten(from, to);
            self.state = heard.state;
            changes = heard.changes;
        }
        let (state, new) = self.watch.run(self.state.clone(), &self.all(), now());
        self.state = state;
        changes.extend(new);
        changes.iter().for_each(|change| self.apply(change));
        changes
    }

    /// Listens again, reading further hour by hour.
    fn relisten(&self, from: Instant, to: Instant) -> Relistened {
        let after = begins(&self.watch, &self.alarms, from).unwrap();
        let Some(mut again) = Relistening::new(&self.watch, &self.state, &self.alarms, after, to) else {
            return Relistened { state: self.state.clone(), changes: Vec::new() };
        };
        while !again.is_done() {
            let until = again.given_until() + TimeDelta::hours(1);
            let span = self.values.range(again.given_until() + INSTANT..=until);
            let samples: Vec<Sample> = span.map(|(_, sample)| sample.clone()).collect();
            again.hear(&samples, until);
        }
        again.finish(now())
    }

    /// State, and the alarms that count, without their words and in order of time.
    fn standing(&self) -> (AlarmPhase, Vec<Alarm>) {
        let mut alarms: Vec<Alarm> =
            self.alarms.iter().filter(|a| a.withdrawn_at.is_none()).cloned().collect();
        alarms.sort_by_key(|a| a.raised_at);
        for alarm in &mut alarms {
            alarm.text.clear();
        }
        (self.state.phase, alarms)
    }

    /// The same values heard once, in order.
    fn in_order(&self) -> Self {
        let mut bench = Self::new(self.watch.clone());
        bench.take(&self.all());
        bench
    }
}

/// Values of one hour each: `12` a value, `12!` an invalid one, `12*` a frozen one.
fn values(rows: &[(i64, &str)]) -> Vec<Sample> {
    let plain: Vec<(i64, &str)> = rows.iter().map(|(h, v)| (*h, v.trim_end_matches(['!', '*']))).collect();
    let mut samples = series(Parameter::Nh3n, "1h", &plain);
    for (sample, (_, text)) in samples.iter_mut().zip(rows) {
        sample.flags.set(Flags::REVIEWED_INVALID, text.contains('!'));
        sample.flags.set(Flags::FROZEN, text.contains('*'));
    }
    samples
}

fn check_with(name: &str, watch: Watch, first: &[(i64, &str)], late: &[(i64, &str)], expected: &[&str]) {
    let mut bench = Bench::new(watch);
    bench.take(&values(first));
    let changes: Vec<String> = bench.take(&values(late)).iter().map(limit::tests::short).collect();
    assert_eq!(changes, expected, "{name}");
    let again = bench.take(&values(late));
    assert_eq!(again, [], "{name}: the second time nothing changes");
}

/// The rule above 10; two hours on, two hours off, deadband to 9, gaps up to three hours.
fn check(name: &str, first: &[(i64, &str)], late: &[(i64, &str)], expected: &[&str]) {
    check_with(name, Watch::Limit(limit::tests::rule()), first, late, expected);
}

#[test]
fn late_and_revised_values_raise_amend_and_withdraw() {
    let calm: Vec<(i64, &str)> = vec![(1, "3"), (2, "3"), (6, "3"), (7, "3"), (8, "3"), (9, "3")];
    check("late and in order", &calm, &[(3, "4"), (4, "4"), (5, "4")], &[]);
    check("a breach nobody saw", &calm, &[(3, "12"), (4, "14"), (5, "12")], &["+5(3)14", "-8(5)14"]);
    let breach: Vec<(i64, &str)> =
        vec![(1, "11"), (2, "11"), (3, "12"), (4, "8"), (5, "8"), (6, "8"), (7, "8"), (8, "8")];
    check("the breach is taken back", &breach, &[(2, "1")], &["/3"]);
    check("a value of it is declared invalid", &breach, &[(2, "11!")], &[]);
    check("enough of them are", &breach, &[(2, "11!"), (3, "12!")], &["/3"]);
    check("it was worse", &breach, &[(2, "30")], &["=3(1)30-6"]);
    check("it was less bad", &breach, &[(3, "11")], &["=3(1)11-6"]);
    // The moment of raising is part of the alarm's key: another moment is another alarm.
    check("it began earlier", &breach, &[(0, "11")], &["/3", "+2(0)12", "-6(2)12"]);
    check("it lasted longer", &breach, &[(4, "11"), (5, "11")], &["=3(1)12-8"]);
    check("it stands again", &breach[..6], &[(5, "11")], &["=3(1)12-"]);
    check("it was over", &breach[..4], &[(3, "11"), (4, "9"), (5, "9"), (6, "9")], &["=3(1)11-", "-6(3)11"]);
}

#[test]
fn a_withdrawn_alarm_comes_back_under_its_key() {
    let mut bench = Bench::new(Watch::Limit(limit::tests::rule()));
    let whole = values(&[(1, "11"), (2, "11"), (3, "12"), (4, "8"), (5, "8"), (6, "8")]);
    bench.take(&whole);
    let shorts = |changes: Vec<AlarmChange>| changes.iter().map(limit::tests::short).collect::<Vec<_>>();
    assert_eq!(shorts(bench.take(&values(&[(3, "12!")]))), ["/3"]);
    assert_eq!(bench.alarms[0].withdrawn_at, Some(now()));
    assert_eq!(shorts(bench.take(&whole[2..3])), ["+3(1)12", "-6(3)12"]);
    assert_eq!(bench.alarms.len(), 1);
}

#[test]
fn the_newest_value_too_can_be_taken_back_and_restored() {
    let mut bench = Bench::new(Watch::Limit(limit::tests::rule()));
    let whole = values(&[(1, "11"), (2, "11"), (3, "12")]);
    bench.take(&whole);
    bench.take(&values(&[(3, "12!")]));
    assert!(matches!(bench.state.phase, AlarmPhase::Pending { .. }), "{:?}", bench.state);
    assert_eq!(bench.state.last, Some(hour(2)));
    bench.take(&whole[2..]);
    assert_eq!(bench.standing(), bench.in_order().standing());
    assert_eq!(bench.standing().1.len(), 1);
}

#[test]
fn a_frozen_run_stays_the_alarm_it_is_known_by() {
    let mut bench = Bench::new(frozen());
    // The check flags the run when it has become long enough, which is when the rule hears it.
    bench.take(&values(&[(1, "5"), (2, "5"), (3, "5")]));
    bench.take(&values(&[(4, "5*"), (5, "5*"), (6, "7"), (7, "8")]));
    // A late value, and by now the whole run has its flag.
    let late = [(0, "4"), (1, "5*"), (2, "5*"), (3, "5*"), (4, "5*"), (5, "5*")];
    let shorts = |changes: Vec<AlarmChange>| changes.iter().map(limit::tests::short).collect::<Vec<_>>();
    assert_eq!(shorts(bench.take(&values(&late))), ["=4(1)5-6"], "now it is known when it began");
    assert_eq!(bench.take(&values(&late)), []);
    assert_eq!(shorts(bench.take(&values(&[(6, "5*")]))), ["=4(1)5-7"]);
    assert_eq!(
        shorts(bench.take(&values(&[(3, "6"), (4, "6"), (5, "6"), (6, "6")]))),
        ["/4", "+1(1)5", "-3(1)5"]
    );
}

#[test]
fn what_was_found_later_says_so() {
    let mut bench = Bench::new(Watch::Limit(limit::tests::rule()));
    bench.take(&values(&[(1, "3"), (9, "3")]));
    bench.take(&values(&[(3, "12"), (4, "14"), (5, "12"), (6, "8"), (7, "8"), (8, "8")]));
    let text = "示例站 氨氮 小时值 14mg/L，超过限值 10mg/L，超标0.4倍（迟到或修订数据补判）";
    assert_eq!(bench.alarms[0].text, text);
    bench.take(&values(&[(4, "13")]));
    let text = "示例站 氨氮 小时值 13mg/L，超过限值 10mg/L，超标0.3倍（迟到或修订数据更正）";
    assert_eq!(bench.alarms[0].text, text);
}

#[test]
fn one_late_hour_does_not_make_a_year_be_read() {
    let mut bench = Bench::new(Watch::Limit(limit::tests::rule()));
    let year: Vec<(i64, &str)> = (0..8760).map(|h| (h, if h % 50 < 8 { "11" } else { "3" })).collect();
    bench.take(&values(&year));
    let known = bench.alarms.len();
    bench.values.insert(hour(130), values(&[(130, "12")]).remove(0));
    let after = begins(&bench.watch, &bench.alarms, hour(130)).unwrap();
    assert_eq!(after, hour(125) - INSTANT, "an on-delay and a gap before");
    let mut again = Relistening::new(&bench.watch, &bench.state, &bench.alarms, after, hour(130)).unwrap();
    let all = bench.all();
    again.hear(&all, hour(129));
    assert!(!again.is_done(), "what is touched has not been heard yet");
    again.hear(&all, hour(160));
    assert!(again.is_done());
    assert_eq!(again.finish(now()), Relistened { state: bench.state.clone(), changes: Vec::new() });
    assert_eq!(known, 8760 / 50 + 1, "and none of the others is touched");
    // Inside a breach it must begin before the breach.
    assert_eq!(begins(&bench.watch, &bench.alarms, hour(208)), Some(hour(200) - INSTANT));
}

/// Limits that need no delay, that need long ones, and a band.
fn rules() -> Vec<Watch> {
    let rule = limit::tests::rule();
    let with = |on, off, gap, test| {
        let hours = TimeDelta::hours;
        let delays = Delays { on: hours(on), off: hours(off), max_gap: hours(gap), ..rule.delays };
        let limits = vec![DatedTest::always(test, "GB 0-2000 表1".to_owned())];
        Watch::Limit(LimitRule { delays, limits, ..rule.clone() })
    };
    let above = Test::Above(Decimal::TEN);
    vec![
        with(0, 0, 3, above),
        with(2, 2, 3, above),
        with(1, 5, 2, Test::Below(Decimal::TEN)),
        with(6, 3, 4, above),
        with(2, 2, 3, Test::Outside { low: Decimal::from(8), high: Decimal::from(12) }),
    ]
}

/// Hours with swings around the limit, some missing, some invalid.
fn history(rng: &mut ChaCha8Rng) -> Vec<Sample> {
    let swing = rng.random_range(3..12);
    let mut rows = Vec::new();
    for h in 0..rng.random_range(20..90) {
        if rng.random_ratio(1, 9) {
            continue;
        }
        let value = if (h / swing) % 2 == 0 { rng.random_range(9..15) } else { rng.random_range(6..12) };
        let invalid = if rng.random_ratio(1, 12) { "!" } else { "" };
        rows.push((h, format!("{value}{invalid}")));
    }
    values(&rows.iter().map(|(h, v)| (*h, v.as_str())).collect::<Vec<_>>())
}

/// Cuts a history into deliveries: mostly in order, with pieces that come late, values that are revised, and values that
/// a reviewer declares invalid and valid again. Every delivery touches a stretch without regard to what is in between.
fn deliveries(rng: &mut ChaCha8Rng, history: &[Sample]) -> Vec<Vec<Sample>> {
    let mut pieces: Vec<(usize, Vec<Sample>)> = Vec::new();
    let (mut from, mut order) = (0, 0);
    while from < history.len() {
        let to = (from + rng.random_range(1..8)).min(history.len());
        let late = if rng.random_ratio(1, 3) { rng.random_range(1..6) } else { 0 };
        let mut piece = history[from..to].to_vec();
        for sample in &mut piece {
            // What is in the history comes at last; before it other values may stand under the key.
            if rng.random_ratio(1, 6) {
                pieces.push((order + late + rng.random_range(1..5), vec![sample.clone()]));
                sample.value = Decimal::from(rng.random_range(6..15));
                sample.flags = if rng.random_ratio(1, 2) { Flags::REVIEWED_INVALID } else { Flags::empty() };
            }
        }
        piece.shuffle(rng);
        pieces.push((order + late, piece));
        order += 1;
        from = to;
    }
    // Stable: what was pushed first for a key comes first only if it is due first, so the last word is put at the end.
    pieces.sort_by_key(|(due, _)| *due);
    let mut all: Vec<Vec<Sample>> = pieces.into_iter().map(|(_, piece)| piece).collect();
    all.push(history.to_vec());
    all
}

#[test]
fn the_order_of_arrival_does_not_matter() {
    let mut rng = ChaCha8Rng::seed_from_u64(20_261_005);
    let (mut relistened, mut withdrawn, mut counting) = (0, 0, 0);
    for round in 0..150 {
        let history = history(&mut rng);
        let deliveries = deliveries(&mut rng, &history);
        for watch in rules() {
            let mut bench = Bench::new(watch);
            for delivery in &deliveries {
                let changes = bench.take(delivery);
                relistened += changes
                    .iter()
                    .filter(|c| matches!(c, AlarmChange::Amended(_) | AlarmChange::Withdrawn(_)))
                    .count();
                let in_order = bench.in_order();
                assert_eq!(bench.standing(), in_order.standing(), "round {round}, {:?}", bench.watch);
                if bench.state.phase != AlarmPhase::Normal {
                    assert_eq!(bench.state.last, in_order.state.last, "round {round}");
                }
                let (Some(first), Some(last)) = (bench.all().first().cloned(), bench.all().last().cloned())
                else {
                    continue;
                };
                let again = bench.relisten(first.key.instant, last.key.instant);
                assert_eq!((again.changes, again.state), (Vec::new(), bench.state.clone()), "round {round}");
            }
            withdrawn += bench.alarms.iter().filter(|a| a.withdrawn_at.is_some()).count();
            counting += bench.standing().1.len();
        }
    }
    assert!(relistened > 1000 && withdrawn > 300 && counting > 1000, "{relistened} {withdrawn} {counting}");
}

/// The alarm of a frozen run may be known by another moment of the run; value and end are the same.
#[test]
fn frozen_runs_are_the_same_in_any_order() {
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    let mut seen = 0;
    for round in 0..300 {
        let mut rows = Vec::new();
        let mut value = 5;
        for h in 0..60 {
            if rng.random_ratio(1, 5) {
                value = rng.random_range(5..9);
            }
            rows.push((h, format!("{value}{}", if value > 6 { "*" } else { "" })));
        }
        let history = values(&rows.iter().map(|(h, v)| (*h, v.as_str())).collect::<Vec<_>>());
        let mut pieces: Vec<Vec<Sample>> = history.chunks(5).map(<[Sample]>::to_vec).collect();
        pieces.shuffle(&mut rng);
        let mut bench = Bench::new(frozen());
        pieces.iter().for_each(|piece| {
            bench.take(piece);
        });
        let runs = |bench: &Bench| -> Vec<(Option<Decimal>, Option<Instant>)> {
            bench.standing().1.iter().map(|a| (a.worst, a.cleared_at)).collect()
        };
        assert_eq!(runs(&bench), runs(&bench.in_order()), "round {round}");
        seen += runs(&bench).len();
    }
    assert!(seen > 300, "{seen}");
}
