//! Alarms: raised once, cleared once, each with one notification that waits to be sent.

use lanbi_model::{Alarm, AlarmChange, RuleId, Severity, StationId};
use sqlx::{SqliteConnection, sqlite::SqliteQueryResult};

use super::{
    SqliteStore,
    insert::Binding,
    names::Parameters,
    outbox,
    rows::{corrupt, decimal, instant},
};
use crate::{AlarmFilter, StoreError};

/// Alarms that changed in a transaction.
#[derive(Default)]
pub(super) struct Counts {
    pub(super) raised: u64,
    pub(super) cleared: u64,
}

/// The alarm of a change.
pub(super) fn of(change: &AlarmChange) -> &Alarm {
    match change {
        AlarmChange::Raised(alarm)
        | AlarmChange::Updated(alarm)
        | AlarmChange::Cleared(alarm)
        | AlarmChange::Amended(alarm)
        | AlarmChange::Withdrawn(alarm) => alarm,
    }
}

/// Applies one change; the alarm's station has a number already. What has happened before happens once only.
pub(super) async fn apply(
    conn: &mut SqliteConnection,
    parameters: &Parameters,
    change: &AlarmChange,
    counts: &mut Counts,
) -> Result<(), StoreError> {
    let alarm = of(change);
    // A clearing always has its time; without one the alarm would stand for ever, so it ends where it began.
    let (text, cleared_at) = match change {
        AlarmChange::Raised(_) => (RAISE, None),
        AlarmChange::Updated(_) | AlarmChange::Amended(_) | AlarmChange::Withdrawn(_) => (UPDATE, None),
        AlarmChange::Cleared(_) => (UPDATE, Some(alarm.cleared_at.unwrap_or(alarm.raised_at))),
    };
    let parameter = parameters.number_or_whole(alarm.parameter)?;
    let query = key(text, alarm, parameter)
        .bind(alarm.severity.key())
        .bind(alarm.since.timestamp_micros())
        .bind(cleared_at.map(|t| t.timestamp_micros()))
        .bind(alarm.worst.map(|w| w.to_string()))
        .bind(alarm.limit.map(|l| l.to_string()))
        .bind(alarm.text.clone())
        .bind(alarm.basis.clone());
    let done: SqliteQueryResult = query.execute(&mut *conn).await?;
    let event = match change {
        _ if done.rows_affected() == 0 => return Ok(()),
        AlarmChange::Updated(_) | AlarmChange::Amended(_) | AlarmChange::Withdrawn(_) => return Ok(()),
        AlarmChange::Raised(_) => {
            counts.raised += 1;
            outbox::RAISED
        }
        AlarmChange::Cleared(_) => {
            counts.cleared += 1;
            outbox::CLEARED
        }
    };
    key(outbox::QUEUE, alarm, parameter).bind(event).execute(conn).await?;
    Ok(())
}

const RAISE: &str =
    "INSERT INTO alarm (station, rule, parameter, raised_at, severity, since, cleared_at, worst,
        exceeded, text, basis)
    SELECT id, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11 FROM station WHERE name = ?1
    ON CONFLICT DO NOTHING";

/// Changes an alarm that stands; one that is cleared stays as it was.
const UPDATE: &str = "UPDATE alarm SET severity = ?5, since = ?6, cleared_at = ?7, worst = ?8, exceeded = ?9,
        text = ?10, basis = ?11
    WHERE station = (SELECT id FROM station WHERE name = ?1) AND rule = ?2 AND parameter = ?3 AND raised_at = ?4
        AND cleared_at IS NULL";

/// A statement whose first four values are the key of the alarm.
fn key(text: &'static str, alarm: &Alarm, parameter: i64) -> Binding {
    sqlx::query(text)
        .bind(alarm.station.as_str().to_owned())
        .bind(alarm.rule.0.clone())
        .bind(parameter)
        .bind(alarm.raised_at.timestamp_micros())
}

/// An alarm as it stands in the table, with the name of its station.
#[derive(sqlx::FromRow)]
pub(super) struct Row {
    name: String,
    rule: String,
    parameter: i64,
    severity: String,
    raised_at: i64,
    since: i64,
    cleared_at: Option<i64>,
    worst: Option<String>,
    exceeded: Option<String>,
    text: String,
    basis: String,
}

impl Row {
    pub(super) fn into_alarm(self, parameters: &Parameters) -> Result<Alarm, StoreError> {
        Ok(Alarm {
            station: StationId::new(&self.name),
            rule: RuleId(self.rule),
            parameter: parameters.parameter_or_whole(self.parameter)?,
            severity: Severity::from_key(&self.severity)
                .ok_or_else(|| corrupt("an alarm", format!("unknown severity `{}`", self.severity)))?,
            raised_at: instant(self.raised_at)?,
            since: instant(self.since)?,
            cleared_at: self.cleared_at.map(instant).transpose()?,
            withdrawn_at: None,
            worst: self.worst.as_deref().map(decimal).transpose()?,
            limit: self.exceeded.as_deref().map(decimal).transpose()?,
            text: self.text,
            basis: self.basis,
        })
    }
}

impl SqliteStore {
    pub(super) async fn list_alarms(&self, filter: &AlarmFilter) -> Result<Vec<Alarm>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT t.name, a.rule, a.parameter, a.severity, a.raised_at, a.since, a.cleared_at, a.worst,
                a.exceeded, a.text, a.basis
            FROM alarm AS a JOIN station AS t ON t.id = a.station
            WHERE (?1 IS NULL OR a.cleared_at IS NULL OR a.cleared_at > ?1)
                AND (?2 IS NULL OR a.raised_at <= ?2) AND (?3 IS NULL OR t.name = ?3)
                AND (NOT ?4 OR a.cleared_at IS NULL)
            ORDER BY a.raised_at DESC, a.id DESC",
        )
        .bind(filter.after.map(|after| after.timestamp_micros()))
        .bind(filter.until.map(|until| until.timestamp_micros()))
        .bind(filter.station.as_ref().map(StationId::as_str))
        .bind(filter.standing)
        .fetch_all(&self.pools.readers)
        .await?;
        rows.into_iter().map(|row| row.into_alarm(&self.parameters)).collect()
    }
}
