//! What a year is to keep (年度目标): a figure of the air with its bound.

use crate::{Decimal, Parameter};

/// A figure of a year that a target may be set for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TargetKind {
    /// Statistic of an item of [`Parameter::AQI`] as HJ 663 names it (mean, p95 of CO, p90 of ozone), ug/m³ (CO mg/m³), at
    /// most.
    Item(Parameter),
    /// The same against the last year in percent; the target is a fall, for example 3 for "3 % or more lower".
    Fall(Parameter),
    /// 综合指数, at most.
    Index,
    /// 优良天数, at least.
    GoodDays,
    /// 优良天数比例 in percent of valid days, at least.
    GoodRatio,
    /// 重污染天数, at most.
    HeavyDays,
    /// 重污染天数比例 in percent of valid days, at most.
    HeavyRatio,
}

/// Before the item of [`TargetKind::Fall`].
const FALL: &str = "fall:";

impl TargetKind {
    /// The figure of a whole year on its own: of a fall, that of its item.
    #[must_use]
    pub const fn of_year(self) -> Self {
        match self {
            Self::Fall(item) => Self::Item(item),
            kind => kind,
        }
    }

    /// Word in files and on the command line: `pm25`, `fall:pm25`, `index`, `good_days`, `good_days_ratio`, `heavy_days`,
    /// `heavy_days_ratio`; ozone is `o3_8h`.
    #[must_use]
    pub fn key(self) -> String {
        match self {
            Self::Item(item) => item.key().to_owned(),
            Self::Fall(item) => format!("{FALL}{}", item.key()),
            Self::Index => "index".to_owned(),
            Self::GoodDays => "good_days".to_owned(),
            Self::GoodRatio => "good_days_ratio".to_owned(),
            Self::HeavyDays => "heavy_days".to_owned(),
            Self::HeavyRatio => "heavy_days_ratio".to_owned(),
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        let item = |key: &str| {
            Parameter::from_key(key).filter(|item| {
                *item == Parameter::O3EightHour || (*item != Parameter::O3 && Parameter::AQI.contains(item))
            })
        };
        match key {
            "index" => Some(Self::Index),
            "good_days" => Some(Self::GoodDays),
            "good_days_ratio" => Some(Self::GoodRatio),
            "heavy_days" => Some(Self::HeavyDays),
            "heavy_days_ratio" => Some(Self::HeavyRatio),
            _ => match key.strip_prefix(FALL) {
                Some(key) => item(key).map(Self::Fall),
                None => item(key).map(Self::Item),
            },
        }
    }

    /// As reports name it: `PM2.5年均浓度`, `优良天数比例`.
    #[must_use]
    pub fn zh(self) -> String {
        let statistic = |item: Parameter| match item {
            Parameter::Co => "CO日均值第95百分位数".to_owned(),
            Parameter::O3EightHour => "O3日最大8小时平均第90百分位数".to_owned(),
            item => format!("{}年均浓度", item.symbol()),
        };
        match self {
            Self::Item(item) => statistic(item),
            Self::Fall(item) => format!("{}同比下降", statistic(item)),
            Self::Index => "环境空气质量综合指数".to_owned(),
            Self::GoodDays => "优良天数".to_owned(),
            Self::GoodRatio => "优良天数比例".to_owned(),
            Self::HeavyDays => "重污染天数".to_owned(),
            Self::HeavyRatio => "重污染天数比例".to_owned(),
        }
    }

    /// Unit as printed; empty for the index.
    #[must_use]
    pub const fn unit(self) -> &'static str {
        match self {
            Self::Item(item) => item.unit().symbol(),
            Self::Fall(_) | Self::GoodRatio | Self::HeavyRatio => "%",
            Self::Index => "",
            Self::GoodDays | Self::HeavyDays => "天",
        }
    }

    /// Whether the bound is a least one.
    #[must_use]
    pub const fn is_at_least(self) -> bool {
        matches!(self, Self::GoodDays | Self::GoodRatio | Self::Fall(_))
    }
}

/// A figure with its bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    /// Figure.
    pub kind: TargetKind,
    /// Bound in the figure's unit; a figure equal to it keeps the target.
    pub value: Decimal,
}

impl Target {
    /// Whether a figure keeps the target. A fall is a figure below zero, and its bound is how far.
    #[must_use]
    pub fn is_met(&self, figure: Decimal) -> bool {
        match self.kind {
            TargetKind::GoodDays | TargetKind::GoodRatio => figure >= self.value,
            TargetKind::Fall(_) => figure <= -self.value,
            _ => figure <= self.value,
        }
    }
}

/// A target of one year and place, as a document sets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct YearTarget {
    /// Calendar year.
    pub year: i32,
    /// Area or site; empty for the whole district.
    pub area: String,
    /// Figure and bound.
    pub target: Target,
    /// The document that sets it.
    pub source: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_back() {
        for key in [
            "pm25",
            "co",
            "o3_8h",
            "fall:pm25",
            "index",
            "good_days",
            "good_days_ratio",
            "heavy_days",
            "heavy_days_ratio",
        ] {
            assert_eq!(TargetKind::from_key(key).map(TargetKind::key), Some(key.to_owned()));
        }
        for key in ["", "o3", "nh3n", "fall:", "fall:index", "good"] {
            assert_eq!(TargetKind::from_key(key), None, "{key}");
        }
    }

    #[test]
    fn a_figure_equal_to_its_bound_keeps_the_target() {
        let check = |kind, bound: &str, figure: &str, expected: bool| {
            let target = Target { kind, value: bound.parse().unwrap() };
            assert_eq!(target.is_met(figure.parse().unwrap()), expected, "{target:?} {figure}");
        };
        for (kind, equal, worse) in [
            (TargetKind::Item(Parameter::Pm25), "35", "36"),
            (TargetKind::Index, "35", "35.01"),
            (TargetKind::HeavyDays, "35", "36"),
            (TargetKind::HeavyRatio, "35", "35.1"),
            (TargetKind::GoodDays, "35", "34"),
            (TargetKind::GoodRatio, "35", "34.9"),
            (TargetKind::Fall(Parameter::Pm25), "-35", "-34.9"),
        ] {
            let bound = if matches!(kind, TargetKind::Fall(_)) { "35" } else { equal };
            check(kind, bound, equal, true);
            check(kind, bound, worse, false);
        }
    }
}
