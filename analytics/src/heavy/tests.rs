//! Levels of hand-made series under the rules of 2018 and 2024.

use chrono::{NaiveDate, TimeDelta};
use lanbi_model::standard::on_day;
use lanbi_model::warning::WarningLevel;
use lanbi_model::{Decimal, Instant, Parameter, Zone};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::test_rules::{OTHERS, aqi, editions, hour};
use super::{
    AirHour, Basis, DayLaw, ForecastDay, ForecastEnd, HeavyAir, Response, RunningDay, WarningEvent,
    running_days, warnings,
};
use crate::aggregate::VALIDITY;
use crate::air::Concentrations;

/// Running days of stretches of hours with one index each, from hour 1 on; 0 stands for hours that were not measured.
fn measured(stretches: &[(usize, u32)]) -> Vec<RunningDay> {
    let indices = stretches.iter().flat_map(|&(hours, aqi)| std::iter::repeat_n(aqi, hours));
    (1..)
        .zip(indices)
        .map(|(number, aqi)| RunningDay {
            end: hour(number),
            aqi: (aqi > 0).then_some(aqi),
            complete: aqi > 0,
            primary: vec![Parameter::Pm25],
        })
        .collect()
}

/// A forecast issued at an hour for days of January 2024 and after, by their place after the 23rd.
fn forecast(issued: i64, days: &[(u64, u32, u32)]) -> Vec<ForecastDay> {
    let first: NaiveDate = "2024-01-23".parse().unwrap();
    days.iter()
        .map(|&(place, low, high)| ForecastDay {
            issued: hour(issued),
            day: first + chrono::Days::new(place),
            low,
            high,
            primary: vec![Parameter::Pm10],
        })
        .collect()
}

fn air<'a>(observed: &'a [RunningDay], forecast: &'a [ForecastDay], now: i64) -> HeavyAir<'a> {
    HeavyAir {
        zone: Zone::shanghai(),
        now: hour(now),
        observed,
        forecast,
        forecast_end: ForecastEnd::High,
        dust: &[],
    }
}

fn by_date(air: &HeavyAir<'_>) -> Vec<WarningEvent> {
    let editions = editions();
    warnings(air, |day| on_day(&editions, day))
}

fn number(instant: Instant) -> i64 {
    (instant - hour(0)).num_hours()
}

/// `yellow 24-60 orange 60-`: levels with the hours of entry and end.
fn told(events: &[WarningEvent]) -> String {
    let event = |event: &WarningEvent| {
        let until = event.until.map(|until| number(until).to_string()).unwrap_or_default();
        format!("{} {}-{until}", event.level.key(), number(event.from))
    };
    events.iter().map(event).collect::<Vec<_>>().join(" ")
}

fn check(name: &str, edition: &str, stretches: &[(usize, u32)], expected: &str) {
    let editions = editions();
    let rules = editions.iter().find(|rules| rules.edition.id == edition).unwrap();
    let observed = measured(stretches);
    let now = i64::try_from(observed.len()).unwrap();
    assert_eq!(told(&warnings(&air(&observed, &[], now), |_| Some(rules))), expected, "{name}");
}

/// 2018: 48 hours above 200 bring a level, one hour above 200 holds it.
#[test]
fn a_level_stands_while_the_air_is_above_its_number() {
    check("20 h later again above", "2018", &[(25, 250), (20, 90), (10, 250), (35, 90)], "yellow 25-");
    check("and then clear", "2018", &[(25, 250), (20, 90), (10, 250), (36, 200)], "yellow 25-91");
    check("clear first", "2018", &[(25, 250), (36, 200), (10, 250)], "yellow 25-61");
}

/// The second episode is too short for the level, but is the worse one.
#[test]
fn the_peak_is_of_all_that_a_level_stood_through() {
    let observed = measured(&[(25, 250), (20, 90), (10, 350), (36, 90)]);
    let editions = editions();
    let events = warnings(&air(&observed, &[], 91), |_| Some(&editions[0]));
    assert_eq!(told(&events), "yellow 25-91");
    assert_eq!((events[0].peak, number(events[0].last_met)), (350, 25));
}

/// Number n of running days above stands for n + 23 hours.
#[test]
fn thresholds_of_2024_on_both_sides() {
    let check =
        |name: &str, stretches: &[(usize, u32)], expected: &str| check(name, "2024", stretches, expected);
    check("at 200", &[(10, 200)], "");
    check("above 200", &[(1, 201)], "yellow 1-");
    check("above 150 for 47 h", &[(24, 151)], "");
    check("above 150 for 48 h", &[(25, 151)], "yellow 25-");
    check("at 150", &[(100, 150)], "");
    check("above 150 for 71 h", &[(48, 151)], "yellow 25-");
    check("above 150 for 72 h", &[(49, 151)], "yellow 25-49 orange 49-");
    check("above 200 for 47 h", &[(24, 201)], "yellow 1-");
    check("above 200 for 48 h", &[(25, 201)], "yellow 1-25 orange 25-");
    check("above 200 for 72 h without 300", &[(72, 300)], "yellow 1-25 orange 25-");
    check("with a day above 300", &[(48, 250), (1, 301)], "yellow 1-25 orange 25-49 red 49-");
    check("above 300 for 71 h", &[(48, 301)], "yellow 1-25 orange 25-");
    check(
        "the day above 300 is over, the pollution is not",
        &[(1, 301), (48, 201)],
        "yellow 1-25 orange 25-49 red 49-",
    );
}

#[test]
fn thresholds_of_2018_on_both_sides() {
    let check =
        |name: &str, stretches: &[(usize, u32)], expected: &str| check(name, "2018", stretches, expected);
    check("above 200 for 47 h", &[(24, 201)], "");
    check("above 200 for 48 h", &[(25, 201)], "yellow 25-");
    check("at 200", &[(100, 200)], "");
    check("above 200 for 72 h", &[(49, 201)], "yellow 25-49 orange 49-");
    check("above 200 for 96 h without 300", &[(100, 300)], "yellow 25-49 orange 49-");
    check("300 for 47 h", &[(24, 301), (50, 201)], "yellow 25-49 orange 49-");
    check("300 for 48 h", &[(25, 301), (48, 201)], "yellow 25-49 orange 49-73 red 73-");
    check(
        "two short days above 300 are not added",
        &[(20, 301), (40, 201), (20, 301)],
        "yellow 25-49 orange 49-",
    );
    check("499", &[(24, 499)], "");
    check("500", &[(1, 500)], "red 1-");
}

#[test]
fn levels_end_when_it_has_been_clear_for_36_hours() {
    let check =
        |name: &str, stretches: &[(usize, u32)], expected: &str| check(name, "2024", stretches, expected);
    check("35 h", &[(1, 201), (35, 150)], "yellow 1-");
    check("36 h", &[(1, 201), (36, 150)], "yellow 1-37");
    check("episodes 35 h apart are one", &[(1, 201), (35, 150), (1, 201), (36, 150)], "yellow 1-73");
    check("episodes 36 h apart are two", &[(1, 201), (36, 150), (1, 201)], "yellow 1-37 yellow 38-");
    check(
        "a second, shorter episode",
        &[(25, 201), (35, 150), (3, 160), (36, 150)],
        "yellow 1-25 orange 25-99",
    );
    check("hours of episodes are not added up", &[(20, 201), (10, 150), (20, 201)], "yellow 1-");
    // Above 150 it stays orange after 72 h; red ends 36 h after the last hour above 200.
    check(
        "a step down",
        &[(60, 301), (40, 151), (36, 90)],
        "yellow 1-25 orange 25-49 red 49-96 orange 96-136",
    );
}

#[test]
fn hours_that_were_not_measured_neither_hold_nor_clear() {
    let check =
        |name: &str, stretches: &[(usize, u32)], expected: &str| check(name, "2024", stretches, expected);
    check("nothing known after", &[(1, 201), (100, 0)], "yellow 1-");
    check("a silence is not clear", &[(1, 201), (20, 90), (50, 0), (15, 90)], "yellow 1-");
    check("what is clear is counted around it", &[(1, 201), (20, 90), (50, 0), (16, 90)], "yellow 1-87");
    check("a silence ends the time above", &[(24, 201), (1, 0), (24, 201)], "yellow 1-");
    let mut days = measured(&[(1, 201), (36, 90)]);
    days[20].complete = false;
    assert_eq!(told(&by_date(&air(&days, &[], 37))), "yellow 1-", "an item less: perhaps not clear");
    days[0].complete = false;
    assert_eq!(told(&by_date(&air(&days, &[], 1))), "yellow 1-", "an item less: certainly polluted");
}

#[test]
fn editions_change_by_date_and_levels_stand_through() {
    // 20 hours of the old rules, which ask for 48 h, then the new ones, which ask for one running day.
    let mut days = measured(&[(30, 201)]);
    for day in &mut days {
        day.end -= TimeDelta::hours(20);
    }
    let events = by_date(&air(&days, &[], 10));
    assert_eq!(told(&events), "yellow 1-5 orange 5-");
    assert_eq!(events[0].edition, "2024");

    let mut days = measured(&[(30, 201), (36, 100)]);
    for day in &mut days {
        day.end -= TimeDelta::hours(28);
    }
    let events = by_date(&air(&days, &[], 40));
    // Entered under the old rules as yellow, which under the new ones is orange.
    assert_eq!(told(&events), "yellow -3-1 orange 1-38");
    assert_eq!([&events[0].edition, &events[1].edition], ["2018", "2024"]);
}

#[test]
fn forecasts_bring_levels_before_they_are_measured() {
    let check =
        |name: &str, observed: &[(usize, u32)], forecast: &[ForecastDay], now: i64, expected: &str| {
            let observed = measured(observed);
            assert_eq!(told(&by_date(&air(&observed, forecast, now))), expected, "{name}");
        };
    check("nothing known", &[], &[], 100, "");
    check("one day above 200", &[], &forecast(20, &[(1, 201, 201)]), 20, "yellow 20-");
    check("at 200", &[], &forecast(20, &[(1, 200, 200)]), 30, "");
    check("not issued yet", &[], &forecast(20, &[(1, 201, 201)]), 19, "");
    check("two days above 150", &[], &forecast(20, &[(1, 151, 151), (2, 151, 151)]), 20, "yellow 20-");
    check("one day above 150", &[], &forecast(20, &[(1, 151, 151), (2, 150, 150)]), 20, "");
    check("two days above 200", &[], &forecast(20, &[(1, 201, 201), (2, 201, 201)]), 20, "orange 20-");
    let red = forecast(20, &[(1, 201, 201), (2, 301, 301), (3, 201, 201)]);
    check("three days, one above 300", &[], &red, 20, "red 20-");
    check("between levels the higher", &[], &forecast(20, &[(1, 180, 210)]), 20, "yellow 20-");
    // The first hour of 01-25 ends 36 h after hour 13.
    check("not more than 36 h ahead", &[], &forecast(1, &[(2, 201, 201)]), 30, "yellow 13-");
    let second = forecast(20, &[(0, 210, 210), (1, 210, 210)]);
    check("measured and foreseen make 48 h", &[(20, 210)], &second, 20, "yellow 1-20 orange 20-");
    let gap = forecast(20, &[(1, 210, 210)]);
    check("not across hours of which nothing is known", &[(24, 210)], &gap, 24, "yellow 1-24 orange 24-");
    // Hour 23 is the last at which the rest of 01-23 was foreseen above 200.
    check(
        "measured hours replace the forecast",
        &[(60, 90)],
        &forecast(1, &[(0, 301, 301)]),
        60,
        "yellow 1-59",
    );
    // The forecast of 01-25 says 36 clear hours from hour 25 on.
    let clear = forecast(20, &[(1, 80, 80), (2, 80, 80)]);
    check("a clear forecast releases at once", &[(24, 210), (10, 90)], &clear, 34, "yellow 1-25");
    let again = forecast(20, &[(1, 80, 80), (2, 220, 220)]);
    check("the next episode is near", &[(24, 210), (10, 90)], &again, 34, "yellow 1-");
    // Of hours 23 and 24 nothing is known: 36 clear hours are those from 22 on without these two.
    let withdrawn = [forecast(20, &[(1, 210, 210)]), forecast(22, &[(1, 90, 90), (2, 80, 80)])].concat();
    check("a forecast that is taken back", &[(48, 60)], &withdrawn, 48, "yellow 20-23");
    let partly = [forecast(2, &[(1, 210, 210)]), forecast(20, &[(2, 90, 90)])].concat();
    check("a later issue leaves days it does not name", &[], &partly, 21, "yellow 2-");
}

#[test]
fn an_event_says_what_it_rests_on() {
    let only_one = |air: &HeavyAir<'_>| {
        let events = by_date(air);
        assert_eq!(events.len(), 1, "{}", told(&events));
        events.into_iter().next().unwrap()
    };
    let (high, low) = (measured(&[(30, 90), (10, 230), (36, 90)]), measured(&[(76, 90)]));
    let foreseen = forecast(20, &[(1, 210, 260)]);

    let event = only_one(&air(&high, &[], 76));
    assert_eq!((number(event.pollution_from), number(event.from), number(event.last_met)), (7, 31, 40));
    assert_eq!((event.peak, event.basis, event.response), (230, Basis::Observed, Response::Full));
    assert_eq!((event.primary, event.before), (vec![Parameter::Pm25], None));
    assert_eq!((event.rule.as_str(), event.edition.as_str()), ("AQI>200持续24小时", "2024"));

    let event = only_one(&air(&high, &foreseen, 76));
    assert_eq!((number(event.from), event.peak, event.basis), (20, 230, Basis::Both));
    let event = only_one(&air(&low, &foreseen, 76));
    assert_eq!((event.peak, event.basis), (260, Basis::Forecast));
    assert_eq!(event.primary, [Parameter::Pm10]);
    let cautious = HeavyAir { forecast_end: ForecastEnd::Low, ..air(&low, &foreseen, 20) };
    assert_eq!(only_one(&cautious).peak, 210);
}

#[test]
fn steps_name_the_level_before() {
    let events = by_date(&air(&measured(&[(60, 301), (40, 151), (36, 90)]), &[], 136));
    let before: Vec<_> = events.iter().map(|event| event.before.map(WarningLevel::key)).collect();
    assert_eq!(before, [None, Some("yellow"), Some("orange"), Some("red")]);
    assert_eq!(events[2].rule, "AQI>200持续72小时且AQI>300持续24小时");
    assert_eq!(events[3].rule, "AQI>150持续72小时");
}

#[test]
fn ozone_and_dust_ask_for_a_health_notice_only() {
    use Parameter::{No2, O3, Pm10, Pm25};
    let dusty: Vec<NaiveDate> = vec!["2024-01-23".parse().unwrap()];
    let check = |name: &str, primary: &[Parameter], dust: &[NaiveDate], hours: usize, expected: Response| {
        let mut observed = measured(&[(hours, 210)]);
        for day in &mut observed {
            day.primary = primary.to_vec();
        }
        let now = i64::try_from(hours).unwrap();
        let events = by_date(&HeavyAir { dust, ..air(&observed, &[], now) });
        assert_eq!(events.last().unwrap().response, expected, "{name}");
    };
    check("fine particles", &[Pm25], &[], 10, Response::Full);
    check("ozone", &[O3], &[], 10, Response::HealthNotice);
    check("ozone with fine particles", &[O3, Pm25], &[], 10, Response::Full);
    check("coarse particles without dust", &[Pm10], &[], 10, Response::Full);
    check("dust", &[Pm10, Pm25], &dusty, 10, Response::HealthNotice);
    check("the running day that began in dust", &[Pm10], &dusty, 47, Response::HealthNotice);
    check("pollution after the dust", &[Pm10], &dusty, 48, Response::Full);
    check("nitrogen dioxide on a dust day", &[No2], &dusty, 10, Response::Full);
    check("cause unknown", &[], &dusty, 10, Response::Full);
}

/// The level at each hour, 0 for none.
fn levels(values: &[Option<i64>], forecast: &[ForecastDay], edition: usize) -> Vec<u8> {
    let hours: Vec<AirHour> = (1..)
        .zip(values)
        .map(|(number, value)| AirHour {
            end: hour(number),
            values: Concentrations([value.map(Decimal::from), None, None, None, None, None]),
        })
        .collect();
    let standard = aqi();
    let law = |_| Some(DayLaw { aqi: &standard, validity: &VALIDITY });
    let days = running_days(&hours, Zone::shanghai(), law, &OTHERS);
    let rules = &editions()[edition];
    let events = warnings(&air(&days, forecast, i64::try_from(values.len()).unwrap()), |_| Some(rules));
    (1..=i64::try_from(values.len()).unwrap())
        .map(|number| {
            let at = hour(number);
            let stands =
                |event: &&WarningEvent| event.from <= at && event.until.is_none_or(|until| at < until);
            events.iter().find(stands).map_or(0, |event| event.level as u8 + 1)
        })
        .collect()
}

#[test]
fn a_cleaner_hour_never_raises_a_level() {
    let mut rng = ChaCha8Rng::seed_from_u64(20_151_208);
    let mut lowered = 0;
    for round in 0..32 {
        let mut value = 200;
        let mut values: Vec<Option<i64>> = (0..160)
            .map(|_| {
                value = (value + rng.random_range(-60..=60)).clamp(20, 500);
                rng.random_ratio(19, 20).then_some(value)
            })
            .collect();
        let foreseen: Vec<ForecastDay> = (0..8)
            .filter(|_| round % 2 == 0)
            .flat_map(|day| {
                let aqi = rng.random_range(100..350);
                forecast(i64::try_from(day).unwrap() * 24 - 4, &[(day, aqi, aqi)])
            })
            .collect();
        let edition = round / 2 % 2;
        let before = levels(&values, &foreseen, edition);
        for _ in 0..3 {
            let place = rng.random_range(0..values.len());
            values[place] = values[place].map(|value| value / 4);
        }
        let after = levels(&values, &foreseen, edition);
        assert!(
            before.iter().zip(&after).all(|(before, after)| after <= before),
            "round {round}: {values:?}"
        );
        lowered += before.iter().zip(&after).filter(|(before, after)| after < before).count();
    }
    assert!(lowered > 50, "the cleaner hours changed only {lowered} levels");
}
