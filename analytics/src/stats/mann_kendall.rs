//! The Mann-Kendall test (Mann, Econometrica 13, 1945; Kendall, Rank Correlation Methods, 4th ed. 1975).
//!
//! S is the number of pairs that rise less the number that fall. Its variance takes ties of values and of times into account
//! (Kendall 1975, eq. 4.4; Gilbert, Statistical Methods for Environmental Pollution Monitoring, 1987, eq. 16.5), and
//! z = (|S| - 1) / sqrt(var S) with the sign of S (continuity correction). p is that of the normal distribution,
//! two-sided; Gilbert recommends it for more than 10 values, below it is an approximation.

use super::rank::{below, pairs, runs};
use super::{Point, compare, float, inversions, normal};

/// Result of a Mann-Kendall or seasonal Kendall test.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Kendall {
    /// Rising less falling pairs.
    pub s: i64,
    /// Variance of S without a trend.
    pub var_s: f64,
    /// Standardised S; 0 where S is 0.
    pub z: f64,
    /// Two-sided probability of such an S without a trend.
    pub p: f64,
    /// S over the number of pairs.
    pub tau_a: f64,
    /// S over the geometric mean of the numbers of pairs without equal times and without equal values; none where all values
    /// are equal.
    pub tau_b: Option<f64>,
}

/// Tests a series in any order; none where no two values have different times.
#[must_use]
pub fn mann_kendall(points: &[Point]) -> Option<Kendall> {
    Tally::of(points).result()
}

/// What is summed over seasons.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    s: i64,
    var_s: f64,
    pairs: u64,
    /// Pairs at different times.
    timed: u64,
    /// Sum of the denominators of tau-b.
    scale: f64,
}

impl Tally {
    pub(super) fn of(points: &[Point]) -> Self {
        let mut points = points.to_vec();
        points.sort_unstable_by(|a, b| a.time.cmp(&b.time).then(compare(a.value, b.value)));
        let mut values: Vec<f64> = points.iter().map(|point| point.value).collect();
        // Equal times stand in the order of their values and make no inversions.
        let mut ranks = below(&values);
        let falling = inversions::count(&mut ranks);
        values.sort_unstable_by(|a, b| compare(*a, *b));

        let (times, both) = (Ties::of(&points, |a, b| a.time == b.time), Ties::of(&points, |a, b| a == b));
        let ties = Ties::of(&values, |a, b| a == b);
        let n = points.len() as u64;
        let (timed, valued) = (pairs(n) - times.pairs, pairs(n) - ties.pairs);
        let comparable = timed - (ties.pairs - both.pairs);
        Self {
            s: comparable.cast_signed() - 2 * falling.cast_signed(),
            var_s: variance(n, &times, &ties),
            pairs: pairs(n),
            timed,
            scale: (float(timed) * float(valued)).sqrt(),
        }
    }

    pub(super) fn add(self, other: Self) -> Self {
        Self {
            s: self.s + other.s,
            var_s: self.var_s + other.var_s,
            pairs: self.pairs + other.pairs,
            timed: self.timed + other.timed,
            scale: self.scale + other.scale,
        }
    }

    pub(super) fn result(self) -> Option<Kendall> {
        if self.timed == 0 {
            return None;
        }
        let size = float(self.s.unsigned_abs());
        let sign = if self.s < 0 { -1.0 } else { 1.0 };
        let z = if self.s == 0 { 0.0 } else { sign * (size - 1.0) / self.var_s.sqrt() };
        Some(Kendall {
            s: self.s,
            var_s: self.var_s,
            z,
            p: normal::two_sided_p(z),
            tau_a: sign * size / float(self.pairs),
            tau_b: (self.scale > 0.0).then(|| sign * size / self.scale),
        })
    }
}

/// Sums over the groups of equal times or values, t being the size of a group.
#[derive(Default)]
struct Ties {
    /// t(t - 1)/2
    pairs: u64,
    /// t(t - 1)(t - 2)
    triples: f64,
    /// t(t - 1)(2t + 5)
    weighted: f64,
}

impl Ties {
    fn of<T>(sorted: &[T], equal: impl FnMut(&T, &T) -> bool) -> Self {
        runs(sorted, equal).filter(|t| *t > 1).fold(Self::default(), |sum, t| Self {
            pairs: sum.pairs + pairs(t),
            triples: sum.triples + 2.0 * float(pairs(t)) * (float(t) - 2.0),
            weighted: sum.weighted + weighted(t),
        })
    }
}

fn weighted(n: u64) -> f64 {
    2.0 * float(pairs(n)) * (2.0 * float(n) + 5.0)
}

/// Kendall 1975, eq. 4.4.
fn variance(n: u64, times: &Ties, values: &Ties) -> f64 {
    let first = (weighted(n) - times.weighted - values.weighted) / 18.0;
    let (size, all) = (float(n), 2.0 * float(pairs(n)));
    // Without triples on both sides the divisor may be 0, and the term is.
    let triples = times.triples * values.triples;
    let second = if triples > 0.0 { triples / (9.0 * all * (size - 2.0)) } else { 0.0 };
    let doubles = 4.0 * float(times.pairs) * float(values.pairs);
    let third = if doubles > 0.0 { doubles / (2.0 * all) } else { 0.0 };
    first + second + third
}

#[cfg(test)]
#[expect(clippy::cast_precision_loss, reason = "small whole numbers")]
mod tests {
    use super::*;

    fn points(values: &[(i64, f64)]) -> Vec<Point> {
        values.iter().map(|(time, value)| Point { time: *time, value: *value }).collect()
    }

    fn series(values: &[f64]) -> Vec<Point> {
        (0..).zip(values).map(|(time, value)| Point { time, value: *value }).collect()
    }

    #[test]
    fn s_and_its_variance_are_those_of_the_definition() {
        let check = |points: &[Point], s: i64, var_s: f64| {
            let mut backwards = points.to_vec();
            backwards.reverse();
            for points in [points, &backwards] {
                let result = mann_kendall(points).unwrap();
                assert_eq!(result.s, s, "{points:?}");
                assert!((result.var_s - var_s).abs() < 1e-9, "{points:?}: {}", result.var_s);
                let z = match s {
                    0 => 0.0,
                    s if s < 0 => (s as f64 + 1.0) / var_s.sqrt(),
                    s => (s as f64 - 1.0) / var_s.sqrt(),
                };
                assert!((result.z - z).abs() < 1e-12, "{points:?}: {}", result.z);
            }
        };
        check(&series(&[1.0, 2.0]), 1, 1.0);
        check(&series(&[1.0, 2.0, 3.0, 4.0]), 6, 26.0 / 3.0);
        check(&series(&[4.0, 3.0, 2.0, 1.0]), -6, 26.0 / 3.0);
        check(&series(&[1.0, 1.0, 1.0]), 0, 0.0);
        // One pair of equal values: (4*3*13 - 2*1*9) / 18.
        check(&series(&[1.0, 2.0, 2.0, 3.0]), 5, 138.0 / 18.0);
        // Two pairs of equal times and three equal values:
        // (5*4*15 - 2*(2*1*9) - 3*2*11) / 18 + 0 + (2*2)*(3*2) / (2*5*4).
        check(
            &points(&[(1, 1.0), (1, 2.0), (2, 2.0), (2, 2.0), (3, 5.0)]),
            6,
            (300.0 - 36.0 - 66.0) / 18.0 + 24.0 / 40.0,
        );
    }

    #[test]
    fn the_variance_is_that_of_all_arrangements() {
        // Every order of these values over these times, with equal ones among both.
        let (times, values) = ([1, 1, 1, 2, 3, 3], [1.0, 2.0, 2.0, 2.0, 3.0, 3.0]);
        let (mut sum, mut count) = (0.0, 0.0);
        let mut order = [0, 1, 2, 3, 4, 5];
        permute(&mut order, 0, &mut |order| {
            let points: Vec<_> =
                order.iter().zip(times).map(|(i, time)| Point { time, value: values[*i] }).collect();
            sum += (mann_kendall(&points).unwrap().s as f64).powi(2);
            count += 1.0;
        });
        let pairs: Vec<_> = times.into_iter().zip(values).collect();
        let var_s = mann_kendall(&points(&pairs)).unwrap().var_s;
        assert!((var_s - sum / count).abs() < 1e-9, "{var_s} {}", sum / count);
    }

    fn permute(order: &mut [usize; 6], from: usize, visit: &mut impl FnMut(&[usize; 6])) {
        if from == order.len() {
            return visit(order);
        }
        for i in from..order.len() {
            order.swap(from, i);
            permute(order, from + 1, visit);
            order.swap(from, i);
        }
    }

    #[test]
    fn nothing_to_compare_has_no_result_and_equal_values_no_trend() {
        assert_eq!(mann_kendall(&[]), None);
        assert_eq!(mann_kendall(&series(&[1.0])), None);
        assert_eq!(mann_kendall(&points(&[(1, 1.0), (1, 2.0)])), None);
        let flat = mann_kendall(&series(&[2.0; 8])).unwrap();
        assert_eq!((flat.s, flat.z, flat.p, flat.tau_a, flat.tau_b), (0, 0.0, 1.0, 0.0, None));
    }
}
