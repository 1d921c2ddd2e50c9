//! Reports that were written, so that they can be written again when their figures change.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;

use super::{
    TimescaleStore,
    guard::in_time,
    rows::{corrupt, cut, text},
};
use crate::{StaleMark, StoreError, WrittenReport};

/// Notes a report in place of an earlier one of its key.
pub(super) async fn put(conn: &mut PgConnection, report: &WrittenReport) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO report (kind, period, area, folder, first_day, last_day, formats, written_at, outdated)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        ON CONFLICT (kind, period, area, folder) DO UPDATE SET first_day = excluded.first_day,
            last_day = excluded.last_day, formats = excluded.formats, written_at = excluded.written_at,
            outdated = excluded.outdated",
    )
    .bind(text(&report.kind))
    .bind(report.period.to_string())
    .bind(text(&report.area))
    .bind(text(&report.folder))
    .bind(report.first)
    .bind(report.last)
    .bind(text(&report.formats))
    .bind(cut(report.written_at))
    .bind(report.outdated)
    .execute(conn)
    .await?;
    Ok(())
}

/// Outdates the reports that rest on days computed again.
pub(super) async fn outdate(conn: &mut PgConnection, recomputed: &[StaleMark]) -> Result<(), StoreError> {
    if recomputed.is_empty() {
        return Ok(());
    }
    let days: Vec<NaiveDate> = recomputed.iter().map(|mark| mark.day).collect();
    sqlx::query(
        "UPDATE report AS r SET outdated = true WHERE NOT r.outdated AND EXISTS (
            SELECT 1 FROM unnest($1::date[]) AS u (day) WHERE u.day BETWEEN r.first_day AND r.last_day)",
    )
    .bind(days)
    .execute(conn)
    .await?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Row {
    kind: String,
    period: String,
    area: String,
    folder: String,
    first_day: NaiveDate,
    last_day: NaiveDate,
    formats: String,
    written_at: DateTime<Utc>,
    outdated: bool,
}

impl TryFrom<Row> for WrittenReport {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            kind: row.kind,
            period: row
                .period
                .parse()
                .map_err(|_| corrupt("a report", format!("period `{}`", row.period)))?,
            first: row.first_day,
            last: row.last_day,
            area: row.area,
            folder: row.folder,
            formats: row.formats,
            written_at: row.written_at,
            outdated: row.outdated,
        })
    }
}

impl TimescaleStore {
    pub(super) async fn write_report(&self, report: &WrittenReport) -> Result<(), StoreError> {
        let mut loan = self.pools.writer().await?;
        let up_to_date = WrittenReport { outdated: false, ..report.clone() };
        let outcome = in_time(loan.patience(), put(loan.conn(), &up_to_date)).await;
        loan.give_back(outcome)
    }

    pub(super) async fn list_reports(&self, outdated: bool) -> Result<Vec<WrittenReport>, StoreError> {
        let query = sqlx::query_as(
            "SELECT kind, period, area, folder, first_day, last_day, formats, written_at, outdated
            FROM report WHERE outdated OR NOT $1
            ORDER BY kind COLLATE \"C\", period COLLATE \"C\", area COLLATE \"C\", folder COLLATE \"C\"",
        );
        let rows: Vec<Row> = self.pools.rows(query.bind(outdated)).await?;
        rows.into_iter().map(WrittenReport::try_from).collect()
    }
}
