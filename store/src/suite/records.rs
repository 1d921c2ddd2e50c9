//! Patrols, problems and their steps.

use chrono::TimeDelta;
use lanbi_model::{Patrol, Problem, ProblemKind, ProblemState, ProblemStep, ProblemUrgency};
use rand::{SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;

use super::fixture::{at, dec};
use crate::{PatrolFilter, ProblemFilter, RecordReceipt, Store, StoreError};

/// A patrol of an hour.
pub(crate) fn patrol(id: &str, chief: &str, ended: &str) -> Patrol {
    Patrol {
        id: id.to_owned(),
        chief: chief.to_owned(),
        water: "示例河".to_owned(),
        started: at(ended) - TimeDelta::hours(1),
        ended: at(ended),
        length_m: Some(dec("1250.5")),
        source: "巡河APP".to_owned(),
        note: String::new(),
    }
}

pub(crate) fn step(state: ProblemState, instant: &str) -> ProblemStep {
    ProblemStep {
        at: at(instant),
        state,
        by: "河长办".to_owned(),
        to: if state == ProblemState::Assigned { "保洁公司".to_owned() } else { String::new() },
        note: format!("{}，\"说明\"\n", state.zh()),
    }
}

pub(crate) fn problem(id: &str, chief: Option<&str>, steps: &[(ProblemState, &str)]) -> Problem {
    Problem {
        id: id.to_owned(),
        chief: chief.map(str::to_owned),
        water: "示例河".to_owned(),
        place: "桥下游 200 米左岸".to_owned(),
        kind: ProblemKind::BankRubbish,
        urgency: ProblemUrgency::Immediate,
        supervised: false,
        source: "巡河".to_owned(),
        steps: steps.iter().map(|(state, instant)| step(*state, instant)).collect(),
    }
}

const NOW: &str = "2026-03-10T00:00:00Z";

fn receipt(new: u64, changed: u64, repeated: u64) -> RecordReceipt {
    RecordReceipt { new, changed, repeated }
}

async fn ids_of_patrols(store: &dyn Store, filter: PatrolFilter) -> Vec<String> {
    store.patrols(&filter).await.unwrap().into_iter().map(|patrol| patrol.id).collect()
}

async fn ids_of_problems(store: &dyn Store, filter: ProblemFilter) -> Vec<String> {
    store.problems(&filter).await.unwrap().into_iter().map(|problem| problem.id).collect()
}

pub(crate) async fn a_patrol_is_kept_once_and_a_change_leaves_the_earlier_one(store: &dyn Store) {
    let first = patrol("p1", "c1", "2026-03-01T01:00:00.000001Z");
    let unmeasured = Patrol { length_m: None, water: String::new(), ..patrol("p2", "c1", NOW) };
    let both = [first.clone(), unmeasured.clone()];
    assert_eq!(store.keep_patrols(&both, "a.csv", at(NOW)).await.unwrap(), receipt(2, 0, 0));
    assert_eq!(store.keep_patrols(&both, "b.csv", at(NOW)).await.unwrap(), receipt(0, 0, 2));
    let same = Patrol { length_m: Some(dec("1250.50")), ..first.clone() };
    assert_eq!(store.keep_patrols(&[same], "b.csv", at(NOW)).await.unwrap(), receipt(0, 0, 1));
    assert_eq!(store.patrols(&PatrolFilter::default()).await.unwrap(), both);
    let longer = Patrol { length_m: Some(dec("2000")), note: "补录".to_owned(), ..first.clone() };
    let later = at("2026-03-11T00:00:00.5Z");
    assert_eq!(
        store.keep_patrols(std::slice::from_ref(&longer), "c.csv", later).await.unwrap(),
        receipt(0, 1, 0)
    );
    assert_eq!(
        store.keep_patrols(std::slice::from_ref(&first), "d.csv", later).await.unwrap(),
        receipt(0, 1, 0)
    );
    let kept = store.patrol("p1").await.unwrap().unwrap();
    assert_eq!(kept.now, first);
    let earlier: Vec<_> = kept.earlier.into_iter().map(|e| (e.record, e.replaced_at, e.source)).collect();
    assert_eq!(earlier, [(first, later, "c.csv".to_owned()), (longer, later, "d.csv".to_owned())]);
    assert_eq!(store.patrol("p2").await.unwrap().unwrap().earlier, []);
    assert_eq!(store.patrol("P1").await.unwrap(), None);
    assert_eq!(store.keep_patrols(&[], "e.csv", later).await.unwrap(), receipt(0, 0, 0));
}

pub(crate) async fn patrols_are_found_by_their_ends_and_their_chief(store: &dyn Store) {
    let all = [
        patrol("b", "c1", "2026-03-01T00:00:00Z"),
        patrol("c", "c2", "2026-03-02T00:00:00Z"),
        patrol("a", "c1", "2026-03-02T00:00:00Z"),
        patrol("d", "c1", "2026-03-03T00:00:00Z"),
    ];
    store.keep_patrols(&all, "", at(NOW)).await.unwrap();
    let none = PatrolFilter::default;
    assert_eq!(ids_of_patrols(store, none()).await, ["b", "a", "c", "d"]);
    let chief = |chief: &str| PatrolFilter { chief: Some(chief.to_owned()), ..none() };
    assert_eq!(ids_of_patrols(store, chief("c1")).await, ["b", "a", "d"]);
    assert!(ids_of_patrols(store, chief("c")).await.is_empty());
    let between = PatrolFilter {
        after: Some(at("2026-03-01T00:00:00Z")),
        until: Some(at("2026-03-02T00:00:00Z")),
        ..none()
    };
    assert_eq!(ids_of_patrols(store, between.clone()).await, ["a", "c"]);
    assert_eq!(ids_of_patrols(store, PatrolFilter { chief: chief("c2").chief, ..between }).await, ["c"]);
}

pub(crate) async fn an_id_twice_in_a_call_counts_in_its_turn(store: &dyn Store) {
    let first = patrol("p", "c1", "2026-03-01T00:00:00Z");
    let second = Patrol { note: "二".to_owned(), ..first.clone() };
    let calls = [first.clone(), first.clone(), second.clone(), first.clone(), second.clone()];
    assert_eq!(store.keep_patrols(&calls, "f", at(NOW)).await.unwrap(), receipt(1, 3, 1));
    let kept = store.patrol("p").await.unwrap().unwrap();
    assert_eq!(kept.now, second);
    let earlier: Vec<_> = kept.earlier.into_iter().map(|e| e.record).collect();
    assert_eq!(earlier, [first.clone(), second, first]);
    let found = problem("q", None, &[(ProblemState::Found, "2026-03-01T00:00:00Z")]);
    let urgent = Problem { urgency: ProblemUrgency::Complex, steps: Vec::new(), ..found.clone() };
    let kept = store.keep_problems(&[found.clone(), urgent, found], "f", at(NOW)).await.unwrap();
    assert_eq!((kept.problems, kept.steps), (receipt(1, 2, 0), receipt(1, 0, 1)));
}

/// What no backend holds, or only some do, is made the same everywhere before it is compared.
pub(crate) async fn odd_texts_and_fine_times_come_again_as_repeats(store: &dyn Store) {
    let odd = Patrol {
        id: "编\0号'\"%_".to_owned(),
        note: "a\0b".to_owned(),
        ..patrol("x", "c1", "2026-03-01T00:00:00.123456789Z")
    };
    let odd = std::slice::from_ref(&odd);
    assert_eq!(store.keep_patrols(odd, "s\0", at(NOW)).await.unwrap(), receipt(1, 0, 0));
    assert_eq!(store.keep_patrols(odd, "s\0", at(NOW)).await.unwrap(), receipt(0, 0, 1));
    let kept = store.patrols(&PatrolFilter::default()).await.unwrap().remove(0);
    assert_eq!((kept.note.as_str(), kept.ended), ("a\u{fffd}b", at("2026-03-01T00:00:00.123456Z")));
    let mut odd = problem("q\0", Some("c\0"), &[(ProblemState::Found, "2026-03-01T00:00:00.123456789Z")]);
    odd.steps[0].by = "\0".to_owned();
    for expected in [receipt(1, 0, 0), receipt(0, 0, 1)] {
        let kept = store.keep_problems(std::slice::from_ref(&odd), "", at(NOW)).await.unwrap();
        assert_eq!((kept.problems, kept.steps), (expected, expected));
    }
}

pub(crate) async fn steps_in_any_order_give_the_same_problem(store: &dyn Store) {
    let steps = [
        (ProblemState::Found, "2026-03-01T00:00:00Z"),
        (ProblemState::Reported, "2026-03-01T00:00:00Z"),
        (ProblemState::Assigned, "2026-03-01T02:00:00Z"),
        (ProblemState::Handled, "2026-03-02T00:00:00Z"),
        (ProblemState::Returned, "2026-03-02T01:00:00Z"),
        (ProblemState::Handled, "2026-03-03T00:00:00Z"),
        (ProblemState::Reviewed, "2026-03-03T01:00:00Z"),
        (ProblemState::Closed, "2026-03-03T02:00:00.000001Z"),
    ];
    let whole = problem("whole", Some("c1"), &steps);
    store.keep_problems(std::slice::from_ref(&whole), "", at(NOW)).await.unwrap();
    let expected = store.problem("whole").await.unwrap().unwrap().now;
    assert_eq!(expected, whole);
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    for round in 0..4 {
        let mut shuffled = steps.to_vec();
        shuffled.shuffle(&mut rng);
        let id = format!("piece-{round}");
        store.keep_problems(&[problem(&id, Some("c1"), &[])], "", at(NOW)).await.unwrap();
        for (state, instant) in shuffled {
            let one = [step(state, instant)];
            assert_eq!(store.keep_problem_steps(&id, &one).await.unwrap().steps, receipt(1, 0, 0));
            let again = store.keep_problem_steps(&id, &one).await.unwrap();
            assert_eq!((again.problems, again.steps), (receipt(0, 0, 1), receipt(0, 0, 1)));
        }
        let kept = store.problem(&id).await.unwrap().unwrap();
        assert_eq!(kept.earlier, []);
        assert_eq!(kept.now, Problem { id, ..expected.clone() });
    }
    // All are closed, and the list knows.
    assert!(
        ids_of_problems(store, ProblemFilter { open: true, ..ProblemFilter::default() }).await.is_empty()
    );
    assert_eq!(ids_of_problems(store, ProblemFilter::default()).await.len(), 5);
}

pub(crate) async fn a_problem_changes_and_its_steps_stay(store: &dyn Store) {
    let first = problem("q", None, &[(ProblemState::Found, "2026-03-01T00:00:00Z")]);
    let kept = store.keep_problems(std::slice::from_ref(&first), "a", at(NOW)).await.unwrap();
    assert_eq!((kept.problems, kept.steps), (receipt(1, 0, 0), receipt(1, 0, 0)));
    let other = Problem {
        chief: Some("c1".to_owned()),
        kind: ProblemKind::DryOutflow,
        supervised: true,
        ..problem("q", None, &[(ProblemState::Reported, "2026-03-01T01:00:00Z")])
    };
    let kept = store.keep_problems(std::slice::from_ref(&other), "b", at(NOW)).await.unwrap();
    assert_eq!((kept.problems, kept.steps), (receipt(0, 1, 0), receipt(1, 0, 0)));
    let steps: Vec<ProblemStep> = first.steps.iter().chain(&other.steps).cloned().collect();
    let found = store.problem("q").await.unwrap().unwrap();
    assert_eq!(found.now, Problem { steps, ..other });
    let earlier: Vec<_> = found.earlier.into_iter().map(|e| (e.record, e.replaced_at, e.source)).collect();
    assert_eq!(earlier, [(Problem { steps: Vec::new(), ..first }, at(NOW), "b".to_owned())]);
    // A step under a known key changes nothing, whatever else it says.
    let reworded = ProblemStep { note: "另".to_owned(), to: "村".to_owned(), ..found.now.steps[0].clone() };
    let again = store.keep_problem_steps("q", &[reworded]).await.unwrap();
    assert_eq!(again.steps, receipt(0, 0, 1));
    assert_eq!(store.problem("q").await.unwrap().unwrap().now, found.now);
}

pub(crate) async fn problems_are_listed_by_time_chief_and_openness(store: &dyn Store) {
    use ProblemState::{Closed, Found, Handled, Returned, Reviewed};
    let closed = [
        (Found, "2026-03-01T00:00:00Z"),
        (Handled, "2026-03-02T00:00:00Z"),
        (Reviewed, "2026-03-03T00:00:00Z"),
        (Closed, "2026-03-04T00:00:00Z"),
    ];
    let all = [
        problem("open", Some("c1"), &[(Found, "2026-03-05T00:00:00Z")]),
        problem("closed", Some("c1"), &closed),
        problem("again", None, &[&closed[..], &[(Returned, "2026-03-06T00:00:00Z")]].concat()),
        problem("bare", Some("c2"), &[]),
    ];
    store.keep_problems(&all, "", at(NOW)).await.unwrap();
    let none = ProblemFilter::default;
    assert_eq!(ids_of_problems(store, none()).await, ["bare", "again", "closed", "open"]);
    assert_eq!(
        ids_of_problems(store, ProblemFilter { open: true, ..none() }).await,
        ["bare", "again", "open"]
    );
    let chief = ProblemFilter { chief: Some("c1".to_owned()), ..none() };
    assert_eq!(ids_of_problems(store, chief).await, ["closed", "open"]);
    let check = async |after: &str, until: &str, expected: &[&str]| {
        let filter = ProblemFilter { after: Some(at(after)), until: Some(at(until)), ..none() };
        assert_eq!(ids_of_problems(store, filter).await, expected, "{after} to {until}");
    };
    check("2026-03-03T23:59:59Z", "2026-03-04T23:59:59Z", &["bare", "again", "closed"]).await;
    check("2026-03-04T00:00:00Z", "2026-03-05T00:00:00Z", &["bare", "again", "open"]).await;
    check("2026-02-01T00:00:00Z", "2026-02-02T00:00:00Z", &["bare"]).await;
}

pub(crate) async fn a_step_of_an_unknown_problem_is_refused(store: &dyn Store) {
    let one = [step(ProblemState::Found, "2026-03-01T00:00:00Z")];
    let error = store.keep_problem_steps("q", &one).await.unwrap_err();
    assert!(matches!(&error, StoreError::NoSuchProblem(id) if id == "q"), "{error}");
    assert_eq!(store.problem("q").await.unwrap(), None);
    store.keep_problems(&[problem("q", None, &[])], "", at(NOW)).await.unwrap();
    assert_eq!(store.keep_problem_steps("q", &one).await.unwrap().steps, receipt(1, 0, 0));
}
