//! What alarm rules remember between two samples.

use lanbi_model::{AlarmPhase, AlarmState, RuleId, StationId};
use sqlx::{SqliteConnection, SqliteExecutor};

use super::{
    SqliteStore,
    names::Parameters,
    rows::{corrupt, decimal, instant},
};
use crate::StoreError;

/// Puts states in place of earlier ones; their stations have numbers already.
pub(super) async fn replace(
    conn: &mut SqliteConnection,
    parameters: &Parameters,
    states: &[AlarmState],
) -> Result<(), StoreError> {
    if states.is_empty() {
        return Ok(());
    }
    let rows = states
        .iter()
        .map(|state| {
            let (phase, since, raised_at, worst, clear_since) = match state.phase {
                AlarmPhase::Normal => ("normal", None, None, None, None),
                AlarmPhase::Pending { since, worst } => ("pending", Some(since), None, Some(worst), None),
                AlarmPhase::Active { since, raised_at, worst } => {
                    ("active", Some(since), Some(raised_at), Some(worst), None)
                }
                AlarmPhase::Clearing { since, raised_at, worst, clear_since } => {
                    ("clearing", Some(since), Some(raised_at), Some(worst), Some(clear_since))
                }
            };
            Ok(serde_json::json!([
                state.station.as_str(),
                state.rule.0,
                parameters.number_or_whole(state.parameter)?,
                phase,
                since.map(|t| t.timestamp_micros()),
                raised_at.map(|t| t.timestamp_micros()),
                worst.map(|w| w.to_string()),
                clear_since.map(|t| t.timestamp_micros()),
                state.last.map(|t| t.timestamp_micros()),
            ]))
        })
        .collect::<Result<Vec<_>, StoreError>>()?;
    sqlx::query(
        "INSERT INTO alarm_state (station, rule, parameter, phase, since, raised_at, worst, clear_since, last)
        SELECT t.id, e.value ->> 1, e.value ->> 2, e.value ->> 3, e.value ->> 4, e.value ->> 5, e.value ->> 6,
            e.value ->> 7, e.value ->> 8
        FROM json_each(?1) AS e CROSS JOIN station AS t ON t.name = e.value ->> 0 WHERE true
        ON CONFLICT DO UPDATE SET phase = excluded.phase, since = excluded.since,
            raised_at = excluded.raised_at, worst = excluded.worst, clear_since = excluded.clear_since,
            last = excluded.last",
    )
    .bind(serde_json::Value::from(rows).to_string())
    .execute(conn)
    .await?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Row {
    name: String,
    rule: String,
    parameter: i64,
    phase: String,
    since: Option<i64>,
    raised_at: Option<i64>,
    worst: Option<String>,
    clear_since: Option<i64>,
    last: Option<i64>,
}

impl Row {
    fn into_state(self, parameters: &Parameters) -> Result<AlarmState, StoreError> {
        let time = |micros: Option<i64>| {
            micros.ok_or_else(|| corrupt("an alarm state", "a time is missing")).and_then(instant)
        };
        let worst = || {
            let text = self.worst.as_deref();
            text.ok_or_else(|| corrupt("an alarm state", "the worst value is missing")).and_then(decimal)
        };
        let phase = match self.phase.as_str() {
            "normal" => AlarmPhase::Normal,
            "pending" => AlarmPhase::Pending { since: time(self.since)?, worst: worst()? },
            "active" => AlarmPhase::Active {
                since: time(self.since)?,
                raised_at: time(self.raised_at)?,
                worst: worst()?,
            },
            "clearing" => AlarmPhase::Clearing {
                since: time(self.since)?,
                raised_at: time(self.raised_at)?,
                worst: worst()?,
                clear_since: time(self.clear_since)?,
            },
            other => return Err(corrupt("an alarm state", format!("unknown phase `{other}`"))),
        };
        Ok(AlarmState {
            station: StationId::new(&self.name),
            rule: RuleId(self.rule),
            parameter: parameters.parameter_or_whole(self.parameter)?,
            phase,
            last: self.last.map(instant).transpose()?,
        })
    }
}

/// All states, by station, rule and parameter.
pub(super) async fn read(
    executor: impl SqliteExecutor<'_>,
    parameters: &Parameters,
) -> Result<Vec<AlarmState>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT t.name, a.rule, a.parameter, a.phase, a.since, a.raised_at, a.worst, a.clear_since, a.last
        FROM alarm_state AS a JOIN station AS t ON t.id = a.station",
    )
    .fetch_all(executor)
    .await?;
    let mut states = rows.into_iter().map(|row| row.into_state(parameters)).collect::<Result<Vec<_>, _>>()?;
    states.sort_by(|a, b| (&a.station, &a.rule, a.parameter).cmp(&(&b.station, &b.rule, b.parameter)));
    Ok(states)
}

impl SqliteStore {
    pub(super) async fn read_alarm_states(&self) -> Result<Vec<AlarmState>, StoreError> {
        read(&self.pools.readers, &self.parameters).await
    }
}
