//! Problems that river chiefs follow until they are closed: one row each, and how many there are by kind and by town.

use lanbi_analytics::river_chief::{self, ProblemClock, ProblemStanding};
use lanbi_model::{Instant, Problem, ProblemState};
use serde::Serialize;

use super::figure::Figure;
use super::head::HeadFacts;

/// Whether something is due on the day of a sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Due {
    /// 逾期.
    Overdue,
    /// 今日到期.
    Today,
    /// 未到期.
    Later,
}

impl From<river_chief::Due> for Due {
    fn from(due: river_chief::Due) -> Self {
        match due {
            river_chief::Due::Overdue => Self::Overdue,
            river_chief::Due::Today => Self::Today,
            river_chief::Due::Later => Self::Later,
        }
    }
}

/// One problem as it stood.
#[derive(Clone, Debug)]
pub struct ProblemFacts {
    /// What, where and how urgent.
    pub problem: Problem,
    /// Where it stands against its deadline.
    pub clock: ProblemClock,
    /// Whether it is due; none for one that is closed.
    pub due: Option<Due>,
    /// Name of the chief in whose care it is; empty where nobody said.
    pub chief: String,
    /// Street or town that answers for it.
    pub town: String,
}

/// One open problem as printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProblemRow {
    /// Number.
    pub id: String,
    /// Kind, such as `岸线垃圾`.
    pub kind: &'static str,
    /// 即办, 一般 or 复杂.
    pub urgency: &'static str,
    /// 督办 or empty.
    pub supervised: &'static str,
    /// Water; empty where nobody said.
    pub water: String,
    /// Place in words; the water where there are none.
    pub place: String,
    /// Chief; empty where nobody said.
    pub chief: String,
    /// Street or town.
    pub town: String,
    /// State, such as `处置`; a dash where no step counts.
    pub state: &'static str,
    /// Since when, `10-05 08:00`.
    pub since: String,
    /// Who has it; a dash where nobody is named.
    pub holder: String,
    /// Deadline, `10-05 08:00`, or 未交办.
    pub deadline: String,
    /// Whether it is due.
    pub due: Due,
    /// `逾期3天`, `今日到期` or empty.
    pub late: String,
    /// `再次发生` where it had been closed before, or empty.
    pub again: &'static str,
}

impl ProblemRow {
    /// Whether somebody has been told to act, so that there is a deadline.
    #[must_use]
    pub fn is_assigned(&self) -> bool {
        self.deadline != UNASSIGNED
    }

    /// One line: `逾期3天：岸线垃圾，西河桥下，示例保洁公司（处置），限10-04 18:00`.
    #[must_use]
    pub fn line(&self) -> String {
        let late = if self.due == Due::Overdue { format!("{}：", self.late) } else { String::new() };
        let holder = match (self.holder.as_str(), self.state) {
            ("—", state) => state.to_owned(),
            (holder, state) => format!("{holder}（{state}）"),
        };
        let until = match self.due {
            _ if !self.is_assigned() => UNASSIGNED.to_owned(),
            Due::Overdue => format!("限{}", self.deadline),
            Due::Today | Due::Later => format!("{}到期", self.deadline),
        };
        let parts = [self.kind, self.supervised, &self.place, &holder, &until];
        let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        format!("{late}{}", parts.join("，"))
    }
}

/// In place of a deadline where nobody has been told to act.
const UNASSIGNED: &str = "未交办";

/// The open ones among some problems, overdue first, then by deadline; those without a deadline last.
#[must_use]
pub fn open_rows(facts: &[ProblemFacts], head: &HeadFacts, at: Instant) -> Vec<ProblemRow> {
    let mut open: Vec<(Due, &ProblemFacts)> =
        facts.iter().filter_map(|facts| Some((facts.due?, facts))).collect();
    open.sort_by_key(|(due, facts)| {
        let deadline = facts.clock.deadline;
        (*due, deadline.is_none(), deadline, facts.problem.id.clone())
    });
    open.into_iter().map(|(due, facts)| row(facts, due, head, at)).collect()
}

fn row(facts: &ProblemFacts, due: Due, head: &HeadFacts, at: Instant) -> ProblemRow {
    let (problem, course) = (&facts.problem, &facts.clock.course);
    let or_dash = |text: Option<&str>| text.filter(|text| !text.is_empty()).unwrap_or("—").to_owned();
    ProblemRow {
        id: problem.id.clone(),
        kind: problem.kind.zh(),
        urgency: problem.urgency.zh(),
        supervised: if problem.supervised { "督办" } else { "" },
        water: problem.water.clone(),
        place: if problem.place.is_empty() { problem.water.clone() } else { problem.place.clone() },
        chief: facts.chief.clone(),
        town: facts.town.clone(),
        state: course.state().map_or("—", ProblemState::zh),
        since: or_dash(course.since().map(|since| head.short_time(since)).as_deref()),
        holder: or_dash(course.holder()),
        deadline: facts.clock.deadline.map_or_else(|| UNASSIGNED.to_owned(), |until| head.short_time(until)),
        due,
        late: late(due, facts.clock.deadline, at),
        again: if course.reopened() > 0 { "再次发生" } else { "" },
    }
}

fn late(due: Due, deadline: Option<Instant>, at: Instant) -> String {
    let passed = deadline.map_or_else(chrono::TimeDelta::zero, |deadline| at - deadline);
    match due {
        Due::Later => String::new(),
        Due::Today => "今日到期".to_owned(),
        Due::Overdue if passed.num_days() > 0 => format!("逾期{}天", passed.num_days()),
        Due::Overdue if passed.num_hours() > 0 => format!("逾期{}小时", passed.num_hours()),
        Due::Overdue => "已逾期".to_owned(),
    }
}

/// How many problems of one kind or town there were in a period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProblemTally {
    /// Kind or town; 合计 for all.
    pub name: String,
    /// 新增: first found or reported in the period.
    pub found: usize,
    /// 销号 in the period.
    pub closed: usize,
    /// Of these within their time.
    pub in_time: usize,
    /// 在办 at the end.
    pub open: usize,
    /// Of these overdue.
    pub overdue: usize,
    /// 按期销号率: closed in time over closed and overdue.
    pub rate: Figure,
}

/// Counts problems over the instants from `from` to before `until`.
#[must_use]
pub fn tally(name: &str, facts: &[&ProblemFacts], (from, until): (Instant, Instant)) -> ProblemTally {
    let inside = |at: Option<Instant>| at.is_some_and(|at| from <= at && at < until);
    let count = |is: &dyn Fn(&ProblemFacts) -> bool| facts.iter().filter(|facts| is(facts)).count();
    let closed = |facts: &ProblemFacts| inside(facts.clock.course.closed_at());
    let (all, in_time) = (
        count(&closed),
        count(&|facts| closed(facts) && facts.clock.standing == ProblemStanding::ClosedInTime),
    );
    let overdue = count(&|facts| facts.clock.standing == ProblemStanding::Overdue);
    ProblemTally {
        name: name.to_owned(),
        found: count(&|facts| inside(facts.clock.course.opened_at())),
        closed: all,
        in_time,
        open: count(&|facts| facts.clock.standing.is_open()),
        overdue,
        rate: Figure::percent(super::sections::count(in_time), super::sections::count(all + overdue)),
    }
}

/// Counts by a word of each problem, most open ones first and then most found, each word once.
#[must_use]
pub fn tallies(
    facts: &[ProblemFacts],
    word: impl Fn(&ProblemFacts) -> &str,
    period: (Instant, Instant),
) -> Vec<ProblemTally> {
    let mut words: Vec<&str> = Vec::new();
    for facts in facts {
        if !words.contains(&word(facts)) {
            words.push(word(facts));
        }
    }
    let of = |name: &&str| facts.iter().filter(|facts| word(facts) == *name).collect::<Vec<_>>();
    let mut rows: Vec<ProblemTally> = words.iter().map(|name| tally(name, &of(name), period)).collect();
    rows.sort_by_key(|row| std::cmp::Reverse((row.open, row.found, row.closed)));
    rows
}
