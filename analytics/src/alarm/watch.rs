//! All rules over all stations.

use std::collections::{BTreeMap, HashMap};

use lanbi_model::{AlarmChange, AlarmState, Instant, Parameter, RuleId, Sample, StationId};

use super::{frozen::FrozenRule, limit::LimitRule, silent::SilentRule};

/// A rule of any kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Watch {
    /// A value beyond its limit.
    Limit(LimitRule),
    /// A value that does not move.
    Frozen(FrozenRule),
    /// A station that sends nothing.
    Silent(SilentRule),
}

impl Watch {
    /// The state before the first sample. Its station, rule and parameter are the key of the rule.
    #[must_use]
    pub fn start(&self) -> AlarmState {
        match self {
            Self::Limit(rule) => rule.start(),
            Self::Frozen(rule) => rule.start(),
            Self::Silent(rule) => rule.start(),
        }
    }

    /// Station watched.
    #[must_use]
    pub const fn station(&self) -> &StationId {
        match self {
            Self::Limit(rule) => &rule.station,
            Self::Frozen(rule) => &rule.station,
            Self::Silent(rule) => &rule.station,
        }
    }

    /// Runs the rule over samples in any order and then looks at `now`. Samples that are not the rule's are passed
    /// over. Limit and frozen rules run over a series piece by piece, in order of time, give the same as over the
    /// whole; a silence rule knows only the newest sample of each piece.
    #[must_use]
    pub fn run(&self, state: AlarmState, samples: &[Sample], now: Instant) -> (AlarmState, Vec<AlarmChange>) {
        match self {
            Self::Limit(rule) => {
                let own = |s: &&Sample| s.key.parameter == rule.parameter && s.key.period == rule.period;
                over(state, samples.iter().filter(own), |state, sample| rule.step(state, sample))
            }
            Self::Frozen(rule) => {
                let own = |s: &&Sample| s.key.parameter == rule.parameter && s.key.period == rule.period;
                over(state, samples.iter().filter(own), |state, sample| rule.step(state, sample))
            }
            Self::Silent(rule) => {
                let own = samples.iter().filter(|s| s.key.station == rule.station);
                let (state, change) = rule.look(&state, own.map(|s| s.key.instant).max(), now);
                (state, change.into_iter().collect())
            }
        }
    }
}

fn over<'a>(
    mut state: AlarmState,
    samples: impl Iterator<Item = &'a Sample>,
    step: impl Fn(&AlarmState, &Sample) -> (AlarmState, Option<AlarmChange>),
) -> (AlarmState, Vec<AlarmChange>) {
    let mut in_time: Vec<&Sample> = samples.collect();
    in_time.sort_by_key(|s| s.key.instant);
    let mut changes = Vec::new();
    for sample in in_time {
        let (next, change) = step(&state, sample);
        state = next;
        changes.extend(change);
    }
    (state, changes)
}

/// What an evaluation brings, ready to be stored together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Evaluation {
    /// States that differ from those before.
    pub states: Vec<AlarmState>,
    /// Changes: by rule in the order given, then by time.
    pub changes: Vec<AlarmChange>,
}

/// Runs every rule over the new samples of its station (none for a station that sent nothing) and looks at `now`.
/// A rule without a state starts anew.
#[must_use]
pub fn evaluate(
    watches: &[Watch],
    states: &[AlarmState],
    samples: &BTreeMap<StationId, Vec<Sample>>,
    now: Instant,
) -> Evaluation {
    let known: HashMap<Key<'_>, &AlarmState> = states.iter().map(|state| (key_of(state), state)).collect();
    let mut evaluation = Evaluation::default();
    for watch in watches {
        let start = watch.start();
        let before = known.get(&key_of(&start)).copied();
        let new = samples.get(watch.station()).map_or(&[][..], Vec::as_slice);
        let (state, changes) = watch.run(before.cloned().unwrap_or(start), new, now);
        if before != Some(&state) {
            evaluation.states.push(state);
        }
        evaluation.changes.extend(changes);
    }
    evaluation
}

type Key<'a> = (&'a StationId, &'a RuleId, Option<Parameter>);

fn key_of(state: &AlarmState) -> Key<'_> {
    (&state.station, &state.rule, state.parameter)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{alarm::limit, qc::check::tests::series};
    use chrono::TimeDelta;
    use lanbi_model::{AlarmPhase, AveragingPeriod, Flags, Severity, Zone};

    fn start() -> Instant {
        "2026-10-04T16:00:00Z".parse().unwrap()
    }

    fn watches() -> Vec<Watch> {
        let limit = limit::tests::rule();
        let frozen = FrozenRule {
            id: RuleId("frozen".to_owned()),
            station: limit.station.clone(),
            station_name: limit.station_name.clone(),
            parameter: limit.parameter,
            period: limit.period,
            severity: Severity::Notice,
            basis: String::new(),
        };
        let silent = SilentRule {
            id: RuleId("silent".to_owned()),
            station: limit.station.clone(),
            station_name: limit.station_name.clone(),
            zone: Zone::shanghai(),
            cadence: AveragingPeriod::HOUR,
            missed: 3,
            first_seen_by: start(),
            severity: Severity::Warning,
            basis: String::new(),
        };
        vec![Watch::Limit(limit), Watch::Frozen(frozen), Watch::Silent(silent)]
    }

    /// Hourly values around the limit of 10 with gaps, invalid and frozen ones; the same for the same seed.
    fn noisy(seed: u64) -> Vec<Sample> {
        let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        let mut roll = |sides: u64| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 11) % sides
        };
        let mut hour = 0;
        let rows: Vec<(i64, String)> = (0..60)
            .map(|_| {
                hour += if roll(12) == 0 { 5 } else { 1 };
                // Long swings, so that every phase is reached.
                let value = if (hour / 7) % 2 == 0 { 11 + roll(4) } else { 7 + roll(4) };
                (hour, value.to_string())
            })
            .collect();
        let rows: Vec<(i64, &str)> = rows.iter().map(|(hour, value)| (*hour, value.as_str())).collect();
        let mut samples = series(Parameter::Nh3n, "1h", &rows);
        for sample in &mut samples {
            sample.flags.set(Flags::FAULT, roll(15) == 0);
            sample.flags.set(Flags::FROZEN, roll(5) == 0);
        }
        samples
    }

    /// A restart between any two samples, in whatever phase the rule is, changes nothing.
    #[test]
    fn a_series_in_pieces_gives_the_same_as_the_whole() {
        let mut phases = [0_u32; 4];
        let mut changes_seen = 0;
        for seed in 1..=40 {
            let samples = noisy(seed);
            // Silence is judged at the end only; both halves are looked at when the last sample is there.
            let now = samples.last().unwrap().key.instant;
            for watch in watches().into_iter().filter(|w| !matches!(w, Watch::Silent(_))) {
                let (whole_state, whole) = watch.run(watch.start(), &samples, now);
                changes_seen += whole.len();
                for split in 0..=samples.len() {
                    let (state, mut changes) = watch.run(watch.start(), &samples[..split], now);
                    let phase = match state.phase {
                        AlarmPhase::Normal => 0,
                        AlarmPhase::Pending { .. } => 1,
                        AlarmPhase::Active { .. } => 2,
                        AlarmPhase::Clearing { .. } => 3,
                    };
                    phases[phase] += 1;
                    let (state, rest) = watch.run(state, &samples[split..], now);
                    changes.extend(rest);
                    assert_eq!((&state, &changes), (&whole_state, &whole), "seed {seed}, split at {split}");
                }
            }
        }
        assert!(phases.iter().all(|&n| n > 50), "every phase is interrupted: {phases:?}");
        assert!(changes_seen > 200, "{changes_seen} changes");
    }

    /// However often silence is looked at, it is raised at the same instant; a restart between looks changes nothing.
    #[test]
    fn silence_is_the_same_for_any_rhythm_of_looks() {
        let watch = watches().remove(2);
        let samples = series(Parameter::Nh3n, "1h", &[(1, "1"), (2, "1"), (9, "1")]);
        let look = |every: i64| {
            let mut state = watch.start();
            let mut raised = Vec::new();
            for hour in (0..=12).filter(|h| h % every == 0) {
                let now = start() + TimeDelta::hours(hour);
                let new: Vec<Sample> = samples.iter().filter(|s| s.key.instant <= now).cloned().collect();
                let (next, changes) = watch.run(state, &new, now);
                state = next;
                raised.extend(changes.into_iter().filter_map(|c| match c {
                    AlarmChange::Raised(alarm) => Some((alarm.raised_at - start()).num_hours()),
                    _ => None,
                }));
            }
            raised
        };
        assert_eq!(look(1), [5]);
        assert_eq!(look(2), [5]);
    }

    #[test]
    fn an_impossible_order_of_alarms_cannot_arise() {
        for seed in 1..=40 {
            for watch in watches() {
                let samples = noisy(seed);
                let now = samples.last().unwrap().key.instant + TimeDelta::hours(9);
                let mut standing = None;
                for change in watch.run(watch.start(), &samples, now).1 {
                    match change {
                        AlarmChange::Raised(alarm) => {
                            assert_eq!(standing, None, "raised twice");
                            assert!(alarm.since <= alarm.raised_at && alarm.cleared_at.is_none());
                            standing = Some(alarm.raised_at);
                        }
                        AlarmChange::Updated(alarm) => assert_eq!(standing, Some(alarm.raised_at)),
                        AlarmChange::Cleared(alarm) => {
                            assert_eq!(standing.take(), Some(alarm.raised_at));
                            assert!(alarm.cleared_at > Some(alarm.raised_at));
                        }
                        other => panic!("listening once takes nothing back: {other:?}"),
                    }
                }
            }
        }
    }

    #[test]
    fn an_evaluation_finds_each_rule_its_state_and_samples() {
        let watches = watches();
        let station = watches[0].station().clone();
        let at = |hour: i64| start() + TimeDelta::hours(hour);
        let samples = |rows: &[(i64, &str)]| {
            let mut samples = series(Parameter::Nh3n, "1h", rows);
            samples.reverse();
            BTreeMap::from([(station.clone(), samples)])
        };

        let first = evaluate(&watches, &[], &samples(&[(1, "11"), (2, "11")]), at(2));
        assert_eq!(first.changes, []);
        assert_eq!(first.states.len(), 3, "three rules have seen their first sample");

        let second = evaluate(&watches, &first.states, &samples(&[(3, "12")]), at(3));
        let seen: Vec<String> = second.changes.iter().map(limit::tests::short).collect();
        assert_eq!(seen, ["+3(1)12"]);

        let nothing = evaluate(&watches, &second.states, &BTreeMap::new(), at(6));
        assert_eq!(nothing, Evaluation::default(), "nothing new, nothing to store");

        let silent = evaluate(&watches, &second.states, &BTreeMap::new(), at(7));
        let [AlarmChange::Raised(alarm)] = silent.changes.as_slice() else { panic!("{silent:?}") };
        assert_eq!((alarm.raised_at, &alarm.rule.0[..]), (at(6), "silent"));
        assert_eq!(silent.states.len(), 1, "only the silence has changed");
    }
}
