//! Order, number, repetition and form of the messages.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use lanbi_model::{Instant, Parameter, Zone};

use super::month::{JULY, day, month, parse};
use crate::demo::Simulation;
use crate::demo::event::PlantedKind;
use crate::demo::feed::Message;

fn fingerprint(simulation: &Simulation) -> u64 {
    let mut hasher = DefaultHasher::new();
    for message in simulation.messages() {
        (message.sent_at, message.topic, message.payload).hash(&mut hasher);
    }
    hasher.finish()
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_does_not() {
    let july = fingerprint(&month(7, "2026-07-01"));
    assert_eq!(july, fingerprint(&month(7, "2026-07-01")));
    assert_ne!(july, fingerprint(&month(8, "2026-07-01")));
}

#[test]
fn messages_come_in_the_order_of_sending_and_in_the_expected_number() {
    let simulation = month(7, "2026-07-01");
    let mut last = Instant::MIN_UTC;
    let mut count = 0_i32;
    for message in simulation.messages() {
        assert!(message.sent_at >= last);
        last = message.sent_at;
        count += 1;
    }
    let regular = 31 * (24 * (8 + 4) + 6 * 7 + 3);
    let (silent, resent, added) = (72, 96, 5);
    // One in a hundred twice, few hundredths lost by chance.
    let expected = regular - silent + resent + added + regular / 100;
    assert!((count - expected).abs() < 120, "{count} messages, about {expected} expected");
}

#[test]
fn going_on_after_the_last_day_leaves_no_gap_and_repeats_nothing() {
    let simulation = Simulation::new(7, day("2026-07-01"), day("2026-07-28"));
    let until = Zone::shanghai().end_of(day("2026-07-30"));
    let mut whole: Vec<Message> =
        simulation.messages_from(day("2026-07-01")).take_while(|m| m.sent_at < until).collect();
    let mut parts: Vec<Message> = simulation.messages().collect();
    parts.extend(simulation.messages_from(day("2026-07-29")).take_while(|m| m.sent_at < until));
    whole.sort_unstable();
    parts.sort_unstable();
    assert!(whole == parts, "{} and {} messages", whole.len(), parts.len());
}

#[test]
fn every_number_is_written_with_the_decimals_of_its_instrument() {
    for message in month(7, "2026-07-01").messages() {
        let text = String::from_utf8(message.payload).unwrap();
        let Some((_, values)) = text.split_once(r#""values":{"#) else { continue };
        let values = values.split('}').next().unwrap();
        for pair in values.split(',').filter(|p| text.len() < 1000 && p.contains(':')) {
            let (key, number) = pair.split_once(':').unwrap();
            let Some(parameter) = Parameter::from_key(key.trim_matches('"')) else { continue };
            if number.parse::<f64>().is_ok_and(f64::is_finite) && text.ends_with('}') {
                let decimals = number.split_once('.').map_or(0, |(_, digits)| digits.len());
                assert_eq!(decimals, parameter.decimals() as usize, "{pair}");
                assert!(!number.starts_with("-0") || number.parse::<f64>().unwrap() != 0.0, "{pair}");
            }
        }
    }
}

#[test]
fn one_message_in_a_hundred_is_repeated_exactly() {
    let month = &*JULY;
    let resend = month.event(PlantedKind::GatewayResend);
    let mut seen: HashMap<(&str, Instant), (usize, &[u8])> = HashMap::new();
    let (mut repeats, mut total) = (0, 0);
    for message in &month.raw {
        let Some(parsed) = parse(message) else { continue };
        if message.payload.len() > 1000 || (resend.from < parsed.stamp && parsed.stamp <= resend.to) {
            continue;
        }
        total += 1;
        if let Some((_, first)) = seen.insert((&message.topic, parsed.stamp), (total, &message.payload)) {
            assert_eq!(first, message.payload, "a repeat that differs");
            repeats += 1;
        }
    }
    assert!((total / 200..total / 60).contains(&repeats), "{repeats} of {total}");
}
