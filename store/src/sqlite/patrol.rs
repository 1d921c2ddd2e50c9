//! Patrols of river chiefs.

use lanbi_model::{Instant, Patrol};
use sqlx::{Connection, SqliteConnection};

use super::{
    SqliteStore,
    connect::give_back,
    rows::{decimal, instant},
};
use crate::{
    PatrolFilter, RecordReceipt, Recorded, StoreError,
    records::{self, Earlier, Numbered, Record as _},
};

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    chief: String,
    water: String,
    started: i64,
    ended: i64,
    length_m: Option<String>,
    source: String,
    note: String,
}

#[derive(sqlx::FromRow)]
struct KeptRow {
    #[sqlx(flatten)]
    row: Row,
    revision: i64,
}

#[derive(sqlx::FromRow)]
struct EarlierRow {
    #[sqlx(flatten)]
    row: Row,
    replaced_at: i64,
    replaced_by: String,
}

impl TryFrom<Row> for Patrol {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            chief: row.chief,
            water: row.water,
            started: instant(row.started)?,
            ended: instant(row.ended)?,
            length_m: row.length_m.as_deref().map(decimal).transpose()?,
            source: row.source,
            note: row.note,
        })
    }
}

impl TryFrom<EarlierRow> for Earlier<Patrol> {
    type Error = StoreError;

    fn try_from(earlier: EarlierRow) -> Result<Self, StoreError> {
        Ok(Self {
            record: earlier.row.try_into()?,
            replaced_at: instant(earlier.replaced_at)?,
            source: earlier.replaced_by,
        })
    }
}

/// What stands under the ids.
async fn known(conn: &mut SqliteConnection, patrols: &[Patrol]) -> Result<Vec<Numbered<Patrol>>, StoreError> {
    let ids: Vec<String> = patrols.iter().map(|patrol| records::clean(&patrol.id)).collect();
    let rows: Vec<KeptRow> = sqlx::query_as(
        "SELECT id, chief, water, started, ended, length_m, source, note, revision FROM patrol
        WHERE id IN (SELECT value FROM json_each(?1))",
    )
    .bind(serde_json::Value::from(ids).to_string())
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|kept| Ok(Numbered { record: kept.row.try_into()?, revision: kept.revision }))
        .collect()
}

async fn put(
    conn: &mut SqliteConnection,
    Numbered { record, revision }: &Numbered<Patrol>,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT OR REPLACE INTO patrol (id, chief, water, started, ended, length_m, source, note, revision)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )
    .bind(&record.id)
    .bind(&record.chief)
    .bind(&record.water)
    .bind(record.started.timestamp_micros())
    .bind(record.ended.timestamp_micros())
    .bind(record.length_m.map(|metres| metres.to_string()))
    .bind(&record.source)
    .bind(&record.note)
    .bind(revision)
    .execute(conn)
    .await?;
    Ok(())
}

async fn put_earlier(
    conn: &mut SqliteConnection,
    Numbered { record, revision }: &Numbered<Patrol>,
    replaced_at: Instant,
    replaced_by: &str,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT OR REPLACE INTO patrol_revision (id, revision, chief, water, started, ended, length_m, source,
            note, replaced_at, replaced_by)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    )
    .bind(&record.id)
    .bind(revision)
    .bind(&record.chief)
    .bind(&record.water)
    .bind(record.started.timestamp_micros())
    .bind(record.ended.timestamp_micros())
    .bind(record.length_m.map(|metres| metres.to_string()))
    .bind(&record.source)
    .bind(&record.note)
    .bind(replaced_at.timestamp_micros())
    .bind(replaced_by)
    .execute(conn)
    .await?;
    Ok(())
}

/// Puts patrols with their history back as they were.
pub(super) async fn restore(
    conn: &mut SqliteConnection,
    patrols: &[Recorded<Patrol>],
) -> Result<(), StoreError> {
    for Recorded { now, earlier } in patrols {
        for (revision, earlier) in (0..).zip(earlier) {
            let record = Numbered { record: earlier.record.content(), revision };
            put_earlier(conn, &record, earlier.replaced_at, &records::clean(&earlier.source)).await?;
        }
        let revision = i64::try_from(earlier.len()).unwrap_or(i64::MAX);
        put(conn, &Numbered { record: now.content(), revision }).await?;
    }
    Ok(())
}

/// Patrols with their history, by id; only one where asked.
pub(super) async fn read_recorded(
    conn: &mut SqliteConnection,
    id: Option<&str>,
) -> Result<Vec<Recorded<Patrol>>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT id, chief, water, started, ended, length_m, source, note FROM patrol
        WHERE ?1 IS NULL OR id = ?1 ORDER BY id",
    )
    .bind(id)
    .fetch_all(&mut *conn)
    .await?;
    let earlier: Vec<EarlierRow> = sqlx::query_as(
        "SELECT id, chief, water, started, ended, length_m, source, note, replaced_at, replaced_by
        FROM patrol_revision WHERE ?1 IS NULL OR id = ?1 ORDER BY id, revision",
    )
    .bind(id)
    .fetch_all(conn)
    .await?;
    Ok(records::with_history(
        rows.into_iter().map(Patrol::try_from).collect::<Result<_, _>>()?,
        earlier.into_iter().map(Earlier::try_from).collect::<Result<_, _>>()?,
    ))
}

impl SqliteStore {
    pub(super) async fn put_patrols(
        &self,
        patrols: &[Patrol],
        source: &str,
        at: Instant,
    ) -> Result<RecordReceipt, StoreError> {
        let mut conn = self.pools.writer.acquire().await?;
        let outcome = put_on(&mut conn, patrols, source, at).await;
        give_back(conn, outcome)
    }

    pub(super) async fn list_patrols(&self, filter: &PatrolFilter) -> Result<Vec<Patrol>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT id, chief, water, started, ended, length_m, source, note FROM patrol
            WHERE ended > ?1 AND ended <= ?2 AND (?3 IS NULL OR chief = ?3) ORDER BY ended, id",
        )
        .bind(filter.after.map_or(i64::MIN, |after| after.timestamp_micros()))
        .bind(filter.until.map_or(i64::MAX, |until| until.timestamp_micros()))
        .bind(&filter.chief)
        .fetch_all(&self.pools.readers)
        .await?;
        rows.into_iter().map(Patrol::try_from).collect()
    }

    pub(super) async fn find_patrol(&self, id: &str) -> Result<Option<Recorded<Patrol>>, StoreError> {
        let mut conn = self.pools.readers.acquire().await?;
        let mut tx = conn.begin().await?;
        Ok(read_recorded(&mut tx, Some(id)).await?.pop())
    }
}

async fn put_on(
    conn: &mut SqliteConnection,
    patrols: &[Patrol],
    source: &str,
    at: Instant,
) -> Result<RecordReceipt, StoreError> {
    let mut tx = conn.begin_with("BEGIN IMMEDIATE").await?;
    let merged = records::merge(known(&mut tx, patrols).await?, patrols);
    for earlier in &merged.replaced {
        put_earlier(&mut tx, earlier, at, &records::clean(source)).await?;
    }
    for record in &merged.put {
        put(&mut tx, record).await?;
    }
    tx.commit().await?;
    Ok(merged.receipt)
}
