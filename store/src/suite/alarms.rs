//! Alarms and the notifications about them.

use lanbi_model::{Alarm, AlarmChange, RuleId, Severity};

use super::fixture::{alarm, at, dec, station};
use crate::{AlarmFilter, DerivedBatch, Store};

async fn change(store: &dyn Store, alarms: impl IntoIterator<Item = AlarmChange>) {
    let alarms = alarms.into_iter().collect();
    store.commit_derived(&DerivedBatch { alarms, ..DerivedBatch::default() }).await.unwrap();
}

async fn all(store: &dyn Store) -> Vec<Alarm> {
    store.alarms(&AlarmFilter::default()).await.unwrap()
}

fn cleared(alarm: &Alarm, at_text: &str) -> Alarm {
    Alarm { cleared_at: Some(at(at_text)), ..alarm.clone() }
}

async fn counts(store: &dyn Store) -> (u64, u64, usize) {
    let account = store.account().await.unwrap();
    (account.alarms_raised, account.alarms_cleared, store.outbox(100).await.unwrap().len())
}

pub(crate) async fn are_raised_once_and_cleared_once(store: &dyn Store) {
    let cod = alarm("outlet", "2026-03-01T01:00:00Z");
    let silent =
        Alarm { rule: RuleId("silent".to_owned()), parameter: None, worst: None, limit: None, ..cod.clone() };
    for _ in 0..2 {
        change(store, [AlarmChange::Raised(silent.clone()), AlarmChange::Raised(cod.clone())]).await;
        assert_eq!(all(store).await, [cod.clone(), silent.clone()]);
        assert_eq!(counts(store).await, (2, 0, 2));
    }
    let worse = Alarm { worst: Some(dec("90")), severity: Severity::Urgent, ..cod.clone() };
    change(store, [AlarmChange::Updated(worse.clone())]).await;
    assert_eq!(all(store).await[0], worse);
    assert_eq!(counts(store).await, (2, 0, 2));
    let over = cleared(&worse, "2026-03-01T05:00:00Z");
    for _ in 0..2 {
        change(store, [AlarmChange::Cleared(over.clone())]).await;
        assert_eq!(counts(store).await, (2, 1, 3));
    }
    // What comes after the end, or raises it again under its key, changes nothing.
    change(store, [AlarmChange::Updated(cod.clone()), AlarmChange::Raised(cod.clone())]).await;
    change(store, [AlarmChange::Cleared(cleared(&cod, "2026-03-01T09:00:00Z"))]).await;
    assert_eq!(all(store).await, [over, silent]);
    assert_eq!(counts(store).await, (2, 1, 3));
}

pub(crate) async fn a_clearing_without_an_alarm_counts_nothing(store: &dyn Store) {
    let never = alarm("outlet", "2026-03-01T01:00:00Z");
    change(store, [AlarmChange::Cleared(cleared(&never, "2026-03-01T02:00:00Z"))]).await;
    change(store, [AlarmChange::Updated(never.clone())]).await;
    assert_eq!(counts(store).await, (0, 0, 0));
    assert_eq!(all(store).await, []);
    // Raised and cleared in one batch, in order.
    let over = cleared(&never, "2026-03-01T02:00:00Z");
    change(store, [AlarmChange::Raised(never), AlarmChange::Cleared(over.clone())]).await;
    assert_eq!(counts(store).await, (1, 1, 2));
    assert_eq!(all(store).await, [over]);
}

pub(crate) async fn are_filtered_newest_first(store: &dyn Store) {
    let early = alarm("a", "2026-03-01T00:00:00Z");
    let ended = cleared(&early, "2026-03-02T00:00:00Z");
    let late = alarm("b", "2026-03-03T00:00:00Z");
    let raised = [early.clone(), late.clone()].map(AlarmChange::Raised);
    change(store, raised.into_iter().chain([AlarmChange::Cleared(ended.clone())])).await;
    let check = async |filter: AlarmFilter, expected: &[&Alarm]| {
        let found = store.alarms(&filter).await.unwrap();
        assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{filter:?}");
    };
    let filter = AlarmFilter::default;
    check(filter(), &[&late, &ended]).await;
    check(AlarmFilter { standing: true, ..filter() }, &[&late]).await;
    check(AlarmFilter { station: Some(station("a")), ..filter() }, &[&ended]).await;
    check(AlarmFilter { after: Some(at("2026-03-01T12:00:00Z")), ..filter() }, &[&late, &ended]).await;
    check(AlarmFilter { after: Some(at("2026-03-02T00:00:00Z")), ..filter() }, &[&late]).await;
    check(AlarmFilter { until: Some(at("2026-03-03T00:00:00Z")), ..filter() }, &[&late, &ended]).await;
    check(AlarmFilter { until: Some(at("2026-03-02T23:00:00Z")), ..filter() }, &[&ended]).await;
}

pub(crate) async fn notifications_wait_until_they_are_sent(store: &dyn Store) {
    let cod = alarm("outlet", "2026-03-01T01:00:00Z");
    let over = cleared(&cod, "2026-03-01T02:00:00Z");
    change(store, [AlarmChange::Raised(cod.clone())]).await;
    let first = store.outbox(10).await.unwrap().remove(0);
    assert_eq!((first.event.as_str(), &first.alarm, first.attempts), ("raised", &cod, 0));
    change(store, [AlarmChange::Cleared(over.clone())]).await;
    for attempts in 1..=2 {
        store.sent(first.id, Err("connection refused".to_owned())).await.unwrap();
        let waiting = store.outbox(10).await.unwrap();
        assert_eq!(waiting.iter().map(|n| n.event.as_str()).collect::<Vec<_>>(), ["raised", "cleared"]);
        assert_eq!(waiting.iter().map(|n| n.attempts).collect::<Vec<_>>(), [attempts, 0]);
        assert_eq!(waiting[0].alarm, over, "the alarm as it is now");
    }
    assert_eq!(store.outbox(1).await.unwrap().len(), 1);
    store.sent(first.id, Ok(at("2026-03-01T03:00:00Z"))).await.unwrap();
    store.sent(first.id, Err("too late".to_owned())).await.unwrap();
    let left = store.outbox(10).await.unwrap();
    assert_eq!(left.iter().map(|n| n.event.as_str()).collect::<Vec<_>>(), ["cleared"]);
    assert!(left[0].id > first.id);
}

async fn withdrawn_too(store: &dyn Store) -> Vec<Alarm> {
    store.alarms(&AlarmFilter { withdrawn: true, ..AlarmFilter::default() }).await.unwrap()
}

pub(crate) async fn an_amended_alarm_may_end_elsewhere_or_stand_again(store: &dyn Store) {
    let cod = alarm("outlet", "2026-03-01T01:00:00Z");
    change(store, [AlarmChange::Amended(cod.clone())]).await;
    assert_eq!((all(store).await, counts(store).await), (vec![], (0, 0, 0)), "no alarm to amend");
    change(store, [AlarmChange::Raised(cod.clone())]).await;
    // Severity, worst value, end; alarms cleared after it.
    let steps = [
        (Severity::Urgent, "90", None, 0),
        (Severity::Urgent, "80", Some("2026-03-01T05:00:00Z"), 1),
        (Severity::Breach, "70", Some("2026-03-01T03:00:00Z"), 1),
        (Severity::Breach, "75", None, 0),
        (Severity::Breach, "75", None, 0),
        (Severity::Breach, "75", Some("2026-03-01T09:00:00Z"), 1),
    ];
    for (severity, worst, end, cleared) in steps {
        let amended = Alarm {
            severity,
            worst: Some(dec(worst)),
            cleared_at: end.map(at),
            since: at("2026-03-01T00:00:00Z"),
            limit: Some(dec("50")),
            text: format!("最大值 {worst}"),
            basis: "GB 18918-2002".to_owned(),
            ..cod.clone()
        };
        change(store, [AlarmChange::Amended(amended.clone())]).await;
        assert_eq!(all(store).await, [amended]);
        assert_eq!(counts(store).await, (1, cleared, 1), "no notification is queued: {worst} {end:?}");
    }
    // One that stands again is cleared like any other.
    change(store, [AlarmChange::Amended(cod.clone())]).await;
    let over = cleared(&cod, "2026-03-01T10:00:00Z");
    change(store, [AlarmChange::Cleared(over.clone())]).await;
    assert_eq!((all(store).await, counts(store).await), (vec![over], (1, 1, 2)));
}

pub(crate) async fn a_withdrawn_alarm_no_longer_counts(store: &dyn Store) {
    let standing = alarm("outlet", "2026-03-01T01:00:00Z");
    let ended = cleared(&alarm("outlet", "2026-03-02T01:00:00Z"), "2026-03-02T05:00:00Z");
    let never = alarm("outlet", "2026-03-03T01:00:00Z");
    let raised = [&ended, &standing].map(|a| AlarmChange::Raised(Alarm { cleared_at: None, ..a.clone() }));
    change(store, raised.into_iter().chain([AlarmChange::Cleared(ended.clone())])).await;
    let withdraw = |alarm: &Alarm, when: &str| {
        AlarmChange::Withdrawn(Alarm { withdrawn_at: Some(at(when)), ..alarm.clone() })
    };
    let noon = "2026-03-05T12:00:00Z";
    let gone = |alarm: &Alarm| Alarm { withdrawn_at: Some(at(noon)), ..alarm.clone() };
    for when in [noon, "2026-03-06T12:00:00Z"] {
        change(store, [withdraw(&standing, when), withdraw(&ended, when), withdraw(&never, when)]).await;
        assert_eq!(all(store).await, [], "{when}");
        assert_eq!(withdrawn_too(store).await, [gone(&ended), gone(&standing)], "{when}");
        let filter = AlarmFilter { withdrawn: true, standing: true, ..AlarmFilter::default() };
        assert_eq!(store.alarms(&filter).await.unwrap(), [], "{when}");
        assert_eq!(store.account().await.unwrap().alarms_withdrawn, 2, "{when}");
        assert_eq!(counts(store).await, (2, 1, 5), "{when}");
    }
    let events: Vec<_> = store.outbox(10).await.unwrap().into_iter().map(|n| (n.event, n.alarm)).collect();
    assert_eq!(
        events[3..],
        ["withdrawn"; 2]
            .map(str::to_owned)
            .into_iter()
            .zip([gone(&standing), gone(&ended)])
            .collect::<Vec<_>>()
    );
    // Whatever else comes changes nothing.
    let later = cleared(&standing, "2026-03-01T09:00:00Z");
    let changes =
        [AlarmChange::Updated, AlarmChange::Cleared, AlarmChange::Amended].map(|kind| kind(later.clone()));
    change(store, changes).await;
    assert_eq!(withdrawn_too(store).await, [gone(&ended), gone(&standing)]);
    assert_eq!(counts(store).await, (2, 1, 5));
    // Raised again under its key, it counts as before.
    for _ in 0..2 {
        change(store, [AlarmChange::Raised(standing.clone())]).await;
        assert_eq!(all(store).await, std::slice::from_ref(&standing));
        let account = store.account().await.unwrap();
        assert_eq!((account.alarms_raised, account.alarms_withdrawn), (2, 1));
    }
    change(store, [AlarmChange::Amended(later.clone())]).await;
    assert_eq!(all(store).await, [later]);
    assert_eq!(counts(store).await.1, 2);
}

fn withdrawn(alarm: &Alarm) -> AlarmChange {
    AlarmChange::Withdrawn(Alarm { withdrawn_at: Some(at("2026-03-05T12:00:00Z")), ..alarm.clone() })
}

pub(crate) async fn an_alarm_that_comes_back_is_told_of_again(store: &dyn Store) {
    let cod = alarm("outlet", "2026-03-01T01:00:00Z");
    let raised = || AlarmChange::Raised(cod.clone());
    let over = AlarmChange::Cleared(cleared(&cod, "2026-03-01T05:00:00Z"));
    let steps = [
        (raised(), Some("raised")),
        (over.clone(), Some("cleared")),
        (withdrawn(&cod), Some("withdrawn")),
        (raised(), Some("raised")),
        // It comes back as it was, so it is over until something else is known.
        (over.clone(), None),
        (AlarmChange::Amended(cod.clone()), None),
        (over, Some("cleared")),
        (withdrawn(&cod), Some("withdrawn")),
        (raised(), Some("raised")),
    ];
    let mut newest = 0;
    for (n, (step, told)) in steps.into_iter().enumerate() {
        change(store, [step.clone()]).await;
        let waiting = store.outbox(10).await.unwrap();
        assert_eq!(waiting.iter().map(|n| n.event.as_str()).collect::<Vec<_>>(), Vec::from_iter(told), "{n}");
        for notification in waiting {
            assert!(notification.id > newest, "step {n} has the number of an earlier one");
            newest = notification.id;
            store.sent(newest, Ok(at("2026-03-06T00:00:00Z"))).await.unwrap();
        }
        if !matches!(step, AlarmChange::Amended(_)) {
            change(store, [step]).await;
            assert_eq!(store.outbox(10).await.unwrap(), [], "step {n} is told of twice");
        }
    }
}

pub(crate) async fn what_is_told_anew_takes_the_place_of_what_still_waits(store: &dyn Store) {
    let cod = alarm("outlet", "2026-03-01T01:00:00Z");
    change(store, [AlarmChange::Raised(cod.clone())]).await;
    let first = store.outbox(10).await.unwrap().remove(0);
    store.sent(first.id, Err("connection refused".to_owned())).await.unwrap();
    change(store, [withdrawn(&cod), AlarmChange::Raised(cod.clone())]).await;
    let waiting = store.outbox(10).await.unwrap();
    let shown: Vec<_> = waiting.iter().map(|n| (n.event.as_str(), n.attempts, &n.alarm)).collect();
    assert_eq!(shown, [("withdrawn", 0, &cod), ("raised", 0, &cod)]);
    // The first was on its way when it was replaced: whatever became of it says nothing of the others.
    store.sent(first.id, Ok(at("2026-03-06T00:00:00Z"))).await.unwrap();
    assert_eq!(store.outbox(10).await.unwrap(), waiting);
}
