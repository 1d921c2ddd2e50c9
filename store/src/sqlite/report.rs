//! Reports that were written, and whether their figures still stand.

use lanbi_model::ReportPeriod;
use sqlx::{SqliteConnection, SqliteExecutor};

use super::{
    SqliteStore,
    rows::{corrupt, day, day_number, instant},
};
use crate::{StaleMark, StoreError, WrittenReport};

/// Puts a report in place of an earlier one of the same kind, period, area and folder.
pub(super) async fn put(
    conn: &mut SqliteConnection,
    report: &WrittenReport,
    outdated: bool,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO report (kind, period, area, folder, first, last, formats, written_at, outdated)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
        ON CONFLICT DO UPDATE SET first = excluded.first, last = excluded.last, formats = excluded.formats,
            written_at = excluded.written_at, outdated = excluded.outdated",
    )
    .bind(&report.kind)
    .bind(report.period.to_string())
    .bind(&report.area)
    .bind(&report.folder)
    .bind(day_number(report.first))
    .bind(day_number(report.last))
    .bind(&report.formats)
    .bind(report.written_at.timestamp_micros())
    .bind(outdated)
    .execute(conn)
    .await?;
    Ok(())
}

/// Notes that the days of the marks have been computed again.
pub(super) async fn outdate(conn: &mut SqliteConnection, marks: &[StaleMark]) -> Result<(), StoreError> {
    if marks.is_empty() {
        return Ok(());
    }
    let days: Vec<i64> = marks.iter().map(|mark| day_number(mark.day)).collect();
    sqlx::query(
        "UPDATE report SET outdated = 1 WHERE NOT outdated
            AND EXISTS (SELECT 1 FROM json_each(?1) WHERE value BETWEEN first AND last)",
    )
    .bind(serde_json::Value::from(days).to_string())
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
    first: i64,
    last: i64,
    formats: String,
    written_at: i64,
    outdated: bool,
}

impl TryFrom<Row> for WrittenReport {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let period: ReportPeriod = row.period.parse().map_err(|_| corrupt("a report", row.period))?;
        Ok(Self {
            kind: row.kind,
            period,
            first: day(row.first)?,
            last: day(row.last)?,
            area: row.area,
            folder: row.folder,
            formats: row.formats,
            written_at: instant(row.written_at)?,
            outdated: row.outdated,
        })
    }
}

/// Reports by kind, period, area and folder.
pub(super) async fn read(
    executor: impl SqliteExecutor<'_>,
    outdated: bool,
) -> Result<Vec<WrittenReport>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT kind, period, area, folder, first, last, formats, written_at, outdated FROM report
        WHERE outdated OR NOT ?1 ORDER BY kind, period, area, folder",
    )
    .bind(outdated)
    .fetch_all(executor)
    .await?;
    rows.into_iter().map(WrittenReport::try_from).collect()
}

impl SqliteStore {
    pub(super) async fn keep_report(&self, report: &WrittenReport) -> Result<(), StoreError> {
        let mut conn = self.pools.writer.acquire().await?;
        put(&mut conn, report, false).await
    }

    pub(super) async fn list_reports(&self, outdated: bool) -> Result<Vec<WrittenReport>, StoreError> {
        read(&self.pools.readers, outdated).await
    }
}
