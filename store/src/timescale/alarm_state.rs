//! What alarm rules remember between two samples.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use lanbi_model::{AlarmPhase, AlarmState, Instant, RuleId, StationId};
use sqlx::PgConnection;

use super::{
    TimescaleStore,
    names::{Parameters, number_of},
    rows::{corrupt, cut, decimal, decimal_text, text},
};
use crate::StoreError;

/// A phase in its columns.
#[derive(Default)]
struct Phase {
    name: &'static str,
    since: Option<Instant>,
    raised_at: Option<Instant>,
    worst: Option<String>,
    clear_since: Option<Instant>,
}

impl From<AlarmPhase> for Phase {
    fn from(phase: AlarmPhase) -> Self {
        let worst_text = |worst| decimal_text(Some(worst));
        match phase {
            AlarmPhase::Normal => Self { name: "normal", ..Self::default() },
            AlarmPhase::Pending { since, worst } => {
                Self { name: "pending", since: Some(cut(since)), worst: worst_text(worst), ..Self::default() }
            }
            AlarmPhase::Active { since, raised_at, worst } => Self {
                name: "active",
                since: Some(cut(since)),
                raised_at: Some(cut(raised_at)),
                worst: worst_text(worst),
                clear_since: None,
            },
            AlarmPhase::Clearing { since, raised_at, worst, clear_since } => Self {
                name: "clearing",
                since: Some(cut(since)),
                raised_at: Some(cut(raised_at)),
                worst: worst_text(worst),
                clear_since: Some(cut(clear_since)),
            },
        }
    }
}

/// Puts states in place of earlier ones; of several for one key the last counts.
pub(super) async fn replace(
    conn: &mut PgConnection,
    parameters: &Parameters,
    numbers: &HashMap<StationId, i32>,
    states: &[AlarmState],
) -> Result<(), StoreError> {
    let mut rows = BTreeMap::new();
    for state in states {
        let station = number_of(numbers, &state.station)?;
        let key = (station, text(&state.rule.0).into_owned(), parameters.number_or_whole(state.parameter)?);
        rows.insert(key, (Phase::from(state.phase), state.last.map(cut)));
    }
    if rows.is_empty() {
        return Ok(());
    }
    let stations: Vec<i32> = rows.keys().map(|key| key.0).collect();
    let rules: Vec<&str> = rows.keys().map(|key| key.1.as_str()).collect();
    let numbers: Vec<i16> = rows.keys().map(|key| key.2).collect();
    let names: Vec<&str> = rows.values().map(|(phase, _)| phase.name).collect();
    let worst: Vec<Option<&str>> = rows.values().map(|(phase, _)| phase.worst.as_deref()).collect();
    let time = |what: fn(&Phase) -> Option<Instant>| -> Vec<Option<Instant>> {
        rows.values().map(|(phase, _)| what(phase)).collect()
    };
    let last: Vec<Option<Instant>> = rows.values().map(|&(_, last)| last).collect();
    sqlx::query(
        "INSERT INTO alarm_state (station, rule, parameter, phase, since, raised_at, worst, clear_since, last)
        SELECT station, rule, parameter, phase, since, raised_at, worst::numeric, clear_since, last
        FROM unnest($1::int4[], $2::text[], $3::int2[], $4::text[], $5::timestamptz[], $6::timestamptz[],
                $7::text[], $8::timestamptz[], $9::timestamptz[])
            AS u (station, rule, parameter, phase, since, raised_at, worst, clear_since, last)
        ON CONFLICT (station, rule, parameter) DO UPDATE SET phase = excluded.phase, since = excluded.since,
            raised_at = excluded.raised_at, worst = excluded.worst, clear_since = excluded.clear_since,
            last = excluded.last",
    )
    .bind(stations)
    .bind(rules)
    .bind(numbers)
    .bind(names)
    .bind(time(|phase| phase.since))
    .bind(time(|phase| phase.raised_at))
    .bind(worst)
    .bind(time(|phase| phase.clear_since))
    .bind(last)
    .execute(conn)
    .await?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Row {
    name: String,
    rule: String,
    parameter: i16,
    phase: String,
    since: Option<DateTime<Utc>>,
    raised_at: Option<DateTime<Utc>>,
    worst: Option<String>,
    clear_since: Option<DateTime<Utc>>,
    last: Option<DateTime<Utc>>,
}

impl Row {
    fn into_state(self, parameters: &Parameters) -> Result<AlarmState, StoreError> {
        let time = |time: Option<Instant>| time.ok_or_else(|| corrupt("an alarm state", "a time is missing"));
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
            last: self.last,
        })
    }
}

impl TimescaleStore {
    pub(super) async fn read_alarm_states(&self) -> Result<Vec<AlarmState>, StoreError> {
        let query = sqlx::query_as(
            "SELECT t.name, a.rule, a.parameter, a.phase, a.since, a.raised_at, a.worst::text, a.clear_since,
                a.last
            FROM alarm_state AS a JOIN station AS t ON t.id = a.station",
        );
        let rows: Vec<Row> = self.pools.rows(query).await?;
        let mut states =
            rows.into_iter().map(|row| row.into_state(&self.parameters)).collect::<Result<Vec<_>, _>>()?;
        states.sort_by(|a, b| (&a.station, &a.rule, a.parameter).cmp(&(&b.station, &b.rule, b.parameter)));
        Ok(states)
    }
}
