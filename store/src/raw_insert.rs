//! A limit to hold [`Store::commit`](crate::Store::commit) against: the same rows inserted with nothing else, neither
//! compared nor counted nor marked.
//!
//! The rows go into a table `bench_raw` of the shape in which the backend keeps values, with the same key, one durable
//! transaction a batch; the table is made anew and taken away again. For PostgreSQL the table is a plain one even where
//! the store's is a hypertable, so the limit is never easier than the store's own work.

use std::{collections::HashMap, time::Duration};

use chrono::{DateTime, Utc};
use lanbi_model::{Parameter, StationId, decimal::to_f64};

use crate::{Incoming, StoreError, sqlite::RawSqlite, timescale::RawPostgres};

/// A value in the numbers of its columns.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RawRow {
    pub(crate) station: i32,
    pub(crate) period: i32,
    pub(crate) instant: DateTime<Utc>,
    pub(crate) parameter: i16,
    pub(crate) value: f64,
    pub(crate) flags: i32,
    pub(crate) received_at: DateTime<Utc>,
}

/// Inserts rows and takes the time.
#[derive(Debug)]
pub struct RawInsert {
    backend: Backend,
    stations: HashMap<StationId, i32>,
}

#[derive(Debug)]
enum Backend {
    Sqlite(RawSqlite),
    Postgres(Box<RawPostgres>),
}

impl RawInsert {
    /// Makes the table in the store at an address, which nobody else may be writing to.
    ///
    /// # Errors
    /// An address of neither SQLite nor PostgreSQL, or a store that cannot be written.
    pub async fn open(address: &str) -> Result<Self, StoreError> {
        let backend = match address.strip_prefix("sqlite:") {
            Some(path) => {
                let path = path.strip_prefix("//").unwrap_or(path);
                Backend::Sqlite(RawSqlite::open(path.as_ref()).await?)
            }
            None => Backend::Postgres(Box::new(RawPostgres::open(address).await?)),
        };
        Ok(Self { backend, stations: HashMap::new() })
    }

    /// Inserts a batch and gives the time the database took; preparing the rows does not count.
    ///
    /// # Errors
    /// The database refused.
    pub async fn insert(&mut self, batch: &[Incoming]) -> Result<Duration, StoreError> {
        let mut rows: Vec<RawRow> = batch.iter().map(|incoming| row(&mut self.stations, incoming)).collect();
        // By key and each once, as the store does it too: neighbours in the index are touched together.
        let key = |row: &RawRow| (row.station, row.period, row.instant, row.parameter);
        rows.sort_by_key(key);
        rows.dedup_by_key(|row| key(row));
        match &mut self.backend {
            Backend::Sqlite(sqlite) => sqlite.insert(&rows).await,
            Backend::Postgres(postgres) => postgres.insert(&rows).await,
        }
    }

    /// Counts the values inserted and takes the table away.
    ///
    /// # Errors
    /// The database refused.
    pub async fn finish(self) -> Result<u64, StoreError> {
        let values: i64 = match self.backend {
            Backend::Sqlite(sqlite) => sqlite.finish().await?,
            Backend::Postgres(postgres) => postgres.finish().await?,
        };
        Ok(u64::try_from(values).unwrap_or_default())
    }
}

fn row(stations: &mut HashMap<StationId, i32>, incoming: &Incoming) -> RawRow {
    let key = &incoming.sample.key;
    let next = i32::try_from(stations.len()).unwrap_or(i32::MAX);
    let number = Parameter::ALL.iter().position(|parameter| *parameter == key.parameter);
    RawRow {
        station: *stations.entry(key.station.clone()).or_insert(next),
        period: i32::try_from(key.period.seconds()).unwrap_or(i32::MAX),
        instant: key.instant,
        parameter: number.and_then(|number| i16::try_from(number).ok()).unwrap_or(i16::MAX),
        value: to_f64(incoming.sample.value),
        flags: i32::try_from(incoming.sample.flags.bits()).unwrap_or_default(),
        received_at: incoming.received_at,
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use lanbi_model::{AveragingPeriod, Decimal, Flags, Sample, SampleKey};

    use super::*;

    fn batch(minutes: std::ops::Range<i64>) -> Vec<Incoming> {
        let mut samples = Vec::new();
        for minute in minutes {
            for parameter in [Parameter::Pm25, Parameter::Co] {
                let instant = DateTime::UNIX_EPOCH + TimeDelta::minutes(minute);
                let key = SampleKey {
                    station: StationId::new("bench-1"),
                    parameter,
                    period: AveragingPeriod::MINUTE,
                    instant,
                };
                let sample = Sample { key, value: Decimal::new(minute, 1), flags: Flags::empty() };
                samples.push(Incoming { sample, day: instant.date_naive(), received_at: instant });
            }
        }
        samples
    }

    #[tokio::test]
    async fn repeats_are_passed_over_and_nothing_is_left_behind() {
        let folder = tempfile::tempdir().unwrap();
        let address = format!("sqlite:{}", folder.path().join("limit.db").display());
        for _ in 0..2 {
            let mut raw = RawInsert::open(&address).await.unwrap();
            raw.insert(&batch(0..600)).await.unwrap();
            raw.insert(&batch(500..700)).await.unwrap();
            assert_eq!(raw.finish().await.unwrap(), 1400);
        }
    }
}
