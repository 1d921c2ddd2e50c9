//! How days of air become the figures of a month, a quarter or a year, and how districts are ranked by them, as data:
//! HJ 663, 环办〔2014〕64号 and the ranking rules, from `config/standards/hj663` and `config/standards/ranking`.

use std::collections::BTreeMap;

use crate::standard::{Edition, Editioned, LimitTime};
use crate::target::TargetKind;
use crate::{Decimal, Parameter};

/// How the days of a period are made one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PeriodStatistic {
    /// 平均浓度.
    Mean,
    /// 百分位数 of the daily values, for example 95 for CO and 90 for ozone.
    Percentile(u8),
}

impl std::fmt::Display for PeriodStatistic {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Mean => f.write_str("mean"),
            Self::Percentile(p) => write!(f, "p{p}"),
        }
    }
}

/// One statistic of one pollutant over a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PeriodItem {
    /// Pollutant; ozone under [`Parameter::O3EightHour`].
    pub parameter: Parameter,
    /// Statistic.
    pub statistic: PeriodStatistic,
    /// Decimals it is published with, half to even; what follows is computed from the published figure.
    pub decimals: u32,
    /// The limit of GB 3095 it is held against.
    pub limit: LimitTime,
}

/// Why a day is set apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EventKind {
    /// 沙尘.
    Dust,
    /// 例外事件 (HJ 663-2026).
    Exceptional,
}

impl EventKind {
    /// Every kind.
    pub const ALL: [Self; 2] = [Self::Dust, Self::Exceptional];

    /// Word in files and on the command line.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Dust => "dust",
            Self::Exceptional => "exceptional",
        }
    }

    /// Word in reports.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Dust => "沙尘",
            Self::Exceptional => "例外事件",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.key() == key)
    }
}

/// What an event takes out of the figures of a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventEffect {
    /// Kind.
    pub kind: EventKind,
    /// Items whose value of the day takes no part in means, percentiles and what follows from them.
    pub left_out: Vec<Parameter>,
    /// Whether the day counts among good, heavy and valid days all the same.
    pub counts_in_days: bool,
}

/// HJ 663 with the composite index: the evaluation of a period of days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AirEvaluation {
    /// Edition.
    pub edition: Edition,
    /// The six statistics of the composite index, in the order of [`Parameter::AQI`].
    pub items: [PeriodItem; 6],
    /// The statistics of a year that must all keep their limits (达标评价).
    pub attainment: Vec<PeriodItem>,
    /// Decimals of a single index and of the composite index.
    pub index_decimals: u32,
    /// The worst level of a good day (优, 良).
    pub good_level: u8,
    /// The best level of a heavily polluted day (重度污染, 严重污染).
    pub heavy_level: u8,
    /// Share of a place's sites in percent that a mean over its sites needs on a day.
    pub sites_percent: u32,
    /// What dust and exceptional events take out.
    pub events: Vec<EventEffect>,
    /// Clauses by topic.
    pub clauses: BTreeMap<String, String>,
}

impl AirEvaluation {
    /// What an event of a kind takes out; none where the edition is not known to take out anything.
    #[must_use]
    pub fn effect(&self, kind: EventKind) -> Option<&EventEffect> {
        self.events.iter().find(|effect| effect.kind == kind)
    }

    /// Decimals that the figure of a target is published with; ratios and changes have one.
    #[must_use]
    pub fn decimals(&self, kind: TargetKind) -> u32 {
        match kind {
            TargetKind::Item(item) => self
                .items
                .iter()
                .find(|rule| rule.parameter == item)
                .map_or_else(|| item.decimals(), |rule| rule.decimals),
            TargetKind::Index => self.index_decimals,
            TargetKind::Fall(_) | TargetKind::GoodRatio | TargetKind::HeavyRatio => 1,
            TargetKind::GoodDays | TargetKind::HeavyDays => 0,
        }
    }
}

impl Editioned for AirEvaluation {
    fn edition(&self) -> &Edition {
        &self.edition
    }
}

/// A figure that districts are ranked by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RankFigure {
    /// Composite index.
    Index,
    /// Its change in percent against the same period a year before; less than zero is better.
    IndexChange,
    /// Mean of PM2.5, ug/m³.
    Pm25,
    /// Its change in percent against the same period a year before.
    Pm25Change,
    /// 优良天数比例, percent.
    GoodDaysRatio,
}

impl RankFigure {
    /// Every figure.
    pub const ALL: [Self; 5] =
        [Self::Index, Self::IndexChange, Self::Pm25, Self::Pm25Change, Self::GoodDaysRatio];

    /// Column of the command line and word in files.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Index => "index",
            Self::IndexChange => "index_change",
            Self::Pm25 => "pm25",
            Self::Pm25Change => "pm25_change",
            Self::GoodDaysRatio => "good_days_ratio",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|figure| figure.key() == key)
    }

    /// Whether the largest is in the first place.
    #[must_use]
    pub const fn larger_is_better(self) -> bool {
        matches!(self, Self::GoodDaysRatio)
    }
}

/// One part of a ranking rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RankPart {
    /// Figure whose places count.
    pub figure: RankFigure,
    /// Weight of the place in percent.
    pub weight: Decimal,
}

/// A rule by which districts are ranked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ranking {
    /// Edition; its id names the rule on the command line.
    pub edition: Edition,
    /// Parts, with weights that make 100 percent.
    pub parts: Vec<RankPart>,
    /// Clauses by topic: `rule`, `ties`.
    pub clauses: BTreeMap<String, String>,
}

impl Editioned for Ranking {
    fn edition(&self) -> &Edition {
        &self.edition
    }
}
