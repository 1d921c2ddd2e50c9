//! The states of a water on the black-odorous list, from dated events: 列入, 治理中, 初见成效, 长制久清, 返黑返臭.
//!
//! A water is listed when monitoring reaches light or the public calls it black; it has improved (初见成效) when the works are
//! done, nothing is discharged or dumped, third-party monitoring is clear and enough of the people asked are satisfied; it is
//! lastingly clear (长制久清) after months of unbroken clear monitoring and with the documents of the long-term mechanism. Any
//! later period at light sends an improved water back (返黑返臭), and all evidence must be brought anew. The numbers are
//! [`Elimination`]; most of them are not confirmed (城市黑臭水体整治工作指南 2015, 未核实).

use chrono::{Months, NaiveDate};
use lanbi_model::Decimal;
use lanbi_model::standard::Elimination;

use super::grade::OdorLevel;

/// A state of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RosterState {
    /// Not on the list.
    Unlisted,
    /// 列入.
    Listed,
    /// 治理中.
    InTreatment,
    /// 初见成效.
    Improved,
    /// 长制久清.
    LastingClear,
    /// 返黑返臭.
    Relapsed,
}

impl RosterState {
    /// Word of the command line.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Unlisted => "unlisted",
            Self::Listed => "listed",
            Self::InTreatment => "in-treatment",
            Self::Improved => "improved",
            Self::LastingClear => "lasting-clear",
            Self::Relapsed => "relapsed",
        }
    }

    /// Word in reports.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Unlisted => "未列入",
            Self::Listed => "列入",
            Self::InTreatment => "治理中",
            Self::Improved => "初见成效",
            Self::LastingClear => "长制久清",
            Self::Relapsed => "返黑返臭",
        }
    }

    /// Whether the water counts as treated.
    #[must_use]
    pub const fn is_done(self) -> bool {
        matches!(self, Self::Improved | Self::LastingClear)
    }
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RosterEvent {
    /// A period of monitoring ended on the event's day.
    Monitored {
        /// Its first day.
        from: NaiveDate,
        /// The level of the water.
        level: OdorLevel,
        /// Whether a third party measured; clear results of others prove nothing here.
        third_party: bool,
    },
    /// Works began.
    WorksStarted,
    /// Works were finished.
    WorksDone,
    /// The site was looked at.
    Inspected {
        /// No direct discharge, no rubbish, no sludge.
        in_order: bool,
    },
    /// People were asked whether they are satisfied.
    Satisfaction {
        /// Valid questionnaires.
        valid: u32,
        /// Of these, satisfied.
        satisfied: u32,
    },
    /// People were asked whether the water is black or smelly.
    Recognition {
        /// Valid questionnaires.
        valid: u32,
        /// Of these, calling it so.
        foul: u32,
    },
    /// The documents of the long-term mechanism are there.
    Mechanism,
}

impl RosterEvent {
    /// Words of the events in files, the key and as reports say it; in the order of the variants.
    pub const WORDS: [(&'static str, &'static str); 7] = [
        ("monitored", "监测"),
        ("works_started", "开工"),
        ("works_done", "完工"),
        ("inspected", "现场检查"),
        ("satisfaction", "满意度调查"),
        ("recognition", "公众评议"),
        ("mechanism", "长效机制"),
    ];

    /// Key and word.
    #[must_use]
    pub const fn words(&self) -> (&'static str, &'static str) {
        Self::WORDS[match self {
            Self::Monitored { .. } => 0,
            Self::WorksStarted => 1,
            Self::WorksDone => 2,
            Self::Inspected { .. } => 3,
            Self::Satisfaction { .. } => 4,
            Self::Recognition { .. } => 5,
            Self::Mechanism => 6,
        }]
    }
}

/// An event on its day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DatedEvent {
    /// Day; of a period of monitoring its last.
    pub day: NaiveDate,
    /// What happened.
    pub event: RosterEvent,
}

/// A change of state with the events it rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transition {
    /// Day.
    pub day: NaiveDate,
    /// State entered.
    pub to: RosterState,
    /// Events it rests on, in the order of the rule.
    pub grounds: Vec<DatedEvent>,
}

/// What the next state still lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lack {
    /// 未开工.
    WorksStarted,
    /// 未完工.
    WorksDone,
    /// 直排、垃圾或淤积未消除.
    Inspection,
    /// 无第三方监测合格结果.
    ClearMonitoring,
    /// 公众满意度不足或未调查.
    Satisfaction,
    /// 持续监测合格月数不足.
    ClearMonths,
    /// 无长效机制文件.
    Mechanism,
}

impl Lack {
    /// Word of the command line.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::WorksStarted => "works_started",
            Self::WorksDone => "works_done",
            Self::Inspection => "inspected",
            Self::ClearMonitoring => "monitored",
            Self::Satisfaction => "satisfaction",
            Self::ClearMonths => "clear_months",
            Self::Mechanism => "mechanism",
        }
    }

    /// Words in reports.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::WorksStarted => "未开工",
            Self::WorksDone => "未完工",
            Self::Inspection => "现场检查未通过（直排、垃圾、淤积）",
            Self::ClearMonitoring => "无完工后第三方监测合格结果",
            Self::Satisfaction => "公众满意度不足或未调查",
            Self::ClearMonths => "第三方连续监测合格月数不足",
            Self::Mechanism => "无长效机制文件",
        }
    }
}

/// Where a water stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// State.
    pub state: RosterState,
    /// All changes, the first one first.
    pub transitions: Vec<Transition>,
    /// What the next better state lacks; empty for a water that is not listed or lastingly clear.
    pub lacking: Vec<Lack>,
}

/// Where a water stands after its events, which may be given in any order; of one day in the order given.
#[must_use]
pub fn standing(rule: &Elimination, events: &[DatedEvent]) -> Standing {
    let mut events = events.to_vec();
    events.sort_by_key(|event| event.day);
    let mut case =
        Case { rule, state: RosterState::Unlisted, evidence: Evidence::default(), transitions: Vec::new() };
    for event in events {
        case.evidence.take(rule, event);
        case.advance(event);
    }
    let lacking = case.lacking();
    Standing { state: case.state, transitions: case.transitions, lacking }
}

/// What speaks for a water since it was listed, or came back.
#[derive(Clone, Copy, Debug, Default)]
struct Evidence {
    works_done: Option<DatedEvent>,
    inspected: Option<DatedEvent>,
    satisfied: Option<DatedEvent>,
    mechanism: Option<DatedEvent>,
    /// The last clear period of an unbroken run, and the first day of that run.
    clear: Option<(DatedEvent, NaiveDate)>,
}

impl Evidence {
    fn take(&mut self, rule: &Elimination, dated: DatedEvent) {
        match dated.event {
            RosterEvent::WorksDone => self.works_done = Some(dated),
            RosterEvent::WorksStarted => self.works_done = None,
            RosterEvent::Inspected { in_order } => self.inspected = in_order.then_some(dated),
            RosterEvent::Satisfaction { valid, satisfied } => {
                let enough = valid >= rule.questionnaires
                    && Decimal::from(satisfied) >= Decimal::from(valid) * rule.satisfied;
                self.satisfied = enough.then_some(dated);
            }
            RosterEvent::Mechanism => self.mechanism = Some(dated),
            RosterEvent::Monitored { from, level: OdorLevel::None, third_party: true } => {
                let goes_on = self
                    .clear
                    .filter(|(last, _)| (from - last.day).num_days() <= i64::from(rule.largest_gap_days));
                self.clear = Some((dated, goes_on.map_or(from, |(_, since)| since)));
            }
            RosterEvent::Monitored { level: OdorLevel::None, .. } | RosterEvent::Recognition { .. } => {}
            RosterEvent::Monitored { .. } => self.clear = None,
        }
    }
}

struct Case<'a> {
    rule: &'a Elimination,
    state: RosterState,
    evidence: Evidence,
    transitions: Vec<Transition>,
}

impl Case<'_> {
    fn advance(&mut self, dated: DatedEvent) {
        use RosterState::{Improved, InTreatment, LastingClear, Listed, Relapsed, Unlisted};
        let is_foul = match dated.event {
            RosterEvent::Monitored { level, .. } => level > OdorLevel::None,
            RosterEvent::Recognition { valid, foul } if self.state == Unlisted => {
                valid >= self.rule.questionnaires
                    && Decimal::from(foul) > Decimal::from(valid) * self.rule.recognised
            }
            _ => false,
        };
        let begins = matches!(dated.event, RosterEvent::WorksStarted | RosterEvent::WorksDone);
        match self.state {
            Unlisted if is_foul => self.enter(Listed, dated.day, vec![dated]),
            Listed | Relapsed if begins => self.enter(InTreatment, dated.day, vec![dated]),
            Improved | LastingClear if is_foul => {
                self.evidence = Evidence::default();
                self.enter(Relapsed, dated.day, vec![dated]);
            }
            _ => {}
        }
        if self.state == InTreatment
            && let Some(grounds) = self.improved()
        {
            self.enter(Improved, dated.day, grounds);
        }
        if self.state == Improved
            && let Some(grounds) = self.lasting()
        {
            self.enter(LastingClear, dated.day, grounds);
        }
    }

    fn enter(&mut self, to: RosterState, day: NaiveDate, grounds: Vec<DatedEvent>) {
        self.state = to;
        self.transitions.push(Transition { day, to, grounds });
    }

    /// Monitoring that ended before the works did says nothing about them.
    fn clear_after_works(&self) -> Option<DatedEvent> {
        let works = self.evidence.works_done?.day;
        self.evidence.clear.map(|(last, _)| last).filter(|last| last.day >= works)
    }

    fn improved(&self) -> Option<Vec<DatedEvent>> {
        let evidence = &self.evidence;
        [evidence.works_done, evidence.inspected, self.clear_after_works(), evidence.satisfied]
            .into_iter()
            .collect()
    }

    /// The months run from the day the water had improved, or from the last break of the monitoring.
    fn has_clear_months(&self) -> bool {
        let improved = self.transitions.iter().rev().find(|t| t.to == RosterState::Improved);
        let run = self.evidence.clear.zip(improved).and_then(|((last, since), improved)| {
            let due = since.max(improved.day).checked_add_months(Months::new(self.rule.months))?;
            Some(due <= last.day)
        });
        run == Some(true)
    }

    fn lasting(&self) -> Option<Vec<DatedEvent>> {
        let clear = self.evidence.clear.map(|(last, _)| last).filter(|_| self.has_clear_months());
        [clear, self.evidence.mechanism, self.evidence.satisfied].into_iter().collect()
    }

    fn lacking(&self) -> Vec<Lack> {
        let evidence = &self.evidence;
        let lacks: &[(Lack, bool)] = match self.state {
            RosterState::Unlisted | RosterState::LastingClear => &[],
            RosterState::Listed | RosterState::Relapsed => &[(Lack::WorksStarted, true)],
            RosterState::InTreatment => &[
                (Lack::WorksDone, evidence.works_done.is_none()),
                (Lack::Inspection, evidence.inspected.is_none()),
                (Lack::ClearMonitoring, self.clear_after_works().is_none()),
                (Lack::Satisfaction, evidence.satisfied.is_none()),
            ],
            RosterState::Improved => &[
                (Lack::ClearMonths, !self.has_clear_months()),
                (Lack::Mechanism, evidence.mechanism.is_none()),
                (Lack::Satisfaction, evidence.satisfied.is_none()),
            ],
        };
        lacks.iter().filter(|(_, lacks)| *lacks).map(|(lack, _)| *lack).collect()
    }
}

/// How many of the listed waters are done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Completion {
    /// Improved or lastingly clear.
    pub done: u32,
    /// On the list, relapsed ones included.
    pub listed: u32,
}

impl Completion {
    /// Counts states.
    #[must_use]
    pub fn of(states: impl IntoIterator<Item = RosterState>) -> Self {
        states.into_iter().filter(|state| *state != RosterState::Unlisted).fold(
            Self { done: 0, listed: 0 },
            |sum, state| Self { done: sum.done + u32::from(state.is_done()), listed: sum.listed + 1 },
        )
    }

    /// Done in percent of listed, not rounded; none where nothing is listed.
    #[must_use]
    pub fn percent(self) -> Option<Decimal> {
        (Decimal::from(self.done) * Decimal::ONE_HUNDRED).checked_div(self.listed.into())
    }

    /// Whether a target in percent is reached; equal to it is. None where nothing is listed.
    #[must_use]
    pub fn meets(self, target: Decimal) -> Option<bool> {
        (self.listed > 0)
            .then(|| Decimal::from(self.done) * Decimal::ONE_HUNDRED >= target * Decimal::from(self.listed))
    }
}

#[cfg(test)]
mod tests;
