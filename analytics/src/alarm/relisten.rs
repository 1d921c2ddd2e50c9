//! What a rule would have said had late, revised and reviewed values been there from the start.
//!
//! A rule listens in the time of the measurements and passes over what is older than the last value it heard. When such
//! a value turns out to have come, to have changed or to have been declared invalid, the rule listens again to the
//! stretch that it touches, and the alarms of that stretch are brought to what it says now. Values, not arrivals,
//! decide: the alarms that count are the same in whatever order the values came.
//!
//! The stretch begins where the state of the rule is known ([`begins`]) and ends where the rule says the same as
//! before, so that one late hour of last year does not make a year be read.
//!
//! Limit and frozen rules listen again. Silence does not (see [`super::silent`]).

use chrono::TimeDelta;
use lanbi_model::{Alarm, AlarmChange, AlarmPhase, AlarmState, Instant, Sample};

use super::{text, watch::Watch};

/// What listening again brings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relistened {
    /// The state up to the last value heard.
    pub state: AlarmState,
    /// What brings the stored alarms to what the rule says now; nothing where it says the same.
    pub changes: Vec<AlarmChange>,
}

/// Where a rule must begin to listen again when values with an instant of `touched_from` or later may be others than
/// at the time: the values are wanted that are later than this. None for a rule that does not listen again.
///
/// A breach that is pending when the first such value comes began at most an on-delay and a gap before; an alarm that
/// stands there began with its `since`, before which the rule was at rest. `alarms` are the rule's alarms, among others.
#[must_use]
pub fn begins(watch: &Watch, alarms: &[Alarm], touched_from: Instant) -> Option<Instant> {
    let reach = match watch {
        Watch::Limit(rule) => rule.delays.on + rule.delays.max_gap,
        Watch::Frozen(_) => TimeDelta::zero(),
        Watch::Silent(_) => return None,
    };
    let known = touched_from - reach - INSTANT;
    let spanning = own(watch, alarms).filter(|alarm| alarm.since <= known && !is_over(alarm, known));
    Some(spanning.map(|alarm| alarm.since - INSTANT).min().unwrap_or(known))
}

/// A rule that listens again, from a state at rest, to values in pieces: a long stretch need not be held at once.
#[derive(Debug)]
pub struct Relistening<'a> {
    watch: &'a Watch,
    /// The rule's state before.
    heard: &'a AlarmState,
    /// The last value heard before.
    last: Instant,
    /// The rule's alarms of the stretch, in order of time.
    before: Vec<&'a Alarm>,
    touched_until: Instant,
    /// Values up to this have been given.
    given_until: Instant,
    state: AlarmState,
    said: Vec<Alarm>,
    /// From here on the rule says what it said before.
    met: Option<Instant>,
}

impl<'a> Relistening<'a> {
    /// Begins after `after` (see [`begins`]). `heard` is the rule's state, `alarms` are at least its alarms that stood after that,
    /// and values with an instant up to `touched_until` may be others than at the time. None for a rule that has heard nothing
    /// yet: there is nothing to mend.
    #[must_use]
    pub fn new(
        watch: &'a Watch,
        heard: &'a AlarmState,
        alarms: &'a [Alarm],
        after: Instant,
        touched_until: Instant,
    ) -> Option<Self> {
        let mut before: Vec<&Alarm> = own(watch, alarms).filter(|a| a.raised_at > after).collect();
        before.sort_by_key(|alarm| alarm.raised_at);
        Some(Self {
            watch,
            heard,
            last: heard.last?,
            before,
            touched_until,
            given_until: after,
            // What lies before the stretch has been heard.
            state: AlarmState { last: Some(after), ..watch.start() },
            said: Vec::new(),
            met: None,
        })
    }

    /// The rule.
    #[must_use]
    pub const fn watch(&self) -> &'a Watch {
        self.watch
    }

    /// Values are wanted that are later than this.
    #[must_use]
    pub const fn given_until(&self) -> Instant {
        self.given_until
    }

    /// Listens to at least all values after [`Self::given_until`] up to `until`, with their present flags, in any order.
    ///
    /// It stops where the rule says the same as before: past what is touched, at rest, and at rest then too. (At rest after
    /// hearing a value, it cannot have been pending then: the value is not in breach.)
    pub fn hear(&mut self, samples: &[Sample], until: Instant) {
        let (after, end) = (self.given_until, until.min(self.last));
        let within = |at: Instant| after < at && at <= end;
        let mut own: Vec<&Sample> =
            samples.iter().filter(|s| within(s.key.instant) && self.watch.hears(s)).collect();
        own.sort_by_key(|sample| sample.key.instant);
        for sample in own {
            if self.met.is_some() {
                break;
            }
            self.step(sample);
        }
        self.given_until = until.max(after);
    }

    fn step(&mut self, sample: &Sample) {
        let at = sample.key.instant;
        let (next, change) = self.watch.step(&self.state, sample);
        self.state = next;
        match change {
            Some(AlarmChange::Raised(alarm)) => self.said.push(alarm),
            Some(AlarmChange::Updated(alarm) | AlarmChange::Cleared(alarm)) => {
                self.said.pop();
                self.said.push(alarm);
            }
            _ => {}
        }
        let rests = self.state.phase == AlarmPhase::Normal && self.state.last == Some(at);
        let stood = || self.before.iter().any(|alarm| alarm.raised_at <= at && !is_over(alarm, at));
        if self.touched_until < at && rests && !stood() {
            self.met = Some(at);
        }
    }

    /// Whether no more values are wanted.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.met.is_some() || self.last <= self.given_until
    }

    /// What it brings; `now` is the clock time of withdrawals.
    #[must_use]
    pub fn finish(self, now: Instant) -> Relistened {
        let Self { watch, heard, mut before, mut state, said, met, .. } = self;
        if let Some(met) = met {
            state = heard.clone();
            before.retain(|alarm| alarm.raised_at <= met);
        }
        let mut changes = Vec::new();
        for mut alarm in said {
            let Some(known) = before.iter().position(|known| is_same(watch, known, &alarm)) else {
                changes.extend(found(alarm));
                continue;
            };
            let known = before.remove(known);
            if matches!(watch, Watch::Frozen(_)) {
                rename(&mut alarm, known, &mut state);
            }
            changes.extend(mended(known, alarm));
        }
        let withdrawn = before.into_iter().cloned().map(|alarm| Alarm { withdrawn_at: Some(now), ..alarm });
        let changes = withdrawn.map(AlarmChange::Withdrawn).chain(changes).collect();
        Relistened { state, changes }
    }
}

/// The resolution of instants.
const INSTANT: TimeDelta = TimeDelta::microseconds(1);

/// The rule's alarms that count.
fn own<'a>(watch: &Watch, alarms: &'a [Alarm]) -> impl Iterator<Item = &'a Alarm> + use<'a> {
    let start = watch.start();
    alarms.iter().filter(move |alarm| {
        alarm.withdrawn_at.is_none()
            && (&alarm.station, &alarm.rule, alarm.parameter)
                == (&start.station, &start.rule, start.parameter)
    })
}

fn is_over(alarm: &Alarm, at: Instant) -> bool {
    alarm.cleared_at.is_some_and(|cleared| cleared <= at)
}

/// Whether an alarm is the one that is known already. A frozen run is known by any moment of it: the alarm was raised
/// when the run had become long enough, and only then was the beginning of the run flagged.
fn is_same(watch: &Watch, known: &Alarm, alarm: &Alarm) -> bool {
    match watch {
        Watch::Frozen(_) => alarm.raised_at <= known.raised_at && !is_over(alarm, known.raised_at),
        _ => alarm.raised_at == known.raised_at,
    }
}

/// Gives a frozen run the key it is known under, in its alarm and in the state that comes from it; its `since` is the
/// beginning of the run.
fn rename(alarm: &mut Alarm, known: &Alarm, state: &mut AlarmState) {
    if let AlarmPhase::Active { raised_at, .. } = &mut state.phase
        && *raised_at == alarm.raised_at
    {
        *raised_at = known.raised_at;
    }
    alarm.raised_at = known.raised_at;
}

/// An alarm that nobody saw at its time.
fn found(alarm: Alarm) -> impl Iterator<Item = AlarmChange> {
    let alarm = Alarm { text: alarm.text.clone() + text::FOUND_LATER, ..alarm };
    let cleared = alarm.cleared_at.is_some().then(|| AlarmChange::Cleared(alarm.clone()));
    std::iter::once(AlarmChange::Raised(Alarm { cleared_at: None, ..alarm })).chain(cleared)
}

/// What brings a known alarm to what the rule says now. Text, basis and urgency follow the figures; alone they change
/// nothing, or a station with a new name would change its past.
fn mended(known: &Alarm, alarm: Alarm) -> Option<AlarmChange> {
    let shown = |a: &Alarm| (a.cleared_at, a.worst, a.limit);
    let ends = known.cleared_at.is_none() && alarm.cleared_at.is_some();
    let alarm = match (known.since == alarm.since, shown(known) == shown(&alarm)) {
        (true, true) => return None,
        (false, true) => alarm,
        (_, false) => Alarm { text: alarm.text.clone() + text::CORRECTED, ..alarm },
    };
    Some(if ends { AlarmChange::Cleared(alarm) } else { AlarmChange::Amended(alarm) })
}

#[cfg(test)]
mod tests;
