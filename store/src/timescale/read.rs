//! Reads of values.

use chrono::{DateTime, TimeDelta, Utc};
use lanbi_model::{Instant, Sample, SampleKey, StationId, decimal::from_f64};
use sqlx::postgres::types::PgInterval;

use super::{
    TimescaleStore,
    rows::{corrupt, end, flags, period, seconds},
};
use crate::{SampleQuery, StoreError};

/// What a read of values needs of a frame.
type Values = (i32, DateTime<Utc>, Vec<i16>, Vec<f64>, Option<Vec<i32>>);

impl TimescaleStore {
    pub(super) async fn read_samples(&self, query: &SampleQuery) -> Result<Vec<Sample>, StoreError> {
        let mut wanted = query
            .parameters
            .iter()
            .map(|&parameter| self.parameters.number(parameter))
            .collect::<Result<Vec<_>, _>>()?;
        wanted.sort_unstable();
        // Frames come whole: their values are few, and cutting them costs the server more than sending them.
        let select = sqlx::query_as(
            "SELECT f.period, f.instant, f.parameters, f.vals, f.flags
            FROM series AS r JOIN frame AS f ON f.station = r.station AND f.period = r.period
            WHERE r.station = (SELECT id FROM station WHERE name = $1) AND ($2::int4 IS NULL OR r.period = $2)
                AND f.instant > $3 AND f.instant <= $4 AND ($5::int2[] IS NULL OR f.parameters && $5)",
        );
        let select = select
            .bind(query.station.as_str())
            .bind(query.period.map(seconds))
            .bind(end(query.after))
            .bind(end(query.until))
            .bind((!wanted.is_empty()).then_some(&wanted));
        let frames: Vec<Values> = self.pools.rows(select).await?;
        let mut samples = Vec::new();
        for (length, instant, parameters, values, bits) in frames {
            for (i, (&number, &value)) in parameters.iter().zip(&values).enumerate() {
                if !wanted.is_empty() && wanted.binary_search(&number).is_err() {
                    continue;
                }
                let bits = bits.as_ref().and_then(|list| list.get(i)).copied().unwrap_or(0);
                samples.push(Sample {
                    key: SampleKey {
                        station: query.station.clone(),
                        parameter: self.parameters.parameter(number)?,
                        period: period(length),
                        instant,
                    },
                    value: from_f64(value).ok_or_else(|| corrupt("a value", value.to_string()))?,
                    flags: flags(bits),
                });
            }
        }
        samples.sort_by_key(|s| (s.key.parameter, s.key.period, s.key.instant));
        Ok(samples)
    }

    pub(super) async fn read_latest(&self) -> Result<Vec<(StationId, Instant)>, StoreError> {
        let query = sqlx::query_as(
            "SELECT t.name, max(r.last) FROM series AS r JOIN station AS t ON t.id = r.station
            GROUP BY t.name ORDER BY t.name COLLATE \"C\"",
        );
        let rows: Vec<(String, DateTime<Utc>)> = self.pools.rows(query).await?;
        Ok(rows.into_iter().map(|(name, last)| (StationId::new(&name), last)).collect())
    }

    pub(super) async fn count_late(
        &self,
        station: &StationId,
        after: Instant,
        until: Instant,
        allowed: TimeDelta,
    ) -> Result<u64, StoreError> {
        let query = sqlx::query_as(
            "SELECT coalesce(sum(CASE
                WHEN f.received IS NOT NULL
                    THEN (SELECT count(*) FROM unnest(f.received) AS x (at) WHERE x.at - f.instant > $4)
                WHEN f.received_at - f.instant > $4 THEN cardinality(f.parameters)
                ELSE 0 END), 0)::int8
            FROM series AS r JOIN frame AS f ON f.station = r.station AND f.period = r.period
            WHERE r.station = (SELECT id FROM station WHERE name = $1) AND f.instant > $2 AND f.instant <= $3",
        );
        let microseconds = allowed.num_microseconds().unwrap_or(i64::MAX);
        let query = query.bind(station.as_str()).bind(end(after)).bind(end(until));
        let rows: Vec<(i64,)> =
            self.pools.rows(query.bind(PgInterval { months: 0, days: 0, microseconds })).await?;
        Ok(rows.first().and_then(|row| u64::try_from(row.0).ok()).unwrap_or(0))
    }
}
