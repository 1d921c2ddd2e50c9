//! Stale days in stretches that are read at once.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use lanbi_model::{Registry, Station, StationId};
use lanbi_store::StaleMark;

/// Stale days that lie closer than this are read together, at most `RUN_DAYS` of them.
const NEAR_DAYS: i64 = 3;
const RUN_DAYS: usize = 31;

/// Values in memory at a time, about; each takes some 150 bytes on its way.
pub(super) const GROUP_VALUES: i64 = 30_000;

/// The days of each station.
pub(super) fn by_station(marks: &[StaleMark]) -> BTreeMap<StationId, BTreeSet<NaiveDate>> {
    let mut stations: BTreeMap<StationId, BTreeSet<NaiveDate>> = BTreeMap::new();
    for mark in marks {
        stations.entry(mark.station.clone()).or_default().insert(mark.day);
    }
    stations
}

/// Cuts marks, those of a station in a row and oldest first, into groups whose values fit in memory together. A station
/// with many stale days is cut too: what is settled in order is the same as what is settled at once.
pub(super) fn groups(mut marks: Vec<StaleMark>, registry: &Registry) -> Vec<Vec<StaleMark>> {
    marks.sort_by(|a, b| (&a.station, a.day).cmp(&(&b.station, b.day)));
    let mut groups: Vec<Vec<StaleMark>> = Vec::new();
    let mut values = 0;
    for mark in marks {
        let own = registry.get(&mark.station).map_or(0, values_a_day);
        match groups.last_mut() {
            Some(group) if values + own <= GROUP_VALUES => {
                group.push(mark);
                values += own;
            }
            _ => {
                groups.push(vec![mark]);
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
    use lanbi_model::{AveragingPeriod, Parameter, StationKind, Zone};
    use lanbi_store::StaleCauses;

    use super::*;

    #[test]
    fn neither_many_stations_nor_many_days_are_too_much_at_once() {
        let station = |id: &str, cadence: &str| Station {
            id: StationId::new(id),
            name: id.to_owned(),
            kind: StationKind::Air,
            area: String::new(),
            water: String::new(),
            downstream: None,
            zone: Zone::shanghai(),
            period: AveragingPeriod::parse(cadence).unwrap(),
            cadence: AveragingPeriod::parse(cadence).unwrap(),
            parameters: vec![Parameter::Pm25; 6],
        };
        let stations = vec![station("a", "1m"), station("b", "1h"), station("c", "1m")];
        let registry = Registry::new(stations, Vec::new()).unwrap();
        let first: NaiveDate = "2026-01-01".parse().unwrap();
        let marks = |id: &str, days: usize| -> Vec<StaleMark> {
            let mark = |day| StaleMark {
                station: StationId::new(id),
                day,
                version: 1,
                derived_before: false,
                causes: StaleCauses::ARRIVED,
            };
            first.iter_days().take(days).map(mark).collect()
        };
        let sizes = |marks: Vec<StaleMark>| -> Vec<usize> {
            let all = marks.len();
            let groups = groups(marks, &registry);
            assert_eq!(groups.iter().map(Vec::len).sum::<usize>(), all);
            groups.iter().map(Vec::len).collect()
        };
        // A day by the minute has 8,640 values, one by the hour 144.
        assert_eq!(sizes(marks("a", 7)), [3, 3, 1]);
        assert_eq!(sizes(marks("b", 300)), [208, 92]);
        assert_eq!(sizes([marks("a", 2), marks("b", 10), marks("c", 2)].concat()), [13, 1]);
    }

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
