//! Inversions of a sequence: pairs of which the larger stands first. A merge sort meets each of them once and in groups,
//! so they are counted in O(n log n) however many they are (Knight, J. Am. Stat. Assoc. 61, 1966).

/// Sorts `sequence`. For each value that passes larger ones, `visit` gets those larger ones and the value; equal values pass
/// nobody.
pub(super) fn sort(sequence: &mut Vec<u32>, mut visit: impl FnMut(&[u32], u32)) {
    let mut merged = Vec::with_capacity(sequence.len());
    let mut width = 1;
    while width < sequence.len() {
        merged.clear();
        for run in sequence.chunks(2 * width) {
            let (mut left, mut right) = run.split_at(width.min(run.len()));
            while let ([first, left_rest @ ..], [second, right_rest @ ..]) = (left, right) {
                if first <= second {
                    merged.push(*first);
                    left = left_rest;
                } else {
                    visit(left, *second);
                    merged.push(*second);
                    right = right_rest;
                }
            }
            merged.extend_from_slice(left);
            merged.extend_from_slice(right);
        }
        std::mem::swap(sequence, &mut merged);
        width *= 2;
    }
}

/// Number of inversions; sorts `sequence`.
pub(super) fn count(sequence: &mut Vec<u32>) -> u64 {
    let mut found = 0;
    sort(sequence, |larger, _| found += larger.len() as u64);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_inversion_is_met_once() {
        let check = |sequence: &[u32]| {
            let mut expected = Vec::new();
            for (i, first) in sequence.iter().enumerate() {
                expected.extend(sequence[i..].iter().filter(|second| *second < first).map(|s| (*first, *s)));
            }
            expected.sort_unstable();
            let (mut sorted, mut met) = (sequence.to_vec(), Vec::new());
            sort(&mut sorted, |larger, value| met.extend(larger.iter().map(|first| (*first, value))));
            met.sort_unstable();
            assert_eq!(met, expected, "{sequence:?}");
            assert!(sorted.is_sorted(), "{sequence:?}");
            assert_eq!(count(&mut sequence.to_vec()), expected.len() as u64);
        };
        check(&[]);
        check(&[3]);
        check(&[2, 1]);
        check(&[1, 1, 1]);
        check(&[5, 4, 3, 2, 1, 0]);
        check(&[3, 1, 3, 0, 2, 2, 7, 1, 0]);
    }
}
