//! A small law and some years of made-up days for the tests of this folder: PM2.5 and ozone go through the year against each
//! other, with weather of a few days.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use lanbi_model::evaluation::AirEvaluation;
use lanbi_model::standard::{AirStandard, AqiLevel, AqiStandard, Beyond, Breakpoints, Incomplete};
use lanbi_model::{Decimal, Parameter, decimal};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::series::span;
use super::target::YearLaw;
use crate::air::test_law::{edition, evaluation, standard};
use crate::air::{AirDay, AirEvent, Concentrations, TermRounding};

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
        sensitive: None,
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

/// GB 3095-2012, HJ 663-2013 and one index for all days.
pub(super) struct Law {
    pub(super) aqi: AqiStandard,
    pub(super) evaluation: AirEvaluation,
    pub(super) limits: AirStandard,
}

impl Law {
    pub(super) fn new() -> Self {
        Self { aqi: aqi_standard(), evaluation: evaluation(), limits: standard(35, 70) }
    }

    /// The rules of a year; `aqi` gives the index of each day.
    pub(super) fn of_year<'a>(
        &'a self,
        aqi: &'a dyn Fn(NaiveDate) -> Option<&'a AqiStandard>,
        events: &'a [AirEvent],
    ) -> YearLaw<'a> {
        YearLaw {
            aqi,
            evaluation: &self.evaluation,
            limits: &self.limits,
            rounding: TermRounding::Terms,
            not_equipped: &[],
            events,
        }
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
