//! Patrols of river chiefs.

use chrono::{DateTime, Utc};
use lanbi_model::{Instant, Patrol};
use sqlx::{Connection, PgConnection};

use super::{
    TimescaleStore,
    guard::{ONE_LOOK, in_time},
    rows::{cut, decimal, decimal_text, end},
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
    started: DateTime<Utc>,
    ended: DateTime<Utc>,
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
    replaced_at: DateTime<Utc>,
    replaced_by: String,
}

impl TryFrom<Row> for Patrol {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            chief: row.chief,
            water: row.water,
            started: row.started,
            ended: row.ended,
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
            replaced_at: earlier.replaced_at,
            source: earlier.replaced_by,
        })
    }
}

/// What stands under the ids.
async fn known(conn: &mut PgConnection, patrols: &[Patrol]) -> Result<Vec<Numbered<Patrol>>, StoreError> {
    let ids: Vec<String> = patrols.iter().map(|patrol| records::clean(&patrol.id)).collect();
    let rows: Vec<KeptRow> = sqlx::query_as(
        "SELECT id, chief, water, started, ended, length_m::text, source, note, revision FROM patrol
        WHERE id = ANY($1)",
    )
    .bind(ids)
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|kept| Ok(Numbered { record: kept.row.try_into()?, revision: kept.revision }))
        .collect()
}

async fn put(
    conn: &mut PgConnection,
    Numbered { record, revision }: &Numbered<Patrol>,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO patrol (id, chief, water, started, ended, length_m, source, note, revision)
        VALUES ($1, $2, $3, $4, $5, $6::numeric, $7, $8, $9)
        ON CONFLICT (id) DO UPDATE SET chief = excluded.chief, water = excluded.water,
            started = excluded.started, ended = excluded.ended, length_m = excluded.length_m,
            source = excluded.source, note = excluded.note, revision = excluded.revision",
    )
    .bind(&record.id)
    .bind(&record.chief)
    .bind(&record.water)
    .bind(record.started)
    .bind(record.ended)
    .bind(decimal_text(record.length_m))
    .bind(&record.source)
    .bind(&record.note)
    .bind(revision)
    .execute(conn)
    .await?;
    Ok(())
}

async fn put_earlier(
    conn: &mut PgConnection,
    Numbered { record, revision }: &Numbered<Patrol>,
    replaced_at: Instant,
    replaced_by: &str,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO patrol_revision (id, revision, chief, water, started, ended, length_m, source,
            note, replaced_at, replaced_by)
        VALUES ($1, $2, $3, $4, $5, $6, $7::numeric, $8, $9, $10, $11)
        ON CONFLICT (id, revision) DO UPDATE SET chief = excluded.chief, water = excluded.water,
            started = excluded.started, ended = excluded.ended, length_m = excluded.length_m,
            source = excluded.source, note = excluded.note, replaced_at = excluded.replaced_at,
            replaced_by = excluded.replaced_by",
    )
    .bind(&record.id)
    .bind(revision)
    .bind(&record.chief)
    .bind(&record.water)
    .bind(record.started)
    .bind(record.ended)
    .bind(decimal_text(record.length_m))
    .bind(&record.source)
    .bind(&record.note)
    .bind(cut(replaced_at))
    .bind(replaced_by)
    .execute(conn)
    .await?;
    Ok(())
}

/// Puts patrols with their history back as they were.
pub(super) async fn restore(conn: &mut PgConnection, patrols: &[Recorded<Patrol>]) -> Result<(), StoreError> {
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

async fn read_recorded(
    conn: &mut PgConnection,
    id: Option<String>,
) -> Result<Vec<Recorded<Patrol>>, StoreError> {
    // One look at both tables.
    let mut tx = conn.begin_with(ONE_LOOK).await?;
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT id, chief, water, started, ended, length_m::text, source, note FROM patrol
        WHERE $1::text IS NULL OR id = $1 ORDER BY id COLLATE \"C\"",
    )
    .bind(&id)
    .fetch_all(&mut *tx)
    .await?;
    let earlier: Vec<EarlierRow> = sqlx::query_as(
        "SELECT id, chief, water, started, ended, length_m::text, source, note, replaced_at, replaced_by
        FROM patrol_revision WHERE $1::text IS NULL OR id = $1 ORDER BY id COLLATE \"C\", revision",
    )
    .bind(&id)
    .fetch_all(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(records::with_history(
        rows.into_iter().map(Patrol::try_from).collect::<Result<_, _>>()?,
        earlier.into_iter().map(Earlier::try_from).collect::<Result<_, _>>()?,
    ))
}

impl TimescaleStore {
    pub(super) async fn put_patrols(
        &self,
        patrols: &[Patrol],
        source: &str,
        at: Instant,
    ) -> Result<RecordReceipt, StoreError> {
        let mut loan = self.pools.writer().await?;
        let outcome = in_time(loan.patience(), put_on(loan.conn(), patrols, source, at)).await;
        loan.give_back(outcome)
    }

    pub(super) async fn list_patrols(&self, filter: &PatrolFilter) -> Result<Vec<Patrol>, StoreError> {
        let query = sqlx::query_as(
            "SELECT id, chief, water, started, ended, length_m::text, source, note FROM patrol
            WHERE ended > $1 AND ended <= $2 AND ($3::text IS NULL OR chief = $3)
            ORDER BY ended, id COLLATE \"C\"",
        )
        .bind(end(filter.after.unwrap_or(Instant::MIN_UTC)))
        .bind(end(filter.until.unwrap_or(Instant::MAX_UTC)))
        .bind(filter.chief.as_deref().map(records::clean));
        let rows: Vec<Row> = self.pools.rows(query).await?;
        rows.into_iter().map(Patrol::try_from).collect()
    }

    /// Patrols with their history, by id; only one where asked.
    pub(super) async fn recorded_patrols(
        &self,
        id: Option<&str>,
    ) -> Result<Vec<Recorded<Patrol>>, StoreError> {
        let mut loan = self.pools.reader().await?;
        let id = id.map(records::clean);
        let outcome = in_time(loan.patience(), read_recorded(loan.conn(), id)).await;
        loan.give_back(outcome)
    }
}

async fn put_on(
    conn: &mut PgConnection,
    patrols: &[Patrol],
    source: &str,
    at: Instant,
) -> Result<RecordReceipt, StoreError> {
    let mut tx = conn.begin().await?;
    // One at a time: a comparison must not be overtaken by another writer. Readers go on.
    sqlx::query("LOCK TABLE patrol IN SHARE ROW EXCLUSIVE MODE").execute(&mut *tx).await?;
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
