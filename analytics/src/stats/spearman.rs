//! Spearman's rank correlation of values with time, in environmental assessment called Daniel's trend test (秩相关系数法:
//! HJ 663, Annex B; 环办〔2011〕22号; clauses 未核实). Both compare |rs| with a critical value W_p of a one-sided table:
//! significance at their 0.05 is p < 0.10 here, at their 0.01 p < 0.02.
//!
//! Equal values, and equal times, have average ranks; rs is then the correlation of the ranks, which equals
//! 1 - 6·Σd²/(n³ - n) where nothing is equal. p is two-sided:
//! - up to 12 values exact, over all orders of the ranks as they are, equal ones included;
//! - above that the Edgeworth series of Best and Roberts (Algorithm AS 89, Applied Statistics 24, 1975) where no ranks are
//!   equal;
//! - Student's t with n - 2 degrees of freedom where some are.

use statrs::function::beta::beta_reg;

use super::{Point, compare, float, normal, permutation, rank};

/// Result of the test.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spearman {
    /// rs, from -1 (falls throughout) to 1 (rises throughout).
    pub rho: f64,
    /// Two-sided probability of such an rs without a trend.
    pub p: f64,
}

/// Tests a series in any order; none where all values or all times are equal.
#[must_use]
pub fn spearman(points: &[Point]) -> Option<Spearman> {
    let times = rank::doubled(points, |a, b| a.time.cmp(&b.time));
    let values = rank::doubled(points, |a, b| compare(a.value, b.value));
    let sums = Sums::of(&times, &values);
    let rho = sums.correlation()?;
    let p = match permutation::two_sided_p(&times, &values) {
        Some(p) => p,
        None if sums.is_untied() => edgeworth_p(sums.n, rho),
        None => t_p(sums.n, rho),
    };
    Some(Spearman { rho, p })
}

/// Sums over doubled ranks, exact.
struct Sums {
    n: u64,
    times: i128,
    values: i128,
    products: i128,
}

impl Sums {
    fn of(times: &[u32], values: &[u32]) -> Self {
        let product =
            |a: &[u32], b: &[u32]| a.iter().zip(b).map(|(a, b)| i128::from(*a) * i128::from(*b)).sum();
        Self {
            n: times.len() as u64,
            times: product(times, times),
            values: product(values, values),
            products: product(times, values),
        }
    }

    /// Sum of the ranks times their mean, in the unit of the products: n·(n + 1)².
    fn centre(&self) -> i128 {
        i128::from(self.n) * (i128::from(self.n) + 1).pow(2)
    }

    fn correlation(&self) -> Option<f64> {
        let [times, values, products] =
            [self.times, self.values, self.products].map(|sum| wide(sum - self.centre()));
        let scale = times.sqrt() * values.sqrt();
        (scale > 0.0).then(|| (products / scale).clamp(-1.0, 1.0))
    }

    /// Equal ranks make the sum of squares smaller than 4·n(n + 1)(2n + 1)/6.
    fn is_untied(&self) -> bool {
        let n = i128::from(self.n);
        let untied = 2 * n * (n + 1) * (2 * n + 1) / 3;
        self.times == untied && self.values == untied
    }
}

#[expect(clippy::cast_precision_loss, reason = "rounded once, at the end of an exact sum")]
const fn wide(sum: i128) -> f64 {
    sum as f64
}

/// AS 89. Σd² is even and taken from its far side, with 1 as continuity correction.
fn edgeworth_p(n: u64, rho: f64) -> f64 {
    const C: [f64; 12] =
        [0.2274, 0.2531, 0.1745, 0.0758, 0.1033, 0.3932, 0.0879, 0.0151, 0.0072, 0.0831, 0.0131, 4.6e-4];
    let n = float(n);
    let b = 1.0 / n;
    // (6·(Σd² - 1) / (n³ - n) - 1)·sqrt(n - 1), where 6·Σd² / (n³ - n) = 1 + |rs|.
    let x = (rho.abs() - 6.0 / (n * (n * n - 1.0))) * (n - 1.0).sqrt();
    if x <= 0.0 {
        return 1.0;
    }
    let y = x * x;
    let tail = y * (C[8] - C[9] * b + y * b * (C[10] - C[11] * y));
    let middle = -C[3] + b * (C[4] + C[5] * b) - y * b * (C[6] + C[7] * b - tail);
    let u = x * b * (C[0] + b * (C[1] + C[2] * b) + y * middle);
    let one_sided = u / (y / 2.0).exp() + normal::two_sided_p(x) / 2.0;
    (2.0 * one_sided).clamp(0.0, 1.0)
}

/// Student's t with t² = (n - 2)·rs² / (1 - rs²).
fn t_p(n: u64, rho: f64) -> f64 {
    beta_reg((float(n) - 2.0) / 2.0, 0.5, 1.0 - rho * rho)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(values: &[f64]) -> Vec<Point> {
        (0..).zip(values).map(|(time, value)| Point { time, value: *value }).collect()
    }

    fn check(values: &[f64], rho: f64, p: f64, tolerance: f64) {
        let result = spearman(&series(values)).unwrap();
        assert!((result.rho - rho).abs() < 5e-5, "{values:?}: {}", result.rho);
        assert!((result.p - p).abs() <= tolerance, "{values:?}: {}", result.p);
    }

    /// Exact one-sided probability of a Σd² of at most `d2` among n values that differ.
    fn one_sided_p(n: u32, d2: u32) -> f64 {
        let doubled: Vec<u32> = (1..=n).map(|rank| 2 * rank).collect();
        let squares: u32 = doubled.iter().map(|rank| rank * rank).sum();
        permutation::two_sided_p_of(squares - 2 * d2, &doubled, &doubled).unwrap() / 2.0
    }

    /// The table of W_p that goes with HJ 663 and 环办〔2011〕22号; one-sided, exact by full enumeration.
    #[test]
    fn exact_probabilities_give_the_critical_values_of_daniels_test() {
        for (n, level, critical) in [
            (4, 0.05, 1.0),
            (5, 0.05, 0.9),
            (6, 0.05, 0.829),
            (7, 0.05, 0.714),
            (8, 0.05, 0.643),
            (9, 0.05, 0.6),
            (10, 0.05, 0.564),
            (12, 0.05, 0.506),
            (5, 0.01, 1.0),
            (6, 0.01, 0.943),
            (7, 0.01, 0.893),
            (8, 0.01, 0.833),
            (9, 0.01, 0.783),
            (10, 0.01, 0.746),
        ] {
            let cube = f64::from(n * n * n - n);
            // The table has three digits: of the possible rs the one within half a digit of the critical value.
            let d2 =
                (0..).step_by(2).find(|d2| 1.0 - 6.0 * f64::from(*d2) / cube < critical + 0.00051).unwrap();
            assert!(one_sided_p(n, d2) <= level, "n = {n}: {critical} is not significant at {level}");
            assert!(one_sided_p(n, d2 + 2) > level, "n = {n}: less than {critical} is, too");
        }
    }

    #[test]
    fn small_series_have_exact_probabilities() {
        check(&[1.0, 2.0, 3.0, 4.0, 5.0], 1.0, 2.0 / 120.0, 1e-12);
        check(&[2.1, 1.9, 1.6, 1.7, 1.2, 1.0, 0.9, 0.95], -0.9524, 0.001_141, 1e-6);
        // Trophic level index of Hulun Lake, 2011 to 2020, and its part that comes from the transparency.
        let index = [61.837, 61.607, 61.452, 63.391, 65.861, 71.815, 71.165, 68.375, 69.055, 61.535];
        let depth = [81.743, 77.199, 77.837, 80.690, 79.757, 77.313, 73.053, 76.036, 76.198, 67.415];
        check(&index, 0.3818, 0.279_1, 5e-4);
        check(&depth, -0.7939, 0.0088, 5e-4);
    }

    #[test]
    fn above_the_exact_range_the_series_and_t_come_near() {
        // Of 12 values the exact probability is known; both approximations are asked for the same rs.
        for values in [
            [1.0, 3.0, 2.0, 6.0, 4.0, 5.0, 9.0, 12.0, 7.0, 8.0, 10.0, 11.0],
            [5.0, 1.0, 9.0, 2.0, 7.0, 3.0, 11.0, 4.0, 6.0, 12.0, 8.0, 10.0],
            [6.0, 7.0, 1.0, 12.0, 2.0, 9.0, 3.0, 11.0, 5.0, 8.0, 10.0, 4.0],
        ] {
            let exact = spearman(&series(&values)).unwrap();
            let series = edgeworth_p(12, exact.rho);
            assert!((series - exact.p).abs() < 0.003, "{exact:?} {series}");
            assert!((t_p(12, exact.rho) - exact.p).abs() < 0.02, "{exact:?}");
        }
    }

    #[test]
    fn equal_values_have_average_ranks() {
        // Ranks 1.5 1.5 3 4 over 1 2 3 4: covariance 4.5, variances 5 and 4.5.
        check(&[1.0, 1.0, 2.0, 3.0], 4.5 / (5.0 * 4.5_f64).sqrt(), 2.0 / 12.0, 1e-12);
        let long: Vec<f64> = (0..40).map(|i| f64::from(i / 2)).collect();
        let result = spearman(&series(&long)).unwrap();
        assert!(result.rho > 0.99 && result.p < 1e-20, "{result:?}");
        let zigzag: Vec<f64> = (0..41).map(|i| f64::from(i % 2)).collect();
        check(&zigzag, 0.0, 1.0, 1e-12);
        assert_eq!(spearman(&series(&[1.0; 5])), None);
        assert_eq!(spearman(&series(&[1.0])), None);
        assert_eq!(spearman(&[]), None);
    }
}
