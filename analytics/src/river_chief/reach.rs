//! The score of a reach: what each item costs by its ratio, times the mean factor of the items' classes (config/standards/
//! river-chief, `ladders` and `factors`).
//!
//! A reach inside a district is held against its target: ratio = mean / limit of the target class. A reach that crosses a district
//! is held against what flows in: ratio = out / in, and its class is that of the mean of both (起止断面平均浓度).

use lanbi_model::chief_rule::ChiefScore;
use lanbi_model::standard::{ClassLimits, WaterStandard};
use lanbi_model::{Decimal, Parameter, WaterBody};

use crate::water::{Hindrance, item_class};

/// The means of a reach over a period, each item once, in its unit.
#[derive(Clone, Copy, Debug)]
pub struct ReachMeans<'a> {
    /// River or lake.
    pub body: WaterBody,
    /// Target class, 1 to 5.
    pub target: u8,
    /// Means of the reach; where it crosses a district those at its outflow.
    pub means: &'a [(Parameter, Decimal)],
    /// Means of what flows into the district; none for a reach inside.
    pub inflow: Option<&'a [(Parameter, Decimal)]>,
}

/// One item of a scored reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReachItem {
    /// Item.
    pub parameter: Parameter,
    /// Mean over target, or out over in.
    pub ratio: Decimal,
    /// Points off.
    pub deduction: Decimal,
    /// Class, 1 to 6 (劣Ⅴ).
    pub class: u8,
    /// Factor by the classes it is worse than the target.
    pub factor: Decimal,
}

/// A scored reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReachScore {
    /// Items in the order of the rule.
    pub items: Vec<ReachItem>,
    /// Mean of the factors.
    pub factor: Decimal,
    /// Points, at most those of the rule for reaches.
    pub points: Decimal,
    /// The same out of 100, not rounded.
    pub percent: Decimal,
}

/// What became of a reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReachOutcome {
    /// It has a score.
    Scored(ReachScore),
    /// It was not assessed for a reason, and counts for nothing, neither good nor bad.
    Suspended(Hindrance),
    /// It should have been and these items are missing; no score is made of the others.
    Missing(Vec<Parameter>),
}

impl ReachOutcome {
    /// The score.
    #[must_use]
    pub const fn score(&self) -> Option<&ReachScore> {
        match self {
            Self::Scored(score) => Some(score),
            Self::Suspended(_) | Self::Missing(_) => None,
        }
    }
}

/// Scores a reach. An item without a ratio (no value, an inflow of 0, a target without limit) is missing.
#[must_use]
pub fn score_reach(rule: &ChiefScore, standard: &WaterStandard, reach: &ReachMeans<'_>) -> ReachOutcome {
    let mut items = Vec::with_capacity(rule.ladders.len());
    let mut missing = Vec::new();
    for (parameter, ladder) in &rule.ladders {
        let of_item = ratio(standard, reach, *parameter).and_then(|(ratio, concentration)| {
            let class = item_class(standard, reach.body, *parameter, concentration)?;
            let factor = factor(rule, class.saturating_sub(reach.target))?;
            let deduction = ladder.deduction(ratio);
            Some(ReachItem { parameter: *parameter, ratio, deduction, class, factor })
        });
        match of_item {
            Some(item) => items.push(item),
            None => missing.push(*parameter),
        }
    }
    let Some(factor) = lanbi_model::decimal::mean(items.iter().map(|item| item.factor)) else {
        return ReachOutcome::Missing(missing);
    };
    if !missing.is_empty() {
        return ReachOutcome::Missing(missing);
    }
    let left = rule.water.reaches - items.iter().map(|item| item.deduction).sum::<Decimal>();
    let points = factor * left;
    let percent = points * Decimal::ONE_HUNDRED / rule.water.reaches;
    ReachOutcome::Scored(ReachScore { items, factor, points, percent })
}

/// The ratio of an item, and the concentration its class goes by.
fn ratio(
    standard: &WaterStandard,
    reach: &ReachMeans<'_>,
    parameter: Parameter,
) -> Option<(Decimal, Decimal)> {
    let of = |means: &[(Parameter, Decimal)]| means.iter().find(|(p, _)| *p == parameter).map(|(_, v)| *v);
    let value = of(reach.means)?;
    let Some(inflow) = reach.inflow else {
        return Some((value.checked_div(limit(standard, reach, parameter)?)?, value));
    };
    let inflow = of(inflow)?;
    Some((value.checked_div(inflow)?, (value + inflow) / Decimal::TWO))
}

/// The limit of the target class.
fn limit(standard: &WaterStandard, reach: &ReachMeans<'_>, parameter: Parameter) -> Option<Decimal> {
    match standard.item(parameter)?.limits(reach.body)? {
        ClassLimits::Steps { limits, .. } => limits.get(usize::from(reach.target).checked_sub(1)?).copied(),
        ClassLimits::Band { .. } => None,
    }
}

fn factor(rule: &ChiefScore, worse: u8) -> Option<Decimal> {
    rule.factors.get(usize::from(worse)).or(rule.factors.last()).copied()
}

#[cfg(test)]
mod tests {
    use super::super::test_rule::{dec, rule, standard};
    use super::*;

    const ITEMS: [Parameter; 4] =
        [Parameter::CodMn, Parameter::Nh3n, Parameter::Tp, Parameter::DissolvedOxygen];

    fn means(values: [&str; 4]) -> Vec<(Parameter, Decimal)> {
        ITEMS.into_iter().zip(values).filter(|(_, v)| !v.is_empty()).map(|(p, v)| (p, dec(v))).collect()
    }

    /// Scores CODMn, NH3-N, TP and DO against a target.
    fn score(target: u8, values: [&str; 4], inflow: Option<[&str; 4]>) -> ReachOutcome {
        let (values, inflow) = (means(values), inflow.map(means));
        let inflow = inflow.as_deref();
        let reach = ReachMeans { body: WaterBody::River, target, means: &values, inflow };
        score_reach(&rule(), &standard(), &reach)
    }

    #[test]
    fn a_reach_loses_by_ratio_and_by_class() {
        let check = |target, values, points: &str, factor: &str| {
            let outcome = score(target, values, None);
            let score = outcome.score().unwrap();
            assert_eq!((score.points, score.factor), (dec(points), dec(factor)), "{target} {values:?}");
        };
        // On its target in every item: nothing off, though the classes are those of the target exactly.
        check(4, ["10", "1.5", "0.3", "3"], "60", "1");
        // Ammonia 1.2 times its limit is off 2 and one class worse: (1 + 0.9 + 1 + 1) / 4 · 58.
        check(4, ["10", "1.8", "0.3", "3"], "56.55", "0.975");
        // Just over 1.2 times it is off 4; still Ⅴ.
        check(4, ["10", "1.81", "0.3", "3"], "54.6", "0.975");
        // Oxygen 2.9 of 3 is off 2 and Ⅴ; 2.4 of 3 is 0.8 exactly: off 4.
        check(4, ["10", "1.5", "0.3", "2.9"], "56.55", "0.975");
        check(4, ["10", "1.5", "0.3", "2.4"], "54.6", "0.975");
        // All four beyond everything, target Ⅰ: five classes worse, and nothing is left of 60 points.
        check(1, ["99", "9", "9", "0"], "0", "0.6");
    }

    #[test]
    fn a_reach_across_a_district_is_held_against_what_flows_in() {
        // 劣Ⅴ flows in and 劣Ⅴ flows out: no ratio is above 1, all items are one class worse than Ⅴ but oxygen.
        let outcome = score(5, ["18", "4", "0.9", "2"], Some(["20", "5", "1", "2"]));
        let score = outcome.score().unwrap();
        assert!(score.items.iter().all(|item| item.deduction.is_zero()), "{score:?}");
        assert_eq!((score.factor, score.points), (dec("0.925"), dec("55.5")));
        assert_eq!(score.items[3].class, 5);
        assert_eq!(score.percent, dec("92.5"));
        // The class is that of the mean of both ends: 1.0 and 2.0 are Ⅳ.
        let outcome = self::score(3, ["4", "2", "0.1", "6"], Some(["4", "1", "0.1", "6"]));
        let ammonia = outcome.score().unwrap().items[1];
        assert_eq!((ammonia.ratio, ammonia.deduction, ammonia.class), (dec("2"), dec("15"), 4));
    }

    #[test]
    fn an_item_that_is_not_there_gives_no_score() {
        let check = |values, inflow, expected: &[Parameter]| {
            assert_eq!(score(4, values, inflow), ReachOutcome::Missing(expected.to_vec()));
        };
        check(["10", "", "0.3", "3"], None, &[Parameter::Nh3n]);
        check([""; 4], None, &ITEMS);
        check(["10", "1", "0.3", "3"], Some(["10", "0", "", "3"]), &[Parameter::Nh3n, Parameter::Tp]);
        check(["10", "1", "0.3", "3"], Some([""; 4]), &ITEMS);
    }
}
