//! Problems (问题) found along a water: what, where, how urgent, and the way from being found to being closed.

use chrono::TimeDelta;

use crate::{ProblemCourse, ProblemStep};

/// What is wrong: the items of a public patrol checklist with the four disorders (四乱) and what else chiefs report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ProblemKind {
    /// 成片漂浮物、病死动物.
    Floating,
    /// 岸线垃圾.
    BankRubbish,
    /// 违法建设.
    IllegalBuilding,
    /// 淤积.
    Silt,
    /// 黑臭异味.
    BlackOdor,
    /// 晴天排污.
    DryOutflow,
    /// 保洁机制: regular cleaning is not organised or not kept up.
    Cleaning,
    /// 乱占.
    Occupation,
    /// 乱采.
    Digging,
    /// 乱堆.
    Dumping,
    /// 乱建.
    Building,
    /// 公示牌 missing, damaged or out of date.
    Sign,
    /// 护岸破损.
    Bank,
    /// 钓鱼、游泳 where it is not allowed.
    Fishing,
    /// 水生植物疯长.
    Weed,
    /// 断流.
    DriedUp,
    /// 其他.
    Other,
}

impl ProblemKind {
    /// All kinds in the order of reports.
    pub const ALL: [Self; 17] = [
        Self::Floating,
        Self::BankRubbish,
        Self::IllegalBuilding,
        Self::Silt,
        Self::BlackOdor,
        Self::DryOutflow,
        Self::Cleaning,
        Self::Occupation,
        Self::Digging,
        Self::Dumping,
        Self::Building,
        Self::Sign,
        Self::Bank,
        Self::Fishing,
        Self::Weed,
        Self::DriedUp,
        Self::Other,
    ];

    /// Stable key for files and the store.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Floating => "floating",
            Self::BankRubbish => "bank-rubbish",
            Self::IllegalBuilding => "illegal-building",
            Self::Silt => "silt",
            Self::BlackOdor => "black-odor",
            Self::DryOutflow => "dry-outflow",
            Self::Cleaning => "cleaning",
            Self::Occupation => "occupation",
            Self::Digging => "digging",
            Self::Dumping => "dumping",
            Self::Building => "building",
            Self::Sign => "sign",
            Self::Bank => "bank",
            Self::Fishing => "fishing",
            Self::Weed => "weed",
            Self::DriedUp => "dried-up",
            Self::Other => "other",
        }
    }

    /// Word in reports.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Floating => "成片漂浮物",
            Self::BankRubbish => "岸线垃圾",
            Self::IllegalBuilding => "违法建设",
            Self::Silt => "淤积",
            Self::BlackOdor => "黑臭异味",
            Self::DryOutflow => "晴天排污",
            Self::Cleaning => "保洁机制",
            Self::Occupation => "乱占",
            Self::Digging => "乱采",
            Self::Dumping => "乱堆",
            Self::Building => "乱建",
            Self::Sign => "公示牌",
            Self::Bank => "护岸破损",
            Self::Fishing => "钓鱼游泳",
            Self::Weed => "植物疯长",
            Self::DriedUp => "断流",
            Self::Other => "其他",
        }
    }

    /// Reads a key or a Chinese word, also one of those that other systems use for the same.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "病死动物" | "漂浮物" => Self::Floating,
            "堤岸垃圾" | "河岸垃圾" | "乱扔" => Self::BankRubbish,
            "违法建筑" => Self::IllegalBuilding,
            "黑臭" | "异味" => Self::BlackOdor,
            "钓鱼" | "游泳" => Self::Fishing,
            _ => return Self::ALL.into_iter().find(|kind| kind.key() == text || kind.zh() == text),
        })
    }
}

/// How much time a problem leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ProblemUrgency {
    /// 即办.
    Immediate,
    /// 一般.
    Ordinary,
    /// 复杂.
    Complex,
}

impl ProblemUrgency {
    /// All, most urgent first.
    pub const ALL: [Self; 3] = [Self::Immediate, Self::Ordinary, Self::Complex];

    /// Stable key for files and the store.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Immediate => "immediate",
            Self::Ordinary => "ordinary",
            Self::Complex => "complex",
        }
    }

    /// Word in reports.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Immediate => "即办",
            Self::Ordinary => "一般",
            Self::Complex => "复杂",
        }
    }

    /// Reads a key or a Chinese word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|urgency| urgency.key() == text || urgency.zh() == text)
    }
}

/// Time allowed from 交办 to 销号 by urgency. No rule gives these times: what is configured is 未核实.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProblemTerms {
    /// For 即办.
    pub immediate: TimeDelta,
    /// For 一般.
    pub ordinary: TimeDelta,
    /// For 复杂.
    pub complex: TimeDelta,
}

impl ProblemTerms {
    /// The time allowed.
    #[must_use]
    pub const fn of(&self, urgency: ProblemUrgency) -> TimeDelta {
        match urgency {
            ProblemUrgency::Immediate => self.immediate,
            ProblemUrgency::Ordinary => self.ordinary,
            ProblemUrgency::Complex => self.complex,
        }
    }
}

/// One problem with everything that was done about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Stable number given by whoever recorded it.
    pub id: String,
    /// Id of the chief in whose care the place is; none where nobody said.
    pub chief: Option<String>,
    /// The water, named as in the chief's waters; empty where nobody said.
    pub water: String,
    /// The place in words.
    pub place: String,
    /// What is wrong.
    pub kind: ProblemKind,
    /// How much time it leaves.
    pub urgency: ProblemUrgency,
    /// 督办: somebody above watches over it.
    pub supervised: bool,
    /// Where it comes from: a patrol, a hotline, an inspection.
    pub source: String,
    /// What was done, in any order.
    pub steps: Vec<ProblemStep>,
}

impl Problem {
    /// What the steps come to, in the order of time.
    #[must_use]
    pub fn course(&self) -> ProblemCourse {
        ProblemCourse::of(&self.steps)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_read_by_key_and_by_word() {
        for kind in ProblemKind::ALL {
            assert_eq!(ProblemKind::parse(kind.key()), Some(kind));
            assert_eq!(ProblemKind::parse(kind.zh()), Some(kind));
        }
        for urgency in ProblemUrgency::ALL {
            assert_eq!(ProblemUrgency::parse(urgency.key()), Some(urgency));
            assert_eq!(ProblemUrgency::parse(urgency.zh()), Some(urgency));
        }
        assert_eq!(ProblemKind::parse("病死动物"), Some(ProblemKind::Floating));
        assert_eq!(ProblemKind::parse("堤岸垃圾"), Some(ProblemKind::BankRubbish));
        assert_eq!(ProblemKind::parse(""), None);
        assert_eq!(ProblemKind::parse("Floating"), None, "keys are small letters");
    }
}
