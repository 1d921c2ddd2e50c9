//! Earlier values: written when they are replaced, and read.

use chrono::{DateTime, Utc};
use lanbi_model::{Instant, Revision, Sample, SampleKey, decimal::from_f64};
use sqlx::PgConnection;

use super::{
    TimescaleStore,
    merge::Replaced,
    rows::{corrupt, cut, flags, seconds, text},
};
use crate::StoreError;

/// Why values are replaced.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cause<'a> {
    /// Where the next value came from.
    pub(super) source: &'a str,
    /// Who decided.
    pub(super) reviewer: Option<&'a str>,
    /// Why.
    pub(super) reason: Option<&'a str>,
}

impl<'a> Cause<'a> {
    /// Another value from a source.
    pub(super) const fn source(source: &'a str) -> Self {
        Self { source, reviewer: None, reason: None }
    }
}

/// Keeps values that are replaced.
pub(super) async fn insert(
    conn: &mut PgConnection,
    replaced: &[Replaced],
    cause: Cause<'_>,
) -> Result<(), StoreError> {
    if replaced.is_empty() {
        return Ok(());
    }
    let column = |what: fn(&Replaced) -> i32| -> Vec<i32> { replaced.iter().map(what).collect() };
    let time = |what: fn(&Replaced) -> Instant| -> Vec<Instant> { replaced.iter().map(what).collect() };
    let parameters: Vec<i16> = replaced.iter().map(|old| old.entry.parameter).collect();
    let values: Vec<f64> = replaced.iter().map(|old| old.entry.value).collect();
    sqlx::query(
        "INSERT INTO sample_revision (station, period, instant, parameter, revision, value, flags,
            device_flags, received_at, replaced_at, source, reviewer, reason)
        SELECT station, period, instant, parameter, revision, value, flags, device_flags, received_at,
            replaced_at, $11, $12, $13
        FROM unnest($1::int4[], $2::int4[], $3::timestamptz[], $4::int2[], $5::int4[], $6::float8[],
                $7::int4[], $8::int4[], $9::timestamptz[], $10::timestamptz[])
            AS u (station, period, instant, parameter, revision, value, flags, device_flags, received_at,
                replaced_at)
        ON CONFLICT (station, period, instant, parameter, revision) DO UPDATE
        SET value = excluded.value, flags = excluded.flags, device_flags = excluded.device_flags,
            received_at = excluded.received_at, replaced_at = excluded.replaced_at,
            source = excluded.source, reviewer = excluded.reviewer, reason = excluded.reason",
    )
    .bind(column(|old| old.key.0))
    .bind(column(|old| old.key.1))
    .bind(time(|old| old.key.2))
    .bind(parameters)
    .bind(column(|old| old.entry.revision))
    .bind(values)
    .bind(column(|old| old.entry.flags))
    .bind(column(|old| old.entry.device_flags))
    .bind(time(|old| old.entry.received_at))
    .bind(time(|old| old.replaced_at))
    .bind(text(cause.source).as_ref())
    .bind(cause.reviewer.map(text).as_deref())
    .bind(cause.reason.map(text).as_deref())
    .execute(conn)
    .await?;
    Ok(())
}

/// A revision as its row, without its key.
#[derive(sqlx::FromRow)]
pub(super) struct Row {
    value: f64,
    flags: i32,
    device_flags: i32,
    received_at: DateTime<Utc>,
    replaced_at: DateTime<Utc>,
    source: String,
    reviewer: Option<String>,
    reason: Option<String>,
}

impl Row {
    pub(super) fn into_revision(self, key: SampleKey) -> Result<Revision, StoreError> {
        let value = from_f64(self.value).ok_or_else(|| corrupt("a value", self.value.to_string()))?;
        Ok(Revision {
            sample: Sample { key, value, flags: flags(self.flags) },
            device_flags: flags(self.device_flags),
            received_at: self.received_at,
            replaced_at: self.replaced_at,
            source: self.source,
            by: self.reviewer,
            reason: self.reason,
        })
    }
}

impl TimescaleStore {
    pub(super) async fn read_revisions(&self, key: &SampleKey) -> Result<Vec<Revision>, StoreError> {
        let query = sqlx::query_as(
            "SELECT value, flags, device_flags, received_at, replaced_at, source, reviewer, reason
            FROM sample_revision
            WHERE station = (SELECT id FROM station WHERE name = $1) AND period = $2 AND instant = $3
                AND parameter = $4
            ORDER BY revision",
        );
        let query = query
            .bind(key.station.as_str())
            .bind(seconds(key.period))
            .bind(cut(key.instant))
            .bind(self.parameters.number(key.parameter)?);
        let rows: Vec<Row> = self.pools.rows(query).await?;
        rows.into_iter().map(|row| row.into_revision(key.clone())).collect()
    }
}
