//! Stores what was derived, together with the marks it settles.

use lanbi_model::Flags;
use sqlx::{Connection, SqliteConnection};

use super::{
    SqliteStore, alarm, alarm_state, connect::give_back, daily, lease, names::number_stations, report,
    rows::count, stale,
};
use crate::{DerivedBatch, StaleCauses, StaleMark, StoreError};

impl SqliteStore {
    pub(super) async fn commit_derived_batch(&self, batch: &DerivedBatch) -> Result<(), StoreError> {
        let mut conn = self.pools.writer.acquire().await?;
        let outcome = self.commit_derived_on(&mut conn, batch).await;
        give_back(conn, outcome)
    }

    async fn commit_derived_on(
        &self,
        conn: &mut SqliteConnection,
        batch: &DerivedBatch,
    ) -> Result<(), StoreError> {
        let mut tx = conn.begin_with("BEGIN IMMEDIATE").await?;
        if let Some(lease) = &batch.lease {
            lease::check(&mut tx, lease).await?;
        }
        // A silent station is in alarm before its first value, so alarms may be the first to name a station.
        let stations = batch
            .daily
            .iter()
            .map(|mean| &mean.station)
            .chain(batch.alarm_states.iter().map(|state| &state.station))
            .chain(batch.alarms.iter().map(|change| &alarm::of(change).station))
            .chain(batch.settled.iter().map(|mark| &mark.station));
        let numbers = number_stations(&mut tx, stations).await?;
        daily::replace(&mut tx, &self.parameters, &batch.daily).await?;
        self.set_flags(&mut tx, batch).await?;
        alarm_state::replace(&mut tx, &self.parameters, &batch.alarm_states).await?;
        let mut counts = alarm::Counts::default();
        for change in &batch.alarms {
            alarm::apply(&mut tx, &self.parameters, &numbers, change, &mut counts).await?;
        }
        stale::settle(&mut tx, &batch.settled).await?;
        report::outdate(&mut tx, &batch.recomputed).await?;
        count_up(&mut tx, &counts, &batch.recomputed).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Sets the flags of values that are there. The device's own flags stay: checks only add, and the value may have
    /// been revised since it was checked. A reviewer's flags stand with the device's, so those a check has read are
    /// left out: the reviewer may have decided otherwise meanwhile.
    async fn set_flags(&self, conn: &mut SqliteConnection, batch: &DerivedBatch) -> Result<(), StoreError> {
        if batch.flags.is_empty() {
            return Ok(());
        }
        let rows = batch
            .flags
            .iter()
            .map(|(key, flags)| {
                Ok(serde_json::json!([
                    key.station.as_str(),
                    key.period.seconds(),
                    key.instant.timestamp_micros(),
                    self.parameters.number(key.parameter)?,
                    (*flags - Flags::REVIEWED).bits(),
                ]))
            })
            .collect::<Result<Vec<_>, StoreError>>()?;
        // Upsert instead of UPDATE FROM: it finds each value by its key, whatever the planner thinks of the sizes.
        sqlx::query(
            "INSERT INTO sample (station, period, instant, parameter, value, flags, device_flags, revision,
                received_at)
            SELECT s.station, s.period, s.instant, s.parameter, s.value, s.device_flags | (e.value ->> 4),
                s.device_flags, s.revision, s.received_at
            FROM json_each(?1) AS e CROSS JOIN station AS t CROSS JOIN sample AS s
            WHERE t.name = e.value ->> 0 AND s.station = t.id AND s.period = e.value ->> 1
                AND s.instant = e.value ->> 2 AND s.parameter = e.value ->> 3
            ON CONFLICT DO UPDATE SET flags = excluded.flags",
        )
        .bind(serde_json::Value::from(rows).to_string())
        .execute(conn)
        .await?;
        Ok(())
    }
}

/// Counts alarms and the days computed again.
async fn count_up(
    conn: &mut SqliteConnection,
    alarms: &alarm::Counts,
    recomputed: &[StaleMark],
) -> Result<(), StoreError> {
    let days = |causes: StaleCauses| {
        let marks = recomputed.iter().filter(|mark| mark.causes.contains(causes));
        count(u64::try_from(marks.count()).unwrap_or(u64::MAX))
    };
    sqlx::query(
        "UPDATE account SET alarms_raised = alarms_raised + ?1, alarms_cleared = alarms_cleared + ?2,
            alarms_withdrawn = alarms_withdrawn + ?3, stale_recomputed = stale_recomputed + ?4,
            recomputed_late = recomputed_late + ?5, recomputed_revised = recomputed_revised + ?6,
            recomputed_reviewed = recomputed_reviewed + ?7, recomputed_replayed = recomputed_replayed + ?8,
            recomputed_rechecked = recomputed_rechecked + ?9",
    )
    .bind(alarms.raised)
    .bind(alarms.cleared)
    .bind(alarms.withdrawn)
    .bind(days(StaleCauses::empty()))
    .bind(days(StaleCauses::ARRIVED))
    .bind(days(StaleCauses::REVISED))
    .bind(days(StaleCauses::REVIEWED))
    .bind(days(StaleCauses::REPLAYED))
    .bind(days(StaleCauses::RECHECKED))
    .execute(conn)
    .await?;
    Ok(())
}
