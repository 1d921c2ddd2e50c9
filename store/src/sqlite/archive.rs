//! The rows of the store as they are.

use chrono::NaiveDate;
use lanbi_model::{Instant, Revision, Sample, SampleKey, StationId};
use sqlx::{Connection, SqliteConnection};

use super::{
    SqliteStore, account, alarm, alarm_state, daily, dead_letter, device_record, memo, outbox, patrol,
    problem,
    read::RevisionRow,
    report,
    rows::{flags, instant, narrow, period, value},
    stale,
};
use crate::{AlarmFilter, Archive, ArchivePart, StoreError, StoredSample};

#[derive(sqlx::FromRow)]
struct Key {
    parameter: i64,
    period: i64,
    instant: i64,
}

#[derive(sqlx::FromRow)]
struct SampleRow {
    #[sqlx(flatten)]
    key: Key,
    value: f64,
    flags: i64,
    device_flags: i64,
    revision: i64,
    received_at: i64,
}

#[derive(sqlx::FromRow)]
struct KeyedRevision {
    #[sqlx(flatten)]
    key: Key,
    #[sqlx(flatten)]
    row: RevisionRow,
}

impl SqliteStore {
    pub(super) async fn read_part(&self, part: &ArchivePart) -> Result<Archive, StoreError> {
        let mut conn = self.pools.readers.acquire().await?;
        // One look at all tables: what is committed meanwhile is not seen.
        let mut tx = conn.begin().await?;
        match part {
            ArchivePart::Books => self.read_books(&mut tx).await,
            ArchivePart::Values { station, after, until } => Ok(Archive {
                samples: self.read_stored_samples(&mut tx, station, *after, *until).await?,
                revisions: self.read_keyed_revisions(&mut tx, station, *after, *until).await?,
                ..Archive::default()
            }),
            ArchivePart::Letters { above, limit } => Ok(Archive {
                letters: dead_letter::read_above(&mut *tx, *above, *limit).await?,
                ..Archive::default()
            }),
            ArchivePart::Records { above, limit } => Ok(Archive {
                records: device_record::read_above(&mut *tx, *above, *limit).await?,
                ..Archive::default()
            }),
        }
    }

    async fn read_books(&self, conn: &mut SqliteConnection) -> Result<Archive, StoreError> {
        let all = AlarmFilter { withdrawn: true, ..AlarmFilter::default() };
        let mut alarms = alarm::read(&mut *conn, &self.parameters, &all).await?;
        alarms.reverse();
        let waiting = outbox::read(&mut *conn, &self.parameters, u32::MAX).await?;
        let (first, last) = (NaiveDate::MIN, NaiveDate::MAX);
        Ok(Archive {
            daily: daily::read(&mut *conn, &self.parameters, None, first, last).await?,
            derived: stale::read_derived(&mut *conn).await?,
            stale: stale::read(&mut *conn, u32::MAX).await?,
            alarms,
            alarm_states: alarm_state::read(&mut *conn, &self.parameters).await?,
            waiting: waiting.into_iter().map(|waiting| (waiting.alarm, waiting.event)).collect(),
            reports: report::read(&mut *conn, false).await?,
            memos: memo::read(&mut *conn).await?,
            patrols: patrol::read_recorded(&mut *conn, None).await?,
            problems: problem::read_recorded(&mut *conn, None).await?,
            account: Some(account::read(&mut *conn).await?),
            ..Archive::default()
        })
    }

    async fn read_stored_samples(
        &self,
        conn: &mut SqliteConnection,
        station: &StationId,
        after: Instant,
        until: Instant,
    ) -> Result<Vec<StoredSample>, StoreError> {
        let rows: Vec<SampleRow> = sqlx::query_as(
            "SELECT s.parameter, s.period, s.instant, s.value, s.flags, s.device_flags, s.revision, s.received_at
            FROM series AS r CROSS JOIN sample AS s
            WHERE r.station = (SELECT id FROM station WHERE name = ?1) AND s.station = r.station
                AND s.period = r.period AND s.instant > ?2 AND s.instant <= ?3",
        )
        .bind(station.as_str())
        .bind(after.timestamp_micros())
        .bind(until.timestamp_micros())
        .fetch_all(conn)
        .await?;
        let mut samples = rows
            .into_iter()
            .map(|row| {
                let key = self.key(station, &row.key)?;
                Ok(StoredSample {
                    sample: Sample { key, value: value(row.value)?, flags: flags(row.flags)? },
                    device_flags: flags(row.device_flags)?,
                    revision: narrow("a revision", row.revision)?,
                    received_at: instant(row.received_at)?,
                })
            })
            .collect::<Result<Vec<_>, StoreError>>()?;
        samples.sort_by(|a, b| in_time(&a.sample.key, &b.sample.key));
        Ok(samples)
    }

    async fn read_keyed_revisions(
        &self,
        conn: &mut SqliteConnection,
        station: &StationId,
        after: Instant,
        until: Instant,
    ) -> Result<Vec<Revision>, StoreError> {
        let rows: Vec<KeyedRevision> = sqlx::query_as(
            "SELECT s.parameter, s.period, s.instant, s.value, s.flags, s.device_flags, s.received_at,
                s.replaced_at, s.source, s.reviewer, s.reason
            FROM series AS r CROSS JOIN sample_revision AS s
            WHERE r.station = (SELECT id FROM station WHERE name = ?1) AND s.station = r.station
                AND s.period = r.period AND s.instant > ?2 AND s.instant <= ?3
            ORDER BY s.revision",
        )
        .bind(station.as_str())
        .bind(after.timestamp_micros())
        .bind(until.timestamp_micros())
        .fetch_all(conn)
        .await?;
        let mut revisions = rows
            .into_iter()
            .map(|keyed| keyed.row.into_revision(self.key(station, &keyed.key)?))
            .collect::<Result<Vec<_>, StoreError>>()?;
        // A stable sort: the earlier values of a key stay in their order.
        revisions.sort_by(|a, b| in_time(&a.sample.key, &b.sample.key));
        Ok(revisions)
    }

    fn key(&self, station: &StationId, key: &Key) -> Result<SampleKey, StoreError> {
        Ok(SampleKey {
            station: station.clone(),
            parameter: self.parameters.parameter(key.parameter)?,
            period: period(key.period)?,
            instant: instant(key.instant)?,
        })
    }
}

/// The order of an archive within a station.
fn in_time(a: &SampleKey, b: &SampleKey) -> std::cmp::Ordering {
    (a.instant, a.period, a.parameter).cmp(&(b.instant, b.period, b.parameter))
}
