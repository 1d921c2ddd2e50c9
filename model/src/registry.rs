//! The stations and river chiefs a bureau knows.

use std::collections::HashMap;

use crate::{Chief, Station, StationId, StationKind};

/// Why a registry cannot be built.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RegistryError {
    /// Two stations share an id.
    #[error("station `{0}` is listed twice; give each station its own id")]
    Twice(StationId),
    /// A reference to a station that is not there.
    #[error("{by} names station `{station}`, which is not in the registry; add it or mend the name")]
    Dangling {
        /// Who refers to it.
        by: String,
        /// The missing id.
        station: StationId,
    },
    /// One MN that would mean two stations.
    #[error(
        "mn `{mn}` is given to station `{second}` and means `{first}` already; give each station its own"
    )]
    MnTwice {
        /// The MN.
        mn: String,
        /// The station it means already, by its own `mn` or by its id.
        first: StationId,
        /// The station it is given to as well.
        second: StationId,
    },
}

/// Stations by id, in the order of the file, and the chiefs.
#[derive(Clone, Debug, Default)]
pub struct Registry {
    stations: Vec<Station>,
    index: HashMap<StationId, usize>,
    mns: HashMap<String, StationId>,
    chiefs: Vec<Chief>,
}

impl Registry {
    /// Builds a registry.
    ///
    /// # Errors
    /// An id that occurs twice, or a reference to a station that is not listed.
    pub fn new(stations: Vec<Station>, chiefs: Vec<Chief>) -> Result<Self, RegistryError> {
        let mut index = HashMap::with_capacity(stations.len());
        for (i, station) in stations.iter().enumerate() {
            if index.insert(station.id.clone(), i).is_some() {
                return Err(RegistryError::Twice(station.id.clone()));
            }
        }
        let registry = Self { stations, index, mns: HashMap::new(), chiefs };
        for station in &registry.stations {
            if let Some(below) = &station.downstream {
                registry.must_have(below, || format!("station `{}`", station.id))?;
            }
        }
        for chief in &registry.chiefs {
            for id in &chief.stations {
                registry.must_have(id, || format!("river chief `{}`", chief.id))?;
            }
        }
        Ok(registry)
    }

    /// Adds the MN (数采仪 MN) under which a station's logger sends HJ 212 frames. A station without one is known by its
    /// id.
    ///
    /// # Errors
    /// A station that is not listed, or an MN that already means another one.
    pub fn with_mns(
        mut self,
        mns: impl IntoIterator<Item = (StationId, String)>,
    ) -> Result<Self, RegistryError> {
        for (id, mn) in mns {
            self.must_have(&id, || format!("mn `{mn}`"))?;
            let known = self.mns.get(&mn).or_else(|| self.find(&mn).map(|s| &s.id).filter(|&s| *s != id));
            if let Some(first) = known.cloned() {
                return Err(RegistryError::MnTwice { mn, first, second: id });
            }
            self.mns.insert(mn, id);
        }
        Ok(self)
    }

    fn must_have(&self, station: &StationId, by: impl Fn() -> String) -> Result<(), RegistryError> {
        if self.index.contains_key(station) {
            Ok(())
        } else {
            Err(RegistryError::Dangling { by: by(), station: station.clone() })
        }
    }

    /// The station of an id.
    #[must_use]
    pub fn get(&self, id: &StationId) -> Option<&Station> {
        self.index.get(id).and_then(|&i| self.stations.get(i))
    }

    /// The station of an id given as text.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<&Station> {
        self.index.get(id).and_then(|&i| self.stations.get(i))
    }

    /// The station whose logger sends HJ 212 frames under this MN; where no station has it, the one with this id.
    #[must_use]
    pub fn by_mn(&self, mn: &str) -> Option<&Station> {
        self.mns.get(mn).map_or_else(|| self.find(mn), |id| self.get(id))
    }

    /// The MN that was given to a station.
    #[must_use]
    pub fn mn_of(&self, id: &StationId) -> Option<&str> {
        self.mns.iter().find(|(_, station)| *station == id).map(|(mn, _)| mn.as_str())
    }

    /// All stations in the order of the file.
    #[must_use]
    pub fn stations(&self) -> &[Station] {
        &self.stations
    }

    /// The air stations.
    pub fn air(&self) -> impl Iterator<Item = &Station> {
        self.stations.iter().filter(|s| matches!(s.kind, StationKind::Air))
    }

    /// The water sections.
    pub fn sections(&self) -> impl Iterator<Item = &Station> {
        self.stations.iter().filter(|s| matches!(s.kind, StationKind::Section { .. }))
    }

    /// The outlets.
    pub fn outlets(&self) -> impl Iterator<Item = &Station> {
        self.stations.iter().filter(|s| matches!(s.kind, StationKind::Outlet { .. }))
    }

    /// The waters on the black-odorous list.
    pub fn ditches(&self) -> impl Iterator<Item = &Station> {
        self.stations.iter().filter(|s| matches!(s.kind, StationKind::Ditch { .. }))
    }

    /// The river chiefs in the order of the file.
    #[must_use]
    pub fn chiefs(&self) -> &[Chief] {
        &self.chiefs
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{AveragingPeriod, Zone};

    fn registry(mns: &[(&str, &str)]) -> Result<Registry, RegistryError> {
        let station = |id: &str| Station {
            id: StationId::new(id),
            name: String::new(),
            kind: StationKind::Air,
            area: String::new(),
            water: String::new(),
            downstream: None,
            zone: Zone::utc(),
            period: AveragingPeriod::HOUR,
            cadence: AveragingPeriod::HOUR,
            parameters: Vec::new(),
        };
        let mns = mns.iter().map(|(id, mn)| (StationId::new(id), (*mn).to_owned()));
        Registry::new(vec![station("a"), station("b")], Vec::new())?.with_mns(mns)
    }

    #[test]
    fn an_mn_leads_to_its_station_and_an_id_to_itself() {
        let registry = registry(&[("a", "010000A8900016F000169DC0")]).unwrap();
        let check = |mn: &str, expected: Option<&str>| {
            assert_eq!(registry.by_mn(mn).map(|s| s.id.as_str()), expected, "{mn}");
        };
        check("010000A8900016F000169DC0", Some("a"));
        check("a", Some("a"));
        check("b", Some("b"));
        check("c", None);
        check("", None);
        assert_eq!(registry.find("010000A8900016F000169DC0"), None, "an MN is no id");
        assert_eq!(registry.mn_of(&StationId::new("a")), Some("010000A8900016F000169DC0"));
        assert_eq!(registry.mn_of(&StationId::new("b")), None);
    }

    #[test]
    fn an_mn_means_one_station() {
        let check = |mns: &[(&str, &str)], expected: &str| {
            let error = registry(mns).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        };
        check(&[("a", "M1"), ("b", "M1")], "`M1` is given to station `b` and means `a` already");
        check(&[("a", "b")], "`b` is given to station `a` and means `b` already");
        check(&[("c", "M1")], "mn `M1` names station `c`, which is not in the registry");
        assert!(registry(&[("a", "a"), ("b", "M1")]).is_ok(), "its own id is no contradiction");
    }
}
