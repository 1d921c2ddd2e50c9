//! A station that sends nothing.
//!
//! Silence is the absence of any value, valid or not, for more than a number of cadences. It is judged by the instant
//! of the newest value, not by its arrival: values that come in late end a silence as soon as the newest of them is
//! recent. A gap that is over when its values arrive raises nothing; reports show it as missing data.

use lanbi_model::{
    Alarm, AlarmChange, AlarmPhase, AlarmState, AveragingPeriod, Decimal, Instant, RuleId, Severity,
    StationId, Zone,
};

/// Silence of one station.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SilentRule {
    /// Name.
    pub id: RuleId,
    /// Station watched.
    pub station: StationId,
    /// Its name as printed.
    pub station_name: String,
    /// Its zone, for the text.
    pub zone: Zone,
    /// Time between two values in normal operation.
    pub cadence: AveragingPeriod,
    /// Cadences without a value that are still no alarm (configured, no standard gives it).
    pub missed: u16,
    /// The instant by which a station that never sent anything should have been heard.
    pub first_seen_by: Instant,
    /// Urgency.
    pub severity: Severity,
    /// The configuration key of `missed`.
    pub basis: String,
}

impl SilentRule {
    /// The state before the first look.
    #[must_use]
    pub fn start(&self) -> AlarmState {
        AlarmState {
            station: self.station.clone(),
            rule: self.id.clone(),
            parameter: None,
            phase: AlarmPhase::Normal,
            last: None,
        }
    }

    /// Looks at `now`; `heard` is the instant of the newest value since the last look, if there was one.
    #[must_use]
    pub fn look(
        &self,
        state: &AlarmState,
        heard: Option<Instant>,
        now: Instant,
    ) -> (AlarmState, Option<AlarmChange>) {
        let last = state.last.max(heard);
        let deadline =
            last.map_or(self.first_seen_by, |last| last + self.cadence.span() * i32::from(self.missed));
        let (phase, change) = match (state.phase, now > deadline) {
            (AlarmPhase::Normal | AlarmPhase::Pending { .. }, true) => {
                let since = last.unwrap_or(self.first_seen_by);
                let alarm = self.alarm(since, deadline, None);
                // A silence has no worst value; the phase asks for one.
                let phase = AlarmPhase::Active { since, raised_at: deadline, worst: Decimal::ZERO };
                (phase, Some(AlarmChange::Raised(alarm)))
            }
            (
                AlarmPhase::Active { since, raised_at, .. } | AlarmPhase::Clearing { since, raised_at, .. },
                false,
            ) => {
                // A value that came late can be older than the deadline it missed.
                let cleared_at = last.map_or(raised_at, |last| last.max(raised_at));
                let alarm = self.alarm(since, raised_at, Some(cleared_at));
                (AlarmPhase::Normal, Some(AlarmChange::Cleared(alarm)))
            }
            (phase, _) => (phase, None),
        };
        (AlarmState { phase, last, ..state.clone() }, change)
    }

    fn alarm(&self, since: Instant, raised_at: Instant, cleared_at: Option<Instant>) -> Alarm {
        Alarm {
            station: self.station.clone(),
            rule: self.id.clone(),
            parameter: None,
            severity: self.severity,
            raised_at,
            since,
            cleared_at,
            withdrawn_at: None,
            worst: None,
            limit: None,
            text: self.text(since, raised_at),
            basis: self.basis.clone(),
        }
    }

    /// A station that was never heard is silent from the instant it should have been heard by.
    fn text(&self, since: Instant, raised_at: Instant) -> String {
        let name = &self.station_name;
        if since == raised_at {
            format!("{name} 接入后一直没有数据")
        } else {
            let last = self.zone.at(since).format("%Y-%m-%d %H:%M");
            format!("{name} {last} 之后没有数据，已超过{}个上报周期", self.missed)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    fn rule() -> SilentRule {
        SilentRule {
            id: RuleId("silent".to_owned()),
            station: StationId::new("S"),
            station_name: "示例站".to_owned(),
            zone: Zone::shanghai(),
            cadence: AveragingPeriod::HOUR,
            missed: 3,
            first_seen_by: hour(0),
            severity: Severity::Warning,
            basis: "alarm.silent.missed".to_owned(),
        }
    }

    fn hour(hour: i64) -> Instant {
        "2026-10-04T16:00:00Z".parse::<Instant>().unwrap() + TimeDelta::hours(hour)
    }

    /// Looks of (heard, now) in hours, and what they do: `+` raised at, `-` cleared at.
    fn check(name: &str, looks: &[(Option<i64>, i64)], expected: &[(char, i64)]) {
        let rule = rule();
        let mut state = rule.start();
        let mut seen = Vec::new();
        for &(heard, now) in looks {
            let (next, change) = rule.look(&state, heard.map(hour), hour(now));
            state = next;
            match change {
                Some(AlarmChange::Raised(a)) => seen.push(('+', (a.raised_at - hour(0)).num_hours())),
                Some(AlarmChange::Cleared(a)) => {
                    assert!(a.cleared_at >= Some(a.raised_at), "{name}: cleared before it was raised");
                    seen.push(('-', (a.cleared_at.unwrap() - hour(0)).num_hours()));
                }
                Some(other) => panic!("silence does not get worse: {other:?}"),
                None => {}
            }
        }
        assert_eq!(seen, expected, "{name}");
    }

    #[test]
    fn silence_is_raised_at_its_deadline_and_ends_with_a_recent_value() {
        check("regular", &[(Some(1), 1), (Some(2), 2), (Some(3), 3)], &[]);
        check("exactly the deadline", &[(Some(1), 1), (None, 4)], &[]);
        check("past the deadline", &[(Some(1), 1), (None, 5)], &[('+', 4)]);
        check("raised once", &[(Some(1), 1), (None, 5), (None, 6), (None, 90)], &[('+', 4)]);
        check("over", &[(Some(1), 1), (None, 5), (Some(7), 7)], &[('+', 4), ('-', 7)]);
        check("twice", &[(Some(1), 5), (Some(7), 7), (None, 11)], &[('+', 4), ('-', 7), ('+', 10)]);
        check("late looks give the same instant", &[(Some(1), 1), (None, 30)], &[('+', 4)]);
        check(
            "an old value ends nothing",
            &[(Some(1), 9), (Some(3), 9), (Some(8), 9)],
            &[('+', 4), ('-', 8)],
        );
        check("late, but recent enough", &[(Some(1), 5), (Some(3), 5)], &[('+', 4), ('-', 4)]);
        check("an earlier value is no news", &[(Some(5), 5), (Some(1), 8), (None, 9)], &[('+', 8)]);
        check("a gap that is over", &[(Some(1), 1), (Some(30), 30)], &[]);
    }

    #[test]
    fn a_station_never_heard_is_silent_after_its_first_term() {
        check("in time", &[(None, 0), (Some(1), 1)], &[]);
        check("never", &[(None, 0), (None, 1), (None, 50)], &[('+', 0)]);
        check("late starter", &[(None, 1), (Some(7), 7)], &[('+', 0), ('-', 7)]);
    }

    #[test]
    fn the_text_names_the_last_value() {
        let rule = rule();
        let raised = |heard: Option<Instant>| match rule.look(&rule.start(), heard, hour(48)).1 {
            Some(AlarmChange::Raised(alarm)) => alarm.text,
            other => panic!("{other:?}"),
        };
        assert_eq!(raised(Some(hour(8))), "示例站 2026-10-05 08:00 之后没有数据，已超过3个上报周期");
        assert_eq!(raised(None), "示例站 接入后一直没有数据");
    }
}
