//! Reads the file of stations and river chiefs (`stations.toml`).

use lanbi_model::{
    AveragingPeriod, Chief, ChiefLevel, Parameter, Registry, RegistryError, Station, StationId, StationKind,
    WaterBody, Zone,
};
use serde::{Deserialize, Serialize};

/// A registry file that cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RegistryFileError {
    /// Not TOML, or a key is unknown or missing.
    #[error("the station file is not usable: {0}; config/stations.example.toml shows the form")]
    Form(#[from] toml::de::Error),
    /// A value has no meaning.
    #[error("station file, `{who}`: {what}")]
    Value {
        /// Station or chief.
        who: String,
        /// What is wrong, and the remedy.
        what: String,
    },
    /// The entries contradict each other.
    #[error("station file: {0}")]
    Registry(#[from] RegistryError),
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    station: Vec<StationEntry>,
    #[serde(default)]
    chief: Vec<ChiefEntry>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct StationEntry {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    mn: Option<String>,
    name: String,
    kind: String,
    #[serde(default)]
    area: String,
    #[serde(default)]
    water: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    downstream: Option<String>,
    #[serde(default = "shanghai")]
    zone: String,
    period: String,
    cadence: String,
    parameters: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    limits: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rural: Option<bool>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct ChiefEntry {
    id: String,
    name: String,
    level: String,
    #[serde(default)]
    waters: Vec<String>,
    #[serde(default)]
    stations: Vec<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    town: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    patrol_every_days: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    patrol_min_length_m: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    patrol_min_minutes: Option<u32>,
}

fn shanghai() -> String {
    "Asia/Shanghai".to_owned()
}

/// Reads a registry from TOML text.
///
/// # Errors
/// Names the station or chief, what is wrong with it and how to mend it.
pub fn read_registry(text: &str) -> Result<Registry, RegistryFileError> {
    let file: File = toml::from_str(text)?;
    let mns = file.station.iter().filter_map(StationEntry::mn).collect::<Result<Vec<_>, _>>()?;
    let stations = file.station.into_iter().map(StationEntry::build).collect::<Result<_, _>>()?;
    let chiefs = file.chief.into_iter().map(ChiefEntry::build).collect::<Result<_, _>>()?;
    Ok(Registry::new(stations, chiefs)?.with_mns(mns)?)
}

/// Writes a registry in the form that [`read_registry`] reads.
///
/// # Errors
/// None of a registry's values is known to fail.
pub fn write_registry(registry: &Registry) -> Result<String, toml::ser::Error> {
    let entry = |station: &Station| StationEntry::of(station, registry.mn_of(&station.id));
    let station = registry.stations().iter().map(entry).collect();
    let chief = registry.chiefs().iter().map(ChiefEntry::of).collect();
    toml::to_string(&File { station, chief })
}

impl StationEntry {
    fn of(station: &Station, mn: Option<&str>) -> Self {
        let (mut body, mut target, mut limits, mut rural) = (None, None, None, None);
        match &station.kind {
            StationKind::Air => {}
            StationKind::Section { body: water, target: class } => {
                (body, target) = (Some(water.key().to_owned()), *class);
            }
            StationKind::Outlet { limits: spelling } => limits = Some(spelling.clone()),
            StationKind::Ditch { rural: is } => rural = Some(*is),
        }
        Self {
            id: station.id.to_string(),
            mn: mn.map(str::to_owned),
            name: station.name.clone(),
            kind: station.kind.key().to_owned(),
            area: station.area.clone(),
            water: station.water.clone(),
            downstream: station.downstream.as_ref().map(ToString::to_string),
            zone: station.zone.to_string(),
            period: station.period.to_string(),
            cadence: station.cadence.to_string(),
            parameters: station.parameters.iter().map(|p| p.key().to_owned()).collect(),
            body,
            target,
            limits,
            rural,
        }
    }

    /// The MN with the station it belongs to, where the entry has one.
    fn mn(&self) -> Option<Result<(StationId, String), RegistryFileError>> {
        let mn = self.mn.clone()?;
        let readable = !mn.is_empty() && !mn.contains([' ', ';', ',', '=', '&']);
        Some(if readable {
            Ok((StationId::new(&self.id), mn))
        } else {
            let what =
                format!("mn = \"{mn}\" cannot stand in a frame; write what the logger sends after MN=");
            Err(RegistryFileError::Value { who: self.id.clone(), what })
        })
    }

    fn build(self) -> Result<Station, RegistryFileError> {
        let bad = |what: String| RegistryFileError::Value { who: self.id.clone(), what };
        if self.id.trim() != self.id || self.id.is_empty() {
            return Err(bad("an id must not be empty nor begin or end with a blank".to_owned()));
        }
        if self.id == StationId::DISTRICT {
            return Err(bad("this id stands for the whole district in alarms; choose another".to_owned()));
        }
        let span = |text: &str, key: &str| {
            AveragingPeriod::parse(text).ok_or_else(|| {
                bad(format!("{key} = \"{text}\" is no time span; write moment, 5m, 1h, 4h or 1d"))
            })
        };
        let kind = match self.kind.as_str() {
            "air" => StationKind::Air,
            "section" => {
                let body = self.body.as_deref().unwrap_or("river");
                let body = WaterBody::from_key(body)
                    .ok_or_else(|| bad(format!("body = \"{body}\" is unknown; write river or lake")))?;
                if self.target.is_some_and(|t| !(1..=5).contains(&t)) {
                    return Err(bad("target must be a class from 1 to 5".to_owned()));
                }
                StationKind::Section { body, target: self.target }
            }
            "outlet" => StationKind::Outlet {
                limits: self.limits.clone().ok_or_else(|| {
                    bad("an outlet needs limits = \"STANDARD/GRADE\", for example \"DB12-599-2015/A\""
                        .to_owned())
                })?,
            },
            "ditch" => StationKind::Ditch { rural: self.rural.unwrap_or(false) },
            other => {
                return Err(bad(format!(
                    "kind = \"{other}\" is unknown; write air, section, outlet or ditch"
                )));
            }
        };
        let parameters = self
            .parameters
            .iter()
            .map(|key| {
                Parameter::from_key(key)
                    .ok_or_else(|| bad(format!("parameter `{key}` is unknown; GLOSSARY.md lists the keys")))
            })
            .collect::<Result<_, _>>()?;
        Ok(Station {
            id: StationId::new(&self.id),
            kind,
            zone: Zone::parse(&self.zone).ok_or_else(|| {
                bad(format!("zone = \"{}\" is unknown; write Asia/Shanghai or +08:00", self.zone))
            })?,
            period: span(&self.period, "period")?,
            cadence: span(&self.cadence, "cadence")?,
            downstream: self.downstream.as_deref().map(StationId::new),
            parameters,
            name: self.name,
            area: self.area,
            water: self.water,
        })
    }
}

impl ChiefEntry {
    fn of(chief: &Chief) -> Self {
        Self {
            id: chief.id.clone(),
            name: chief.name.clone(),
            level: chief.level.key().to_owned(),
            waters: chief.waters.clone(),
            stations: chief.stations.iter().map(ToString::to_string).collect(),
            town: chief.town.clone(),
            patrol_every_days: chief.patrol_every_days,
            patrol_min_length_m: chief.patrol_min_length_m,
            patrol_min_minutes: chief.patrol_min_minutes,
        }
    }

    fn build(self) -> Result<Chief, RegistryFileError> {
        let level = ChiefLevel::from_key(&self.level).ok_or_else(|| RegistryFileError::Value {
            who: self.id.clone(),
            what: format!("level = \"{}\" is unknown; write city, district, town or village", self.level),
        })?;
        Ok(Chief {
            id: self.id,
            name: self.name,
            level,
            waters: self.waters,
            stations: self.stations.iter().map(|s| StationId::new(s)).collect(),
            town: self.town,
            patrol_every_days: self.patrol_every_days,
            patrol_min_length_m: self.patrol_min_length_m,
            patrol_min_minutes: self.patrol_min_minutes,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AIR: &str = r#"
        [[station]]
        id = "a1"
        name = "一号站"
        kind = "air"
        period = "1h"
        cadence = "1h"
        parameters = ["pm25", "o3"]
    "#;

    #[test]
    fn the_example_file_is_a_registry() {
        let registry = read_registry(include_str!("../stations.example.toml")).unwrap();
        assert!(
            registry.air().count() > 0 && registry.outlets().count() > 0 && !registry.chiefs().is_empty()
        );
    }

    #[test]
    fn what_is_written_is_read_again() {
        let registry = read_registry(include_str!("../stations.example.toml")).unwrap();
        let again = read_registry(&write_registry(&registry).unwrap()).unwrap();
        assert_eq!(again.stations(), registry.stations());
        assert_eq!(again.chiefs(), registry.chiefs());
        let mns = |registry: &Registry| -> Vec<Option<String>> {
            registry.stations().iter().map(|s| registry.mn_of(&s.id).map(str::to_owned)).collect()
        };
        assert_eq!(mns(&again), mns(&registry));
        assert!(mns(&registry).iter().any(Option::is_some), "the example shows an mn");
    }

    #[test]
    fn an_mn_leads_to_its_station() {
        let text = AIR.replace("id = \"a1\"", "id = \"a1\"\nmn = \"A110000_0001\"");
        let registry = read_registry(&text).unwrap();
        assert_eq!(registry.by_mn("A110000_0001").map(|s| s.id.as_str()), Some("a1"));
    }

    #[test]
    fn mistakes_are_named_with_their_remedy() {
        let check = |text: &str, expected: &str| {
            let error = read_registry(text).unwrap_err().to_string();
            assert!(error.contains(expected), "{error} should contain {expected}");
        };
        assert!(read_registry(AIR).is_ok());
        check(&AIR.replace("\"o3\"", "\"ozone\""), "parameter `ozone` is unknown");
        check(&AIR.replace("\"air\"", "\"balloon\""), "kind = \"balloon\" is unknown");
        check(&AIR.replace("\"air\"", "\"outlet\""), "needs limits");
        check(&format!("{AIR}\ncolour = \"red\""), "unknown field");
        check(&format!("{AIR}\n{AIR}"), "listed twice");
        check(&AIR.replacen("\"1h\"", "\"soon\"", 1), "no time span");
        let with_mn =
            |id: &str, mn: &str| AIR.replace("id = \"a1\"", &format!("id = \"{id}\"\nmn = \"{mn}\""));
        check(&format!("{}{}", with_mn("a1", "M1"), with_mn("a2", "M1")), "mn `M1` is given to station `a2`");
        check(&with_mn("a1", ""), "cannot stand in a frame");
        check(&with_mn("a1", "M1;"), "cannot stand in a frame");
        check(&format!("{AIR}\ndownstream = \"x\""), "not in the registry");
    }
}
