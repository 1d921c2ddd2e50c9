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
    /// over. Running it over a series in pieces gives the same as over the whole.
    #[must_use]
    pub fn run(&self, state: AlarmState, samples: &[Sample], now: Instant) -> (AlarmState, Vec<AlarmChange>) {
        match self {
            Self::Limit(rule) => over(state, samples, |state, sample| rule.step(state, sample)),
            Self::Frozen(rule) => over(state, samples, |state, sample| rule.step(state, sample)),
            Self::Silent(rule) => {
                let own = samples.iter().filter(|s| s.key.station == rule.station);
                let (state, change) = rule.look(&state, own.map(|s| s.key.instant).max(), now);
                (state, change.into_iter().collect())
            }
        }
    }
}

fn over(
    mut state: AlarmState,
    samples: &[Sample],
    step: impl Fn(&AlarmState, &Sample) -> (AlarmState, Option<AlarmChange>),
) -> (AlarmState, Vec<AlarmChange>) {
    let mut in_time: Vec<&Sample> = samples.iter().collect();
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
