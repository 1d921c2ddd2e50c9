//! Periods of a section: what counts, what steps in, and what there is when nothing does.

use chrono::{Days, TimeDelta};

use super::super::judge::{Standing, judge_section};
use super::super::test_law::{dec, law, rule, standard};
use super::*;
use crate::FixedValue;
use lanbi_model::WaterBody;

const ITEMS: [Parameter; 3] = [Parameter::Nh3n, Parameter::Tp, Parameter::Cod];

/// A row of a day: the same values at each of so many readings, four hours apart.
fn fill(readings: &mut Readings, day: &str, times: i64, values: [Option<&str>; 3]) {
    let start: NaiveDate = day.parse().unwrap();
    for step in 0..times {
        let time = start.and_hms_opt(0, 0, 0).unwrap() + TimeDelta::hours(4 * step);
        readings.push(time, &values.map(|value| FixedValue::from_decimal(dec(value?))));
    }
}

fn days(readings: &mut Readings, first: &str, count: u64, values: [Option<&str>; 3]) {
    let first: NaiveDate = first.parse().unwrap();
    for day in 0..count {
        fill(readings, &(first + Days::new(day)).to_string(), 6, values);
    }
}

fn empty() -> Readings {
    Readings::new(ITEMS.to_vec())
}

fn period(text: &str, data: &SectionData) -> SectionPeriod {
    section_period(&standard(), &rule(), text.parse().unwrap(), data)
}

fn named(automatic: Readings, manual: Readings) -> SectionData {
    let sources = Sources::Named { automatic, manual };
    SectionData { rows: RowTime::Reading, sources, hindered: BTreeSet::new() }
}

fn values(period: &SectionPeriod) -> [Option<Decimal>; 3] {
    [0, 1, 2].map(|place| period.items[place].value)
}

#[test]
fn the_station_counts_for_its_items_and_the_sample_for_the_others() {
    let (mut automatic, mut manual) = (empty(), empty());
    days(&mut automatic, "2026-03-01", 20, [Some("1.2"), None, Some("99")]);
    fill(&mut manual, "2026-03-05", 1, [Some("0.4"), Some("0.3"), Some("21")]);
    let march = period("2026-03", &named(automatic, manual));
    assert_eq!(values(&march), [Some(dec("1.2")), Some(dec("0.3")), Some(dec("21"))]);
    assert_eq!(march.items.iter().map(|item| item.manual_months).collect::<Vec<_>>(), [0, 1, 1]);
    assert_eq!((march.months, march.days), (1, 21));
}

#[test]
fn the_sample_steps_in_where_the_station_has_too_few_days() {
    // 60 % of 31 days are 18.6.
    for (count, expected) in [(18, "0.4"), (19, "1.2")] {
        let (mut automatic, mut manual) = (empty(), empty());
        days(&mut automatic, "2026-03-01", count, [Some("1.2"), None, None]);
        fill(&mut manual, "2026-03-05", 1, [Some("0.4"), None, None]);
        let march = period("2026-03", &named(automatic, manual));
        assert_eq!(values(&march)[0], Some(dec(expected)), "{count}");
    }
}

#[test]
fn too_few_days_and_automatic_values_of_other_items_give_nothing_and_are_counted() {
    let mut automatic = empty();
    days(&mut automatic, "2026-03-01", 18, [Some("1.2"), None, Some("25")]);
    days(&mut automatic, "2026-03-19", 13, [None, None, Some("25")]);
    let march = period("2026-03", &named(automatic.clone(), empty()));
    assert_eq!(values(&march), [None, None, None]);
    assert_eq!((march.items[0].short_months, march.items[2].unused_months), (1, 1));
    assert_eq!(march.coverage, Coverage::TooFew { needed: 1 });
    let unnamed = SectionData {
        rows: RowTime::Reading,
        sources: Sources::Unnamed(automatic),
        hindered: BTreeSet::new(),
    };
    assert_eq!(values(&period("2026-03", &unnamed)), [None, None, Some(dec("25"))]);
}

#[test]
fn a_day_needs_four_readings_and_a_sampling_only_one() {
    for (times, expected) in [(3, None), (4, Some(dec("1.2")))] {
        let mut automatic = empty();
        fill(&mut automatic, "2026-03-05", times, [Some("1.2"), None, None]);
        let mut data = named(automatic, empty());
        assert_eq!(values(&period("2026-03-05", &data))[0], expected, "{times}");
        data.rows = RowTime::Day;
        assert!(values(&period("2026-03-05", &data))[0].is_some());
    }
}

/// March 1.0 of 31 days, April 2.0 of 30 days: the quarter is 1.5, not the mean of 61 days.
#[test]
fn a_quarter_is_the_mean_of_its_months() {
    let mut readings = empty();
    days(&mut readings, "2026-04-01", 30, [Some("2"), None, None]);
    days(&mut readings, "2026-05-01", 31, [Some("1"), None, None]);
    let mut data = SectionData {
        rows: RowTime::Reading,
        sources: Sources::Unnamed(readings.clone()),
        hindered: BTreeSet::new(),
    };
    let quarter = period("2026-Q2", &data);
    assert_eq!((values(&quarter)[0], quarter.months), (Some(dec("1.5")), 2));
    assert_eq!(quarter.coverage, Coverage::Enough);
    let year = period("2026", &data);
    assert_eq!((values(&year)[0], year.coverage), (Some(dec("1.5")), Coverage::TooFew { needed: 8 }));
    data.rows = RowTime::Month;
    assert_eq!(period("2026-Q2", &data).months, 2);
}

fn monthly(months: &[u32], frozen: &[u32]) -> SectionData {
    let mut readings = empty();
    for month in months {
        fill(&mut readings, &format!("2026-{month:02}-01"), 1, [Some("1.2"), None, None]);
    }
    let day = |month: &u32| (NaiveDate::from_ymd_opt(2026, *month, 1).unwrap(), Hindrance::Frozen);
    SectionData {
        rows: RowTime::Month,
        sources: Sources::Unnamed(readings),
        hindered: frozen.iter().map(day).collect(),
    }
}

#[test]
fn a_year_has_twelve_months_or_eight_where_ice_explains_it() {
    let all: Vec<u32> = (1..=12).collect();
    let check = |months: &[u32], frozen: &[u32], expected: Coverage| {
        assert_eq!(period("2026", &monthly(months, frozen)).coverage, expected, "{months:?} {frozen:?}");
    };
    check(&all, &[], Coverage::Enough);
    check(&all[2..10], &[1, 2, 11, 12], Coverage::Enough);
    check(&all[2..10], &[1, 2, 12], Coverage::Short { needed: 12 });
    check(&all[2..10], &[], Coverage::Short { needed: 12 });
    check(&all[2..9], &[1, 2, 10, 11, 12], Coverage::TooFew { needed: 8 });
}

#[test]
fn a_state_is_a_state_and_no_zero() {
    let (standard, rule) = (standard(), rule());
    let law = law(&standard, &rule);
    let stand =
        |data: &SectionData, text: &str| judge_section(&law, WaterBody::River, Some(3), &period(text, data));
    let frozen = stand(&monthly(&[], &[1]), "2026-01");
    assert_eq!(frozen.standing, Standing::Hindered(Hindrance::Frozen));
    assert_eq!((frozen.standing.zh(&standard), frozen.standing.class(), frozen.met), ("冰封", None, None));
    let nothing = stand(&monthly(&[], &[1]), "2026-02");
    assert_eq!((nothing.standing, nothing.standing.zh(&standard)), (Standing::Insufficient, "数据不足"));
    let measured = stand(&monthly(&[1], &[1]), "2026-01");
    assert_eq!((measured.standing.class(), measured.met), (Some(4), Some(false)));
    let mut both = monthly(&[], &[1, 2]);
    both.hindered.insert(("2026-03-01".parse().unwrap(), Hindrance::Dry));
    assert_eq!(period("2026-Q1", &both).hindrance(), Some(Hindrance::Frozen));
    both.hindered.insert(("2026-02-01".parse().unwrap(), Hindrance::Dry));
    assert_eq!(period("2026-Q1", &both).hindrance(), Some(Hindrance::Dry));
}
