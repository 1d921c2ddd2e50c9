//! What becomes of arriving values: each is new, a repeat or a revision of what its frame holds.

use chrono::NaiveDate;
use lanbi_model::Instant;

use super::frame::{Entry, Frame, Key};

/// A value on its way into a frame.
#[derive(Clone, Debug)]
pub(super) struct Arrival {
    pub(super) key: Key,
    pub(super) parameter: i16,
    pub(super) value: f64,
    pub(super) flags: i32,
    /// Local day that becomes stale.
    pub(super) day: NaiveDate,
    pub(super) received_at: Instant,
}

/// A value that stood under its key before.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Earlier {
    pub(super) parameter: i16,
    pub(super) value: f64,
    pub(super) device_flags: i32,
}

/// A value that is replaced now.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Replaced {
    pub(super) key: Key,
    pub(super) entry: Entry,
    pub(super) replaced_at: Instant,
}

/// What the arrivals of one frame did to it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Outcome {
    pub(super) stored: u64,
    pub(super) repeated: u64,
    /// Days of values that are new under their key.
    pub(super) arrived: Vec<NaiveDate>,
    /// Days of values that replaced another.
    pub(super) revised: Vec<NaiveDate>,
    pub(super) replaced: Vec<Replaced>,
}

/// Takes arrivals into a frame in their order. A value that stands, or stood before, is a repeat: a late copy of an old
/// message does not put the old value back.
pub(super) fn merge(frame: &mut Frame, history: &[Earlier], arrivals: &[Arrival]) -> Outcome {
    let mut outcome = Outcome::default();
    for arrival in arrivals {
        let entry = |revision| Entry {
            parameter: arrival.parameter,
            value: arrival.value,
            flags: arrival.flags,
            device_flags: arrival.flags,
            revision,
            received_at: arrival.received_at,
        };
        match frame.find(arrival.parameter) {
            Err(place) => {
                frame.entries.insert(place, entry(0));
                note(&mut outcome.arrived, arrival.day);
            }
            Ok(place) => {
                let stands = &mut frame.entries[place];
                if same(arrival, stands.parameter, stands.value, stands.device_flags)
                    || history.iter().any(|old| same(arrival, old.parameter, old.value, old.device_flags))
                    || outcome.replaced.iter().any(|Replaced { entry: old, .. }| {
                        same(arrival, old.parameter, old.value, old.device_flags)
                    })
                {
                    outcome.repeated += 1;
                    continue;
                }
                let new = entry(stands.revision + 1);
                let old = std::mem::replace(stands, new);
                outcome.replaced.push(Replaced {
                    key: frame.key,
                    entry: old,
                    replaced_at: arrival.received_at,
                });
                note(&mut outcome.revised, arrival.day);
            }
        }
        outcome.stored += 1;
    }
    outcome
}

#[expect(clippy::float_cmp, reason = "a repeat is the same number, bit for bit")]
fn same(arrival: &Arrival, parameter: i16, value: f64, device_flags: i32) -> bool {
    arrival.parameter == parameter && arrival.value == value && arrival.flags == device_flags
}

/// Notes a day; the values of a frame nearly always share one.
fn note(days: &mut Vec<NaiveDate>, day: NaiveDate) {
    if !days.contains(&day) {
        days.push(day);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrivals_are_new_repeated_or_revised_in_their_order() {
        // Values of one parameter in the order of arrival, then stored, repeated, and the values replaced.
        let check = |before: &[f64], values: &[f64], stored, repeated, replaced: &[f64]| {
            let key = (1, 3600, Instant::UNIX_EPOCH);
            let arrivals = |values: &[f64]| -> Vec<Arrival> {
                values
                    .iter()
                    .map(|&value| Arrival {
                        key,
                        parameter: 7,
                        value,
                        flags: 0,
                        day: NaiveDate::default(),
                        received_at: Instant::UNIX_EPOCH,
                    })
                    .collect()
            };
            let mut frame = Frame { key, entries: Vec::new() };
            let history: Vec<Earlier> = merge(&mut frame, &[], &arrivals(before))
                .replaced
                .into_iter()
                .map(|old| Earlier { parameter: 7, value: old.entry.value, device_flags: 0 })
                .collect();
            let outcome = merge(&mut frame, &history, &arrivals(values));
            assert_eq!((outcome.stored, outcome.repeated), (stored, repeated), "{before:?} {values:?}");
            let gone: Vec<f64> = outcome.replaced.iter().map(|old| old.entry.value).collect();
            assert_eq!(gone, replaced, "{before:?} {values:?}");
        };
        check(&[], &[1.0], 1, 0, &[]);
        check(&[], &[1.0, 2.0, 2.0, 1.0], 2, 2, &[1.0]);
        check(&[1.0], &[1.0], 0, 1, &[]);
        check(&[1.0, 2.0], &[1.0], 0, 1, &[]);
        check(&[1.0, 2.0], &[3.0, 1.0, 4.0], 2, 1, &[2.0, 3.0]);
    }
}
