//! Day means, kept as exact decimals because assessments round them.

use std::collections::HashMap;

use chrono::NaiveDate;
use lanbi_model::{DailyMean, StationId, Validity};
use sqlx::PgConnection;

use super::{
    TimescaleStore,
    names::{Parameters, number_of},
    rows::{decimal, decimal_text, end_day, narrow},
};
use crate::StoreError;

/// Puts day means in place of earlier ones; of several for one key the last counts.
pub(super) async fn replace(
    conn: &mut PgConnection,
    parameters: &Parameters,
    numbers: &HashMap<StationId, i32>,
    means: &[DailyMean],
) -> Result<(), StoreError> {
    let mut rows = std::collections::BTreeMap::new();
    for mean in means {
        let key = (number_of(numbers, &mean.station)?, mean.day, parameters.number(mean.parameter)?);
        rows.insert(key, mean);
    }
    if rows.is_empty() {
        return Ok(());
    }
    let stations: Vec<i32> = rows.keys().map(|key| key.0).collect();
    let days: Vec<NaiveDate> = rows.keys().map(|key| key.1).collect();
    let numbers: Vec<i16> = rows.keys().map(|key| key.2).collect();
    let column = |what: fn(&DailyMean) -> Option<String>| -> Vec<Option<String>> {
        rows.values().map(|mean| what(mean)).collect()
    };
    let counts: Vec<i64> = rows.values().map(|mean| i64::from(mean.count)).collect();
    let expected: Vec<i64> = rows.values().map(|mean| i64::from(mean.expected)).collect();
    let valid: Vec<bool> = rows.values().map(|mean| mean.validity == Validity::Valid).collect();
    sqlx::query(
        "INSERT INTO daily (station, day, parameter, value, min, max, count, expected, valid)
        SELECT station, day, parameter, value::numeric, min::numeric, max::numeric, count, expected, valid
        FROM unnest($1::int4[], $2::date[], $3::int2[], $4::text[], $5::text[], $6::text[], $7::int8[],
            $8::int8[], $9::bool[]) AS u (station, day, parameter, value, min, max, count, expected, valid)
        ON CONFLICT (station, day, parameter) DO UPDATE SET value = excluded.value, min = excluded.min,
            max = excluded.max, count = excluded.count, expected = excluded.expected, valid = excluded.valid",
    )
    .bind(stations)
    .bind(days)
    .bind(numbers)
    .bind(column(|mean| decimal_text(mean.value)))
    .bind(column(|mean| decimal_text(mean.min)))
    .bind(column(|mean| decimal_text(mean.max)))
    .bind(counts)
    .bind(expected)
    .bind(valid)
    .execute(conn)
    .await?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Row {
    name: String,
    day: NaiveDate,
    parameter: i16,
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
            day: self.day,
            value: value(self.value)?,
            min: value(self.min)?,
            max: value(self.max)?,
            count: narrow("a day mean", self.count)?,
            expected: narrow("a day mean", self.expected)?,
            validity: if self.valid { Validity::Valid } else { Validity::Insufficient },
        })
    }
}

impl TimescaleStore {
    pub(super) async fn read_daily(
        &self,
        station: Option<&StationId>,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<Vec<DailyMean>, StoreError> {
        let query = sqlx::query_as(
            "SELECT t.name, d.day, d.parameter, d.value::text, d.min::text, d.max::text, d.count, d.expected,
                d.valid
            FROM daily AS d JOIN station AS t ON t.id = d.station
            WHERE d.day BETWEEN $1 AND $2 AND ($3::text IS NULL OR t.name = $3)",
        );
        let query = query.bind(end_day(from)).bind(end_day(to)).bind(station.map(StationId::as_str));
        let rows: Vec<Row> = self.pools.rows(query).await?;
        let mut means =
            rows.into_iter().map(|row| row.into_mean(&self.parameters)).collect::<Result<Vec<_>, _>>()?;
        means.sort_by(|a, b| (&a.station, a.day, a.parameter).cmp(&(&b.station, b.day, b.parameter)));
        Ok(means)
    }
}
