//! Waters that come on the list, improve, last and slip back.

use lanbi_model::decimal::round_half_even;

use super::super::test_law::{dec, elimination};
use super::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Events such as `2020-01-31 light`, `2020-05-01 asked 100 90`.
fn events(text: &str) -> Vec<DatedEvent> {
    let event = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let date = day(words[0]);
        let number = |place: usize| words[place].parse().unwrap();
        let monitored = |level, third_party| RosterEvent::Monitored {
            from: date - chrono::TimeDelta::days(6),
            level,
            third_party,
        };
        let event = match words[1] {
            "light" => monitored(OdorLevel::Light, false),
            "clear" => monitored(OdorLevel::None, true),
            "own-clear" => monitored(OdorLevel::None, false),
            "start" => RosterEvent::WorksStarted,
            "done" => RosterEvent::WorksDone,
            "tidy" => RosterEvent::Inspected { in_order: true },
            "dirty" => RosterEvent::Inspected { in_order: false },
            "asked" => RosterEvent::Satisfaction { valid: number(2), satisfied: number(3) },
            "called" => RosterEvent::Recognition { valid: number(2), foul: number(3) },
            _ => RosterEvent::Mechanism,
        };
        DatedEvent { day: date, event }
    };
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(event).collect()
}

const IMPROVED: &str = "2020-01-31 light
    2020-03-01 start
    2020-06-01 done
    2020-06-02 tidy
    2020-06-10 clear
    2020-06-20 asked 100 90";

/// Clear periods every fourteen days, the first given.
fn clear_until(first: &str, last: &str) -> String {
    let dates = day(first).iter_days().step_by(14).take_while(|date| *date <= day(last));
    dates.map(|date| format!("{date} clear\n")).collect()
}

fn check(text: &str, state: RosterState, lacking: &[Lack]) -> Standing {
    let found = standing(&elimination(), &events(text));
    assert_eq!((found.state, found.lacking.as_slice()), (state, lacking), "{text}");
    found
}

#[test]
fn a_water_is_listed_by_monitoring_or_by_the_people() {
    use RosterState::{Listed, Unlisted};
    check("", Unlisted, &[]);
    check("2020-01-31 clear", Unlisted, &[]);
    check("2020-01-31 light", Listed, &[Lack::WorksStarted]);
    check("2020-01-31 called 100 60", Unlisted, &[]);
    check("2020-01-31 called 100 61", Listed, &[Lack::WorksStarted]);
    check("2020-01-31 called 99 99", Unlisted, &[]);
}

#[test]
fn improvement_needs_each_of_its_proofs() {
    use RosterState::{Improved, InTreatment};
    let found = check(IMPROVED, Improved, &[Lack::ClearMonths, Lack::Mechanism]);
    let last = found.transitions.last().unwrap();
    assert_eq!((last.day, last.grounds.len()), (day("2020-06-20"), 4));
    let days: Vec<NaiveDate> = last.grounds.iter().map(|ground| ground.day).collect();
    assert_eq!(days, ["2020-06-01", "2020-06-02", "2020-06-10", "2020-06-20"].map(day));
    let without = |from: &str, to: &str, lack: Lack| {
        assert!(IMPROVED.contains(from));
        check(&IMPROVED.replace(from, to), InTreatment, &[lack]);
    };
    without("2020-06-02 tidy", "2020-06-02 dirty", Lack::Inspection);
    without("2020-06-10 clear", "2020-06-10 own-clear", Lack::ClearMonitoring);
    without("2020-06-10 clear", "2020-05-10 clear", Lack::ClearMonitoring);
    without("100 90", "100 89", Lack::Satisfaction);
    without("100 90", "99 99", Lack::Satisfaction);
    check(
        "2020-01-31 light\n2020-03-01 start",
        InTreatment,
        &[Lack::WorksDone, Lack::Inspection, Lack::ClearMonitoring, Lack::Satisfaction],
    );
    // The order of the file says nothing.
    let mut shuffled = events(IMPROVED);
    shuffled.reverse();
    assert_eq!(standing(&elimination(), &shuffled), standing(&elimination(), &events(IMPROVED)));
}

#[test]
fn half_a_year_of_unbroken_monitoring_makes_it_last() {
    use RosterState::{Improved, LastingClear};
    let with = |periods: &str, more: &str| format!("{IMPROVED}\n{periods}\n{more}");
    // Improved on 20 June: six months end on 20 December.
    let enough = clear_until("2020-06-24", "2020-12-23");
    let found = check(&with(&enough, "2020-09-01 mechanism"), LastingClear, &[]);
    assert_eq!(found.transitions.last().unwrap().day, day("2020-12-23"));
    check(
        &with(&clear_until("2020-06-24", "2020-12-19"), "2020-09-01 mechanism"),
        Improved,
        &[Lack::ClearMonths],
    );
    check(&with(&enough, ""), Improved, &[Lack::Mechanism]);
    // A month without monitoring begins the count anew.
    let broken: String =
        enough.lines().filter(|line| !line.starts_with("2020-09")).map(|line| format!("{line}\n")).collect();
    check(&with(&broken, "2020-09-01 mechanism"), Improved, &[Lack::ClearMonths]);
    check(&with(&enough, "2020-09-01 mechanism\n2020-10-01 asked 200 150"), Improved, &[Lack::Satisfaction]);
}

#[test]
fn a_light_period_sends_an_improved_water_back_to_the_start() {
    use RosterState::{Improved, InTreatment, Relapsed};
    let back = format!("{IMPROVED}\n2020-07-31 light");
    let found = check(&back, Relapsed, &[Lack::WorksStarted]);
    let states: Vec<RosterState> = found.transitions.iter().map(|t| t.to).collect();
    assert_eq!(states, [RosterState::Listed, InTreatment, Improved, Relapsed]);
    assert_eq!(found.transitions[3].grounds[0].day, day("2020-07-31"));
    // The proofs of the first time no longer count.
    let again = format!("{back}\n2020-08-01 start\n2020-09-01 done\n2020-09-20 clear");
    check(&again, InTreatment, &[Lack::Inspection, Lack::Satisfaction]);
    check(
        &format!("{again}\n2020-09-21 tidy\n2020-09-22 asked 120 120"),
        Improved,
        &[Lack::ClearMonths, Lack::Mechanism],
    );
    // A water in treatment is expected to be light.
    check(
        "2020-01-31 light\n2020-03-01 start\n2020-04-01 light\n2020-05-01 done",
        InTreatment,
        &[Lack::Inspection, Lack::ClearMonitoring, Lack::Satisfaction],
    );
}

/// The district's figure of 2019: 7 of 11 ditches, 64 % against a target of 40 %.
#[test]
fn completion_is_compared_with_its_target() {
    use RosterState::{Improved, InTreatment, LastingClear, Relapsed, Unlisted};
    let states =
        [[Improved; 4].as_slice(), &[LastingClear; 3], &[InTreatment; 3], &[Relapsed], &[Unlisted; 5]]
            .concat();
    let completion = Completion::of(states);
    assert_eq!((completion.done, completion.listed), (7, 11));
    assert_eq!(completion.percent().map(|p| round_half_even(p, 0)), Some(dec("64")));
    assert_eq!((completion.meets(dec("40")), completion.meets(dec("64"))), (Some(true), Some(false)));
    let none = Completion::of([Unlisted]);
    assert_eq!((none.percent(), none.meets(dec("40"))), (None, None));
}
