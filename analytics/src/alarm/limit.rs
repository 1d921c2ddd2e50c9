//! A value beyond its limit.
//!
//! Samples with an invalid flag are passed over: they neither raise nor clear, and count as a gap. Samples at or
//! before the last one seen are passed over too, so that a repeat changes nothing; what late and revised values say is
//! found by listening again ([`super::Relistening`]).

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
            withdrawn_at: None,
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

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::qc::check::tests::series;
    use chrono::TimeDelta;
    use lanbi_model::{Decimal, Flags};

    /// Above 10; two hours on, two hours off, deadband to 9, gaps up to three hours.
    pub(crate) fn rule() -> LimitRule {
        LimitRule {
            id: RuleId("limit".to_owned()),
            station: StationId::new("S"),
            station_name: "示例站".to_owned(),
            zone: Zone::shanghai(),
            parameter: Parameter::Nh3n,
            period: AveragingPeriod::HOUR,
            limits: vec![DatedTest::always(Test::Above(Decimal::TEN), "GB 0-2000 表1".to_owned())],
            delays: Delays {
                on: TimeDelta::hours(2),
                off: TimeDelta::hours(2),
                deadband: Decimal::new(1, 1),
                max_gap: TimeDelta::hours(3),
            },
            severity: Severity::Breach,
            label: "氨氮 小时值".to_owned(),
        }
    }

    fn hours_since_start(instant: Instant) -> i64 {
        (instant - "2026-10-04T16:00:00Z".parse::<Instant>().unwrap()).num_hours()
    }

    /// `+raised(since)worst`, `~worst` for an update, `-cleared(raised)worst`, `=raised(since)worst-cleared` for an amended
    /// one, `/raised` for a withdrawn one; times in hours.
    pub(crate) fn short(change: &AlarmChange) -> String {
        let (AlarmChange::Raised(alarm)
        | AlarmChange::Updated(alarm)
        | AlarmChange::Cleared(alarm)
        | AlarmChange::Amended(alarm)
        | AlarmChange::Withdrawn(alarm)) = change;
        let raised = hours_since_start(alarm.raised_at);
        let worst = alarm.worst.unwrap();
        match change {
            AlarmChange::Raised(_) => format!("+{raised}({}){worst}", hours_since_start(alarm.since)),
            AlarmChange::Updated(_) => format!("~{worst}"),
            AlarmChange::Cleared(_) => {
                format!("-{}({raised}){worst}", hours_since_start(alarm.cleared_at.unwrap()))
            }
            AlarmChange::Amended(_) => {
                let cleared =
                    alarm.cleared_at.map_or_else(String::new, |at| hours_since_start(at).to_string());
                format!("={raised}({}){worst}-{cleared}", hours_since_start(alarm.since))
            }
            AlarmChange::Withdrawn(_) => format!("/{raised}"),
        }
    }

    fn run(rule: &LimitRule, samples: &[Sample]) -> (AlarmState, Vec<String>) {
        let mut state = rule.start();
        let mut seen = Vec::new();
        for sample in samples {
            let (next, change) = rule.step(&state, sample);
            state = next;
            seen.extend(change.as_ref().map(short));
        }
        (state, seen)
    }

    fn check_with(name: &str, rule: &LimitRule, rows: &[(i64, &str)], expected: &[&str]) {
        assert_eq!(run(rule, &series(Parameter::Nh3n, "1h", rows)).1, expected, "{name}");
    }

    fn check(name: &str, rows: &[(i64, &str)], expected: &[&str]) {
        check_with(name, &rule(), rows, expected);
    }

    #[test]
    fn raise_hold_and_clear() {
        check("in order", &[(1, "3"), (2, "9"), (3, "10")], &[]);
        check("on-delay exactly met", &[(1, "11"), (2, "11"), (3, "11")], &["+3(1)11"]);
        check("on-delay not met", &[(1, "11"), (2, "11"), (3, "9")], &[]);
        check("equal to the limit is no breach", &[(1, "10"), (2, "10"), (3, "10"), (4, "10")], &[]);
        check("a breach interrupted starts anew", &[(1, "11"), (2, "10"), (3, "11"), (4, "11")], &[]);
        check("held", &[(1, "11"), (3, "11"), (4, "11"), (5, "10.5"), (6, "10.1")], &["+3(1)11"]);
        check("the worst of the on-delay counts", &[(1, "11"), (2, "30"), (3, "12")], &["+3(1)30"]);
        check(
            "worse, then the same, then worse again",
            &[(1, "11"), (3, "12"), (4, "15"), (5, "15"), (6, "13"), (7, "16")],
            &["+3(1)12", "~15", "~16"],
        );
        check(
            "off-delay exactly met",
            &[(1, "11"), (3, "11"), (4, "9"), (5, "8"), (6, "8")],
            &["+3(1)11", "-6(3)11"],
        );
        check("off-delay not met", &[(1, "11"), (3, "11"), (4, "9"), (5, "8")], &["+3(1)11"]);
        check(
            "raised again under a new key",
            &[(1, "11"), (3, "11"), (4, "1"), (6, "1"), (7, "12"), (9, "12")],
            &["+3(1)11", "-6(3)11", "+9(7)12"],
        );
    }

    #[test]
    fn chatter_at_the_limit_is_one_alarm() {
        let chatter: Vec<(i64, &str)> =
            (1..=30).map(|h| (h, if h % 2 == 0 { "9.9" } else { "10.1" })).collect();
        check("under the on-delay", &chatter, &[]);
        let mut raised = vec![(-2, "11"), (-1, "11"), (0, "11")];
        raised.extend(&chatter);
        check("within the deadband", &raised, &["+0(-2)11"]);
        // Back beyond the deadband, but never for two hours.
        let deep: Vec<(i64, &str)> = (1..=30).map(|h| (h, if h % 2 == 0 { "8" } else { "10.1" })).collect();
        let mut raised = vec![(-2, "11"), (-1, "11"), (0, "11")];
        raised.extend(&deep);
        check("within the off-delay", &raised, &["+0(-2)11"]);
        check(
            "between the limit and the deadband restarts the off-delay",
            &[(1, "11"), (3, "11"), (4, "8"), (5, "9.5"), (6, "8"), (7, "8"), (8, "8")],
            &["+3(1)11", "-8(3)11"],
        );
        check(
            "worse while clearing",
            &[(1, "11"), (3, "11"), (4, "8"), (5, "20"), (6, "8"), (8, "8")],
            &["+3(1)11", "~20", "-8(3)20"],
        );
    }

    #[test]
    fn without_delays_every_crossing_counts() {
        let mut rule = rule();
        rule.delays =
            Delays { on: TimeDelta::zero(), off: TimeDelta::zero(), deadband: Decimal::ZERO, ..rule.delays };
        check_with(
            "at once",
            &rule,
            &[(1, "10.1"), (2, "10"), (3, "11")],
            &["+1(1)10.1", "-2(1)10.1", "+3(3)11"],
        );
    }

    #[test]
    fn a_gap_restarts_a_running_delay_only() {
        check("gap of three hours is none", &[(1, "11"), (4, "11")], &["+4(1)11"]);
        check("on-delay", &[(1, "11"), (5, "11"), (6, "11")], &[]);
        check("on-delay, later", &[(1, "11"), (5, "11"), (6, "11"), (7, "11")], &["+7(5)11"]);
        check("standing alarm", &[(1, "11"), (3, "11"), (50, "12")], &["+3(1)11", "~12"]);
        check("off-delay", &[(1, "11"), (3, "11"), (4, "8"), (8, "8"), (9, "8")], &["+3(1)11"]);
        check(
            "off-delay, later",
            &[(1, "11"), (3, "11"), (4, "8"), (8, "8"), (10, "8")],
            &["+3(1)11", "-10(3)11"],
        );
    }

    #[test]
    fn late_and_repeated_samples_are_passed_over() {
        check("late breach", &[(1, "3"), (5, "3"), (2, "99"), (3, "99"), (4, "99")], &[]);
        check("late return", &[(1, "11"), (3, "11"), (2, "1"), (1, "1"), (0, "1")], &["+3(1)11"]);
        check("repeated", &[(1, "11"), (1, "11"), (1, "11")], &[]);
        check("another value for the same instant", &[(1, "11"), (3, "11"), (3, "99")], &["+3(1)11"]);
    }

    #[test]
    fn invalid_and_foreign_samples_neither_raise_nor_clear() {
        let rows = [(1, "11"), (2, "11"), (3, "11"), (4, "1"), (5, "1"), (6, "1"), (7, "11")];
        let mut samples = series(Parameter::Nh3n, "1h", &rows);
        for sample in &mut samples[3..6] {
            sample.flags = Flags::MAINTENANCE;
        }
        assert_eq!(run(&rule(), &samples).1, ["+3(1)11"]);

        samples[0].flags = Flags::RANGE;
        samples[1].flags = Flags::STEP | Flags::FROZEN;
        assert_eq!(run(&rule(), &samples[..3]).1, [""; 0], "the on-delay begins with the first valid sample");

        for spoil in [
            (|s| s.key.station = StationId::new("other")) as fn(&mut Sample),
            |s| s.key.parameter = Parameter::Tp,
            |s| s.key.period = AveragingPeriod::MINUTE,
        ] {
            let mut foreign = series(Parameter::Nh3n, "1h", &[(1, "99"), (4, "99")]);
            foreign.iter_mut().for_each(spoil);
            assert_eq!(run(&rule(), &foreign), (rule().start(), vec![]));
        }
    }

    /// The hour ending at midnight belongs to the day before; the winter limit begins with the next.
    #[test]
    fn the_limit_is_that_of_the_local_day() {
        let day = |text: &str| Some(text.parse::<NaiveDate>().unwrap());
        let mut rule = rule();
        rule.delays = Delays { on: TimeDelta::zero(), off: TimeDelta::zero(), ..rule.delays };
        let always = DatedTest::always(Test::Above(Decimal::TEN), "夏".to_owned());
        rule.limits = vec![
            DatedTest {
                from: day("2026-10-06"),
                until: day("2026-10-06"),
                test: Test::Above(Decimal::from(20)),
                ..always.clone()
            },
            DatedTest { until: day("2026-10-06"), ..always },
        ];
        check_with(
            "limit 10, then 20, then none",
            &rule,
            &[(23, "9"), (24, "15"), (25, "17"), (48, "21"), (49, "21")],
            // 15 exceeds 10 at 24:00; an hour later 17 is back under 20 by the deadband; after 2026-10-06 nothing holds.
            &["+24(24)15", "-25(24)15", "+48(48)21", "-49(48)21"],
        );
        let mut state = rule.start();
        for sample in series(Parameter::Nh3n, "1h", &[(24, "15"), (25, "17")]) {
            let (next, change) = rule.step(&state, &sample);
            state = next;
            let Some(AlarmChange::Raised(alarm) | AlarmChange::Cleared(alarm)) = change else { panic!() };
            assert_eq!(alarm.limit, Some(Decimal::TEN), "the alarm keeps the limit it was raised by");
        }
    }

    #[test]
    fn a_season_runs_over_the_turn_of_the_year() {
        let winter = DatedTest {
            season: Some(((11, 1), (3, 31))),
            ..DatedTest::always(Test::Above(Decimal::ONE), String::new())
        };
        let summer = DatedTest { season: Some(((4, 1), (10, 31))), ..winter.clone() };
        for (day, is_winter) in [
            ("2026-10-31", false),
            ("2026-11-01", true),
            ("2026-12-31", true),
            ("2027-01-01", true),
            ("2027-03-31", true),
            ("2027-04-01", false),
        ] {
            let day: NaiveDate = day.parse().unwrap();
            assert_eq!(winter.holds_on(day), is_winter, "{day}");
            assert_eq!(summer.holds_on(day), !is_winter, "{day}");
        }
    }

    #[test]
    fn the_alarm_says_what_where_and_by_which_law() {
        let rule = rule();
        let samples = series(Parameter::Nh3n, "1h", &[(1, "11"), (3, "15.50")]);
        let (state, _) = rule.step(&rule.start(), &samples[0]);
        let (_, change) = rule.step(&state, &samples[1]);
        let Some(AlarmChange::Raised(alarm)) = change else { panic!("{change:?}") };
        assert_eq!(alarm.text, "示例站 氨氮 小时值 15.5mg/L，超过限值 10mg/L，超标0.55倍");
        assert_eq!(alarm.basis, "GB 0-2000 表1");
        assert_eq!(alarm.limit, Some(Decimal::TEN));
        assert_eq!((alarm.severity, alarm.cleared_at), (Severity::Breach, None));
    }
}
