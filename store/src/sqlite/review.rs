//! Decisions of reviewers: a revision that a person makes.

use chrono::NaiveDate;
use lanbi_model::{Decision, Flags, Review, Sample, decimal::to_f64};
use sqlx::{Connection, SqliteConnection};

use super::{
    SqliteStore,
    connect::give_back,
    rows::{flags, value},
    stale,
};
use crate::{Reviewed, StaleCauses, StoreError};

/// Where a value comes from that a reviewer has put in place.
const SOURCE: &str = "review";

/// A value that stands under its key, with the number of its station.
#[derive(sqlx::FromRow)]
struct Present {
    station: i64,
    value: f64,
    flags: i64,
    device_flags: i64,
}

impl SqliteStore {
    pub(super) async fn take_review(&self, review: &Review, day: NaiveDate) -> Result<Reviewed, StoreError> {
        if review.by.trim().is_empty() || review.reason.trim().is_empty() {
            return Err(StoreError::UnsignedReview);
        }
        let mut conn = self.pools.writer.acquire().await?;
        let outcome = self.review_on(&mut conn, review, day).await;
        give_back(conn, outcome)
    }

    async fn review_on(
        &self,
        conn: &mut SqliteConnection,
        review: &Review,
        day: NaiveDate,
    ) -> Result<Reviewed, StoreError> {
        let mut tx = conn.begin_with("BEGIN IMMEDIATE").await?;
        let present = self.present(&mut tx, review).await?;
        let (old_flags, old_device) = (flags(present.flags)?, flags(present.device_flags)?);
        let before = Sample { key: review.key.clone(), value: value(present.value)?, flags: old_flags };
        let (sent, sent_device) = self.sent(&mut tx, review, &present).await?;
        let (new, device) = review.decision.apply(value(sent)?, sent_device);
        if to_f64(new) == present.value && device == old_device {
            return Ok(Reviewed { after: before.clone(), before });
        }
        // What checks have found stays with the number they found it on.
        let found = match review.decision {
            Decision::Invalidate | Decision::Restore => old_flags - old_device,
            Decision::Correct(_) => Flags::empty(),
        };
        let after = Sample { key: review.key.clone(), value: value(to_f64(new))?, flags: device | found };
        self.replace(&mut tx, review, &present, &after, device).await?;
        stale::mark_day(&mut tx, present.station, day, StaleCauses::REVIEWED).await?;
        sqlx::query("UPDATE account SET commits = commits + 1, reviewed = reviewed + 1")
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(Reviewed { before, after })
    }

    async fn present(&self, conn: &mut SqliteConnection, review: &Review) -> Result<Present, StoreError> {
        let key = &review.key;
        let found: Option<Present> = sqlx::query_as(
            "SELECT station, value, flags, device_flags FROM sample
            WHERE station = (SELECT id FROM station WHERE name = ?1) AND period = ?2 AND instant = ?3
                AND parameter = ?4",
        )
        .bind(key.station.as_str())
        .bind(i64::from(key.period.seconds()))
        .bind(key.instant.timestamp_micros())
        .bind(self.parameters.number(key.parameter)?)
        .fetch_optional(conn)
        .await?;
        found.ok_or_else(|| StoreError::NoSuchValue {
            key: format!("{} {} {} {}", key.station, key.parameter, key.period, key.instant),
        })
    }

    /// What the station sent, with its flags: the present value, or the newest earlier one that no reviewer made.
    async fn sent(
        &self,
        conn: &mut SqliteConnection,
        review: &Review,
        present: &Present,
    ) -> Result<(f64, Flags), StoreError> {
        let own = flags(present.device_flags)?;
        if !own.intersects(Flags::REVIEWED) {
            return Ok((present.value, own));
        }
        let key = &review.key;
        let earlier: Option<(f64, i64)> = sqlx::query_as(
            "SELECT value, device_flags FROM sample_revision
            WHERE station = ?1 AND period = ?2 AND instant = ?3 AND parameter = ?4 AND device_flags & ?5 = 0
            ORDER BY revision DESC LIMIT 1",
        )
        .bind(present.station)
        .bind(i64::from(key.period.seconds()))
        .bind(key.instant.timestamp_micros())
        .bind(self.parameters.number(key.parameter)?)
        .bind(i64::from(Flags::REVIEWED.bits()))
        .fetch_optional(conn)
        .await?;
        earlier.map_or(Ok((present.value, own)), |(value, bits)| Ok((value, flags(bits)?)))
    }

    /// Moves the present value to the earlier ones and puts another in its place. It keeps its time of arrival: a
    /// decision makes no value late.
    async fn replace(
        &self,
        conn: &mut SqliteConnection,
        review: &Review,
        present: &Present,
        after: &Sample,
        device: Flags,
    ) -> Result<(), StoreError> {
        let key = &review.key;
        let (period, micros) = (i64::from(key.period.seconds()), key.instant.timestamp_micros());
        let parameter = self.parameters.number(key.parameter)?;
        sqlx::query(
            "INSERT INTO sample_revision (station, period, instant, parameter, revision, value, flags,
                device_flags, received_at, replaced_at, source, reviewer, reason)
            SELECT station, period, instant, parameter, revision, value, flags, device_flags, received_at, ?5, ?6,
                ?7, ?8
            FROM sample WHERE station = ?1 AND period = ?2 AND instant = ?3 AND parameter = ?4",
        )
        .bind(present.station)
        .bind(period)
        .bind(micros)
        .bind(parameter)
        .bind(review.at.timestamp_micros())
        .bind(SOURCE)
        .bind(&review.by)
        .bind(&review.reason)
        .execute(&mut *conn)
        .await?;
        sqlx::query(
            "UPDATE sample SET value = ?5, flags = ?6, device_flags = ?7, revision = revision + 1
            WHERE station = ?1 AND period = ?2 AND instant = ?3 AND parameter = ?4",
        )
        .bind(present.station)
        .bind(period)
        .bind(micros)
        .bind(parameter)
        .bind(to_f64(after.value))
        .bind(i64::from(after.flags.bits()))
        .bind(i64::from(device.bits()))
        .execute(conn)
        .await?;
        Ok(())
    }
}
