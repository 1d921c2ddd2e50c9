//! Trends of a series: tests that ask whether values rise or fall with time (Mann-Kendall, seasonal Kendall, Spearman) and
//! the size of the change (Sen). They look at ranks and pairs only, so outliers, skewed values and gaps do no harm.
//!
//! Here values are binary floating-point numbers: the results are estimates and probabilities, which no standard rounds.
//! Values that follow one another are taken as independent; where they are not, as with hours or days, p comes out too
//! small.

mod inversions;
mod mann_kendall;
mod median;
mod normal;
mod permutation;
mod rank;
mod seasonal;
mod sen;
mod slope;
mod spearman;

use std::cmp::Ordering;

pub use mann_kendall::{Kendall, mann_kendall};
pub use median::{median, spread_around};
pub use seasonal::seasonal_kendall;
pub use sen::{SenSlope, sen_slope};
pub use spearman::{Spearman, spearman};

/// One value of a series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// When, in any unit; equal times are compared with each other by no test.
    pub time: i64,
    /// A finite value.
    pub value: f64,
}

/// A number of values or pairs as a factor of a formula.
#[expect(
    clippy::cast_precision_loss,
    reason = "beyond 2^53 the factor is off by less than one part in 10^15"
)]
const fn float(count: u64) -> f64 {
    count as f64
}

/// The order of finite values; both zeros are equal.
fn compare(a: f64, b: f64) -> Ordering {
    (a + 0.0).total_cmp(&(b + 0.0))
}
