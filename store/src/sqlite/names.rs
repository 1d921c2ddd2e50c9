//! Numbers for names: stations and parameters stand in the tables as small integers.

use std::collections::{BTreeSet, HashMap};

use lanbi_model::{Parameter, StationId};
use sqlx::SqliteConnection;

use super::rows::corrupt;
use crate::StoreError;

/// Number of "the whole station" where a parameter may be missing.
const WHOLE_STATION: i64 = 0;

/// The numbers of all parameters, read once when the store is opened.
#[derive(Debug, Default)]
pub(super) struct Parameters {
    numbers: HashMap<Parameter, i64>,
    parameters: HashMap<i64, Parameter>,
}

impl Parameters {
    /// Gives a number to each parameter that has none, and reads them all.
    pub(super) async fn make(conn: &mut SqliteConnection) -> Result<Self, StoreError> {
        let keys: Vec<&str> = Parameter::ALL.iter().map(|p| p.key()).collect();
        sqlx::query(
            "INSERT INTO parameter (key) SELECT value FROM json_each(?1) WHERE true ON CONFLICT DO NOTHING",
        )
        .bind(serde_json::json!(keys).to_string())
        .execute(&mut *conn)
        .await?;
        Self::load(conn).await
    }

    /// Reads the numbers that are there.
    pub(super) async fn load(conn: &mut SqliteConnection) -> Result<Self, StoreError> {
        let rows: Vec<(i64, String)> =
            sqlx::query_as("SELECT id, key FROM parameter").fetch_all(&mut *conn).await?;
        let parameters: HashMap<i64, Parameter> =
            rows.iter().filter_map(|(id, key)| Some((*id, Parameter::from_key(key)?))).collect();
        let numbers = parameters.iter().map(|(&id, &parameter)| (parameter, id)).collect();
        Ok(Self { numbers, parameters })
    }

    pub(super) fn number(&self, parameter: Parameter) -> Result<i64, StoreError> {
        self.numbers
            .get(&parameter)
            .copied()
            .ok_or_else(|| corrupt("a parameter table", format!("no row for {parameter}")))
    }

    pub(super) fn number_or_whole(&self, parameter: Option<Parameter>) -> Result<i64, StoreError> {
        parameter.map_or(Ok(WHOLE_STATION), |p| self.number(p))
    }

    pub(super) fn parameter(&self, number: i64) -> Result<Parameter, StoreError> {
        self.parameters
            .get(&number)
            .copied()
            .ok_or_else(|| corrupt("a parameter", format!("number {number} is unknown to this version")))
    }

    pub(super) fn parameter_or_whole(&self, number: i64) -> Result<Option<Parameter>, StoreError> {
        if number == WHOLE_STATION { Ok(None) } else { self.parameter(number).map(Some) }
    }
}

/// The numbers of stations; those without one get it in the transaction of the caller.
pub(super) async fn number_stations<'a>(
    conn: &mut SqliteConnection,
    stations: impl Iterator<Item = &'a StationId>,
) -> Result<HashMap<StationId, i64>, StoreError> {
    let names: BTreeSet<&str> = stations.map(StationId::as_str).collect();
    if names.is_empty() {
        return Ok(HashMap::new());
    }
    let json = serde_json::json!(names).to_string();
    let mut numbers = find_stations(conn, &json).await?;
    if numbers.len() < names.len() {
        sqlx::query(
            "INSERT INTO station (name) SELECT value FROM json_each(?1) WHERE true ON CONFLICT DO NOTHING",
        )
        .bind(&json)
        .execute(&mut *conn)
        .await?;
        numbers = find_stations(conn, &json).await?;
    }
    Ok(numbers)
}

/// The number of a station among those of the transaction.
pub(super) fn number_of(numbers: &HashMap<StationId, i64>, station: &StationId) -> Result<i64, StoreError> {
    numbers.get(station).copied().ok_or_else(|| corrupt("a station table", station.as_str()))
}

async fn find_stations(
    conn: &mut SqliteConnection,
    json: &str,
) -> Result<HashMap<StationId, i64>, StoreError> {
    let rows: Vec<(String, i64)> =
        sqlx::query_as("SELECT name, id FROM station WHERE name IN (SELECT value FROM json_each(?1))")
            .bind(json)
            .fetch_all(conn)
            .await?;
    Ok(rows.into_iter().map(|(name, id)| (StationId::new(&name), id)).collect())
}
