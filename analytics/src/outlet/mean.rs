//! The day mean of an effluent.

use lanbi_model::Decimal;

/// `ΣCQ / ΣQ` over pairs of concentration and flow (HJ 356-2019, clause 7, unconfirmed).
///
/// None where no water flowed. Pairs with a missing half are left out by the caller; pH is no concentration and is not
/// averaged this way.
#[must_use]
pub fn flow_weighted_mean(pairs: impl IntoIterator<Item = (Decimal, Decimal)>) -> Option<Decimal> {
    let (mut load, mut volume) = (Decimal::ZERO, Decimal::ZERO);
    for (concentration, flow) in pairs {
        load += concentration * flow;
        volume += flow;
    }
    (volume > Decimal::ZERO).then(|| load / volume)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dec(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn hours_count_by_their_water() {
        let pairs = [("28.5", 410), ("31.2", 395), ("26.0", 430), ("35.4", 380)]
            .map(|(c, q)| (dec(c), Decimal::from(q)));
        assert_eq!(flow_weighted_mean(pairs).unwrap().round_dp(4), dec("30.1183"));
        assert_eq!(flow_weighted_mean([(dec("30"), Decimal::ZERO)]), None);
        assert_eq!(flow_weighted_mean([]), None);
    }
}
