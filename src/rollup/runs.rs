//! Stale days in stretches that are read at once.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use lanbi_model::{Registry, Station, StationId};
use lanbi_store::StaleMark;

/// Stale days that lie closer than this are read together, at most `RUN_DAYS` of them.
const NEAR_DAYS: i64 = 3;
const RUN_DAYS: usize = 31;

/// Values in memory at a time, about; each takes some 150 bytes on its way.
const GROUP_VALUES: i64 = 30_000;

/// The days of each station.
pub(super) fn by_station(marks: &[StaleMark]) -> BTreeMap<StationId, BTreeSet<NaiveDate>> {
    let mut stations: BTreeMap<StationId, BTreeSet<NaiveDate>> = BTreeMap::new();
    for mark in marks {
        stations.entry(mark.station.clone()).or_default().insert(mark.day);
    }
    stations
}

/// Cuts marks, those of a station in a row, into groups of stations whose values fit in memory together.
pub(super) fn groups(mut marks: Vec<StaleMark>, registry: &Registry) -> Vec<Vec<StaleMark>> {
    marks.sort_by(|a, b| (&a.station, a.day).cmp(&(&b.station, b.day)));
    let mut groups: Vec<Vec<StaleMark>> = Vec::new();
    let mut values = 0;
    for marks in marks.chunk_by(|a, b| a.station == b.station) {
        let days = i64::try_from(marks.len()).unwrap_or(i64::MAX);
        let station = marks.first().and_then(|mark| registry.get(&mark.station));
        let own = days.saturating_mul(station.map_or(0, values_a_day));
        match groups.last_mut() {
            Some(group) if values + own <= GROUP_VALUES => {
                group.extend_from_slice(marks);
                values += own;
            }
            _ => {
                groups.push(marks.to_vec());
                values = own;
            }
        }
    }
    groups
}

fn values_a_day(station: &Station) -> i64 {
    let seconds = i64::from(station.cadence.seconds().min(station.period.seconds()).max(60));
    86_400 / seconds * i64::try_from(station.parameters.len()).unwrap_or(i64::MAX)
}

/// Cuts days into stretches.
pub(super) fn runs(days: &BTreeSet<NaiveDate>) -> Vec<Vec<NaiveDate>> {
    let mut runs: Vec<Vec<NaiveDate>> = Vec::new();
    for day in days {
        match runs.last_mut() {
            Some(run)
                if run.len() < RUN_DAYS
                    && run.last().is_some_and(|last| (*day - *last).num_days() <= NEAR_DAYS) =>
            {
                run.push(*day);
            }
            _ => runs.push(vec![*day]),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_far_apart_are_not_read_as_one_stretch() {
        let days = |list: &[&str]| list.iter().map(|d| d.parse().unwrap()).collect::<BTreeSet<NaiveDate>>();
        let lengths = |list: &[&str]| runs(&days(list)).iter().map(Vec::len).collect::<Vec<_>>();
        assert_eq!(lengths(&[]), [0; 0]);
        assert_eq!(lengths(&["2026-01-01", "2026-01-02", "2026-01-05"]), [3]);
        assert_eq!(lengths(&["2026-01-01", "2026-01-05", "2026-03-01"]), [1, 1, 1]);
        let first: NaiveDate = "2026-01-01".parse().unwrap();
        let long: BTreeSet<NaiveDate> = first.iter_days().take(70).collect();
        assert_eq!(runs(&long).iter().map(Vec::len).collect::<Vec<_>>(), [31, 31, 8]);
    }
}
