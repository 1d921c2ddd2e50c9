//! The registry of the fictional district, built from its tables.

use lanbi_model::{
    AveragingPeriod, Chief, ChiefLevel, Registry, RegistryError, Station, StationId, StationKind, Zone,
};

use super::chiefs::WALK_MINUTES;
use super::sites::{
    AIR, AIR_PARAMETERS, AREA, CHIEFS, DITCH_PARAMETERS, DITCHES, OUTLET_PARAMETERS, OUTLETS,
    SECTION_PARAMETERS, SECTIONS,
};

/// The registry of the fictional district.
///
/// # Errors
/// Tables that contradict each other.
pub(crate) fn registry() -> Result<Registry, RegistryError> {
    let stations = stations();
    let chiefs = CHIEFS
        .iter()
        .map(|(id, name, level, town, waters)| Chief {
            id: (*id).to_owned(),
            name: (*name).to_owned(),
            level: *level,
            waters: waters.iter().map(|w| (*w).to_owned()).collect(),
            stations: stations
                .iter()
                .filter(|s| waters.contains(&s.water.as_str()))
                .map(|s| s.id.clone())
                .collect(),
            town: (*town).to_owned(),
            patrol_every_days: None,
            patrol_min_length_m: None,
            patrol_min_minutes: (*level == ChiefLevel::Village).then_some(WALK_MINUTES),
        })
        .collect();
    Registry::new(stations, chiefs)
}

fn stations() -> Vec<Station> {
    let station = |id: &str, name: &str, kind: StationKind, water: &str| Station {
        id: StationId::new(id),
        name: name.to_owned(),
        kind,
        area: AREA.to_owned(),
        water: water.to_owned(),
        downstream: None,
        zone: Zone::shanghai(),
        period: AveragingPeriod::HOUR,
        cadence: AveragingPeriod::HOUR,
        parameters: Vec::new(),
    };
    let mut all = Vec::new();
    for site in &AIR {
        all.push(Station {
            parameters: AIR_PARAMETERS.to_vec(),
            ..station(site.id, site.name, StationKind::Air, "")
        });
    }
    for site in &SECTIONS {
        let kind = StationKind::Section { body: site.body, target: Some(site.target) };
        all.push(Station {
            period: AveragingPeriod::MOMENT,
            cadence: AveragingPeriod::from_seconds(4 * 3600),
            parameters: SECTION_PARAMETERS.to_vec(),
            ..station(site.id, site.name, kind, site.water)
        });
    }
    for site in &OUTLETS {
        let kind = StationKind::Outlet { limits: site.limits.to_owned() };
        all.push(Station {
            downstream: Some(StationId::new(site.below)),
            parameters: OUTLET_PARAMETERS.to_vec(),
            ..station(site.id, site.name, kind, site.water)
        });
    }
    for site in &DITCHES {
        all.push(Station {
            downstream: Some(StationId::new(site.below)),
            period: AveragingPeriod::MOMENT,
            cadence: AveragingPeriod::DAY,
            parameters: DITCH_PARAMETERS.to_vec(),
            ..station(site.id, site.water, StationKind::Ditch { rural: site.rural }, site.water)
        });
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_registry_holds_what_the_demonstration_promises() {
        let registry = registry().unwrap();
        assert_eq!(registry.air().count(), 8);
        assert_eq!(registry.sections().count(), 7);
        assert_eq!(registry.outlets().count(), 4);
        assert_eq!(registry.ditches().count(), 3);
        assert_eq!(registry.chiefs().len(), 5);
        for station in registry.stations() {
            assert!(station.name.contains("示例"), "{} is not marked as fictional", station.id);
        }
        for chief in registry.chiefs() {
            assert!(!chief.stations.is_empty(), "{} has nothing to look after", chief.id);
        }
    }
}
