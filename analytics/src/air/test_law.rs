//! A small law for the tests of this folder and of the outlook: class 2 limits as of GB 3095-2012 with others for the particles, and the items
//! and event rules of HJ 663-2013.

use std::collections::BTreeMap;

use lanbi_model::evaluation::{AirEvaluation, EventEffect, EventKind, PeriodItem, PeriodStatistic};
use lanbi_model::standard::{AirStandard, Confidence, Edition, LimitTime, ReferenceState};
use lanbi_model::{Decimal, Parameter};

use crate::aggregate::VALIDITY;

const ITEMS: [(Parameter, LimitTime, PeriodStatistic); 6] = [
    (Parameter::Pm25, LimitTime::Year, PeriodStatistic::Mean),
    (Parameter::Pm10, LimitTime::Year, PeriodStatistic::Mean),
    (Parameter::So2, LimitTime::Year, PeriodStatistic::Mean),
    (Parameter::No2, LimitTime::Year, PeriodStatistic::Mean),
    (Parameter::Co, LimitTime::Day, PeriodStatistic::Percentile(95)),
    (Parameter::O3EightHour, LimitTime::DayMaxEightHour, PeriodStatistic::Percentile(90)),
];

pub(crate) fn edition() -> Edition {
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

pub(crate) fn standard(pm25: i64, pm10: i64) -> AirStandard {
    let limits = [pm25, pm10, 60, 40, 4, 160];
    AirStandard {
        edition: edition(),
        limits: ITEMS
            .into_iter()
            .zip(limits)
            .map(|((parameter, time, _), limit)| ((parameter, time), [Decimal::from(limit); 2]))
            .collect(),
        validity: VALIDITY,
        reference_states: vec![
            ReferenceState { from: chrono::NaiveDate::default(), kelvin: Decimal::new(27_315, 2) },
            ReferenceState {
                from: chrono::NaiveDate::from_ymd_opt(2018, 9, 1).unwrap(),
                kelvin: Decimal::new(29_815, 2),
            },
        ],
        clauses: BTreeMap::new(),
    }
}

pub(crate) fn evaluation() -> AirEvaluation {
    AirEvaluation {
        edition: edition(),
        items: ITEMS.map(|(parameter, limit, statistic)| PeriodItem {
            parameter,
            statistic,
            decimals: u32::from(parameter == Parameter::Co),
            limit,
        }),
        attainment: [
            (Parameter::No2, LimitTime::Year, PeriodStatistic::Mean),
            (Parameter::Co, LimitTime::Day, PeriodStatistic::Percentile(95)),
        ]
        .map(|(parameter, limit, statistic)| PeriodItem {
            parameter,
            statistic,
            decimals: u32::from(parameter == Parameter::Co),
            limit,
        })
        .into(),
        index_decimals: 2,
        good_level: 2,
        heavy_level: 5,
        sites_percent: 75,
        events: vec![
            EventEffect {
                kind: EventKind::Dust,
                left_out: vec![Parameter::Pm25, Parameter::Pm10],
                counts_in_days: true,
            },
            EventEffect { kind: EventKind::Exceptional, left_out: Vec::new(), counts_in_days: true },
        ],
        clauses: BTreeMap::new(),
    }
}
