//! Warnings over four years of real hours, held against what is publicly known: Beijing's red alerts were those of
//! 2015-12-08 to 10, 2015-12-19 to 22 and 2016-12-16 to 21.
//!
//! The rules are those of 2018, which did not hold then, the air is the mean of six of the city's stations, and levels rest
//! on measurement alone, where the city went by its forecast; so the levels must be high in those days, not the same.

#![expect(clippy::unwrap_used, reason = "a test stops at what it cannot read")]

mod data;

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate, TimeDelta};
use data::Hours;
use lanbi_analytics::air::Concentrations;
use lanbi_analytics::heavy::{
    AirHour, Basis, DayLaw, ForecastEnd, HeavyAir, WarningEvent, running_days, warnings,
};
use lanbi_model::standard::{AirValidity, AqiStandard, Beyond, Breakpoints, Confidence, Edition, Incomplete};
use lanbi_model::warning::{Spell, WarningLevel, WarningRule, WarningStandard};
use lanbi_model::{Decimal, Instant, Parameter, Zone, decimal::mean};

/// The mean of the stations that have a value.
fn city(stations: &BTreeMap<String, Hours>) -> Vec<AirHour> {
    let mut hours: BTreeMap<Instant, [Vec<Decimal>; 6]> = BTreeMap::new();
    for (end, values) in stations.values().flatten() {
        for (item, value) in hours.entry(*end).or_default().iter_mut().zip(values) {
            item.extend(*value);
        }
    }
    hours.into_iter().map(|(end, items)| AirHour { end, values: Concentrations(items.map(mean)) }).collect()
}

fn edition(id: &str) -> Edition {
    Edition {
        id: id.to_owned(),
        number: id.to_owned(),
        title: String::new(),
        from: NaiveDate::default(),
        until: None,
        jurisdiction: String::new(),
        confidence: Confidence::Official,
    }
}

/// The daily table of HJ 633-2012.
fn aqi() -> AqiStandard {
    let tables: [(Parameter, &[u32]); 6] = [
        (Parameter::Pm25, &[0, 35, 75, 115, 150, 250, 350, 500]),
        (Parameter::Pm10, &[0, 50, 150, 250, 350, 420, 500, 600]),
        (Parameter::So2, &[0, 50, 150, 475, 800, 1600, 2100, 2620]),
        (Parameter::No2, &[0, 40, 80, 180, 280, 565, 750, 940]),
        (Parameter::Co, &[0, 2, 4, 14, 24, 36, 48, 60]),
        (Parameter::O3EightHour, &[0, 100, 160, 215, 265, 800]),
    ];
    let breakpoints = |nodes: &[u32]| Breakpoints {
        nodes: nodes.iter().copied().map(Decimal::from).collect(),
        beyond: Beyond::Cap(500),
    };
    AqiStandard {
        edition: edition("HJ633-2012"),
        iaqi: vec![0, 50, 100, 150, 200, 300, 400, 500],
        hour: BTreeMap::new(),
        day: tables.into_iter().map(|(item, nodes)| (item, breakpoints(nodes))).collect(),
        input_decimals: BTreeMap::new(),
        incomplete: Incomplete::Publish,
        primary_above: 50,
        levels: Vec::new(),
        sensitive: None,
        clauses: BTreeMap::new(),
    }
}

fn rules_of_2018() -> WarningStandard {
    use WarningLevel::{Orange, Red, Yellow};
    let rule = |level, spells: &[(u32, i64)]| WarningRule {
        level,
        spells: spells
            .iter()
            .map(|&(above, hours)| Spell { above, lasting: TimeDelta::hours(hours) })
            .collect(),
        confidence: Confidence::OneSource,
    };
    WarningStandard {
        edition: edition("warning-2018"),
        rules: vec![
            rule(Yellow, &[(200, 48)]),
            rule(Orange, &[(200, 72)]),
            rule(Red, &[(200, 96), (300, 48)]),
            rule(Red, &[(499, 24)]),
        ],
        clear: TimeDelta::hours(36),
        clauses: BTreeMap::new(),
    }
}

const VALIDITY: AirValidity = AirValidity {
    hour_minutes: 45,
    day_hours: 20,
    window_hours: 6,
    day_windows: 14,
    month_days: 27,
    february_days: 25,
    year_days: 324,
    quarter_by_months: true,
};

/// The highest level whose pollution lay in the days, whenever it had lasted long enough.
fn highest(events: &[WarningEvent], first: &str, last: &str) -> Option<WarningLevel> {
    let day = |text: &str| text.parse::<NaiveDate>().unwrap();
    let (start, end) = (Zone::shanghai().start_of(day(first)), Zone::shanghai().end_of(day(last)));
    let stood = |event: &&WarningEvent| event.pollution_from < end && start < event.last_met;
    events.iter().filter(stood).map(|event| event.level).max()
}

#[test]
fn known_red_alerts_are_found_and_summers_have_none_so_high() {
    let Some(folder) = data::shared("beijing_multisite") else { return };
    let hours = city(&data::beijing(&folder));
    assert_eq!(hours.len(), 35_064);
    let (standard, rules) = (aqi(), rules_of_2018());
    let law = |_| Some(DayLaw { aqi: &standard, validity: &VALIDITY });
    let observed = running_days(&hours, Zone::shanghai(), law, &[]);
    let air = HeavyAir {
        zone: Zone::shanghai(),
        now: observed.last().unwrap().end,
        observed: &observed,
        forecast: &[],
        forecast_end: ForecastEnd::High,
        dust: &[],
    };
    let events = warnings(&air, |_| Some(&rules));
    for event in &events {
        let local = |instant: Instant| Zone::shanghai().local(instant).format("%Y-%m-%d %H");
        let until = event.until.map(|until| local(until).to_string()).unwrap_or_default();
        let primary: Vec<&str> = event.primary.iter().map(|item| item.key()).collect();
        println!(
            "{:6} {} .. {until}, pollution {} .. {}, peak {}, {}, {}",
            event.level.key(),
            local(event.from),
            local(event.pollution_from),
            local(event.last_met),
            event.peak,
            primary.join("+"),
            event.rule,
        );
    }
    let known = [("2015-12-08", "2015-12-10"), ("2015-12-19", "2015-12-22"), ("2016-12-16", "2016-12-21")];
    for (first, last) in known {
        let level = highest(&events, first, last);
        println!("{first} to {last}: {level:?}");
        assert!(level >= Some(WarningLevel::Orange), "{first} to {last}");
    }
    assert!(events.iter().all(|event| event.basis == Basis::Observed));
    // Nobody called for a red alert in a summer; yellow and orange were reached there, by particles.
    let in_summer = |event: &&WarningEvent| (6..=8).contains(&Zone::shanghai().local(event.from).month());
    let summer: Vec<WarningLevel> = events.iter().filter(in_summer).map(|event| event.level).collect();
    assert!(summer.iter().all(|level| *level < WarningLevel::Red), "{summer:?}");
    assert!(summer.len() * 4 < events.len() / 2, "{} of {} levels in summer", summer.len(), events.len());
}
