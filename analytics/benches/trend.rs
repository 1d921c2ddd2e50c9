//! How long trends take as series grow, beside the time of sorting the same values once: `cargo bench -p lanbi-analytics`.
//! Growth like n log n keeps the ratio to the sort; each doubling of n would double it if all pairs were made.
//!
//! The largest series is that of ten years of hours.
#![expect(clippy::disallowed_methods, reason = "a measurement needs a clock")]
#![expect(clippy::expect_used, reason = "a measurement stops at the first surprise")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use lanbi_analytics::stats::{Point, mann_kendall, seasonal_kendall, sen_slope, spearman};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

const SIZES: [u32; 3] = [21_900, 43_800, 87_600];
const ROUNDS: usize = 5;

fn main() {
    println!("{:<22}{:>8}{:>11}{:>11}{:>9}", "", "values", "ms", "sort ms", "ratio");
    for (kind, decimals) in [("fine values", 6), ("values of 2 digits", 0)] {
        println!("{kind}");
        for size in SIZES {
            let points = series(size, decimals);
            let sort = best(|| {
                let mut values: Vec<f64> = points.iter().map(|point| point.value).collect();
                values.sort_unstable_by(f64::total_cmp);
                black_box(values);
            });
            let print = |test: &str, time: Duration| {
                let (ms, sort_ms) = (time.as_secs_f64() * 1e3, sort.as_secs_f64() * 1e3);
                println!("{test:<22}{size:>8}{ms:>11.1}{sort_ms:>11.2}{:>9.1}", ms / sort_ms);
            };
            print("  Mann-Kendall", best(|| _ = black_box(mann_kendall(&points))));
            print("  Spearman", best(|| _ = black_box(spearman(&points))));
            let seasons = seasons(&points);
            print("  seasonal Kendall", best(|| _ = black_box(seasonal_kendall(&seasons))));
            let var_s = mann_kendall(&points).expect("a trend").var_s;
            let all = [points];
            print("  Sen with interval", best(|| _ = black_box(sen_slope(&all, var_s, 0.05))));
        }
    }
    if let Some(peak) = peak() {
        println!("peak memory: {peak}");
    }
}

/// Hours with a year's wave, noise and a gap now and then.
fn series(size: u32, decimals: i32) -> Vec<Point> {
    let mut rng = ChaCha8Rng::seed_from_u64(u64::from(size));
    let scale = 10_f64.powi(decimals);
    let mut time = 0;
    let point = |hour: u32| {
        time += if rng.random_ratio(1, 50) { 24 } else { 1 };
        let wave = (f64::from(hour) / 8_760.0 * std::f64::consts::TAU).cos() * 20.0;
        let value = 50.0 + wave - f64::from(hour) / 20_000.0 + rng.random_range(-15.0..15.0);
        Point { time, value: (value * scale).round() / scale }
    };
    (0..size).map(point).collect()
}

/// Months of 730 hours, with the year as time.
fn seasons(points: &[Point]) -> Vec<Vec<Point>> {
    let mut seasons = vec![Vec::new(); 12];
    for point in points {
        let month = usize::try_from(point.time / 730 % 12).expect("times are positive");
        seasons[month].push(Point { time: point.time / 8_760, value: point.value });
    }
    seasons
}

/// The shortest of some runs.
fn best(mut run: impl FnMut()) -> Duration {
    let times = (0..ROUNDS).map(|_| {
        let start = Instant::now();
        run();
        start.elapsed()
    });
    times.min().unwrap_or_default()
}

/// The most memory this process held, where the system tells.
fn peak() -> Option<String> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmHWM:")).map(|text| text.trim().to_owned())
}
