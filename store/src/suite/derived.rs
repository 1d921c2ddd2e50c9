//! Day means, flags and the states of alarm rules.

use lanbi_model::{AlarmPhase, AlarmState, Flags, Parameter, RuleId, Validity};

use super::fixture::{all_of, at, batch, day, dec, flagged, mean, pm25, station};
use crate::{DerivedBatch, Store};

pub(crate) async fn day_means_are_replaced_and_ordered(store: &dyn Store) {
    let mut exact = mean("a", Parameter::Pm25, "2026-03-02", Some("35.333333333333333333333333333"));
    exact.min = Some(dec("0.1"));
    exact.validity = Validity::Insufficient;
    let means = vec![
        mean("a", Parameter::O3, "2026-03-01", Some("80.50")),
        exact,
        mean("a", Parameter::Ph, "2026-03-02", None),
        mean("b", Parameter::Pm25, "2026-03-01", Some("-0.5")),
    ];
    let daily = means.iter().rev().cloned().collect();
    store.commit_derived(&DerivedBatch { daily, ..DerivedBatch::default() }).await.unwrap();
    let (first, last) = (day("2026-03-01"), day("2026-03-02"));
    assert_eq!(store.daily(None, first, last).await.unwrap(), means);
    assert_eq!(store.daily(Some(&station("a")), first, last).await.unwrap(), means[..3]);
    assert_eq!(store.daily(Some(&station("a")), last, last).await.unwrap(), means[1..3]);
    assert_eq!(store.daily(Some(&station("c")), first, last).await.unwrap(), []);
    let better = mean("b", Parameter::Pm25, "2026-03-01", Some("4"));
    let daily = vec![better.clone()];
    store.commit_derived(&DerivedBatch { daily, ..DerivedBatch::default() }).await.unwrap();
    assert_eq!(store.daily(Some(&station("b")), first, last).await.unwrap(), [better]);
}

pub(crate) async fn flags_are_set_and_device_flags_stay(store: &dyn Store) {
    let manual = flagged(pm25("2026-03-01T01:00:00Z", "1"), Flags::MANUAL);
    let plain = pm25("2026-03-01T02:00:00Z", "2");
    store.commit(&batch([manual.clone(), plain.clone()])).await.unwrap();
    let absent = pm25("2026-03-01T03:00:00Z", "3");
    let set = async |sample: &lanbi_model::Sample, flags: Flags| {
        let flags = vec![(sample.key.clone(), flags), (absent.key.clone(), flags)];
        store.commit_derived(&DerivedBatch { flags, ..DerivedBatch::default() }).await.unwrap();
    };
    set(&manual, Flags::STEP).await;
    let expected = [flagged(manual.clone(), Flags::MANUAL | Flags::STEP), plain.clone()];
    assert_eq!(all_of(store, "air").await, expected);
    // A check that no longer finds anything takes its own flag back.
    set(&manual, Flags::MANUAL).await;
    assert_eq!(all_of(store, "air").await, [manual, plain]);
}

pub(crate) async fn states_come_back_in_every_phase(store: &dyn Store) {
    let (since, raised_at, clear_since) =
        (at("2026-03-01T01:00:00Z"), at("2026-03-01T02:00:00Z"), at("2026-03-01T03:00:00Z"));
    let worst = dec("41.25");
    let phases = [
        AlarmPhase::Active { since, raised_at, worst },
        AlarmPhase::Clearing { since, raised_at, worst, clear_since },
        AlarmPhase::Normal,
        AlarmPhase::Pending { since, worst },
    ];
    let parameters = [None, Some(Parameter::Cod), Some(Parameter::Nh3n), Some(Parameter::Tp)];
    let mut states: Vec<AlarmState> = phases
        .into_iter()
        .zip(parameters)
        .map(|(phase, parameter)| AlarmState {
            station: station("outlet"),
            rule: RuleId("规则".to_owned()),
            parameter,
            phase,
            last: parameter.map(|_| raised_at),
        })
        .collect();
    let put = async |alarm_states: Vec<AlarmState>| {
        store.commit_derived(&DerivedBatch { alarm_states, ..DerivedBatch::default() }).await.unwrap();
    };
    put(states.iter().rev().cloned().collect()).await;
    assert_eq!(store.alarm_states().await.unwrap(), states);
    states[0].phase = AlarmPhase::Normal;
    put(vec![states[0].clone()]).await;
    assert_eq!(store.alarm_states().await.unwrap(), states);
}
