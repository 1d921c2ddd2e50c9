//! Numbers for names: stations and parameters stand in the tables as small integers.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{PoisonError, RwLock},
};

use lanbi_model::{Parameter, StationId};
use sqlx::PgConnection;

use super::rows::corrupt;
use crate::StoreError;

/// Number of "the whole station" where a parameter may be missing.
const WHOLE_STATION: i16 = 0;

/// The numbers of all parameters, read once when the store is opened.
#[derive(Debug)]
pub(super) struct Parameters {
    numbers: HashMap<Parameter, i16>,
    parameters: HashMap<i16, Parameter>,
}

impl Parameters {
    /// Gives a number to each parameter that has none, if asked to, and reads them all.
    pub(super) async fn load(conn: &mut PgConnection, number_new: bool) -> Result<Self, StoreError> {
        if number_new {
            // Only what is missing, because a conflict would use a number up at each opening.
            let keys: Vec<&str> = Parameter::ALL.iter().map(|p| p.key()).collect();
            sqlx::query(
                "INSERT INTO parameter (key) SELECT key FROM unnest($1::text[]) AS u (key)
                WHERE NOT EXISTS (SELECT 1 FROM parameter AS p WHERE p.key = u.key) ON CONFLICT DO NOTHING",
            )
            .bind(keys)
            .execute(&mut *conn)
            .await?;
        }
        let rows: Vec<(i16, String)> =
            sqlx::query_as("SELECT id, key FROM parameter").fetch_all(conn).await?;
        let parameters: HashMap<i16, Parameter> =
            rows.iter().filter_map(|(id, key)| Some((*id, Parameter::from_key(key)?))).collect();
        let numbers = parameters.iter().map(|(&id, &parameter)| (parameter, id)).collect();
        Ok(Self { numbers, parameters })
    }

    pub(super) fn number(&self, parameter: Parameter) -> Result<i16, StoreError> {
        self.numbers
            .get(&parameter)
            .copied()
            .ok_or_else(|| corrupt("a parameter table", format!("no row for {parameter}")))
    }

    pub(super) fn number_or_whole(&self, parameter: Option<Parameter>) -> Result<i16, StoreError> {
        parameter.map_or(Ok(WHOLE_STATION), |p| self.number(p))
    }

    pub(super) fn parameter(&self, number: i16) -> Result<Parameter, StoreError> {
        self.parameters
            .get(&number)
            .copied()
            .ok_or_else(|| corrupt("a parameter", format!("number {number} is unknown to this version")))
    }

    pub(super) fn parameter_or_whole(&self, number: i16) -> Result<Option<Parameter>, StoreError> {
        if number == WHOLE_STATION { Ok(None) } else { self.parameter(number).map(Some) }
    }
}

/// The numbers of stations met so far. A number never changes and no station is ever removed.
#[derive(Debug, Default)]
pub(super) struct Stations {
    known: RwLock<HashMap<StationId, i32>>,
}

impl Stations {
    /// The numbers of stations. Those without one get it at once, outside any transaction of the caller's: a number
    /// that a rollback takes back could otherwise be remembered here. Call it before the transaction begins.
    pub(super) async fn numbers<'a>(
        &self,
        conn: &mut PgConnection,
        stations: impl Iterator<Item = &'a StationId>,
    ) -> Result<HashMap<StationId, i32>, StoreError> {
        let stations: BTreeSet<&StationId> = stations.collect();
        let (mut numbers, unknown) = self.look_up(&stations);
        if unknown.is_empty() {
            return Ok(numbers);
        }
        let mut found = find(conn, &unknown).await?;
        if found.len() < unknown.len() {
            // In the order of the names, so that processes which meet new stations at once wait for each other.
            sqlx::query(
                "INSERT INTO station (name) SELECT name FROM unnest($1::text[]) AS u (name)
                WHERE NOT EXISTS (SELECT 1 FROM station AS t WHERE t.name = u.name)
                ORDER BY name ON CONFLICT DO NOTHING",
            )
            .bind(&unknown)
            .execute(&mut *conn)
            .await?;
            found = find(conn, &unknown).await?;
        }
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        for (name, number) in found {
            let station = StationId::new(&name);
            known.insert(station.clone(), number);
            numbers.insert(station, number);
        }
        Ok(numbers)
    }

    fn look_up(&self, stations: &BTreeSet<&StationId>) -> (HashMap<StationId, i32>, Vec<String>) {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let mut numbers = HashMap::with_capacity(stations.len());
        let mut unknown = Vec::new();
        for &station in stations {
            match known.get(station) {
                Some(&number) => drop(numbers.insert(station.clone(), number)),
                None => unknown.push(station.as_str().to_owned()),
            }
        }
        (numbers, unknown)
    }
}

/// The number of a station among those just looked up.
pub(super) fn number_of(numbers: &HashMap<StationId, i32>, station: &StationId) -> Result<i32, StoreError> {
    numbers.get(station).copied().ok_or_else(|| corrupt("a station table", station.as_str()))
}

async fn find(conn: &mut PgConnection, names: &[String]) -> Result<Vec<(String, i32)>, StoreError> {
    Ok(sqlx::query_as("SELECT name, id FROM station WHERE name = ANY($1)")
        .bind(names)
        .fetch_all(conn)
        .await?)
}
