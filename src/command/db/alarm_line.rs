//! An alarm and the state of a rule as JSON.

use anyhow::Context as _;
use lanbi_model::{Alarm, AlarmPhase, AlarmState, RuleId, Severity, StationId};
use serde::{Deserialize, Serialize};

use super::word;

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AlarmLine {
    station: String,
    rule: String,
    parameter: Option<String>,
    severity: String,
    raised_at: String,
    since: String,
    cleared_at: Option<String>,
    withdrawn_at: Option<String>,
    worst: Option<String>,
    limit: Option<String>,
    text: String,
    basis: String,
}

impl From<&Alarm> for AlarmLine {
    fn from(alarm: &Alarm) -> Self {
        Self {
            station: alarm.station.to_string(),
            rule: alarm.rule.0.clone(),
            parameter: alarm.parameter.map(|p| p.to_string()),
            severity: alarm.severity.key().to_owned(),
            raised_at: word::of_instant(alarm.raised_at),
            since: word::of_instant(alarm.since),
            cleared_at: alarm.cleared_at.map(word::of_instant),
            withdrawn_at: alarm.withdrawn_at.map(word::of_instant),
            worst: alarm.worst.map(|v| v.to_string()),
            limit: alarm.limit.map(|v| v.to_string()),
            text: alarm.text.clone(),
            basis: alarm.basis.clone(),
        }
    }
}

impl TryFrom<AlarmLine> for Alarm {
    type Error = anyhow::Error;

    fn try_from(line: AlarmLine) -> anyhow::Result<Self> {
        Ok(Self {
            station: StationId::new(&line.station),
            rule: RuleId(line.rule),
            parameter: line.parameter.as_deref().map(word::parameter).transpose()?,
            severity: Severity::from_key(&line.severity)
                .with_context(|| format!("`{}` is no severity", line.severity))?,
            raised_at: word::instant(&line.raised_at)?,
            since: word::instant(&line.since)?,
            cleared_at: line.cleared_at.as_deref().map(word::instant).transpose()?,
            withdrawn_at: line.withdrawn_at.as_deref().map(word::instant).transpose()?,
            worst: line.worst.as_deref().map(word::decimal).transpose()?,
            limit: line.limit.as_deref().map(word::decimal).transpose()?,
            text: line.text,
            basis: line.basis,
        })
    }
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StateLine {
    station: String,
    rule: String,
    parameter: Option<String>,
    last: Option<String>,
    phase: Phase,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
enum Phase {
    Normal,
    Pending { since: String, worst: String },
    Active { since: String, raised_at: String, worst: String },
    Clearing { since: String, raised_at: String, worst: String, clear_since: String },
}

impl From<&AlarmState> for StateLine {
    fn from(state: &AlarmState) -> Self {
        let at = word::of_instant;
        let phase = match state.phase {
            AlarmPhase::Normal => Phase::Normal,
            AlarmPhase::Pending { since, worst } => {
                Phase::Pending { since: at(since), worst: worst.to_string() }
            }
            AlarmPhase::Active { since, raised_at, worst } => {
                Phase::Active { since: at(since), raised_at: at(raised_at), worst: worst.to_string() }
            }
            AlarmPhase::Clearing { since, raised_at, worst, clear_since } => Phase::Clearing {
                since: at(since),
                raised_at: at(raised_at),
                worst: worst.to_string(),
                clear_since: at(clear_since),
            },
        };
        Self {
            station: state.station.to_string(),
            rule: state.rule.0.clone(),
            parameter: state.parameter.map(|p| p.to_string()),
            last: state.last.map(at),
            phase,
        }
    }
}

impl TryFrom<StateLine> for AlarmState {
    type Error = anyhow::Error;

    fn try_from(line: StateLine) -> anyhow::Result<Self> {
        let (at, number) = (word::instant, word::decimal);
        let phase = match line.phase {
            Phase::Normal => AlarmPhase::Normal,
            Phase::Pending { since, worst } => {
                AlarmPhase::Pending { since: at(&since)?, worst: number(&worst)? }
            }
            Phase::Active { since, raised_at, worst } => {
                AlarmPhase::Active { since: at(&since)?, raised_at: at(&raised_at)?, worst: number(&worst)? }
            }
            Phase::Clearing { since, raised_at, worst, clear_since } => AlarmPhase::Clearing {
                since: at(&since)?,
                raised_at: at(&raised_at)?,
                worst: number(&worst)?,
                clear_since: at(&clear_since)?,
            },
        };
        Ok(Self {
            station: StationId::new(&line.station),
            rule: RuleId(line.rule),
            parameter: line.parameter.as_deref().map(word::parameter).transpose()?,
            phase,
            last: line.last.as_deref().map(at).transpose()?,
        })
    }
}
