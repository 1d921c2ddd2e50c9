//! The score of a district from its parts. A part that was not assessed for a reason (冰封, 河干, 暂停) is left out and the weights of
//! the others are scaled up; a part that is missing leaves the district without a score.

use lanbi_model::Decimal;
use lanbi_model::chief_rule::ChiefScore;

use super::reach::ReachOutcome;

/// One part of a score.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// It has a score.
    Scored(Decimal),
    /// It was not assessed for a reason.
    Suspended,
    /// It should be there and is not.
    Missing,
}

impl Part {
    /// The score.
    #[must_use]
    pub const fn score(self) -> Option<Decimal> {
        match self {
            Self::Scored(score) => Some(score),
            Self::Suspended | Self::Missing => None,
        }
    }
}

/// The parts that are given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PartName {
    /// 区域地表水环境质量.
    Surface,
    /// Reaches, of the water.
    Reaches,
    /// 感官, 口门排水, 污水处理厂排放, of the water.
    Other,
    /// 堤岸水面环境卫生.
    Hygiene,
    /// 岸线管理.
    Shoreline,
    /// 巡河扣分.
    Patrol,
    /// 社会监督评价.
    Social,
}

impl PartName {
    /// Word of the command line.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Surface => "surface",
            Self::Reaches => "reaches",
            Self::Other => "other",
            Self::Hygiene => "hygiene",
            Self::Shoreline => "shoreline",
            Self::Patrol => "patrol",
            Self::Social => "social",
        }
    }
}

/// The parts of a district, each out of 100 unless said otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DistrictParts {
    /// 区域地表水环境质量.
    pub surface: Part,
    /// Mean of its reaches, in points of the rule.
    pub reaches: Part,
    /// 感官, 口门排水, 污水处理厂排放, in points of the rule.
    pub other: Part,
    /// 堤岸水面环境卫生.
    pub hygiene: Part,
    /// 岸线管理.
    pub shoreline: Part,
    /// 巡河扣分: points off, not a score; suspended takes off nothing.
    pub patrol: Part,
    /// 社会监督评价.
    pub social: Part,
}

impl DistrictParts {
    fn named(&self) -> [(PartName, Part); 7] {
        [
            (PartName::Surface, self.surface),
            (PartName::Reaches, self.reaches),
            (PartName::Other, self.other),
            (PartName::Hygiene, self.hygiene),
            (PartName::Shoreline, self.shoreline),
            (PartName::Patrol, self.patrol),
            (PartName::Social, self.social),
        ]
    }
}

/// The score of a district, nothing rounded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DistrictScore {
    /// 水质.
    pub water: Part,
    /// 河湖水生态环境质量.
    pub ecology: Part,
    /// 总分.
    pub total: Part,
    /// Parts that were left out, their weights given to the others.
    pub suspended: Vec<PartName>,
    /// Parts that are missing.
    pub missing: Vec<PartName>,
}

/// Scores a district.
#[must_use]
pub fn score_district(rule: &ChiefScore, parts: &DistrictParts) -> DistrictScore {
    // Points carry their weight already: what they add up to of those that could be had is the score of the water.
    let points = |part, full| (part, full, Decimal::ONE_HUNDRED);
    let water = together([points(parts.reaches, rule.water.reaches), points(parts.other, rule.water.other)]);
    let ecology = together(
        [
            (water, rule.ecology.water),
            (parts.hygiene, rule.ecology.hygiene),
            (parts.shoreline, rule.ecology.shoreline),
        ]
        .map(|(part, weight)| weighted(part, weight)),
    );
    let ecology = match (ecology, parts.patrol) {
        (Part::Scored(_), Part::Missing) => Part::Missing,
        (Part::Scored(score), Part::Scored(off)) => Part::Scored(score - off),
        (other, _) => other,
    };
    let total = together(
        [
            (parts.surface, rule.district.surface),
            (ecology, rule.district.ecology),
            (parts.social, rule.district.social),
        ]
        .map(|(part, weight)| weighted(part, weight)),
    );
    let named = |state: Part| {
        parts.named().into_iter().filter(|(_, part)| *part == state).map(|(name, _)| name).collect()
    };
    DistrictScore { water, ecology, total, suspended: named(Part::Suspended), missing: named(Part::Missing) }
}

/// A score as its weighted share, with its weight.
fn weighted(part: Part, weight: Decimal) -> (Part, Decimal, Decimal) {
    let share = match part {
        Part::Scored(score) => Part::Scored(score * weight),
        other => other,
    };
    (share, weight, Decimal::ONE)
}

/// The sum of the shares over the sum of their weights, times a scale; one division, so that nothing is rounded on the way.
fn together<const N: usize>(parts: [(Part, Decimal, Decimal); N]) -> Part {
    let (mut sum, mut weights) = (Decimal::ZERO, Decimal::ZERO);
    for (part, weight, scale) in parts {
        match part {
            Part::Missing => return Part::Missing,
            Part::Suspended => {}
            Part::Scored(share) => {
                sum += share * scale;
                weights += weight;
            }
        }
    }
    sum.checked_div(weights).map_or(Part::Suspended, Part::Scored)
}

/// The mean of a district's reaches in points (clause `mean`): suspended ones are left out, a missing one leaves none.
#[must_use]
pub fn mean_of_reaches(reaches: &[ReachOutcome]) -> Part {
    if reaches.is_empty() || reaches.iter().any(|reach| matches!(reach, ReachOutcome::Missing(_))) {
        return Part::Missing;
    }
    let points = reaches.iter().filter_map(|reach| Some(reach.score()?.points));
    lanbi_model::decimal::mean(points).map_or(Part::Suspended, Part::Scored)
}

#[cfg(test)]
mod tests {
    use lanbi_model::Parameter;

    use super::super::reach::ReachScore;
    use super::super::test_rule::{dec, rule};
    use super::*;
    use crate::water::Hindrance;

    fn part(text: &str) -> Part {
        match text {
            "" => Part::Missing,
            "/" => Part::Suspended,
            number => Part::Scored(dec(number)),
        }
    }

    /// Surface, reaches, other, hygiene, shoreline, patrol, social; water, ecology, total.
    fn check(given: [&str; 7], expected: [&str; 3]) -> DistrictScore {
        let [surface, reaches, other, hygiene, shoreline, patrol, social] = given.map(part);
        let parts = DistrictParts { surface, reaches, other, hygiene, shoreline, patrol, social };
        let scored = score_district(&rule(), &parts);
        assert_eq!([scored.water, scored.ecology, scored.total], expected.map(part), "{given:?}");
        scored
    }

    #[test]
    fn parts_add_up_by_their_weights_to_the_last_digit() {
        // Water 83.5, hygiene 92, shoreline 88 less 1.5 are 83.95; 78.4, 83.95 and 94 are 82.4575.
        check(["78.4", "50", "33.5", "92", "88", "1.5", "94"], ["83.5", "83.95", "82.4575"]);
        // 78.4, 85.2 and 94 are 83.02.
        check(["78.4", "51", "34.2", "85.2", "85.2", "0", "94"], ["85.2", "85.2", "83.02"]);
        check(["100", "60", "40", "100", "100", "0", "100"], ["100", "100", "100"]);
    }

    #[test]
    fn what_was_suspended_is_left_out_and_never_a_zero() {
        // Reaches frozen: the water is 30 of 40 points.
        let scored = check(["80", "/", "30", "90", "90", "0", "90"], ["75", "79.5", "80.775"]);
        assert_eq!((scored.suspended, scored.missing), (vec![PartName::Reaches], vec![]));
        // All of the water suspended: hygiene and shoreline by halves; the weight of the district stays.
        let scored = check(["80", "/", "/", "92", "88", "2", "90"], ["/", "88", "84.6"]);
        assert_eq!(scored.suspended, [PartName::Reaches, PartName::Other]);
        // The whole ecology suspended: surface and social by 45 and 10.
        check(["80", "/", "/", "/", "/", "/", "91"], ["/", "/", "82"]);
        check(["/", "/", "/", "/", "/", "/", "/"], ["/", "/", "/"]);
    }

    #[test]
    fn what_is_missing_leaves_no_score() {
        let scored = check(["80", "60", "40", "", "90", "0", "90"], ["100", "", ""]);
        assert_eq!(scored.missing, [PartName::Hygiene]);
        check(["80", "60", "40", "90", "90", "", "90"], ["100", "", ""]);
        check(["", "60", "40", "90", "90", "1", "90"], ["100", "96", ""]);
    }

    #[test]
    fn a_district_is_the_plain_mean_of_its_reaches() {
        let scored = |points: &str| {
            ReachOutcome::Scored(ReachScore {
                items: Vec::new(),
                factor: Decimal::ONE,
                points: dec(points),
                percent: Decimal::ZERO,
            })
        };
        let frozen = ReachOutcome::Suspended(Hindrance::Frozen);
        let missing = ReachOutcome::Missing(vec![Parameter::Tp]);
        let check = |reaches: &[&ReachOutcome], expected: &str| {
            let reaches: Vec<ReachOutcome> = reaches.iter().map(|r| (*r).clone()).collect();
            assert_eq!(mean_of_reaches(&reaches), part(expected));
        };
        check(&[&scored("60"), &scored("51")], "55.5");
        check(&[&scored("60"), &frozen], "60");
        check(&[&frozen, &frozen], "/");
        check(&[&scored("60"), &missing, &frozen], "");
        check(&[], "");
    }
}
