//! The day's mean concentration of an outlet, weighted by flow: `Σ C·Q / Σ Q` over the intervals that have both
//! (HJ 356-2019, effective daily mean; clause not seen, unconfirmed).
//!
//! Flow-weighting makes the mean times the day's water the day's load. An interval without flow data says nothing
//! about the load, so it takes no part. Flow in m³/h, concentration in its own unit.

use lanbi_model::Decimal;

/// The flow-weighted mean of (concentration, flow) pairs; none for no pairs, for a total flow that is not above zero,
/// and where a sum does not fit a decimal. Pairs with negative flow (backwater) take no part: nothing was discharged.
#[must_use]
pub fn flow_weighted_mean(pairs: &[(Decimal, Decimal)]) -> Option<Decimal> {
    let mut load = Decimal::ZERO;
    let mut water = Decimal::ZERO;
    for &(concentration, flow) in pairs.iter().filter(|(_, flow)| *flow > Decimal::ZERO) {
        load = load.checked_add(concentration.checked_mul(flow)?)?;
        water = water.checked_add(flow)?;
    }
    if water.is_zero() { None } else { load.checked_div(water) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lanbi_model::decimal::round_half_even;

    fn check(pairs: &[(&str, &str)], expected: Option<&str>) {
        let pairs: Vec<_> = pairs.iter().map(|(c, q)| (c.parse().unwrap(), q.parse().unwrap())).collect();
        let mean = flow_weighted_mean(&pairs).map(|m| round_half_even(m, 4));
        assert_eq!(mean, expected.map(|e| e.parse().unwrap()), "{pairs:?}");
    }

    #[test]
    fn water_weighs() {
        check(&[("28.5", "410"), ("31.2", "395"), ("26.0", "430"), ("35.4", "380")], Some("30.1183"));
        check(&[("10", "1"), ("40", "2")], Some("30"));
        check(&[("10", "0"), ("40", "2")], Some("40"));
        check(&[("10", "-5"), ("40", "2")], Some("40"));
        check(&[("10", "0")], None);
        check(&[], None);
    }
}
