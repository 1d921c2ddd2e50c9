//! Reads of values, the account and the stale marks.

use chrono::TimeDelta;
use lanbi_model::{
    Account, Decimal, Instant, Recomputed, Revision, Sample, SampleKey, StationId, decimal::from_f64,
};

use super::{
    SqliteStore,
    rows::{corrupt, day, flags, instant, narrow, period},
};
use crate::{SampleQuery, StaleCauses, StaleMark, StoreError};

#[derive(sqlx::FromRow)]
struct AccountRow {
    incoming: i64,
    stored: i64,
    repeated: i64,
    rejected: i64,
    messages: i64,
    revised: i64,
    alarms_raised: i64,
    alarms_cleared: i64,
    stale_recomputed: i64,
}

impl SqliteStore {
    pub(super) async fn read_account(&self) -> Result<Account, StoreError> {
        let row: AccountRow = sqlx::query_as(
            "SELECT incoming, stored, repeated, rejected, messages, revised, alarms_raised, alarms_cleared,
                stale_recomputed FROM account",
        )
        .fetch_one(&self.pools.readers)
        .await?;
        let count = |number| narrow("an account", number);
        Ok(Account {
            incoming: count(row.incoming)?,
            stored: count(row.stored)?,
            repeated: count(row.repeated)?,
            rejected: count(row.rejected)?,
            messages: count(row.messages)?,
            revised: count(row.revised)?,
            alarms_raised: count(row.alarms_raised)?,
            alarms_cleared: count(row.alarms_cleared)?,
            recomputed: Recomputed { days: count(row.stale_recomputed)?, ..Recomputed::default() },
            ..Account::default()
        })
    }

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
        let rows: Vec<(f64, i64, i64, i64, i64, String)> = sqlx::query_as(
            "SELECT value, flags, device_flags, received_at, replaced_at, source FROM sample_revision
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
        rows.into_iter()
            .map(|(value, bits, device, received_at, replaced_at, source)| {
                let value = from_f64(value).ok_or_else(|| corrupt("a value", value.to_string()))?;
                Ok(Revision {
                    sample: Sample { key: key.clone(), value, flags: flags(bits)? },
                    device_flags: flags(device)?,
                    received_at: instant(received_at)?,
                    replaced_at: instant(replaced_at)?,
                    source,
                    by: None,
                    reason: None,
                })
            })
            .collect()
    }

    pub(super) async fn read_stale(&self, limit: u32) -> Result<Vec<StaleMark>, StoreError> {
        let rows: Vec<(String, i64, i64, bool)> = sqlx::query_as(
            "SELECT t.name, m.day, m.version,
                EXISTS (SELECT 1 FROM derived_day AS d WHERE d.station = m.station AND d.day = m.day)
            FROM stale AS m JOIN station AS t ON t.id = m.station
            ORDER BY m.day, t.name LIMIT ?1",
        )
        .bind(i64::from(limit))
        .fetch_all(&self.pools.readers)
        .await?;
        rows.into_iter()
            .map(|(name, number, version, derived_before)| {
                Ok(StaleMark {
                    station: StationId::new(&name),
                    day: day(number)?,
                    version,
                    derived_before,
                    causes: StaleCauses::ARRIVED,
                })
            })
            .collect()
    }
}

/// An integer of a row of text.
fn number(text: &str) -> Result<i64, StoreError> {
    text.parse().map_err(|_| corrupt("a value", text))
}

/// A value of a row of text: the binary float it names, and the decimal that float was made from.
fn decimal(text: &str) -> Result<Decimal, StoreError> {
    text.parse().ok().and_then(from_f64).ok_or_else(|| corrupt("a value", text))
}
