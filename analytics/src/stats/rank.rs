//! Ranks and ties.

use std::cmp::Ordering;

use super::compare;

/// Lengths of the runs of equal neighbours.
pub(super) fn runs<'a, T>(
    sorted: &'a [T],
    equal: impl FnMut(&T, &T) -> bool + 'a,
) -> impl Iterator<Item = u64> + 'a {
    sorted.chunk_by(equal).map(|run| run.len() as u64)
}

/// Pairs within runs of `length`.
pub(super) const fn pairs(length: u64) -> u64 {
    length * length.saturating_sub(1) / 2
}

/// For each value the number of values below it.
pub(super) fn below(values: &[f64]) -> Vec<u32> {
    spread(values, |a, b| compare(*a, *b), |before, _| before)
}

/// Twice the rank of each item, from 1; equal ones share the mean of the ranks they take together (average ranks).
pub(super) fn doubled<T: Copy>(items: &[T], compare: impl Fn(&T, &T) -> Ordering) -> Vec<u32> {
    spread(items, compare, |before, run| 2 * before + run + 1)
}

/// For each item what `rank` says of the number of items below it and of those equal to it, itself included.
fn spread<T: Copy>(
    items: &[T],
    compare: impl Fn(&T, &T) -> Ordering,
    rank: impl Fn(u32, u32) -> u32,
) -> Vec<u32> {
    let mut order: Vec<(T, usize)> = items.iter().copied().zip(0..).collect();
    order.sort_unstable_by(|a, b| compare(&a.0, &b.0));
    let mut ranks = vec![0; items.len()];
    let mut before = 0;
    for run in order.chunk_by(|a, b| compare(&a.0, &b.0).is_eq()) {
        let length = run.iter().fold(0, |length, _| length + 1);
        for (_, place) in run {
            ranks[*place] = rank(before, length);
        }
        before += length;
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_share_their_mean_rank() {
        let values = [3.0, -1.0, 3.0, 7.5, 3.0, 0.0];
        assert_eq!(doubled(&values, f64::total_cmp), [8, 2, 8, 12, 8, 4]);
        assert_eq!(below(&values), [2, 0, 2, 5, 2, 1]);
        assert_eq!(doubled(&[], i64::cmp), []);
        assert_eq!(below(&[0.0, -0.0]), [0, 0]);
        assert_eq!(runs(&[1, 1, 2, 3, 3, 3], |a, b| a == b).collect::<Vec<_>>(), [2, 1, 3]);
    }
}
