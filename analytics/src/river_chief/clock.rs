//! Where a problem stands against its deadline at an instant. Steps after the instant are not known yet.

use chrono::NaiveDate;
use lanbi_model::{Instant, Problem, ProblemCourse, ProblemStep, ProblemTerms, Zone};

use super::duty::Due;

/// Where a problem stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ProblemStanding {
    /// Open, its deadline ahead or not set.
    Open,
    /// Open beyond its deadline.
    Overdue,
    /// 按期销号.
    ClosedInTime,
    /// 逾期销号.
    ClosedLate,
}

impl ProblemStanding {
    /// Whether something is left to do.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Open | Self::Overdue)
    }
}

/// A problem at an instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProblemClock {
    /// Where it stands.
    pub standing: ProblemStanding,
    /// What its steps up to the instant come to.
    pub course: ProblemCourse,
    /// Until when it is or was to be closed; none before anybody was told to act.
    pub deadline: Option<Instant>,
}

/// A problem at an instant; none where it was not known then.
#[must_use]
pub fn problem_clock(problem: &Problem, terms: &ProblemTerms, at: Instant) -> Option<ProblemClock> {
    let known: Vec<ProblemStep> = problem.steps.iter().filter(|step| step.at <= at).cloned().collect();
    if known.is_empty() {
        return None;
    }
    let course = ProblemCourse::of(&known);
    let deadline = course.deadline(problem.urgency, terms);
    let standing = match (course.is_open(), course.is_overdue(problem.urgency, terms, at)) {
        (true, false) => ProblemStanding::Open,
        (true, true) => ProblemStanding::Overdue,
        (false, false) => ProblemStanding::ClosedInTime,
        (false, true) => ProblemStanding::ClosedLate,
    };
    Some(ProblemClock { standing, course, deadline })
}

impl ProblemClock {
    /// What an open problem is on the sheet of a day: by the day of its deadline, and overdue also within the day once `now` has
    /// passed it. None for one that is closed.
    #[must_use]
    pub fn due_on(&self, day: NaiveDate, zone: Zone, now: Instant) -> Option<Due> {
        if !self.standing.is_open() {
            return None;
        }
        let Some(deadline) = self.deadline else { return Some(Due::Later) };
        let last = zone.day_of(deadline);
        let is_past = last < day || (zone.day_of(now) == day && deadline < now);
        Some(if is_past {
            Due::Overdue
        } else if last == day {
            Due::Today
        } else {
            Due::Later
        })
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use lanbi_model::{ProblemKind, ProblemState, ProblemUrgency};

    use super::*;

    const TERMS: ProblemTerms = ProblemTerms {
        immediate: TimeDelta::hours(24),
        ordinary: TimeDelta::days(7),
        complex: TimeDelta::days(30),
    };

    fn at(text: &str) -> Instant {
        Zone::shanghai().to_instant(format!("2026-10-{text}:00").parse().unwrap())
    }

    /// Steps such as `found 01T08:00`.
    fn problem(steps: &[&str]) -> Problem {
        let step = |text: &&str| {
            let (state, time) = text.split_once(' ').unwrap();
            ProblemStep {
                at: at(time),
                state: ProblemState::parse(state).unwrap(),
                by: "b".to_owned(),
                to: String::new(),
                note: String::new(),
            }
        };
        Problem {
            id: "1".to_owned(),
            chief: None,
            water: String::new(),
            place: String::new(),
            kind: ProblemKind::Silt,
            urgency: ProblemUrgency::Immediate,
            supervised: false,
            source: String::new(),
            steps: steps.iter().map(step).collect(),
        }
    }

    const ASSIGNED: [&str; 2] = ["found 01T08:00", "assigned 01T09:00"];
    const CLOSED: [&str; 5] =
        ["found 01T08:00", "assigned 01T09:00", "handled 01T10:00", "reviewed 01T11:00", "closed 02T09:00"];

    #[test]
    fn a_problem_stands_by_what_was_known_at_the_instant() {
        let check = |steps: &[&str], now: &str, expected: Option<ProblemStanding>| {
            let clock = problem_clock(&problem(steps), &TERMS, at(now));
            assert_eq!(clock.map(|clock| clock.standing), expected, "{steps:?} at {now}");
        };
        check(&ASSIGNED, "01T07:59", None);
        check(&ASSIGNED, "01T08:00", Some(ProblemStanding::Open));
        check(&ASSIGNED, "02T09:00", Some(ProblemStanding::Open));
        check(&ASSIGNED, "02T09:01", Some(ProblemStanding::Overdue));
        check(&CLOSED, "02T08:59", Some(ProblemStanding::Open));
        check(&CLOSED, "02T09:00", Some(ProblemStanding::ClosedInTime));
        let mut late = CLOSED;
        late[4] = "closed 02T09:01";
        check(&late, "02T09:00", Some(ProblemStanding::Open));
        check(&late, "20T09:00", Some(ProblemStanding::ClosedLate));
    }

    #[test]
    fn on_a_sheet_the_day_of_the_deadline_decides_and_within_it_the_hour() {
        let check = |steps: &[&str], day: &str, now: &str, expected: Option<Due>| {
            let clock = problem_clock(&problem(steps), &TERMS, at(now)).unwrap();
            let due = clock.due_on(format!("2026-10-{day}").parse().unwrap(), Zone::shanghai(), at(now));
            assert_eq!(due, expected, "{day} {now}");
        };
        check(&ASSIGNED, "01", "01T20:00", Some(Due::Later));
        check(&ASSIGNED, "02", "02T07:00", Some(Due::Today));
        check(&ASSIGNED, "02", "02T09:01", Some(Due::Overdue));
        // The sheet of the 2nd, made when the day is over.
        check(&ASSIGNED, "02", "03T00:00", Some(Due::Today));
        check(&ASSIGNED, "03", "03T00:00", Some(Due::Overdue));
        check(&ASSIGNED[..1], "20", "20T00:00", Some(Due::Later));
        check(&CLOSED, "03", "03T00:00", None);
    }
}
