//! What a limit rule compares a value with. Equal to the limit is not an alarm.

use lanbi_model::Decimal;

use super::machine::Reading;

/// A limit in the unit of the parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Test {
    /// In breach above this.
    Above(Decimal),
    /// In breach below this.
    Below(Decimal),
    /// In breach outside this range; both ends are inside.
    Outside {
        /// Lower end.
        low: Decimal,
        /// Upper end.
        high: Decimal,
    },
}

impl Test {
    /// Where a value stands. The deadband is a fraction of the limit; of a range it is a fraction of the width, so
    /// that a narrow range far from zero (pH 6 to 9) keeps a middle in which the alarm can clear.
    pub(super) fn read(self, value: Decimal, deadband: Decimal) -> Reading {
        let back_by = |size: Decimal| size.abs().checked_mul(deadband).unwrap_or(Decimal::ZERO);
        let (breach, back) = match self {
            Self::Above(limit) => (value > limit, value <= limit - back_by(limit)),
            Self::Below(limit) => (value < limit, value >= limit + back_by(limit)),
            Self::Outside { low, high } => {
                let margin = back_by(high - low);
                (value < low || value > high, low + margin <= value && value <= high - margin)
            }
        };
        match (breach, back) {
            (true, _) => Reading::Breach,
            (false, true) => Reading::Back,
            (false, false) => Reading::Between,
        }
    }

    /// Whether `value` is a worse breach than `than`.
    pub(super) fn is_worse(self, value: Decimal, than: Decimal) -> bool {
        match self {
            Self::Above(_) => value > than,
            Self::Below(_) => value < than,
            Self::Outside { low, high } => {
                let beyond = |v: Decimal| {
                    let (below, above) = (low.checked_sub(v), v.checked_sub(high));
                    below.unwrap_or(Decimal::MAX).max(above.unwrap_or(Decimal::MAX))
                };
                beyond(value) > beyond(than)
            }
        }
    }

    /// The limit that a value in breach exceeds.
    pub(super) fn exceeded_by(self, value: Decimal) -> Decimal {
        match self {
            Self::Above(limit) | Self::Below(limit) => limit,
            Self::Outside { low, high } => {
                if value < low {
                    low
                } else {
                    high
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_is_within_and_the_deadband_holds_back_the_return() {
        use Reading::{Back, Between, Breach};
        let dec = |text: &str| text.parse::<Decimal>().unwrap();
        let check = |test: Test, cases: &[(&str, Reading)]| {
            for (value, expected) in cases {
                assert_eq!(test.read(dec(value), dec("0.1")), *expected, "{test:?} {value}");
            }
        };
        check(
            Test::Above(dec("1.5")),
            &[("1.501", Breach), ("1.5", Between), ("1.36", Between), ("1.35", Back), ("0", Back)],
        );
        check(Test::Below(dec("2")), &[("1.99", Breach), ("2", Between), ("2.19", Between), ("2.2", Back)]);
        check(Test::Below(dec("-200")), &[("-201", Breach), ("-200", Between), ("-180", Back)]);
        check(Test::Above(dec("0")), &[("0.1", Breach), ("0", Back)]);
        check(
            Test::Outside { low: dec("6"), high: dec("9") },
            &[
                ("5.9", Breach),
                ("6", Between),
                ("6.2", Between),
                ("6.3", Back),
                ("8.7", Back),
                ("8.8", Between),
                ("9", Between),
                ("9.1", Breach),
            ],
        );
    }

    #[test]
    fn worse_is_further_beyond() {
        let dec = |text: &str| text.parse::<Decimal>().unwrap();
        let band = Test::Outside { low: dec("6"), high: dec("9") };
        for (test, worse, than) in [
            (Test::Above(dec("1")), "3", "2"),
            (Test::Below(dec("5")), "1", "2"),
            (band, "4.9", "10"),
            (band, "10.1", "5"),
        ] {
            assert!(test.is_worse(dec(worse), dec(than)), "{test:?} {worse} {than}");
            assert!(!test.is_worse(dec(than), dec(worse)), "{test:?} {than} {worse}");
            assert!(!test.is_worse(dec(than), dec(than)), "{test:?} {than}");
        }
        assert_eq!(band.exceeded_by(dec("5")), dec("6"));
        assert_eq!(band.exceeded_by(dec("10")), dec("9"));
    }
}
