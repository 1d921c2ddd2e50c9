//! The way of a problem: 发现, 上报, 交办, 处置, 复核, 销号, with 退回 and 转办. Steps may be known late and in any order; what
//! they come to depends on their times alone.

use crate::{Instant, ProblemTerms, ProblemUrgency};

/// What a step makes of a problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ProblemState {
    /// 发现.
    Found,
    /// 上报.
    Reported,
    /// 交办.
    Assigned,
    /// 转办: given to another one than before.
    Transferred,
    /// 处置.
    Handled,
    /// 复核.
    Reviewed,
    /// 退回: not accepted, not one's own, or not done well enough.
    Returned,
    /// 销号.
    Closed,
}

impl ProblemState {
    /// All states. Where steps stand under one instant, the one named first here and able to follow is taken first.
    pub const ALL: [Self; 8] = [
        Self::Found,
        Self::Reported,
        Self::Assigned,
        Self::Transferred,
        Self::Handled,
        Self::Reviewed,
        Self::Returned,
        Self::Closed,
    ];

    /// Stable key for files and the store.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Found => "found",
            Self::Reported => "reported",
            Self::Assigned => "assigned",
            Self::Transferred => "transferred",
            Self::Handled => "handled",
            Self::Reviewed => "reviewed",
            Self::Returned => "returned",
            Self::Closed => "closed",
        }
    }

    /// Word in reports.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Found => "发现",
            Self::Reported => "上报",
            Self::Assigned => "交办",
            Self::Transferred => "转办",
            Self::Handled => "处置",
            Self::Reviewed => "复核",
            Self::Returned => "退回",
            Self::Closed => "销号",
        }
    }

    /// Reads a key or a Chinese word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.key() == text || state.zh() == text)
    }

    /// The steps that may follow a state; none stands for a problem without steps.
    ///
    /// A problem begins by being found, or reported by whoever called. What a chief can put right on the spot is handled at
    /// once. Nothing is closed without a review (复核), and closed stays closed (不解决不销号) until it is found again, or
    /// returned by whoever looked again: both open it anew.
    #[must_use]
    pub const fn successors(state: Option<Self>) -> &'static [Self] {
        use ProblemState::{Assigned, Closed, Found, Handled, Reported, Returned, Reviewed, Transferred};
        match state {
            None => &[Found, Reported],
            Some(Found) => &[Reported, Assigned, Handled],
            Some(Reported) => &[Assigned, Transferred, Handled, Returned],
            Some(Assigned | Transferred) => &[Assigned, Transferred, Handled, Returned],
            Some(Handled) => &[Reviewed, Returned],
            Some(Reviewed) => &[Returned, Closed],
            Some(Returned) => &[Reported, Assigned, Transferred, Handled],
            Some(Closed) => &[Found, Returned],
        }
    }

    /// Whether this step may follow a state; none stands for a problem without steps.
    #[must_use]
    pub fn may_follow(self, state: Option<Self>) -> bool {
        Self::successors(state).contains(&self)
    }
}

/// One step. The key within its problem is (`state`, `at`, `by`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ProblemStep {
    /// When it was taken.
    pub at: Instant,
    /// What it makes of the problem.
    pub state: ProblemState,
    /// Who took it.
    pub by: String,
    /// To whom it gives the problem; empty where it says nothing about that.
    pub to: String,
    /// Remark.
    pub note: String,
}

impl ProblemStep {
    /// Whether another step stands under the same key.
    #[must_use]
    pub fn is_repeat_of(&self, other: &Self) -> bool {
        (self.at, self.state, &self.by) == (other.at, other.state, &other.by)
    }
}

/// Steps in the order in which they count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProblemCourse {
    taken: Vec<ProblemStep>,
    out_of_turn: Vec<ProblemStep>,
}

impl ProblemCourse {
    /// Puts steps in order: by time, and where several stand under one instant, as they can follow each other. What could
    /// not follow does not count and is named by [`ProblemCourse::out_of_turn`]. The order given does not matter.
    #[must_use]
    pub fn of(steps: &[ProblemStep]) -> Self {
        let mut sorted = steps.to_vec();
        sorted.sort();
        let mut course = Self::default();
        for group in sorted.chunk_by(|a, b| a.at == b.at) {
            let mut left = group.to_vec();
            while let Some(next) = left.iter().position(|step| step.state.may_follow(course.state())) {
                course.taken.push(left.remove(next));
            }
            course.out_of_turn.append(&mut left);
        }
        course
    }

    /// The steps that count, in order.
    #[must_use]
    pub fn taken(&self) -> &[ProblemStep] {
        &self.taken
    }

    /// Steps that could not follow what stood before them, in order.
    #[must_use]
    pub fn out_of_turn(&self) -> &[ProblemStep] {
        &self.out_of_turn
    }

    /// The state now; none where no step counts.
    #[must_use]
    pub fn state(&self) -> Option<ProblemState> {
        self.taken.last().map(|step| step.state)
    }

    /// Since when the state holds.
    #[must_use]
    pub fn since(&self) -> Option<Instant> {
        self.taken.last().map(|step| step.at)
    }

    /// Whether something is left to do: every problem that is not closed is open, also one without steps.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.state() != Some(ProblemState::Closed)
    }

    /// When it was closed; none while it is open.
    #[must_use]
    pub fn closed_at(&self) -> Option<Instant> {
        if self.is_open() { None } else { self.since() }
    }

    /// When it was first found or reported.
    #[must_use]
    pub fn opened_at(&self) -> Option<Instant> {
        self.taken.first().map(|step| step.at)
    }

    /// How often it was opened again after it had been closed.
    #[must_use]
    pub fn reopened(&self) -> usize {
        self.taken.windows(2).filter(|pair| matches!(pair, [before, _] if is_closed(before))).count()
    }

    /// Who has it: the one it was last given to, or else the one who took the first step. A 退回 that names nobody gives it
    /// back to whoever had given it, when the one who has it returns it; when another returns it, it stays where it is to be
    /// done better. None when closed.
    #[must_use]
    pub fn holder(&self) -> Option<&str> {
        let mut has_and_gave: Option<(&str, &str)> = None;
        for step in &self.taken {
            let (by, to) = (step.by.as_str(), step.to.as_str());
            has_and_gave = Some(match (has_and_gave, step.state) {
                (_, _) if !to.is_empty() => (to, by),
                (Some((has, gave)), ProblemState::Returned) if has == by => (gave, gave),
                (Some(kept), _) => kept,
                (None, _) => (by, by),
            });
        }
        has_and_gave.filter(|_| self.is_open()).map(|(has, _)| has)
    }

    /// From when the time allowed runs: the first 交办 or 转办 since the problem was opened, or the 退回 that opened it
    /// again. Neither a later 交办 nor a 转办 or 退回 stops or restarts it. None before anybody was told to act.
    #[must_use]
    pub fn assigned_at(&self) -> Option<Instant> {
        let last = self.taken.len().checked_sub(1)?;
        let closed_before = self.taken.get(..last)?.iter().rposition(is_closed);
        let round = self.taken.get(closed_before.map_or(0, |place| place + 1)..)?;
        let starts = |(place, step): &(usize, &ProblemStep)| match step.state {
            ProblemState::Assigned | ProblemState::Transferred => true,
            ProblemState::Returned => closed_before.is_some() && *place == 0,
            _ => false,
        };
        round.iter().enumerate().find(starts).map(|(_, step)| step.at)
    }

    /// Until when it is to be closed; none before anybody was told to act.
    #[must_use]
    pub fn deadline(&self, urgency: ProblemUrgency, terms: &ProblemTerms) -> Option<Instant> {
        self.assigned_at()?.checked_add_signed(terms.of(urgency))
    }

    /// Whether the deadline has passed at `now` with the problem open, or had passed when it was closed. A problem is in
    /// time on the deadline itself.
    #[must_use]
    pub fn is_overdue(&self, urgency: ProblemUrgency, terms: &ProblemTerms, now: Instant) -> bool {
        let ended = self.closed_at().unwrap_or(now);
        self.deadline(urgency, terms).is_some_and(|deadline| ended > deadline)
    }
}

fn is_closed(step: &ProblemStep) -> bool {
    step.state == ProblemState::Closed
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    const TERMS: ProblemTerms = ProblemTerms {
        immediate: TimeDelta::hours(24),
        ordinary: TimeDelta::days(7),
        complex: TimeDelta::days(30),
    };

    fn hour(hour: i64) -> Instant {
        Instant::UNIX_EPOCH + TimeDelta::hours(hour)
    }

    /// Reads `found@0 by finder, assigned@5 by office to cleaner`.
    fn steps(text: &str) -> Vec<ProblemStep> {
        let step = |text: &str| {
            let words: Vec<&str> = text.split_whitespace().collect();
            let (state, at) = words[0].split_once('@').unwrap();
            let after = |word: &str| {
                let place = words.iter().position(|w| *w == word);
                place.map_or("", |place| words[place + 1]).to_owned()
            };
            ProblemStep {
                at: hour(at.parse().unwrap()),
                state: ProblemState::parse(state).unwrap(),
                by: after("by"),
                to: after("to"),
                note: String::new(),
            }
        };
        text.split(", ").map(step).collect()
    }

    #[test]
    fn every_state_is_read_by_key_and_by_word() {
        for state in ProblemState::ALL {
            assert_eq!(ProblemState::parse(state.key()), Some(state));
            assert_eq!(ProblemState::parse(state.zh()), Some(state));
        }
    }

    #[test]
    fn steps_follow_each_other_by_the_rule() {
        let check = |text: &str, state: Option<ProblemState>, out_of_turn: usize| {
            let course = ProblemCourse::of(&steps(text));
            assert_eq!((course.state(), course.out_of_turn().len()), (state, out_of_turn), "{text}");
        };
        let state = ProblemState::parse;
        check("found@0", state("found"), 0);
        check("reported@0", state("reported"), 0);
        check("assigned@0", None, 1);
        check("found@0, reported@1, assigned@2, handled@3, reviewed@4, closed@5", state("closed"), 0);
        check("found@0, handled@1, reviewed@2, closed@3", state("closed"), 0);
        check("found@0, closed@1", state("found"), 1);
        check("found@0, handled@1, closed@2", state("handled"), 1);
        check("found@0, reviewed@1", state("found"), 1);
        check("found@0, transferred@1", state("found"), 1);
        check("reported@0, returned@1, reported@2, assigned@3", state("assigned"), 0);
        check("reported@0, transferred@1, returned@2, assigned@3, handled@4", state("handled"), 0);
        check("found@0, handled@1, returned@2, handled@3, reviewed@4, returned@5", state("returned"), 0);
        check("found@0, handled@1, reviewed@2, closed@3, assigned@4", state("closed"), 1);
        check("found@0, handled@1, reviewed@2, closed@3, found@4", state("found"), 0);
        check("found@0, handled@1, reviewed@2, closed@3, returned@4, handled@5", state("handled"), 0);
    }

    #[test]
    fn steps_of_one_minute_stand_as_they_can_follow() {
        let check = |text: &str, expected: &str| {
            let course = ProblemCourse::of(&steps(text));
            let order: Vec<&str> = course.taken().iter().map(|step| step.state.key()).collect();
            assert_eq!(order.join(" "), expected, "{text}");
            assert_eq!(course.out_of_turn(), [], "{text}");
        };
        check("assigned@0, reported@0, found@0", "found reported assigned");
        check("found@0, handled@1, assigned@2, returned@2", "found handled returned assigned");
        check("closed@0, reviewed@0, handled@0, found@0", "found handled reviewed closed");
    }

    #[test]
    fn the_order_in_which_steps_are_known_does_not_matter() {
        // A plain generator makes up courses, some of them impossible, and shuffles them.
        let mut seed: u64 = 7;
        let mut next = move |below: usize| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(seed >> 33).unwrap() % below
        };
        let (mut closed, mut impossible) = (0, 0);
        for _ in 0..2000 {
            let mut known: Vec<ProblemStep> = (0..next(12))
                .map(|place| {
                    let state = ProblemState::ALL[(place + next(4)) % 8];
                    let (at, by, to) = (next(6), next(3), next(3));
                    steps(&format!("{}@{at} by p{by} to q{to}", state.key())).remove(0)
                })
                .collect();
            let expected = ProblemCourse::of(&known);
            for _ in 0..4 {
                for place in (1..known.len()).rev() {
                    known.swap(place, next(place + 1));
                }
                assert_eq!(ProblemCourse::of(&known), expected, "{known:?}");
            }
            assert_eq!(expected.taken().len() + expected.out_of_turn().len(), known.len());
            closed += usize::from(!expected.is_open());
            impossible += usize::from(!expected.out_of_turn().is_empty());
        }
        assert!(closed > 20 && impossible > 20, "{closed} closed, {impossible} impossible");
    }

    #[test]
    fn somebody_has_it_until_it_is_closed() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(ProblemCourse::of(&steps(text)).holder(), expected, "{text}");
        };
        let given = "found@0 by chief, reported@1 by chief to office, assigned@2 by office to cleaner";
        check("found@0 by chief", Some("chief"));
        check("found@0 by chief, handled@1 by cleaner", Some("chief"));
        check(given, Some("cleaner"));
        check(&format!("{given}, handled@3 by cleaner"), Some("cleaner"));
        check(&format!("{given}, returned@3 by cleaner"), Some("office"));
        check(&format!("{given}, handled@3 by cleaner, returned@4 by office"), Some("cleaner"));
        check(&format!("{given}, returned@3 by cleaner to chief"), Some("chief"));
        check(&format!("{given}, transferred@3 by cleaner to village"), Some("village"));
        let closed = format!("{given}, handled@3 by cleaner, reviewed@4 by office, closed@5 by office");
        check(&closed, None);
        check(&format!("{closed}, returned@6 by district"), Some("cleaner"));
    }

    #[test]
    fn the_time_allowed_runs_from_being_told_to_act() {
        let check = |text: &str, urgency: ProblemUrgency, expected: Option<i64>| {
            let deadline = ProblemCourse::of(&steps(text)).deadline(urgency, &TERMS);
            assert_eq!(deadline, expected.map(hour), "{text}");
        };
        let immediate = ProblemUrgency::Immediate;
        check("found@0, reported@1", immediate, None);
        check("found@0, handled@1", immediate, None);
        check("found@0, assigned@2", immediate, Some(26));
        check("found@0, assigned@2", ProblemUrgency::Ordinary, Some(2 + 7 * 24));
        check("found@0, assigned@2", ProblemUrgency::Complex, Some(2 + 30 * 24));
        check("reported@0, transferred@2, assigned@4", immediate, Some(26));
        check("found@0, assigned@2, returned@3, assigned@9, transferred@10", immediate, Some(26));
        let closed = "found@0, assigned@2, handled@3, reviewed@4, closed@5";
        check(closed, immediate, Some(26));
        check(&format!("{closed}, found@100"), immediate, None);
        check(&format!("{closed}, found@100, assigned@101"), immediate, Some(125));
        check(&format!("{closed}, returned@100, handled@101"), immediate, Some(124));
        check(
            &format!("{closed}, returned@100, handled@101, reviewed@102, closed@103"),
            immediate,
            Some(124),
        );
    }

    #[test]
    fn a_problem_is_in_time_up_to_its_deadline() {
        let check = |text: &str, now: i64, expected: bool| {
            let course = ProblemCourse::of(&steps(text));
            assert_eq!(
                course.is_overdue(ProblemUrgency::Immediate, &TERMS, hour(now)),
                expected,
                "{text} {now}"
            );
        };
        check("found@0", 1000, false);
        check("found@0, assigned@2", 26, false);
        check("found@0, assigned@2", 27, true);
        check("found@0, assigned@2, handled@3, reviewed@4, closed@26", 1000, false);
        check("found@0, assigned@2, handled@3, reviewed@4, closed@27", 1000, true);
    }

    #[test]
    fn openings_are_counted() {
        let check = |text: &str, expected: usize| {
            assert_eq!(ProblemCourse::of(&steps(text)).reopened(), expected, "{text}");
        };
        let closed = "found@0, handled@3, reviewed@4, closed@5";
        check("assigned@0", 0);
        check("found@0", 0);
        check(closed, 0);
        check(&format!("{closed}, found@6"), 1);
        check(&format!("{closed}, returned@6, handled@7, reviewed@8, closed@9"), 1);
    }
}
