//! The index of an hour or a day from its six concentrations (HJ 633).

use lanbi_model::standard::{AqiLevel, AqiStandard, Edition, Incomplete};
use lanbi_model::{Decimal, Parameter, decimal};

use super::iaqi::iaqi;

/// Which report an index is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AqiTime {
    /// 实时报: 1-hour means of all six items.
    Hour,
    /// 日报: day means; for ozone the daily maximum 8-hour mean.
    Day,
}

/// Concentrations in the order of [`Parameter::AQI`]: ug/m³, CO mg/m³. For a day, the last one is the daily maximum
/// 8-hour mean of ozone. None is missing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Concentrations(pub [Option<Decimal>; 6]);

/// Whether an index was published, and why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AirStatus {
    /// All items are there.
    Ok,
    /// An item is missing; the index is published all the same.
    Partial,
    /// The edition forbids publishing with an item missing (HJ 633-2026, 5.3.1: `NA`).
    NotPublished,
    /// No item has an index.
    Missing,
}

impl AirStatus {
    /// Word of the command line: `ok`, `partial`, `NA`, `missing`.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Partial => "partial",
            Self::NotPublished => "NA",
            Self::Missing => "missing",
        }
    }
}

/// What the law says about one hour or day of air.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AirAssessment<'a> {
    /// Edition it was computed by.
    pub edition: &'a Edition,
    /// The index; none where it is not published.
    pub aqi: Option<u32>,
    /// Level with category, colour and advice; none without an index.
    pub level: Option<&'a AqiLevel>,
    /// Items with the largest individual index, ties all listed; empty at or below the edition's threshold (50).
    pub primary: Vec<Parameter>,
    /// Individual indices in the order of [`Parameter::AQI`], also where no AQI is published.
    pub iaqi: [Option<u32>; 6],
    /// Status.
    pub status: AirStatus,
}

/// Computes the index of an hour or a day.
///
/// `not_equipped` are items that the site does not measure by design and that were no primary pollutant in three years:
/// they do not keep an index from being published (HJ 633-2026, 5.3.2).
#[must_use]
pub fn assess<'a>(
    standard: &'a AqiStandard,
    time: AqiTime,
    concentrations: &Concentrations,
    not_equipped: &[Parameter],
) -> AirAssessment<'a> {
    let mut indices = [None; 6];
    let mut lacking = false;
    for ((item, concentration), index) in Parameter::AQI.into_iter().zip(concentrations.0).zip(&mut indices) {
        match concentration {
            Some(concentration) => *index = item_index(standard, time, item, concentration),
            None => lacking |= !not_equipped.contains(&item),
        }
    }
    let largest = indices.into_iter().flatten().max();
    let status = match (largest, standard.incomplete) {
        (None, _) => AirStatus::Missing,
        (Some(_), _) if !lacking => AirStatus::Ok,
        (Some(aqi), Incomplete::OnlyAbove(above)) if aqi <= above => AirStatus::NotPublished,
        (Some(_), Incomplete::OnlyAbove(_) | Incomplete::Publish) => AirStatus::Partial,
    };
    let aqi = largest.filter(|_| matches!(status, AirStatus::Ok | AirStatus::Partial));
    let primary = match aqi {
        Some(aqi) if aqi > standard.primary_above => {
            let largest = |(item, index): (Parameter, Option<u32>)| (index == Some(aqi)).then_some(item);
            Parameter::AQI.into_iter().zip(indices).filter_map(largest).collect()
        }
        _ => Vec::new(),
    };
    AirAssessment {
        edition: &standard.edition,
        aqi,
        level: aqi.and_then(|aqi| standard.level(aqi)),
        primary,
        iaqi: indices,
        status,
    }
}

fn item_index(standard: &AqiStandard, time: AqiTime, item: Parameter, concentration: Decimal) -> Option<u32> {
    let (tables, key) = match (time, item) {
        (AqiTime::Hour, _) => (&standard.hour, item),
        (AqiTime::Day, Parameter::O3) => (&standard.day, Parameter::O3EightHour),
        (AqiTime::Day, _) => (&standard.day, item),
    };
    let concentration = match standard.input_decimals.get(&key) {
        Some(&decimals) => decimal::round_half_even(concentration, decimals),
        None => concentration,
    };
    iaqi(tables.get(&key)?, &standard.iaqi, concentration)
}

/// A primary pollutant as official reports print it, such as `细颗粒物(PM2.5)` or `臭氧8小时`.
#[must_use]
pub const fn primary_zh(item: Parameter, time: AqiTime) -> &'static str {
    match (item, time) {
        (Parameter::Pm25, _) => "细颗粒物(PM2.5)",
        (Parameter::Pm10, _) => "可吸入颗粒物(PM10)",
        (Parameter::O3, AqiTime::Hour) => "臭氧1小时",
        (Parameter::O3, AqiTime::Day) => "臭氧8小时",
        _ => item.zh(),
    }
}
