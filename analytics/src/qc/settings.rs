//! Thresholds of the quality checks. All are configured, in `[qc]` of the settings: HJ 817 and HJ 818 name the tests, no
//! standard gives the numbers. On public hourly records of six city air stations over four years, and on 17 000 four-hourly readings of
//! 700 national water stations, the built-in ones ask about a parameter of a station seven times a year at most.
//!
//! On the same records no station stands still as a whole: all six pollutants never rest for more than four hours, three
//! gases of a station together for six hours less than once a year on average, and no water station for eight. Of 206
//! stations in an hourly record of 25 cities over four days, 30 stand still from beginning to end and no other for four
//! hours.
//!
//! With the neighbours' thresholds the four stations inside the city are asked about at most three times a year for a
//! parameter, the two 30 km outside, which are no neighbours in truth, up to fourteen times. An analyser that reads four
//! times too much in a winter month is found in two hours of three.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use lanbi_model::{Decimal, Medium, Parameter, Station};

/// Media whose parameters do not all rest together; weather may be calm and dry.
pub(super) const STUCK: [Medium; 2] = [Medium::Air, Medium::Water];

/// When an unchanging value is suspicious.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrozenThreshold {
    /// Shortest suspicious time without change.
    pub at_least: TimeDelta,
    /// Values up to here may stand still, in the parameter's unit: at the detection limit an instrument repeats
    /// itself. None judges every value.
    pub not_up_to: Option<Decimal>,
}

/// When a single value that stands out of both its neighbours is suspicious. Both conditions must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepThreshold {
    /// Smallest suspicious distance to the nearer neighbour, in the parameter's unit.
    pub distance: Decimal,
    /// Smallest suspicious ratio to the nearer neighbour, up or down; 1 asks for none.
    pub ratio: Decimal,
}

/// When a station that stands still as a whole is suspicious.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StuckThreshold {
    /// Shortest suspicious time in which nothing changes.
    pub at_least: TimeDelta,
    /// So many parameters at least must be known to rest.
    pub parameters: usize,
}

/// When a station that differs from its neighbours is suspicious.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NeighbourThresholds {
    /// How far from the median of its neighbours a value must lie, by distance and ratio.
    pub far: BTreeMap<Parameter, StepThreshold>,
    /// Fewest neighbours with a value.
    pub stations: usize,
    /// Shortest suspicious time on one side of the neighbours.
    pub at_least: TimeDelta,
}

/// Settings of all quality checks. A parameter without an entry is not put to that test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QcSettings {
    /// Lowest value that still is noise around zero and stays valid (HJ 817-2018 and HJ 818-2018: zero and negative
    /// values within the performance of the instrument are not simply deleted).
    pub zero_noise: BTreeMap<Parameter, Decimal>,
    /// Unchanging values.
    pub frozen: BTreeMap<Parameter, FrozenThreshold>,
    /// Whole stations, for parameters of air and of water.
    pub stuck: StuckThreshold,
    /// Single values out of line.
    pub step: BTreeMap<Parameter, StepThreshold>,
    /// Stations out of line with their neighbours.
    pub neighbours: NeighbourThresholds,
    /// Values further apart than this many cadences of the station are not neighbours in time.
    pub gap_cadences: u16,
}

impl QcSettings {
    /// How far back a check of a station's new values must look: the longest run that is looked for.
    #[must_use]
    pub fn look_back(&self, station: &Station) -> TimeDelta {
        let measured = self.frozen.iter().filter(|(parameter, _)| station.measures(**parameter));
        let single = measured.map(|(_, rule)| rule.at_least).max().unwrap_or_default();
        let together = |medium: &Medium| {
            let own = station.parameters.iter().filter(|parameter| parameter.medium() == *medium);
            own.count() >= self.stuck.parameters
        };
        let whole = STUCK.iter().any(together).then_some(self.stuck.at_least);
        whole.unwrap_or_default().max(single)
    }
}
