//! Memos and the list of reports written.

use lanbi_model::Parameter;

use super::fixture::{at, batch, day, sample, station};
use crate::{DerivedBatch, StaleCauses, StaleMark, Store, WrittenReport};

fn report(kind: &str, period: &str, area: &str) -> WrittenReport {
    let period: lanbi_model::ReportPeriod = period.parse().unwrap();
    WrittenReport {
        kind: kind.to_owned(),
        period,
        first: period.first(),
        last: period.last(),
        area: area.to_owned(),
        folder: "报告/out".to_owned(),
        formats: "html,xlsx".to_owned(),
        written_at: at("2026-04-01T01:00:00Z"),
        outdated: false,
    }
}

pub(crate) async fn memos_are_kept_replaced_and_removed(store: &dyn Store) {
    assert_eq!(store.memo("retention").await.unwrap(), None);
    for text in [Some("365 天"), Some(""), None, None, Some("7")] {
        store.set_memo("retention", text).await.unwrap();
        assert_eq!(store.memo("retention").await.unwrap().as_deref(), text);
    }
    assert_eq!(store.memo("Retention").await.unwrap(), None);
}

pub(crate) async fn reports_are_noted_once_and_in_order(store: &dyn Store) {
    let ordered = [
        report("daily", "2026-03-01", ""),
        report("monthly", "2026-03", ""),
        report("monthly", "2026-03", "城区"),
        report("monthly", "2026-Q1", ""),
    ];
    for report in ordered.iter().rev() {
        store.note_report(report).await.unwrap();
    }
    assert_eq!(store.reports(false).await.unwrap(), ordered);
    assert_eq!(store.reports(true).await.unwrap(), []);
    let again = WrittenReport {
        formats: "pdf".to_owned(),
        written_at: at("2026-04-02T01:00:00.123456Z"),
        ..ordered[1].clone()
    };
    store.note_report(&again).await.unwrap();
    let mut expected = ordered.clone();
    expected[1] = again;
    assert_eq!(store.reports(false).await.unwrap(), expected);
    // The same report in another folder is another report.
    let elsewhere = WrittenReport { folder: "另存".to_owned(), ..ordered[0].clone() };
    store.note_report(&elsewhere).await.unwrap();
    assert_eq!(store.reports(false).await.unwrap().len(), 5);
}

pub(crate) async fn a_day_computed_again_makes_its_reports_outdated(store: &dyn Store) {
    let (march, day_one, quarter) = (
        report("monthly", "2026-03", ""),
        report("daily", "2026-03-01", ""),
        report("quarterly", "2026-Q2", ""),
    );
    // A report may rest on days outside its period, such as those of the month before.
    let april = WrittenReport { first: day("2026-03-01"), ..report("monthly", "2026-04", "") };
    let recompute = async |on: &str| {
        let mark = StaleMark {
            station: station("air"),
            day: day(on),
            version: 0,
            derived_before: true,
            causes: StaleCauses::REVISED,
        };
        store
            .commit_derived(&DerivedBatch { recomputed: vec![mark], ..DerivedBatch::default() })
            .await
            .unwrap();
    };
    let cases: [(&str, &[&str]); 5] = [
        ("2026-02-28", &[]),
        ("2026-03-01", &["daily 2026-03-01", "monthly 2026-03", "monthly 2026-04"]),
        ("2026-03-31", &["monthly 2026-03", "monthly 2026-04"]),
        ("2026-04-01", &["monthly 2026-04", "quarterly 2026-Q2"]),
        ("2026-07-01", &[]),
    ];
    for (on, outdated) in cases {
        for report in [&march, &day_one, &quarter, &april] {
            store.note_report(report).await.unwrap();
        }
        recompute(on).await;
        let found = store.reports(true).await.unwrap();
        assert!(found.iter().all(|report| report.outdated), "{on}");
        let names: Vec<_> = found.iter().map(|report| format!("{} {}", report.kind, report.period)).collect();
        assert_eq!(names, outdated, "{on}");
    }
    // A day computed for the first time outdates nothing.
    for report in [&march, &day_one] {
        store.note_report(report).await.unwrap();
    }
    let late =
        sample("air", Parameter::Pm25, lanbi_model::AveragingPeriod::HOUR, "2026-03-01T01:00:00Z", "1");
    store.commit(&batch([late])).await.unwrap();
    let settled = store.stale(10).await.unwrap();
    store.commit_derived(&DerivedBatch { settled, ..DerivedBatch::default() }).await.unwrap();
    assert_eq!(store.reports(true).await.unwrap().len(), 0);
}
