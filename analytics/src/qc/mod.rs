//! Quality checks. They run on arrival and again over history when a rule changes; they only add flags and never
//! change a value.

pub mod check;
pub mod frozen;
pub mod inverted;
pub mod neighbours;
pub mod range;
pub mod settings;
pub mod step;
pub mod stuck;
#[cfg(test)]
mod test_settings;

pub use check::check_series;
pub use frozen::flag_frozen;
pub use inverted::flag_inverted;
pub use neighbours::flag_outliers_among;
pub use range::flag_range;
pub use settings::{FrozenThreshold, NeighbourThresholds, QcSettings, StepThreshold, StuckThreshold};
pub use step::flag_step;
pub use stuck::flag_stuck;
