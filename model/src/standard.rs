//! The law as data: what an edition of a standard says, from which day, and how sure we are of it.
//!
//! Editions are loaded from `config/standards/<id>/<edition>.toml`; no limit stands in code. A computation picks the
//! edition by the local day of the measurement and carries its id into the result.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::chief_rule::ChiefScore;
use crate::evaluation::{AirEvaluation, Ranking};
use crate::warning::WarningStandard;
use crate::water_rule::{CityIndex, RankSum, WaterEvaluation};
use crate::{Decimal, Parameter, WaterBody};

/// How well a number of a standard is confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Confidence {
    /// Recalled or inferred: shown as 未核实 wherever it is used.
    Unverified,
    /// One source.
    OneSource,
    /// Two independent sources.
    TwoSources,
    /// Read in the official text.
    Official,
}

impl Confidence {
    /// One-letter mark in files: `O`, `A`, `B`, `C`.
    #[must_use]
    pub const fn mark(self) -> &'static str {
        match self {
            Self::Official => "O",
            Self::TwoSources => "A",
            Self::OneSource => "B",
            Self::Unverified => "C",
        }
    }

    /// Reads a mark.
    #[must_use]
    pub fn from_mark(mark: &str) -> Option<Self> {
        match mark {
            "O" => Some(Self::Official),
            "A" => Some(Self::TwoSources),
            "B" => Some(Self::OneSource),
            "C" => Some(Self::Unverified),
            _ => None,
        }
    }

    /// Words behind a number in a report; empty for what is confirmed by the text or by two sources.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Official | Self::TwoSources => "",
            Self::OneSource => "单一来源",
            Self::Unverified => "未核实",
        }
    }
}

/// One edition of one standard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edition {
    /// Id as on the command line, for example `HJ633-2026`.
    pub id: String,
    /// Number as cited, for example `HJ 633-2026`.
    pub number: String,
    /// Chinese title.
    pub title: String,
    /// First day in force.
    pub from: NaiveDate,
    /// Last day in force; none while it is.
    pub until: Option<NaiveDate>,
    /// Where it holds, for example `全国` or `天津市`.
    pub jurisdiction: String,
    /// Confidence in the edition as a whole.
    pub confidence: Confidence,
}

impl Edition {
    /// Whether the edition is in force on a day.
    #[must_use]
    pub fn in_force(&self, day: NaiveDate) -> bool {
        self.from <= day && self.until.is_none_or(|until| day <= until)
    }
}

/// Anything that is an edition of a standard.
pub trait Editioned {
    /// Its edition.
    fn edition(&self) -> &Edition;
}

/// What an index is above the last breakpoint of its table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beyond {
    /// It stays at this number.
    Cap(u32),
    /// There is none.
    Empty,
}

/// The concentrations that stand for the IAQI nodes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breakpoints {
    /// Concentrations for the first nodes of [`AqiStandard::iaqi`], ascending, in the parameter's unit.
    pub nodes: Vec<Decimal>,
    /// Above the last of them.
    pub beyond: Beyond,
}

/// When an index with a missing item may be published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Incomplete {
    /// From the items there are.
    Publish,
    /// Only where the AQI of the others exceeds this number (HJ 633-2026, 5.3.1); else NA.
    OnlyAbove(u32),
}

/// One level of the AQI.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AqiLevel {
    /// 1 to 6.
    pub level: u8,
    /// Largest AQI of the level; none for the last.
    pub upto: Option<u32>,
    /// Number as printed, 一级 to 六级.
    pub name: String,
    /// 优, 良, 轻度污染, 中度污染, 重度污染, 严重污染.
    pub category: String,
    /// Colour word, 绿 to 褐红.
    pub colour_name: String,
    /// Colour as `#rrggbb`.
    pub colour: String,
    /// 对健康影响情况.
    pub health: String,
    /// 建议采取的措施.
    pub advice: String,
}

/// HJ 633: the air quality index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AqiStandard {
    /// Edition.
    pub edition: Edition,
    /// IAQI nodes, 0 to 500.
    pub iaqi: Vec<u32>,
    /// Tables for 1-hour means. PM has its day table here (HJ 633-2026, 4.2.3).
    pub hour: BTreeMap<Parameter, Breakpoints>,
    /// Tables for day means; ozone stands under [`Parameter::O3EightHour`].
    pub day: BTreeMap<Parameter, Breakpoints>,
    /// Decimals each concentration is rounded to, half to even, before the table; empty where no rounding is named.
    pub input_decimals: BTreeMap<Parameter, u32>,
    /// The rule for missing items.
    pub incomplete: Incomplete,
    /// Primary pollutants are named above this AQI.
    pub primary_above: u32,
    /// Levels, best first.
    pub levels: Vec<AqiLevel>,
    /// Who should take care by pollutant; none where the edition names nobody.
    pub sensitive: Option<SensitivePeople>,
    /// Clauses by topic: `table`, `rounding`, `primary`, `incomplete`, `levels`.
    pub clauses: BTreeMap<String, String>,
}

/// The people whom each pollutant harms most (HJ 633-2026, Table 2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SensitivePeople {
    /// IAQI of a pollutant above which its people are named.
    pub above: u32,
    /// Groups; each pollutant of the index stands in one.
    pub groups: Vec<SensitiveGroup>,
}

/// People whom some pollutants harm most.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SensitiveGroup {
    /// Pollutants, as in [`Parameter::AQI`].
    pub parameters: Vec<Parameter>,
    /// 建议采取措施的敏感人群.
    pub people: String,
}

impl AqiStandard {
    /// The level of an AQI.
    #[must_use]
    pub fn level(&self, aqi: u32) -> Option<&AqiLevel> {
        self.levels.iter().find(|level| level.upto.is_none_or(|upto| aqi <= upto))
    }
}

impl Editioned for AqiStandard {
    fn edition(&self) -> &Edition {
        &self.edition
    }
}

/// The averaging time a limit of GB 3095 is meant for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LimitTime {
    /// 1 h mean.
    Hour,
    /// Day mean.
    Day,
    /// Daily maximum 8 h mean.
    DayMaxEightHour,
    /// Year mean.
    Year,
}

/// How many values make a mean valid (GB 3095-2026, Table 4; GB 3095-2012, Table 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AirValidity {
    /// Minutes of sampling in an hour.
    pub hour_minutes: u32,
    /// Hourly values in a day.
    pub day_hours: u32,
    /// Hourly values in an 8 h window.
    pub window_hours: u32,
    /// 8 h windows in a day.
    pub day_windows: u32,
    /// Daily values in a month.
    pub month_days: u32,
    /// Daily values in February.
    pub february_days: u32,
    /// Daily values in a year.
    pub year_days: u32,
    /// Whether each month of a quarter needs its daily values. The standard gives no count for quarters.
    pub quarter_by_months: bool,
}

/// GB 3095: limits for the air, one phase of one edition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AirStandard {
    /// Edition and phase.
    pub edition: Edition,
    /// Class 1 and class 2 limit (一级, 二级) by parameter and averaging time. The daily maximum 8 h mean of ozone
    /// stands under [`Parameter::O3EightHour`], its 1 h mean under [`Parameter::O3`].
    pub limits: BTreeMap<(Parameter, LimitTime), [Decimal; 2]>,
    /// Validity minimums.
    pub validity: AirValidity,
    /// State that gases are reported at, each from its day on, the earliest first.
    pub reference_states: Vec<ReferenceState>,
    /// Clauses by topic: `limits`, `validity`.
    pub clauses: BTreeMap<String, String>,
}

/// The temperature that concentrations of gases are reported at; the pressure is 1013.25 hPa.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReferenceState {
    /// First local day.
    pub from: NaiveDate,
    /// Kelvin.
    pub kelvin: Decimal,
}

impl AirStandard {
    /// The reference temperature of gases on a day, in kelvin; none before the first one known.
    #[must_use]
    pub fn reference_kelvin(&self, day: NaiveDate) -> Option<Decimal> {
        self.reference_states.iter().rev().find(|state| state.from <= day).map(|state| state.kelvin)
    }
}

impl Editioned for AirStandard {
    fn edition(&self) -> &Edition {
        &self.edition
    }
}

/// How a value is compared with its limit. Equal to the limit is within it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// `value <= limit`.
    AtMost,
    /// `value >= limit`.
    AtLeast,
}

/// The class limits of one item of GB 3838, class Ⅰ to Ⅴ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClassLimits {
    /// A limit per class.
    Steps {
        /// Which side is good.
        direction: Direction,
        /// Ⅰ to Ⅴ.
        limits: [Decimal; 5],
    },
    /// The same band for all classes; outside is 劣Ⅴ (pH).
    Band {
        /// Lower end, inside.
        low: Decimal,
        /// Upper end, inside.
        high: Decimal,
    },
}

/// One item of GB 3838 Table 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaterItem {
    /// Item.
    pub parameter: Parameter,
    /// Limits in rivers; none where the item is not graded there.
    pub river: Option<ClassLimits>,
    /// Limits in lakes and reservoirs.
    pub lake: Option<ClassLimits>,
    /// Whether the item decides the class (环办〔2011〕22号: all but 水温, 总氮, 粪大肠菌群).
    pub decides: bool,
    /// Whether an exceedance multiple is printed (not for pH and DO).
    pub multiple: bool,
    /// Decimals for evaluation, half to even.
    pub decimals: u32,
}

impl WaterItem {
    /// The limits for a body.
    #[must_use]
    pub const fn limits(&self, body: WaterBody) -> Option<&ClassLimits> {
        match body {
            WaterBody::River => self.river.as_ref(),
            WaterBody::Lake => self.lake.as_ref(),
        }
    }
}

/// State of a water by class, for words and colours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaterClass {
    /// 1-6, 6 = 劣Ⅴ.
    pub class: u8,
    /// Ⅰ … 劣Ⅴ.
    pub name: String,
    /// 优, 良好, 轻度污染, 中度污染, 重度污染.
    pub state: String,
    /// Colour as `#rrggbb`.
    pub colour: String,
}

/// Oxygen in water that is saturated with air, at sea level and without salt: numerator / (offset + ℃), in mg/L.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Saturation {
    /// Share of the saturation in percent that is class Ⅰ.
    pub percent: Decimal,
    /// 468 (HJ 2.3-2018).
    pub numerator: Decimal,
    /// 31.6 (HJ 2.3-2018).
    pub offset: Decimal,
}

/// GB 3838 with the evaluation rules of 环办〔2011〕22号.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaterStandard {
    /// Edition.
    pub edition: Edition,
    /// Items in the order of Table 1.
    pub items: Vec<WaterItem>,
    /// Classes.
    pub classes: Vec<WaterClass>,
    /// Clauses by topic: `limits`, `single-factor`, `multiple`, `rounding`.
    pub clauses: BTreeMap<String, String>,
    /// Automatic readings in a day that make a day mean (configured, unconfirmed).
    pub day_readings: u32,
    /// Class Ⅰ of dissolved oxygen by its saturation.
    pub saturation: Saturation,
}

impl WaterStandard {
    /// The item of a parameter.
    #[must_use]
    pub fn item(&self, parameter: Parameter) -> Option<&WaterItem> {
        self.items.iter().find(|item| item.parameter == parameter)
    }

    /// Name, state and colour of a class.
    #[must_use]
    pub fn class(&self, class: u8) -> Option<&WaterClass> {
        self.classes.iter().find(|c| c.class == class)
    }
}

impl Editioned for WaterStandard {
    fn edition(&self) -> &Edition {
        &self.edition
    }
}

/// The light and heavy edge of one indicator of black-odorous water.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlackOdorLimit {
    /// Indicator.
    pub parameter: Parameter,
    /// Which side is good.
    pub direction: Direction,
    /// Not black-odorous up to here.
    pub light: Decimal,
    /// Whether a value equal to `light` is already light (ORP, 2015 guide).
    pub edge_is_light: bool,
    /// Heavy beyond here; none where the guide knows one grade only (rural).
    pub heavy: Option<Decimal>,
}

/// The guide for black-odorous waters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlackOdorStandard {
    /// Edition.
    pub edition: Edition,
    /// Urban limits (2015 guide).
    pub urban: Vec<BlackOdorLimit>,
    /// Rural limits (2024 guide, unconfirmed).
    pub rural: Vec<BlackOdorLimit>,
    /// Water shallower than this (cm) is judged by a share of its depth instead of the transparency limit.
    pub shallow_below: Decimal,
    /// That share of the depth.
    pub shallow_share: Decimal,
    /// How many samples and points make a grade.
    pub judging: OdorJudging,
    /// When a body is listed, has improved, and stays clear.
    pub elimination: Elimination,
    /// Clauses by topic: `urban`, `rural`, `shallow`, `point`, `reach`, `body`, `inclusive`, `sampling`, `effect`,
    /// `lasting`, `recognition`.
    pub clauses: BTreeMap<String, String>,
}

/// From samples to points, reaches and whole waters (2015 guide). Shares lie between 0 and 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OdorJudging {
    /// Whether "60%以上" takes in 60 % itself.
    pub inclusive: bool,
    /// Share of the values of one indicator at heavy that makes a point heavy.
    pub one_indicator: Decimal,
    /// Share of the values of each of several indicators at heavy that makes a point heavy.
    pub each_indicator: Decimal,
    /// How many indicators that takes.
    pub indicators: u32,
    /// Heavy points in a row that make the reach between them heavy.
    pub reach_points: u32,
    /// Share of heavy points that makes the whole water heavy.
    pub body_share: Decimal,
    /// Points a water is sampled at, at least.
    pub least_points: u32,
    /// Times a point is sampled, at least.
    pub least_samples: u32,
}

/// When a listed water counts as improved (初见成效) and as lastingly clear (长制久清).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Elimination {
    /// Valid questionnaires of a survey, at least.
    pub questionnaires: u32,
    /// Share of satisfied answers, at least.
    pub satisfied: Decimal,
    /// Share of answers that call a water black or smelly, above which it is listed although no indicator says so.
    pub recognised: Decimal,
    /// Months of clean monitoring before a water is lastingly clear.
    pub months: u32,
    /// Days between two periods of monitoring, at most, for the months to count.
    pub largest_gap_days: u32,
}

impl Editioned for BlackOdorStandard {
    fn edition(&self) -> &Edition {
        &self.edition
    }
}

/// When the winter value of an effluent limit holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Winter {
    /// At or below this water temperature in ℃ (GB 18918).
    Temperature(Decimal),
    /// From one (month, day) to another, over the turn of the year, both included (DB12/599).
    Dates {
        /// First day.
        from: (u32, u32),
        /// Last day.
        to: (u32, u32),
    },
}

/// The limit of one item of an effluent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EffluentLimit {
    /// Item.
    pub parameter: Parameter,
    /// Lower limit (pH).
    pub low: Option<Decimal>,
    /// Upper limit.
    pub high: Decimal,
    /// Upper limit in winter, where it differs.
    pub winter: Option<Decimal>,
    /// Confidence in the number.
    pub confidence: Confidence,
}

/// A discharge standard with its grades.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EffluentStandard {
    /// Edition.
    pub edition: Edition,
    /// Limits by grade.
    pub grades: BTreeMap<String, Vec<EffluentLimit>>,
    /// Winter rule.
    pub winter: Option<Winter>,
    /// Limits for single values that are in force with numbers not at hand.
    pub instantaneous: Option<Instantaneous>,
    /// Clauses by topic: `limits`, and `instantaneous` where there are such limits.
    pub clauses: BTreeMap<String, String>,
}

/// Limits for single values (瞬时值) that a standard is known to set and whose numbers were not obtained: nothing can be
/// judged by them, and that has to be said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instantaneous {
    /// First day in force.
    pub from: NaiveDate,
    /// Items they are set for.
    pub parameters: Vec<Parameter>,
}

impl Editioned for EffluentStandard {
    fn edition(&self) -> &Edition {
        &self.edition
    }
}

/// The range outside which a value cannot be true.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plausible {
    /// Lowest, inside.
    pub low: Decimal,
    /// Highest, inside.
    pub high: Decimal,
}

/// Every edition known to the program.
#[derive(Clone, Debug, Default)]
pub struct Standards {
    /// HJ 633.
    pub aqi: Vec<AqiStandard>,
    /// GB 3095.
    pub air: Vec<AirStandard>,
    /// HJ 663.
    pub evaluation: Vec<AirEvaluation>,
    /// GB 3838.
    pub water: Vec<WaterStandard>,
    /// 环办〔2011〕22号.
    pub water_evaluation: Vec<WaterEvaluation>,
    /// 城市水质指数.
    pub city_index: Vec<CityIndex>,
    /// Rules by which places are added.
    pub rank_sum: Vec<RankSum>,
    /// 河长制考核.
    pub chief_score: Vec<ChiefScore>,
    /// Black-odorous water guides.
    pub black_odor: Vec<BlackOdorStandard>,
    /// Discharge standards.
    pub effluent: Vec<EffluentStandard>,
    /// Rules by which districts are ranked.
    pub ranking: Vec<Ranking>,
    /// Rules of heavy-pollution warnings.
    pub warning: Vec<WarningStandard>,
    /// Plausible ranges.
    pub plausible: BTreeMap<Parameter, Plausible>,
}

/// The edition in force on a day.
#[must_use]
pub fn on_day<S: Editioned>(editions: &[S], day: NaiveDate) -> Option<&S> {
    editions.iter().find(|s| s.edition().in_force(day))
}

/// The edition of an id.
#[must_use]
pub fn by_id<'a, S: Editioned>(editions: &'a [S], id: &str) -> Option<&'a S> {
    editions.iter().find(|s| s.edition().id == id)
}

impl Standards {
    /// Effluent limits by the registry's spelling `DB12-599-2015/A`.
    #[must_use]
    pub fn effluent_limits(&self, spelling: &str) -> Option<(&EffluentStandard, &[EffluentLimit])> {
        let (id, grade) = spelling.split_once('/')?;
        let standard = by_id(&self.effluent, id)?;
        Some((standard, standard.grades.get(grade)?))
    }

    /// Whether a value lies in the parameter's plausible range; true where no range is set.
    #[must_use]
    pub fn is_plausible(&self, parameter: Parameter, value: Decimal) -> bool {
        self.plausible.get(&parameter).is_none_or(|range| range.low <= value && value <= range.high)
    }
}
