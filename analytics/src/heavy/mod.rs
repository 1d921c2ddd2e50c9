//! Heavy-pollution warnings (重污染天气预警): the running-day AQI from hours, and the levels that it and the forecast bring
//! about, entered, raised, lowered and released under the rules of `config/standards/warning`.

mod condition;
mod event;
mod evidence;
mod forecast;
mod running_day;
#[cfg(test)]
mod test_rules;
#[cfg(test)]
mod tests;
mod timeline;
mod warnings;

pub use event::{Basis, Response, WarningEvent};
pub use forecast::{ForecastDay, ForecastEnd};
pub use running_day::{AirHour, DayLaw, RunningDay, running_days};
pub use warnings::{HeavyAir, warnings};
