//! Level and spread of values of which some lie far off.

/// The median; of an even number the mean of the two in the middle. None for no values.
#[must_use]
pub fn median(values: impl Iterator<Item = f64>) -> Option<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_unstable_by(f64::total_cmp);
    let upper = *values.get(values.len() / 2)?;
    let lower = *values.get((values.len() - 1) / 2)?;
    Some(f64::midpoint(lower, upper))
}

/// The median of the distances from `level`, times 1.4826: of a normal distribution that is the standard deviation. None for
/// no values.
#[must_use]
pub fn spread_around(level: f64, values: impl Iterator<Item = f64>) -> Option<f64> {
    Some(1.4826 * median(values.map(|value| (value - level).abs()))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_even_numbers_is_between_the_middle_two() {
        let check = |values: &[f64], expected: Option<(f64, f64)>| {
            let found = median(values.iter().copied());
            let spread = found.and_then(|level| spread_around(level, values.iter().copied()));
            match (found.zip(spread), expected) {
                (None, None) => {}
                (Some((median, spread)), Some((level, deviation))) => {
                    let is_near = |a: f64, b: f64| (a - b).abs() < 1e-12;
                    assert!(is_near(median, level) && is_near(spread, 1.4826 * deviation), "{values:?}");
                }
                other => panic!("{values:?} {other:?}"),
            }
        };
        check(&[3.0, 1.0, 2.0], Some((2.0, 1.0)));
        check(&[4.0, 1.0, 2.0, 3.0], Some((2.5, 1.0)));
        check(&[1.0, 1.0, 1.0, 100.0], Some((1.0, 0.0)));
        check(&[], None);
    }
}
