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
        .bind(count(batch.recomputed))
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
                    self.parameters.number(key.parameter)?,
                    key.period.seconds(),
                    key.instant.timestamp_micros(),
                    flags.bits(),
                ]))
            })
            .collect::<Result<Vec<_>, StoreError>>()?;
        sqlx::query(
            "UPDATE sample SET flags = device_flags | f.flags
            FROM (SELECT t.id AS station, e.value ->> 1 AS parameter, e.value ->> 2 AS period,
                    e.value ->> 3 AS instant, e.value ->> 4 AS flags
                FROM json_each(?1) AS e CROSS JOIN station AS t ON t.name = e.value ->> 0) AS f
            WHERE sample.station = f.station AND sample.parameter = f.parameter AND sample.period = f.period
                AND sample.instant = f.instant",
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
