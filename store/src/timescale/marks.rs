//! What a stored value leaves behind beside itself: the newest instant of its series and the stale mark of its day.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use lanbi_model::{Instant, StationId};
use sqlx::PgConnection;

use super::{
    TimescaleStore,
    frame::{Frame, Key},
    merge::Outcome,
    rows::text,
};
use crate::{StaleCauses, StaleMark, StoreError};

/// What a batch touches, in the order in which it is locked.
#[derive(Debug, Default)]
pub(super) struct Marks {
    days: BTreeMap<(i32, NaiveDate), StaleCauses>,
    series: BTreeMap<(i32, i32), Instant>,
}

impl Marks {
    /// Adds what happened to a frame; `cause` stands in place of the values' own.
    pub(super) fn add(&mut self, key: Key, outcome: &Outcome, cause: Option<StaleCauses>) {
        let (station, period, instant) = key;
        if outcome.stored == 0 {
            return;
        }
        for &day in &outcome.arrived {
            self.day(station, day, cause.unwrap_or(StaleCauses::ARRIVED));
        }
        for &day in &outcome.revised {
            self.day(station, day, cause.unwrap_or(StaleCauses::REVISED));
        }
        self.seen(station, period, instant);
    }

    /// Adds a day.
    pub(super) fn day(&mut self, station: i32, day: NaiveDate, cause: StaleCauses) {
        *self.days.entry((station, day)).or_default() |= cause;
    }

    /// Adds frames to their series, but no days.
    pub(super) fn seen_all(&mut self, frames: &[Frame]) {
        for &Frame { key: (station, period, instant), .. } in frames {
            self.seen(station, period, instant);
        }
    }

    fn seen(&mut self, station: i32, period: i32, instant: Instant) {
        let last = self.series.entry((station, period)).or_insert(instant);
        *last = instant.max(*last);
    }

    /// Writes all of it. A mark takes a new version at the moment it is locked, so that who settles an older one waits
    /// for this transaction and then leaves the mark standing.
    pub(super) async fn write(&self, conn: &mut PgConnection) -> Result<(), StoreError> {
        if !self.days.is_empty() {
            let stations: Vec<i32> = self.days.keys().map(|key| key.0).collect();
            let days: Vec<NaiveDate> = self.days.keys().map(|key| key.1).collect();
            let causes: Vec<i16> = self.days.values().map(|causes| i16::from(causes.bits())).collect();
            sqlx::query(
                "INSERT INTO stale (station, day, version, causes)
                SELECT station, day, nextval('stale_version'), causes
                FROM unnest($1::int4[], $2::date[], $3::int2[]) AS u (station, day, causes)
                ON CONFLICT (station, day) DO UPDATE
                SET version = nextval('stale_version'), causes = stale.causes | excluded.causes",
            )
            .bind(stations)
            .bind(days)
            .bind(causes)
            .execute(&mut *conn)
            .await?;
        }
        if !self.series.is_empty() {
            let stations: Vec<i32> = self.series.keys().map(|key| key.0).collect();
            let periods: Vec<i32> = self.series.keys().map(|key| key.1).collect();
            let lasts: Vec<Instant> = self.series.values().copied().collect();
            // Run even where nothing grows: upkeep, which takes out empty series, waits for this statement.
            sqlx::query(
                "INSERT INTO series (station, period, last)
                SELECT station, period, last
                FROM unnest($1::int4[], $2::int4[], $3::timestamptz[]) AS u (station, period, last)
                ON CONFLICT (station, period) DO UPDATE SET last = excluded.last
                WHERE excluded.last > series.last",
            )
            .bind(stations)
            .bind(periods)
            .bind(lasts)
            .execute(&mut *conn)
            .await?;
        }
        Ok(())
    }
}

impl TimescaleStore {
    /// Marks a station's days that have been derived before, to be looked at again.
    pub(super) async fn mark_derived(
        &self,
        station: &StationId,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<u64, StoreError> {
        let query = sqlx::query(
            "INSERT INTO stale (station, day, version, causes)
            SELECT d.station, d.day, nextval('stale_version'), $4
            FROM derived_day AS d JOIN station AS t ON t.id = d.station
            WHERE t.name = $1 AND d.day BETWEEN $2 AND $3
            ORDER BY d.station, d.day
            ON CONFLICT (station, day) DO UPDATE
            SET version = nextval('stale_version'), causes = stale.causes | excluded.causes",
        );
        let cause = i16::from(StaleCauses::RECHECKED.bits());
        self.pools.run(query.bind(text(station.as_str())).bind(from).bind(to).bind(cause)).await
    }

    pub(super) async fn read_stale(&self, limit: u32) -> Result<Vec<StaleMark>, StoreError> {
        let query = sqlx::query_as(
            "SELECT t.name, m.day, m.version, m.causes,
                EXISTS (SELECT 1 FROM derived_day AS d WHERE d.station = m.station AND d.day = m.day)
            FROM stale AS m JOIN station AS t ON t.id = m.station
            ORDER BY m.day, t.name COLLATE \"C\" LIMIT $1",
        );
        let rows: Vec<(String, NaiveDate, i64, i16, bool)> =
            self.pools.rows(query.bind(i64::from(limit))).await?;
        Ok(rows
            .into_iter()
            .map(|(name, day, version, causes, derived_before)| StaleMark {
                station: StationId::new(&name),
                day,
                version,
                derived_before,
                causes: super::rows::causes(causes),
            })
            .collect())
    }
}

/// Notes the days as derived and removes their marks, except those that a later commit has moved on.
pub(super) async fn settle(
    conn: &mut PgConnection,
    marks: &[(i32, NaiveDate, i64)],
) -> Result<(), StoreError> {
    if marks.is_empty() {
        return Ok(());
    }
    let mut marks = marks.to_vec();
    marks.sort_unstable();
    let stations: Vec<i32> = marks.iter().map(|mark| mark.0).collect();
    let days: Vec<NaiveDate> = marks.iter().map(|mark| mark.1).collect();
    let versions: Vec<i64> = marks.iter().map(|mark| mark.2).collect();
    // Locked in the order of the keys first, because a deletion goes in an order of its own.
    sqlx::query(
        "SELECT 1 FROM stale AS m JOIN unnest($1::int4[], $2::date[]) AS u (station, day)
            ON m.station = u.station AND m.day = u.day
        ORDER BY m.station, m.day FOR UPDATE OF m",
    )
    .bind(&stations)
    .bind(&days)
    .execute(&mut *conn)
    .await?;
    sqlx::query(
        "DELETE FROM stale AS m USING unnest($1::int4[], $2::date[], $3::int8[]) AS u (station, day, version)
        WHERE m.station = u.station AND m.day = u.day AND m.version = u.version",
    )
    .bind(&stations)
    .bind(&days)
    .bind(versions)
    .execute(&mut *conn)
    .await?;
    note_derived(conn, &stations, &days).await
}

/// Notes days as derived.
pub(super) async fn note_derived(
    conn: &mut PgConnection,
    stations: &[i32],
    days: &[NaiveDate],
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO derived_day (station, day)
        SELECT station, day FROM unnest($1::int4[], $2::date[]) AS u (station, day)
        ORDER BY station, day ON CONFLICT DO NOTHING",
    )
    .bind(stations)
    .bind(days)
    .execute(conn)
    .await?;
    Ok(())
}
