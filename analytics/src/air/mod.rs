//! The air law: the air quality index (HJ 633) and the limits for ambient air (GB 3095).

mod assess;
mod composite;
mod iaqi;
mod limits;

pub use assess::{AirAssessment, AirStatus, AqiTime, Concentrations, assess, primary_zh};
pub use composite::composite_index;
pub use iaqi::iaqi;
pub use limits::{AirClass, LimitExceedance, exceedance_multiple, limit_exceedances};
