//! 城市水质指数 (CWQI; 城市地表水环境质量排名技术规定（试行）, 2017; formulas of one source): the sum over items of
//! concentration / Ⅲ limit. Smaller is better.

use lanbi_model::standard::{ClassLimits, Direction, WaterStandard};
use lanbi_model::water_rule::CityIndex;
use lanbi_model::{Decimal, Parameter, WaterBody, decimal};

use super::basin::space_mean;
use super::evaluated::EvaluatedSection;

/// The index of the rivers, or of the lakes, of a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaterIndex {
    /// Index of each item that has a value, in the order of the rule, not rounded.
    pub terms: Vec<(Parameter, Decimal)>,
    /// Items whose index is not defined: dissolved oxygen of 0. There is no sum then.
    pub undefined: Vec<Parameter>,
    /// Sum of the terms, not rounded; none without a term.
    pub sum: Option<Decimal>,
}

/// The index of mean concentrations (each parameter once, not rounded).
#[must_use]
pub fn water_index(
    rule: &CityIndex,
    standard: &WaterStandard,
    body: WaterBody,
    means: &[(Parameter, Decimal)],
) -> WaterIndex {
    let mut index = WaterIndex { terms: Vec::new(), undefined: Vec::new(), sum: None };
    for item in &rule.items {
        let value = means.iter().find(|(parameter, _)| parameter == item).map(|(_, value)| *value);
        let limits = standard.item(*item).and_then(|item| item.limits(body));
        let (Some(value), Some(limits)) = (value, limits) else { continue };
        match term(rule, limits, value) {
            Some(term) => index.terms.push((*item, term)),
            None => index.undefined.push(*item),
        }
    }
    if index.undefined.is_empty() && !index.terms.is_empty() {
        index.sum = Some(index.terms.iter().map(|(_, term)| *term).sum());
    }
    index
}

fn term(rule: &CityIndex, limits: &ClassLimits, value: Decimal) -> Option<Decimal> {
    match limits {
        ClassLimits::Steps { direction, limits } => {
            let limit = *limits.get(usize::from(rule.class).checked_sub(1)?)?;
            match direction {
                Direction::AtMost => value.checked_div(limit),
                Direction::AtLeast => limit.checked_div(value),
            }
        }
        // From 0 at the neutral pH to 1 at either limit.
        ClassLimits::Band { low, high } => {
            let edge = if value <= rule.neutral_ph { low } else { high };
            (value - rule.neutral_ph).checked_div(*edge - rule.neutral_ph)
        }
    }
}

/// The rivers, or the lakes, of a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexPart {
    /// River or lake.
    pub body: WaterBody,
    /// Sections or points with a mean.
    pub sections: u32,
    /// The index of the means over them.
    pub index: WaterIndex,
}

/// The rivers and the lakes of a place, as far as it has any with a mean.
#[must_use]
pub fn index_parts(
    rule: &CityIndex,
    standard: &WaterStandard,
    sections: &[&EvaluatedSection],
) -> Vec<IndexPart> {
    let of = |body| {
        let means: Vec<&[(Parameter, Decimal)]> = sections
            .iter()
            .filter(|section| section.body == body && !section.means.is_empty())
            .map(|section| section.means.as_slice())
            .collect();
        let over = rule.items.iter().filter_map(|item| Some((*item, space_mean(*item, &means)?)));
        let index = water_index(rule, standard, body, &over.collect::<Vec<_>>());
        let sections = u32::try_from(means.len()).unwrap_or(u32::MAX);
        (sections > 0).then_some(IndexPart { body, sections, index })
    };
    [WaterBody::River, WaterBody::Lake].into_iter().filter_map(of).collect()
}

/// The index of a place: rivers and lakes by the numbers of their sections and points; none without either, and where one of
/// them has none.
#[must_use]
pub fn place_index(parts: &[IndexPart]) -> Option<Decimal> {
    let weighted: Option<Decimal> =
        parts.iter().map(|part| Some(part.index.sum? * Decimal::from(part.sections))).sum();
    let sections: u32 = parts.iter().map(|part| part.sections).sum();
    weighted?.checked_div(Decimal::from(sections))
}

/// Change in percent against a base, half to even; less than zero is better. None where the base is 0.
#[must_use]
pub fn index_change(rule: &CityIndex, now: Decimal, base: Decimal) -> Option<Decimal> {
    let change = (now - base).checked_mul(Decimal::ONE_HUNDRED)?.checked_div(base)?;
    Some(decimal::round_half_even(change, rule.change_decimals))
}
