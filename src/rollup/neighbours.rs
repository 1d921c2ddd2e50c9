//! Air stations held against each other: the hours of all stations of one area, read side by side.
//!
//! The area is judged anew around every day that is stale at one of its stations, so that a late value speaks for or
//! against its neighbours, whichever of them came first. The flag asks a person to look and moves no figure, so that
//! nothing else follows from it: no alarm, no day mean, and no other day becomes stale.
//!
//! What this does not do: flags are only ever added, so that a verdict found while fewer neighbours had sent, or against a
//! value that was revised later, stays until a person decides. Hours that a station's minutes would make are not compared,
//! and stations without an area have no neighbours.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use lanbi_analytics::qc::{QcSettings, flag_outliers_among, flag_range};
use lanbi_model::{
    AveragingPeriod, Flags, Instant, Registry, Sample, SampleKey, Station, StationId, StationKind, Zone,
};
use lanbi_store::{SampleQuery, StoreError};

use super::{
    runs::{GROUP_VALUES, runs},
    settle::Rollup,
};

/// Stations that are held against each other.
pub(super) struct Area {
    stations: Vec<StationId>,
    zone: Zone,
    /// Days read at a time, so that their values fit in memory together.
    days_at_once: usize,
}

/// The areas with stations enough to judge one by the others; elsewhere nothing is read.
pub(super) fn areas(registry: &Registry, qc: &QcSettings) -> Vec<Area> {
    let rules = &qc.neighbours;
    let is_compared = |station: &&Station| {
        station.kind == StationKind::Air
            && station.period == AveragingPeriod::HOUR
            && !station.area.is_empty()
            && rules.far.keys().any(|parameter| station.measures(*parameter))
    };
    let mut areas: BTreeMap<(&str, i32), Vec<&Station>> = BTreeMap::new();
    for station in registry.stations().iter().filter(is_compared) {
        let offset = station.zone.offset().local_minus_utc();
        areas.entry((station.area.as_str(), offset)).or_default().push(station);
    }
    areas
        .into_values()
        .filter(|stations| stations.len() > rules.stations)
        .filter_map(|stations| {
            let values_a_day = i64::try_from(stations.len() * rules.far.len() * 24).unwrap_or(i64::MAX);
            Some(Area {
                zone: stations.first()?.zone,
                days_at_once: usize::try_from(GROUP_VALUES / values_a_day).unwrap_or(1).max(1),
                stations: stations.into_iter().map(|station| station.id.clone()).collect(),
            })
        })
        .collect()
}

impl Rollup {
    /// Adds what the stations of an area say against each other to `flags`, which holds what the checks of single
    /// stations have found and the store does not know yet.
    pub(super) async fn compare_neighbours(
        &self,
        stale: &BTreeMap<StationId, BTreeSet<NaiveDate>>,
        flags: &mut BTreeMap<SampleKey, Flags>,
    ) -> Result<(), StoreError> {
        let margin = self.deriver.qc.neighbours.at_least;
        for area in &self.areas {
            let days: BTreeSet<NaiveDate> =
                area.stations.iter().filter_map(|id| stale.get(id)).flatten().copied().collect();
            for days in runs(&days).iter().flat_map(|run| run.chunks(area.days_at_once)) {
                let (Some(first), Some(last)) = (days.first(), days.last()) else { continue };
                // A run of hours may begin the day before, and go on the day after.
                let after = area.zone.start_of(*first) - margin;
                let until = area.zone.end_of(*last) + margin;
                let hours = self.hours(area, after, until).await?;
                for (key, found) in flag_outliers_among(&hours, &self.deriver.qc) {
                    *flags.entry(key).or_default() |= found;
                }
            }
        }
        Ok(())
    }

    /// The compared hours of an area, in `(after, until]`. Whether a value is valid does not wait for its own station's
    /// turn to be derived.
    async fn hours(&self, area: &Area, after: Instant, until: Instant) -> Result<Vec<Sample>, StoreError> {
        let (qc, plausible) = (&self.deriver.qc, &self.deriver.standards.plausible);
        let parameters: Vec<_> = qc.neighbours.far.keys().copied().collect();
        let mut hours = Vec::new();
        for station in &area.stations {
            let query = SampleQuery {
                station: station.clone(),
                parameters: parameters.clone(),
                period: Some(AveragingPeriod::HOUR),
                after,
                until,
            };
            hours.extend(self.deriver.store.samples(&query).await?);
        }
        for sample in &mut hours {
            let parameter = sample.key.parameter;
            sample.flags |= flag_range(parameter, sample.value, plausible.get(&parameter), qc);
        }
        Ok(hours)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lanbi_model::Parameter;

    /// Stations in the areas found, by area.
    fn check(name: &str, expected: &[usize], changes: &[fn(&mut Station)]) {
        let station = |id: usize| Station {
            id: StationId::new(&format!("s{id}")),
            name: format!("{id}号站"),
            kind: StationKind::Air,
            area: "城区".to_owned(),
            water: String::new(),
            downstream: None,
            zone: Zone::shanghai(),
            period: AveragingPeriod::HOUR,
            cadence: AveragingPeriod::HOUR,
            parameters: vec![Parameter::Pm25],
        };
        let mut stations: Vec<Station> = (0..4).map(station).collect();
        for (id, change) in (4..).zip(changes) {
            let mut other = station(id);
            change(&mut other);
            stations.push(other);
        }
        for fewer in [0, 1] {
            let registry = Registry::new(stations[fewer..].to_vec(), Vec::new()).unwrap();
            let qc = crate::checks::thresholds(&lanbi_config::Settings::load(None, &[]).unwrap().qc);
            let sizes: Vec<usize> = areas(&registry, &qc).iter().map(|area| area.stations.len()).collect();
            let expected: Vec<usize> =
                expected.iter().map(|size| size - fewer).filter(|size| *size > 3).collect();
            assert_eq!(sizes, expected, "{name}");
        }
    }

    #[test]
    fn only_hourly_air_stations_of_one_area_are_neighbours() {
        check("four", &[4], &[]);
        check("one more", &[5], &[|_| ()]);
        check("another area", &[4], &[|s| s.area = "郊区".to_owned()]);
        check("no area", &[4], &[(|s| s.area.clear()) as fn(&mut Station); 5]);
        check("by the minute", &[4], &[|s| s.period = AveragingPeriod::MINUTE]);
        check("a ditch", &[4], &[|s| s.kind = StationKind::Ditch { rural: false }]);
        check("weather alone", &[4], &[|s| s.parameters = vec![Parameter::Rain]]);
    }
}
