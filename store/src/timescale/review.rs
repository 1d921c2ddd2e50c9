//! A reviewer's decision on a value.

use chrono::NaiveDate;
use lanbi_model::{
    Decision, Flags, Review, Sample,
    decimal::{from_f64, to_f64},
};
use sqlx::{Connection, PgConnection};

use super::{
    TimescaleStore,
    account::Moves,
    frame::{Entry, Key},
    guard::in_time,
    marks::Marks,
    merge::Replaced,
    revision::{self, Cause},
    rows::{bits, corrupt, cut, flags, seconds},
    write_frames,
};
use crate::{Reviewed, StaleCauses, StoreError};

/// Where a value that a reviewer set comes from.
const SOURCE: &str = "review";

impl TimescaleStore {
    pub(super) async fn review_value(&self, review: &Review, day: NaiveDate) -> Result<Reviewed, StoreError> {
        if review.by.trim().is_empty() || review.reason.trim().is_empty() {
            return Err(StoreError::UnsignedReview);
        }
        let mut loan = self.pools.writer().await?;
        let outcome = in_time(loan.patience(), self.review_on(loan.conn(), review, day)).await;
        loan.give_back(outcome)
    }

    async fn review_on(
        &self,
        conn: &mut PgConnection,
        review: &Review,
        day: NaiveDate,
    ) -> Result<Reviewed, StoreError> {
        let sample_key = &review.key;
        let missing = || StoreError::NoSuchValue {
            key: format!(
                "{} {} at {} over {} s",
                sample_key.station,
                sample_key.parameter,
                sample_key.instant.to_rfc3339(),
                sample_key.period.seconds()
            ),
        };
        let known: Option<i32> = sqlx::query_scalar("SELECT id FROM station WHERE name = $1")
            .bind(sample_key.station.as_str())
            .fetch_optional(&mut *conn)
            .await?;
        let station = known.ok_or_else(missing)?;
        let key: Key = (station, seconds(sample_key.period), cut(sample_key.instant));
        let parameter = self.parameters.number(sample_key.parameter)?;
        let mut tx = conn.begin().await?;
        let mut frames = write_frames::lock(&mut tx, &[key], self.writing()).await?;
        let frame = frames.first_mut().ok_or_else(missing)?;
        let place = frame.find(parameter).map_err(|_| missing())?;
        let entry = &mut frame.entries[place];
        let sample = |entry: &Entry| {
            let value = from_f64(entry.value).ok_or_else(|| corrupt("a value", entry.value.to_string()))?;
            Ok::<_, StoreError>(Sample { key: sample_key.clone(), value, flags: flags(entry.flags) })
        };
        let before = sample(entry)?;
        let (sent, device) = sent(&mut tx, key, entry).await?;
        let sent = from_f64(sent).ok_or_else(|| corrupt("a value", sent.to_string()))?;
        let (value, own) = review.decision.apply(sent, device);
        #[expect(clippy::float_cmp, reason = "the same decision gives the same number, bit for bit")]
        if to_f64(value) == entry.value && bits(own) == entry.device_flags {
            return Ok(Reviewed { after: before.clone(), before });
        }
        // What checks found on the number stays with it; a corrected number is the reviewer's own.
        let found = match review.decision {
            Decision::Correct(_) => Flags::empty(),
            Decision::Invalidate | Decision::Restore => flags(entry.flags) - flags(entry.device_flags),
        };
        let decided = Entry {
            value: to_f64(value),
            flags: bits(own | found),
            device_flags: bits(own),
            revision: entry.revision + 1,
            ..*entry
        };
        let after = sample(&decided)?;
        let entry = std::mem::replace(entry, decided);
        let replaced = Replaced { key, entry, replaced_at: cut(review.at) };
        write_frames::update(&mut tx, &frames, self.writing()).await?;
        let cause = Cause { source: SOURCE, reviewer: Some(&review.by), reason: Some(&review.reason) };
        revision::insert(&mut tx, &[replaced], cause).await?;
        let mut marks = Marks::default();
        marks.day(station, day, StaleCauses::REVIEWED);
        marks.write(&mut tx).await?;
        Moves { reviewed: 1, ..Moves::default() }.write(&mut tx).await?;
        tx.commit().await?;
        Ok(Reviewed { before, after })
    }
}

/// What the station sent: the present value, or the newest earlier one that no reviewer made.
async fn sent(conn: &mut PgConnection, key: Key, entry: &Entry) -> Result<(f64, Flags), StoreError> {
    if !flags(entry.device_flags).intersects(Flags::REVIEWED) {
        return Ok((entry.value, flags(entry.device_flags)));
    }
    let found: Option<(f64, i32)> = sqlx::query_as(
        "SELECT value, device_flags FROM sample_revision
        WHERE station = $1 AND period = $2 AND instant = $3 AND parameter = $4 AND device_flags & $5 = 0
        ORDER BY revision DESC LIMIT 1",
    )
    .bind(key.0)
    .bind(key.1)
    .bind(key.2)
    .bind(entry.parameter)
    .bind(bits(Flags::REVIEWED))
    .fetch_optional(conn)
    .await?;
    Ok(found.map_or_else(|| (entry.value, flags(entry.device_flags)), |(value, own)| (value, flags(own))))
}
