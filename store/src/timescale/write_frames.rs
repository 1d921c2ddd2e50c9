//! Frames to and from their table: many in one statement each.

use std::collections::{HashMap, HashSet};

use lanbi_model::Instant;
use sqlx::{PgConnection, query::QueryAs};

use super::{
    frame::{Columns, Frame, Key, Row},
    merge::Earlier,
};
use crate::StoreError;

/// How frames are locked and written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Writing {
    /// All in one statement.
    Together,
    /// One statement each, as TimescaleDB opens a compressed stretch of rows only for a key that the statement names
    /// by itself, and does not lock in a compressed one.
    OneByOne,
}

/// The arrays of [`Columns`] as a table of frames; parameters 1 to 16.
macro_rules! with_columns {
    ($before:literal, $after:literal) => {
        concat!(
            $before,
            " FROM unnest($1::int4[], $2::int4[], $3::timestamptz[], $4::timestamptz[], $5::int4[], $6::int4[],
                $7::int4[], $8::int4[], $9::int4[], $10::int4[])
            AS u (station, period, instant, received_at, first, length, flags, device_flags, revisions, received) ",
            $after
        )
    };
}

/// Binds the arrays of [`with_columns`].
macro_rules! bind_frames {
    ($query:expr, $columns:expr) => {{
        let columns: Columns = $columns;
        $query
            .bind(columns.stations)
            .bind(columns.periods)
            .bind(columns.instants)
            .bind(columns.received_at)
            .bind(columns.first)
            .bind(columns.lengths)
            .bind(columns.flags.first)
            .bind(columns.device_flags.first)
            .bind(columns.revisions.first)
            .bind(columns.received.first)
            .bind(columns.parameters)
            .bind(columns.values)
            .bind(columns.flags.all)
            .bind(columns.device_flags.all)
            .bind(columns.revisions.all)
            .bind(columns.received.all)
    }};
}

/// New frames. Slices of bound arrays cost what they copy.
const INSERT: &str = with_columns!(
    "INSERT INTO frame (station, period, instant, received_at, parameters, vals, flags, device_flags, revisions,
        received)
    SELECT u.station, u.period, u.instant, u.received_at,
        ($11::int2[])[u.first : u.first + u.length - 1],
        ($12::float8[])[u.first : u.first + u.length - 1],
        CASE WHEN u.flags > 0 THEN ($13::int4[])[u.flags : u.flags + u.length - 1] END,
        CASE WHEN u.device_flags > 0 THEN ($14::int4[])[u.device_flags : u.device_flags + u.length - 1] END,
        CASE WHEN u.revisions > 0 THEN ($15::int4[])[u.revisions : u.revisions + u.length - 1] END,
        CASE WHEN u.received > 0 THEN ($16::timestamptz[])[u.received : u.received + u.length - 1] END",
    "ON CONFLICT DO NOTHING RETURNING station, period, instant"
);

/// Frames that are there; 17 and 18 are the first and last instant, by which chunks are left out.
const UPDATE: &str = with_columns!(
    "UPDATE frame AS f SET received_at = u.received_at,
        parameters = ($11::int2[])[u.first : u.first + u.length - 1],
        vals = ($12::float8[])[u.first : u.first + u.length - 1],
        flags = CASE WHEN u.flags > 0 THEN ($13::int4[])[u.flags : u.flags + u.length - 1] END,
        device_flags = CASE WHEN u.device_flags > 0
            THEN ($14::int4[])[u.device_flags : u.device_flags + u.length - 1] END,
        revisions = CASE WHEN u.revisions > 0 THEN ($15::int4[])[u.revisions : u.revisions + u.length - 1] END,
        received = CASE WHEN u.received > 0
            THEN ($16::timestamptz[])[u.received : u.received + u.length - 1] END",
    "WHERE f.station = u.station AND f.period = u.period AND f.instant = u.instant
        AND f.instant BETWEEN $17 AND $18"
);

const UPDATE_ONE: &str = "UPDATE frame SET received_at = $4, parameters = $5, vals = $6, flags = $7,
        device_flags = $8, revisions = $9, received = $10
    WHERE station = $1 AND period = $2 AND instant = $3";

macro_rules! select_frames {
    ($lock:literal) => {
        concat!(
            "SELECT f.station, f.period, f.instant, f.received_at, f.parameters, f.vals, f.flags, f.device_flags,
                f.revisions, f.received
            FROM unnest($1::int4[], $2::int4[], $3::timestamptz[]) AS u (station, period, instant)
            JOIN frame AS f ON f.station = u.station AND f.period = u.period AND f.instant = u.instant
            WHERE f.instant BETWEEN $4 AND $5
            ORDER BY f.station, f.period, f.instant",
            $lock
        )
    };
}

const SELECT: &str = select_frames!("");
const LOCK: &str = select_frames!(" FOR UPDATE OF f");

/// Locks a row by writing it as it is, which opens a compressed stretch around it.
const LOCK_ONE: &str = "UPDATE frame SET received_at = received_at
    WHERE station = $1 AND period = $2 AND instant = $3
    RETURNING station, period, instant, received_at, parameters, vals, flags, device_flags, revisions, received";

/// Inserts frames, in the order of their keys; returns the keys of those that were not there.
pub(super) async fn insert(conn: &mut PgConnection, frames: &[Frame]) -> Result<HashSet<Key>, StoreError> {
    let query = bind_frames!(sqlx::query_as(INSERT), Columns::of(frames)?);
    let inserted: Vec<Key> = query.fetch_all(conn).await?;
    Ok(inserted.into_iter().collect())
}

/// Reads the frames of ascending keys that are there, in the order of their keys.
pub(super) async fn read(conn: &mut PgConnection, keys: &[Key]) -> Result<Vec<Frame>, StoreError> {
    select(conn, SELECT, keys).await
}

/// Reads and locks the frames of ascending keys that are there, in the order of their keys.
pub(super) async fn lock(
    conn: &mut PgConnection,
    keys: &[Key],
    writing: Writing,
) -> Result<Vec<Frame>, StoreError> {
    if writing == Writing::Together {
        return select(conn, LOCK, keys).await;
    }
    let mut frames = Vec::with_capacity(keys.len());
    for &(station, period, instant) in keys {
        let query: QueryAs<'_, _, Row, _> = sqlx::query_as(LOCK_ONE).bind(station).bind(period).bind(instant);
        if let Some(row) = query.fetch_optional(&mut *conn).await? {
            frames.push(row.try_into()?);
        }
    }
    Ok(frames)
}

async fn select(conn: &mut PgConnection, text: &'static str, keys: &[Key]) -> Result<Vec<Frame>, StoreError> {
    let (stations, periods, instants) = split(keys);
    let Some((first, last)) = ends(&instants) else { return Ok(Vec::new()) };
    let query: QueryAs<'_, _, Row, _> =
        sqlx::query_as(text).bind(stations).bind(periods).bind(instants).bind(first).bind(last);
    query.fetch_all(conn).await?.into_iter().map(Frame::try_from).collect()
}

/// Writes frames back that are locked.
pub(super) async fn update(
    conn: &mut PgConnection,
    frames: &[Frame],
    writing: Writing,
) -> Result<(), StoreError> {
    let step = if writing == Writing::Together { frames.len().max(1) } else { 1 };
    for some in frames.chunks(step) {
        let columns = Columns::of(some)?;
        let Some((first, last)) = ends(&columns.instants) else { continue };
        let done = if writing == Writing::Together {
            bind_frames!(sqlx::query(UPDATE), columns).bind(first).bind(last).execute(&mut *conn).await?
        } else {
            let Some(&(station, period, instant)) = some.first().map(|frame| &frame.key) else { continue };
            let list = |sparse: super::frame::Sparse<i32>| (!sparse.all.is_empty()).then_some(sparse.all);
            sqlx::query(UPDATE_ONE)
                .bind(station)
                .bind(period)
                .bind(instant)
                .bind(columns.received_at.first().copied())
                .bind(columns.parameters)
                .bind(columns.values)
                .bind(list(columns.flags))
                .bind(list(columns.device_flags))
                .bind(list(columns.revisions))
                .bind((!columns.received.all.is_empty()).then_some(columns.received.all))
                .execute(&mut *conn)
                .await?
        };
        if done.rows_affected() != u64::try_from(some.len()).unwrap_or(u64::MAX) {
            return Err(gone());
        }
    }
    Ok(())
}

/// Values that stood in these frames before, by frame.
pub(super) async fn earlier(
    conn: &mut PgConnection,
    frames: &[Frame],
) -> Result<HashMap<Key, Vec<Earlier>>, StoreError> {
    let keys: Vec<Key> = frames.iter().filter(|frame| frame.has_history()).map(|frame| frame.key).collect();
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let (stations, periods, instants) = split(&keys);
    let rows: Vec<(i32, i32, Instant, i16, f64, i32)> = sqlx::query_as(
        "SELECT r.station, r.period, r.instant, r.parameter, r.value, r.device_flags
        FROM unnest($1::int4[], $2::int4[], $3::timestamptz[]) AS u (station, period, instant)
        JOIN sample_revision AS r
            ON r.station = u.station AND r.period = u.period AND r.instant = u.instant",
    )
    .bind(stations)
    .bind(periods)
    .bind(instants)
    .fetch_all(conn)
    .await?;
    let mut found: HashMap<Key, Vec<Earlier>> = HashMap::new();
    for (station, period, instant, parameter, value, device_flags) in rows {
        let earlier = Earlier { parameter, value, device_flags };
        found.entry((station, period, instant)).or_default().push(earlier);
    }
    Ok(found)
}

/// A frame that was there a moment ago has been let go: trying again finds it new.
pub(super) fn gone() -> StoreError {
    StoreError::Unavailable(sqlx::Error::Protocol("a value was let go while it was compared".to_owned()))
}

pub(super) fn split(keys: &[Key]) -> (Vec<i32>, Vec<i32>, Vec<Instant>) {
    let mut columns = (Vec::new(), Vec::new(), Vec::new());
    for &(station, period, instant) in keys {
        columns.0.push(station);
        columns.1.push(period);
        columns.2.push(instant);
    }
    columns
}

fn ends(instants: &[Instant]) -> Option<(Instant, Instant)> {
    Some((*instants.iter().min()?, *instants.iter().max()?))
}
