//! Everything of one part of the store, for a backup.

use chrono::{DateTime, NaiveDate, Utc};
use lanbi_model::{Instant, Sample, SampleKey, StationId, decimal::from_f64};

use super::{
    TimescaleStore, dead_letter,
    frame::{self, Frame},
    revision,
    rows::{corrupt, end, flags, period},
};
use crate::{AlarmFilter, Archive, ArchivePart, StoreError, StoredDeadLetter, StoredSample};

/// A revision with the part of its key that is not asked for.
#[derive(sqlx::FromRow)]
struct RevisionRow {
    period: i32,
    instant: DateTime<Utc>,
    parameter: i16,
    #[sqlx(flatten)]
    revision: revision::Row,
}

impl TimescaleStore {
    pub(super) async fn take_archive(&self, part: &ArchivePart) -> Result<Archive, StoreError> {
        match part {
            ArchivePart::Books => self.books().await,
            ArchivePart::Values { station, after, until } => self.values(station, *after, *until).await,
            ArchivePart::Letters { above, limit } => {
                let query = sqlx::query_as(
                    "SELECT id, received_at, source, reason, detail, rejected, raw, raw_len, replayed_at
                    FROM dead_letter WHERE id > $1 ORDER BY id LIMIT $2",
                );
                let rows: Vec<dead_letter::Row> =
                    self.pools.rows(query.bind(above).bind(i64::from(*limit))).await?;
                let letters = rows.into_iter().map(StoredDeadLetter::try_from).collect::<Result<_, _>>()?;
                Ok(Archive { letters, ..Archive::default() })
            }
            ArchivePart::Records { above, limit } => {
                Ok(Archive { records: self.records_above(*above, *limit).await?, ..Archive::default() })
            }
        }
    }

    async fn books(&self) -> Result<Archive, StoreError> {
        let mut alarms = self.list_alarms(&AlarmFilter { withdrawn: true, ..AlarmFilter::default() }).await?;
        // Oldest first: numbers given anew then go in the same order.
        alarms.reverse();
        let derived = sqlx::query_as(
            "SELECT t.name, d.day FROM derived_day AS d JOIN station AS t ON t.id = d.station
            ORDER BY t.name COLLATE \"C\", d.day",
        );
        let derived: Vec<(String, NaiveDate)> = self.pools.rows(derived).await?;
        let memos = sqlx::query_as("SELECT key, text FROM memo ORDER BY key COLLATE \"C\"");
        let waiting = self.list_waiting(None).await?;
        Ok(Archive {
            daily: self.read_daily(None, NaiveDate::MIN, NaiveDate::MAX).await?,
            derived: derived.into_iter().map(|(name, day)| (StationId::new(&name), day)).collect(),
            stale: self.read_stale(u32::MAX).await?,
            alarms,
            alarm_states: self.read_alarm_states().await?,
            waiting: waiting.into_iter().map(|waiting| (waiting.alarm, waiting.event)).collect(),
            reports: self.list_reports(false).await?,
            memos: self.pools.rows(memos).await?,
            patrols: self.recorded_patrols(None).await?,
            problems: self.recorded_problems(None).await?,
            account: Some(self.read_account().await?),
            ..Archive::default()
        })
    }

    async fn values(
        &self,
        station: &StationId,
        after: Instant,
        until: Instant,
    ) -> Result<Archive, StoreError> {
        let select = sqlx::query_as(
            "SELECT f.station, f.period, f.instant, f.received_at, f.parameters, f.vals, f.flags,
                f.device_flags, f.revisions, f.received
            FROM series AS r JOIN frame AS f ON f.station = r.station AND f.period = r.period
            WHERE r.station = (SELECT id FROM station WHERE name = $1) AND f.instant > $2 AND f.instant <= $3",
        );
        let rows: Vec<frame::Row> =
            self.pools.rows(select.bind(station.as_str()).bind(end(after)).bind(end(until))).await?;
        let mut samples = Vec::new();
        for row in rows {
            let Frame { key: (_, length, instant), entries } = row.try_into()?;
            for entry in entries {
                let key = SampleKey {
                    station: station.clone(),
                    parameter: self.parameters.parameter(entry.parameter)?,
                    period: period(length),
                    instant,
                };
                let value =
                    from_f64(entry.value).ok_or_else(|| corrupt("a value", entry.value.to_string()))?;
                samples.push(StoredSample {
                    sample: Sample { key, value, flags: flags(entry.flags) },
                    device_flags: flags(entry.device_flags),
                    revision: u32::try_from(entry.revision)
                        .map_err(|_| corrupt("a revision", entry.revision.to_string()))?,
                    received_at: entry.received_at,
                });
            }
        }
        samples.sort_by_key(|stored| order(&stored.sample.key));
        let select = sqlx::query_as(
            "SELECT period, instant, parameter, value, flags, device_flags, received_at, replaced_at, source,
                reviewer, reason
            FROM sample_revision
            WHERE station = (SELECT id FROM station WHERE name = $1) AND instant > $2 AND instant <= $3
            ORDER BY revision",
        );
        let rows: Vec<RevisionRow> =
            self.pools.rows(select.bind(station.as_str()).bind(end(after)).bind(end(until))).await?;
        let mut revisions = Vec::with_capacity(rows.len());
        for row in rows {
            let key = SampleKey {
                station: station.clone(),
                parameter: self.parameters.parameter(row.parameter)?,
                period: period(row.period),
                instant: row.instant,
            };
            revisions.push(row.revision.into_revision(key)?);
        }
        // A stable sort: within a key the oldest stays first.
        revisions.sort_by_key(|revision| order(&revision.sample.key));
        Ok(Archive { samples, revisions, ..Archive::default() })
    }
}

/// The order of values in an archive.
fn order(key: &SampleKey) -> (Instant, lanbi_model::AveragingPeriod, lanbi_model::Parameter) {
    (key.instant, key.period, key.parameter)
}
