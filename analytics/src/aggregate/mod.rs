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
pub use period::{Completeness, PeriodMean, period_mean};
