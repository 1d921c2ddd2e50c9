//! The standard normal distribution, two-sided; probabilities are good to 10 digits.

use std::f64::consts::SQRT_2;

use statrs::function::erf;

/// The probability of a deviation of at least `z` standard deviations in either direction.
pub(super) fn two_sided_p(z: f64) -> f64 {
    erf::erfc(z.abs() / SQRT_2)
}

/// The deviation that is exceeded in either direction with probability `alpha`, between 0 and 1.
pub(super) fn two_sided_quantile(alpha: f64) -> f64 {
    SQRT_2 * erf::erfc_inv(alpha)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Abramowitz and Stegun, Tables 26.5 and 26.6.
    #[test]
    fn probabilities_and_quantiles_equal_the_printed_tables() {
        let check = |z: f64, p: f64| {
            assert!(
                (two_sided_p(z) - p).abs() < 1e-10 && (two_sided_p(-z) - p).abs() < 1e-10,
                "{z}: {}",
                two_sided_p(z)
            );
            assert!((two_sided_quantile(p) - z).abs() < 1e-9, "{p}: {}", two_sided_quantile(p));
        };
        check(0.0, 1.0);
        check(1.0, 0.317_310_507_862_914);
        check(1.959_963_984_540_054, 0.05);
        check(2.575_829_303_548_901, 0.01);
        check(3.290_526_731_491_926, 0.001);
    }
}
