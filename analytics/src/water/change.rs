//! 水质变化: how a section or a basin changed against another period (环办〔2011〕22号; 未核实).

use lanbi_model::Decimal;
use lanbi_model::water_rule::ChangeRule;

/// How a water changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Change {
    /// 明显好转.
    MarkedlyBetter,
    /// 有所好转.
    Better,
    /// 无明显变化.
    Unchanged,
    /// 有所变差.
    Worse,
    /// 明显变差.
    MarkedlyWorse,
}

impl Change {
    /// Word of reports.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::MarkedlyBetter => "明显好转",
            Self::Better => "有所好转",
            Self::Unchanged => "无明显变化",
            Self::Worse => "有所变差",
            Self::MarkedlyWorse => "明显变差",
        }
    }

    const fn of(is_better: bool, is_marked: bool) -> Self {
        match (is_better, is_marked) {
            (true, true) => Self::MarkedlyBetter,
            (true, false) => Self::Better,
            (false, false) => Self::Worse,
            (false, true) => Self::MarkedlyWorse,
        }
    }
}

/// The change of a section by its classes, or of a basin by the places of its states, best first.
#[must_use]
pub fn change_of_steps(rule: &ChangeRule, now: u8, before: u8) -> Change {
    match now.abs_diff(before) {
        0 => Change::Unchanged,
        steps => Change::of(now < before, steps >= rule.marked_steps),
    }
}

/// The change of a basin whose state stays: by `x`, the change of the share of good sections less that of the share of 劣Ⅴ,
/// in percentage points.
#[must_use]
pub fn change_of_points(rule: &ChangeRule, x: Decimal) -> Change {
    if x.abs() <= rule.slight_points {
        return Change::Unchanged;
    }
    Change::of(x > Decimal::ZERO, x.abs() > rule.marked_points)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: ChangeRule = ChangeRule {
        marked_steps: 2,
        slight_points: Decimal::TEN,
        marked_points: Decimal::from_parts(20, 0, 0, false, 0),
    };

    #[test]
    fn classes_change_by_steps() {
        let check = |now, before, expected: &str| {
            assert_eq!(change_of_steps(&RULE, now, before).zh(), expected, "{before} to {now}");
        };
        check(3, 3, "无明显变化");
        check(2, 3, "有所好转");
        check(1, 3, "明显好转");
        check(4, 3, "有所变差");
        check(6, 3, "明显变差");
    }

    /// The edges belong to the smaller change.
    #[test]
    fn shares_change_by_points() {
        let check = |x: &str, expected: &str| {
            assert_eq!(change_of_points(&RULE, x.parse().unwrap()).zh(), expected, "{x}");
        };
        check("0", "无明显变化");
        check("10", "无明显变化");
        check("-10.0", "无明显变化");
        check("10.1", "有所好转");
        check("-13.9", "有所变差");
        check("20", "有所好转");
        check("20.1", "明显好转");
        check("-20.1", "明显变差");
    }
}
