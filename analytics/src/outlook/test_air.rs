//! A small law and some years of made-up days for the tests of this folder: PM2.5 and ozone go through the year against each
//! other, with weather of a few days.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use lanbi_model::evaluation::{AirEvaluation, EventEffect, EventKind, PeriodItem, PeriodStatistic};
use lanbi_model::standard::{
    AirStandard, AqiLevel, AqiStandard, Beyond, Breakpoints, Confidence, Edition, Incomplete, LimitTime,
};
use lanbi_model::{Decimal, Parameter, decimal};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::series::span;
use crate::aggregate::VALIDITY;
use crate::air::{AirDay, Concentrations};

const ITEMS: [(Parameter, LimitTime, PeriodStatistic, i64); 6] = [
    (Parameter::Pm25, LimitTime::Year, PeriodStatistic::Mean, 35),
    (Parameter::Pm10, LimitTime::Year, PeriodStatistic::Mean, 70),
    (Parameter::So2, LimitTime::Year, PeriodStatistic::Mean, 60),
    (Parameter::No2, LimitTime::Year, PeriodStatistic::Mean, 40),
    (Parameter::Co, LimitTime::Day, PeriodStatistic::Percentile(95), 4),
    (Parameter::O3EightHour, LimitTime::DayMaxEightHour, PeriodStatistic::Percentile(90), 160),
];

fn edition() -> Edition {
    Edition {
        id: "test".to_owned(),
        number: "test".to_owned(),
        title: String::new(),
        from: NaiveDate::default(),
        until: None,
        jurisdiction: String::new(),
        confidence: Confidence::Official,
    }
}

/// HJ 633-2012 for PM2.5 and ozone alone.
pub(super) fn aqi_standard() -> AqiStandard {
    let table = |nodes: &[i64], beyond| Breakpoints {
        nodes: nodes.iter().map(|node| Decimal::from(*node)).collect(),
        beyond,
    };
    let day = BTreeMap::from([
        (Parameter::Pm25, table(&[0, 35, 75, 115, 150, 250, 350, 500], Beyond::Cap(500))),
        (Parameter::O3EightHour, table(&[0, 100, 160, 215, 265, 800], Beyond::Empty)),
    ]);
    let level = |(level, upto): (u8, Option<u32>)| AqiLevel {
        level,
        upto,
        name: String::new(),
        category: String::new(),
        colour_name: String::new(),
        colour: String::new(),
        health: String::new(),
        advice: String::new(),
    };
    let levels =
        [(1, Some(50)), (2, Some(100)), (3, Some(150)), (4, Some(200)), (5, Some(300)), (6, None)].map(level);
    AqiStandard {
        sensitive: Vec::new(),
        sensitive_above: 100,
        edition: edition(),
        iaqi: vec![0, 50, 100, 150, 200, 300, 400, 500],
        hour: BTreeMap::new(),
        day,
        input_decimals: BTreeMap::new(),
        incomplete: Incomplete::Publish,
        primary_above: 50,
        levels: levels.into(),
        clauses: BTreeMap::new(),
    }
}

/// HJ 663-2013.
pub(super) fn evaluation() -> AirEvaluation {
    AirEvaluation {
        sites_percent: 75,
        edition: edition(),
        items: ITEMS.map(|(parameter, limit, statistic, _)| PeriodItem {
            parameter,
            statistic,
            decimals: u32::from(parameter == Parameter::Co),
            limit,
        }),
        attainment: Vec::new(),
        index_decimals: 2,
        good_level: 2,
        heavy_level: 5,
        events: vec![EventEffect {
            kind: EventKind::Dust,
            left_out: vec![Parameter::Pm25, Parameter::Pm10],
            counts_in_days: true,
        }],
        clauses: BTreeMap::new(),
    }
}

/// GB 3095-2012, class 2.
pub(super) fn limits() -> AirStandard {
    AirStandard {
        reference_states: Vec::new(),
        edition: edition(),
        limits: ITEMS
            .into_iter()
            .map(|(parameter, time, _, limit)| ((parameter, time), [Decimal::from(limit); 2]))
            .collect(),
        validity: VALIDITY,
        clauses: BTreeMap::new(),
    }
}

/// All days of some years; the same at each call, and no day depends on how many follow.
pub(super) fn days_of_years(first: i32, years: i32) -> Vec<AirDay> {
    let at = |year| NaiveDate::from_ymd_opt(year, 1, 1).unwrap();
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    let mut weather = 0.0;
    let day = |day: NaiveDate| {
        weather = 0.6 * weather + rng.random_range(-0.6..0.6);
        let season = (std::f64::consts::TAU * f64::from(day.ordinal()) / 365.25).cos();
        let particles: f64 = (4.0 + 0.4 * season + weather - 0.06 * f64::from(day.year() - first)).exp();
        let ozone = (4.4 - 0.6 * season + 0.3 * weather).exp();
        let values = [particles, particles * 1.6, particles * 0.2, particles * 0.7, particles / 50.0, ozone];
        let rounded = |value: f64| decimal::from_f64((value * 10.0).round() / 10.0);
        AirDay { day, values: Concentrations(values.map(rounded)) }
    };
    span(at(first), at(first + years).pred_opt().unwrap()).map(day).collect()
}
