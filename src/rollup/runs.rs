//! Stale days in stretches that are read at once.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use lanbi_model::StationId;
use lanbi_store::StaleMark;

/// Stale days that lie closer than this are read together, at most `RUN_DAYS` of them.
const NEAR_DAYS: i64 = 3;
const RUN_DAYS: usize = 31;

/// The days of each station.
pub(super) fn by_station(marks: &[StaleMark]) -> BTreeMap<StationId, BTreeSet<NaiveDate>> {
    let mut stations: BTreeMap<StationId, BTreeSet<NaiveDate>> = BTreeMap::new();
    for mark in marks {
        stations.entry(mark.station.clone()).or_default().insert(mark.day);
    }
    stations
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
