//! What to write into the station file for one device.

use lanbi_model::{AveragingPeriod, Instant, Parameter, Registry, StationId};

use super::device::{Device, Range};
use super::sighting::Naming;

/// What is to be done for a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Task {
    /// It is of no station: give it one.
    Enter,
    /// Its station does not list all that it sends.
    Extend {
        /// Its station.
        station: StationId,
        /// What the station is to list: what it lists already, then what is new.
        parameters: Vec<Parameter>,
    },
    /// Its station lists what it sends: replay its letters.
    Replay {
        /// Its station.
        station: StationId,
    },
}

/// What a device sends, and what to do for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// What it calls itself.
    pub device: String,
    /// What that is.
    pub naming: Naming,
    /// What to do.
    pub task: Task,
    /// Letters that speak of it.
    pub letters: u64,
    /// First arrival.
    pub first: Instant,
    /// Last arrival.
    pub last: Instant,
    /// Key of the kind of station that fits what it sends.
    pub kind: &'static str,
    /// Why this kind.
    pub kind_by: &'static str,
    /// Averaging period of its regular values.
    pub period: AveragingPeriod,
    /// Time between them.
    pub cadence: AveragingPeriod,
    /// Whether two messages or more told the time between them.
    pub cadence_seen: bool,
    /// Parameters it sends, in the order of the model.
    pub parameters: Vec<Parameter>,
    /// What each code was seen with, by code.
    pub ranges: Vec<Range>,
}

impl Proposal {
    pub(super) fn of(name: &str, device: &Device, registry: &Registry) -> Self {
        let parameters = device.parameters();
        let station = match device.naming {
            Naming::Mn => registry.by_mn(name),
            Naming::Id => registry.find(name),
        };
        let task = station.map_or(Task::Enter, |station| {
            let new = parameters.iter().copied().filter(|&parameter| !station.measures(parameter));
            let all: Vec<Parameter> = station.parameters.iter().copied().chain(new).collect();
            if all.len() == station.parameters.len() {
                Task::Replay { station: station.id.clone() }
            } else {
                Task::Extend { station: station.id.clone(), parameters: all }
            }
        });
        let (kind, kind_by) = device.kind();
        let (period, interval) = device.times.regular();
        let arrivals = || device.letters.iter().map(|(received_at, _)| *received_at);
        // Water is taken every four hours, air every hour, as far as nothing else tells.
        let usual = if kind == "section" { 4 * 3600 } else { 3600 };
        let cadence = interval.unwrap_or_else(|| match period {
            Some(period) if period > AveragingPeriod::MOMENT => period,
            _ => AveragingPeriod::from_seconds(usual),
        });
        Self {
            device: name.to_owned(),
            naming: device.naming,
            task,
            letters: u64::try_from(device.letters.len()).unwrap_or(u64::MAX),
            first: arrivals().min().unwrap_or_default(),
            last: arrivals().max().unwrap_or_default(),
            kind,
            kind_by,
            // Where messages do not say, means come once in their period; what comes more seldom are readings.
            period: period.unwrap_or(if cadence > AveragingPeriod::HOUR {
                AveragingPeriod::MOMENT
            } else {
                cadence
            }),
            cadence,
            cadence_seen: interval.is_some(),
            parameters,
            ranges: device.ranges(),
        }
    }

    /// Codes without a known meaning, by code.
    pub fn unknown_codes(&self) -> impl Iterator<Item = &str> {
        self.ranges.iter().filter(|range| range.known.is_none()).map(|range| range.code.as_str())
    }
}
