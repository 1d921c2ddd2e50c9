//! Means over longer periods: minutes to hours, hours to natural days, days to months, quarters and years; and the
//! percentiles of HJ 663. Nothing is rounded here but what can only be computed in binary (pH, wind direction).

mod air_day;
pub mod combine;
pub mod day;
pub mod effluent;
pub mod hour;
pub mod ozone;
pub mod percentile;
pub mod period;
mod water_day;

pub use combine::{Combine, Tally};
pub use day::{DayRules, daily_means};
pub use effluent::flow_weighted_mean;
pub use hour::{HourMean, hourly_means};
pub use ozone::ozone_day;
pub use percentile::percentile;
pub use period::{Completeness, Minimum, PeriodMean, Shortfall, period_mean, shortfalls};

/// The validity minimums of GB 3095-2026, Table 4, for tests.
#[cfg(test)]
pub(crate) const VALIDITY: lanbi_model::standard::AirValidity = lanbi_model::standard::AirValidity {
    hour_minutes: 45,
    day_hours: 20,
    window_hours: 6,
    day_windows: 14,
    month_days: 27,
    february_days: 25,
    year_days: 324,
    quarter_by_months: true,
};
