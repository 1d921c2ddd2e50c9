//! Problems along the waters and the steps taken about them.

use chrono::{DateTime, Utc};
use lanbi_model::{Instant, Problem, ProblemKind, ProblemState, ProblemStep, ProblemUrgency};
use sqlx::{Connection, PgConnection};

use super::{
    TimescaleStore,
    guard::{ONE_LOOK, in_time},
    rows::{corrupt, cut, end},
};
use crate::{
    ProblemFilter, ProblemReceipt, Recorded, StoreError,
    records::{self, Earlier, Numbered, Record as _, Span},
};

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    chief: Option<String>,
    water: String,
    place: String,
    kind: String,
    urgency: String,
    supervised: bool,
    source: String,
}

/// A problem with one of its steps; one without steps has a row all the same.
#[derive(sqlx::FromRow)]
struct StepRow {
    #[sqlx(flatten)]
    row: Row,
    revision: i64,
    at: Option<DateTime<Utc>>,
    state: Option<String>,
    taken_by: Option<String>,
    given_to: Option<String>,
    step_note: Option<String>,
}

#[derive(sqlx::FromRow)]
struct EarlierRow {
    #[sqlx(flatten)]
    row: Row,
    replaced_at: DateTime<Utc>,
    replaced_by: String,
}

impl TryFrom<Row> for Problem {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let kind = ProblemKind::parse(&row.kind)
            .ok_or_else(|| corrupt("a problem", format!("unknown kind `{}`", row.kind)))?;
        let urgency = ProblemUrgency::parse(&row.urgency)
            .ok_or_else(|| corrupt("a problem", format!("unknown urgency `{}`", row.urgency)))?;
        Ok(Self {
            id: row.id,
            chief: row.chief,
            water: row.water,
            place: row.place,
            kind,
            urgency,
            supervised: row.supervised,
            source: row.source,
            steps: Vec::new(),
        })
    }
}

impl StepRow {
    fn step(&self) -> Result<Option<ProblemStep>, StoreError> {
        let (Some(at), Some(state)) = (self.at, &self.state) else { return Ok(None) };
        let state = ProblemState::parse(state)
            .ok_or_else(|| corrupt("a step of a problem", format!("unknown state `{state}`")))?;
        Ok(Some(ProblemStep {
            at,
            state,
            by: self.taken_by.clone().unwrap_or_default(),
            to: self.given_to.clone().unwrap_or_default(),
            note: self.step_note.clone().unwrap_or_default(),
        }))
    }

    fn into_parts(self) -> Result<(Problem, Option<ProblemStep>), StoreError> {
        let step = self.step()?;
        Ok((self.row.try_into()?, step))
    }
}

impl TryFrom<EarlierRow> for Earlier<Problem> {
    type Error = StoreError;

    fn try_from(earlier: EarlierRow) -> Result<Self, StoreError> {
        Ok(Self {
            record: earlier.row.try_into()?,
            replaced_at: earlier.replaced_at,
            source: earlier.replaced_by,
        })
    }
}

fn gather(rows: Vec<StepRow>) -> Result<Vec<Problem>, StoreError> {
    let rows = rows.into_iter().map(StepRow::into_parts).collect::<Result<Vec<_>, _>>()?;
    Ok(records::gather(rows))
}

/// What stands under the ids, with all steps.
async fn known(
    conn: &mut PgConnection,
    ids: impl Iterator<Item = &str>,
) -> Result<Vec<Numbered<Problem>>, StoreError> {
    let ids: Vec<String> = ids.map(records::clean).collect();
    let rows: Vec<StepRow> = sqlx::query_as(
        "SELECT p.id, p.chief, p.water, p.place, p.kind, p.urgency, p.supervised, p.source, p.revision,
            s.at, s.state, s.taken_by, s.given_to, s.note AS step_note
        FROM problem AS p LEFT JOIN problem_step AS s ON s.problem = p.id
        WHERE p.id = ANY($1) ORDER BY p.id COLLATE \"C\"",
    )
    .bind(ids)
    .fetch_all(conn)
    .await?;
    let mut revisions: Vec<(String, i64)> =
        rows.iter().map(|row| (row.row.id.clone(), row.revision)).collect();
    revisions.dedup();
    let numbered = gather(rows)?.into_iter().zip(revisions);
    Ok(numbered.map(|(record, (_, revision))| Numbered { record, revision }).collect())
}

async fn put(
    conn: &mut PgConnection,
    Numbered { record, revision }: &Numbered<Problem>,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO problem (id, chief, water, place, kind, urgency, supervised, source, revision)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        ON CONFLICT (id) DO UPDATE SET chief = excluded.chief, water = excluded.water, place = excluded.place,
            kind = excluded.kind, urgency = excluded.urgency, supervised = excluded.supervised,
            source = excluded.source, revision = excluded.revision",
    )
    .bind(&record.id)
    .bind(&record.chief)
    .bind(&record.water)
    .bind(&record.place)
    .bind(record.kind.key())
    .bind(record.urgency.key())
    .bind(record.supervised)
    .bind(&record.source)
    .bind(revision)
    .execute(conn)
    .await?;
    Ok(())
}

async fn put_earlier(
    conn: &mut PgConnection,
    Numbered { record, revision }: &Numbered<Problem>,
    replaced_at: Instant,
    replaced_by: &str,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO problem_revision (id, revision, chief, water, place, kind, urgency, supervised,
            source, replaced_at, replaced_by)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        ON CONFLICT (id, revision) DO UPDATE SET chief = excluded.chief, water = excluded.water,
            place = excluded.place, kind = excluded.kind, urgency = excluded.urgency,
            supervised = excluded.supervised, source = excluded.source, replaced_at = excluded.replaced_at,
            replaced_by = excluded.replaced_by",
    )
    .bind(&record.id)
    .bind(revision)
    .bind(&record.chief)
    .bind(&record.water)
    .bind(&record.place)
    .bind(record.kind.key())
    .bind(record.urgency.key())
    .bind(record.supervised)
    .bind(&record.source)
    .bind(cut(replaced_at))
    .bind(replaced_by)
    .execute(conn)
    .await?;
    Ok(())
}

/// Adds a step; one that is there stays as it is.
async fn add_step(conn: &mut PgConnection, problem: &str, step: &ProblemStep) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO problem_step (problem, at, state, taken_by, given_to, note)
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
    )
    .bind(problem)
    .bind(cut(step.at))
    .bind(step.state.key())
    .bind(&step.by)
    .bind(&step.to)
    .bind(&step.note)
    .execute(conn)
    .await?;
    Ok(())
}

async fn set_span(conn: &mut PgConnection, span: &Span) -> Result<(), StoreError> {
    sqlx::query("UPDATE problem SET opened_at = $2, closed_at = $3 WHERE id = $1")
        .bind(&span.problem)
        .bind(span.opened_at.map(cut))
        .bind(span.closed_at.map(cut))
        .execute(conn)
        .await?;
    Ok(())
}

/// Keeps problems in the transaction that is open.
async fn keep(
    conn: &mut PgConnection,
    problems: &[Problem],
    source: &str,
    at: Instant,
) -> Result<ProblemReceipt, StoreError> {
    let known = known(conn, problems.iter().map(|problem| problem.id.as_str())).await?;
    let merged = records::merge_problems(known, problems);
    for earlier in &merged.contents.replaced {
        put_earlier(conn, earlier, at, &records::clean(source)).await?;
    }
    for record in &merged.contents.put {
        put(conn, record).await?;
    }
    for (problem, step) in &merged.added {
        add_step(conn, problem, step).await?;
    }
    for span in &merged.spans {
        set_span(conn, span).await?;
    }
    Ok(merged.receipt())
}

/// Puts problems with their history back as they were.
pub(super) async fn restore(
    conn: &mut PgConnection,
    problems: &[Recorded<Problem>],
) -> Result<(), StoreError> {
    for Recorded { now, earlier } in problems {
        for (revision, earlier) in (0..).zip(earlier) {
            let record = Numbered { record: earlier.record.content(), revision };
            put_earlier(conn, &record, earlier.replaced_at, &records::clean(&earlier.source)).await?;
        }
        let revision = i64::try_from(earlier.len()).unwrap_or(i64::MAX);
        put(conn, &Numbered { record: now.content(), revision }).await?;
        for step in &now.steps {
            add_step(conn, &now.id, step).await?;
        }
        set_span(conn, &Span::of(&now.id, &now.steps)).await?;
    }
    Ok(())
}

async fn read_recorded(
    conn: &mut PgConnection,
    id: Option<String>,
) -> Result<Vec<Recorded<Problem>>, StoreError> {
    // One look at all tables.
    let mut tx = conn.begin_with(ONE_LOOK).await?;
    let rows: Vec<StepRow> = sqlx::query_as(
        "SELECT p.id, p.chief, p.water, p.place, p.kind, p.urgency, p.supervised, p.source, p.revision,
            s.at, s.state, s.taken_by, s.given_to, s.note AS step_note
        FROM problem AS p LEFT JOIN problem_step AS s ON s.problem = p.id
        WHERE $1::text IS NULL OR p.id = $1 ORDER BY p.id COLLATE \"C\"",
    )
    .bind(&id)
    .fetch_all(&mut *tx)
    .await?;
    let earlier: Vec<EarlierRow> = sqlx::query_as(
        "SELECT id, chief, water, place, kind, urgency, supervised, source, replaced_at, replaced_by
        FROM problem_revision WHERE $1::text IS NULL OR id = $1 ORDER BY id COLLATE \"C\", revision",
    )
    .bind(&id)
    .fetch_all(&mut *tx)
    .await?;
    tx.commit().await?;
    let earlier = earlier.into_iter().map(Earlier::try_from).collect::<Result<_, _>>()?;
    Ok(records::with_history(gather(rows)?, earlier))
}

/// One writer at a time: a comparison must not be overtaken by another one. Readers go on.
async fn lock(conn: &mut PgConnection) -> Result<(), StoreError> {
    sqlx::query("LOCK TABLE problem IN SHARE ROW EXCLUSIVE MODE").execute(conn).await?;
    Ok(())
}

async fn put_on(
    conn: &mut PgConnection,
    problems: &[Problem],
    source: &str,
    at: Instant,
) -> Result<ProblemReceipt, StoreError> {
    let mut tx = conn.begin().await?;
    lock(&mut tx).await?;
    let receipt = keep(&mut tx, problems, source, at).await?;
    tx.commit().await?;
    Ok(receipt)
}

async fn put_steps_on(
    conn: &mut PgConnection,
    id: &str,
    steps: &[ProblemStep],
) -> Result<ProblemReceipt, StoreError> {
    let mut tx = conn.begin().await?;
    lock(&mut tx).await?;
    let kept = known(&mut tx, std::iter::once(id)).await?.pop();
    let kept = kept.ok_or_else(|| StoreError::NoSuchProblem(id.to_owned()))?;
    let longer = Problem { steps: steps.to_vec(), ..kept.record };
    // The content is the one that stands, so nothing is replaced and no source is needed.
    let receipt = keep(&mut tx, &[longer], "", Instant::UNIX_EPOCH).await?;
    tx.commit().await?;
    Ok(receipt)
}

impl TimescaleStore {
    pub(super) async fn put_problems(
        &self,
        problems: &[Problem],
        source: &str,
        at: Instant,
    ) -> Result<ProblemReceipt, StoreError> {
        let mut loan = self.pools.writer().await?;
        let outcome = in_time(loan.patience(), put_on(loan.conn(), problems, source, at)).await;
        loan.give_back(outcome)
    }

    pub(super) async fn put_steps(
        &self,
        id: &str,
        steps: &[ProblemStep],
    ) -> Result<ProblemReceipt, StoreError> {
        let mut loan = self.pools.writer().await?;
        let outcome = in_time(loan.patience(), put_steps_on(loan.conn(), id, steps)).await;
        loan.give_back(outcome)
    }

    pub(super) async fn list_problems(&self, filter: &ProblemFilter) -> Result<Vec<Problem>, StoreError> {
        let query = sqlx::query_as(
            "SELECT p.id, p.chief, p.water, p.place, p.kind, p.urgency, p.supervised, p.source, p.revision,
                s.at, s.state, s.taken_by, s.given_to, s.note AS step_note
            FROM problem AS p LEFT JOIN problem_step AS s ON s.problem = p.id
            WHERE ($1::text IS NULL OR p.chief = $1)
                AND ($2::timestamptz IS NULL OR p.closed_at IS NULL OR p.closed_at > $2)
                AND ($3::timestamptz IS NULL OR p.opened_at IS NULL OR p.opened_at <= $3)
                AND (NOT $4 OR p.closed_at IS NULL)
            ORDER BY p.opened_at NULLS FIRST, p.id COLLATE \"C\"",
        )
        .bind(filter.chief.as_deref().map(records::clean))
        .bind(filter.after.map(end))
        .bind(filter.until.map(end))
        .bind(filter.open);
        gather(self.pools.rows(query).await?)
    }

    /// Problems with their history, by id; only one where asked.
    pub(super) async fn recorded_problems(
        &self,
        id: Option<&str>,
    ) -> Result<Vec<Recorded<Problem>>, StoreError> {
        let mut loan = self.pools.reader().await?;
        let id = id.map(records::clean);
        let outcome = in_time(loan.patience(), read_recorded(loan.conn(), id)).await;
        loan.give_back(outcome)
    }
}
