//! The guide of 2015 for the tests of this folder.

use std::collections::BTreeMap;

use lanbi_model::standard::{
    BlackOdorLimit, BlackOdorStandard, Confidence, Direction, Edition, Elimination, OdorJudging,
};
use lanbi_model::{Decimal, Parameter};

/// A decimal of a test.
pub(super) fn dec(text: &str) -> Decimal {
    text.parse().unwrap()
}

/// 60 %, 2 × 30 %, 3 points, 60 %.
pub(super) fn judging() -> OdorJudging {
    OdorJudging {
        inclusive: true,
        one_indicator: dec("0.6"),
        each_indicator: dec("0.3"),
        indicators: 2,
        reach_points: 3,
        body_share: dec("0.6"),
        least_points: 3,
        least_samples: 3,
    }
}

/// 100 questionnaires, 90 %, 6 months.
pub(super) fn elimination() -> Elimination {
    Elimination {
        questionnaires: 100,
        satisfied: dec("0.9"),
        recognised: dec("0.6"),
        months: 6,
        largest_gap_days: 14,
    }
}

/// The four urban indicators.
pub(super) fn guide() -> BlackOdorStandard {
    let limit = |parameter, direction, light: &str, heavy: &str| BlackOdorLimit {
        parameter,
        direction,
        light: dec(light),
        edge_is_light: parameter == Parameter::Orp,
        heavy: Some(dec(heavy)),
    };
    let urban = vec![
        limit(Parameter::Transparency, Direction::AtLeast, "25", "10"),
        limit(Parameter::DissolvedOxygen, Direction::AtLeast, "2.0", "0.2"),
        limit(Parameter::Orp, Direction::AtLeast, "50", "-200"),
        limit(Parameter::Nh3n, Direction::AtMost, "8.0", "15"),
    ];
    BlackOdorStandard {
        edition: Edition {
            id: "BLACKODOR-2015".to_owned(),
            number: "城市黑臭水体整治工作指南（2015）".to_owned(),
            title: "城市黑臭水体整治工作指南".to_owned(),
            from: "2015-08-28".parse().unwrap(),
            until: None,
            jurisdiction: "全国".to_owned(),
            confidence: Confidence::TwoSources,
        },
        rural: Vec::new(),
        urban,
        shallow_below: dec("25"),
        shallow_share: dec("0.4"),
        judging: judging(),
        elimination: elimination(),
        clauses: BTreeMap::new(),
    }
}
