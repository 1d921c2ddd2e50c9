//! Alarms: a breach with a beginning and an end, and the state a rule keeps between two samples.

use crate::{Decimal, Instant, Parameter, StationId};

/// Name of an alarm rule as configured, for example `outlet-limit` or `silent`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RuleId(pub String);

impl std::fmt::Display for RuleId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// How urgent an alarm is; the order is the order of urgency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// 提示: worth knowing.
    Notice,
    /// 预警: may become a breach, such as one hourly outlet value over the daily limit.
    Warning,
    /// 超标: a limit is exceeded.
    Breach,
    /// 紧急: act at once.
    Urgent,
}

impl Severity {
    /// Stable key for storage and configuration.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Notice => "notice",
            Self::Warning => "warning",
            Self::Breach => "breach",
            Self::Urgent => "urgent",
        }
    }

    /// The word a duty officer reads.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Notice => "提示",
            Self::Warning => "预警",
            Self::Breach => "超标",
            Self::Urgent => "紧急",
        }
    }

    /// Finds a severity by its key.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        [Self::Notice, Self::Warning, Self::Breach, Self::Urgent].into_iter().find(|s| s.key() == key)
    }
}

/// One alarm from the moment it is raised. The key (`station`, `rule`, `parameter`, `raised_at`) is unique.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alarm {
    /// Where.
    pub station: StationId,
    /// The rule that raised it.
    pub rule: RuleId,
    /// The parameter in breach; none for a rule on the whole station, such as silence.
    pub parameter: Option<Parameter>,
    /// Urgency.
    pub severity: Severity,
    /// The instant of the sample that completed the on-delay, or of the silence deadline: event time, not clock time.
    pub raised_at: Instant,
    /// When the breach began (the first sample of the on-delay).
    pub since: Instant,
    /// The instant of the sample that completed the off-delay; none while the alarm stands.
    pub cleared_at: Option<Instant>,
    /// Clock time at which late or revised values showed that there was no breach; the alarm stays readable and no
    /// longer counts.
    pub withdrawn_at: Option<Instant>,
    /// The worst value seen so far.
    pub worst: Option<Decimal>,
    /// The limit exceeded, in the parameter's unit.
    pub limit: Option<Decimal>,
    /// What the duty officer reads, in Chinese.
    pub text: String,
    /// Where the limit comes from: edition and clause, or the configuration key, with its mark when unconfirmed.
    pub basis: String,
}

/// Where a rule stands between two samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AlarmPhase {
    /// Nothing out of order.
    Normal,
    /// In breach, the on-delay is running.
    Pending {
        /// First sample in breach.
        since: Instant,
        /// Worst value since then.
        worst: Decimal,
    },
    /// Raised and standing.
    Active {
        /// First sample in breach.
        since: Instant,
        /// When the alarm was raised, part of its key.
        raised_at: Instant,
        /// Worst value since `since`.
        worst: Decimal,
    },
    /// Raised, back in order, the off-delay is running.
    Clearing {
        /// First sample in breach.
        since: Instant,
        /// When the alarm was raised, part of its key.
        raised_at: Instant,
        /// Worst value since `since`.
        worst: Decimal,
        /// First sample back in order.
        clear_since: Instant,
    },
}

/// What a rule remembers about one station and parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlarmState {
    /// Station watched.
    pub station: StationId,
    /// Rule applied.
    pub rule: RuleId,
    /// Parameter watched; none for a rule on the whole station.
    pub parameter: Option<Parameter>,
    /// Phase after the last sample.
    pub phase: AlarmPhase,
    /// Instant of the last sample seen; earlier samples no longer move this rule.
    pub last: Option<Instant>,
}

/// What a rule did with a sample.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AlarmChange {
    /// Raised. An alarm of the same key that is already there stays as it is; one that was withdrawn counts again.
    Raised(Alarm),
    /// A standing alarm got worse.
    Updated(Alarm),
    /// Cleared; `cleared_at` is set.
    Cleared(Alarm),
    /// Late or revised values give the alarm another end or another worst value; it may stand again.
    Amended(Alarm),
    /// Late or revised values show that there was no breach; `withdrawn_at` is set.
    Withdrawn(Alarm),
}
