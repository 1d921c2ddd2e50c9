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
}

/// Stations by id, in the order of the file, and the chiefs.
#[derive(Clone, Debug, Default)]
pub struct Registry {
    stations: Vec<Station>,
    index: HashMap<StationId, usize>,
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
        let registry = Self { stations, index, chiefs };
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
        self.get(&StationId::new(id))
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
