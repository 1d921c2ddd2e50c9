//! A small law for the tests of this folder: some items of GB 3838-2002 and the rules of 环办〔2011〕22号.

use std::collections::{BTreeMap, BTreeSet};

use lanbi_model::standard::{
    ClassLimits, Confidence, Direction, Edition, Saturation, WaterClass, WaterItem, WaterStandard,
};
use lanbi_model::water_rule::{
    BasinRule, BasinState, ChangeRule, MainPollutants, Trophic, WaterEvaluation, WaterMinimums,
};
use lanbi_model::{Decimal, Parameter};

use super::assess::FirstClassOxygen;
use super::judge::WaterLaw;

pub(super) fn dec(text: &str) -> Decimal {
    text.parse().unwrap()
}

pub(super) fn edition() -> Edition {
    Edition {
        id: "test".to_owned(),
        number: "test".to_owned(),
        title: String::new(),
        from: chrono::NaiveDate::default(),
        until: None,
        jurisdiction: String::new(),
        confidence: Confidence::Official,
    }
}

pub(super) fn law<'a>(standard: &'a WaterStandard, rule: &'a WaterEvaluation) -> WaterLaw<'a> {
    WaterLaw { standard, rule, oxygen: FirstClassOxygen::Concentration }
}

pub(super) fn standard() -> WaterStandard {
    let item = |parameter, limits: [&str; 5], decimals| {
        let direction = match parameter {
            Parameter::DissolvedOxygen => Direction::AtLeast,
            _ => Direction::AtMost,
        };
        let limits = ClassLimits::Steps { direction, limits: limits.map(dec) };
        let multiple = parameter != Parameter::DissolvedOxygen;
        WaterItem {
            parameter,
            river: Some(limits.clone()),
            lake: Some(limits),
            decides: true,
            multiple,
            decimals,
        }
    };
    let band = Some(ClassLimits::Band { low: dec("6"), high: dec("9") });
    let mut ph = item(Parameter::Ph, ["0"; 5], 0);
    (ph.river, ph.lake, ph.multiple) = (band.clone(), band, false);
    let mut temperature = item(Parameter::WaterTemperature, ["0"; 5], 1);
    (temperature.river, temperature.lake, temperature.decides) = (None, None, false);
    let class = |(class, (name, state)): (u8, (&str, &str))| WaterClass {
        class,
        name: name.to_owned(),
        state: state.to_owned(),
        colour: String::new(),
    };
    let classes =
        [("Ⅰ", "优"), ("Ⅱ", "优"), ("Ⅲ", "良好"), ("Ⅳ", "轻度污染"), ("Ⅴ", "中度污染"), ("劣Ⅴ", "重度污染")];
    WaterStandard {
        edition: edition(),
        items: vec![
            temperature,
            ph,
            item(Parameter::DissolvedOxygen, ["7.5", "6", "5", "3", "2"], 1),
            item(Parameter::Cod, ["15", "15", "20", "30", "40"], 1),
            item(Parameter::Nh3n, ["0.15", "0.5", "1.0", "1.5", "2.0"], 2),
            item(Parameter::Tp, ["0.02", "0.1", "0.2", "0.3", "0.4"], 3),
            item(Parameter::Lead, ["0.01", "0.01", "0.05", "0.05", "0.1"], 3),
        ],
        classes: (1..).zip(classes).map(class).collect(),
        clauses: BTreeMap::new(),
        day_readings: 4,
        saturation: Saturation { percent: dec("90"), numerator: dec("468"), offset: dec("31.6") },
    }
}

pub(super) fn rule() -> WaterEvaluation {
    let state = |(state, good, worst): (&str, Option<&str>, Option<&str>)| BasinState {
        state: state.to_owned(),
        good_from: good.map(dec),
        worst_below: worst.map(dec),
    };
    let states = [
        ("优", Some("90"), None),
        ("良好", Some("75"), None),
        ("轻度污染", None, Some("20")),
        ("中度污染", None, Some("40")),
        ("重度污染", None, None),
    ];
    WaterEvaluation {
        edition: edition(),
        minimums: WaterMinimums {
            month_percent: 60,
            quarter_months: 2,
            year_months: 12,
            year_months_least: 8,
        },
        automatic: vec![Parameter::Ph, Parameter::DissolvedOxygen, Parameter::Nh3n, Parameter::Tp],
        main: MainPollutants { named: 3, class: 3, first: vec![Parameter::Lead] },
        basin: BasinRule { sections: 5, good_class: 3, states: states.map(state).to_vec(), decimals: 1 },
        change: ChangeRule { marked_steps: 2, slight_points: dec("10"), marked_points: dec("20") },
        trophic: Trophic { items: Vec::new(), levels: Vec::new() },
        clauses: BTreeMap::new(),
        unverified: BTreeSet::new(),
    }
}
