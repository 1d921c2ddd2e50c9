//! Shares by length: how long the reaches of each grade are, and how much of the whole that is (clause `shares`). Paused reaches
//! stand in the denominator.

use lanbi_model::{Decimal, decimal};

/// The reaches of one category.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LengthShare<C> {
    /// Grade or class.
    pub category: C,
    /// Number of reaches.
    pub reaches: u32,
    /// Their length, in the unit given.
    pub length: Decimal,
    /// Their share of the whole length in percent, half to even; none where the whole is 0.
    pub percent: Option<Decimal>,
}

/// The shares of some categories, in their order, of all reaches given; a reach of another category counts in the whole only.
#[must_use]
pub fn shares_by_length<C: Clone + PartialEq>(
    categories: &[C],
    reaches: &[(C, Decimal)],
    decimals: u32,
) -> Vec<LengthShare<C>> {
    let whole: Decimal = reaches.iter().map(|(_, length)| length).sum();
    categories
        .iter()
        .map(|category| {
            let own = reaches.iter().filter(|(of, _)| of == category);
            let length: Decimal = own.clone().map(|(_, length)| length).sum();
            let percent = (length * Decimal::ONE_HUNDRED).checked_div(whole);
            LengthShare {
                category: category.clone(),
                reaches: u32::try_from(own.count()).unwrap_or(u32::MAX),
                length,
                percent: percent.map(|percent| decimal::round_half_even(percent, decimals)),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::test_rule::dec;
    use super::*;

    /// 天津市河长制考核情况月报 2017年第9期: word, reaches, kilometres, percent as printed.
    const GRADES: [(&str, u32, &str, &str); 5] = [
        ("优秀", 165, "2558.4", "72.2"),
        ("良好", 54, "841.0", "23.7"),
        ("合格", 2, "78.2", "2.2"),
        ("不合格", 1, "58.6", "1.7"),
        ("暂停", 2, "5.4", "0.2"),
    ];
    /// The same of the water; the numeral of the first and the words of the next two are lost in the copy.
    const WATER: [(&str, u32, &str, &str); 5] = [
        ("达到", 1, "2063.6", "58.3"),
        ("其次", 1, "1116.6", "31.5"),
        ("再次", 1, "234.3", "6.6"),
        ("河干", 1, "41.3", "1.2"),
        ("暂停", 1, "85.8", "2.4"),
    ];

    #[test]
    fn the_published_month_comes_out_to_the_printed_digit() {
        let check = |published: &[(&str, u32, &str, &str)]| {
            let mut reaches = Vec::new();
            for (word, count, length, _) in published {
                // The first reach has what is left of the length when all others have 0.1 km.
                let others = Decimal::from(count - 1) * dec("0.1");
                reaches.push((*word, dec(length) - others));
                reaches.extend((1..*count).map(|_| (*word, dec("0.1"))));
            }
            let words: Vec<&str> = published.iter().map(|row| row.0).collect();
            let shares = shares_by_length(&words, &reaches, 1);
            assert_eq!(shares.iter().map(|share| share.length).sum::<Decimal>(), dec("3541.6"));
            for (share, (word, count, length, percent)) in shares.iter().zip(published) {
                let got = (share.reaches, share.length, share.percent);
                assert_eq!(got, (*count, dec(length), Some(dec(percent))), "{word}");
            }
        };
        check(&GRADES);
        check(&WATER);
    }

    #[test]
    fn nothing_has_no_share() {
        let shares = shares_by_length(&["优秀"], &[], 1);
        assert_eq!((shares[0].reaches, shares[0].percent), (0, None));
        let shares = shares_by_length(&["优秀", "良好"], &[("优秀", dec("2")), ("未评", dec("2"))], 1);
        assert_eq!(shares[0].percent, Some(dec("50")));
        assert_eq!((shares[1].length, shares[1].percent), (Decimal::ZERO, Some(Decimal::ZERO)));
    }
}
