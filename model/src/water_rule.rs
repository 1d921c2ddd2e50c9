//! How sections become periods, rivers and places on a list, as data: 环办〔2011〕22号 with the merging of automatic and manual
//! data (环办监测函〔2020〕82号), 城市水质指数 and the rank sum of Tianjin. From `config/standards/water-evaluation`, `cwqi` and
//! `ranking`.

use std::collections::{BTreeMap, BTreeSet};

use crate::standard::{Edition, Editioned};
use crate::{Decimal, Parameter};

/// 环办〔2011〕22号: what a period of a section is, and what sections make of a river or basin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaterEvaluation {
    /// Edition.
    pub edition: Edition,
    /// How many values make a period.
    pub minimums: WaterMinimums,
    /// Items that are taken from the automatic station where it has enough of them; the others are taken by hand.
    pub automatic: Vec<Parameter>,
    /// Which pollutants of a section are named, and which first.
    pub main: MainPollutants,
    /// State of a river or basin by the shares of its sections.
    pub basin: BasinRule,
    /// From which change a section or a basin is called better or worse.
    pub change: ChangeRule,
    /// 营养状态 of lakes.
    pub trophic: Trophic,
    /// Clauses by topic.
    pub clauses: BTreeMap<String, String>,
    /// Topics whose clause is recalled or inferred: what rests on them is shown as 未核实.
    pub unverified: BTreeSet<String>,
}

impl Editioned for WaterEvaluation {
    fn edition(&self) -> &Edition {
        &self.edition
    }
}

/// How many values a period of a section needs. The readings of a day stand with GB 3838, beside the service's own days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WaterMinimums {
    /// Share of a month's days in percent that need a mean of the automatic station.
    pub month_percent: u32,
    /// Months (samplings) with a value in a quarter.
    pub quarter_months: u32,
    /// Months of a year where nothing prevents sampling.
    pub year_months: u32,
    /// Months of a year where ice or a dry bed does.
    pub year_months_least: u32,
}

/// 主要污染指标 of a section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MainPollutants {
    /// So many are named.
    pub named: usize,
    /// The worst class at which none is named: Ⅲ.
    pub class: u8,
    /// Items that go before all others where they are over the limit: cyanide and heavy metals.
    pub first: Vec<Parameter>,
}

/// 河流、流域 state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BasinRule {
    /// From so many sections the shares decide; with fewer the means over the sections.
    pub sections: u32,
    /// The worst class of a good section: Ⅲ.
    pub good_class: u8,
    /// States, best first. The last has no condition.
    pub states: Vec<BasinState>,
    /// Decimals of a share in percent.
    pub decimals: u32,
}

/// One state of a basin; the first whose conditions hold counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BasinState {
    /// 优 … 重度污染, the words of a section's state.
    pub state: String,
    /// Least share of good sections in percent, inside.
    pub good_from: Option<Decimal>,
    /// Share of sections of 劣Ⅴ in percent that is no longer in the state.
    pub worst_below: Option<Decimal>,
}

/// 水质变化: from which step on which word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChangeRule {
    /// Classes of a section, or states of a basin, from which a change is marked (明显); fewer are slight (有所).
    pub marked_steps: u8,
    /// Percentage points above which the shares of a basin whose state stays have changed.
    pub slight_points: Decimal,
    /// Percentage points above which they have changed markedly.
    pub marked_points: Decimal,
}

/// 综合营养状态指数 TLI(Σ): TLI(j) = 10·(a + b·ln C), weighted by the squares of the correlation with chlorophyll a.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trophic {
    /// Items.
    pub items: Vec<TrophicItem>,
    /// Levels, poorest first.
    pub levels: Vec<TrophicLevel>,
}

/// One item of the trophic index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrophicItem {
    /// Item; chlorophyll a in µg/L, transparency in cm, the others in mg/L.
    pub parameter: Parameter,
    /// What the parameter's unit is divided by to get the unit of the formula: 100 for the transparency in m.
    pub divisor: Decimal,
    /// Constant.
    pub a: Decimal,
    /// Factor of the logarithm.
    pub b: Decimal,
    /// Correlation with chlorophyll a.
    pub r: Decimal,
    /// Whether the formula is recalled or inferred.
    pub unverified: bool,
}

/// One level of the trophic index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrophicLevel {
    /// 贫营养 … 重度富营养.
    pub name: String,
    /// Largest index; none for the last.
    pub upto: Option<Decimal>,
    /// Whether the largest index itself is inside.
    pub edge_is_inside: bool,
}

/// 城市水质指数 (CWQI).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CityIndex {
    /// Edition.
    pub edition: Edition,
    /// Items that are added.
    pub items: Vec<Parameter>,
    /// Class of GB 3838 whose limits the concentrations are divided by: Ⅲ.
    pub class: u8,
    /// pH whose index is 0.
    pub neutral_ph: Decimal,
    /// Decimals of an index, half to even.
    pub decimals: u32,
    /// Decimals of its change in percent.
    pub change_decimals: u32,
    /// Clauses by topic.
    pub clauses: BTreeMap<String, String>,
    /// Topics whose clause is recalled or inferred.
    pub unverified: BTreeSet<String>,
}

impl Editioned for CityIndex {
    fn edition(&self) -> &Edition {
        &self.edition
    }
}

/// A rule that adds places and pays by the place that comes out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RankSum {
    /// Edition; its id names the rule on the command line.
    pub edition: Edition,
    /// Columns whose places are added, smallest value first. Of equal sums the better place in the first column is ahead.
    pub figures: Vec<String>,
    /// 补偿金 by place from the first on, in 10,000 yuan; less than zero is to be paid.
    pub money: Vec<Decimal>,
    /// Clauses by topic.
    pub clauses: BTreeMap<String, String>,
    /// Topics whose clause is recalled or inferred.
    pub unverified: BTreeSet<String>,
}

impl Editioned for RankSum {
    fn edition(&self) -> &Edition {
        &self.edition
    }
}
