//! What the law says of a period of a section: class, state, exceedances, main pollutants, target (环办〔2011〕22号).
//!
//! The means of the period are rounded and graded; neither are classes averaged, nor is the worst of several taken.

use lanbi_model::standard::WaterStandard;
use lanbi_model::water_rule::{MainPollutants, WaterEvaluation};
use lanbi_model::{Parameter, WaterBody};

use super::assess::{Exceedance, FirstClassOxygen, Rounding, assess_with_oxygen};
use super::section::{Coverage, Hindrance, SectionPeriod};

/// The law a section is judged by.
#[derive(Clone, Copy, Debug)]
pub struct WaterLaw<'a> {
    /// GB 3838.
    pub standard: &'a WaterStandard,
    /// 环办〔2011〕22号.
    pub rule: &'a WaterEvaluation,
    /// Class Ⅰ of dissolved oxygen.
    pub oxygen: FirstClassOxygen,
}

/// What a section is in a period: a class, or why it has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Standing {
    /// Class 1-6 (6 = 劣Ⅴ).
    Graded(u8),
    /// It was not sampled for a reason.
    Hindered(Hindrance),
    /// 数据不足.
    Insufficient,
}

impl Standing {
    /// The class.
    #[must_use]
    pub const fn class(self) -> Option<u8> {
        match self {
            Self::Graded(class) => Some(class),
            Self::Hindered(_) | Self::Insufficient => None,
        }
    }

    /// 优 … 重度污染, 暂停监测, 断流, 冰封 or 数据不足.
    #[must_use]
    pub fn zh(self, standard: &WaterStandard) -> &str {
        match self {
            Self::Graded(class) => standard.class(class).map_or("", |class| class.state.as_str()),
            Self::Hindered(hindrance) => hindrance.zh(),
            Self::Insufficient => "数据不足",
        }
    }
}

/// A judged period of a section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JudgedSection {
    /// Class or why there is none.
    pub standing: Standing,
    /// Items of the section's class, in the order of the table.
    pub worst: Vec<Parameter>,
    /// Items worse than the target, or than Ⅲ without one: worst class first, then by multiple.
    pub exceeding: Vec<Exceedance>,
    /// Items worse than Ⅲ, in the same order.
    pub over: Vec<Exceedance>,
    /// 主要污染指标, by class Ⅲ.
    pub main: Vec<Exceedance>,
    /// Whether the target is met; none without a target or a class.
    pub met: Option<bool>,
}

/// Judges a period; `target` is a class 1-5.
#[must_use]
pub fn judge_section(
    law: &WaterLaw<'_>,
    body: WaterBody,
    target: Option<u8>,
    period: &SectionPeriod,
) -> JudgedSection {
    let means = if matches!(period.coverage, Coverage::TooFew { .. }) { Vec::new() } else { period.means() };
    let grade = |base: Option<u8>| {
        assess_with_oxygen(law.standard, body, base, Rounding::Evaluation, law.oxygen, &means)
    };
    let graded = grade(Some(law.rule.main.class));
    let exceeding = match target {
        Some(target) => grade(Some(target)).exceeding,
        None => graded.exceeding.clone(),
    };
    let standing = match (graded.class, period.hindrance()) {
        (Some(class), _) => Standing::Graded(class),
        (None, Some(hindrance)) => Standing::Hindered(hindrance),
        (None, None) => Standing::Insufficient,
    };
    JudgedSection {
        standing,
        worst: graded.worst,
        met: graded.class.and(target).map(|_| exceeding.is_empty()),
        exceeding,
        main: main_pollutants(&law.rule.main, &graded.exceeding),
        over: graded.exceeding,
    }
}

/// The first of the items that are worse than Ⅲ, cyanide and heavy metals before all others.
#[must_use]
pub fn main_pollutants(rule: &MainPollutants, over: &[Exceedance]) -> Vec<Exceedance> {
    let mut main = over.to_vec();
    // Sorting is stable: within both parts the order by class and multiple stays.
    main.sort_by_key(|item| !rule.first.contains(&item.parameter));
    main.truncate(rule.named);
    main
}

#[cfg(test)]
mod tests {
    use super::super::test_law::{dec, law, rule, standard};
    use super::super::{ItemMean, with_brackets};
    use super::*;

    fn period(values: &[(Parameter, &str)]) -> SectionPeriod {
        let item = |(parameter, value): &(Parameter, &str)| ItemMean {
            parameter: *parameter,
            value: Some(dec(value)),
            months: 1,
            manual_months: 0,
            short_months: 0,
            unused_months: 0,
        };
        SectionPeriod {
            items: values.iter().map(item).collect(),
            months: 1,
            days: 31,
            coverage: Coverage::Enough,
            hindered: std::collections::BTreeMap::new(),
        }
    }

    #[test]
    fn the_mean_is_rounded_before_it_is_graded() {
        let (standard, rule) = (standard(), rule());
        let judge = |value| {
            judge_section(
                &law(&standard, &rule),
                WaterBody::River,
                None,
                &period(&[(Parameter::Nh3n, value)]),
            )
        };
        assert_eq!(judge("1.005").standing, Standing::Graded(3));
        assert_eq!(judge("1.0051").standing, Standing::Graded(4));
    }

    #[test]
    fn three_main_pollutants_are_named_and_heavy_metals_first() {
        let (standard, rule) = (standard(), rule());
        let values = [
            (Parameter::DissolvedOxygen, "4.0"),
            (Parameter::Cod, "24"),
            (Parameter::Nh3n, "2.3"),
            (Parameter::Tp, "0.32"),
            (Parameter::Lead, "0.06"),
        ];
        let judged = judge_section(&law(&standard, &rule), WaterBody::River, Some(2), &period(&values));
        assert_eq!(with_brackets(&judged.main), "铅(0.2)、氨氮(1.3)、总磷(0.6)");
        let names = |list: &[Exceedance]| list.iter().map(|e| e.parameter).collect::<Vec<_>>();
        assert_eq!(names(&judged.over).len(), 5);
        // Against the target Ⅱ the multiples are larger, and lead is of class Ⅴ like phosphorus.
        assert_eq!(judged.exceeding[0].multiple, Some(dec("3.6")));
        assert_eq!(judged.met, Some(false));
        let clean = judge_section(&law(&standard, &rule), WaterBody::River, Some(3), &period(&values[..0]));
        assert_eq!((clean.standing, clean.met), (Standing::Insufficient, None));
    }

    #[test]
    fn oxygen_is_of_class_one_by_its_saturation_where_that_is_asked_for() {
        let (standard, rule) = (standard(), rule());
        let check = |celsius: Option<&str>, oxygen: &str, with: u8, without: u8| {
            let mut values = vec![(Parameter::DissolvedOxygen, oxygen)];
            values.extend(celsius.map(|celsius| (Parameter::WaterTemperature, celsius)));
            let class = |oxygen| {
                let law = WaterLaw { oxygen, ..law(&standard, &rule) };
                judge_section(&law, WaterBody::River, None, &period(&values)).standing.class()
            };
            let got = [FirstClassOxygen::OrSaturation, FirstClassOxygen::Concentration].map(class);
            assert_eq!(got, [Some(with), Some(without)], "{celsius:?} {oxygen}");
        };
        // 90 % are 6.838 mg/L at 30 ℃ and 8.163 mg/L at 20 ℃.
        check(Some("30"), "7.0", 1, 2);
        check(Some("30"), "6.8", 2, 2);
        check(Some("20"), "8.1", 1, 1);
        check(None, "7.0", 2, 2);
        check(Some("-31.6"), "7.0", 2, 2);
    }
}
