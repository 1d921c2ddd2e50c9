//! Alarms: each change from raised to cleared or withdrawn and back happens once, with one notification that waits to be
//! sent.

use std::collections::HashMap;

use lanbi_model::{Alarm, AlarmChange, Instant, RuleId, Severity, StationId};
use sqlx::{SqliteConnection, SqliteExecutor};

use super::{
    SqliteStore,
    names::{Parameters, number_of},
    outbox,
    rows::{corrupt, decimal, instant},
};
use crate::{AlarmFilter, StoreError};

/// How the numbers of alarms move in a transaction.
#[derive(Default)]
pub(super) struct Counts {
    pub(super) raised: i64,
    pub(super) cleared: i64,
    pub(super) withdrawn: i64,
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

/// An alarm that is there under the key of a change.
#[derive(sqlx::FromRow)]
struct Known {
    id: i64,
    over: bool,
    withdrawn: bool,
}

/// Applies one change; the alarm's station has a number already. What has happened before happens once only.
pub(super) async fn apply(
    conn: &mut SqliteConnection,
    parameters: &Parameters,
    stations: &HashMap<StationId, i64>,
    change: &AlarmChange,
    counts: &mut Counts,
) -> Result<(), StoreError> {
    let alarm = of(change);
    let (station, parameter) =
        (number_of(stations, &alarm.station)?, parameters.number_or_whole(alarm.parameter)?);
    let known: Option<Known> = sqlx::query_as(
        "SELECT id, cleared_at IS NOT NULL AS over, withdrawn_at IS NOT NULL AS withdrawn FROM alarm
        WHERE station = ?1 AND rule = ?2 AND parameter = ?3 AND raised_at = ?4",
    )
    .bind(station)
    .bind(&alarm.rule.0)
    .bind(parameter)
    .bind(alarm.raised_at.timestamp_micros())
    .fetch_optional(&mut *conn)
    .await?;
    match (change, known) {
        (AlarmChange::Raised(_), None) => {
            let new = Alarm { cleared_at: None, withdrawn_at: None, ..alarm.clone() };
            let id = put(conn, parameters, stations, &new).await?;
            counts.raised += 1;
            outbox::queue(conn, id, outbox::RAISED).await
        }
        (AlarmChange::Raised(_), Some(Known { id, withdrawn: true, .. })) => {
            counts.withdrawn -= 1;
            set_withdrawn(conn, id, None).await?;
            outbox::queue(conn, id, outbox::RAISED).await
        }
        (AlarmChange::Updated(_), Some(Known { over: false, withdrawn: false, .. })) => {
            let standing = Alarm { cleared_at: None, withdrawn_at: None, ..alarm.clone() };
            put(conn, parameters, stations, &standing).await.map(drop)
        }
        (AlarmChange::Cleared(_), Some(Known { id, over: false, withdrawn: false })) => {
            // A clearing always has its time; without one the alarm would stand for ever, so it ends where it began.
            let end = alarm.cleared_at.unwrap_or(alarm.raised_at);
            let over = Alarm { cleared_at: Some(end), withdrawn_at: None, ..alarm.clone() };
            put(conn, parameters, stations, &over).await?;
            counts.cleared += 1;
            outbox::queue(conn, id, outbox::CLEARED).await
        }
        (AlarmChange::Amended(_), Some(Known { over, withdrawn: false, .. })) => {
            let amended = Alarm { withdrawn_at: None, ..alarm.clone() };
            put(conn, parameters, stations, &amended).await?;
            counts.cleared += i64::from(amended.cleared_at.is_some()) - i64::from(over);
            Ok(())
        }
        (AlarmChange::Withdrawn(_), Some(Known { id, withdrawn: false, .. })) => {
            set_withdrawn(conn, id, Some(alarm.withdrawn_at.unwrap_or(alarm.raised_at))).await?;
            counts.withdrawn += 1;
            outbox::queue(conn, id, outbox::WITHDRAWN).await
        }
        _ => Ok(()),
    }
}

async fn set_withdrawn(conn: &mut SqliteConnection, id: i64, at: Option<Instant>) -> Result<(), StoreError> {
    sqlx::query("UPDATE alarm SET withdrawn_at = ?2 WHERE id = ?1")
        .bind(id)
        .bind(at.map(|at| at.timestamp_micros()))
        .execute(conn)
        .await?;
    Ok(())
}

/// Puts an alarm as it is in place of one of the same key, and gives its number; its station has a number already.
pub(super) async fn put(
    conn: &mut SqliteConnection,
    parameters: &Parameters,
    stations: &HashMap<StationId, i64>,
    alarm: &Alarm,
) -> Result<i64, StoreError> {
    let id = sqlx::query_scalar(
        "INSERT INTO alarm (station, rule, parameter, raised_at, severity, since, cleared_at, withdrawn_at, worst,
            exceeded, text, basis)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
        ON CONFLICT DO UPDATE SET severity = excluded.severity, since = excluded.since,
            cleared_at = excluded.cleared_at, withdrawn_at = excluded.withdrawn_at, worst = excluded.worst,
            exceeded = excluded.exceeded, text = excluded.text, basis = excluded.basis
        RETURNING id",
    )
    .bind(number_of(stations, &alarm.station)?)
    .bind(&alarm.rule.0)
    .bind(parameters.number_or_whole(alarm.parameter)?)
    .bind(alarm.raised_at.timestamp_micros())
    .bind(alarm.severity.key())
    .bind(alarm.since.timestamp_micros())
    .bind(alarm.cleared_at.map(|t| t.timestamp_micros()))
    .bind(alarm.withdrawn_at.map(|t| t.timestamp_micros()))
    .bind(alarm.worst.map(|w| w.to_string()))
    .bind(alarm.limit.map(|l| l.to_string()))
    .bind(&alarm.text)
    .bind(&alarm.basis)
    .fetch_one(conn)
    .await?;
    Ok(id)
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
    withdrawn_at: Option<i64>,
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
            withdrawn_at: self.withdrawn_at.map(instant).transpose()?,
            worst: self.worst.as_deref().map(decimal).transpose()?,
            limit: self.exceeded.as_deref().map(decimal).transpose()?,
            text: self.text,
            basis: self.basis,
        })
    }
}

/// Alarms, newest first.
pub(super) async fn read(
    executor: impl SqliteExecutor<'_>,
    parameters: &Parameters,
    filter: &AlarmFilter,
) -> Result<Vec<Alarm>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT t.name, a.rule, a.parameter, a.severity, a.raised_at, a.since, a.cleared_at, a.withdrawn_at,
            a.worst, a.exceeded, a.text, a.basis
        FROM alarm AS a JOIN station AS t ON t.id = a.station
        WHERE (?1 IS NULL OR a.cleared_at IS NULL OR a.cleared_at > ?1)
            AND (?2 IS NULL OR a.raised_at <= ?2) AND (?3 IS NULL OR t.name = ?3)
            AND (NOT ?4 OR (a.cleared_at IS NULL AND a.withdrawn_at IS NULL))
            AND (?5 OR a.withdrawn_at IS NULL)
        ORDER BY a.raised_at DESC, a.id DESC",
    )
    .bind(filter.after.map(|after| after.timestamp_micros()))
    .bind(filter.until.map(|until| until.timestamp_micros()))
    .bind(filter.station.as_ref().map(StationId::as_str))
    .bind(filter.standing)
    .bind(filter.withdrawn)
    .fetch_all(executor)
    .await?;
    rows.into_iter().map(|row| row.into_alarm(parameters)).collect()
}

impl SqliteStore {
    pub(super) async fn list_alarms(&self, filter: &AlarmFilter) -> Result<Vec<Alarm>, StoreError> {
        read(&self.pools.readers, &self.parameters, filter).await
    }
}
