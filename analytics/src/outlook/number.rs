//! Small numeric helpers of estimates: counts as factors, rounding, quantiles, least squares.

/// The levels of [`Quantiles`].
pub const QUANTILES: [f64; 7] = [0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95];

/// The values below which the shares [`QUANTILES`] of a distribution lie, ascending.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quantiles(pub [f64; 7]);

impl Quantiles {
    /// Of values in any order; none for no values.
    pub(super) fn of(mut values: Vec<f64>) -> Option<Self> {
        values.sort_unstable_by(f64::total_cmp);
        let all: Option<Vec<f64>> = QUANTILES.iter().map(|share| quantile(&values, *share)).collect();
        all?.try_into().ok().map(Self)
    }

    /// The median.
    #[must_use]
    pub const fn median(&self) -> f64 {
        self.0[3]
    }
}

/// A number of values as a factor of a formula.
#[expect(
    clippy::cast_precision_loss,
    reason = "beyond 2^53 the factor is off by less than one part in 10^15"
)]
pub(super) const fn float(count: usize) -> f64 {
    count as f64
}

/// The whole part of a number; 0 below zero, and the largest integer where it does not fit.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast saturates, and that is what is promised"
)]
pub(super) const fn whole(value: f64) -> usize {
    value as usize
}

/// Rounds half to even at some decimals, as [`lanbi_model::decimal::round_half_even`] does where the float is exact.
pub(super) fn round_at(value: f64, decimals: u32) -> f64 {
    let power = 10_f64.powi(i32::try_from(decimals).unwrap_or(0));
    (value * power).round_ties_even() / power
}

/// The quantile of ascending values, linear between the two neighbours; none for no values.
pub(super) fn quantile(sorted: &[f64], share: f64) -> Option<f64> {
    let place = float(sorted.len().checked_sub(1)?) * share.clamp(0.0, 1.0);
    let low = whole(place);
    let (lower, upper) = (sorted.get(low)?, sorted.get(low + 1).or(sorted.last())?);
    Some(lower + (upper - lower) * (place - float(low)))
}

/// The mean; none for no values.
pub(super) fn mean(values: impl IntoIterator<Item = f64>) -> Option<f64> {
    let (sum, n) = values.into_iter().fold((0.0, 0), |(sum, n), value| (sum + value, n + 1));
    (n > 0).then(|| sum / float(n))
}

/// Least squares of rows of `N` regressors with what they explain, by the normal equations; none where the regressors do not
/// determine the coefficients.
pub(super) fn least_squares<const N: usize>(rows: impl Iterator<Item = ([f64; N], f64)>) -> Option<[f64; N]> {
    let mut normal = [[0.0; N]; N];
    let mut right = [0.0; N];
    for (row, y) in rows {
        for i in 0..N {
            for j in 0..N {
                normal[i][j] += row[i] * row[j];
            }
            right[i] += row[i] * y;
        }
    }
    for pivot in 0..N {
        let best = (pivot..N).max_by(|a, b| normal[*a][pivot].abs().total_cmp(&normal[*b][pivot].abs()))?;
        normal.swap(pivot, best);
        right.swap(pivot, best);
        if normal[pivot][pivot].abs() < 1e-9 {
            return None;
        }
        let (above, right_above) = (normal[pivot], right[pivot]);
        for row in (0..N).filter(|row| *row != pivot) {
            let factor = normal[row][pivot] / above[pivot];
            for (value, above) in normal[row].iter_mut().zip(above) {
                *value -= factor * above;
            }
            right[row] -= factor * right_above;
        }
    }
    Some(std::array::from_fn(|i| right[i] / normal[i][i]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_lie_between_neighbours() {
        let q = Quantiles::of(vec![3.0, 1.0, 2.0, 0.0, 4.0]).unwrap();
        assert_eq!(q.0, [0.2, 0.4, 1.0, 2.0, 3.0, 3.6, 3.8]);
        assert_eq!(Quantiles::of(vec![7.0]).unwrap().0, [7.0; 7]);
        assert_eq!(Quantiles::of(Vec::new()), None);
    }

    #[test]
    fn least_squares_finds_an_exact_line() {
        let rows = (0..9_u32).map(|i| ([1.0, f64::from(i)], 2.0 - 3.0 * f64::from(i)));
        let [a, b] = least_squares(rows).unwrap();
        assert!((a - 2.0).abs() < 1e-9 && (b + 3.0).abs() < 1e-9, "{a} {b}");
        assert_eq!(least_squares((0..9).map(|_| ([1.0, 2.0], 1.0))), None, "equal rows determine nothing");
    }

    #[test]
    fn rounding_is_half_to_even() {
        assert_eq!((round_at(35.5, 0), round_at(34.5, 0), round_at(2.345, 1)), (36.0, 34.0, 2.3));
    }
}
