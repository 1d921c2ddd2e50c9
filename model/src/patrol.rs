//! Patrols (巡河): one walk of a river chief along a water, and what it must reach to count.

use chrono::TimeDelta;

use crate::{Decimal, Instant};

/// One walk along a water.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Patrol {
    /// Stable number given by whoever recorded it.
    pub id: String,
    /// Id of the chief who walked.
    pub chief: String,
    /// The water, named as in the chief's waters; empty for all of them.
    pub water: String,
    /// Beginning.
    pub started: Instant,
    /// End, not before the beginning. A patrol belongs to the local day of its end.
    pub ended: Instant,
    /// Metres walked; none where nobody measured them.
    pub length_m: Option<Decimal>,
    /// Where the record comes from, such as an app or a paper form.
    pub source: String,
    /// Remark of the chief.
    pub note: String,
}

impl Patrol {
    /// Time from beginning to end.
    #[must_use]
    pub fn duration(&self) -> TimeDelta {
        self.ended - self.started
    }
}

/// How often a chief must walk, and what a walk must reach to count. No rule of Tianjin was found: what is configured here is
/// 未核实.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PatrolRule {
    /// Days between two patrols.
    pub every_days: u16,
    /// Least metres of a patrol; 0 for no minimum.
    pub min_length_m: u32,
    /// Least minutes of a patrol; 0 for no minimum.
    pub min_minutes: u32,
}

/// Why a patrol does not count. It is kept all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PatrolShortfall {
    /// Fewer metres than the minimum.
    Length {
        /// Metres walked.
        walked: Decimal,
        /// Metres needed.
        needed: u32,
    },
    /// There is a minimum of metres and nobody measured them: what is not shown does not count.
    LengthUnknown {
        /// Metres needed.
        needed: u32,
    },
    /// Fewer minutes than the minimum.
    Minutes {
        /// Whole minutes walked.
        walked: i64,
        /// Minutes needed.
        needed: u32,
    },
}

impl PatrolShortfall {
    /// Stable key for lists.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Length { .. } => "length",
            Self::LengthUnknown { .. } => "length-unknown",
            Self::Minutes { .. } => "minutes",
        }
    }

    /// Remark in lists and reports.
    #[must_use]
    pub fn zh(self) -> String {
        match self {
            Self::Length { walked, needed } => {
                format!("里程{}米，不足{needed}米", walked.normalize())
            }
            Self::LengthUnknown { needed } => format!("里程未记录（至少{needed}米）"),
            Self::Minutes { walked, needed } => format!("时长{walked}分钟，不足{needed}分钟"),
        }
    }
}

impl PatrolRule {
    /// Everything that keeps a patrol from counting; empty where it counts.
    #[must_use]
    pub fn shortfalls(&self, patrol: &Patrol) -> Vec<PatrolShortfall> {
        let needed = self.min_length_m;
        let length = match patrol.length_m {
            _ if needed == 0 => None,
            None => Some(PatrolShortfall::LengthUnknown { needed }),
            Some(walked) => {
                (walked < Decimal::from(needed)).then_some(PatrolShortfall::Length { walked, needed })
            }
        };
        let (duration, needed) = (patrol.duration(), self.min_minutes);
        let minutes = (duration < TimeDelta::minutes(needed.into()))
            .then(|| PatrolShortfall::Minutes { walked: duration.num_minutes(), needed });
        length.into_iter().chain(minutes).collect()
    }

    /// Whether a patrol counts.
    #[must_use]
    pub fn counts(&self, patrol: &Patrol) -> bool {
        self.shortfalls(patrol).is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_patrol_below_a_minimum_does_not_count() {
        let check = |rule: (u32, u32), length: Option<i64>, seconds: i64, expected: &[&str]| {
            let rule = PatrolRule { every_days: 7, min_length_m: rule.0, min_minutes: rule.1 };
            let started = Instant::UNIX_EPOCH;
            let patrol = Patrol {
                id: "p".to_owned(),
                chief: "c".to_owned(),
                water: String::new(),
                started,
                ended: started + TimeDelta::seconds(seconds),
                length_m: length.map(Decimal::from),
                source: String::new(),
                note: String::new(),
            };
            let found: Vec<&str> = rule.shortfalls(&patrol).iter().map(|s| s.key()).collect();
            assert_eq!(found, expected, "{length:?} m in {seconds} s under {rule:?}");
            assert_eq!(rule.counts(&patrol), expected.is_empty());
        };
        check((0, 0), None, 0, &[]);
        check((300, 5), Some(300), 300, &[]);
        check((300, 5), Some(299), 300, &["length"]);
        check((300, 5), Some(300), 299, &["minutes"]);
        check((300, 0), None, 600, &["length-unknown"]);
        check((0, 5), None, 600, &[]);
        check((300, 5), Some(0), 0, &["length", "minutes"]);
    }

    #[test]
    fn remarks_name_both_numbers() {
        let walked = "299.50".parse().unwrap();
        assert_eq!(PatrolShortfall::Length { walked, needed: 300 }.zh(), "里程299.5米，不足300米");
        assert_eq!(PatrolShortfall::Minutes { walked: 4, needed: 5 }.zh(), "时长4分钟，不足5分钟");
    }
}
