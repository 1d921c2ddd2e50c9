//! Patrols and problems of the fictional river chiefs: a history in which most is done, and a last week that holds every state, so
//! that the sheets and the month have something to say. Dates follow from the period, chance from the seed.

use chrono::{Datelike, Days, NaiveDate, TimeDelta, Weekday};
use lanbi_model::{
    Decimal, Instant, Patrol, Problem, ProblemKind, ProblemState, ProblemStep, ProblemUrgency, Zone,
};

use super::noise::Noise;
use super::sites::CHIEFS;

/// Least minutes of a patrol of the villages' chiefs.
pub(super) const WALK_MINUTES: u32 = 10;

/// Streams of the seed.
const PATROLS: u64 = 900;
const PROBLEMS: u64 = 901;

/// Who records, assigns and cleans.
const SOURCE: &str = "示例巡河记录";
const GRID: &str = "示例网格员";
const OFFICE: &str = "示例河长办";
const CLEANER: &str = "示例保洁公司";
const WORKS: &str = "示例水务所";

/// The list of reaches that the demonstration writes into its folder.
pub(crate) const REACHES: &str = "reach,town,length_km,section,state
示例河上段,示例西街,6.7,sec-01,
示例河下段,示例西街,5.4,sec-02,
示例湖,示例西街,1.5,sec-07,
示例排水河上段,示例东镇,9.6,sec-03,
示例排水河下段,示例东镇,2.1,sec-04,
示例新河上段,示例南镇,1.2,sec-05,dry
示例新河下段,示例南镇,4.8,sec-06,
";

/// What chiefs and their people have put down.
pub(crate) struct Records {
    pub(crate) patrols: Vec<Patrol>,
    pub(crate) problems: Vec<Problem>,
}

/// The records of a period.
pub(crate) fn records(seed: u64, first: NaiveDate, last: NaiveDate) -> Records {
    let mut problems = history(seed, first, last);
    problems.extend(last_week(last));
    Records { patrols: patrols(seed, first, last), problems }
}

/// The district's chief walks on the 15th of each month, the town's in the west every Saturday; the one in the east has not for two
/// weeks; the first village's has every day up to yesterday, and the second's leaves out days and hurries on Sundays.
fn patrols(seed: u64, first: NaiveDate, last: NaiveDate) -> Vec<Patrol> {
    let mut noise = Noise::new(seed, PATROLS);
    let ago = |day: NaiveDate| (last - day).num_days();
    let mut all = Vec::new();
    for day in first.iter_days().take_while(|day| *day <= last) {
        let (is_saturday, is_sunday) = (day.weekday() == Weekday::Sat, day.weekday() == Weekday::Sun);
        for (id, _, _, _, waters) in &CHIEFS {
            let walks = match *id {
                "chief-district" => day.day() == 15,
                "chief-town-east" => is_saturday && ago(day) >= 14,
                "chief-town-west" => is_saturday,
                "chief-village-1" => ago(day) >= 1,
                _ => !noise.chance(0.2),
            };
            if !walks {
                continue;
            }
            let minutes = if *id == "chief-village-2" && is_sunday { 6 } else { 25 + noise.whole(40) };
            let started = at(day, 8, 0) + TimeDelta::minutes(noise.whole(90).into());
            let place = usize::try_from(noise.whole(u32::try_from(waters.len()).unwrap_or(1))).unwrap_or(0);
            all.push(Patrol {
                id: format!("X-{id}-{day}"),
                chief: (*id).to_owned(),
                water: waters.get(place).copied().unwrap_or_default().to_owned(),
                started,
                ended: started + TimeDelta::minutes(minutes.into()),
                length_m: Some(Decimal::from(minutes * 55)),
                source: SOURCE.to_owned(),
                note: String::new(),
            });
        }
    }
    all
}

/// What the problems of the past were about, where and whose.
const PAST: [(ProblemKind, &str, &str, &str); 6] = [
    (ProblemKind::Floating, "示例排水河", "泵站前池", "chief-town-east"),
    (ProblemKind::BankRubbish, "示例河", "滨河路桥下", "chief-town-west"),
    (ProblemKind::Sign, "示例新河", "大桥西侧", "chief-village-1"),
    (ProblemKind::Weed, "示例湖", "北岸", "chief-town-west"),
    (ProblemKind::Fishing, "示例河", "上游断面附近", "chief-town-west"),
    (ProblemKind::Dumping, "示例东沟", "村口", "chief-village-2"),
];

/// A problem a week, closed within its time but for one in eight.
fn history(seed: u64, first: NaiveDate, last: NaiveDate) -> Vec<Problem> {
    let mut noise = Noise::new(seed, PROBLEMS);
    let weeks = first.iter_days().step_by(7).take_while(|day| (last - *day).num_days() > 20);
    let problem = |(number, day): (usize, NaiveDate)| {
        let kind = usize::try_from(noise.whole(6)).unwrap_or(0);
        let (kind, water, place, chief) = PAST[kind % PAST.len()];
        let found = at(day, 9, 0) + TimeDelta::minutes(noise.whole(300).into());
        let hours = if noise.chance(0.125) { 30 + noise.whole(40) } else { 3 + noise.whole(18) };
        let closed = found + TimeDelta::hours(1) + TimeDelta::hours(hours.into());
        let steps = [
            (ProblemState::Found, found, GRID, ""),
            (ProblemState::Assigned, found + TimeDelta::hours(1), OFFICE, CLEANER),
            (ProblemState::Handled, closed - TimeDelta::minutes(40), CLEANER, ""),
            (ProblemState::Reviewed, closed - TimeDelta::minutes(10), OFFICE, ""),
            (ProblemState::Closed, closed, OFFICE, ""),
        ];
        let id = format!("W-{:03}", number + 1);
        made(id, kind, ProblemUrgency::Immediate, [chief, water, place], &steps)
    };
    weeks.enumerate().map(problem).collect()
}

/// One problem in each state: overdue, due on the last day, returned, with time left, not assigned, reopened, closed in time, closed
/// late.
fn last_week(last: NaiveDate) -> Vec<Problem> {
    use ProblemState::{Assigned, Closed, Found, Handled, Reported, Returned, Reviewed};
    use ProblemUrgency::{Complex, Immediate, Ordinary};
    let back = |days: u64, hour: u32, minute: u32| {
        at(last.checked_sub_days(Days::new(days)).unwrap_or(last), hour, minute)
    };
    let east = "chief-town-east";
    let two = "chief-village-2";
    let problem = |number: u32, kind, urgency, place, steps: &[(ProblemState, Instant, &str, &str)]| {
        made(format!("W-9{number:02}"), kind, urgency, place, steps)
    };
    vec![
        problem(
            1,
            ProblemKind::BankRubbish,
            Immediate,
            [east, "示例排水河", "泵站下游左岸"],
            &[(Found, back(4, 8, 20), GRID, ""), (Assigned, back(4, 9, 0), OFFICE, CLEANER)],
        ),
        problem(
            2,
            ProblemKind::Dumping,
            Ordinary,
            [two, "示例西沟", "西沟中段北侧"],
            &[(Found, back(7, 15, 0), GRID, ""), (Assigned, back(7, 16, 0), OFFICE, "示例二村")],
        ),
        problem(
            3,
            ProblemKind::DryOutflow,
            Ordinary,
            [east, "示例排水河", "产业园雨洪口"],
            &[
                (Found, back(6, 10, 0), GRID, ""),
                (Assigned, back(6, 11, 0), OFFICE, WORKS),
                (Handled, back(3, 15, 0), WORKS, ""),
                (Returned, back(2, 9, 30), OFFICE, ""),
            ],
        ),
        problem(
            4,
            ProblemKind::Bank,
            Complex,
            ["chief-town-west", "示例河", "二号闸护坡"],
            &[(Reported, back(9, 10, 0), "示例热线", OFFICE), (Assigned, back(8, 9, 0), OFFICE, WORKS)],
        ),
        problem(
            5,
            ProblemKind::Sign,
            Ordinary,
            ["chief-village-1", "示例村沟", "村沟入口"],
            &[(Found, back(0, 17, 10), "示例一村河长", "")],
        ),
        problem(
            6,
            ProblemKind::BlackOdor,
            Ordinary,
            [two, "示例西沟", "西沟末端"],
            &[
                (Found, back(40, 9, 0), GRID, ""),
                (Assigned, back(40, 10, 0), OFFICE, WORKS),
                (Handled, back(36, 10, 0), WORKS, ""),
                (Reviewed, back(35, 10, 0), OFFICE, ""),
                (Closed, back(35, 11, 0), OFFICE, ""),
                (Found, back(5, 8, 0), GRID, ""),
                (Assigned, back(5, 9, 0), OFFICE, WORKS),
            ],
        ),
        problem(
            7,
            ProblemKind::Floating,
            Immediate,
            ["chief-town-west", "示例湖", "示例湖东岸"],
            &[
                (Found, back(3, 8, 0), GRID, ""),
                (Assigned, back(3, 8, 30), OFFICE, CLEANER),
                (Handled, back(3, 15, 0), CLEANER, ""),
                (Reviewed, back(3, 16, 0), OFFICE, ""),
                (Closed, back(3, 16, 10), OFFICE, ""),
            ],
        ),
        problem(
            8,
            ProblemKind::Fishing,
            Immediate,
            ["chief-village-1", "示例新河", "大桥断面附近"],
            &[
                (Found, back(6, 8, 0), GRID, ""),
                (Assigned, back(6, 9, 0), OFFICE, "示例一村"),
                (Handled, back(4, 10, 0), "示例一村", ""),
                (Reviewed, back(4, 16, 0), OFFICE, ""),
                (Closed, back(4, 17, 0), OFFICE, ""),
            ],
        ),
    ]
}

fn at(day: NaiveDate, hour: u32, minute: u32) -> Instant {
    Zone::shanghai().start_of(day) + TimeDelta::minutes((hour * 60 + minute).into())
}

/// A problem with its chief, water and place; a returned one is watched from above.
fn made(
    id: String,
    kind: ProblemKind,
    urgency: ProblemUrgency,
    [chief, water, place]: [&str; 3],
    steps: &[(ProblemState, Instant, &str, &str)],
) -> Problem {
    Problem {
        id,
        chief: Some(chief.to_owned()),
        water: water.to_owned(),
        place: place.to_owned(),
        kind,
        urgency,
        supervised: steps.last().is_some_and(|(state, ..)| *state == ProblemState::Returned),
        source: SOURCE.to_owned(),
        steps: steps
            .iter()
            .map(|(state, at, by, to)| ProblemStep {
                at: *at,
                state: *state,
                by: (*by).to_owned(),
                to: (*to).to_owned(),
                note: String::new(),
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use lanbi_analytics::river_chief::{Due, ProblemStanding, patrol_duty, problem_clock};
    use lanbi_config::Settings;

    use super::super::district::registry;
    use super::*;

    const FIRST: &str = "2025-10-01";
    const LAST: &str = "2026-10-31";

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn the_last_day_holds_every_state() {
        let settings = Settings::load(None, &[]).unwrap().river_chief;
        let (zone, last) = (Zone::shanghai(), date(LAST));
        let records = records(7, date(FIRST), last);
        let at = zone.end_of(last);
        let terms = settings.problem_terms();
        let clocks: Vec<_> = records.problems.iter().filter_map(|p| problem_clock(p, &terms, at)).collect();
        assert_eq!(clocks.len(), records.problems.len(), "all are known by then");
        let count = |standing| clocks.iter().filter(|clock| clock.standing == standing).count();
        for standing in [ProblemStanding::Open, ProblemStanding::ClosedInTime, ProblemStanding::ClosedLate] {
            assert!(count(standing) > 1, "{standing:?}");
        }
        let due = |due| clocks.iter().filter(|clock| clock.due_on(last, zone, at) == Some(due)).count();
        assert_eq!((due(Due::Overdue), due(Due::Today), due(Due::Later)), (1, 1, 4));
        assert!(clocks.iter().all(|clock| clock.course.out_of_turn().is_empty()), "steps follow each other");
        assert!(clocks.iter().any(|clock| clock.course.state() == Some(ProblemState::Returned)));
        assert!(clocks.iter().any(|clock| clock.course.reopened() > 0 && clock.standing.is_open()));
        assert!(clocks.iter().any(|clock| clock.deadline.is_none()));
        let of_chief = |id: &str| {
            let registry = registry().unwrap();
            let chief = registry.chiefs().iter().find(|chief| chief.id == id).unwrap();
            let own: Vec<Patrol> = records.patrols.iter().filter(|p| p.chief == id).cloned().collect();
            patrol_duty(&settings.patrol_rule(chief), &own, zone, last)
        };
        assert_eq!(of_chief("chief-town-east").due, Due::Overdue);
        assert_eq!(of_chief("chief-village-1").due, Due::Today);
        assert_eq!(of_chief("chief-district").due, Due::Later);
    }

    #[test]
    fn records_are_those_of_the_seed_and_of_people_who_are_made_up() {
        let [one, same, other] = [7, 7, 8].map(|seed| records(seed, date(FIRST), date(LAST)));
        assert_eq!((one.patrols.len(), &one.problems), (same.patrols.len(), &same.problems));
        assert_eq!(one.patrols, same.patrols);
        assert_ne!(one.patrols, other.patrols);
        let registry = registry().unwrap();
        for patrol in &one.patrols {
            let chief = registry.chiefs().iter().find(|chief| chief.id == patrol.chief).unwrap();
            assert!(chief.waters.contains(&patrol.water), "{patrol:?}");
        }
        for problem in &one.problems {
            assert!(problem.water.contains("示例"), "{problem:?}");
            for step in &problem.steps {
                assert!(
                    step.by.contains("示例") && (step.to.is_empty() || step.to.contains("示例")),
                    "{step:?}"
                );
            }
        }
    }
}
