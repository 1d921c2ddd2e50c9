//! Heavy-pollution warnings of the district: from the hours of its air stations and the forecasts that were issued to the levels
//! that reports list and alarms tell.

mod alarms;
mod district;
mod forecasts;

pub(crate) use alarms::{RULE, alarm, changes};
pub(crate) use district::{District, Known};
pub(crate) use forecasts::{recall, take_in};
