//! `[qc]`: thresholds of the quality checks, in the form of the settings file.

use std::{
    collections::BTreeMap,
    num::{NonZeroU16, NonZeroUsize},
};

use chrono::TimeDelta;
use lanbi_model::{Decimal, Parameter};
use serde::{Deserialize, Deserializer, de::Error};

use crate::settings::decimal;

/// Longest time in which a check may look for a run, in hours: all of it is read with every new value.
const LONGEST_RUN: u16 = 31 * 24;

/// `[qc]`. A parameter without an entry is not put to the test.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Qc {
    /// Regular intervals of a station between values that still are neighbours in time.
    pub gap_cadences: NonZeroU16,
    /// Lowest value that is noise around zero, in the parameter's unit.
    #[serde(deserialize_with = "zero_noise")]
    pub zero_noise: BTreeMap<Parameter, Decimal>,
    /// Single parameters that do not move.
    #[serde(deserialize_with = "by_parameter")]
    pub frozen: BTreeMap<Parameter, FrozenCheck>,
    /// Stations that stand still as a whole.
    pub stuck: StuckCheck,
    /// Single values out of line.
    #[serde(deserialize_with = "by_parameter")]
    pub step: BTreeMap<Parameter, FarCheck>,
    /// Stations out of line with their neighbours.
    pub neighbours: NeighbourCheck,
}

/// An entry of `[qc.frozen]`.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrozenCheck {
    /// Whether the parameter is put to the test.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// Shortest suspicious time without change.
    #[serde(rename = "hours", deserialize_with = "hours")]
    pub at_least: TimeDelta,
    /// Values up to here may stand still, in the parameter's unit.
    #[serde(default, deserialize_with = "some_decimal")]
    pub not_up_to: Option<Decimal>,
}

/// `[qc.stuck]`.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StuckCheck {
    /// Shortest suspicious time in which nothing changes.
    #[serde(rename = "hours", deserialize_with = "hours")]
    pub at_least: TimeDelta,
    /// So many parameters at least must be known to rest.
    pub parameters: NonZeroUsize,
}

/// An entry of `[qc.step]` or `[qc.neighbours.far]`. Both conditions must hold.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FarCheck {
    /// Whether the parameter is put to the test.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// Smallest suspicious distance, in the parameter's unit.
    #[serde(deserialize_with = "not_negative")]
    pub distance: Decimal,
    /// Smallest suspicious ratio.
    #[serde(deserialize_with = "not_negative")]
    pub ratio: Decimal,
}

/// `[qc.neighbours]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NeighbourCheck {
    /// Fewest neighbours with a value.
    pub stations: NonZeroUsize,
    /// Shortest suspicious time on one side of the neighbours.
    #[serde(rename = "hours", deserialize_with = "hours")]
    pub at_least: TimeDelta,
    /// How far from the median of its neighbours a value must lie.
    #[serde(deserialize_with = "by_parameter")]
    pub far: BTreeMap<Parameter, FarCheck>,
}

const fn yes() -> bool {
    true
}

fn by_parameter<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<BTreeMap<Parameter, T>, D::Error> {
    let entries = BTreeMap::<String, T>::deserialize(deserializer)?;
    entries
        .into_iter()
        .map(|(key, entry)| match Parameter::from_key(&key) {
            Some(parameter) => Ok((parameter, entry)),
            None => Err(Error::custom(format!(
                "`{key}` is no parameter; write a key of GLOSSARY.md such as pm25 or codmn"
            ))),
        })
        .collect()
}

/// A number as written.
#[derive(Deserialize)]
struct Number(#[serde(deserialize_with = "decimal")] Decimal);

fn some_decimal<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Decimal>, D::Error> {
    decimal(deserializer).map(Some)
}

fn zero_noise<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<Parameter, Decimal>, D::Error> {
    let lowest: BTreeMap<Parameter, Number> = by_parameter(deserializer)?;
    let below = |(parameter, Number(lowest)): (Parameter, Number)| {
        if lowest > Decimal::ZERO {
            return Err(Error::custom(format!("{parameter} = {lowest} is above zero; write 0 or less")));
        }
        Ok((parameter, lowest))
    };
    lowest.into_iter().map(below).collect()
}

fn not_negative<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Decimal, D::Error> {
    let value = decimal(deserializer)?;
    if value < Decimal::ZERO {
        return Err(Error::custom(format!("{value} is below zero; write 0 or more")));
    }
    Ok(value)
}

fn hours<'de, D: Deserializer<'de>>(deserializer: D) -> Result<TimeDelta, D::Error> {
    let hours = u16::deserialize(deserializer)?;
    if !(1..=LONGEST_RUN).contains(&hours) {
        return Err(Error::custom(format!("{hours} hours are out of reach; write 1 to {LONGEST_RUN}")));
    }
    Ok(TimeDelta::hours(hours.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Settings;
    use Parameter::{Co, No2, Pm25};

    fn load(text: &str) -> Result<Qc, String> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("lanbi.toml");
        std::fs::write(&path, text).unwrap();
        Settings::load(Some(&path), &[]).map(|settings| settings.qc).map_err(|error| error.to_string())
    }

    #[test]
    fn a_file_changes_one_number_and_leaves_the_others() {
        let built_in = load("").unwrap();
        let qc = load(
            "[qc]\nfrozen.pm25.hours = 6\nfrozen.cod.enabled = false\nzero_noise.co = 0\n\
             step = { as = { distance = 0.01, ratio = 3 } }\n[qc.neighbours]\nhours = 5\n",
        )
        .unwrap();
        assert_eq!(qc.frozen[&Pm25].at_least, TimeDelta::hours(6));
        assert_eq!(qc.frozen[&Pm25].not_up_to, built_in.frozen[&Pm25].not_up_to);
        assert!(!qc.frozen[&Parameter::Cod].enabled && qc.frozen[&No2].enabled);
        assert_eq!((qc.zero_noise[&Co], qc.zero_noise[&Pm25]), (Decimal::ZERO, built_in.zero_noise[&Pm25]));
        assert_eq!(qc.step.len(), built_in.step.len() + 1);
        assert_eq!(qc.neighbours.at_least, TimeDelta::hours(5));
        assert_eq!(qc.neighbours.far.len(), built_in.neighbours.far.len());
    }

    #[test]
    fn what_cannot_be_meant_is_refused_with_its_key() {
        let check = |text: &str, words: &[&str]| {
            let error = load(text).unwrap_err();
            assert!(words.iter().all(|word| error.contains(word)), "{text}: {error}");
        };
        check("[qc.frozen]\npm2_5 = { hours = 6 }\n", &["qc.frozen", "`pm2_5` is no parameter"]);
        check("[qc.step]\npm25 = { distanse = 6 }\n", &["qc.step.pm25", "distanse"]);
        check("[qc.step]\nas = { distance = 6 }\n", &["qc.step.as", "ratio"]);
        check("[qc.step.pm25]\ndistance = -1\n", &["qc.step.pm25.distance", "below zero"]);
        check("[qc.zero_noise]\npm25 = 3\n", &["qc.zero_noise", "pm25 = 3 is above zero"]);
        for hours in [0, 745] {
            check(&format!("[qc.stuck]\nhours = {hours}\n"), &["qc.stuck.hours", "1 to 744"]);
        }
        check("[qc.neighbours]\nstations = 0\n", &["qc.neighbours.stations"]);
        check("[qc]\ngap_cadences = 0\n", &["qc.gap_cadences"]);
    }

    #[test]
    fn every_number_is_shown_with_its_origin() {
        let shown = Settings::origins(None, &[]).unwrap();
        let find = |key: &str| shown.iter().find(|origin| origin.key == key).unwrap();
        assert_eq!(find("qc.frozen.pm25.hours").value, "12");
        assert_eq!(find("qc.zero_noise.co").value, "-0.5");
        assert!(find("qc.neighbours.far.pm25.ratio").is_built_in());
    }
}
