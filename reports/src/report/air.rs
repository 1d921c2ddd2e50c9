//! The air of one day in the layout of HJ 633-2026, Table 4. Concentrations in μg/m³, CO in mg/m³.

use lanbi_model::{Decimal, Parameter, standard::AqiLevel};
use serde::Serialize;

use super::figure::{Figure, Measured};
use super::words;
use crate::chart::Colour;

/// Pollutants in the order of HJ 633-2026, Table 4. Ozone is the daily maximum 8-hour mean.
pub const TABLE_ORDER: [Parameter; 6] =
    [Parameter::So2, Parameter::No2, Parameter::Co, Parameter::O3EightHour, Parameter::Pm10, Parameter::Pm25];

/// One pollutant of one site on one day.
#[derive(Clone, Copy, Debug)]
pub struct AirItem {
    /// Day mean, or daily maximum 8-hour mean under [`Parameter::O3EightHour`].
    pub measured: Measured,
    /// Its IAQI.
    pub iaqi: Option<u32>,
}

/// One site, or the district mean, on one day.
#[derive(Clone, Debug, Default)]
pub struct AirSite {
    /// Name as printed.
    pub name: String,
    /// Items in any order; one that is not listed counts as not measured by design.
    pub items: Vec<AirItem>,
    /// AQI; none where it may not be published (HJ 633-2026, 5.3.1).
    pub aqi: Option<u32>,
    /// Primary pollutants.
    pub primary: Vec<Parameter>,
}

/// The hours of one day at one site, hour ending 01:00 first.
#[derive(Clone, Debug, Default)]
pub struct AirHours {
    /// Name of the site or district.
    pub name: String,
    /// Hourly AQI.
    pub aqi: Vec<Option<u32>>,
    /// PM2.5, 1-hour means in μg/m³.
    pub pm25: Vec<Option<Decimal>>,
    /// Ozone, 1-hour means in μg/m³.
    pub o3: Vec<Option<Decimal>>,
}

/// The air of a day as facts.
#[derive(Clone, Debug, Default)]
pub struct AirDayFacts {
    /// Levels of the edition in force on the day.
    pub levels: Vec<AqiLevel>,
    /// Sites in the order of the registry.
    pub sites: Vec<AirSite>,
    /// The district.
    pub district: AirSite,
    /// What each pollutant's IAQI of the district above 100 means for whom: symbols of the pollutants, and the people.
    pub sensitive: Vec<(Vec<Parameter>, String)>,
    /// Document and clause of levels, advice and groups.
    pub advice_basis: String,
    /// The district's AQI on the day before.
    pub aqi_before: Option<u32>,
    /// Hours, the district first.
    pub hours: Vec<AirHours>,
}

/// Concentration and index of one pollutant, as printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AirCell {
    /// Key of the parameter.
    pub parameter: &'static str,
    /// Concentration.
    pub concentration: Figure,
    /// IAQI.
    pub iaqi: Figure,
}

/// A level of the AQI, as printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LevelCell {
    /// 1 to 6.
    pub level: u8,
    /// 一级 to 六级.
    pub name: String,
    /// 优 to 严重污染.
    pub category: String,
    /// Colour word.
    pub colour_name: String,
    /// Colour.
    pub colour: Colour,
    /// Advice.
    pub advice: String,
}

impl LevelCell {
    /// The level of an AQI.
    #[must_use]
    pub fn of(levels: &[AqiLevel], aqi: u32) -> Option<Self> {
        levels.iter().find(|level| level.upto.is_none_or(|upto| aqi <= upto)).map(Self::from)
    }
}

impl From<&AqiLevel> for LevelCell {
    fn from(level: &AqiLevel) -> Self {
        Self {
            level: level.level,
            name: level.name.clone(),
            category: level.category.clone(),
            colour_name: level.colour_name.clone(),
            colour: Colour::parse(&level.colour),
            advice: level.advice.clone(),
        }
    }
}

/// One row of Table 4.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AirRow {
    /// Site or district.
    pub name: String,
    /// The six items in [`TABLE_ORDER`].
    pub cells: Vec<AirCell>,
    /// AQI.
    pub aqi: Figure,
    /// Primary pollutants, or a dash.
    pub primary: String,
    /// Level; none with an AQI of `NA`.
    pub level: Option<LevelCell>,
}

/// A line of an hourly chart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// Name in the legend.
    pub name: String,
    /// Values in order; none where missing.
    pub values: Vec<Option<String>>,
}

/// A band of the AQI scale for charts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Band {
    /// Upper end; none for the last.
    pub upto: Option<u32>,
    /// Name.
    pub name: String,
    /// Colour.
    pub colour: Colour,
}

/// The bands of a set of levels.
#[must_use]
pub fn bands(levels: &[AqiLevel]) -> Vec<Band> {
    levels
        .iter()
        .map(|l| Band { upto: l.upto, name: l.category.clone(), colour: Colour::parse(&l.colour) })
        .collect()
}

/// The air of a day, as printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AirDay {
    /// Sites.
    pub sites: Vec<AirRow>,
    /// District mean.
    pub district: AirRow,
    /// Health advice for the district.
    pub advice: Option<Advice>,
    /// Bands of the AQI scale.
    pub bands: Vec<Band>,
    /// Hourly AQI, the district first.
    pub hourly_aqi: Vec<Line>,
    /// Hourly PM2.5 and ozone of the district, μg/m³.
    pub hourly_values: Vec<Line>,
}

/// The health advice of the day; none without a published index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Advice {
    /// 对健康影响情况.
    pub health: String,
    /// 建议采取的措施.
    pub measures: String,
    /// Sensitive groups by pollutant, such as `臭氧（O3）：…`.
    pub sensitive: Vec<String>,
    /// Document and clause.
    pub basis: String,
}

fn advice(facts: &AirDayFacts) -> Option<Advice> {
    let aqi = facts.district.aqi?;
    let level = facts.levels.iter().find(|level| level.upto.is_none_or(|upto| aqi <= upto))?;
    let group = |(items, people): &(Vec<Parameter>, String)| {
        let items: Vec<String> = items.iter().map(|item| words::symbol(*item).to_owned()).collect();
        format!("{}：{people}", words::list(&items))
    };
    Some(Advice {
        health: level.health.clone(),
        measures: level.advice.clone(),
        sensitive: facts.sensitive.iter().map(group).collect(),
        basis: facts.advice_basis.clone(),
    })
}

/// Builds the table, the chart series and the paragraph.
#[must_use]
pub fn build(facts: &AirDayFacts) -> AirDay {
    AirDay {
        sites: facts.sites.iter().map(|site| row(site, &facts.levels)).collect(),
        district: row(&facts.district, &facts.levels),
        advice: advice(facts),
        bands: bands(&facts.levels),
        hourly_aqi: facts
            .hours
            .iter()
            .map(|h| Line {
                name: h.name.clone(),
                values: h.aqi.iter().map(|v| v.map(|v| v.to_string())).collect(),
            })
            .collect(),
        hourly_values: facts
            .hours
            .first()
            .map(|h| {
                let line = |name: &str, values: &[Option<Decimal>]| Line {
                    name: name.to_owned(),
                    values: values.iter().map(|v| v.map(|v| v.to_string())).collect(),
                };
                vec![line("PM2.5", &h.pm25), line("O3", &h.o3)]
            })
            .unwrap_or_default(),
    }
}

fn row(site: &AirSite, levels: &[AqiLevel]) -> AirRow {
    let cells = TABLE_ORDER
        .into_iter()
        .map(|parameter| {
            let item = site.items.iter().find(|item| item.measured.parameter == parameter);
            let concentration = item.map(|item| item.measured.figure());
            // A missing item has no index either, and carries the same sign (note under Table 4).
            let sign = concentration.as_ref().map_or("/", |figure| figure.sign);
            let iaqi = match item.and_then(|item| item.iaqi) {
                Some(iaqi) => Figure::index(Some(iaqi)),
                None => Figure { value: None, unit: "", sign: if sign.is_empty() { "NA" } else { sign } },
            };
            AirCell {
                parameter: parameter.key(),
                concentration: concentration.unwrap_or(Figure {
                    value: None,
                    unit: parameter.unit().symbol(),
                    sign: "/",
                }),
                iaqi,
            }
        })
        .collect();
    AirRow {
        name: site.name.clone(),
        cells,
        aqi: Figure::index(site.aqi),
        primary: if site.aqi.is_some() { words::primary(&site.primary) } else { "NA".to_owned() },
        level: site.aqi.and_then(|aqi| LevelCell::of(levels, aqi)),
    }
}

/// The paragraph of the day.
#[must_use]
pub fn paragraph(facts: &AirDayFacts, district: &str) -> String {
    let mut text = String::new();
    match facts.district.aqi {
        None => {
            text.push_str(&format!("{district}空气质量指数（AQI）因数据不足不予发布，仅给出单项污染物结果。"))
        }
        Some(aqi) => {
            text.push_str(&format!("{district}空气质量指数（AQI）为{aqi}"));
            if let Some(level) = LevelCell::of(&facts.levels, aqi) {
                text.push_str(&format!("，空气质量{}（{}）", level.name, level.category));
            }
            if facts.district.primary.is_empty() {
                text.push_str("，无首要污染物");
            } else {
                text.push_str(&format!("，首要污染物为{}", words::primary(&facts.district.primary)));
            }
            if let Some(before) = facts.aqi_before {
                text.push_str(&match aqi.cmp(&before) {
                    std::cmp::Ordering::Equal => "，AQI与前一日持平".to_owned(),
                    std::cmp::Ordering::Less => format!("，AQI较前一日（{before}）下降{}", before - aqi),
                    std::cmp::Ordering::Greater => format!("，AQI较前一日（{before}）上升{}", aqi - before),
                });
            }
            text.push('。');
        }
    }
    let values: Vec<String> = TABLE_ORDER
        .into_iter()
        .rev()
        .filter_map(|parameter| {
            let item = facts.district.items.iter().find(|i| i.measured.parameter == parameter)?;
            item.measured.reading.value()?;
            let kind = if parameter == Parameter::O3EightHour { "日最大8小时" } else { "" };
            Some(format!("{}{kind} {}", words::symbol(parameter), item.measured.figure().with_unit()))
        })
        .collect();
    if !values.is_empty() {
        text.push_str(&format!("主要污染物浓度：{}。", words::list(&values)));
    }
    let worst = facts.sites.iter().filter_map(|s| s.aqi.map(|aqi| (aqi, s))).max_by_key(|(aqi, _)| *aqi);
    let best = facts.sites.iter().filter_map(|s| s.aqi.map(|aqi| (aqi, s))).min_by_key(|(aqi, _)| *aqi);
    if let (Some((high, worst)), Some((low, best))) = (worst, best)
        && high != low
    {
        text.push_str(&format!(
            "{}个点位中AQI最高为{}（{high}），最低为{}（{low}）。",
            facts.sites.len(),
            worst.name,
            best.name
        ));
    }
    let silent: Vec<String> =
        facts.sites.iter().filter(|s| s.aqi.is_none()).map(|s| s.name.clone()).collect();
    if !silent.is_empty() {
        text.push_str(&format!("{}数据不足，AQI以NA标识。", words::list(&silent)));
    }
    text
}
