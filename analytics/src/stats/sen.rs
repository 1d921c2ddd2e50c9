//! Sen's slope: the median of the slopes of all pairs (Theil 1950; Sen, J. Am. Stat. Assoc. 63, 1968), within seasons where
//! there are several (Hirsch, Slack and Smith 1982).
//!
//! The interval is the rank-based one of the normal distribution (Gilbert 1987, 16.5.1): with N slopes and
//! C = z(1 - alpha/2)·sqrt(var S) the bounds are the slopes of ranks (N - C)/2 and (N + C)/2 + 1. Where these are not whole,
//! Gilbert interpolates; here the nearest rank is taken, as the R package trend does.

use super::slope::Slopes;
use super::{Point, float, normal};

/// A slope in units of value over time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SenSlope {
    /// The median.
    pub slope: f64,
    /// Lower and upper bound; none where there are too few slopes for the level asked for.
    pub interval: Option<(f64, f64)>,
}

/// Slope over all pairs within `seasons`; one season for a plain series. `var_s` is the variance of S of the same values
/// ([`Kendall::var_s`](super::Kendall::var_s)), `alpha` (between 0 and 1) the probability that the interval misses. None
/// where no season has two values of different times.
#[must_use]
pub fn sen_slope(seasons: &[Vec<Point>], var_s: f64, alpha: f64) -> Option<SenSlope> {
    let slopes = Slopes::new(seasons);
    let n = slopes.count();
    let upper = slopes.nth(n / 2)?;
    let slope = if n % 2 == 1 { upper } else { f64::midpoint(slopes.nth(n / 2 - 1)?, upper) };
    let half_width = normal::two_sided_quantile(alpha) * var_s.sqrt();
    let bound = |rank: f64| slopes.nth(position(rank)?);
    let low = bound((float(n) - half_width) / 2.0);
    let interval = low.zip(bound((float(n) + half_width) / 2.0 + 1.0));
    Some(SenSlope { slope, interval })
}

/// The number of slopes before the one of `rank`, counted from 1.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a rank is less than the number of pairs, and not below 1 here"
)]
fn position(rank: f64) -> Option<u64> {
    let rank = rank.round_ties_even();
    (rank >= 1.0).then(|| rank as u64 - 1)
}

#[cfg(test)]
mod tests;
