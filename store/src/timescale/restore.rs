//! Puts rows of a backup into the store, as they are.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use lanbi_model::{DeadLetter, Instant, Revision, StationId, decimal::to_f64};
use sqlx::{Connection, PgConnection};

use super::{
    TimescaleStore, account, alarm, alarm_state, daily, dead_letter, device_record,
    frame::{Entry, Frame, Key},
    guard::in_time,
    marks::{Marks, note_derived},
    memo,
    merge::Replaced,
    names::number_of,
    outbox, patrol, problem, report,
    revision::{self, Cause},
    rows::{bits, corrupt, cut, seconds},
    write_frames,
};
use crate::{Archive, StoreError};

type Numbers = HashMap<StationId, i32>;

impl TimescaleStore {
    pub(super) async fn restore_archive(&self, archive: &Archive) -> Result<(), StoreError> {
        let mut loan = self.pools.writer().await?;
        let outcome = in_time(loan.patience(), self.restore_on(loan.conn(), archive)).await;
        loan.give_back(outcome)
    }

    async fn restore_on(&self, conn: &mut PgConnection, archive: &Archive) -> Result<(), StoreError> {
        let stations = archive
            .samples
            .iter()
            .map(|stored| &stored.sample.key.station)
            .chain(archive.revised_keys().map(|key| &key.station))
            .chain(archive.daily.iter().map(|mean| &mean.station))
            .chain(archive.derived.iter().map(|(station, _)| station))
            .chain(archive.stale.iter().map(|mark| &mark.station))
            .chain(archive.alarms.iter().map(|alarm| &alarm.station))
            .chain(archive.alarm_states.iter().map(|state| &state.station))
            .chain(archive.waiting.iter().map(|(alarm, _)| &alarm.station))
            .chain(archive.records.iter().map(|stored| &stored.record.station));
        let numbers = self.stations.numbers(conn, stations).await?;
        let mut tx = conn.begin().await?;
        let mut marks = Marks::default();
        marks.seen_all(&self.restore_values(&mut tx, archive, &numbers).await?);
        self.restore_revisions(&mut tx, &archive.revisions, &numbers).await?;
        let letters: Vec<DeadLetter> = archive.letters.iter().map(|stored| stored.letter.clone()).collect();
        let replayed: Vec<Option<Instant>> =
            archive.letters.iter().map(|stored| stored.replayed_at.map(cut)).collect();
        dead_letter::insert_with(&mut tx, &letters, &replayed).await?;
        let records = archive.records.iter().map(|stored| &stored.record);
        device_record::insert(&mut tx, &device_record::numbered(records, &numbers)?).await?;
        daily::replace(&mut tx, &self.parameters, &numbers, &archive.daily).await?;
        alarm_state::replace(&mut tx, &self.parameters, &numbers, &archive.alarm_states).await?;
        for kept in &archive.alarms {
            alarm::put(&mut tx, &self.parameters, &numbers, kept).await?;
        }
        for (waiting, event) in &archive.waiting {
            let id = alarm::put(&mut tx, &self.parameters, &numbers, waiting).await?;
            outbox::queue(&mut tx, id, event).await?;
        }
        for mark in &archive.stale {
            marks.day(number_of(&numbers, &mark.station)?, mark.day, mark.causes);
        }
        marks.write(&mut tx).await?;
        restore_derived(&mut tx, &archive.derived, &numbers).await?;
        for written in &archive.reports {
            report::put(&mut tx, written).await?;
        }
        for (key, text) in &archive.memos {
            memo::put(&mut tx, key, text).await?;
        }
        patrol::restore(&mut tx, &archive.patrols).await?;
        problem::restore(&mut tx, &archive.problems).await?;
        if let Some(kept) = &archive.account {
            account::replace(&mut tx, kept).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Puts values in place of those of their keys, and gives their frames.
    async fn restore_values(
        &self,
        conn: &mut PgConnection,
        archive: &Archive,
        numbers: &Numbers,
    ) -> Result<Vec<Frame>, StoreError> {
        let mut frames: BTreeMap<Key, Frame> = BTreeMap::new();
        for stored in &archive.samples {
            let key = &stored.sample.key;
            let entry = Entry {
                parameter: self.parameters.number(key.parameter)?,
                value: to_f64(stored.sample.value),
                flags: bits(stored.sample.flags),
                device_flags: bits(stored.device_flags),
                revision: i32::try_from(stored.revision)
                    .map_err(|_| corrupt("a revision", stored.revision.to_string()))?,
                received_at: cut(stored.received_at),
            };
            let key = (number_of(numbers, &key.station)?, seconds(key.period), cut(key.instant));
            put(frames.entry(key).or_insert_with(|| Frame { key, entries: Vec::new() }), entry);
        }
        let frames: Vec<Frame> = frames.into_values().collect();
        let inserted = write_frames::insert(conn, &frames).await?;
        let known: HashMap<Key, &Frame> =
            frames.iter().filter(|f| !inserted.contains(&f.key)).map(|f| (f.key, f)).collect();
        let keys: Vec<Key> = frames.iter().map(|f| f.key).filter(|key| known.contains_key(key)).collect();
        let mut there = write_frames::lock(conn, &keys, self.writing()).await?;
        for frame in &mut there {
            for entry in known.get(&frame.key).into_iter().flat_map(|kept| &kept.entries) {
                put(frame, entry.clone());
            }
        }
        write_frames::update(conn, &there, self.writing()).await?;
        Ok(frames)
    }

    /// Keeps earlier values; within a key they are numbered from the oldest.
    async fn restore_revisions(
        &self,
        conn: &mut PgConnection,
        revisions: &[Revision],
        numbers: &Numbers,
    ) -> Result<(), StoreError> {
        let mut counted: HashMap<(Key, i16), i32> = HashMap::new();
        for earlier in revisions {
            let key = &earlier.sample.key;
            let parameter = self.parameters.number(key.parameter)?;
            let key = (number_of(numbers, &key.station)?, seconds(key.period), cut(key.instant));
            let number = counted.entry((key, parameter)).or_default();
            let entry = Entry {
                parameter,
                value: to_f64(earlier.sample.value),
                flags: bits(earlier.sample.flags),
                device_flags: bits(earlier.device_flags),
                revision: *number,
                received_at: cut(earlier.received_at),
            };
            *number += 1;
            let cause = Cause {
                source: &earlier.source,
                reviewer: earlier.by.as_deref(),
                reason: earlier.reason.as_deref(),
            };
            let replaced = Replaced { key, entry, replaced_at: cut(earlier.replaced_at) };
            revision::insert(conn, &[replaced], cause).await?;
        }
        Ok(())
    }
}

/// Puts a value in place of the one of its parameter.
fn put(frame: &mut Frame, entry: Entry) {
    match frame.find(entry.parameter) {
        Ok(place) => frame.entries[place] = entry,
        Err(place) => frame.entries.insert(place, entry),
    }
}

async fn restore_derived(
    conn: &mut PgConnection,
    derived: &[(StationId, NaiveDate)],
    numbers: &Numbers,
) -> Result<(), StoreError> {
    let stations =
        derived.iter().map(|(station, _)| number_of(numbers, station)).collect::<Result<Vec<_>, _>>()?;
    let days: Vec<NaiveDate> = derived.iter().map(|&(_, day)| day).collect();
    note_derived(conn, &stations, &days).await
}
