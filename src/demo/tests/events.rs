//! Each planted event is in the raw messages.

use std::collections::HashMap;

use chrono::TimeDelta;
use lanbi_model::{Instant, Parameter, Zone};

use super::month::{JANUARY, JULY, Month, Parsed, largest, mean, parse, smallest};
use crate::demo::event::{Malformed, Planted, PlantedKind};
use crate::demo::feed::Message;

#[test]
fn haze_lasts_four_days_and_passes_the_highest_level() {
    let month = &*JANUARY;
    let haze = month.event(PlantedKind::HeavyPollution);
    for n in 0..4 {
        let from = haze.from + TimeDelta::days(n);
        let fine = mean(&month.district(Parameter::Pm25, from, from + TimeDelta::days(1)));
        // AQI above 200 is PM2.5 above 150, above 300 is 250 (HJ 633-2026, Table 3).
        assert!(fine > 160.0, "{fine} on day {n}");
    }
    let peak = month.district(Parameter::Pm25, haze.from, haze.to).into_iter().filter(|v| *v > 250.0).count();
    assert!((24..60).contains(&peak), "{peak} hours above 250");
    let after =
        month.district(Parameter::Pm25, haze.to + TimeDelta::hours(8), haze.to + TimeDelta::hours(32));
    assert!(mean(&after) < 150.0, "the haze does not leave");
}

#[test]
fn dust_is_coarse() {
    let month = Month::of("2026-04-01");
    let dust = month.event(PlantedKind::Dust);
    let coarse = month.district(Parameter::Pm10, dust.from, dust.to);
    let fine = month.district(Parameter::Pm25, dust.from, dust.to);
    assert!((800.0..1500.0).contains(&largest(&coarse)), "peak {}", largest(&coarse));
    assert!(mean(&fine) / mean(&coarse) < 0.25, "{} of {}", mean(&fine), mean(&coarse));
}

#[test]
fn a_breach_is_three_to_five_times_the_limit_and_lowers_the_section_below_later() {
    // Limits of DB12/599-2015 A: COD 30, NH3-N 1.5 and from November to March 3.0 mg/L.
    for (first, month, ammonia) in [("January", &*JANUARY, 3.0), ("July", &*JULY, 1.5)] {
        let breach = month.event(PlantedKind::OutletBreach);
        let (outlet, section) = (breach.stations[0].as_str(), breach.stations[1].as_str());
        for (parameter, limit) in [(Parameter::Nh3n, ammonia), (Parameter::Cod, 30.0)] {
            let during = month.values(outlet, parameter, breach.from, breach.to);
            assert!(during.len() >= 12, "{first} {parameter}");
            assert!(smallest(&during) > 3.0 * limit && largest(&during) < 5.0 * limit, "{during:?}");
            let mut ordinary = month.values(outlet, parameter, Instant::MIN_UTC, breach.from);
            ordinary.extend(month.values(outlet, parameter, breach.to, Instant::MAX_UTC));
            assert!(largest(&ordinary) < limit, "{first} {parameter} {}", largest(&ordinary));
        }
        let below = |from: i64, to: i64| {
            let at = |hours| breach.from + TimeDelta::hours(hours);
            month.values(section, Parameter::Nh3n, at(from), at(to))
        };
        let before = largest(&below(-48, 8));
        assert!(largest(&below(8, 30)) > 1.9, "{first}: the section below stays good");
        assert!(largest(&below(8, 30)) > 1.6 * before, "{first}: no rise above {before}");
        assert!(mean(&below(56, 72)) < 1.5 * before, "{first}: the plume stays");
    }
}

#[test]
fn a_treated_ditch_slips_back_within_three_weeks() {
    let month = &*JULY;
    let relapse = month.event(PlantedKind::BlackOdorReturn);
    let ditch = relapse.stations[0].as_str();
    // Edges of 轻度黑臭 in table 2 of the 2015 guide, as signs: above or below.
    for (parameter, edge, above) in [
        (Parameter::Nh3n, 8.0, true),
        (Parameter::DissolvedOxygen, 2.0, false),
        (Parameter::Orp, 50.0, false),
        (Parameter::Transparency, 25.0, false),
    ] {
        let early = month.values(ditch, parameter, Instant::MIN_UTC, relapse.from + TimeDelta::days(4));
        let late = month.values(ditch, parameter, relapse.to - TimeDelta::days(2), Instant::MAX_UTC);
        assert!(early.len() >= 4 && late.len() >= 2);
        assert!(early.iter().all(|v| (*v > edge) != above), "{parameter} black before: {early:?}");
        assert!(late.iter().all(|v| (*v > edge) == above), "{parameter} not black after: {late:?}");
    }
}

#[test]
fn stations_fall_silent_freeze_repeat_and_buffer_as_planted() {
    let month = &*JULY;
    let with_stamp_in = |event: &Planted| {
        let (from, to, id) = (event.from, event.to, event.stations[0].as_str().to_owned());
        month.parsed.iter().filter(move |m| m.station == id && from < m.stamp && m.stamp <= to)
    };
    let silence = month.event(PlantedKind::Silence);
    assert_eq!(with_stamp_in(silence).count(), 0);
    let silent = silence.stations[0].as_str();
    assert!(!month.values(silent, Parameter::Pm25, silence.to, silence.to + TimeDelta::hours(3)).is_empty());

    let frozen = month.event(PlantedKind::FrozenSensor);
    let stuck = month.values(frozen.stations[0].as_str(), Parameter::Pm25, frozen.from, frozen.to);
    assert_eq!(stuck.len(), 36);
    assert!(stuck.iter().all(|v| *v == stuck[0]), "{stuck:?}");

    let late = month.event(PlantedKind::LateBatch);
    let mut stamps: Vec<Instant> = with_stamp_in(late).map(|m| m.stamp).collect();
    assert!(with_stamp_in(late).all(|m| m.sent_at > late.to));
    stamps.dedup();
    assert_eq!(stamps.len(), 48);

    let resend = month.event(PlantedKind::GatewayResend);
    for station in &resend.stations {
        let mut copies: HashMap<Instant, Vec<&Message>> = HashMap::new();
        for message in month.raw.iter().filter(|m| m.topic.ends_with(station.as_str())) {
            let Some(parsed) = parse(message) else { continue };
            if resend.from < parsed.stamp && parsed.stamp <= resend.to {
                copies.entry(parsed.stamp).or_default().push(message);
            }
        }
        assert_eq!(copies.len(), 24, "{station}");
        for copies in copies.values() {
            assert!(copies.len() >= 2 && copies.iter().all(|c| c.payload == copies[0].payload), "{station}");
            assert!(copies.iter().any(|c| c.sent_at >= resend.to + TimeDelta::hours(9)), "{station}");
        }
    }

    let letters: Vec<&str> = month.parsed.iter().flat_map(|m| m.flags.values().map(String::as_str)).collect();
    for letter in ["C", "M", "D"] {
        assert!(letters.contains(&letter), "no flag {letter}");
    }
}

#[test]
fn every_strange_message_is_there_and_its_neighbours_are_good() {
    let month = &*JULY;
    for way in Malformed::ALL {
        let event = month.event(PlantedKind::Malformed(way));
        let station = event.stations[0].as_str();
        let near = |m: &&Message| {
            m.topic == format!("lanbi/v1/{station}") && (m.sent_at - event.from).abs() < TimeDelta::minutes(3)
        };
        let texts: Vec<String> =
            month.raw.iter().filter(near).map(|m| String::from_utf8(m.payload.clone()).unwrap()).collect();
        let stamp = format!(r#""time":"{}""#, Zone::shanghai().at(event.from).to_rfc3339());
        let regular = texts.iter().any(|t| {
            t.len() < 1000 && t.contains(&stamp) && serde_json::from_str::<serde_json::Value>(t).is_ok()
        });
        let is = |test: &dyn Fn(&str) -> bool| texts.iter().any(|t| test(t));
        let found = match way {
            Malformed::BrokenJson => is(&|t| t.starts_with('{') && !t.ends_with('}')),
            Malformed::UnknownStation => is(&|t| t.contains(r#""station":"air-99""#)),
            Malformed::TextNan => is(&|t| t.contains(r#""pm10":"NaN""#)),
            Malformed::BareNan => is(&|t| t.contains(r#""pm10":NaN"#)),
            Malformed::FutureStamp => is(&|t| t.contains(r#""time":"2027-"#)),
            Malformed::Oversized => is(&|t| t.len() > 300_000),
            Malformed::Empty => is(&str::is_empty),
            Malformed::UnknownParameter => is(&|t| t.contains(r#""voc":12,"pm25":"#)),
            Malformed::NumberAsText => is(&|t| t.contains(r#""no2":"41""#)),
            Malformed::NullValue => is(&|t| t.contains(r#""nh3n":null"#)),
        };
        assert!(found, "{way:?} is not among {texts:?}");
        assert_eq!(regular, way != Malformed::BareNan, "{way:?}");
        if way != Malformed::UnknownStation {
            let hour = TimeDelta::hours(1);
            for stamp in [event.from - hour, event.from + hour] {
                let good = |m: &Parsed| m.station == station && m.stamp == stamp && m.values.len() >= 6;
                assert!(month.parsed.iter().any(good), "{way:?}: nothing at {stamp}");
            }
        }
    }
}
