//! The k-th smallest slope of all pairs of points, without making all pairs: O(n log n) expected time and O(n) memory.
//!
//! Seen in the direction of slope t, points lie in the order of y - t·x. A pair changes its order exactly when t passes its
//! slope, so the slopes between two bounds are the inversions between the orders at the bounds. They are counted by a merge
//! sort; a sample of them gives closer bounds, until what is left can be listed (Matoušek, Information Processing Letters
//! 39, 1991; Dillencourt, Mount and Netanyahu 1992). All comparisons are of integers and exact: equal slopes are equal, and
//! bounds divide the slopes without remainder.

use std::cmp::Ordering;
use std::ops::Range;

use super::{Point, inversions, rank};

/// The slopes of all pairs at different times within a group.
pub(super) struct Slopes {
    /// Sorted by group, time and value.
    points: Vec<Fixed>,
    groups: Vec<Range<usize>>,
    count: u64,
    /// Value of one unit of `Fixed::value`.
    unit: f64,
}

/// A point whose value is a whole multiple of a power of two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Fixed {
    time: i64,
    value: i64,
}

/// A slope as a fraction.
#[derive(Clone, Copy, Debug)]
struct Slope {
    rise: i64,
    /// Above 0.
    run: u64,
}

impl Slope {
    fn compare(&self, other: &Self) -> Ordering {
        // |rise| < 2^61 and run < 2^64: the products fit.
        let left = i128::from(self.rise) * i128::from(other.run);
        left.cmp(&(i128::from(other.rise) * i128::from(self.run)))
    }
}

/// On which side of a slope an order is taken: that of the smaller or of the greater slopes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Before,
    After,
}

/// Values become whole numbers below 2^BITS in size, so that differences and products with times fit into 128 bits. A value
/// above 1/128 of the largest loses nothing of its 53 binary digits, others are exact to 2^-60 of the largest.
const BITS: i32 = 60;

impl Slopes {
    pub(super) fn new(groups: &[Vec<Point>]) -> Self {
        let largest = groups.iter().flatten().map(|point| point.value.abs()).fold(0.0, f64::max);
        let shift = BITS - 1 - exponent(largest);
        let (scale, unit) = (2_f64.powi(shift), 2_f64.powi(-shift));
        let mut points = Vec::new();
        let mut ranges = Vec::with_capacity(groups.len());
        let mut count = 0;
        for group in groups {
            let start = points.len();
            points.extend(group.iter().map(|p| Fixed { time: p.time, value: whole(p.value * scale) }));
            let sorted = &mut points[start..];
            sorted.sort_unstable();
            let tied: u64 = rank::runs(sorted, |a, b| a.time == b.time).map(rank::pairs).sum();
            count += rank::pairs(sorted.len() as u64) - tied;
            ranges.push(start..points.len());
        }
        Self { points, groups: ranges, count, unit }
    }

    /// Number of slopes.
    pub(super) const fn count(&self) -> u64 {
        self.count
    }

    /// The slope with `rank` slopes before it in ascending order; none beyond the last.
    pub(super) fn nth(&self, rank: u64) -> Option<f64> {
        self.nth_within(rank, self.points.len().max(256) * 4)
    }

    /// [`Self::nth`], listing slopes only when at most `limit` are left between the bounds.
    pub(super) fn nth_within(&self, rank: u64, limit: usize) -> Option<f64> {
        let slope = self.select(rank, limit)?;
        Some(float(slope.rise) * self.unit / super::float(slope.run))
    }

    /// Narrows the bounds until at most `limit` slopes are left between them.
    fn select(&self, rank: u64, limit: usize) -> Option<Slope> {
        if rank >= self.count {
            return None;
        }
        let mut low = self.order_at(|point| point.time, Side::Before);
        let mut high = self.order_at(|point| !point.time, Side::Before);
        // Slopes up to the lower bound, and below the upper one.
        let (mut below, mut above) = (0, self.count);
        loop {
            if above - below <= limit as u64 {
                let mut left = self.between(&low, &high);
                let place = usize::try_from(rank - below).ok()?;
                if place >= left.len() {
                    return None;
                }
                return Some(*left.select_nth_unstable_by(place, Slope::compare).1);
            }
            let mut sample = self.sample(&low, &high, above - below);
            sample.sort_unstable_by(Slope::compare);
            for place in places(rank - below, above - below, sample.len()) {
                let pivot = sample.get(place)?;
                let before = self.order(pivot, Side::Before);
                let smaller = self.slopes_up_to(&before);
                if rank < smaller {
                    (high, above) = (before, smaller);
                    break;
                }
                let after = self.order(pivot, Side::After);
                let up_to = self.slopes_up_to(&after);
                if rank < up_to {
                    return Some(*pivot);
                }
                (low, below) = (after, up_to);
            }
        }
    }

    /// The order of the points just beside a slope, group by group.
    fn order(&self, slope: &Slope, side: Side) -> Vec<u32> {
        let key = |point: &Fixed| {
            i128::from(slope.run) * i128::from(point.value) - i128::from(slope.rise) * i128::from(point.time)
        };
        self.order_at(key, side)
    }

    /// The order by `key`. Points with equal keys lie on one line of the slope: before it the earlier comes first, after it
    /// the later. Points of one time never change their order.
    fn order_at<K: Ord>(&self, key: impl Fn(&Fixed) -> K, side: Side) -> Vec<u32> {
        let mut order = Vec::with_capacity(self.points.len());
        let mut keys = Vec::with_capacity(self.points.len());
        for group in &self.groups {
            keys.clear();
            keys.extend((group.start..).zip(&self.points[group.clone()]).map(|(place, point)| {
                let tie = if side == Side::Before { point.time } else { !point.time };
                (key(point), tie, index(place))
            }));
            keys.sort_unstable();
            order.extend(keys.iter().map(|(_, _, place)| *place));
        }
        order
    }

    /// Number of slopes below the place at which `order` was taken.
    fn slopes_up_to(&self, order: &[u32]) -> u64 {
        inversions::count(&mut order.to_vec())
    }

    /// All slopes between two orders.
    fn between(&self, low: &[u32], high: &[u32]) -> Vec<Slope> {
        let mut slopes = Vec::new();
        inversions::sort(&mut relabel(low, high), |larger, value| {
            slopes.extend(larger.iter().map(|place| self.slope(low, *place, value)));
        });
        slopes
    }

    /// About as many of the `count` slopes between two orders as there are points, one of each stretch of equal length in the
    /// sequence in which the merge sort meets them. Where in its stretch follows the golden ratio, so that no regularity of the
    /// series is met in step, and a run can be repeated.
    fn sample(&self, low: &[u32], high: &[u32], count: u64) -> Vec<Slope> {
        const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;
        let stretch = (count / self.points.len().max(1) as u64).max(1);
        let wanted = |i: u64| {
            let offset = (u128::from(i.wrapping_mul(GOLDEN)) * u128::from(stretch)) >> 64;
            i * stretch + u64::try_from(offset).unwrap_or(0)
        };
        let mut slopes = Vec::with_capacity(self.points.len() + 1);
        let (mut met, mut taken) = (0, 0);
        inversions::sort(&mut relabel(low, high), |larger, value| {
            let end = met + larger.len() as u64;
            while let Some(place) = wanted(taken).checked_sub(met).filter(|_| wanted(taken) < end) {
                if let Some(place) = usize::try_from(place).ok().and_then(|place| larger.get(place)) {
                    slopes.push(self.slope(low, *place, value));
                }
                taken += 1;
            }
            met = end;
        });
        slopes
    }

    /// The slope between the points at two places of an order.
    fn slope(&self, order: &[u32], a: u32, b: u32) -> Slope {
        let point = |place: u32| self.points[order[place as usize] as usize];
        let (first, second) = (point(a), point(b));
        let (first, second) = if first.time < second.time { (first, second) } else { (second, first) };
        Slope { rise: second.value - first.value, run: second.time.abs_diff(first.time) }
    }
}

/// `high` as places in `low`.
fn relabel(low: &[u32], high: &[u32]) -> Vec<u32> {
    let mut places = vec![0; low.len()];
    for (place, point) in (0..).zip(low) {
        places[*point as usize] = place;
    }
    high.iter().map(|point| places[*point as usize]).collect()
}

/// Places in a sorted sample of `size` from `count` slopes that enclose the one of `rank` with high probability.
fn places(rank: u64, count: u64, size: usize) -> [usize; 2] {
    let middle = u128::from(rank) * size as u128 / u128::from(count.max(1));
    let middle = usize::try_from(middle).unwrap_or(size);
    let margin = size.isqrt();
    [middle.saturating_sub(margin), (middle + margin).min(size.saturating_sub(1))]
}

/// The exponent of the leading binary digit, from -895 (10^-269): what is smaller counts as 0, and the scale stays finite.
fn exponent(value: f64) -> i32 {
    const MANTISSA: u32 = f64::MANTISSA_DIGITS - 1;
    let biased = (value.abs().to_bits() >> MANTISSA).max(128);
    i32::try_from(biased).unwrap_or(0) - (f64::MAX_EXP - 1)
}

#[expect(clippy::cast_possible_truncation, reason = "the value was scaled below 2^60")]
fn whole(value: f64) -> i64 {
    value.round_ties_even() as i64
}

#[expect(clippy::cast_precision_loss, reason = "rounded once, as the difference of two values is")]
const fn float(rise: i64) -> f64 {
    rise as f64
}

#[expect(clippy::cast_possible_truncation, reason = "a series has less than 2^32 values")]
const fn index(place: usize) -> u32 {
    place as u32
}
