//! Puts the rows of an archive into the store.

use std::{
    collections::{BTreeMap, HashMap},
    sync::LazyLock,
};

use lanbi_model::{Flags, Revision, SampleKey, StationId, decimal::to_f64};
use sqlx::{Connection, SqliteConnection};

use super::{
    SqliteStore, account, alarm, alarm_state,
    connect::give_back,
    daily, dead_letter, device_record,
    insert::{Binding, Insert},
    memo,
    names::{number_of, number_stations},
    outbox, patrol, problem, report,
    rows::count,
    stale,
};
use crate::{Archive, StoreError, StoredSample};

static ADD: LazyLock<Insert> = LazyLock::new(|| {
    Insert::new(
        "INSERT OR IGNORE INTO sample (station, period, instant, parameter, value, flags, device_flags,
            revision, received_at)",
        9,
    )
});

static REPLACE: LazyLock<Insert> = LazyLock::new(|| {
    Insert::new(
        "INSERT OR REPLACE INTO sample (station, period, instant, parameter, value, flags, device_flags,
            revision, received_at)",
        9,
    )
});

static REVISIONS: LazyLock<Insert> = LazyLock::new(|| {
    Insert::new(
        "INSERT OR REPLACE INTO sample_revision (station, period, instant, parameter, value, flags,
            device_flags, revision, received_at, replaced_at, source, reviewer, reason)",
        13,
    )
});

/// A value, present or earlier, in the numbers of its columns.
struct Row<'a> {
    key: (i64, i64, i64, i64),
    value: f64,
    flags: Flags,
    device_flags: Flags,
    revision: i64,
    received_at: i64,
    replaced: Option<&'a Revision>,
}

impl Row<'_> {
    fn bind(query: Binding, row: &Self) -> Binding {
        let (station, period, instant, parameter) = row.key;
        query
            .bind(station)
            .bind(period)
            .bind(instant)
            .bind(parameter)
            .bind(row.value)
            .bind(i64::from(row.flags.bits()))
            .bind(i64::from(row.device_flags.bits()))
            .bind(row.revision)
            .bind(row.received_at)
    }
}

impl SqliteStore {
    pub(super) async fn put_back(&self, archive: &Archive) -> Result<(), StoreError> {
        let mut conn = self.pools.writer.acquire().await?;
        let outcome = self.restore_on(&mut conn, archive).await;
        give_back(conn, outcome)
    }

    async fn restore_on(&self, conn: &mut SqliteConnection, archive: &Archive) -> Result<(), StoreError> {
        let mut tx = conn.begin_with("BEGIN IMMEDIATE").await?;
        let stations = number_stations(&mut tx, named(archive)).await?;
        self.put_samples(&mut tx, &stations, &archive.samples).await?;
        self.put_revisions(&mut tx, &stations, &archive.revisions).await?;
        let letters: Vec<_> =
            archive.letters.iter().map(|stored| (&stored.letter, stored.replayed_at)).collect();
        dead_letter::insert(&mut tx, &letters).await?;
        let records = archive.records.iter().map(|stored| &stored.record);
        device_record::insert(&mut tx, &stations, records).await?;
        daily::replace(&mut tx, &self.parameters, &archive.daily).await?;
        stale::note_derived(&mut tx, archive.derived.iter().map(|(station, day)| (station, *day))).await?;
        for mark in &archive.stale {
            let station = number_of(&stations, &mark.station)?;
            stale::mark_day(&mut tx, station, mark.day, mark.causes).await?;
        }
        for alarm in &archive.alarms {
            alarm::put(&mut tx, &self.parameters, &stations, alarm).await?;
        }
        for (alarm, event) in &archive.waiting {
            let id = alarm::put(&mut tx, &self.parameters, &stations, alarm).await?;
            outbox::queue(&mut tx, id, event).await?;
        }
        alarm_state::replace(&mut tx, &self.parameters, &archive.alarm_states).await?;
        for report in &archive.reports {
            report::put(&mut tx, report, report.outdated).await?;
        }
        for (key, text) in &archive.memos {
            memo::put(&mut tx, key, text).await?;
        }
        patrol::restore(&mut tx, &archive.patrols).await?;
        problem::restore(&mut tx, &archive.problems).await?;
        if let Some(account) = &archive.account {
            account::replace(&mut tx, account).await?;
        }
        sqlx::query("UPDATE account SET commits = commits + 1").execute(&mut *tx).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn put_samples(
        &self,
        conn: &mut SqliteConnection,
        stations: &HashMap<StationId, i64>,
        samples: &[StoredSample],
    ) -> Result<(), StoreError> {
        let rows = samples
            .iter()
            .map(|stored| {
                Ok(Row {
                    key: self.numbers(stations, &stored.sample.key)?,
                    value: to_f64(stored.sample.value),
                    flags: stored.sample.flags,
                    device_flags: stored.device_flags,
                    revision: i64::from(stored.revision),
                    received_at: stored.received_at.timestamp_micros(),
                    replaced: None,
                })
            })
            .collect::<Result<Vec<_>, StoreError>>()?;
        let added = ADD.run(conn, &rows, Row::bind).await?;
        if usize::try_from(added) != Ok(rows.len()) {
            REPLACE.run(conn, &rows, Row::bind).await?;
        }
        sqlx::query("UPDATE account SET held = held + ?1").bind(count(added)).execute(&mut *conn).await?;
        let mut newest: BTreeMap<(i64, i64), i64> = BTreeMap::new();
        for Row { key: (station, period, instant, _), .. } in rows {
            let last = newest.entry((station, period)).or_insert(instant);
            *last = instant.max(*last);
        }
        for ((station, period), last) in newest {
            sqlx::query(
                "INSERT INTO series (station, period, last) VALUES (?1, ?2, ?3)
                ON CONFLICT DO UPDATE SET last = max(last, excluded.last)",
            )
            .bind(station)
            .bind(period)
            .bind(last)
            .execute(&mut *conn)
            .await?;
        }
        Ok(())
    }

    async fn put_revisions(
        &self,
        conn: &mut SqliteConnection,
        stations: &HashMap<StationId, i64>,
        revisions: &[Revision],
    ) -> Result<(), StoreError> {
        let mut seen: HashMap<&SampleKey, i64> = HashMap::new();
        let rows = revisions
            .iter()
            .map(|revision| {
                let next = seen.entry(&revision.sample.key).or_default();
                let number = *next;
                *next += 1;
                Ok(Row {
                    key: self.numbers(stations, &revision.sample.key)?,
                    value: to_f64(revision.sample.value),
                    flags: revision.sample.flags,
                    device_flags: revision.device_flags,
                    revision: number,
                    received_at: revision.received_at.timestamp_micros(),
                    replaced: Some(revision),
                })
            })
            .collect::<Result<Vec<_>, StoreError>>()?;
        REVISIONS
            .run(conn, &rows, |query, row| {
                let replaced = row.replaced;
                Row::bind(query, row)
                    .bind(replaced.map(|revision| revision.replaced_at.timestamp_micros()))
                    .bind(replaced.map(|revision| revision.source.clone()))
                    .bind(replaced.and_then(|revision| revision.by.clone()))
                    .bind(replaced.and_then(|revision| revision.reason.clone()))
            })
            .await?;
        Ok(())
    }

    fn numbers(
        &self,
        stations: &HashMap<StationId, i64>,
        key: &SampleKey,
    ) -> Result<(i64, i64, i64, i64), StoreError> {
        Ok((
            number_of(stations, &key.station)?,
            i64::from(key.period.seconds()),
            key.instant.timestamp_micros(),
            self.parameters.number(key.parameter)?,
        ))
    }
}

/// Every station that an archive names.
fn named(archive: &Archive) -> impl Iterator<Item = &StationId> {
    let samples = archive.samples.iter().map(|stored| &stored.sample.key.station);
    samples
        .chain(archive.revisions.iter().map(|revision| &revision.sample.key.station))
        .chain(archive.daily.iter().map(|mean| &mean.station))
        .chain(archive.derived.iter().map(|(station, _)| station))
        .chain(archive.stale.iter().map(|mark| &mark.station))
        .chain(archive.alarms.iter().map(|alarm| &alarm.station))
        .chain(archive.waiting.iter().map(|(alarm, _)| &alarm.station))
        .chain(archive.alarm_states.iter().map(|state| &state.station))
        .chain(archive.records.iter().map(|stored| &stored.record.station))
}
