//! Stores a batch of values: each is new, a repeat or a revision of what is there under its key.
//!
//! The batch is sorted into frames, and all are inserted by one statement, which skips the frames that are there. Only
//! those are then read and compared value by value; most are repeats and need no more. What is left is locked, compared
//! again, and written back.

use std::collections::HashSet;

use lanbi_model::{DeviceRecord, StationId, decimal::to_f64};
use sqlx::{Connection, PgConnection};

use super::{
    TimescaleStore,
    account::Moves,
    dead_letter, device_record,
    frame::{Frame, Key},
    guard::in_time,
    marks::Marks,
    merge::{Arrival, Outcome, merge},
    names::number_of,
    revision::{self, Cause},
    rows::{bits, count, cut, seconds},
    write_frames,
};
use crate::{Batch, Incoming, Receipt, StaleCauses, StoreError};

impl TimescaleStore {
    pub(super) async fn commit_batch(&self, batch: &Batch) -> Result<Receipt, StoreError> {
        let brings = !(batch.samples.is_empty() && batch.dead_letters.is_empty() && batch.records.is_empty());
        if !brings && batch.messages == 0 {
            return Ok(Receipt::default());
        }
        let mut loan = self.pools.writer().await?;
        let outcome = in_time(loan.patience(), self.commit_on(loan.conn(), batch)).await;
        loan.give_back(outcome)
    }

    async fn commit_on(&self, conn: &mut PgConnection, batch: &Batch) -> Result<Receipt, StoreError> {
        let arrivals = self.arrivals(conn, &batch.samples).await?;
        let records = self.records(conn, &batch.records).await?;
        let mut tx = conn.begin().await?;
        let mut receipt = self.store_values(&mut tx, &arrivals, &batch.source, None).await?;
        dead_letter::insert(&mut tx, &batch.dead_letters).await?;
        device_record::insert(&mut tx, &records).await?;
        receipt.rejected = batch.dead_letters.iter().map(|letter| u64::from(letter.rejected)).sum();
        let moves = Moves {
            incoming: count(receipt.stored + receipt.repeated + receipt.rejected),
            stored: count(receipt.stored),
            repeated: count(receipt.repeated),
            rejected: count(receipt.rejected),
            messages: count(batch.messages),
            revised: count(receipt.revised),
            ..Moves::default()
        };
        moves.write(&mut tx).await?;
        tx.commit().await?;
        Ok(receipt)
    }

    /// The values in the numbers of their columns, by key and, under a key, in the order of the batch. Stations that
    /// are met for the first time get their numbers at once, so call it before the transaction begins.
    pub(super) async fn arrivals(
        &self,
        conn: &mut PgConnection,
        samples: &[Incoming],
    ) -> Result<Vec<Arrival>, StoreError> {
        // A station's values mostly stand together: one look for its number serves them all.
        let runs: Vec<&[Incoming]> =
            samples.chunk_by(|a, b| a.sample.key.station == b.sample.key.station).collect();
        let stations: HashSet<&StationId> =
            runs.iter().filter_map(|run| run.first()).map(|incoming| &incoming.sample.key.station).collect();
        let numbers = self.stations.numbers(conn, stations.into_iter()).await?;
        let mut arrivals = Vec::with_capacity(samples.len());
        for run in runs {
            let Some(first) = run.first() else { continue };
            let station = number_of(&numbers, &first.sample.key.station)?;
            for Incoming { sample, day, received_at } in run {
                arrivals.push(Arrival {
                    key: (station, seconds(sample.key.period), cut(sample.key.instant)),
                    parameter: self.parameters.number(sample.key.parameter)?,
                    value: to_f64(sample.value),
                    flags: bits(sample.flags),
                    day: *day,
                    received_at: cut(*received_at),
                });
            }
        }
        arrivals.sort_by_key(|arrival| (arrival.key, arrival.parameter));
        Ok(arrivals)
    }

    /// What loggers said besides values, in the order of its keys, in which every writer locks them. As above, call it
    /// before the transaction begins.
    pub(super) async fn records(
        &self,
        conn: &mut PgConnection,
        records: &[DeviceRecord],
    ) -> Result<Vec<device_record::Numbered>, StoreError> {
        let stations: HashSet<&StationId> = records.iter().map(|record| &record.station).collect();
        let numbers = self.stations.numbers(conn, stations.into_iter()).await?;
        let mut records = device_record::numbered(records.iter(), &numbers)?;
        // Of one that comes twice in a batch the first counts: the order is stable.
        records.sort_by(|(a, x), (b, y)| {
            (a, x.record.instant, &x.digest).cmp(&(b, y.record.instant, &y.digest))
        });
        Ok(records)
    }

    /// Stores sorted values and marks what they touch; `cause` stands in place of the values' own.
    pub(super) async fn store_values(
        &self,
        conn: &mut PgConnection,
        arrivals: &[Arrival],
        source: &str,
        cause: Option<StaleCauses>,
    ) -> Result<Receipt, StoreError> {
        if arrivals.is_empty() {
            return Ok(Receipt::default());
        }
        let groups: Vec<&[Arrival]> = arrivals.chunk_by(|a, b| a.key == b.key).collect();
        let (fresh, outcomes): (Vec<Frame>, Vec<Outcome>) = groups.iter().map(|group| begin(group)).unzip();
        let inserted = write_frames::insert(conn, &fresh).await?;
        let mut tally = Tally::new(cause);
        let mut known = Vec::new();
        for ((frame, outcome), group) in fresh.iter().zip(outcomes).zip(groups) {
            if inserted.contains(&frame.key) {
                tally.add(frame.key, outcome);
            } else {
                known.push(group);
            }
        }
        self.merge_known(conn, &known, &mut tally).await?;
        revision::insert(conn, &tally.replaced, Cause::source(source)).await?;
        tally.marks.write(conn).await?;
        Ok(tally.receipt)
    }

    /// Merges arrivals into frames that are there.
    async fn merge_known(
        &self,
        conn: &mut PgConnection,
        groups: &[&[Arrival]],
        tally: &mut Tally,
    ) -> Result<(), StoreError> {
        // What stands or stood before does so for ever, so a frame of nothing but repeats needs no lock.
        let frames = write_frames::read(conn, &keys_of(groups)).await?;
        let (outcomes, _) = merge_all(conn, frames, groups).await?;
        let mut changing = Vec::new();
        for (outcome, &group) in outcomes.into_iter().zip(groups) {
            if outcome.stored == 0 {
                tally.add(key_of(group), outcome);
            } else {
                changing.push(group);
            }
        }
        if changing.is_empty() {
            return Ok(());
        }
        let frames = write_frames::lock(conn, &keys_of(&changing), self.writing()).await?;
        let (outcomes, frames) = merge_all(conn, frames, &changing).await?;
        let mut changed = Vec::with_capacity(frames.len());
        for (outcome, frame) in outcomes.into_iter().zip(frames) {
            if outcome.stored > 0 {
                changed.push(frame.clone());
            }
            tally.add(frame.key, outcome);
        }
        write_frames::update(conn, &changed, self.writing()).await
    }
}

/// What becomes of a batch's values.
#[derive(Default)]
struct Tally {
    receipt: Receipt,
    marks: Marks,
    replaced: Vec<super::merge::Replaced>,
    cause: Option<StaleCauses>,
}

impl Tally {
    fn new(cause: Option<StaleCauses>) -> Self {
        Self { cause, ..Self::default() }
    }

    fn add(&mut self, key: Key, outcome: Outcome) {
        self.receipt.stored += outcome.stored;
        self.receipt.repeated += outcome.repeated;
        self.receipt.revised += u64::try_from(outcome.replaced.len()).unwrap_or(u64::MAX);
        self.marks.add(key, &outcome, self.cause);
        self.replaced.extend(outcome.replaced);
    }
}

/// A frame made of arrivals alone.
fn begin(group: &[Arrival]) -> (Frame, Outcome) {
    let mut frame = Frame { key: key_of(group), entries: Vec::with_capacity(group.len()) };
    let outcome = merge(&mut frame, &[], group);
    (frame, outcome)
}

/// Merges each group into its frame; both are in the order of their keys.
async fn merge_all(
    conn: &mut PgConnection,
    mut frames: Vec<Frame>,
    groups: &[&[Arrival]],
) -> Result<(Vec<Outcome>, Vec<Frame>), StoreError> {
    if frames.len() != groups.len() {
        return Err(write_frames::gone());
    }
    let earlier = write_frames::earlier(conn, &frames).await?;
    let outcomes = frames.iter_mut().zip(groups).map(|(frame, group)| {
        let history = earlier.get(&frame.key).map_or(&[][..], Vec::as_slice);
        merge(frame, history, group)
    });
    Ok((outcomes.collect(), frames))
}

fn key_of(group: &[Arrival]) -> Key {
    group.first().map_or((0, 0, lanbi_model::Instant::UNIX_EPOCH), |arrival| arrival.key)
}

fn keys_of(groups: &[&[Arrival]]) -> Vec<Key> {
    groups.iter().map(|group| key_of(group)).collect()
}
