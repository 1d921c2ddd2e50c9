//! How the waters of river chiefs are scored, graded and ranked, as data from `config/standards/river-chief`.

use std::collections::{BTreeMap, BTreeSet};

use crate::standard::{Edition, Editioned};
use crate::{Decimal, Parameter};

/// A rule of assessment of river chiefs (河长制考核).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChiefScore {
    /// Edition; its id names the rule on the command line.
    pub edition: Edition,
    /// Parts of a district.
    pub district: DistrictWeights,
    /// Parts of 河湖水生态环境质量.
    pub ecology: EcologyWeights,
    /// Parts of the water.
    pub water: WaterPoints,
    /// Deductions by item, in the order of the file.
    pub ladders: Vec<(Parameter, Ladder)>,
    /// Factor of an item by the classes it is worse than its target, from none on; the last holds for all that are worse still.
    pub factors: Vec<Decimal>,
    /// Grades of a reach, best first. The last has no least score.
    pub grades: Vec<ReachGrade>,
    /// Word for a reach that is not assessed: 暂停.
    pub paused: String,
    /// Decimals of a published score, half to even; places go by it.
    pub decimals: u32,
    /// Decimals of a share of lengths in percent.
    pub share_decimals: u32,
    /// Clauses by topic: `district`, `ecology`, `water`, `ladders`, `factors`, `mean`, `shares`, `grades`, `suspended`, `ties`.
    pub clauses: BTreeMap<String, String>,
    /// Topics whose clause is recalled or inferred.
    pub unverified: BTreeSet<String>,
}

impl ChiefScore {
    /// The grade of a reach by its score out of 100.
    #[must_use]
    pub fn grade(&self, score: Decimal) -> Option<&str> {
        let grade = self.grades.iter().find(|grade| grade.from.is_none_or(|from| from <= score));
        grade.map(|grade| grade.name.as_str())
    }

    /// The words of a list of lengths, in its order: the grades and 暂停.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.grades.iter().map(|grade| grade.name.as_str()).chain([self.paused.as_str()])
    }
}

impl Editioned for ChiefScore {
    fn edition(&self) -> &Edition {
        &self.edition
    }
}

/// Weights of a district's parts; their sum is 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DistrictWeights {
    /// 区域地表水环境质量.
    pub surface: Decimal,
    /// 河湖水生态环境质量.
    pub ecology: Decimal,
    /// 社会监督评价.
    pub social: Decimal,
}

/// Weights of the parts of 河湖水生态环境质量; their sum is 1, and 巡河扣分 is taken off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EcologyWeights {
    /// 水质.
    pub water: Decimal,
    /// 堤岸水面环境卫生.
    pub hygiene: Decimal,
    /// 岸线管理.
    pub shoreline: Decimal,
}

/// Points of the parts of the water; their sum is 100.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WaterPoints {
    /// Measured reaches and sections at district borders.
    pub reaches: Decimal,
    /// 感官, 口门排水, 污水处理厂排放 together.
    pub other: Decimal,
}

/// What a ratio costs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ladder {
    /// Steps by rising ratio.
    pub steps: Vec<LadderStep>,
    /// Points off beyond the last of them.
    pub beyond: Decimal,
}

impl Ladder {
    /// Points off for a ratio.
    #[must_use]
    pub fn deduction(&self, ratio: Decimal) -> Decimal {
        let step = self.steps.iter().find(|step| ratio < step.upto || (step.is_inside && ratio == step.upto));
        step.map_or(self.beyond, |step| step.deduction)
    }
}

/// One step of a ladder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LadderStep {
    /// Largest ratio.
    pub upto: Decimal,
    /// Whether that ratio itself is in the step.
    pub is_inside: bool,
    /// Points off.
    pub deduction: Decimal,
}

/// One grade of a reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReachGrade {
    /// 优秀 … 不合格.
    pub name: String,
    /// Least score out of 100.
    pub from: Option<Decimal>,
}
