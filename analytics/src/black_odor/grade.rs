//! The grade of one sample. An indicator that was not measured is not judged.

use lanbi_model::standard::{BlackOdorLimit, BlackOdorStandard, Direction};
use lanbi_model::{Decimal, Parameter};

/// How black and smelly a water is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum OdorLevel {
    /// Not black-odorous.
    None,
    /// 轻度黑臭; in the countryside the only grade.
    Light,
    /// 重度黑臭.
    Heavy,
}

impl OdorLevel {
    /// Word of the command line: `none`, `light`, `heavy`.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Light => "light",
            Self::Heavy => "heavy",
        }
    }

    /// Word in reports.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::None => "非黑臭",
            Self::Light => "轻度黑臭",
            Self::Heavy => "重度黑臭",
        }
    }
}

impl OdorLevel {
    /// Finds a level by its key or its word.
    #[must_use]
    pub fn find(word: &str) -> Option<Self> {
        [Self::None, Self::Light, Self::Heavy]
            .into_iter()
            .find(|level| level.key() == word || level.zh() == word)
    }
}

/// The grade of a sample with the grade of each judged indicator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grade {
    /// The worst of the indicators.
    pub level: OdorLevel,
    /// Judged indicators in the order of the guide's table.
    pub indicators: Vec<(Parameter, OdorLevel)>,
}

impl Grade {
    /// Indicators that reach light or heavy.
    pub fn reasons(&self) -> impl Iterator<Item = (Parameter, OdorLevel)> + '_ {
        self.indicators.iter().copied().filter(|(_, level)| *level > OdorLevel::None)
    }
}

/// Grades one sample by the urban or the rural limits; none where nothing could be judged.
///
/// `values` may hold transparency and depth (cm), DO and NH3-N (mg/L) and ORP (mV). `clear` says that the bottom was
/// seen: then transparency is good whatever the disc read, because it cannot read more than the depth.
#[must_use]
pub fn grade(
    standard: &BlackOdorStandard,
    rural: bool,
    values: &[(Parameter, Decimal)],
    clear: bool,
) -> Option<Grade> {
    let limits = if rural { &standard.rural } else { &standard.urban };
    let value = |wanted| values.iter().find(|(p, _)| *p == wanted).map(|(_, value)| *value);
    let depth = value(Parameter::WaterDepth);
    let judge = |limit: &BlackOdorLimit| {
        if limit.parameter == Parameter::Transparency {
            if clear {
                return Some(OdorLevel::None);
            }
            if let Some(depth) = depth.filter(|depth| *depth < standard.shallow_below) {
                let share = depth * standard.shallow_share;
                return value(limit.parameter).map(|seen| in_shallow_water(limit, seen, share));
            }
        }
        value(limit.parameter).map(|value| by_limits(limit, value))
    };
    let indicators: Vec<_> =
        limits.iter().filter_map(|l| judge(l).map(|level| (l.parameter, level))).collect();
    let level = indicators.iter().map(|(_, level)| *level).max()?;
    Some(Grade { level, indicators })
}

fn by_limits(limit: &BlackOdorLimit, value: Decimal) -> OdorLevel {
    let beyond = |edge: Decimal| match limit.direction {
        Direction::AtMost => value > edge,
        Direction::AtLeast => value < edge,
    };
    if limit.heavy.is_some_and(beyond) {
        OdorLevel::Heavy
    } else if beyond(limit.light) || (limit.edge_is_light && value == limit.light) {
        OdorLevel::Light
    } else {
        OdorLevel::None
    }
}

/// Below 25 cm of water the share of the depth stands for the edge of heavy (0.4 × 25 cm = 10 cm), and what is not
/// clear to the bottom is at least light. A guide with one grade has that edge only.
fn in_shallow_water(limit: &BlackOdorLimit, seen: Decimal, share: Decimal) -> OdorLevel {
    match (limit.heavy, seen < share) {
        (Some(_), true) => OdorLevel::Heavy,
        (Some(_), false) | (None, true) => OdorLevel::Light,
        (None, false) => OdorLevel::None,
    }
}
