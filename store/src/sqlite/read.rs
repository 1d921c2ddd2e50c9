//! Reads of values.

use chrono::TimeDelta;
use lanbi_model::{Decimal, Instant, Revision, Sample, SampleKey, StationId};

use super::{
    SqliteStore,
    rows::{corrupt, flags, instant, period, value},
};
use crate::{SampleQuery, StoreError};

impl SqliteStore {
    pub(super) async fn read_samples(&self, query: &SampleQuery) -> Result<Vec<Sample>, StoreError> {
        let parameters = query
            .parameters
            .iter()
            .map(|&parameter| self.parameters.number(parameter))
            .collect::<Result<Vec<_>, _>>()?;
        let parameters = (!parameters.is_empty()).then(|| serde_json::json!(parameters).to_string());
        // The cross join keeps the order: first the few periods, then one stretch of each. What a station sent together
        // comes as one row of text, because a row costs more on its way than the values in it. Seventeen digits name
        // every binary float.
        let rows: Vec<(i64, i64, String)> = sqlx::query_as(
            "SELECT r.period, s.instant, group_concat(printf('%d %!.17g %d', s.parameter, s.value, s.flags), ' ')
            FROM series AS r CROSS JOIN sample AS s
            WHERE r.station = (SELECT id FROM station WHERE name = ?1)
                AND (?2 IS NULL OR s.parameter IN (SELECT value FROM json_each(?2)))
                AND (?3 IS NULL OR r.period = ?3)
                AND s.station = r.station AND s.period = r.period AND s.instant > ?4 AND s.instant <= ?5
            GROUP BY r.period, s.instant",
        )
        .bind(query.station.as_str())
        .bind(parameters)
        .bind(query.period.map(|period| i64::from(period.seconds())))
        .bind(query.after.timestamp_micros())
        .bind(query.until.timestamp_micros())
        .fetch_all(&self.pools.readers)
        .await?;
        let mut samples = Vec::new();
        for (seconds, micros, text) in rows {
            let (period, instant) = (period(seconds)?, instant(micros)?);
            let mut words = text.split(' ');
            while let Some(parameter) = words.next() {
                let (value, bits) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
                samples.push(Sample {
                    key: SampleKey {
                        station: query.station.clone(),
                        parameter: self.parameters.parameter(number(parameter)?)?,
                        period,
                        instant,
                    },
                    value: decimal(value)?,
                    flags: flags(number(bits)?)?,
                });
            }
        }
        samples.sort_by_key(|s| (s.key.parameter, s.key.period, s.key.instant));
        Ok(samples)
    }

    pub(super) async fn read_latest(&self) -> Result<Vec<(StationId, Instant)>, StoreError> {
        let rows: Vec<(String, i64)> = sqlx::query_as(
            "SELECT t.name, max(r.last) FROM series AS r JOIN station AS t ON t.id = r.station
            GROUP BY t.id ORDER BY t.name",
        )
        .fetch_all(&self.pools.readers)
        .await?;
        rows.into_iter().map(|(name, last)| Ok((StationId::new(&name), instant(last)?))).collect()
    }

    pub(super) async fn count_late(
        &self,
        station: &StationId,
        after: Instant,
        until: Instant,
        allowed: TimeDelta,
    ) -> Result<u64, StoreError> {
        let count: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM series AS r JOIN sample AS s ON s.station = r.station AND s.period = r.period
            WHERE r.station = (SELECT id FROM station WHERE name = ?1) AND s.instant > ?2 AND s.instant <= ?3
                AND s.received_at - s.instant > ?4",
        )
        .bind(station.as_str())
        .bind(after.timestamp_micros())
        .bind(until.timestamp_micros())
        .bind(allowed.num_microseconds().unwrap_or(i64::MAX))
        .fetch_one(&self.pools.readers)
        .await?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    pub(super) async fn read_revisions(&self, key: &SampleKey) -> Result<Vec<Revision>, StoreError> {
        let rows: Vec<RevisionRow> = sqlx::query_as(
            "SELECT value, flags, device_flags, received_at, replaced_at, source, reviewer, reason
            FROM sample_revision
            WHERE station = (SELECT id FROM station WHERE name = ?1) AND period = ?2 AND instant = ?3
                AND parameter = ?4
            ORDER BY revision",
        )
        .bind(key.station.as_str())
        .bind(i64::from(key.period.seconds()))
        .bind(key.instant.timestamp_micros())
        .bind(self.parameters.number(key.parameter)?)
        .fetch_all(&self.pools.readers)
        .await?;
        rows.into_iter().map(|row| row.into_revision(key.clone())).collect()
    }
}

/// An earlier value as it stands in the table, without its key.
#[derive(sqlx::FromRow)]
pub(super) struct RevisionRow {
    value: f64,
    flags: i64,
    device_flags: i64,
    received_at: i64,
    replaced_at: i64,
    source: String,
    reviewer: Option<String>,
    reason: Option<String>,
}

impl RevisionRow {
    pub(super) fn into_revision(self, key: SampleKey) -> Result<Revision, StoreError> {
        Ok(Revision {
            sample: Sample { key, value: value(self.value)?, flags: flags(self.flags)? },
            device_flags: flags(self.device_flags)?,
            received_at: instant(self.received_at)?,
            replaced_at: instant(self.replaced_at)?,
            source: self.source,
            by: self.reviewer,
            reason: self.reason,
        })
    }
}

/// An integer of a row of text.
fn number(text: &str) -> Result<i64, StoreError> {
    text.parse().map_err(|_| corrupt("a value", text))
}

/// A value of a row of text: the binary float it names, and the decimal that float was made from.
fn decimal(text: &str) -> Result<Decimal, StoreError> {
    text.parse().map_err(|_| corrupt("a value", text)).and_then(value)
}
