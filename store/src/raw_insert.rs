//! A limit to hold [`Store::commit`](crate::Store::commit) against: the same rows inserted with nothing else, neither
//! compared nor counted nor marked.
//!
//! The rows go into a table `bench_raw` of the shape in which the backend keeps values, with the same key, one durable
//! transaction a batch; the table is made anew and taken away again. For PostgreSQL the table is a plain one even where
//! the store's is a hypertable, so the limit is never easier than the store's own work.

use std::{
    collections::HashMap,
    time::{Duration, Instant as Clock},
};

use chrono::{DateTime, Utc};
use lanbi_model::{Parameter, StationId, decimal::to_f64};
use sqlx::{ConnectOptions, Connection, PgConnection, postgres::PgConnectOptions};

use crate::{Incoming, StoreError, sqlite::RawSqlite};

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
    Postgres(Box<PgConnection>),
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
            None => Backend::Postgres(Box::new(open_postgres(address).await?)),
        };
        Ok(Self { backend, stations: HashMap::new() })
    }

    /// Inserts a batch and gives the time the database took; preparing the rows does not count.
    ///
    /// # Errors
    /// The database refused.
    pub async fn insert(&mut self, batch: &[Incoming]) -> Result<Duration, StoreError> {
        let rows: Vec<RawRow> = batch.iter().map(|incoming| row(&mut self.stations, incoming)).collect();
        match &mut self.backend {
            Backend::Sqlite(sqlite) => sqlite.insert(&rows).await,
            Backend::Postgres(conn) => insert_frames(conn, &rows).await,
        }
    }

    /// Counts the values inserted and takes the table away.
    ///
    /// # Errors
    /// The database refused.
    pub async fn finish(self) -> Result<u64, StoreError> {
        let values: i64 = match self.backend {
            Backend::Sqlite(sqlite) => sqlite.finish().await?,
            Backend::Postgres(mut conn) => {
                let values =
                    sqlx::query_scalar("SELECT coalesce(sum(cardinality(vals)), 0)::int8 FROM bench_raw")
                        .fetch_one(&mut *conn)
                        .await?;
                sqlx::query("DROP TABLE bench_raw").execute(&mut *conn).await?;
                conn.close().await?;
                values
            }
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

async fn open_postgres(address: &str) -> Result<PgConnection, StoreError> {
    let options: PgConnectOptions = address.parse()?;
    let mut conn = PgConnection::connect_with(&options.disable_statement_logging()).await?;
    sqlx::query("DROP TABLE IF EXISTS bench_raw").execute(&mut conn).await?;
    sqlx::query(
        "CREATE TABLE bench_raw (
            station      int4        NOT NULL,
            period       int4        NOT NULL,
            instant      timestamptz NOT NULL,
            received_at  timestamptz NOT NULL,
            parameters   int2[]      NOT NULL,
            vals         float8[]    NOT NULL,
            flags        int4[],
            device_flags int4[],
            revisions    int4[],
            received     timestamptz[],
            PRIMARY KEY (station, period, instant)
        )",
    )
    .execute(&mut conn)
    .await?;
    Ok(conn)
}

/// What a station sent together, as columns: the values of all frames in one array, and which of them are each frame's.
#[derive(Default)]
struct Frames {
    station: Vec<i32>,
    period: Vec<i32>,
    instant: Vec<DateTime<Utc>>,
    received_at: Vec<DateTime<Utc>>,
    first: Vec<i32>,
    last: Vec<i32>,
    parameters: Vec<i16>,
    values: Vec<f64>,
}

impl Frames {
    /// Values that follow each other under the same station, period and instant are a frame.
    fn of(rows: &[RawRow]) -> Self {
        let mut frames = Self::default();
        for frame in
            rows.chunk_by(|a, b| (a.station, a.period, a.instant) == (b.station, b.period, b.instant))
        {
            let Some(head) = frame.first() else { continue };
            let before = frames.values.len();
            frames.station.push(head.station);
            frames.period.push(head.period);
            frames.instant.push(head.instant);
            frames.received_at.push(head.received_at);
            frames.parameters.extend(frame.iter().map(|row| row.parameter));
            frames.values.extend(frame.iter().map(|row| row.value));
            frames.first.push(i32::try_from(before + 1).unwrap_or(i32::MAX));
            frames.last.push(i32::try_from(frames.values.len()).unwrap_or(i32::MAX));
        }
        frames
    }
}

async fn insert_frames(conn: &mut PgConnection, rows: &[RawRow]) -> Result<Duration, StoreError> {
    let frames = Frames::of(rows);
    let start = Clock::now();
    sqlx::query(
        "INSERT INTO bench_raw (station, period, instant, received_at, parameters, vals)
        SELECT f.station, f.period, f.instant, f.received_at,
            ($7::int2[])[f.first : f.last], ($8::float8[])[f.first : f.last]
        FROM unnest($1::int4[], $2::int4[], $3::timestamptz[], $4::timestamptz[], $5::int4[], $6::int4[])
            AS f (station, period, instant, received_at, first, last)
        ON CONFLICT DO NOTHING",
    )
    .bind(frames.station)
    .bind(frames.period)
    .bind(frames.instant)
    .bind(frames.received_at)
    .bind(frames.first)
    .bind(frames.last)
    .bind(frames.parameters)
    .bind(frames.values)
    .execute(conn)
    .await?;
    Ok(start.elapsed())
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

    #[test]
    fn values_of_one_message_are_one_frame() {
        let mut stations = HashMap::new();
        let rows: Vec<RawRow> = batch(3..5).iter().map(|incoming| row(&mut stations, incoming)).collect();
        let frames = Frames::of(&rows);
        assert_eq!(frames.station, [0, 0]);
        assert_eq!((frames.first, frames.last), (vec![1, 3], vec![2, 4]));
        assert_eq!(frames.parameters.len(), 4);
        assert_eq!(frames.values, [0.3, 0.3, 0.4, 0.4]);
    }
}
