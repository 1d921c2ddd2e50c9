//! A value that does not move: the alarm to the flag [`Flags::FROZEN`].
//!
//! The quality check flags a run when it has become long enough, so the alarm is raised at the first flagged sample
//! the rule sees: on arrival that is the one that completed the run, in a replay the one that began it. It is cleared
//! by the first valid sample with another value. Late and invalid samples are passed over, as in limit rules.

use lanbi_model::{
    Alarm, AlarmChange, AlarmPhase, AlarmState, AveragingPeriod, Decimal, Flags, Instant, Parameter, RuleId,
    Sample, Severity, StationId,
};

use super::text;

/// Frozen values of one parameter of one station.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrozenRule {
    /// Name.
    pub id: RuleId,
    /// Station watched.
    pub station: StationId,
    /// Its name as printed.
    pub station_name: String,
    /// Parameter watched.
    pub parameter: Parameter,
    /// Averaging period of the samples it listens to.
    pub period: AveragingPeriod,
    /// Urgency.
    pub severity: Severity,
    /// The configuration key of the quality check.
    pub basis: String,
}

impl FrozenRule {
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
        let key = &sample.key;
        let listens = key.station == self.station
            && key.parameter == self.parameter
            && key.period == self.period
            && sample.flags.is_valid()
            && state.last.is_none_or(|last| key.instant > last);
        if !listens {
            return (state.clone(), None);
        }
        let at = key.instant;
        let (phase, change) = match state.phase {
            AlarmPhase::Normal | AlarmPhase::Pending { .. } if sample.flags.contains(Flags::FROZEN) => {
                let phase = AlarmPhase::Active { since: at, raised_at: at, worst: sample.value };
                (phase, Some(AlarmChange::Raised(self.alarm(at, sample.value, None))))
            }
            AlarmPhase::Active { raised_at, worst, .. } | AlarmPhase::Clearing { raised_at, worst, .. }
                if worst != sample.value =>
            {
                (AlarmPhase::Normal, Some(AlarmChange::Cleared(self.alarm(raised_at, worst, Some(at)))))
            }
            phase => (phase, None),
        };
        (AlarmState { phase, last: Some(at), ..state.clone() }, change)
    }

    fn alarm(&self, raised_at: Instant, value: Decimal, cleared_at: Option<Instant>) -> Alarm {
        Alarm {
            station: self.station.clone(),
            rule: self.id.clone(),
            parameter: Some(self.parameter),
            severity: self.severity,
            raised_at,
            since: raised_at,
            cleared_at,
            withdrawn_at: None,
            worst: Some(value),
            limit: None,
            text: format!(
                "{} {} 长时间停在 {} 不变，请检查仪器",
                self.station_name,
                self.parameter.zh(),
                text::quantity(self.parameter, value)
            ),
            basis: self.basis.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::qc::check::tests::series;

    fn rule() -> FrozenRule {
        FrozenRule {
            id: RuleId("frozen".to_owned()),
            station: StationId::new("S"),
            station_name: "示例站".to_owned(),
            parameter: Parameter::Nh3n,
            period: AveragingPeriod::HOUR,
            severity: Severity::Notice,
            basis: "qc.frozen".to_owned(),
        }
    }

    /// Hourly values, `*` marks a frozen one, `!` an invalid one; and the hours of raising (`+`) and clearing (`-`).
    fn check(name: &str, values: &[&str], expected: &[(char, usize)]) {
        let rule = rule();
        let mut state = rule.start();
        let mut seen = Vec::new();
        for (hour, text) in (0_i64..).zip(values) {
            let value = text.trim_end_matches(['*', '!']);
            let mut sample = series(Parameter::Nh3n, "1h", &[(hour, value)]).remove(0);
            sample.flags.set(Flags::FROZEN, text.contains('*'));
            sample.flags.set(Flags::FAULT, text.contains('!'));
            let (next, change) = rule.step(&state, &sample);
            state = next;
            let hour = usize::try_from(hour).unwrap();
            match change {
                Some(AlarmChange::Raised(_)) => seen.push(('+', hour)),
                Some(AlarmChange::Cleared(_)) => seen.push(('-', hour)),
                Some(other) => panic!("a frozen value does not get worse: {other:?}"),
                None => {}
            }
        }
        assert_eq!(seen, expected, "{name}");
    }

    #[test]
    fn a_run_raises_once_and_clears_when_the_value_moves() {
        check("sound", &["1", "2", "3"], &[]);
        check("one run", &["1", "1", "1*", "1*", "2", "3"], &[('+', 2), ('-', 4)]);
        check("unflagged but the same", &["1*", "1", "1*", "2"], &[('+', 0), ('-', 3)]);
        check("invalid does not clear", &["1*", "9!", "1*", "2"], &[('+', 0), ('-', 3)]);
        check("invalid does not raise", &["1*!", "1"], &[]);
        check("two runs", &["1*", "1*", "2*", "2*", "3"], &[('+', 0), ('-', 2), ('+', 3), ('-', 4)]);
    }

    #[test]
    fn the_text_names_the_value() {
        let rule = rule();
        let mut sample = series(Parameter::Nh3n, "1h", &[(5, "0.310")]).remove(0);
        sample.flags = Flags::FROZEN;
        let (_, change) = rule.step(&rule.start(), &sample);
        let Some(AlarmChange::Raised(alarm)) = change else { panic!("{change:?}") };
        assert_eq!(alarm.text, "示例站 氨氮 长时间停在 0.31mg/L 不变，请检查仪器");
    }
}
