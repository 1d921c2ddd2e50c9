//! The air law: the air quality index (HJ 633), the limits for ambient air (GB 3095), and what the days of a period come to
//! (HJ 663, 环办〔2014〕64号).

mod assess;
mod attainment;
mod change;
mod composite;
mod day_hours;
mod days;
mod events;
mod iaqi;
mod limits;
mod period_statistics;
mod place;
mod rank;
mod reference_state;
mod sensitive;
#[cfg(test)]
pub(crate) mod test_law;

pub use assess::{AirAssessment, AirStatus, AqiTime, Concentrations, assess, primary_zh};
pub use attainment::{Attainment, Judged, attainment};
pub use change::{percent_change, points_change};
pub use composite::{Composite, TermRounding, composite};
pub use day_hours::DayHours;
pub use days::{DayCounts, count_days};
pub use events::AirEvent;
pub use iaqi::iaqi;
pub use limits::{AirClass, LimitExceedance, MULTIPLE_DECIMALS, exceedance_multiple, limit_exceedances};
pub use period_statistics::{AirDay, ItemFigure, period_statistics};
pub use place::mean_of_sites;
pub use rank::{Ranked, rank};
pub use reference_state::{at_reference, is_gas};
pub use sensitive::{Sensitive, sensitive_groups};
