//! Values: new, repeated, revised, and found again.

use lanbi_model::{AveragingPeriod, Flags, Parameter, Revision, Sample};

use super::fixture::{all_of, at, batch, dec, everything, flagged, pm25, sample, station};
use crate::{Batch, DerivedBatch, Receipt, Store};

pub(crate) async fn new_values_are_found_again(store: &dyn Store) {
    let samples = vec![pm25("2026-03-01T01:00:00Z", "35"), pm25("2026-03-01T02:00:00Z", "36.5")];
    let receipt = store.commit(&batch(samples.clone())).await.unwrap();
    assert_eq!(receipt, Receipt { stored: 2, ..Receipt::default() });
    assert_eq!(all_of(store, "air").await, samples);
    assert_eq!(all_of(store, "elsewhere").await, []);
    let account = store.account().await.unwrap();
    assert_eq!((account.incoming, account.stored, account.messages), (2, 2, 1));
}

pub(crate) async fn an_empty_batch_changes_nothing(store: &dyn Store) {
    let before = store.account().await.unwrap();
    assert_eq!(store.commit(&Batch::default()).await.unwrap(), Receipt::default());
    store.commit_derived(&DerivedBatch::default()).await.unwrap();
    assert_eq!(store.account().await.unwrap(), before);
    assert_eq!(store.stale(10).await.unwrap(), []);
    // A message without values is counted all the same.
    store.commit(&batch([])).await.unwrap();
    assert_eq!(store.account().await.unwrap().messages, 1);
}

pub(crate) async fn a_repeat_changes_nothing(store: &dyn Store) {
    let first = batch([pm25("2026-03-01T01:00:00Z", "35"), pm25("2026-03-01T02:00:00Z", "36")]);
    store.commit(&first).await.unwrap();
    for _ in 0..3 {
        let again = store.commit(&first).await.unwrap();
        assert_eq!(again, Receipt { repeated: 2, ..Receipt::default() });
    }
    // 35.0 is the same number as 35.
    let other_scale = store.commit(&batch([pm25("2026-03-01T01:00:00Z", "35.0")])).await.unwrap();
    assert_eq!(other_scale.repeated, 1);
    assert_eq!(all_of(store, "air").await.len(), 2);
    assert_eq!(store.revisions(&first.samples[0].sample.key).await.unwrap(), []);
    let account = store.account().await.unwrap();
    assert_eq!((account.incoming, account.stored, account.repeated), (9, 2, 7));
}

pub(crate) async fn another_number_is_a_revision(store: &dyn Store) {
    let first = pm25("2026-03-01T01:00:00Z", "35");
    store.commit(&batch([first.clone()])).await.unwrap();
    for (value, source, received_at) in
        [("36", "file", "2026-03-06T00:00:00Z"), ("37", "mqtt/2", "2026-03-07T00:00:00Z")]
    {
        let mut revision = batch([pm25("2026-03-01T01:00:00Z", value)]);
        revision.source = source.to_owned();
        revision.samples[0].received_at = at(received_at);
        let receipt = store.commit(&revision).await.unwrap();
        assert_eq!(receipt, Receipt { stored: 1, revised: 1, ..Receipt::default() });
    }
    assert_eq!(all_of(store, "air").await, [pm25("2026-03-01T01:00:00Z", "37")]);
    let replaced = |sample: Sample, received_at: &str, replaced_at: &str, source: &str| Revision {
        device_flags: sample.flags,
        sample,
        received_at: at(received_at),
        replaced_at: at(replaced_at),
        source: source.to_owned(),
        by: None,
        reason: None,
    };
    let second = pm25("2026-03-01T01:00:00Z", "36");
    assert_eq!(
        store.revisions(&first.key).await.unwrap(),
        [
            replaced(first, "2026-03-05T00:00:00Z", "2026-03-06T00:00:00Z", "file"),
            replaced(second, "2026-03-06T00:00:00Z", "2026-03-07T00:00:00Z", "mqtt/2"),
        ]
    );
}

pub(crate) async fn a_replaced_value_that_comes_again_is_a_repeat(store: &dyn Store) {
    let hour = "2026-03-01T01:00:00Z";
    for value in ["35", "36"] {
        store.commit(&batch([pm25(hour, value)])).await.unwrap();
    }
    for again in [vec!["35"], vec!["35", "36"], vec!["36", "35", "35"]] {
        let copies = again.iter().map(|value| pm25(hour, value));
        let receipt = store.commit(&batch(copies)).await.unwrap();
        let repeated = u64::try_from(again.len()).unwrap();
        assert_eq!(receipt, Receipt { repeated, ..Receipt::default() }, "{again:?}");
        assert_eq!(all_of(store, "air").await, [pm25(hour, "36")], "{again:?}");
    }
}

pub(crate) async fn other_device_flags_are_a_revision(store: &dyn Store) {
    let good = pm25("2026-03-01T01:00:00Z", "35");
    let faulty = flagged(good.clone(), Flags::FAULT);
    store.commit(&batch([good.clone()])).await.unwrap();
    let receipt = store.commit(&batch([faulty.clone()])).await.unwrap();
    assert_eq!(receipt, Receipt { stored: 1, revised: 1, ..Receipt::default() });
    assert_eq!(all_of(store, "air").await, [faulty]);
    assert_eq!(store.revisions(&good.key).await.unwrap()[0].sample, good);
}

pub(crate) async fn a_repeat_after_a_check_is_no_revision(store: &dyn Store) {
    let sent = flagged(pm25("2026-03-01T01:00:00Z", "1035"), Flags::MANUAL);
    store.commit(&batch([sent.clone()])).await.unwrap();
    let checked = Flags::MANUAL | Flags::RANGE;
    let derived = DerivedBatch { flags: vec![(sent.key.clone(), checked)], ..DerivedBatch::default() };
    store.commit_derived(&derived).await.unwrap();
    assert_eq!(store.commit(&batch([sent.clone()])).await.unwrap().repeated, 1);
    assert_eq!(all_of(store, "air").await, [flagged(sent.clone(), checked)]);
    // A revision is a new value, which no check has seen; the earlier one keeps what was known against it.
    let revision = pm25("2026-03-01T01:00:00Z", "103");
    store.commit(&batch([revision.clone()])).await.unwrap();
    assert_eq!(all_of(store, "air").await, [revision]);
    let earlier = store.revisions(&sent.key).await.unwrap().remove(0);
    assert_eq!((earlier.sample.flags, earlier.device_flags), (checked, Flags::MANUAL));
}

pub(crate) async fn a_key_twice_in_a_batch_counts_in_its_order(store: &dyn Store) {
    // Each case has its own hour: values in the batch, then stored, repeated, revised, the values replaced and the last.
    type Case<'a> = (&'a str, &'a [&'a str], (u64, u64, u64), &'a [&'a str], &'a str);
    let cases: [Case<'_>; 5] = [
        ("01", &["1", "1"], (1, 1, 0), &[], "1"),
        ("02", &["1", "2"], (2, 0, 1), &["1"], "2"),
        ("03", &["2", "1"], (2, 0, 1), &["2"], "1"),
        ("04", &["1", "2", "2", "1"], (2, 2, 1), &["1"], "2"),
        ("05", &["1", "2", "1", "2", "3"], (3, 2, 2), &["1", "2"], "3"),
    ];
    for (hour, values, (stored, repeated, revised), replaced, last) in cases {
        let end = format!("2026-03-01T{hour}:00:00Z");
        let receipt = store.commit(&batch(values.iter().map(|value| pm25(&end, value)))).await.unwrap();
        assert_eq!(receipt, Receipt { stored, repeated, revised, rejected: 0 }, "{values:?}");
        let last = pm25(&end, last);
        let earlier = store.revisions(&last.key).await.unwrap();
        assert_eq!(
            earlier.iter().map(|r| r.sample.value).collect::<Vec<_>>(),
            replaced.iter().map(|v| dec(v)).collect::<Vec<_>>()
        );
        assert!(all_of(store, "air").await.contains(&last), "{values:?}");
    }
    // The first of a batch may repeat what is stored and the second revise it.
    let both = [pm25("2026-03-01T01:00:00Z", "1"), pm25("2026-03-01T01:00:00Z", "7")];
    let receipt = store.commit(&batch(both)).await.unwrap();
    assert_eq!(receipt, Receipt { stored: 1, repeated: 1, revised: 1, rejected: 0 });
}

pub(crate) async fn decimals_come_back_exactly(store: &dyn Store) {
    for text in
        ["0", "0.1", "2.2", "1013.25", "0.00005", "123456789.123", "-12.7", "99999999999999", "0.000001"]
    {
        let sent = pm25("2026-03-01T01:00:00Z", text);
        store.commit(&batch([sent.clone()])).await.unwrap();
        assert_eq!(all_of(store, "air").await[0].value.normalize().to_string(), text);
    }
    // More digits than a binary float holds: the nearest number is kept, and a repeat of it is still a repeat.
    let long = pm25("2026-03-01T02:00:00Z", "0.3333333333333333333333333333");
    store.commit(&batch([long.clone()])).await.unwrap();
    assert_eq!(store.commit(&batch([long.clone()])).await.unwrap().repeated, 1);
    let error = all_of(store, "air").await[1].value - long.value;
    assert!(error.abs() < dec("0.0000000000000001"), "{error}");
}

pub(crate) async fn ends_of_a_query_are_those_of_intervals(store: &dyn Store) {
    let ends = ["2026-03-01T01:00:00Z", "2026-03-01T02:00:00Z", "2026-03-01T03:00:00Z"];
    store.commit(&batch(ends.map(|end| pm25(end, "1")))).await.unwrap();
    let mut query = everything("air");
    (query.after, query.until) = (at(ends[0]), at(ends[1]));
    let found = store.samples(&query).await.unwrap();
    assert_eq!(found.iter().map(|s| s.key.instant).collect::<Vec<_>>(), [at(ends[1])]);
}

pub(crate) async fn results_are_in_order(store: &dyn Store) {
    let (hour, minute) = (AveragingPeriod::HOUR, AveragingPeriod::MINUTE);
    let ordered: Vec<Sample> = [
        ("b", Parameter::Pm25, minute, "2026-03-01T01:00:00Z"),
        ("b", Parameter::Pm25, hour, "2026-03-01T01:00:00Z"),
        ("b", Parameter::Pm25, hour, "2026-03-01T02:00:00Z"),
        ("b", Parameter::O3, hour, "2026-03-01T01:00:00Z"),
        ("b", Parameter::Flow, hour, "1969-12-31T23:00:00Z"),
    ]
    .map(|(name, parameter, period, end)| sample(name, parameter, period, end, "1"))
    .to_vec();
    let other = sample("a", Parameter::Pm25, hour, "2026-03-01T01:00:00Z", "1");
    store.commit(&batch(ordered.iter().rev().cloned().chain([other]))).await.unwrap();
    assert_eq!(all_of(store, "b").await, ordered);
    let mut query = everything("b");
    query.parameters = vec![Parameter::Flow, Parameter::Pm25];
    query.period = Some(hour);
    assert_eq!(store.samples(&query).await.unwrap(), [&ordered[1..3], &ordered[4..]].concat());
    query.parameters = vec![Parameter::Tp];
    assert_eq!(store.samples(&query).await.unwrap(), []);
}

pub(crate) async fn a_large_batch_is_like_many_small_ones(store: &dyn Store) {
    // More than one statement's rows, and a remainder of each smaller size.
    let samples: Vec<Sample> = (0_i64..1_557)
        .map(|n| {
            let mut sample = pm25("2026-01-01T00:00:00Z", &n.to_string());
            sample.key.instant += chrono::TimeDelta::minutes(n);
            sample
        })
        .collect();
    let backwards = batch(samples.iter().rev().cloned());
    assert_eq!(store.commit(&backwards).await.unwrap().stored, 1_557);
    assert_eq!(all_of(store, "air").await, samples);
    for part in samples.chunks(100) {
        let expected = u64::try_from(part.len()).unwrap();
        assert_eq!(store.commit(&batch(part.to_vec())).await.unwrap().repeated, expected);
    }
}

pub(crate) async fn latest_is_the_newest_instant_even_when_older_ones_come_later(store: &dyn Store) {
    assert_eq!(store.latest().await.unwrap(), []);
    let water = sample("water", Parameter::Ph, AveragingPeriod::MOMENT, "2026-02-01T04:00:00Z", "7.1");
    store.commit(&batch([water, pm25("2026-03-01T02:00:00Z", "1")])).await.unwrap();
    store.commit(&batch([pm25("2026-03-01T01:00:00Z", "1")])).await.unwrap();
    assert_eq!(store.latest().await.unwrap()[0].1, at("2026-03-01T02:00:00Z"));
    let minute = sample("air", Parameter::O3, AveragingPeriod::MINUTE, "2026-03-01T02:01:00Z", "80");
    store.commit(&batch([minute])).await.unwrap();
    let expected =
        [(station("air"), at("2026-03-01T02:01:00Z")), (station("water"), at("2026-02-01T04:00:00Z"))];
    assert_eq!(store.latest().await.unwrap(), expected);
}
