//! Whether a station is online, by the time between its values.

use std::collections::{BTreeMap, HashMap};

use lanbi_config::Settings;
use lanbi_model::{AveragingPeriod, Instant, Registry, StationId};
use lanbi_store::{Store, StoreError};

/// Intervals without a value that are still no delay: a value comes when its interval is over, so that up to the next
/// one the last is between one and two intervals old.
const IN_TIME: i64 = 2;

/// How a station stands, the best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::command) enum State {
    /// Its values come in time.
    Online,
    /// Its last value is older than two intervals.
    Late,
    /// Its last value is older than `alarms.silent.intervals`, as in the alarm of that name.
    Silent,
    /// No value of it has ever come, or all of them were let go.
    Never,
}

impl State {
    pub(in crate::command) const fn key(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::Late => "late",
            Self::Silent => "silent",
            Self::Never => "never",
        }
    }

    fn of(last: Option<Instant>, cadence: AveragingPeriod, silent_after: u32, now: Instant) -> Self {
        let Some(last) = last else { return Self::Never };
        let age = (now - last).num_seconds();
        let longer_than = |intervals: i64| age > i64::from(cadence.seconds()).saturating_mul(intervals);
        if longer_than(silent_after.into()) {
            Self::Silent
        } else if longer_than(IN_TIME) {
            Self::Late
        } else {
            Self::Online
        }
    }
}

/// How each station of the registry stands at `now`, with the time of its last value.
pub(in crate::command) async fn states(
    store: &dyn Store,
    settings: &Settings,
    registry: &Registry,
    now: Instant,
) -> Result<HashMap<StationId, (State, Option<Instant>)>, StoreError> {
    let newest: HashMap<StationId, Instant> = store.latest().await?.into_iter().collect();
    let silent_after = settings.alarms.silent.intervals;
    let state = |station: &lanbi_model::Station| {
        let last = newest.get(&station.id).copied();
        (station.id.clone(), (State::of(last, station.cadence, silent_after, now), last))
    };
    Ok(registry.stations().iter().map(state).collect())
}

/// The stations in each state, in words: `3 online, 1 silent`.
pub(in crate::command) fn summary(states: &HashMap<StationId, (State, Option<Instant>)>) -> String {
    let mut counts: BTreeMap<State, usize> = BTreeMap::new();
    for (state, _) in states.values() {
        *counts.entry(*state).or_default() += 1;
    }
    let told = |(state, count): (&State, &usize)| format!("{count} {}", state.key());
    counts.iter().map(told).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn a_station_is_late_after_two_intervals_and_silent_after_those_of_the_settings() {
        let now: Instant = "2026-03-01T00:00:00Z".parse().unwrap();
        let check = |minutes: Option<i64>, cadence: &str, silent_after: u32, expected: State| {
            let last = minutes.map(|minutes| now - TimeDelta::minutes(minutes));
            let cadence = AveragingPeriod::parse(cadence).unwrap();
            assert_eq!(State::of(last, cadence, silent_after, now), expected, "{minutes:?} {cadence}");
        };
        check(None, "1h", 4, State::Never);
        check(Some(-60), "1h", 4, State::Online);
        check(Some(120), "1h", 4, State::Online);
        check(Some(121), "1h", 4, State::Late);
        check(Some(240), "1h", 4, State::Late);
        check(Some(241), "1h", 4, State::Silent);
        check(Some(241), "4h", 4, State::Online);
        check(Some(20), "5m", 4, State::Late);
        check(Some(61), "1h", 1, State::Silent);
    }
}
