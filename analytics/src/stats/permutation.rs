//! Distribution of Σ a·b over all orders of b, exactly.

/// The largest number of values: 12! is the last factorial that fits into 32 bits, and takes some milliseconds.
const LARGEST: usize = 12;

/// Two-sided probability that a random order of `b` brings Σ a·b as far from its mean as the order given. None for lists of
/// different length or longer than [`LARGEST`].
pub(super) fn two_sided_p(a: &[u32], b: &[u32]) -> Option<f64> {
    if a.len() > LARGEST {
        return None;
    }
    two_sided_p_of(a.iter().zip(b).map(|(a, b)| a * b).sum(), a, b)
}

/// The same for a given sum.
///
/// The orders are counted set by set: how often each sum arises when the first of `a` have met a given set of `b`.
pub(super) fn two_sided_p_of(observed: u32, a: &[u32], b: &[u32]) -> Option<f64> {
    if a.len() != b.len() || a.len() > LARGEST {
        return None;
    }
    let n = u32::try_from(a.len()).ok()?;
    let centre = i64::from(a.iter().sum::<u32>()) * i64::from(b.iter().sum::<u32>());
    let distance = |sum: u32| (i64::from(n) * i64::from(sum) - centre).abs();

    let mut ways: Vec<Vec<u32>> = vec![Vec::new(); 1 << n];
    ways[0] = vec![1];
    for set in 0..ways.len() - 1 {
        let sums = std::mem::take(&mut ways[set]);
        let next = a[set.count_ones() as usize];
        for (member, b) in b.iter().enumerate().filter(|(member, _)| set & (1 << member) == 0) {
            let offset = (next * b) as usize;
            let target = &mut ways[set | (1 << member)];
            target.resize(target.len().max(offset + sums.len()), 0);
            for (way, found) in target[offset..].iter_mut().zip(&sums) {
                *way += found;
            }
        }
    }
    let last = ways.pop()?;
    let far = |sum: u32| distance(sum) >= distance(observed);
    let (mut all, mut extreme) = (0.0, 0.0);
    for (sum, ways) in (0..).zip(last) {
        all += f64::from(ways);
        extreme += if far(sum) { f64::from(ways) } else { 0.0 };
    }
    Some(extreme / all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_values_are_counted_by_hand() {
        let check = |a: &[u32], b: &[u32], p: f64| {
            let got = two_sided_p(a, b).unwrap();
            assert!((got - p).abs() < 1e-12, "{a:?} {b:?}: {got}");
        };
        check(&[1, 2], &[1, 2], 1.0);
        check(&[1, 2, 3], &[1, 2, 3], 2.0 / 6.0);
        check(&[1, 2, 3], &[2, 1, 3], 1.0);
        check(&[1, 2, 3, 4], &[4, 3, 2, 1], 2.0 / 24.0);
        // Of b, (1, 1, 3) stands in 3 different orders with sums 12, 10 and 8 about a mean of 10.
        check(&[1, 2, 3], &[1, 1, 3], 2.0 / 3.0);
        assert_eq!(two_sided_p(&[1], &[1, 2]), None);
        assert_eq!(two_sided_p(&[1; 13], &[1; 13]), None);
    }
}
