//! 营养状态: the trophic index TLI(Σ) of lakes (环办〔2011〕22号).
//!
//! Logarithms have no exact decimal; each part is computed on binary floats and rounded to six decimals, and parts are
//! weighted as decimals. Where an item is missing the weights of the others make one.

use lanbi_model::water_rule::{Trophic, TrophicItem, TrophicLevel};
use lanbi_model::{Decimal, Parameter, decimal};

/// Decimals kept of a part; far more than any evaluation looks at.
const DECIMALS: u32 = 6;

/// The trophic index of values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrophicIndex<'a> {
    /// TLI of each item that has one, in the order of the rule.
    pub parts: Vec<(Parameter, Decimal)>,
    /// TLI(Σ), not rounded; none without a part.
    pub index: Option<Decimal>,
    /// Its level.
    pub level: Option<&'a TrophicLevel>,
}

/// The index of values (each parameter once, in its unit). What is 0 has no logarithm and counts as missing.
#[must_use]
pub fn trophic_index<'a>(rule: &'a Trophic, values: &[(Parameter, Decimal)]) -> TrophicIndex<'a> {
    let value =
        |item: &TrophicItem| values.iter().find(|(p, _)| *p == item.parameter).map(|(_, value)| *value);
    let parts = rule.items.iter().filter_map(|item| Some((item.parameter, part(item, value(item)?)?)));
    let parts: Vec<(Parameter, Decimal)> = parts.collect();
    let index = weighted_index(rule, &parts);
    TrophicIndex { level: index.and_then(|index| level(rule, index)), parts, index }
}

/// TLI(Σ) of the TLI of items.
#[must_use]
pub fn weighted_index(rule: &Trophic, parts: &[(Parameter, Decimal)]) -> Option<Decimal> {
    let (mut sum, mut weights) = (Decimal::ZERO, Decimal::ZERO);
    for (parameter, part) in parts {
        let item = rule.items.iter().find(|item| item.parameter == *parameter)?;
        let weight = item.r * item.r;
        sum += weight * part;
        weights += weight;
    }
    sum.checked_div(weights)
}

fn part(item: &TrophicItem, value: Decimal) -> Option<Decimal> {
    let value = value.checked_div(item.divisor).filter(|value| *value > Decimal::ZERO)?;
    let logarithm = decimal::to_f64(value).ln();
    let part = 10.0 * (decimal::to_f64(item.a) + decimal::to_f64(item.b) * logarithm);
    decimal::from_f64(part).map(|part| decimal::round_half_even(part, DECIMALS))
}

fn level(rule: &Trophic, index: Decimal) -> Option<&TrophicLevel> {
    rule.levels
        .iter()
        .find(|level| level.upto.is_none_or(|upto| index < upto || (index == upto && level.edge_is_inside)))
}
