//! What loggers say besides values.

use chrono::TimeDelta;
use lanbi_model::{DeviceRecord, RejectReason};

use super::fixture::{at, batch, letter, pm25, station};
use crate::{ArchivePart, Batch, DeadLetterFilter, DeviceRecordFilter, Receipt, Store, Upkeep};

/// A record that arrived a minute after its time.
pub(crate) fn record(name: &str, command: &str, instant: &str, text: &str) -> DeviceRecord {
    DeviceRecord {
        station: station(name),
        command: command.to_owned(),
        instant: at(instant),
        received_at: at(instant) + TimeDelta::minutes(1),
        part: None,
        text: text.to_owned(),
    }
}

fn batch_of(records: impl IntoIterator<Item = DeviceRecord>) -> Batch {
    Batch { records: records.into_iter().collect(), ..Batch::default() }
}

async fn all(store: &dyn Store) -> Vec<DeviceRecord> {
    store.device_records(&DeviceRecordFilter::default()).await.unwrap()
}

pub(crate) async fn a_record_is_kept_once_and_counts_nowhere(store: &dyn Store) {
    let first = record("air", "3020", "2026-03-01T01:00:00.000001Z", "PolId=a34004,i12001-Info=//清洗管路//");
    let with_values =
        Batch { records: vec![first.clone(), first.clone()], ..batch([pm25("2026-03-01T01:00:00Z", "1")]) };
    let receipt = store.commit(&with_values).await.unwrap();
    assert_eq!(receipt, Receipt { stored: 1, ..Receipt::default() });
    let account = store.account().await.unwrap();
    assert_eq!((account.incoming, account.stored, account.messages), (1, 1, 1));
    // Whatever tells it apart makes another record; that it arrives again does not.
    let later = DeviceRecord { received_at: at("2026-03-02T00:00:00Z"), ..first.clone() };
    let others = [
        record("outlet", "3020", "2026-03-01T01:00:00.000001Z", &first.text),
        DeviceRecord { command: "3021".to_owned(), ..first.clone() },
        DeviceRecord { instant: at("2026-03-01T01:00:01Z"), ..first.clone() },
        DeviceRecord { part: Some((1, 2)), ..first.clone() },
        DeviceRecord { part: Some((2, 2)), ..first.clone() },
        DeviceRecord { text: String::new(), ..first.clone() },
    ];
    for _ in 0..2 {
        let again = batch_of(others.iter().cloned().chain([later.clone(), first.clone()]));
        assert_eq!(store.commit(&again).await.unwrap(), Receipt::default());
        let kept = all(store).await;
        assert_eq!(kept.len(), 7, "{kept:?}");
        assert!(kept.contains(&first) && others.iter().all(|other| kept.contains(other)), "{kept:?}");
    }
    assert_eq!(store.account().await.unwrap(), account);
    let marks: Vec<_> = store.stale(10).await.unwrap().into_iter().map(|mark| mark.station).collect();
    assert_eq!(marks, [station("air")], "a record makes no day stale");
    assert_eq!(store.latest().await.unwrap().len(), 1, "and is no newest value");
}

pub(crate) async fn records_are_listed_newest_first_and_filtered(store: &dyn Store) {
    let records = [
        record("站", "3020", "2026-03-03T00:00:00Z", "三"),
        record("air", "2021", "2026-03-02T00:00:00Z", "SB1-RS=1"),
        DeviceRecord { part: Some((1, 2)), ..record("air", "2021", "2026-03-02T00:00:00Z", "SB1-RS=1") },
        DeviceRecord { part: Some((2, 2)), ..record("air", "2021", "2026-03-02T00:00:00Z", "SB1-RS=1") },
        record("air", "3020", "2026-03-02T00:00:00Z", "二"),
        record("站", "3020", "2026-03-02T00:00:00Z", "二"),
        record("air", "3020", "2026-03-01T00:00:00Z", "一"),
    ];
    store.commit(&batch_of(records.iter().rev().cloned())).await.unwrap();
    let check = async |filter: DeviceRecordFilter, expected: &[usize]| {
        let found = store.device_records(&filter).await.unwrap();
        let expected: Vec<_> = expected.iter().map(|&i| records[i].clone()).collect();
        assert_eq!(found, expected, "{filter:?}");
    };
    let any = DeviceRecordFilter::default;
    let commands = |list: &[&str]| list.iter().map(|&command| command.to_owned()).collect();
    check(any(), &[0, 1, 2, 3, 4, 5, 6]).await;
    check(DeviceRecordFilter { limit: 2, ..any() }, &[0, 1]).await;
    check(DeviceRecordFilter { station: Some(station("站")), ..any() }, &[0, 5]).await;
    check(DeviceRecordFilter { station: Some(station("nobody")), ..any() }, &[]).await;
    check(DeviceRecordFilter { commands: commands(&["3020"]), ..any() }, &[0, 4, 5, 6]).await;
    check(DeviceRecordFilter { commands: commands(&["2021", "9012"]), ..any() }, &[1, 2, 3]).await;
    let (first, second) = (Some(at("2026-03-01T00:00:00Z")), Some(at("2026-03-02T00:00:00Z")));
    check(DeviceRecordFilter { after: first, until: second, ..any() }, &[1, 2, 3, 4, 5]).await;
    check(DeviceRecordFilter { after: second, ..any() }, &[0]).await;
    check(DeviceRecordFilter { until: first, ..any() }, &[6]).await;
    let whole = DeviceRecordFilter {
        after: Some(lanbi_model::Instant::MIN_UTC),
        until: Some(lanbi_model::Instant::MAX_UTC),
        ..any()
    };
    check(whole, &[0, 1, 2, 3, 4, 5, 6]).await;
}

pub(crate) async fn odd_texts_of_devices_are_kept_within_bounds(store: &dyn Store) {
    let odd = DeviceRecord {
        command: "x".repeat(5000),
        instant: at("2026-03-01T00:00:00.0000009Z"),
        text: "一\0\t\r\n".to_owned() + &"志".repeat(100_000),
        ..record("air", "", "2026-03-01T00:00:00Z", "")
    };
    for _ in 0..2 {
        store.commit(&batch_of([odd.clone()])).await.unwrap();
    }
    let kept = all(store).await;
    assert_eq!(kept.len(), 1);
    assert!(kept[0].text.starts_with("一\u{fffd}\t\r\n志") && kept[0].text.contains("已截断"));
    assert!(kept[0].text.len() <= DeviceRecord::LONGEST_TEXT);
    assert_eq!((&kept[0].command, kept[0].instant), (&odd.command, at("2026-03-01T00:00:00Z")));
    store.commit(&batch_of(kept.clone())).await.unwrap();
    assert_eq!(all(store).await, kept, "what was kept comes again as a repeat");
}

pub(crate) async fn records_go_by_their_arrival(store: &dyn Store) {
    // A logger whose clock stands at its beginning, and one that sends late what it kept.
    let arrived = |instant: &str, received_at: &str| DeviceRecord {
        received_at: at(received_at),
        ..record("air", "3020", instant, "")
    };
    let young = [
        arrived("2026-01-01T00:00:00Z", "2026-03-04T00:00:00Z"),
        arrived("2000-01-01T00:00:00Z", "2026-03-04T00:00:00Z"),
    ];
    let old = arrived("2036-01-01T00:00:00Z", "2026-01-01T00:00:00Z");
    store.commit(&batch_of(young.iter().cloned().chain([old]))).await.unwrap();
    let tend = async |days: Option<i64>| {
        let upkeep = Upkeep { keep_values: days.map(TimeDelta::days), compress_after: None };
        store.tend(&upkeep, at("2026-03-05T00:00:00Z")).await.unwrap().records_gone
    };
    assert_eq!(tend(None).await, 0);
    assert_eq!(tend(Some(3650)).await, 0);
    assert_eq!(all(store).await.len(), 3);
    assert_eq!(tend(Some(30)).await, 1);
    assert_eq!(all(store).await, young);
    assert_eq!(tend(Some(30)).await, 0);
}

pub(crate) async fn records_of_a_letter_are_kept_when_it_is_replayed(store: &dyn Store) {
    let mut parked = batch_of([]);
    parked.dead_letters = vec![letter("2026-03-01T00:00:00Z", RejectReason::UnknownStation, b"##")];
    store.commit(&parked).await.unwrap();
    let id = store.dead_letters(&DeadLetterFilter::default()).await.unwrap()[0].id;
    let found = batch_of([record("air", "3020", "2026-03-01T00:00:00Z", "开门")]);
    for _ in 0..2 {
        let receipt = store.replay_letter(id, &found, at("2026-03-02T00:00:00Z")).await.unwrap();
        assert_eq!((receipt.stored, receipt.rejected), (0, 0));
        assert_eq!(all(store).await, found.records);
        let account = store.account().await.unwrap();
        assert_eq!((account.incoming, account.repeated, account.rejected), (1, 1, 0));
    }
}

pub(crate) async fn records_are_gone_through_piece_by_piece(store: &dyn Store) {
    let records: Vec<_> =
        ["2026-03-02T00:00:00Z", "2026-03-01T00:00:00Z"].map(|at| record("air", "3020", at, "")).into();
    for record in &records {
        store.commit(&batch_of([record.clone()])).await.unwrap();
    }
    let (mut above, mut seen) = (i64::MIN, Vec::new());
    loop {
        let piece = store.archive(&ArchivePart::Records { above, limit: 1 }).await.unwrap().records;
        let Some(last) = piece.last() else { break };
        above = last.id;
        seen.extend(piece.into_iter().map(|stored| stored.record));
    }
    assert_eq!(seen, records);
}
