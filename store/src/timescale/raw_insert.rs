//! Frames inserted into a database with nothing else, for [`crate::RawInsert`].

use std::time::{Duration, Instant as Clock};

use lanbi_model::Instant;
use sqlx::{Connection, PgConnection};

use super::{connect, place::Place};
use crate::{StoreError, raw_insert::RawRow};

/// A connection and a table beside the store's own.
#[derive(Debug)]
pub(crate) struct RawPostgres(PgConnection);

impl RawPostgres {
    pub(crate) async fn open(address: &str) -> Result<Self, StoreError> {
        let mut conn = connect::first(&Place::parse(address)?).await?;
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
        Ok(Self(conn))
    }

    pub(crate) async fn insert(&mut self, rows: &[RawRow]) -> Result<Duration, StoreError> {
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
        .execute(&mut self.0)
        .await?;
        Ok(start.elapsed())
    }

    pub(crate) async fn finish(mut self) -> Result<i64, StoreError> {
        let values = sqlx::query_scalar("SELECT coalesce(sum(cardinality(vals)), 0)::int8 FROM bench_raw")
            .fetch_one(&mut self.0)
            .await?;
        sqlx::query("DROP TABLE bench_raw").execute(&mut self.0).await?;
        self.0.close().await?;
        Ok(values)
    }
}

/// What a station sent together, as columns: the values of all frames in one array, and which of them are each frame's.
#[derive(Default)]
struct Frames {
    station: Vec<i32>,
    period: Vec<i32>,
    instant: Vec<Instant>,
    received_at: Vec<Instant>,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_one_message_are_one_frame() {
        let row = |minute: i64, parameter: i16| RawRow {
            station: 0,
            period: 60,
            instant: Instant::UNIX_EPOCH + chrono::TimeDelta::minutes(minute),
            parameter,
            value: 0.5,
            flags: 0,
            received_at: Instant::UNIX_EPOCH,
        };
        let frames = Frames::of(&[row(3, 1), row(3, 2), row(4, 1), row(4, 2)]);
        assert_eq!(frames.station, [0, 0]);
        assert_eq!((frames.first, frames.last), (vec![1, 3], vec![2, 4]));
        assert_eq!((frames.parameters.len(), frames.values.len()), (4, 4));
    }
}
