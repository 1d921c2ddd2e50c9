//! The standard normal distribution, two-sided.

use std::f64::consts::SQRT_2;

use statrs::function::{erf, gamma};

/// The probability of a deviation of at least `z` standard deviations in either direction.
pub(super) fn two_sided_p(z: f64) -> f64 {
    // erfc(z/√2) as an incomplete gamma function, which is good to 14 digits where the library's erfc is to 10. It is not
    // defined at 0.
    gamma::checked_gamma_ur(0.5, z * z / 2.0).unwrap_or(1.0)
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
                (two_sided_p(z) - p).abs() < 1e-14 && (two_sided_p(-z) - p).abs() < 1e-14,
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

    #[test]
    fn far_tails_keep_their_digits() {
        let check =
            |z: f64, p: f64| assert!((two_sided_p(z) / p - 1.0).abs() < 1e-12, "{z}: {}", two_sided_p(z));
        check(5.979_572_523_983_071, 2.237_239_404_340_22e-9);
        check(9.0, 2.257_176_811_907_684_5e-19);
        assert!(two_sided_p(1e6) < f64::MIN_POSITIVE);
    }
}
