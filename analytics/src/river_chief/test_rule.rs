//! The rule and some of GB 3838-2002 for the tests of this folder.

use std::collections::{BTreeMap, BTreeSet};

use lanbi_model::chief_rule::{
    ChiefScore, DistrictWeights, EcologyWeights, Ladder, LadderStep, ReachGrade, WaterPoints,
};
use lanbi_model::standard::{
    ClassLimits, Confidence, Direction, Edition, Saturation, WaterItem, WaterStandard,
};
use lanbi_model::{Decimal, Parameter};

pub(super) fn dec(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn edition() -> Edition {
    Edition {
        id: "test".to_owned(),
        number: "test".to_owned(),
        title: String::new(),
        from: chrono::NaiveDate::default(),
        until: None,
        jurisdiction: String::new(),
        confidence: Confidence::OneSource,
    }
}

pub(super) fn rule() -> ChiefScore {
    let ladder = |steps: [(&str, bool, u32); 5], beyond: u32| Ladder {
        steps: steps
            .map(|(upto, is_inside, off)| LadderStep { upto: dec(upto), is_inside, deduction: off.into() })
            .to_vec(),
        beyond: beyond.into(),
    };
    let up =
        ladder([("1", true, 0), ("1.2", true, 2), ("1.4", true, 4), ("1.6", true, 6), ("1.8", true, 10)], 15);
    let down = ladder(
        [("0.2", true, 15), ("0.4", true, 10), ("0.6", true, 6), ("0.8", true, 4), ("1", false, 2)],
        0,
    );
    ChiefScore {
        edition: edition(),
        district: DistrictWeights { surface: dec("0.45"), ecology: dec("0.45"), social: dec("0.1") },
        ecology: EcologyWeights { water: dec("0.7"), hygiene: dec("0.15"), shoreline: dec("0.15") },
        water: WaterPoints { reaches: dec("60"), other: dec("40") },
        ladders: vec![
            (Parameter::CodMn, up.clone()),
            (Parameter::Nh3n, up.clone()),
            (Parameter::Tp, up),
            (Parameter::DissolvedOxygen, down),
        ],
        factors: ["1", "0.9", "0.8", "0.7", "0.6"].map(dec).to_vec(),
        grades: vec![ReachGrade { name: "优秀".to_owned(), from: None }],
        paused: "暂停".to_owned(),
        decimals: 1,
        share_decimals: 1,
        clauses: BTreeMap::new(),
        unverified: BTreeSet::new(),
    }
}

pub(super) fn standard() -> WaterStandard {
    let item = |parameter, limits: [&str; 5]| {
        let direction = match parameter {
            Parameter::DissolvedOxygen => Direction::AtLeast,
            _ => Direction::AtMost,
        };
        let limits = ClassLimits::Steps { direction, limits: limits.map(dec) };
        WaterItem { parameter, river: Some(limits), lake: None, decides: true, multiple: true, decimals: 2 }
    };
    WaterStandard {
        edition: edition(),
        items: vec![
            item(Parameter::DissolvedOxygen, ["7.5", "6", "5", "3", "2"]),
            item(Parameter::CodMn, ["2", "4", "6", "10", "15"]),
            item(Parameter::Nh3n, ["0.15", "0.5", "1.0", "1.5", "2.0"]),
            item(Parameter::Tp, ["0.02", "0.1", "0.2", "0.3", "0.4"]),
        ],
        classes: Vec::new(),
        clauses: BTreeMap::new(),
        day_readings: 4,
        saturation: Saturation { percent: dec("90"), numerator: dec("468"), offset: dec("31.6") },
    }
}
