//! Backup and restore, and the way from one backend to another.

use lanbi_model::{
    Alarm, AlarmChange, AlarmPhase, AlarmState, AveragingPeriod, Decision, Flags, Parameter, Patrol, Problem,
    ProblemState, ProblemUrgency, RejectReason, Review, RuleId, Sample,
};

use super::{
    device_records::record,
    fixture::{alarm, all_of, at, batch, day, dec, flagged, letter, mean, pm25, sample, station},
    records::{patrol, problem},
};
use crate::{
    AlarmFilter, Archive, ArchivePart, DeadLetterFilter, DerivedBatch, DeviceRecordFilter, PatrolFilter,
    ProblemFilter, StaleMark, Store, WrittenReport, open,
};

const STATIONS: [&str; 3] = ["air", "outlet", "站"];

/// Values of every kind that has something kept beside it.
async fn fill(store: &dyn Store) {
    let moment = AveragingPeriod::MOMENT;
    let reviewed = pm25("2026-03-01T02:00:00Z", "35");
    let mut first = batch([
        pm25("2026-03-01T01:00:00Z", "1.25"),
        reviewed.clone(),
        flagged(sample("站", Parameter::Ph, moment, "2026-03-02T01:00:00.5Z", "7.1"), Flags::MANUAL),
        sample("air", Parameter::O3, AveragingPeriod::MINUTE, "2026-03-02T01:00:00Z", "80"),
    ]);
    first.dead_letters = vec![
        letter("2026-03-02T00:00:00Z", RejectReason::BadTime, b"\0\xff"),
        letter("2026-03-01T00:00:00Z", RejectReason::UnknownStation, "中文".as_bytes()),
    ];
    first.records = vec![
        record("站", "3020", "2026-03-02T00:00:00Z", "开门\n\"x\""),
        lanbi_model::DeviceRecord {
            part: Some((2, 3)),
            ..record("air", "2021", "2026-03-01T00:00:00Z", "SB1-RS=1")
        },
    ];
    first.messages = 3;
    store.commit(&first).await.unwrap();
    for value in ["2.5", "3.75"] {
        let mut revision = batch([pm25("2026-03-01T01:00:00Z", value)]);
        revision.source = format!("file/{value}");
        revision.samples[0].received_at = at("2026-03-06T00:00:00.000001Z");
        store.commit(&revision).await.unwrap();
    }
    let checked = vec![(reviewed.key.clone(), Flags::STEP)];
    let active = AlarmPhase::Active {
        since: at("2026-03-01T01:00:00Z"),
        raised_at: at("2026-03-01T02:00:00Z"),
        worst: dec("61.5"),
    };
    let state = AlarmState {
        station: station("outlet"),
        rule: RuleId("silent".to_owned()),
        parameter: None,
        phase: active,
        last: Some(at("2026-03-01T03:00:00Z")),
    };
    let marks = store.stale(1).await.unwrap();
    let standing = alarm("outlet", "2026-03-01T01:00:00Z");
    let ended =
        Alarm { cleared_at: Some(at("2026-03-01T09:00:00Z")), ..alarm("air", "2026-03-01T01:00:00Z") };
    let never =
        Alarm { withdrawn_at: Some(at("2026-03-05T00:00:00Z")), ..alarm("air", "2026-03-02T01:00:00Z") };
    let raise =
        |alarm: &Alarm| AlarmChange::Raised(Alarm { cleared_at: None, withdrawn_at: None, ..alarm.clone() });
    let derived = DerivedBatch {
        daily: vec![
            mean("air", Parameter::Pm25, "2026-03-01", Some("1.333333333333333333333333333")),
            mean("outlet", Parameter::Cod, "2026-03-01", None),
        ],
        flags: checked,
        alarm_states: vec![state],
        alarms: vec![
            raise(&standing),
            raise(&ended),
            raise(&never),
            AlarmChange::Cleared(ended),
            AlarmChange::Withdrawn(never),
        ],
        recomputed: marks.clone(),
        settled: marks,
        lease: None,
    };
    store.commit_derived(&derived).await.unwrap();
    let sent = store.outbox(1).await.unwrap()[0].id;
    store.sent(sent, Ok(at("2026-03-06T00:00:00Z"))).await.unwrap();
    let review = Review {
        key: reviewed.key,
        decision: Decision::Invalidate,
        by: "王工".to_owned(),
        reason: "校准中".to_owned(),
        at: at("2026-03-08T02:00:00Z"),
    };
    store.review(&review, day("2026-03-01")).await.unwrap();
    let unknown =
        DeadLetterFilter { reason: Some(RejectReason::UnknownStation), ..DeadLetterFilter::default() };
    let unknown = store.dead_letters(&unknown).await.unwrap()[0].id;
    let found = batch([sample("outlet", Parameter::Cod, moment, "2026-03-03T01:00:00Z", "30")]);
    store.replay_letter(unknown, &found, at("2026-03-09T00:00:00Z")).await.unwrap();
    for (folder, text) in [("a", "2026-03"), ("b", "2026-Q1")] {
        let period: lanbi_model::ReportPeriod = text.parse().unwrap();
        let report = WrittenReport {
            kind: "monthly".to_owned(),
            period,
            first: period.first(),
            last: period.last(),
            area: "城区".to_owned(),
            folder: folder.to_owned(),
            formats: "html".to_owned(),
            written_at: at("2026-04-01T00:00:00Z"),
            outdated: false,
        };
        store.note_report(&report).await.unwrap();
    }
    let mark = store.stale(1).await.unwrap();
    let recomputed = mark.into_iter().map(|mark| StaleMark { day: day("2026-02-01"), ..mark }).collect();
    store.commit_derived(&DerivedBatch { recomputed, ..DerivedBatch::default() }).await.unwrap();
    store.set_memo("档案", Some("一号\n二号")).await.unwrap();
    fill_records(store).await;
}

/// Patrols and problems, one of each with a history.
async fn fill_records(store: &dyn Store) {
    let (walk, now) = (patrol("p1", "c1", "2026-03-01T01:00:00Z"), at("2026-03-10T00:00:00Z"));
    let other = Patrol { length_m: None, ..patrol("p2", "c2", "2026-03-02T01:00:00Z") };
    store.keep_patrols(&[walk.clone(), other], "a", now).await.unwrap();
    for note in ["一", "二"] {
        let changed = Patrol { note: note.to_owned(), ..walk.clone() };
        store.keep_patrols(&[changed], note, now).await.unwrap();
    }
    let found = problem("q1", None, &[(ProblemState::Found, "2026-03-01T00:00:00Z")]);
    store.keep_problems(&[problem("q2", Some("c1"), &[]), found], "a", now).await.unwrap();
    let steps =
        [(ProblemState::Assigned, "2026-03-02T00:00:00Z"), (ProblemState::Closed, "2026-03-02T00:00:01Z")];
    let urgent = Problem { urgency: ProblemUrgency::Complex, ..problem("q1", Some("c1"), &steps) };
    store.keep_problems(&[urgent], "b", now).await.unwrap();
}

/// All of a store, part by part.
async fn take(store: &dyn Store) -> Vec<Archive> {
    let mut parts = vec![ArchivePart::Books];
    // Two stretches that meet between the two values of the first hours: an instant belongs to one of them.
    let ends = ["1900-01-01T00:00:00Z", "2026-03-01T01:00:00Z", "2100-01-01T00:00:00Z"].map(at);
    for name in STATIONS {
        for stretch in ends.windows(2) {
            let (after, until) = (stretch[0], stretch[1]);
            parts.push(ArchivePart::Values { station: station(name), after, until });
        }
    }
    let mut archives = Vec::new();
    for part in parts {
        archives.push(store.archive(&part).await.unwrap());
    }
    let mut above = i64::MIN;
    loop {
        let letters = store.archive(&ArchivePart::Letters { above, limit: 1 }).await.unwrap();
        let Some(last) = letters.letters.last() else { break };
        above = last.id;
        archives.push(letters);
    }
    archives.push(store.archive(&ArchivePart::Records { above: i64::MIN, limit: 100 }).await.unwrap());
    archives
}

/// What the store itself numbers may differ from store to store.
fn without_numbers(mut archives: Vec<Archive>) -> Vec<Archive> {
    for archive in &mut archives {
        archive.stale.iter_mut().for_each(|mark| mark.version = 0);
        archive.letters.iter_mut().for_each(|letter| letter.id = 0);
        archive.records.iter_mut().for_each(|record| record.id = 0);
    }
    archives
}

async fn put(store: &dyn Store, archives: &[Archive]) {
    for archive in archives {
        store.restore(archive).await.unwrap();
    }
}

/// Every answer of a store, as text.
async fn look(store: &dyn Store, samples: &[Sample]) -> Vec<String> {
    let mut seen = vec![
        format!("{:?}", store.account().await.unwrap()),
        format!("{:?}", store.latest().await.unwrap()),
        format!("{:?}", store.daily(None, day("2026-01-01"), day("2026-12-31")).await.unwrap()),
        format!("{:?}", store.alarm_states().await.unwrap()),
        format!(
            "{:?}",
            store.alarms(&AlarmFilter { withdrawn: true, ..AlarmFilter::default() }).await.unwrap()
        ),
        format!("{:?}", store.reports(false).await.unwrap()),
        format!("{:?}", store.reports(true).await.unwrap()),
        format!("{:?}", store.memo("档案").await.unwrap()),
        format!("{:?}", store.letter_stock().await.unwrap()),
    ];
    for name in STATIONS {
        seen.push(format!("{:?}", all_of(store, name).await));
        let (after, until) = (at("1900-01-01T00:00:00Z"), at("2100-01-01T00:00:00Z"));
        let late = store.late(&station(name), after, until, chrono::TimeDelta::days(4)).await.unwrap();
        seen.push(format!("{name}: {late} late"));
    }
    for sample in samples {
        seen.push(format!("{:?}", store.revisions(&sample.key).await.unwrap()));
    }
    for mark in store.stale(100).await.unwrap() {
        seen.push(format!("{:?}", StaleMark { version: 0, ..mark }));
    }
    for letter in store.dead_letters(&DeadLetterFilter::default()).await.unwrap() {
        seen.push(format!("{:?} {:?}", letter.letter, letter.replayed_at));
    }
    for record in store.device_records(&DeviceRecordFilter::default()).await.unwrap() {
        seen.push(format!("{record:?}"));
    }
    for patrol in store.patrols(&PatrolFilter::default()).await.unwrap() {
        seen.push(format!("{:?}", store.patrol(&patrol.id).await.unwrap()));
    }
    for problem in store.problems(&ProblemFilter::default()).await.unwrap() {
        seen.push(format!("{:?}", store.problem(&problem.id).await.unwrap()));
    }
    for open in store.problems(&ProblemFilter { open: true, ..ProblemFilter::default() }).await.unwrap() {
        seen.push(open.id);
    }
    for waiting in store.outbox(100).await.unwrap() {
        seen.push(format!("{} {:?}", waiting.event, waiting.alarm));
    }
    seen
}

pub(crate) async fn a_restored_store_gives_the_same_answers(store: &dyn Store) {
    let source = open("sqlite::memory:").await.unwrap();
    fill(&*source).await;
    let archives = take(&*source).await;
    assert!(
        !archives[0].waiting.is_empty() && !archives[0].derived.is_empty() && !archives[0].stale.is_empty()
    );
    let mut samples = Vec::new();
    for name in STATIONS {
        samples.extend(all_of(&*source, name).await);
    }
    let expected = look(&*source, &samples).await;
    put(store, &archives).await;
    assert_eq!(look(store, &samples).await, expected);
    // And back again.
    let copies = take(store).await;
    assert_eq!(without_numbers(copies.clone()), without_numbers(archives));
    let back = open("sqlite::memory:").await.unwrap();
    put(&*back, &copies).await;
    assert_eq!(look(&*back, &samples).await, expected);
    // It goes on where the other stopped: what was replaced comes again as a repeat, what is new is a revision.
    for value in ["1.25", "3.75"] {
        let again = store.commit(&batch([pm25("2026-03-01T01:00:00Z", value)])).await.unwrap();
        assert_eq!((again.repeated, again.stored), (1, 0), "{value}");
    }
    store.commit(&batch([pm25("2026-03-01T01:00:00Z", "5")])).await.unwrap();
    let key = pm25("2026-03-01T01:00:00Z", "5").key;
    let earlier: Vec<_> =
        store.revisions(&key).await.unwrap().iter().map(|r| r.sample.value.to_string()).collect();
    assert_eq!(earlier, ["1.25", "2.5", "3.75"]);
    source.close().await;
    back.close().await;
}

pub(crate) async fn an_archive_holds_what_its_part_names(store: &dyn Store) {
    fill(store).await;
    let books = store.archive(&ArchivePart::Books).await.unwrap();
    assert_eq!((books.samples.len(), books.revisions.len(), books.letters.len()), (0, 0, 0));
    assert_eq!(books.records, []);
    let records = store.archive(&ArchivePart::Records { above: 0, limit: 1 }).await.unwrap();
    assert_eq!(records, Archive { records: records.records.clone(), ..Archive::default() });
    assert_eq!(records.records.len(), 1);
    assert_eq!(books.account, Some(store.account().await.unwrap()));
    assert_eq!(books.memos, [("档案".to_owned(), "一号\n二号".to_owned())]);
    assert_eq!((books.alarms.len(), books.waiting.len(), books.reports.len()), (3, 4, 2));
    let histories: Vec<_> =
        books.patrols.iter().map(|kept| (kept.now.id.as_str(), kept.earlier.len())).collect();
    assert_eq!(histories, [("p1", 2), ("p2", 0)]);
    let histories: Vec<_> = books
        .problems
        .iter()
        .map(|kept| (kept.now.id.as_str(), kept.now.steps.len(), kept.earlier.len()))
        .collect();
    assert_eq!(histories, [("q1", 3, 1), ("q2", 0, 0)]);
    let values = ArchivePart::Values {
        station: station("air"),
        after: at("2026-03-01T00:00:00Z"),
        until: at("2026-03-02T01:00:00Z"),
    };
    let values = store.archive(&values).await.unwrap();
    assert_eq!(
        values,
        Archive {
            samples: values.samples.clone(),
            revisions: values.revisions.clone(),
            ..Archive::default()
        }
    );
    let rows: Vec<_> = values
        .samples
        .iter()
        .map(|s| (s.sample.value.to_string(), s.sample.flags, s.device_flags, s.revision, s.received_at))
        .collect();
    let (invalid, sent) = (Flags::REVIEWED_INVALID, at("2026-03-05T00:00:00Z"));
    assert_eq!(
        rows,
        [
            ("3.75".to_owned(), Flags::empty(), Flags::empty(), 2, at("2026-03-06T00:00:00.000001Z")),
            ("35".to_owned(), invalid | Flags::STEP, invalid, 1, sent),
            ("80".to_owned(), Flags::empty(), Flags::empty(), 0, sent),
        ]
    );
    let earlier: Vec<_> =
        values.revisions.iter().map(|r| (r.sample.value.to_string(), r.by.clone())).collect();
    let by = Some("王工".to_owned());
    assert_eq!(earlier, [("1.25".to_owned(), None), ("2.5".to_owned(), None), ("35".to_owned(), by)]);
    let letters = store.archive(&ArchivePart::Letters { above: 0, limit: 10 }).await.unwrap().letters;
    assert!(letters.is_sorted_by_key(|letter| letter.id) && letters.len() == 2, "{letters:?}");
    let rest =
        store.archive(&ArchivePart::Letters { above: letters[0].id, limit: 10 }).await.unwrap().letters;
    assert_eq!(rest, letters[1..]);
}

pub(crate) async fn restoring_twice_is_like_once(store: &dyn Store) {
    let source = open("sqlite::memory:").await.unwrap();
    fill(&*source).await;
    let mut archives = take(&*source).await;
    archives.retain(|archive| archive.letters.is_empty());
    put(store, &archives).await;
    put(store, &archives).await;
    let samples = all_of(store, "air").await;
    assert_eq!(samples, all_of(&*source, "air").await);
    let key = &samples[0].key;
    assert_eq!(store.revisions(key).await.unwrap(), source.revisions(key).await.unwrap());
    assert_eq!(store.outbox(100).await.unwrap().len(), source.outbox(100).await.unwrap().len());
    assert_eq!(store.account().await.unwrap(), source.account().await.unwrap());
    assert_eq!(store.patrol("p1").await.unwrap(), source.patrol("p1").await.unwrap());
    assert_eq!(store.problem("q1").await.unwrap(), source.problem("q1").await.unwrap());
    let records = DeviceRecordFilter::default();
    assert_eq!(store.device_records(&records).await.unwrap(), source.device_records(&records).await.unwrap());
    assert_eq!(store.status().await.unwrap().newest, source.status().await.unwrap().newest);
    source.close().await;
}
