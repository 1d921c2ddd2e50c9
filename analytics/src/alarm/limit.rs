//! A value beyond its limit.
//!
//! Samples with an invalid flag are passed over: they neither raise nor clear, and count as a gap. Samples at or
//! before the last one seen are passed over too: late values do not move a rule, or an alarm would be raised for what
//! is long over; they do reach roll-ups and reports.

use chrono::{Datelike, NaiveDate};
use lanbi_model::{
    Alarm, AlarmChange, AlarmPhase, AlarmState, AveragingPeriod, Instant, Parameter, RuleId, Sample,
    Severity, StationId, Zone,
};

use super::{
    delays::Delays,
    machine::{Event, Reading, Seen, Touched, step},
    test::Test,
    text,
};

/// A limit with the days it holds on. All conditions that are given must hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatedTest {
    /// First day.
    pub from: Option<NaiveDate>,
    /// Last day.
    pub until: Option<NaiveDate>,
    /// First and last (month, day) of a season that returns every year, such as the winter window of DB12/599; it may
    /// run over the turn of the year.
    pub season: Option<((u32, u32), (u32, u32))>,
    /// The limit.
    pub test: Test,
    /// Where the limit comes from: edition and clause, or the configuration key, with its mark when unconfirmed.
    pub basis: String,
}

impl DatedTest {
    /// A limit that holds on every day.
    #[must_use]
    pub const fn always(test: Test, basis: String) -> Self {
        Self { from: None, until: None, season: None, test, basis }
    }

    /// Whether the limit holds on a local day.
    #[must_use]
    pub fn holds_on(&self, day: NaiveDate) -> bool {
        let today = (day.month(), day.day());
        self.from.is_none_or(|from| from <= day)
            && self.until.is_none_or(|until| day <= until)
            && self.season.is_none_or(|(first, last)| {
                if first <= last { first <= today && today <= last } else { today >= first || today <= last }
            })
    }
}

/// A limit rule on one parameter of one station.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitRule {
    /// Name; with station and parameter it is the key of state and alarm, so rules on different averaging periods of
    /// one parameter need different names.
    pub id: RuleId,
    /// Station watched.
    pub station: StationId,
    /// Its name as printed.
    pub station_name: String,
    /// Its zone; the local day picks the limit.
    pub zone: Zone,
    /// Parameter watched.
    pub parameter: Parameter,
    /// Averaging period of the samples it listens to.
    pub period: AveragingPeriod,
    /// Limits; the first that holds on the day counts. On a day without one nothing can be exceeded.
    pub limits: Vec<DatedTest>,
    /// Delays and deadband.
    pub delays: Delays,
    /// Urgency.
    pub severity: Severity,
    /// What is compared, as the duty officer reads it, for example `氨氮 小时值`.
    pub label: String,
}

impl LimitRule {
    /// The state before the first sample.
    #[must_use]
    pub fn start(&self) -> AlarmState {
        AlarmState {
            station: self.station.clone(),
            rule: self.id.clone(),
            parameter: Some(self.parameter),
            phase: AlarmPhase::Normal,
            last: None,
        }
    }

    /// One sample on.
    #[must_use]
    pub fn step(&self, state: &AlarmState, sample: &Sample) -> (AlarmState, Option<AlarmChange>) {
        if !self.listens_to(state, sample) {
            return (state.clone(), None);
        }
        let at = sample.key.instant;
        let test = self.limit_at(at).map(|limit| limit.test);
        let reading = test.map_or(Reading::Back, |test| test.read(sample.value, self.delays.deadband));
        let seen = Seen { at, value: sample.value, reading, test };
        let (phase, touched) = step(state.phase, state.last, seen, &self.delays);
        let change = touched.map(|touched| self.change(touched, at));
        (AlarmState { phase, last: Some(at), ..state.clone() }, change)
    }

    fn listens_to(&self, state: &AlarmState, sample: &Sample) -> bool {
        let key = &sample.key;
        key.station == self.station
            && key.parameter == self.parameter
            && key.period == self.period
            && sample.flags.is_valid()
            && state.last.is_none_or(|last| key.instant > last)
    }

    fn limit_at(&self, at: Instant) -> Option<&DatedTest> {
        let day = if self.period == AveragingPeriod::MOMENT {
            self.zone.day_of(at)
        } else {
            self.zone.day_of_end(at)
        };
        self.limits.iter().find(|limit| limit.holds_on(day))
    }

    /// The alarm keeps the limit of the day it was raised on, also when it is cleared in another season.
    fn change(&self, touched: Touched, at: Instant) -> AlarmChange {
        let limit = self.limit_at(touched.raised_at);
        let worst = touched.worst;
        let alarm = Alarm {
            station: self.station.clone(),
            rule: self.id.clone(),
            parameter: Some(self.parameter),
            severity: self.severity,
            raised_at: touched.raised_at,
            since: touched.since,
            cleared_at: (touched.event == Event::Cleared).then_some(at),
            worst: Some(worst),
            limit: limit.map(|l| l.test.exceeded_by(worst)),
            text: limit.map_or_else(
                || format!("{} {} {}", self.station_name, self.label, text::quantity(self.parameter, worst)),
                |l| text::breach(&self.station_name, &self.label, self.parameter, worst, l.test),
            ),
            basis: limit.map_or_else(String::new, |l| l.basis.clone()),
        };
        match touched.event {
            Event::Raised => AlarmChange::Raised(alarm),
            Event::Worse => AlarmChange::Updated(alarm),
            Event::Cleared => AlarmChange::Cleared(alarm),
        }
    }
}
