//! 同比 and 环比: the change of a published figure against the same period a year before, or the period before.
//!
//! Official reports compute it from the rounded figures they print (Dongli 2022-07: PM2.5 from 23 to 19 is -17.4 %).

use lanbi_model::{Decimal, decimal::round_half_even};

/// Decimals of a change, in percent and in percentage points.
const DECIMALS: u32 = 1;

/// `(now − before) / before` in percent, half to even at one decimal; less than zero is a fall. None where `before` is zero.
/// Give both figures as they are printed.
#[must_use]
pub fn percent_change(now: Decimal, before: Decimal) -> Option<Decimal> {
    let share = now.checked_sub(before)?.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(before.abs())?;
    Some(printed(share))
}

/// The change of a ratio (good days) in percentage points (百分点); give both ratios in percent as they are printed.
#[must_use]
pub fn points_change(now: Decimal, before: Decimal) -> Decimal {
    printed(now - before)
}

/// With exactly its decimals: `10.0`, not `10`.
fn printed(change: Decimal) -> Decimal {
    let rounded = round_half_even(change, DECIMALS);
    // What rounds to nothing from below loses its sign.
    let mut rounded = if rounded.is_zero() { Decimal::ZERO } else { rounded };
    rounded.rescale(DECIMALS);
    rounded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dec(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn changes_of_printed_figures_are_the_published_ones() {
        let check = |now: &str, before: &str, expected: Option<&str>| {
            assert_eq!(percent_change(dec(now), dec(before)), expected.map(dec), "{before} to {now}");
        };
        // PM2.5 of Dongli, Xiqing, Beichen and the whole of Tianjin, 2022-07; Tianjin 2020; Wuyuan's index, 2023-09.
        check("19", "23", Some("-17.4"));
        check("21", "20", Some("5.0"));
        check("25", "26", Some("-3.8"));
        check("23", "21", Some("9.5"));
        check("48", "51", Some("-5.9"));
        check("2.63", "2.89", Some("-9.0"));
        check("20", "20", Some("0"));
        // Half to even: 12.25 % and 12.35 %.
        check("449", "400", Some("12.2"));
        check("2247", "2000", Some("12.4"));
        check("20", "0", None);
    }

    #[test]
    fn a_change_has_its_decimal_even_where_it_is_zero() {
        assert_eq!(percent_change(dec("3.3"), dec("3")).map(|c| c.to_string()), Some("10.0".to_owned()));
        assert_eq!(percent_change(dec("2999"), dec("3000")).map(|c| c.to_string()), Some("0.0".to_owned()));
        assert_eq!(points_change(dec("60"), dec("60")).to_string(), "0.0");
    }

    #[test]
    fn ratios_change_in_points() {
        assert_eq!(points_change(dec("66.9"), dec("60.0")), dec("6.9"));
        assert_eq!(points_change(dec("54.8"), dec("71.0")), dec("-16.2"));
    }
}
