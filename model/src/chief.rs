//! River chiefs (河长) and the waters in their care.

use crate::StationId;

/// Level of a river chief.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ChiefLevel {
    /// 市级.
    City,
    /// 区级.
    District,
    /// 街镇级.
    Town,
    /// 村级.
    Village,
}

impl ChiefLevel {
    /// Key in configuration files.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::City => "city",
            Self::District => "district",
            Self::Town => "town",
            Self::Village => "village",
        }
    }

    /// Word in reports.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::City => "市级",
            Self::District => "区级",
            Self::Town => "街镇级",
            Self::Village => "村级",
        }
    }

    /// Finds a level by its key.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        [Self::City, Self::District, Self::Town, Self::Village].into_iter().find(|l| l.key() == key)
    }
}

/// One river chief.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chief {
    /// Stable key, used in file names.
    pub id: String,
    /// Name as printed.
    pub name: String,
    /// Level.
    pub level: ChiefLevel,
    /// Names of the waters in his care.
    pub waters: Vec<String>,
    /// Sections, outlets and ditches on those waters.
    pub stations: Vec<StationId>,
    /// The town or street (街镇) whose office answers for the chief; empty where there is none.
    pub town: String,
    /// Days between two patrols; none takes the level's setting.
    pub patrol_every_days: Option<u16>,
    /// Least metres of a patrol; none takes the level's setting.
    pub patrol_min_length_m: Option<u32>,
    /// Least minutes of a patrol; none takes the level's setting.
    pub patrol_min_minutes: Option<u32>,
}
