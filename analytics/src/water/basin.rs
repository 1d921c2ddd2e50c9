//! The state of a river or basin from its sections (环办〔2011〕22号): few sections by the means over them, more by the shares
//! of good sections and of 劣Ⅴ. Lakes always by the means over their points.

use lanbi_model::standard::WaterStandard;
use lanbi_model::water_rule::{BasinState, WaterEvaluation};
use lanbi_model::{Decimal, Parameter, WaterBody, decimal};

use super::assess::{Rounding, assess_with_oxygen};
use super::change::{Change, change_of_points, change_of_steps};
use super::judge::{JudgedSection, WaterLaw};
use crate::aggregate::Combine;

/// Ⅰ to 劣Ⅴ.
const CLASSES: usize = 6;

/// A section of a basin.
#[derive(Clone, Copy, Debug)]
pub struct BasinSection<'a> {
    /// River or lake.
    pub body: WaterBody,
    /// Its means over the period, not rounded.
    pub means: &'a [(Parameter, Decimal)],
    /// What the law says of it.
    pub judged: &'a JudgedSection,
}

/// How a state came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BasinMethod {
    /// By the class of the means over the sections.
    Means,
    /// By the shares of sections.
    Shares,
}

/// What the law says of a basin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BasinAssessment {
    /// Sections of class Ⅰ to 劣Ⅴ.
    pub counts: [u32; CLASSES],
    /// Sections with a class; the shares are of these.
    pub graded: u32,
    /// Share of good sections (Ⅰ–Ⅲ) in percent as printed; none without sections.
    pub good_share: Option<Decimal>,
    /// Share of 劣Ⅴ in percent as printed.
    pub worst_share: Option<Decimal>,
    /// How the state came about.
    pub method: BasinMethod,
    /// Class of the means over the sections; by shares there is none.
    pub class: Option<u8>,
    /// Place of the state in the rule, best first; none without sections, and for few sections of rivers and lakes together.
    pub state: Option<u8>,
    /// 主要污染指标 with the share of graded sections in percent that exceed Ⅲ, as printed; only by shares.
    pub main: Vec<(Parameter, Decimal)>,
}

impl BasinAssessment {
    /// The state.
    #[must_use]
    pub fn state<'a>(&self, rule: &'a WaterEvaluation) -> Option<&'a BasinState> {
        rule.basin.states.get(usize::from(self.state?))
    }
}

/// Judges a basin by its sections; those without a class take no part.
#[must_use]
pub fn assess_basin(law: &WaterLaw<'_>, sections: &[BasinSection<'_>]) -> BasinAssessment {
    let rule = &law.rule.basin;
    let graded: Vec<&BasinSection<'_>> =
        sections.iter().filter(|section| section.judged.standing.class().is_some()).collect();
    let mut counts = [0; CLASSES];
    for class in graded.iter().filter_map(|section| section.judged.standing.class()) {
        if let Some(count) = usize::from(class).checked_sub(1).and_then(|place| counts.get_mut(place)) {
            *count += 1;
        }
    }
    let all: u32 = counts.iter().sum();
    let good: u32 = counts.iter().take(usize::from(rule.good_class)).sum();
    let worst = counts[CLASSES - 1];
    let share = |part: u32| (Decimal::from(part) * Decimal::ONE_HUNDRED).checked_div(Decimal::from(all));
    let printed = |share: Decimal| {
        let mut share = decimal::round_half_even(share, rule.decimals);
        share.rescale(rule.decimals);
        share
    };
    let is = |body| graded.iter().all(|section| section.body == body);
    let method =
        if all >= rule.sections && !is(WaterBody::Lake) { BasinMethod::Shares } else { BasinMethod::Means };
    let mut assessment = BasinAssessment {
        counts,
        graded: all,
        good_share: share(good).map(printed),
        worst_share: share(worst).map(printed),
        method,
        class: None,
        state: None,
        main: Vec::new(),
    };
    match method {
        BasinMethod::Shares => {
            assessment.state = share(good).zip(share(worst)).and_then(|(good, worst)| {
                let holds = |state: &BasinState| {
                    state.good_from.is_none_or(|least| good >= least)
                        && state.worst_below.is_none_or(|most| worst < most)
                };
                u8::try_from(rule.states.iter().position(holds)?).ok()
            });
            assessment.main = main(law.rule, law.standard, &graded, |part| share(part).map(printed));
        }
        BasinMethod::Means => {
            let body = graded.first().map(|section| section.body).filter(|body| is(*body));
            assessment.class = body.and_then(|body| {
                let means = mean_over(law.standard, &graded);
                assess_with_oxygen(law.standard, body, None, Rounding::Evaluation, law.oxygen, &means).class
            });
            let state = assessment.class.and_then(|class| law.standard.class(class));
            assessment.state = state
                .and_then(|class| rule.states.iter().position(|state| state.state == class.state))
                .and_then(|place| u8::try_from(place).ok());
        }
    }
    assessment
}

/// Means over some sections, each counted once for an item it has; pH by hydrogen ions. In the order of the table.
fn mean_over(standard: &WaterStandard, sections: &[&BasinSection<'_>]) -> Vec<(Parameter, Decimal)> {
    let items = standard.items.iter().map(|item| item.parameter);
    let means: Vec<&[(Parameter, Decimal)]> = sections.iter().map(|section| section.means).collect();
    items.filter_map(|item| Some((item, space_mean(item, &means)?))).collect()
}

/// The mean of an item over sections or points that have it; pH by hydrogen ions.
#[must_use]
pub fn space_mean(item: Parameter, sections: &[&[(Parameter, Decimal)]]) -> Option<Decimal> {
    let of =
        |means: &&[(Parameter, Decimal)]| means.iter().find(|(p, _)| *p == item).map(|(_, value)| *value);
    let values: Vec<Decimal> = sections.iter().filter_map(of).collect();
    Combine::of(item).apply(&values)
}

/// Items over Ⅲ by the share of sections over it, in the table's order where equal.
fn main(
    rule: &WaterEvaluation,
    standard: &WaterStandard,
    sections: &[&BasinSection<'_>],
    share: impl Fn(u32) -> Option<Decimal>,
) -> Vec<(Parameter, Decimal)> {
    let over = |item: Parameter| {
        let exceeds = |section: &&&BasinSection<'_>| section.judged.over.iter().any(|o| o.parameter == item);
        u32::try_from(sections.iter().filter(exceeds).count()).unwrap_or(u32::MAX)
    };
    let mut items: Vec<(Parameter, u32)> =
        standard.items.iter().map(|i| (i.parameter, over(i.parameter))).collect();
    items.retain(|(_, over)| *over > 0);
    items.sort_by_key(|(_, over)| std::cmp::Reverse(*over));
    items.truncate(rule.main.named);
    items.into_iter().filter_map(|(item, over)| Some((item, share(over)?))).collect()
}

/// How a basin changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BasinChange {
    /// Word.
    pub change: Change,
    /// ΔG, change of the share of good sections in percentage points.
    pub good_points: Decimal,
    /// ΔD, change of the share of 劣Ⅴ.
    pub worst_points: Decimal,
    /// X = ΔG − ΔD.
    pub x: Decimal,
}

/// The change of a basin from `before` to `now`, of printed shares; none where either has no state. Shares speak where the state
/// stays and both came about by them; a few sections are too few for percentages.
#[must_use]
pub fn basin_change(
    rule: &WaterEvaluation,
    now: &BasinAssessment,
    before: &BasinAssessment,
) -> Option<BasinChange> {
    let good_points = now.good_share? - before.good_share?;
    let worst_points = now.worst_share? - before.worst_share?;
    let x = good_points - worst_points;
    let (state, state_before) = (now.state?, before.state?);
    let by_shares = now.method == BasinMethod::Shares && before.method == BasinMethod::Shares;
    let change = if state == state_before && by_shares {
        change_of_points(&rule.change, x)
    } else {
        change_of_steps(&rule.change, state, state_before)
    };
    Some(BasinChange { change, good_points, worst_points, x })
}

#[cfg(test)]
mod tests {
    use super::super::judge::{Standing, judge_section};
    use super::super::test_law::{dec, law, rule, standard};
    use super::super::{Coverage, ItemMean, SectionPeriod};
    use super::*;

    #[derive(Clone)]
    struct Section {
        body: WaterBody,
        means: Vec<(Parameter, Decimal)>,
        judged: JudgedSection,
    }

    struct Sections {
        standard: WaterStandard,
        rule: WaterEvaluation,
        all: Vec<Section>,
    }

    impl Sections {
        fn new() -> Self {
            Self { standard: standard(), rule: rule(), all: Vec::new() }
        }

        /// So many sections with these means.
        fn add(&mut self, count: usize, body: WaterBody, values: &[(Parameter, &str)]) {
            let means: Vec<_> = values.iter().map(|(item, value)| (*item, dec(value))).collect();
            let item = |(parameter, value): &(Parameter, Decimal)| ItemMean {
                parameter: *parameter,
                value: Some(*value),
                months: 1,
                manual_months: 0,
                short_months: 0,
                unused_months: 0,
            };
            let period = SectionPeriod {
                items: means.iter().map(item).collect(),
                months: 1,
                days: 31,
                coverage: Coverage::Enough,
                hindered: std::collections::BTreeMap::new(),
            };
            let judged = judge_section(&law(&self.standard, &self.rule), body, None, &period);
            self.all.extend(std::iter::repeat_n(Section { body, means, judged }, count));
        }

        /// Sections of class Ⅱ, Ⅳ, Ⅴ and 劣Ⅴ by their ammonia.
        fn of_classes(counts: [usize; 4]) -> Self {
            let mut sections = Self::new();
            for (count, value) in counts.into_iter().zip(["0.3", "1.2", "1.8", "2.5"]) {
                sections.add(count, WaterBody::River, &[(Parameter::Nh3n, value)]);
            }
            sections
        }

        fn assess(&self) -> BasinAssessment {
            let mut sections = Vec::new();
            for Section { body, means, judged } in &self.all {
                sections.push(BasinSection { body: *body, means, judged });
            }
            assess_basin(&law(&self.standard, &self.rule), &sections)
        }

        fn state(&self) -> String {
            self.assess().state(&self.rule).map_or_else(String::new, |state| state.state.clone())
        }
    }

    /// Tianjin's first quarter of 2024: 108 sections, 41.7, 41.7, 7.4 and 9.3 %, published as 轻度污染; Ⅰ–Ⅲ fell by 15.7 and
    /// 劣Ⅴ by 1.8 points.
    #[test]
    fn the_state_of_tianjin_is_the_published_one() {
        let now = Sections::of_classes([45, 45, 8, 10]);
        let assessed = now.assess();
        assert_eq!(assessed.counts, [0, 45, 0, 45, 8, 10]);
        assert_eq!((assessed.good_share, assessed.worst_share), (Some(dec("41.7")), Some(dec("9.3"))));
        assert_eq!((now.state().as_str(), assessed.method), ("轻度污染", BasinMethod::Shares));
        assert_eq!(assessed.main, [(Parameter::Nh3n, dec("58.3"))]);
        let before = Sections::of_classes([62, 34, 0, 12]).assess();
        let change = basin_change(&now.rule, &assessed, &before).unwrap();
        assert_eq!([change.good_points, change.worst_points, change.x], ["-15.7", "-1.8", "-13.9"].map(dec));
        assert_eq!(change.change, Change::Worse);
    }

    #[test]
    fn shares_decide_with_their_edges_from_five_sections_on() {
        let check = |counts: [usize; 4], expected: &str| {
            assert_eq!(Sections::of_classes(counts).state(), expected, "{counts:?}");
        };
        check([9, 1, 0, 0], "优");
        check([89, 11, 0, 0], "良好");
        check([75, 0, 0, 25], "良好");
        check([74, 7, 0, 19], "轻度污染");
        check([4, 4, 0, 2], "中度污染");
        check([70, 0, 0, 30], "中度污染");
        check([6, 0, 0, 4], "重度污染");
        check([0, 0, 0, 5], "重度污染");
    }

    #[test]
    fn few_sections_and_lakes_are_averaged_first() {
        // (0.3 · 3 + 2.5) / 4 = 0.85 is Ⅲ.
        let few = Sections::of_classes([3, 0, 0, 1]);
        assert_eq!((few.assess().class, few.state().as_str()), (Some(3), "良好"));
        assert_eq!((few.assess().method, few.assess().main.len()), (BasinMethod::Means, 0));
        let mut lake = Sections::new();
        lake.add(5, WaterBody::Lake, &[(Parameter::Nh3n, "0.3")]);
        lake.add(1, WaterBody::Lake, &[(Parameter::Nh3n, "2.5")]);
        assert_eq!((lake.assess().class, lake.assess().method), (Some(3), BasinMethod::Means));
        let mut mixed = Sections::of_classes([2, 0, 0, 0]);
        mixed.add(1, WaterBody::Lake, &[(Parameter::Nh3n, "0.3")]);
        assert_eq!((mixed.assess().class, mixed.state().as_str()), (None, ""));
        assert_eq!(mixed.assess().good_share, Some(dec("100.0")));
    }

    #[test]
    fn sections_without_a_class_take_no_part() {
        let mut sections = Sections::of_classes([5, 0, 0, 0]);
        sections.add(5, WaterBody::River, &[]);
        let assessed = sections.assess();
        assert_eq!(sections.all[5].judged.standing, Standing::Insufficient);
        assert_eq!((assessed.graded, assessed.good_share), (5, Some(dec("100.0"))));
        let nothing = Sections::of_classes([0; 4]).assess();
        assert_eq!((nothing.good_share, nothing.state, nothing.class), (None, None, None));
        assert_eq!(basin_change(&sections.rule, &assessed, &nothing), None);
    }

    #[test]
    fn a_change_of_state_goes_before_points_and_few_sections_have_none() {
        let check = |now: [usize; 4], before: [usize; 4], expected: Change| {
            let (now, before) = (Sections::of_classes(now), Sections::of_classes(before).assess());
            assert_eq!(basin_change(&now.rule, &now.assess(), &before).unwrap().change, expected);
        };
        check([9, 1, 0, 0], [89, 11, 0, 0], Change::Better);
        check([9, 1, 0, 0], [6, 0, 0, 4], Change::MarkedlyBetter);
        check([50, 50, 0, 0], [60, 40, 0, 0], Change::Unchanged);
        check([5, 5, 0, 0], [7, 3, 0, 0], Change::Worse);
        check([4, 6, 0, 0], [7, 3, 0, 0], Change::MarkedlyWorse);
        // The means 0.3 and 0.75 are 优 and 良好; three sections that stay as they are do not change.
        check([1, 1, 0, 0], [1, 0, 0, 0], Change::Worse);
        check([2, 1, 0, 0], [2, 1, 0, 0], Change::Unchanged);
    }
}
