//! The individual index of one pollutant (HJ 633-2026, 4.2.4 and 4.2.6; HJ 633-2012, 4.2 and 6.2).
//!
//! The index is a fraction of whole numbers rounded up, so it is computed on whole numbers: binary floats give 56 for
//! CO 2.2 mg/m³, where 55 is right.

use lanbi_model::Decimal;
use lanbi_model::standard::{Beyond, Breakpoints};

/// The index of a concentration by one table; `scale` are the index nodes that the concentrations stand for.
///
/// None for a negative concentration, and above the last breakpoint where the edition has no index.
#[must_use]
pub fn iaqi(table: &Breakpoints, scale: &[u32], concentration: Decimal) -> Option<u32> {
    let upper = match table.nodes.iter().position(|node| concentration <= *node) {
        Some(upper) => upper,
        None => {
            return match table.beyond {
                Beyond::Cap(cap) => Some(cap),
                Beyond::Empty => None,
            };
        }
    };
    if upper == 0 {
        return (table.nodes[0] == concentration).then(|| scale.first().copied()).flatten();
    }
    let (low, high) = (table.nodes[upper - 1], table.nodes[upper]);
    let (index_low, index_high) = (*scale.get(upper - 1)?, *scale.get(upper)?);
    let above = ceil_ratio(index_high.checked_sub(index_low)?, concentration - low, high - low)?;
    index_low.checked_add(above)
}

/// `factor × part / whole`, rounded up to an integer, without any intermediate rounding.
fn ceil_ratio(factor: u32, part: Decimal, whole: Decimal) -> Option<u32> {
    let mut numerator = part.mantissa().checked_mul(i128::from(factor))?;
    let mut denominator = whole.mantissa();
    let (part_scale, whole_scale) = (part.scale(), whole.scale());
    if part_scale > whole_scale {
        denominator = denominator.checked_mul(10_i128.checked_pow(part_scale - whole_scale)?)?;
    } else {
        numerator = numerator.checked_mul(10_i128.checked_pow(whole_scale - part_scale)?)?;
    }
    let floor = numerator.checked_div(denominator)?;
    let up = i128::from(floor * denominator < numerator);
    u32::try_from(floor + up).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dec(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    fn table(nodes: &[&str], beyond: Beyond) -> Breakpoints {
        Breakpoints { nodes: nodes.iter().map(|n| dec(n)).collect(), beyond }
    }

    const SCALE: [u32; 4] = [0, 50, 100, 150];

    #[test]
    fn rounds_up_from_the_exact_fraction() {
        let co = table(&["0", "2", "4", "14"], Beyond::Cap(500));
        let check = |value: &str, expected: Option<u32>| {
            assert_eq!(iaqi(&co, &SCALE, dec(value)), expected, "{value}");
        };
        check("0", Some(0));
        check("0.0", Some(0));
        check("0.01", Some(1));
        check("2", Some(50));
        check("2.2", Some(55));
        check("2.2000000000000000000000001", Some(56));
        check("2.20000", Some(55));
        check("14.0", Some(150));
        check("14.1", Some(500));
        check("-0.1", None);
        check("79228162514264337593543950335", Some(500));
    }

    #[test]
    fn a_short_table_ends_as_its_edition_says() {
        assert_eq!(iaqi(&table(&["0", "800"], Beyond::Empty), &SCALE, dec("800.1")), None);
        assert_eq!(iaqi(&table(&["0", "800"], Beyond::Cap(200)), &SCALE, dec("800.1")), Some(200));
        assert_eq!(iaqi(&table(&["0", "800"], Beyond::Empty), &SCALE, dec("800")), Some(50));
    }

    #[test]
    fn breakpoints_may_have_decimals() {
        let fine = table(&["0", "0.25", "0.4"], Beyond::Empty);
        assert_eq!(iaqi(&fine, &SCALE, dec("0.1")), Some(20));
        assert_eq!(iaqi(&fine, &SCALE, dec("0.3")), Some(67));
        assert_eq!(iaqi(&table(&["0", "20"], Beyond::Empty), &SCALE, Decimal::new(3, 28)), Some(1));
    }
}
