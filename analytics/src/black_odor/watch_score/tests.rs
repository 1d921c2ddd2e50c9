//! Made-up ditches that slip, and ditches that do not.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use lanbi_model::{Decimal, Parameter, decimal};

use super::super::test_law::guide;
use super::*;

/// A made-up ditch. Its foulness, 0 for clear water and 1 at the light limit, drifts over some nine days, follows the season and
/// jumps in storms; each indicator has its own noise.
#[derive(Clone, Copy)]
struct Ditch {
    seed: u64,
    foul: f64,
    days: i32,
    /// Days between samples.
    step: i32,
    /// Day on which it begins to slip, and days until it is plainly light.
    slip: Option<(i32, i32)>,
}

const PLAINLY_LIGHT: f64 = 1.35;

fn gauss(random: &mut ChaCha8Rng) -> f64 {
    let (a, b): (f64, f64) = (random.random_range(1e-12..1.0), random.random());
    (-2.0 * a.ln()).sqrt() * (std::f64::consts::TAU * b).cos()
}

impl Ditch {
    fn samples(self) -> Vec<OdorDay> {
        let mut random = ChaCha8Rng::seed_from_u64(self.seed);
        let first: NaiveDate = "2025-01-01".parse().unwrap();
        let start = i64::try_from(self.seed * 37 % 365).unwrap();
        let keep = (-1.0 / 9.0_f64).exp();
        let (mut drift, mut samples) = (0.0, Vec::new());
        for place in 0..self.days {
            drift = keep * drift + (1.0 - keep * keep).sqrt() * gauss(&mut random);
            let day = first + TimeDelta::days(start + i64::from(place));
            let slipped = self
                .slip
                .map_or(0.0, |(from, days)| (f64::from(place - from) / f64::from(days)).clamp(0.0, 1.0));
            let season = (std::f64::consts::TAU * f64::from(place + i32::try_from(start).unwrap() - 105)
                / 365.0)
                .sin();
            let storm = if random.random_bool(0.12) { random.random_range(0.0..0.1) } else { 0.0 };
            let foul =
                self.foul + (PLAINLY_LIGHT - self.foul) * slipped + 0.05 * drift + 0.05 * season + storm;
            let clear = 1.0 - foul;
            let values = [
                (Parameter::Transparency, 25.0 * (0.75 * clear + 0.04 * gauss(&mut random)).exp()),
                (Parameter::DissolvedOxygen, 2.0 * (1.15 * clear + 0.05 * gauss(&mut random)).exp()),
                (Parameter::Orp, 50.0 + 130.0 * clear + 8.0 * gauss(&mut random)),
                (Parameter::Nh3n, 8.0 * (-1.25 * clear + 0.06 * gauss(&mut random)).exp()),
            ];
            if place % self.step == 0 {
                let exact = |value: f64| decimal::round_half_even(decimal::from_f64(value).unwrap(), 3);
                let values: Vec<(Parameter, Decimal)> = values.iter().map(|(p, v)| (*p, exact(*v))).collect();
                samples.push(OdorDay { day, values, clear: false });
            }
        }
        samples
    }

    fn trials(self) -> WatchTrials {
        watch_trials(&guide(), false, &WatchSettings::default(), &self.samples())
    }
}

#[test]
fn a_planted_slip_is_on_the_list_a_fortnight_before_it_is_light() {
    for step in [1, 3, 7] {
        let ditch = Ditch { seed: 4, foul: 0.2, days: 260, step, slip: Some((140, 90)) };
        let trials = ditch.trials();
        let first = trials.slips.first().unwrap();
        println!("every {step} days: light on {}, {} days ahead", first.light_on, first.days_ahead());
        assert!(first.days_ahead() >= 14, "every {step} days: {trials:?}");
    }
}

#[test]
fn three_quiet_months_name_nobody() {
    // Twelve weeks and two make the first list; three months of lists follow.
    let quiet = |seed, foul, step| Ditch { seed, foul, days: 98 + 91, step, slip: None };
    for (seed, foul, step) in [(1, 0.12, 1), (2, 0.3, 1), (3, 0.25, 3), (4, 0.5, 3), (5, 0.2, 7)] {
        let samples = quiet(seed, foul, step).samples();
        let last = samples.last().unwrap().day;
        let named = (0..13).filter(|week| {
            let on = last - TimeDelta::days(7 * week);
            watch(&guide(), false, &WatchSettings::default(), &samples, on).verdict == WatchVerdict::Slipping
        });
        assert_eq!(named.count(), 0, "seed {seed}, foulness {foul}, every {step} days");
    }
}

/// Not one ditch but many, so that the numbers are those of the method and not of a seed: days ahead by how fast the ditch slips,
/// and how many lists of quiet ditches name one.
#[test]
fn many_ditches_tell_how_early_and_how_often_wrongly() {
    let middle = |mut ahead: Vec<i64>| {
        ahead.sort_unstable();
        (
            ahead[ahead.len() / 10],
            ahead[ahead.len() / 2],
            ahead.iter().filter(|days| **days >= 14).count(),
            ahead.len(),
        )
    };
    for step in [1, 7] {
        for days in [30, 60, 90, 120] {
            let ahead: Vec<i64> = (0..60_u32)
                .filter_map(|place| {
                    let foul = 0.12 + 0.38 * f64::from(place % 3) / 2.0;
                    let seed = 100 + u64::from(place);
                    let slip = Some((130, days));
                    let trials = Ditch { seed, foul, days: 130 + days + 20, step, slip }.trials();
                    trials.slips.first().map(Slip::days_ahead)
                })
                .collect();
            let (tenth, median, early, all) = middle(ahead);
            println!(
                "every {step} days, slips in {days}: median {median} days ahead, 10 % below {tenth}; {early} of {all} by 14 or more"
            );
            if days >= 90 {
                assert!(median >= 14, "every {step} days, slips in {days}: {median}");
            }
        }
        let (mut lists, mut wrong) = (0, 0);
        for place in 0..120_u32 {
            let foul = 0.12 + 0.48 * f64::from(place % 4) / 3.0;
            let trials =
                Ditch { seed: 1000 + u64::from(place), foul, days: 98 + 91 + 90, step, slip: None }.trials();
            (lists, wrong) = (lists + trials.weeks, wrong + trials.false_alarms);
        }
        println!("every {step} days: {wrong} of {lists} lists named a quiet ditch");
        assert!(wrong * 50 < lists, "{wrong} of {lists}");
    }
}

#[test]
fn the_season_of_the_last_year_is_taken_off() {
    // June takes away a third of the margin every year, September gives it back, and nothing else happens.
    let samples = |years: i64| -> Vec<OdorDay> {
        let first: NaiveDate = "2024-02-01".parse().unwrap();
        (0..365 * years)
            .map(|place| {
                let day = f64::from(i32::try_from(place % 365).unwrap());
                let summer = ((day - 120.0) / 30.0).clamp(0.0, 1.0) - ((day - 240.0) / 30.0).clamp(0.0, 1.0);
                let margin = 1.2 - 0.5 * summer;
                let value = |scale: f64| decimal::round_half_even(decimal::from_f64(scale).unwrap(), 3);
                let values = vec![
                    (Parameter::DissolvedOxygen, value(2.0 * margin.exp())),
                    (Parameter::Nh3n, value(8.0 * (-margin).exp())),
                ];
                OdorDay { day: first + TimeDelta::days(place), values, clear: false }
            })
            .collect()
    };
    let named = |samples: &[OdorDay], year: i64| {
        let on = |week: i64| samples[0].day + TimeDelta::days(365 * year + 98 + 7 * week);
        let verdict = |week| watch(&guide(), false, &WatchSettings::default(), samples, on(week)).verdict;
        (0..10).filter(|week| verdict(*week) == WatchVerdict::Slipping).count()
    };
    assert!(named(&samples(2), 0) > 0, "a first summer looks like a slip");
    assert_eq!(named(&samples(3), 1), 0, "a second one is known");
}

#[test]
fn what_is_light_or_unknown_is_not_on_the_list() {
    let ditch = Ditch { seed: 9, foul: 0.2, days: 130, step: 1, slip: None };
    let verdict = |samples: &[OdorDay]| {
        watch(&guide(), false, &WatchSettings::default(), samples, samples.last().unwrap().day).verdict
    };
    let mut samples = ditch.samples();
    assert_eq!(verdict(&samples), WatchVerdict::Steady);
    assert_eq!(verdict(&samples[..16]), WatchVerdict::Few);
    samples.last_mut().unwrap().values[1].1 = Decimal::ONE;
    assert_eq!(verdict(&samples), WatchVerdict::Light);
    assert_eq!(watch_trials(&guide(), false, &WatchSettings::default(), &[]), WatchTrials::default());
}
