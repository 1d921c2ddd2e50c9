//! Stores what was derived, together with the marks it settles.

use sqlx::{Connection, SqliteConnection};

use super::{
    SqliteStore, alarm, alarm_state,
    connect::give_back,
    daily,
    names::number_stations,
    rows::{count, day_number},
};
use crate::{DerivedBatch, StaleMark, StoreError};

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
        // A silent station is in alarm before its first value, so alarms may be the first to name a station.
        let stations = batch
            .daily
            .iter()
            .map(|mean| &mean.station)
            .chain(batch.alarm_states.iter().map(|state| &state.station))
            .chain(batch.alarms.iter().map(|change| &alarm::of(change).station))
            .chain(batch.settled.iter().map(|mark| &mark.station));
        number_stations(&mut tx, stations).await?;
        daily::replace(&mut tx, &self.parameters, &batch.daily).await?;
        self.set_flags(&mut tx, batch).await?;
        alarm_state::replace(&mut tx, &self.parameters, &batch.alarm_states).await?;
        let mut counts = alarm::Counts::default();
        for change in &batch.alarms {
            alarm::apply(&mut tx, &self.parameters, change, &mut counts).await?;
        }
        settle(&mut tx, &batch.settled).await?;
        sqlx::query(
            "UPDATE account SET alarms_raised = alarms_raised + ?1, alarms_cleared = alarms_cleared + ?2,
                stale_recomputed = stale_recomputed + ?3",
        )
        .bind(count(counts.raised))
        .bind(count(counts.cleared))
        .bind(count(u64::try_from(batch.recomputed.len()).unwrap_or(u64::MAX)))
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Sets the flags of values that are there. The device's own flags stay: checks only add, and the value may have
    /// been revised since it was checked.
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
                    flags.bits(),
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

/// Notes the days as derived and removes their marks, except those that a later commit has moved on.
async fn settle(conn: &mut SqliteConnection, marks: &[StaleMark]) -> Result<(), StoreError> {
    if marks.is_empty() {
        return Ok(());
    }
    let rows: Vec<_> = marks
        .iter()
        .map(|mark| serde_json::json!([mark.station.as_str(), day_number(mark.day), mark.version]))
        .collect();
    let json = serde_json::Value::from(rows).to_string();
    sqlx::query(
        "INSERT INTO derived_day (station, day)
        SELECT t.id, e.value ->> 1 FROM json_each(?1) AS e CROSS JOIN station AS t ON t.name = e.value ->> 0
        WHERE true ON CONFLICT DO NOTHING",
    )
    .bind(&json)
    .execute(&mut *conn)
    .await?;
    sqlx::query(
        "DELETE FROM stale WHERE (station, day, version) IN (
            SELECT t.id, e.value ->> 1, e.value ->> 2
            FROM json_each(?1) AS e CROSS JOIN station AS t ON t.name = e.value ->> 0)",
    )
    .bind(&json)
    .execute(&mut *conn)
    .await?;
    Ok(())
}
