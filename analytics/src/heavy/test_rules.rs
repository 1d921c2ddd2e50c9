//! A small law for the tests of this folder: an index that is its concentration, and the rules of 2018 and 2024.

use std::collections::BTreeMap;

use chrono::{NaiveDate, TimeDelta};
use lanbi_model::standard::{AqiStandard, Beyond, Breakpoints, Confidence, Edition, Incomplete};
use lanbi_model::warning::{Spell, WarningLevel, WarningRule, WarningStandard};
use lanbi_model::{Decimal, Instant, Parameter};

/// All items but PM2.5.
pub(super) const OTHERS: [Parameter; 5] =
    [Parameter::Pm10, Parameter::So2, Parameter::No2, Parameter::Co, Parameter::O3];

/// The end of an hour, counted from local midnight of 2024-01-23, the first day of the rules of 2024.
pub(super) fn hour(number: i64) -> Instant {
    let midnight: Instant = "2024-01-22T16:00:00Z".parse().unwrap();
    midnight + TimeDelta::hours(number)
}

fn edition(id: &str, from: Option<NaiveDate>, until: Option<NaiveDate>) -> Edition {
    Edition {
        id: id.to_owned(),
        number: id.to_owned(),
        title: String::new(),
        from: from.unwrap_or_default(),
        until,
        jurisdiction: String::new(),
        confidence: Confidence::Official,
    }
}

/// HJ 633 with a table for PM2.5 and ozone in which a concentration is its index.
pub(super) fn aqi() -> AqiStandard {
    let table = Breakpoints { nodes: vec![Decimal::ZERO, Decimal::from(500)], beyond: Beyond::Cap(500) };
    AqiStandard {
        sensitive: None,
        edition: edition("aqi", None, None),
        iaqi: vec![0, 500],
        hour: BTreeMap::new(),
        day: [(Parameter::Pm25, table.clone()), (Parameter::O3EightHour, table)].into(),
        input_decimals: BTreeMap::new(),
        incomplete: Incomplete::OnlyAbove(100),
        primary_above: 50,
        levels: Vec::new(),
        clauses: BTreeMap::new(),
    }
}

fn rules(edition: Edition, rules: &[(WarningLevel, &[(u32, i64)])]) -> WarningStandard {
    let rule = |(level, spells): &(WarningLevel, &[(u32, i64)])| WarningRule {
        level: *level,
        spells: spells
            .iter()
            .map(|&(above, hours)| Spell { above, lasting: TimeDelta::hours(hours) })
            .collect(),
        confidence: Confidence::TwoSources,
    };
    WarningStandard {
        edition,
        rules: rules.iter().map(rule).collect(),
        clear: TimeDelta::hours(36),
        clauses: BTreeMap::new(),
    }
}

/// The rules up to 2024-01-22 and those from 2024-01-23 on.
pub(super) fn editions() -> [WarningStandard; 2] {
    use WarningLevel::{Orange, Red, Yellow};
    let first: NaiveDate = "2024-01-23".parse().unwrap();
    let old = [
        (Yellow, [(200, 48)].as_slice()),
        (Orange, [(200, 72)].as_slice()),
        (Red, [(200, 96), (300, 48)].as_slice()),
        (Red, [(499, 24)].as_slice()),
    ];
    let new = [
        (Yellow, [(200, 24)].as_slice()),
        (Yellow, [(150, 48)].as_slice()),
        (Orange, [(200, 48)].as_slice()),
        (Orange, [(150, 72)].as_slice()),
        (Red, [(200, 72), (300, 24)].as_slice()),
    ];
    [rules(edition("2018", None, first.pred_opt()), &old), rules(edition("2024", Some(first), None), &new)]
}
