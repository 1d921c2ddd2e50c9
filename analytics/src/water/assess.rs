//! The class of a sample, or of means, by its worst item.

use std::cmp::Ordering;

use lanbi_model::standard::{ClassLimits, Direction, Edition, Saturation, WaterItem, WaterStandard};
use lanbi_model::{Decimal, Parameter, WaterBody, decimal};

use super::mean::round_for_evaluation;

/// 劣Ⅴ: worse than every class of the table.
const WORSE_THAN_ALL: u8 = 6;
/// Class Ⅲ is the base of exceedances where a section has no target (环办〔2011〕22号).
const DEFAULT_BASE: u8 = 3;
/// Decimals of an exceedance multiple, printed as 氨氮(1.3) (环办〔2011〕22号).
const MULTIPLE_DECIMALS: u32 = 1;

/// What happens to a value before it is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rounding {
    /// It is graded as given.
    AsGiven,
    /// It is rounded as the evaluation rule says (环办监测函〔2020〕82号).
    Evaluation,
}

/// An item worse than the base class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exceedance {
    /// Item.
    pub parameter: Parameter,
    /// Its class, 1-6.
    pub class: u8,
    /// `(value − limit) / limit`, half to even at one decimal; none for pH and DO.
    pub multiple: Option<Decimal>,
}

/// What the law says about one water.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaterAssessment<'a> {
    /// Edition it was graded by.
    pub edition: &'a Edition,
    /// Class 1-6 (6 = 劣Ⅴ); none where no item decides one.
    pub class: Option<u8>,
    /// Class of each deciding item, in the order of the table.
    pub items: Vec<(Parameter, u8)>,
    /// Items of the sample's class, in the order of the table.
    pub worst: Vec<Parameter>,
    /// The class that `exceeding` is measured against: the target, or Ⅲ.
    pub base: u8,
    /// Items worse than the base: worst class first, then by multiple, then in the order of the table.
    pub exceeding: Vec<Exceedance>,
}

/// By what dissolved oxygen is of class Ⅰ (GB 3838-2002, Table 1: 饱和率90%（或7.5）).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum FirstClassOxygen {
    /// By its concentration, as the national platform does.
    #[default]
    Concentration,
    /// By its concentration or by its saturation at the water temperature of the values, whichever is kept.
    OrSaturation,
}

/// Grades values (each parameter once, in its unit) against the river or lake limits. `target` is the class 1-5 that
/// exceedances are measured against; none takes class Ⅲ. Parameters without limits are passed over.
#[must_use]
pub fn assess<'a>(
    standard: &'a WaterStandard,
    body: WaterBody,
    target: Option<u8>,
    rounding: Rounding,
    values: &[(Parameter, Decimal)],
) -> WaterAssessment<'a> {
    assess_with_oxygen(standard, body, target, rounding, FirstClassOxygen::Concentration, values)
}

/// The same with a choice for dissolved oxygen.
#[must_use]
pub fn assess_with_oxygen<'a>(
    standard: &'a WaterStandard,
    body: WaterBody,
    target: Option<u8>,
    rounding: Rounding,
    oxygen: FirstClassOxygen,
    values: &[(Parameter, Decimal)],
) -> WaterAssessment<'a> {
    let base = target.unwrap_or(DEFAULT_BASE);
    let mut items = Vec::with_capacity(values.len());
    let mut over: Vec<(Exceedance, Option<Decimal>)> = Vec::new();
    for item in standard.items.iter().filter(|item| item.decides) {
        let (Some(limits), Some(value)) = (item.limits(body), value_of(values, item.parameter)) else {
            continue;
        };
        let value = match rounding {
            Rounding::AsGiven => value,
            Rounding::Evaluation => round_for_evaluation(value, item.decimals),
        };
        let is_saturated = || {
            item.parameter == Parameter::DissolvedOxygen
                && oxygen == FirstClassOxygen::OrSaturation
                && value_of(values, Parameter::WaterTemperature)
                    .is_some_and(|celsius| saturates(&standard.saturation, celsius, value))
        };
        let class = if is_saturated() { 1 } else { class_of(limits, value) };
        items.push((item.parameter, class));
        if class > base {
            let exact = multiple(item, limits, base, value);
            let multiple = exact.map(|m| decimal::round_half_even(m, MULTIPLE_DECIMALS));
            over.push((Exceedance { parameter: item.parameter, class, multiple }, exact));
        }
    }
    over.sort_by(|(a, a_exact), (b, b_exact)| worst_first((a.class, *a_exact), (b.class, *b_exact)));
    let class = items.iter().map(|(_, class)| *class).max();
    let worst = items.iter().filter(|(_, c)| Some(*c) == class).map(|(p, _)| *p).collect();
    let exceeding = over.into_iter().map(|(exceedance, _)| exceedance).collect();
    WaterAssessment { edition: &standard.edition, class, items, worst, base, exceeding }
}

/// The class of one value; none where the item has no limits for the body.
#[must_use]
pub fn item_class(
    standard: &WaterStandard,
    body: WaterBody,
    parameter: Parameter,
    value: Decimal,
) -> Option<u8> {
    standard.item(parameter)?.limits(body).map(|limits| class_of(limits, value))
}

/// Whether oxygen reaches its share of what fresh water holds at a temperature at sea level.
fn saturates(saturation: &Saturation, celsius: Decimal, oxygen: Decimal) -> bool {
    let full = saturation.numerator.checked_div(saturation.offset + celsius);
    full.is_some_and(|full| {
        full > Decimal::ZERO && oxygen * Decimal::ONE_HUNDRED >= full * saturation.percent
    })
}

fn value_of(values: &[(Parameter, Decimal)], parameter: Parameter) -> Option<Decimal> {
    values.iter().find(|(p, _)| *p == parameter).map(|(_, value)| *value)
}

/// The best class whose limit holds; a limit is inclusive, so equal limits of two classes give the better one.
fn class_of(limits: &ClassLimits, value: Decimal) -> u8 {
    match limits {
        ClassLimits::Band { low, high } => {
            if *low <= value && value <= *high {
                1
            } else {
                WORSE_THAN_ALL
            }
        }
        ClassLimits::Steps { direction, limits } => (1..WORSE_THAN_ALL)
            .zip(limits)
            .find(|(_, limit)| match direction {
                Direction::AtMost => value <= **limit,
                Direction::AtLeast => value >= **limit,
            })
            .map_or(WORSE_THAN_ALL, |(class, _)| class),
    }
}

fn multiple(item: &WaterItem, limits: &ClassLimits, base: u8, value: Decimal) -> Option<Decimal> {
    let ClassLimits::Steps { limits, .. } = limits else { return None };
    let limit = limits.get(usize::from(base).checked_sub(1)?)?;
    item.multiple.then(|| (value - limit).checked_div(*limit)).flatten()
}

/// Worse classes first, larger multiples first, none last. Sorting is stable, so the table's order decides the rest.
fn worst_first(a: (u8, Option<Decimal>), b: (u8, Option<Decimal>)) -> Ordering {
    b.cmp(&a)
}
