//! The seasonal Kendall test (Hirsch, Slack and Smith, Water Resources Research 18, 1982): a Mann-Kendall test for each
//! season, of which S and the variances are added. Seasons are taken as independent: there is no covariance term (Hirsch and
//! Slack 1984), so that p is too small where a high month is followed by high months.

use super::Point;
use super::mann_kendall::{Kendall, Tally};

/// Tests the seasons of a series together, each being the values of, say, all Januaries with the year as time. None where no
/// season has two values of different times.
///
/// tau-a is S over the pairs within seasons; tau-b divides by the sum of the seasons' denominators.
#[must_use]
pub fn seasonal_kendall(seasons: &[Vec<Point>]) -> Option<Kendall> {
    seasons.iter().map(|season| Tally::of(season)).fold(Tally::default(), Tally::add).result()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::mann_kendall;

    #[test]
    fn one_season_is_mann_kendall_and_several_are_added() {
        let season = |values: &[f64]| -> Vec<Point> {
            (0..).zip(values).map(|(time, value)| Point { time, value: *value }).collect()
        };
        let (up, down) = (season(&[1.0, 2.0, 4.0, 3.0]), season(&[9.0, 8.0, 8.0]));
        assert_eq!(seasonal_kendall(std::slice::from_ref(&up)), mann_kendall(&up));
        let (a, b) = (mann_kendall(&up).unwrap(), mann_kendall(&down).unwrap());
        let both = seasonal_kendall(&[up, Vec::new(), down, season(&[5.0])]).unwrap();
        assert_eq!(both.s, a.s + b.s);
        assert!((both.var_s - a.var_s - b.var_s).abs() < 1e-12);
        assert!((both.tau_a - 2.0 / 9.0).abs() < 1e-12, "{}", both.tau_a);
        assert_eq!(seasonal_kendall(&[]), None);
        assert_eq!(seasonal_kendall(&[season(&[1.0]), season(&[2.0])]), None);
    }
}
