//! Where a value was measured.

use std::borrow::Borrow;
use std::sync::Arc;

use crate::{AveragingPeriod, Parameter, Zone};

/// Stable name of a station, as sent by the device and printed in exports.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StationId(Arc<str>);

impl StationId {
    /// Stands for the whole district, in alarms that no single station raises.
    pub const DISTRICT: &str = "全区";

    /// Makes an id; the registry checks that it is known.
    #[must_use]
    pub fn new(id: &str) -> Self {
        Self(Arc::from(id))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Lets a map keyed by id be asked with text, without making an id first.
impl Borrow<str> for StationId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for StationId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether the river or the lake column of GB 3838 holds for total phosphorus.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum WaterBody {
    /// 河流.
    #[default]
    River,
    /// 湖、库.
    Lake,
}

impl WaterBody {
    /// Finds a body by its key, `river` or `lake`.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        match key {
            "river" => Some(Self::River),
            "lake" => Some(Self::Lake),
            _ => None,
        }
    }

    /// Key.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::River => "river",
            Self::Lake => "lake",
        }
    }
}

/// What kind of station it is, with what only that kind has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StationKind {
    /// 空气站.
    Air,
    /// 水质断面 or lake point.
    Section {
        /// River or lake limits.
        body: WaterBody,
        /// Target class 1-5 (Ⅰ to Ⅴ); none takes class Ⅲ as base.
        target: Option<u8>,
    },
    /// 入河排污口.
    Outlet {
        /// Limit table and grade, for example `DB12-599-2015/A`.
        limits: String,
    },
    /// 黑臭水体名录 water.
    Ditch {
        /// Whether the rural limits hold.
        rural: bool,
    },
}

impl StationKind {
    /// Key in files and in the store.
    #[must_use]
    pub const fn key(&self) -> &'static str {
        match self {
            Self::Air => "air",
            Self::Section { .. } => "section",
            Self::Outlet { .. } => "outlet",
            Self::Ditch { .. } => "ditch",
        }
    }

    /// Word in reports.
    #[must_use]
    pub const fn zh(&self) -> &'static str {
        match self {
            Self::Air => "空气站",
            Self::Section { .. } => "水质断面",
            Self::Outlet { .. } => "入河排污口",
            Self::Ditch { .. } => "黑臭水体名录水体",
        }
    }
}

/// A station in the registry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Station {
    /// Id.
    pub id: StationId,
    /// Name as printed.
    pub name: String,
    /// Kind.
    pub kind: StationKind,
    /// District or area the station counts for.
    pub area: String,
    /// The water it stands on or discharges to; empty for air stations.
    pub water: String,
    /// The next section downstream, for outlets and ditches.
    pub downstream: Option<StationId>,
    /// Zone of its local time.
    pub zone: Zone,
    /// Averaging period of its regular values.
    pub period: AveragingPeriod,
    /// Time between two values in normal operation.
    pub cadence: AveragingPeriod,
    /// Parameters it measures by design; others are rejected.
    pub parameters: Vec<Parameter>,
}

impl Station {
    /// Whether the station measures a parameter by design.
    #[must_use]
    pub fn measures(&self, parameter: Parameter) -> bool {
        self.parameters.contains(&parameter)
    }
}
