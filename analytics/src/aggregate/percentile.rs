//! The percentile of HJ 663, Annex A: `k = 1 + (n - 1)·p / 100`, linear between the two neighbours (one source; it
//! equals type 7 of the statistics literature).

use lanbi_model::Decimal;

/// The `p`-th percentile (0 to 100) of values in any order; none for no values, a `p` above 100, and where the
/// interpolation does not fit a decimal. Exact: nothing is rounded.
#[must_use]
pub fn percentile(values: &[Decimal], p: u8) -> Option<Decimal> {
    if p > 100 {
        return None;
    }
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let steps = sorted.len().checked_sub(1)?.checked_mul(usize::from(p))?;
    let lower = *sorted.get(steps / 100)?;
    let fraction = Decimal::new(i64::try_from(steps % 100).ok()?, 2);
    if fraction.is_zero() {
        // The last value has no upper neighbour, and needs none.
        return Some(lower);
    }
    let upper = *sorted.get(steps / 100 + 1)?;
    lower.checked_add(upper.checked_sub(lower)?.checked_mul(fraction)?).map(|value| value.normalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// With X(i) = i the percentile equals its position k.
    #[test]
    fn positions_follow_annex_a() {
        for (n, p90, p95, p98) in [
            (28, "25.3", "26.65", "27.46"),
            (30, "27.1", "28.55", "29.42"),
            (31, "28", "29.5", "30.4"),
            (181, "163", "172", "177.4"),
            (365, "328.6", "346.8", "357.72"),
            (366, "329.5", "347.75", "358.7"),
        ] {
            let values: Vec<Decimal> = (1..=n).rev().map(Decimal::from).collect();
            for (p, expected) in [(90, p90), (95, p95), (98, p98)] {
                let expected: Decimal = expected.parse().unwrap();
                assert_eq!(percentile(&values, p), Some(expected), "n = {n}, p = {p}");
            }
        }
    }

    #[test]
    fn the_ends_and_the_impossible() {
        let one = [Decimal::from(7)];
        let two = [Decimal::from(3), Decimal::from(1)];
        assert_eq!(percentile(&[], 90), None);
        assert_eq!(percentile(&one, 90), Some(Decimal::from(7)));
        assert_eq!(percentile(&two, 0), Some(Decimal::from(1)));
        assert_eq!(percentile(&two, 100), Some(Decimal::from(3)));
        assert_eq!(percentile(&two, 101), None);
        assert_eq!(percentile(&one, 101), None);
    }
}
