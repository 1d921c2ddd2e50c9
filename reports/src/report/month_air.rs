//! The air of one month: period statistics against the month before and a year before, good days, days by level.
//! μg/m³, CO in mg/m³. Good days (优良天数) are days of level 1 and 2 among the days with a published AQI.

use chrono::{Datelike, NaiveDate};
use lanbi_model::{
    Decimal, Parameter,
    decimal::round_half_even,
    evaluation::{EventKind, PeriodStatistic},
    standard::AqiLevel,
};
use serde::Serialize;

use super::air::{Band, LevelCell, Line, bands};
use super::figure::Figure;
use super::{month_words, words};

/// The worst level of a good day: 优 or 良 (HJ 633, levels 一级 and 二级).
const GOOD_LEVEL: u8 = 2;

/// One pollutant over the month.
#[derive(Clone, Copy, Debug)]
pub struct MonthItem {
    /// Pollutant; ozone under [`Parameter::O3EightHour`].
    pub parameter: Parameter,
    /// Statistic.
    pub statistic: PeriodStatistic,
    /// Value.
    pub value: Option<Decimal>,
    /// Value of the month before.
    pub before: Option<Decimal>,
    /// Value of the same month a year before.
    pub year_before: Option<Decimal>,
    /// Decimals for printing.
    pub decimals: u32,
}

/// One day of the district.
#[derive(Clone, Debug)]
pub struct MonthDay {
    /// Day.
    pub day: NaiveDate,
    /// AQI; none where it was not published.
    pub aqi: Option<u32>,
    /// Primary pollutants.
    pub primary: Vec<Parameter>,
    /// Number of the edition, for example `HJ 633-2026`.
    pub edition: String,
}

/// Good days among valid days of another month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayTally {
    /// Days of level 1 and 2.
    pub good: u32,
    /// Days with an AQI.
    pub valid: u32,
}

/// One site over the month.
#[derive(Clone, Debug)]
pub struct SiteMonth {
    /// Name.
    pub name: String,
    /// Values of the same items as the district, by parameter.
    pub values: Vec<(Parameter, Option<Decimal>)>,
    /// Good days.
    pub days: DayTally,
    /// Composite index.
    pub composite: Option<Decimal>,
}

/// The air of a month as facts.
#[derive(Clone, Debug, Default)]
pub struct MonthAirFacts {
    /// Levels of the edition in force on the last day.
    pub levels: Vec<AqiLevel>,
    /// District statistics in the order of printing.
    pub items: Vec<MonthItem>,
    /// Days of the month that are over.
    pub days: Vec<MonthDay>,
    /// Good days of the month before.
    pub days_before: Option<DayTally>,
    /// Good days of the same month a year before.
    pub days_year_before: Option<DayTally>,
    /// Composite index of the month, the month before and a year before.
    pub composite: [Option<Decimal>; 3],
    /// Sites.
    pub sites: Vec<SiteMonth>,
    /// Days of the month on the list of dust days and exceptional events, in order.
    pub events: Vec<(NaiveDate, EventKind)>,
}

/// One pollutant as printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ItemRow {
    /// Key of the parameter.
    pub parameter: &'static str,
    /// Symbol.
    pub symbol: &'static str,
    /// What the number is, for example `日均值第95百分位数`.
    pub statistic: String,
    /// Value.
    pub value: Figure,
    /// Value of the month before.
    pub before: Figure,
    /// Change, signed percent.
    pub before_change: String,
    /// Value a year before.
    pub year_before: Figure,
    /// Change, signed percent.
    pub year_change: String,
    /// The numbered sentence of this indicator.
    pub sentence: String,
}

/// A day as printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DayCell {
    /// Day, `2026-10-05`.
    pub day: String,
    /// Day of the month.
    pub number: u32,
    /// AQI.
    pub aqi: Option<u32>,
    /// Level.
    pub level: Option<LevelCell>,
    /// Primary pollutants.
    pub primary: String,
}

/// Days of one level.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LevelDays {
    /// Level.
    pub level: LevelCell,
    /// Days.
    pub days: u32,
    /// Share of valid days.
    pub share: Figure,
}

/// Days of one primary pollutant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PrimaryDays {
    /// Symbol.
    pub symbol: &'static str,
    /// Days, a day with several primary pollutants counted for each.
    pub days: u32,
}

/// A site as printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SiteRow {
    /// Name.
    pub name: String,
    /// Values in the order of the district's items.
    pub values: Vec<Figure>,
    /// Good days.
    pub good: Figure,
    /// Days with an AQI.
    pub valid: Figure,
    /// Share of good days.
    pub share: Figure,
    /// Composite index.
    pub composite: Figure,
}

/// A change of edition within the month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EditionSwitch {
    /// First day under the new edition.
    pub day: String,
    /// Day of the month.
    pub number: u32,
    /// Edition before.
    pub from: String,
    /// Edition after.
    pub to: String,
}

/// The air of a month as printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MonthAir {
    /// District statistics.
    pub items: Vec<ItemRow>,
    /// Days.
    pub days: Vec<DayCell>,
    /// Days by level.
    pub by_level: Vec<LevelDays>,
    /// Days by primary pollutant, most frequent first.
    pub by_primary: Vec<PrimaryDays>,
    /// Good days.
    pub good: u32,
    /// Days with an AQI.
    pub valid: u32,
    /// Days without.
    pub missing: u32,
    /// Share of good days.
    pub good_share: Figure,
    /// Sentences on good days, primary pollutants and the composite index.
    pub sentences: Vec<String>,
    /// Sites.
    pub sites: Vec<SiteRow>,
    /// Bands of the AQI scale.
    pub bands: Vec<Band>,
    /// Daily AQI for the chart.
    pub daily_aqi: Line,
    /// Change of edition in the month.
    pub switch: Option<EditionSwitch>,
}

/// Builds the section.
#[must_use]
pub fn build(facts: &MonthAirFacts) -> MonthAir {
    let days: Vec<DayCell> = facts.days.iter().map(|d| day_cell(d, &facts.levels)).collect();
    let tally = tally(&days);
    let switch = switch(&facts.days);
    MonthAir {
        items: facts.items.iter().map(item_row).collect(),
        by_level: facts
            .levels
            .iter()
            .map(|level| {
                let n = count(&days, |d| d.level.as_ref().is_some_and(|l| l.level == level.level));
                LevelDays {
                    level: LevelCell::from(level),
                    days: n,
                    share: Figure::percent(n.into(), tally.valid.into()),
                }
            })
            .collect(),
        by_primary: by_primary(&facts.days),
        good: tally.good,
        valid: tally.valid,
        missing: count(&days, |d| d.aqi.is_none()),
        good_share: Figure::percent(tally.good.into(), tally.valid.into()),
        sentences: month_words::sentences(facts, &days, tally, switch.as_ref()),
        sites: facts.sites.iter().map(|s| site_row(s, &facts.items)).collect(),
        bands: bands(&facts.levels),
        daily_aqi: Line {
            name: "AQI".to_owned(),
            values: days.iter().map(|d| d.aqi.map(|a| a.to_string())).collect(),
        },
        days,
        switch,
    }
}

fn day_cell(day: &MonthDay, levels: &[AqiLevel]) -> DayCell {
    DayCell {
        day: day.day.to_string(),
        number: day.day.day(),
        aqi: day.aqi,
        level: day.aqi.and_then(|aqi| LevelCell::of(levels, aqi)),
        primary: if day.aqi.is_some() { words::primary(&day.primary) } else { "NA".to_owned() },
    }
}

pub(super) fn count(days: &[DayCell], wanted: impl Fn(&DayCell) -> bool) -> u32 {
    u32::try_from(days.iter().filter(|d| wanted(d)).count()).unwrap_or(u32::MAX)
}

fn tally(days: &[DayCell]) -> DayTally {
    DayTally {
        good: count(days, |d| d.level.as_ref().is_some_and(|l| l.level <= GOOD_LEVEL)),
        valid: count(days, |d| d.aqi.is_some()),
    }
}

fn switch(days: &[MonthDay]) -> Option<EditionSwitch> {
    days.windows(2).find_map(|pair| match pair {
        [before, after] if before.edition != after.edition => Some(EditionSwitch {
            day: after.day.to_string(),
            number: after.day.day(),
            from: before.edition.clone(),
            to: after.edition.clone(),
        }),
        _ => None,
    })
}

pub(super) fn by_primary(days: &[MonthDay]) -> Vec<PrimaryDays> {
    let mut counts: Vec<PrimaryDays> = Vec::new();
    for parameter in days.iter().filter(|d| d.aqi.is_some()).flat_map(|d| &d.primary) {
        let symbol = words::symbol(*parameter);
        match counts.iter_mut().find(|c| c.symbol == symbol) {
            Some(entry) => entry.days += 1,
            None => counts.push(PrimaryDays { symbol, days: 1 }),
        }
    }
    counts.sort_by(|a, b| b.days.cmp(&a.days).then_with(|| a.symbol.cmp(b.symbol)));
    counts
}

pub(super) fn statistic(item: &MonthItem) -> String {
    let daily = if item.parameter == Parameter::O3EightHour { "日最大8小时平均" } else { "日均值" };
    match item.statistic {
        PeriodStatistic::Mean => "平均浓度".to_owned(),
        PeriodStatistic::Percentile(p) => format!("{daily}第{p}百分位数"),
    }
}

fn item_row(item: &MonthItem) -> ItemRow {
    let figure =
        |v: Option<Decimal>| Figure::reading(v.into(), item.decimals, item.parameter.unit().symbol());
    // Published changes are computed from the printed values.
    let printed = |v: Option<Decimal>| v.map(|v| round_half_even(v, item.decimals));
    let [now, before, year] = [item.value, item.before, item.year_before].map(printed);
    let symbol = words::symbol(item.parameter);
    let comparable = |v: Option<Decimal>| if v.is_some() { figure(v) } else { Figure::dash() };
    ItemRow {
        parameter: item.parameter.key(),
        symbol,
        statistic: statistic(item),
        value: figure(item.value),
        before: comparable(item.before),
        before_change: words::signed_change(now, before),
        year_before: comparable(item.year_before),
        year_change: words::signed_change(now, year),
        sentence: month_words::indicator(item, now, before, year),
    }
}

fn site_row(site: &SiteMonth, items: &[MonthItem]) -> SiteRow {
    SiteRow {
        name: site.name.clone(),
        values: items
            .iter()
            .map(|item| match site.values.iter().find(|(p, _)| *p == item.parameter) {
                Some((p, value)) => Figure::reading((*value).into(), item.decimals, p.unit().symbol()),
                None => Figure { value: None, unit: item.parameter.unit().symbol(), sign: "/" },
            })
            .collect(),
        good: Figure::count(site.days.good),
        valid: Figure::count(site.days.valid),
        share: Figure::percent(site.days.good.into(), site.days.valid.into()),
        composite: Figure::reading(site.composite.into(), 2, ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(value: Option<&str>, before: Option<&str>, year: Option<&str>) -> MonthItem {
        let dec = |t: Option<&str>| t.map(|t| t.parse().unwrap());
        MonthItem {
            parameter: Parameter::Pm25,
            statistic: PeriodStatistic::Mean,
            value: dec(value),
            before: dec(before),
            year_before: dec(year),
            decimals: 0,
        }
    }

    #[test]
    fn a_sentence_compares_with_the_year_and_the_month_before() {
        let check = |item: MonthItem, expected: &str| assert_eq!(item_row(&item).sentence, expected);
        check(
            item(Some("41.4"), Some("38"), Some("46")),
            "PM2.5平均浓度为41 μg/m³，同比下降10.9%（46），环比上升7.9%（38）。",
        );
        check(
            item(Some("41"), None, Some("41.2")),
            "PM2.5平均浓度为41 μg/m³，同比持平（41），环比无可比数据。",
        );
        check(item(None, Some("38"), Some("46")), "PM2.5平均浓度因有效数据不足未统计。");
    }

    #[test]
    fn an_edition_that_changes_in_the_month_is_marked() {
        let day = |text: &str, edition: &str| MonthDay {
            day: text.parse().unwrap(),
            aqi: Some(80),
            primary: vec![Parameter::Pm25, Parameter::Pm10],
            edition: edition.to_owned(),
        };
        let facts = MonthAirFacts {
            days: vec![day("2026-02-28", "HJ 633-2012"), day("2026-03-01", "HJ 633-2026")],
            ..MonthAirFacts::default()
        };
        let built = build(&facts);
        assert_eq!(built.switch.as_ref().map(|s| s.day.as_str()), Some("2026-03-01"));
        assert!(built.sentences.iter().any(|s| s.contains("不宜直接比较")), "{:?}", built.sentences);
        assert!(built.sentences.iter().any(|s| s.contains("PM10 2天、PM2.5 2天")));
    }
}
