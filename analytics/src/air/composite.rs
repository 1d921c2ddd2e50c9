//! 环境空气质量综合指数: the sum of six single indices, each a concentration over its class 2 limit (环办〔2014〕64号).
//!
//! SO2, NO2, PM10 and PM2.5 enter with the mean of the period over the limit of the year, CO with the 95th percentile of
//! day means over the limit of the day, ozone with the 90th percentile of the daily maximum 8-hour means over its limit.

use lanbi_model::standard::{AirStandard, LimitTime};
use lanbi_model::{Decimal, Parameter, decimal::round_half_even};

/// Decimals of each term and of the index. Terms are rounded before they are summed: published monthly and quarterly
/// reports come out right this way only (one vendor's practice, found again in official figures; unconfirmed).
const DECIMALS: u32 = 2;

/// Decimals of a concentration before it is divided: as official reports print it.
const CO_DECIMALS: u32 = 1;

/// The limit each item is divided by.
const TIMES: [(Parameter, LimitTime); 6] = [
    (Parameter::Pm25, LimitTime::Year),
    (Parameter::Pm10, LimitTime::Year),
    (Parameter::So2, LimitTime::Year),
    (Parameter::No2, LimitTime::Year),
    (Parameter::Co, LimitTime::Day),
    (Parameter::O3EightHour, LimitTime::DayMaxEightHour),
];

/// The composite index of statistics in the order PM2.5, PM10, SO2, NO2, CO (95th percentile), O3-8h (90th percentile);
/// none where an item is missing.
#[must_use]
pub fn composite_index(standard: &AirStandard, statistics: &[Option<Decimal>; 6]) -> Option<Decimal> {
    let mut index = Decimal::ZERO;
    for ((parameter, time), value) in TIMES.into_iter().zip(statistics) {
        let [_, limit] = *standard.limits.get(&(parameter, time))?;
        let decimals = if parameter == Parameter::Co { CO_DECIMALS } else { 0 };
        let term = round_half_even((*value)?, decimals).checked_div(limit)?;
        index += round_half_even(term, DECIMALS);
    }
    Some(index)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use lanbi_model::standard::{AirValidity, Confidence, Edition};

    use super::*;

    /// Class 2 limits of GB 3095-2012 and of the transition of GB 3095-2026.
    fn standard(pm25: i64, pm10: i64) -> AirStandard {
        let limits = [pm25, pm10, 60, 40, 4, 160];
        AirStandard {
            edition: Edition {
                id: "test".to_owned(),
                number: "test".to_owned(),
                title: String::new(),
                from: "2000-01-01".parse().unwrap(),
                until: None,
                jurisdiction: String::new(),
                confidence: Confidence::Official,
            },
            limits: TIMES.into_iter().zip(limits).map(|(key, l)| (key, [Decimal::from(l); 2])).collect(),
            validity: AirValidity {
                hour_minutes: 45,
                day_hours: 20,
                window_hours: 6,
                day_windows: 14,
                month_days: 27,
                february_days: 25,
                year_days: 324,
            },
            clauses: BTreeMap::new(),
        }
    }

    #[test]
    fn published_indices_come_out_right() {
        let check = |standard: &AirStandard, values: [&str; 6], expected: Option<&str>| {
            let values = values.map(|v| v.parse().ok());
            assert_eq!(
                composite_index(standard, &values),
                expected.map(|e| e.parse().unwrap()),
                "{values:?}"
            );
        };
        let old = standard(35, 70);
        // Wuyuan county 2023-09; Tianjin 2020, 2022-09 and the third quarter of 2022.
        check(&old, ["16", "40", "11", "16", "0.6", "139"], Some("2.63"));
        check(&old, ["48", "68", "8", "39", "1.7", "190"], Some("5.06"));
        check(&old, ["29", "62", "10", "31", "0.9", "204"], Some("4.17"));
        check(&old, ["25", "46", "8", "23", "0.9", "186"], Some("3.46"));
        check(&standard(30, 60), ["16", "40", "11", "16", "0.6", "139"], Some("2.80"));
        check(&old, ["16", "", "11", "16", "0.6", "139"], None);
    }
}
