//! Day means, kept as exact decimals because assessments round them.

use chrono::NaiveDate;
use lanbi_model::{DailyMean, Decimal, StationId, Validity};
use sqlx::{SqliteConnection, SqliteExecutor};

use super::{
    SqliteStore,
    names::Parameters,
    rows::{day, day_number, decimal, narrow},
};
use crate::StoreError;

/// Puts day means in place of earlier ones; their stations have numbers already.
pub(super) async fn replace(
    conn: &mut SqliteConnection,
    parameters: &Parameters,
    means: &[DailyMean],
) -> Result<(), StoreError> {
    if means.is_empty() {
        return Ok(());
    }
    let text = |value: Option<Decimal>| value.map(|v| v.to_string());
    let rows = means
        .iter()
        .map(|mean| {
            Ok(serde_json::json!([
                mean.station.as_str(),
                day_number(mean.day),
                parameters.number(mean.parameter)?,
                text(mean.value),
                text(mean.min),
                text(mean.max),
                mean.count,
                mean.expected,
                i32::from(mean.validity == Validity::Valid),
            ]))
        })
        .collect::<Result<Vec<_>, StoreError>>()?;
    sqlx::query(
        "INSERT INTO daily (station, day, parameter, value, min, max, count, expected, valid)
        SELECT t.id, e.value ->> 1, e.value ->> 2, e.value ->> 3, e.value ->> 4, e.value ->> 5, e.value ->> 6,
            e.value ->> 7, e.value ->> 8
        FROM json_each(?1) AS e CROSS JOIN station AS t ON t.name = e.value ->> 0 WHERE true
        ON CONFLICT DO UPDATE SET value = excluded.value, min = excluded.min, max = excluded.max,
            count = excluded.count, expected = excluded.expected, valid = excluded.valid",
    )
    .bind(serde_json::Value::from(rows).to_string())
    .execute(conn)
    .await?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Row {
    name: String,
    day: i64,
    parameter: i64,
    value: Option<String>,
    min: Option<String>,
    max: Option<String>,
    count: i64,
    expected: i64,
    valid: bool,
}

impl Row {
    fn into_mean(self, parameters: &Parameters) -> Result<DailyMean, StoreError> {
        let value = |text: Option<String>| text.as_deref().map(decimal).transpose();
        Ok(DailyMean {
            station: StationId::new(&self.name),
            parameter: parameters.parameter(self.parameter)?,
            day: day(self.day)?,
            value: value(self.value)?,
            min: value(self.min)?,
            max: value(self.max)?,
            count: narrow("a day mean", self.count)?,
            expected: narrow("a day mean", self.expected)?,
            validity: if self.valid { Validity::Valid } else { Validity::Insufficient },
        })
    }
}

/// Day means of a station (or all stations), by station, day and parameter.
pub(super) async fn read(
    executor: impl SqliteExecutor<'_>,
    parameters: &Parameters,
    station: Option<&StationId>,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<Vec<DailyMean>, StoreError> {
    // Two texts, so that one station is found by the primary key and all stations by the index on days.
    let query = match station {
        Some(station) => sqlx::query_as(
            "SELECT t.name, d.day, d.parameter, d.value, d.min, d.max, d.count, d.expected, d.valid
                FROM daily AS d JOIN station AS t ON t.id = d.station
                WHERE d.day BETWEEN ?1 AND ?2 AND d.station = (SELECT id FROM station WHERE name = ?3)",
        )
        .bind(day_number(from))
        .bind(day_number(to))
        .bind(station.as_str()),
        None => sqlx::query_as(
            "SELECT t.name, d.day, d.parameter, d.value, d.min, d.max, d.count, d.expected, d.valid
                FROM daily AS d JOIN station AS t ON t.id = d.station WHERE d.day BETWEEN ?1 AND ?2",
        )
        .bind(day_number(from))
        .bind(day_number(to)),
    };
    let rows: Vec<Row> = query.fetch_all(executor).await?;
    let mut means = rows.into_iter().map(|row| row.into_mean(parameters)).collect::<Result<Vec<_>, _>>()?;
    means.sort_by(|a, b| (&a.station, a.day, a.parameter).cmp(&(&b.station, b.day, b.parameter)));
    Ok(means)
}
impl SqliteStore {
    pub(super) async fn read_daily(
        &self,
        station: Option<&StationId>,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<Vec<DailyMean>, StoreError> {
        read(&self.pools.readers, &self.parameters, station, from, to).await
    }
}
