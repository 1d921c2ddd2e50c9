//! Stores what was derived, together with the marks it settles.

use std::collections::{BTreeMap, HashMap};

use lanbi_model::{Flags, StationId};
use sqlx::{Connection, PgConnection};

use super::{
    TimescaleStore,
    account::Moves,
    alarm, alarm_state, daily,
    frame::{Frame, Key},
    guard::in_time,
    lease, marks,
    names::number_of,
    report,
    rows::{bits, cut, flags, seconds},
    write_frames,
};
use crate::{DerivedBatch, StoreError};

/// Flags to set, by frame and parameter.
type Checked = BTreeMap<Key, Vec<(i16, Flags)>>;

impl TimescaleStore {
    pub(super) async fn commit_derived_batch(&self, batch: &DerivedBatch) -> Result<(), StoreError> {
        let mut loan = self.pools.writer().await?;
        let outcome = in_time(loan.patience(), self.commit_derived_on(loan.conn(), batch)).await;
        loan.give_back(outcome)
    }

    async fn commit_derived_on(
        &self,
        conn: &mut PgConnection,
        batch: &DerivedBatch,
    ) -> Result<(), StoreError> {
        // A silent station is in alarm before its first value, so alarms may be the first to name a station.
        let stations = batch
            .daily
            .iter()
            .map(|mean| &mean.station)
            .chain(batch.flags.iter().map(|(key, _)| &key.station))
            .chain(batch.alarm_states.iter().map(|state| &state.station))
            .chain(batch.alarms.iter().map(|change| &alarm::of(change).station))
            .chain(batch.settled.iter().map(|mark| &mark.station));
        let numbers = self.stations.numbers(conn, stations).await?;
        let mut tx = conn.begin().await?;
        if let Some(lease) = &batch.lease {
            lease::check(&mut tx, lease).await?;
        }
        self.set_flags(&mut tx, batch, &numbers).await?;
        daily::replace(&mut tx, &self.parameters, &numbers, &batch.daily).await?;
        alarm_state::replace(&mut tx, &self.parameters, &numbers, &batch.alarm_states).await?;
        let mut moves = Moves::default();
        for change in &batch.alarms {
            alarm::apply(&mut tx, &self.parameters, &numbers, change, &mut moves).await?;
        }
        let settled = batch
            .settled
            .iter()
            .map(|mark| Ok((number_of(&numbers, &mark.station)?, mark.day, mark.version)))
            .collect::<Result<Vec<_>, StoreError>>()?;
        marks::settle(&mut tx, &settled).await?;
        report::outdate(&mut tx, &batch.recomputed).await?;
        moves.recomputed(batch);
        if moves != Moves::default() {
            moves.write(&mut tx).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Sets the flags of values that are there. The value's own flags stay, a reviewer's among them: checks only add,
    /// and the value may have been revised or reviewed since it was checked.
    async fn set_flags(
        &self,
        conn: &mut PgConnection,
        batch: &DerivedBatch,
        numbers: &HashMap<StationId, i32>,
    ) -> Result<(), StoreError> {
        let mut checked = Checked::new();
        for (key, found) in &batch.flags {
            let frame = (number_of(numbers, &key.station)?, seconds(key.period), cut(key.instant));
            let parameter = self.parameters.number(key.parameter)?;
            checked.entry(frame).or_default().push((parameter, *found - Flags::REVIEWED));
        }
        // Most checks find what they found before: those frames need neither a lock nor a new row.
        let keys: Vec<Key> = checked.keys().copied().collect();
        let mut frames = write_frames::read(conn, &keys).await?;
        frames.retain_mut(|frame| apply(frame, &checked));
        let keys: Vec<Key> = frames.iter().map(|frame| frame.key).collect();
        let mut frames = write_frames::lock(conn, &keys, self.writing()).await?;
        frames.retain_mut(|frame| apply(frame, &checked));
        write_frames::update(conn, &frames, self.writing()).await
    }
}

/// Sets the flags of a frame; false where nothing changes.
fn apply(frame: &mut Frame, checked: &Checked) -> bool {
    let mut changed = false;
    for &(parameter, found) in checked.get(&frame.key).into_iter().flatten() {
        if let Ok(place) = frame.find(parameter) {
            let entry = &mut frame.entries[place];
            let all = bits(flags(entry.device_flags) | found);
            changed |= all != entry.flags;
            entry.flags = all;
        }
    }
    changed
}
