//! Forecasts of the AQI by calendar day (预测日AQI), as they are imported.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use lanbi_model::{Instant, Parameter};

/// What was foreseen for one local day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForecastDay {
    /// When the forecast was issued.
    pub issued: Instant,
    /// The day.
    pub day: NaiveDate,
    /// Lower end of the AQI; the same as `high` where one number was given.
    pub low: u32,
    /// Upper end.
    pub high: u32,
    /// Primary pollutants foreseen.
    pub primary: Vec<Parameter>,
}

/// The end of a forecast range that rules are asked with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ForecastEnd {
    /// The upper one: a forecast between two levels is acted on by the higher (one source).
    #[default]
    High,
    /// The lower one.
    Low,
}

impl ForecastDay {
    pub(super) fn aqi(&self, end: ForecastEnd) -> u32 {
        match end {
            ForecastEnd::High => self.high,
            ForecastEnd::Low => self.low,
        }
    }
}

/// Forecasts by day, the earliest issued first.
pub(super) struct Forecasts<'a>(BTreeMap<NaiveDate, Vec<&'a ForecastDay>>);

impl<'a> Forecasts<'a> {
    pub(super) fn new(days: &'a [ForecastDay]) -> Self {
        let mut by_day: BTreeMap<NaiveDate, Vec<&ForecastDay>> = BTreeMap::new();
        for day in days {
            by_day.entry(day.day).or_default().push(day);
        }
        for issues in by_day.values_mut() {
            issues.sort_by_key(|forecast| forecast.issued);
        }
        Self(by_day)
    }

    /// The last day of any of them.
    pub(super) fn last_day(&self) -> Option<NaiveDate> {
        self.0.last_key_value().map(|(day, _)| *day)
    }

    /// The newest forecast for a day among those issued by `at`. A later issue that does not name the day leaves an earlier
    /// one standing: evening forecasts begin with the next day.
    pub(super) fn known(&self, day: NaiveDate, at: Instant) -> Option<&'a ForecastDay> {
        self.0.get(&day)?.iter().rfind(|forecast| forecast.issued <= at).copied()
    }
}
