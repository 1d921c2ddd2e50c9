//! Selection against all pairs, and the ranks of the interval.
#![expect(clippy::cast_precision_loss, reason = "small whole numbers")]

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::*;

/// All slopes in ascending order, made pair by pair.
fn all_slopes(seasons: &[Vec<Point>]) -> Vec<f64> {
    let mut slopes = Vec::new();
    for season in seasons {
        for (i, a) in season.iter().enumerate() {
            for b in season[i..].iter().filter(|b| b.time != a.time) {
                slopes.push((b.value - a.value) / (b.time - a.time) as f64);
            }
        }
    }
    slopes.sort_unstable_by(f64::total_cmp);
    slopes
}

/// Checks every `step`-th slope with bounds that stop at `limit` slopes.
fn check(seasons: &[Vec<Point>], limit: usize, step: usize) {
    let (expected, slopes) = (all_slopes(seasons), Slopes::new(seasons));
    assert_eq!(slopes.count(), expected.len() as u64);
    for (rank, expected) in expected.iter().enumerate().step_by(step) {
        let got = slopes.nth_within(rank as u64, limit).unwrap();
        assert!((got - expected).abs() <= 4.0 * f64::EPSILON * expected.abs(), "{rank}: {got} {expected}");
    }
    assert_eq!(slopes.nth_within(expected.len() as u64, limit), None);
}

/// A series with gaps, of which `equal` in 10 points stand at the time of the one before.
fn series(
    rng: &mut ChaCha8Rng,
    n: usize,
    equal: u32,
    value: impl Fn(&mut ChaCha8Rng, i64) -> f64,
) -> Vec<Point> {
    let mut time = rng.random_range(-1_000..1_000);
    let mut points = Vec::new();
    for _ in 0..n {
        points.push(Point { time, value: value(rng, time) });
        time += if rng.random_ratio(equal, 10) { 0 } else { rng.random_range(1..4) };
    }
    points
}

#[test]
fn a_selected_slope_is_the_one_of_that_rank_among_all_pairs() {
    let mut rng = ChaCha8Rng::seed_from_u64(2026);
    for n in [2, 3, 7, 30, 60] {
        for limit in [1, 1_000_000] {
            let step = n * n / 40 + 1;
            let noise = |rng: &mut ChaCha8Rng, _| rng.random_range(-5.0..5.0);
            check(&[series(&mut rng, n, 0, noise)], limit, step);
            check(&[series(&mut rng, n, 3, noise)], limit, step);
            // Few values: most slopes are 0, and many others are equal.
            check(&[series(&mut rng, n, 3, |rng, _| f64::from(rng.random_range(0..3)))], limit, step);
            check(&[series(&mut rng, n, 0, |_, _| 7.25)], limit, step);
            // A line, and one with steps: all slopes equal or nearly so.
            check(&[series(&mut rng, n, 2, |_, time| time as f64 * 0.5)], limit, step);
            check(&[series(&mut rng, n, 0, |_, time| (time / 10) as f64)], limit, step);
            let large = |rng: &mut ChaCha8Rng, _| rng.random_range(-1.0..1.0) * 1e300;
            check(&[series(&mut rng, n, 0, large)], limit, step);
            let small = |rng: &mut ChaCha8Rng, _| rng.random_range(0.5..1.0) * 1e-250;
            check(&[series(&mut rng, n, 0, small)], limit, step);
        }
    }
}

#[test]
fn seasons_are_not_compared_with_each_other() {
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    let level = |level: f64| move |rng: &mut ChaCha8Rng, _| level + f64::from(rng.random_range(0..20));
    let seasons: Vec<Vec<Point>> =
        (0..12).map(|month| series(&mut rng, (month * 5) % 37, 1, level(month as f64 * 100.0))).collect();
    for limit in [1, 30, 1_000_000] {
        check(&seasons, limit, 29);
    }
}

#[test]
fn a_long_series_is_narrowed_and_not_listed() {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let wave = |rng: &mut ChaCha8Rng, time| (time as f64 / 50.0).sin() * 10.0 + rng.random_range(-1.0..1.0);
    check(&[series(&mut rng, 1_000, 1, wave)], 4_000, 40_001);
    let rounded = |rng: &mut ChaCha8Rng, time| (time as f64 / 200.0 + rng.random_range(-9.0..9.0)).round();
    check(&[series(&mut rng, 1_000, 1, rounded)], 4_000, 40_001);
}

#[test]
fn the_order_of_points_and_the_origin_of_time_do_not_matter() {
    let points = |shift: i64| -> Vec<Point> {
        [(0, 1.0), (1, 3.0), (2, 2.0), (5, 8.0), (6, 7.0), (9, 9.0)]
            .map(|(time, value)| Point { time: time + shift, value })
            .to_vec()
    };
    let expected = sen_slope(&[points(0)], 28.0, 0.1).unwrap();
    for shift in [-40, 1 << 40, i64::MAX - 9, i64::MIN] {
        let mut points = points(shift);
        points.reverse();
        assert_eq!(sen_slope(&[points], 28.0, 0.1), Some(expected));
    }
}

#[test]
fn the_interval_takes_the_ranks_of_gilbert() {
    let line: Vec<Point> = (0..10).map(|i| Point { time: i, value: (i * i) as f64 }).collect();
    // 45 slopes, 1 + 2 + .. between neighbours of squares: sorted they are i + j.
    let var_s = 125.0;
    let sorted = all_slopes(std::slice::from_ref(&line));
    let result = sen_slope(&[line], var_s, 0.05).unwrap();
    // C = 1.96 * 11.18 = 21.91: ranks 11.54 and 34.46.
    assert_eq!(result.slope, sorted[22]);
    assert_eq!(result.interval, Some((sorted[11], sorted[33])));
}

#[test]
fn too_few_slopes_have_no_interval_and_none_no_slope() {
    let points = |n: i64| -> Vec<Point> { (0..n).map(|i| Point { time: i, value: i as f64 }).collect() };
    let few = sen_slope(&[points(4)], 26.0 / 3.0, 0.05).unwrap();
    assert_eq!((few.slope, few.interval), (1.0, None));
    assert_eq!(sen_slope(&[points(5)], 50.0 / 3.0, 0.05).unwrap().interval, Some((1.0, 1.0)));
    assert_eq!(sen_slope(&[points(1)], 0.0, 0.05), None);
    assert_eq!(sen_slope(&[], 0.0, 0.05), None);
}
