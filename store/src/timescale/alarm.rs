//! Alarms: each change from raised to cleared or withdrawn and back happens once, with one notification that waits to be
//! sent.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use lanbi_model::{Alarm, AlarmChange, RuleId, Severity, StationId};
use sqlx::{PgConnection, Postgres, postgres::PgArguments, query::QueryAs};

use super::{
    TimescaleStore,
    account::Moves,
    names::{Parameters, number_of},
    outbox,
    rows::{corrupt, cut, decimal, decimal_text, end, text},
};
use crate::{AlarmFilter, StoreError};

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

/// Applies one change. What has happened before happens once only.
pub(super) async fn apply(
    conn: &mut PgConnection,
    parameters: &Parameters,
    numbers: &HashMap<StationId, i32>,
    change: &AlarmChange,
    moves: &mut Moves,
) -> Result<(), StoreError> {
    let mut alarm = of(change).clone();
    alarm.withdrawn_at = None;
    let statement = match change {
        AlarmChange::Raised(_) => {
            alarm.cleared_at = None;
            RAISE
        }
        AlarmChange::Updated(_) => {
            alarm.cleared_at = None;
            UPDATE
        }
        // A clearing always has its time; without one the alarm would stand for ever, so it ends where it began.
        AlarmChange::Cleared(_) => {
            alarm.cleared_at = alarm.cleared_at.or(Some(alarm.raised_at));
            UPDATE
        }
        AlarmChange::Amended(_) => AMEND,
        // Likewise a withdrawal.
        AlarmChange::Withdrawn(other) => {
            alarm.withdrawn_at = other.withdrawn_at.or(Some(alarm.raised_at));
            WITHDRAW
        }
    };
    let done: Option<(i64, bool)> =
        bind(sqlx::query_as(statement), parameters, numbers, &alarm)?.fetch_optional(&mut *conn).await?;
    // `was` tells of a raised alarm whether it had been withdrawn, and of an amended one whether it had ended.
    let Some((id, was)) = done else { return Ok(()) };
    match change {
        AlarmChange::Raised(_) => {
            if was {
                moves.alarms_withdrawn -= 1;
            } else {
                moves.alarms_raised += 1;
            }
            outbox::queue(conn, id, outbox::RAISED).await?;
        }
        AlarmChange::Updated(_) => {}
        AlarmChange::Cleared(_) => {
            moves.alarms_cleared += 1;
            outbox::queue(conn, id, outbox::CLEARED).await?;
        }
        AlarmChange::Amended(_) => {
            moves.alarms_cleared += i64::from(alarm.cleared_at.is_some()) - i64::from(was);
        }
        AlarmChange::Withdrawn(_) => {
            moves.alarms_withdrawn += 1;
            outbox::queue(conn, id, outbox::WITHDRAWN).await?;
        }
    }
    Ok(())
}

/// A new alarm, or one that was withdrawn and counts again as it was. All statements take the same
/// twelve values, whether they use them or not.
const RAISE: &str = "WITH again AS (
        UPDATE alarm SET withdrawn_at = NULL
        WHERE station = $1 AND rule = $2 AND parameter = $3 AND raised_at = $4 AND withdrawn_at IS NOT NULL
        RETURNING id
    ), new AS (
        INSERT INTO alarm (station, rule, parameter, raised_at, severity, since, cleared_at, withdrawn_at,
            worst, exceeded, text, basis)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::text::numeric, $10::text::numeric, $11, $12)
        ON CONFLICT DO NOTHING RETURNING id
    )
    SELECT id, true FROM again UNION ALL SELECT id, false FROM new";

/// Changes an alarm that stands; one that is over stays as it was.
const UPDATE: &str = "UPDATE alarm SET severity = $5, since = $6, cleared_at = $7, withdrawn_at = $8,
        worst = $9::text::numeric, exceeded = $10::text::numeric, text = $11, basis = $12
    WHERE station = $1 AND rule = $2 AND parameter = $3 AND raised_at = $4
        AND cleared_at IS NULL AND withdrawn_at IS NULL
    RETURNING id, false";

/// Changes an alarm whether it stands or is over.
const AMEND: &str = "WITH was AS (
        SELECT id, cleared_at IS NOT NULL AS over FROM alarm
        WHERE station = $1 AND rule = $2 AND parameter = $3 AND raised_at = $4 AND withdrawn_at IS NULL
        FOR UPDATE
    )
    UPDATE alarm AS a SET severity = $5, since = $6, cleared_at = $7, withdrawn_at = $8,
        worst = $9::text::numeric, exceeded = $10::text::numeric, text = $11, basis = $12
    FROM was WHERE a.id = was.id RETURNING a.id, was.over";

/// Withdraws an alarm and leaves the rest as it was.
const WITHDRAW: &str = "UPDATE alarm SET withdrawn_at = $8
    WHERE station = $1 AND rule = $2 AND parameter = $3 AND raised_at = $4 AND withdrawn_at IS NULL
    RETURNING id, false";

/// Binds an alarm: its key first.
fn bind<'q, T>(
    query: QueryAs<'q, Postgres, T, PgArguments>,
    parameters: &Parameters,
    numbers: &HashMap<StationId, i32>,
    alarm: &Alarm,
) -> Result<QueryAs<'q, Postgres, T, PgArguments>, StoreError> {
    Ok(query
        .bind(number_of(numbers, &alarm.station)?)
        .bind(text(&alarm.rule.0).into_owned())
        .bind(parameters.number_or_whole(alarm.parameter)?)
        .bind(cut(alarm.raised_at))
        .bind(alarm.severity.key())
        .bind(cut(alarm.since))
        .bind(alarm.cleared_at.map(cut))
        .bind(alarm.withdrawn_at.map(cut))
        .bind(decimal_text(alarm.worst))
        .bind(decimal_text(alarm.limit))
        .bind(text(&alarm.text).into_owned())
        .bind(text(&alarm.basis).into_owned()))
}

/// Puts an alarm in place of one of the same key, and gives its number.
pub(super) async fn put(
    conn: &mut PgConnection,
    parameters: &Parameters,
    numbers: &HashMap<StationId, i32>,
    alarm: &Alarm,
) -> Result<i64, StoreError> {
    let query = sqlx::query_as(
        "INSERT INTO alarm (station, rule, parameter, raised_at, severity, since, cleared_at, withdrawn_at,
            worst, exceeded, text, basis)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::text::numeric, $10::text::numeric, $11, $12)
        ON CONFLICT (station, rule, parameter, raised_at) DO UPDATE SET severity = excluded.severity,
            since = excluded.since, cleared_at = excluded.cleared_at, withdrawn_at = excluded.withdrawn_at,
            worst = excluded.worst, exceeded = excluded.exceeded, text = excluded.text,
            basis = excluded.basis
        RETURNING id",
    );
    let (id,): (i64,) = bind(query, parameters, numbers, alarm)?.fetch_one(conn).await?;
    Ok(id)
}

/// An alarm as it stands in the table, with the name of its station.
#[derive(sqlx::FromRow)]
pub(super) struct Row {
    name: String,
    rule: String,
    parameter: i16,
    severity: String,
    raised_at: DateTime<Utc>,
    since: DateTime<Utc>,
    cleared_at: Option<DateTime<Utc>>,
    withdrawn_at: Option<DateTime<Utc>>,
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
            raised_at: self.raised_at,
            since: self.since,
            cleared_at: self.cleared_at,
            withdrawn_at: self.withdrawn_at,
            worst: self.worst.as_deref().map(decimal).transpose()?,
            limit: self.exceeded.as_deref().map(decimal).transpose()?,
            text: self.text,
            basis: self.basis,
        })
    }
}

impl TimescaleStore {
    pub(super) async fn list_alarms(&self, filter: &AlarmFilter) -> Result<Vec<Alarm>, StoreError> {
        let query = sqlx::query_as(
            "SELECT t.name, a.rule, a.parameter, a.severity, a.raised_at, a.since, a.cleared_at,
                a.withdrawn_at, a.worst::text, a.exceeded::text, a.text, a.basis
            FROM alarm AS a JOIN station AS t ON t.id = a.station
            WHERE ($1::timestamptz IS NULL OR a.cleared_at IS NULL OR a.cleared_at > $1)
                AND ($2::timestamptz IS NULL OR a.raised_at <= $2) AND ($3::text IS NULL OR t.name = $3)
                AND (NOT $4 OR a.cleared_at IS NULL AND a.withdrawn_at IS NULL)
                AND ($5 OR a.withdrawn_at IS NULL)
            ORDER BY a.raised_at DESC, a.id DESC",
        );
        let query = query
            .bind(filter.after.map(end))
            .bind(filter.until.map(end))
            .bind(filter.station.as_ref().map(StationId::as_str))
            .bind(filter.standing)
            .bind(filter.withdrawn);
        let rows: Vec<Row> = self.pools.rows(query).await?;
        rows.into_iter().map(|row| row.into_alarm(&self.parameters)).collect()
    }
}
