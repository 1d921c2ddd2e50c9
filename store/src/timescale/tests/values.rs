//! Values that PostgreSQL sees otherwise than lanbi.

use lanbi_model::{AveragingPeriod, Flags, Parameter, RejectReason};

use super::{Database, server_or_skip};
use crate::{
    DeadLetterFilter, DerivedBatch, open,
    suite::fixture::{all_of, at, batch, dec, flagged, letter, pm25, sample},
};

#[tokio::test]
async fn a_character_zero_in_a_text_does_not_stop_the_batch() {
    let database = Database::make(&server_or_skip!()).await;
    let store = open(&database.uri("")).await.unwrap();
    let mut dead = batch([pm25("2026-03-01T01:00:00Z", "1")]);
    dead.source = "mqtt\0".to_owned();
    dead.dead_letters = vec![letter("2026-03-01T00:00:00Z", RejectReason::Malformed, b"\0")];
    dead.dead_letters[0].detail = "field `a\0b`".to_owned();
    store.commit(&dead).await.unwrap();
    let found = store.dead_letters(&DeadLetterFilter::default()).await.unwrap().remove(0).letter;
    assert_eq!((found.detail.as_str(), found.raw.as_slice()), ("field `a\u{fffd}b`", &b"\0"[..]));
    store.close().await;
}

#[tokio::test]
async fn what_comes_to_a_frame_later_keeps_its_own_arrival_flags_and_history() {
    let database = Database::make(&server_or_skip!()).await;
    let store = open(&database.uri("")).await.unwrap();
    let hour = "2026-03-01T01:00:00Z";
    let value = |parameter, text| sample("air", parameter, AveragingPeriod::HOUR, hour, text);
    let first = flagged(value(Parameter::O3, "80"), Flags::MANUAL);
    store.commit(&batch([first.clone(), value(Parameter::Co, "0.7")])).await.unwrap();
    let mut later = batch([value(Parameter::Pm25, "35"), value(Parameter::Co, "0.8")]);
    later.samples.iter_mut().for_each(|incoming| incoming.received_at = at("2026-03-09T00:00:00Z"));
    let receipt = store.commit(&later).await.unwrap();
    assert_eq!((receipt.stored, receipt.revised), (2, 1));
    let flags = vec![(value(Parameter::Pm25, "35").key, Flags::STEP)];
    store.commit_derived(&DerivedBatch { flags, ..DerivedBatch::default() }).await.unwrap();
    let part = crate::ArchivePart::Values {
        station: first.key.station.clone(),
        after: at("2026-01-01T00:00:00Z"),
        until: at("2026-12-31T00:00:00Z"),
    };
    let rows: Vec<_> = store
        .archive(&part)
        .await
        .unwrap()
        .samples
        .into_iter()
        .map(|s| (s.sample.value, s.sample.flags, s.device_flags, s.revision, s.received_at))
        .collect();
    let (early, late) = (at("2026-03-05T00:00:00Z"), at("2026-03-09T00:00:00Z"));
    let none = Flags::empty();
    assert_eq!(
        rows,
        [
            (dec("35"), Flags::STEP, none, 0, late),
            (dec("0.8"), none, none, 1, late),
            (dec("80"), Flags::MANUAL, Flags::MANUAL, 0, early),
        ]
    );
    let (from, to) = (at("2026-01-01T00:00:00Z"), at("2026-12-31T00:00:00Z"));
    for (days, expected) in [(1, 3), (5, 2), (9, 0)] {
        let late = store.late(&first.key.station, from, to, chrono::TimeDelta::days(days)).await.unwrap();
        assert_eq!(late, expected, "{days} days");
    }
    assert_eq!(all_of(&*store, "air").await.len(), 3);
    store.close().await;
}
