//! River sections of a year of 4-hourly readings, judged from memory: month means, class, main pollutants.
//!
//! Sections are made and judged some at a time, so that the year of a whole country needs no memory of its size; only the
//! judging is timed.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use chrono::{NaiveDate, TimeDelta};
use lanbi_analytics::FixedValue;
use lanbi_analytics::water::{
    FirstClassOxygen, Readings, RowTime, SectionData, Sources, WaterLaw, judge_section, section_period,
};
use lanbi_model::standard::{Standards, on_day};
use lanbi_model::{Parameter, ReportPeriod, WaterBody};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::Serialize;

use super::super::figure::{per_second, rounded, seconds};

/// What the national stations measure.
const ITEMS: [Parameter; 9] = [
    Parameter::WaterTemperature,
    Parameter::Ph,
    Parameter::DissolvedOxygen,
    Parameter::Conductivity,
    Parameter::Turbidity,
    Parameter::CodMn,
    Parameter::Nh3n,
    Parameter::Tp,
    Parameter::Tn,
];

/// Smallest and largest value of each, in thousandths.
const RANGES: [(i64, i64); 9] = [
    (0, 32_000),
    (6_500, 9_000),
    (2_000, 14_000),
    (100_000, 2_000_000),
    (1_000, 300_000),
    (1_000, 16_000),
    (20, 2_500),
    (10, 450),
    (200, 9_000),
];

/// Readings in a hundred that are missing.
const MISSING: u8 = 3;

/// Readings of a day.
const READINGS: i32 = 6;

/// Sections that are in memory at once.
const BATCH: u32 = 200;

/// Sections of one year judged.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct WaterReport {
    pub(crate) sections: u32,
    /// Readings of all items, the missing ones included.
    pub(crate) values: u64,
    pub(crate) seconds: f64,
    pub(crate) values_per_s: f64,
    /// Microseconds for a year of a section.
    pub(crate) section_us: f64,
}

/// Judges so many sections on one core; none where no law is known for the year.
pub(super) fn measure(law: &Standards, sections: u32, seed: u64) -> Option<WaterReport> {
    let year = ReportPeriod::Year(NaiveDate::from_ymd_opt(2025, 1, 1)?);
    let rules = WaterLaw {
        standard: on_day(&law.water, year.last())?,
        rule: on_day(&law.water_evaluation, year.last())?,
        oxygen: FirstClassOxygen::Concentration,
    };
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut time = Duration::ZERO;
    let mut left = sections;
    while left > 0 {
        let batch: Vec<SectionData> = (0..left.min(BATCH)).map(|_| section(&mut rng, year)).collect();
        left = left.saturating_sub(BATCH);
        let start = Instant::now();
        for data in std::hint::black_box(&batch) {
            let period = section_period(rules.standard, rules.rule, year, data);
            std::hint::black_box(judge_section(&rules, WaterBody::River, Some(3), &period));
        }
        time += start.elapsed();
    }
    let readings = year.days().count() * ITEMS.len() * usize::try_from(READINGS).unwrap_or(0);
    let values = u64::try_from(readings).unwrap_or(u64::MAX) * u64::from(sections);
    Some(WaterReport {
        sections,
        values,
        seconds: seconds(time),
        values_per_s: per_second(values, time).round(),
        section_us: rounded(time.as_secs_f64() * 1e6 / f64::from(sections)),
    })
}

fn section(rng: &mut ChaCha8Rng, year: ReportPeriod) -> SectionData {
    let mut readings = Readings::new(ITEMS.to_vec());
    for day in year.days() {
        for reading in 0..READINGS {
            let time = day.and_time(chrono::NaiveTime::MIN) + TimeDelta::hours(4 * i64::from(reading));
            let values = RANGES.map(|(low, high)| {
                let value = FixedValue::from_digits(rng.random_range(low..=high), 3);
                value.filter(|_| rng.random_range(0..100_u8) >= MISSING)
            });
            readings.push(time, &values);
        }
    }
    SectionData { rows: RowTime::Reading, sources: Sources::Unnamed(readings), hindered: BTreeSet::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn made_up_sections_are_judged() {
        let law = lanbi_config::standards::builtin().unwrap();
        let report = measure(&law, 2, 5).unwrap();
        assert_eq!((report.sections, report.values), (2, 2 * 365 * 6 * 9));
        let mut rng = ChaCha8Rng::seed_from_u64(5);
        let year: ReportPeriod = "2025".parse().unwrap();
        let data = section(&mut rng, year);
        let period = section_period(&law.water[0], &law.water_evaluation[0], year, &data);
        assert!(period.items.iter().all(|item| item.months == 12 && item.value.is_some()), "{period:?}");
        assert!(period.days > 355);
    }
}
