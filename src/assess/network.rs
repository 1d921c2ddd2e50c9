//! A river network from a file: a CSV of reaches, or a GeoJSON that also says where they run.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use chrono::TimeDelta;
use lanbi_analytics::network::{Place, Reach, RiverNetwork};
use serde::Deserialize;

use super::error::AssessError;
use super::table::{Column, Table};

/// What `--help` says about the file.
macro_rules! network_help {
    () => {
        "\
CSV from,to,hours of the reaches, or low_hours and high_hours in place of hours, and kind of the upper end: section, outlet, ditch \
or junction (an outlet where nothing flows into it, else a section). Or GeoJSON (.geojson, .json; longitude and latitude): lines \
with these properties, or without from and to where water is only to be drawn, and points with place and kind."
    };
}
pub(super) use network_help;

const REACHES: [Column; 6] = [
    Column::required("from"),
    Column::required("to"),
    Column::optional("hours"),
    Column::optional("low_hours"),
    Column::optional("high_hours"),
    Column::optional("kind"),
];

/// Travel times beyond this are a slip of the unit.
const LONGEST_HOURS: f64 = 100_000.0;

/// Bytes of a GeoJSON that are read; a district's rivers take far less.
const LARGEST_FILE: u64 = 64 << 20;

/// Longitude and latitude in degrees.
pub(crate) type Position = [f64; 2];

/// What a file says of rivers.
#[derive(Clone, Debug, Default)]
pub(crate) struct RiverFile {
    /// Which water flows where.
    pub(crate) network: RiverNetwork,
    /// What places are, where the file says so.
    kinds: BTreeMap<String, Place>,
    /// Lines of water, upstream first.
    pub(crate) lines: Vec<Vec<Position>>,
    /// Where places are.
    pub(crate) positions: BTreeMap<String, Position>,
}

impl RiverFile {
    /// Reads a file; one named `.geojson` or `.json` as GeoJSON, others as CSV.
    ///
    /// # Errors
    /// The file cannot be read, has the wrong form, or its reaches make no network; the message names the place.
    pub(crate) fn read(path: &Path) -> Result<Self, AssessError> {
        let shown = path.display();
        let file = File::open(path)
            .map_err(|e| AssessError::Failed(format!("cannot read {shown}: {e}; check the path")))?;
        let is_json = path.extension().is_some_and(|ending| ending == "geojson" || ending == "json");
        let read = if is_json { from_geojson(file) } else { from_csv(file) };
        read.map_err(|error| AssessError::Failed(format!("{shown}: {error}")))
    }

    /// Places that should be known and are not: those the file calls a section, an outlet or a ditch, and those without inflow.
    pub(crate) fn strangers(&self, is_known: impl Fn(&str) -> bool) -> impl Iterator<Item = &str> {
        let is_wanted = |place: &&str| match self.kinds.get(*place) {
            Some(kind) => *kind != Place::Junction,
            None => !self.network.has_inflow(place),
        };
        self.network.places().into_iter().filter(is_wanted).filter(move |place| !is_known(place))
    }

    /// What a place is: what the file says, otherwise an outlet where nothing flows into it, else a section.
    pub(crate) fn kind(&self, place: &str) -> Place {
        let otherwise = if self.network.has_inflow(place) { Place::Section } else { Place::Outlet };
        self.kinds.get(place).copied().unwrap_or(otherwise)
    }
}

/// A reach as a file writes it.
#[derive(Deserialize)]
struct Written {
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
    hours: Option<f64>,
    low_hours: Option<f64>,
    high_hours: Option<f64>,
}

impl Written {
    fn reach(self) -> Result<Reach, &'static str> {
        let possible = |hours: Option<f64>| hours.is_none_or(|hours| (0.0..=LONGEST_HOURS).contains(&hours));
        if ![self.hours, self.low_hours, self.high_hours].into_iter().all(possible) {
            return Err("hours needs a number that is not below 0");
        }
        let (Some(low), Some(high)) = (self.low_hours.or(self.hours), self.high_hours.or(self.hours)) else {
            return Err("needs hours, or low_hours and high_hours");
        };
        if self.from.is_empty() || self.to.is_empty() {
            return Err("needs the places from and to");
        }
        Ok(Reach { from: self.from, to: self.to, low: span(low), high: span(high) })
    }
}

fn kind(text: &str) -> Result<Place, &'static str> {
    Place::from_key(text).ok_or("kind is section, outlet, ditch or junction")
}

fn from_csv(input: impl Read) -> Result<RiverFile, AssessError> {
    let mut table = Table::open(input, &REACHES, false)?;
    let (mut reaches, mut kinds) = (Vec::new(), BTreeMap::new());
    while let Some(row) = table.next_row()? {
        let refuse = |reason: &str| AssessError::Failed(format!("line {}: {reason}", row.line()));
        let hours = |column: usize| match row.text(column) {
            "" => Ok(None),
            text => text.parse().map(Some).map_err(|_| refuse("hours needs a number that is not below 0")),
        };
        let written = Written {
            from: row.text(0).to_owned(),
            to: row.text(1).to_owned(),
            hours: hours(2)?,
            low_hours: hours(3)?,
            high_hours: hours(4)?,
        };
        let reach = written.reach().map_err(refuse)?;
        if !row.text(5).is_empty() {
            kinds.insert(reach.from.clone(), kind(row.text(5)).map_err(refuse)?);
        }
        reaches.push(reach);
    }
    Ok(RiverFile { network: join(reaches)?, kinds, ..RiverFile::default() })
}

fn join(reaches: Vec<Reach>) -> Result<RiverNetwork, AssessError> {
    RiverNetwork::new(reaches).map_err(|error| AssessError::Failed(error.to_string()))
}

/// RFC 7946, as far as rivers need it; other geometries and properties are passed over.
#[derive(Deserialize)]
struct Collection {
    features: Vec<Feature>,
}

#[derive(Deserialize)]
struct Feature {
    geometry: Option<Geometry>,
    #[serde(default)]
    properties: Option<Properties>,
}

#[derive(Deserialize)]
struct Geometry {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    coordinates: serde_json::Value,
}

/// Longitude, latitude, and whatever follows.
type Coordinates = Vec<f64>;

#[derive(Deserialize)]
struct Properties {
    #[serde(flatten)]
    reach: Written,
    #[serde(default)]
    place: String,
    kind: Option<String>,
}

fn from_geojson(input: impl Read) -> Result<RiverFile, AssessError> {
    let mut text = String::new();
    let mut input = input.take(LARGEST_FILE + 1);
    input.read_to_string(&mut text).map_err(|e| AssessError::Failed(format!("cannot be read: {e}")))?;
    if u64::try_from(text.len()).is_ok_and(|bytes| bytes > LARGEST_FILE) {
        return Err(AssessError::Failed("is larger than 64 MiB; keep the district's rivers only".to_owned()));
    }
    let collection: Collection = serde_json::from_str(&text)
        .map_err(|e| AssessError::Failed(format!("is no GeoJSON with features: {e}")))?;
    let mut file = RiverFile::default();
    let mut reaches = Vec::new();
    for (number, feature) in (1..).zip(collection.features) {
        let refuse = |reason: &str| AssessError::Failed(format!("feature {number}: {reason}"));
        let Some(Geometry { kind: shape, coordinates }) = feature.geometry else { continue };
        let lines: Vec<Vec<Coordinates>> = match shape.as_str() {
            "LineString" => vec![numbers(coordinates).map_err(refuse)?],
            "MultiLineString" => numbers(coordinates).map_err(refuse)?,
            "Point" => {
                let properties = feature.properties.filter(|properties| !properties.place.is_empty());
                let properties = properties.ok_or_else(|| refuse("a point needs the property place"))?;
                if let Some(text) = properties.kind {
                    file.kinds.insert(properties.place.clone(), kind(&text).map_err(refuse)?);
                }
                let point = position(&numbers(coordinates).map_err(refuse)?).map_err(refuse)?;
                file.positions.insert(properties.place, point);
                continue;
            }
            _ => continue,
        };
        for line in lines {
            let line: Result<Vec<Position>, _> = line.iter().map(position).collect();
            file.lines.push(line.map_err(refuse)?);
        }
        if let Some(Properties { reach, kind: text, .. }) = feature.properties {
            if reach.from.is_empty() && reach.to.is_empty() {
                continue;
            }
            let reach = reach.reach().map_err(refuse)?;
            if let Some(text) = text {
                file.kinds.insert(reach.from.clone(), kind(&text).map_err(refuse)?);
            }
            reaches.push(reach);
        }
    }
    file.network = join(reaches)?;
    Ok(file)
}

fn numbers<T: serde::de::DeserializeOwned>(coordinates: serde_json::Value) -> Result<T, &'static str> {
    serde_json::from_value(coordinates).map_err(|_| "coordinates are not those of its type")
}

fn position(coordinates: &Coordinates) -> Result<Position, &'static str> {
    match coordinates.as_slice() {
        [longitude, latitude, ..] if longitude.abs() <= 180.0 && latitude.abs() <= 90.0 => {
            Ok([*longitude, *latitude])
        }
        _ => Err("coordinates are longitude and latitude in degrees"),
    }
}

/// Hours, at most [`LONGEST_HOURS`] and not below 0, in whole seconds.
fn span(hours: f64) -> TimeDelta {
    std::time::Duration::try_from_secs_f64((hours * 3600.0).round())
        .ok()
        .and_then(|span| TimeDelta::from_std(span).ok())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const RIVERS: &str = r#"{"type":"FeatureCollection","features":[
        {"type":"Feature","geometry":{"type":"LineString","coordinates":[[117.30,39.10],[117.35,39.08,3.5]]},
         "properties":{"from":"out-1","to":"sec-1","low_hours":2,"high_hours":6,"name":"某河"}},
        {"type":"Feature","geometry":{"type":"LineString","coordinates":[[117.2,39.1],[117.3,39.1]]},"properties":{}},
        {"type":"Feature","geometry":{"type":"Point","coordinates":[117.35,39.08]},
         "properties":{"place":"sec-1","kind":"section"}},
        {"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]},"properties":null}]}"#;

    #[test]
    fn a_geojson_tells_the_same_as_a_table_and_where_it_is() {
        let drawn = from_geojson(RIVERS.as_bytes()).unwrap();
        let table = from_csv(&b"from,to,low_hours,high_hours\nout-1,sec-1,2,6\n"[..]).unwrap();
        assert_eq!(drawn.network.upstream("sec-1"), table.network.upstream("sec-1"));
        assert_eq!((drawn.lines.len(), table.lines.len()), (2, 0));
        assert_eq!(drawn.positions.get("sec-1"), Some(&[117.35, 39.08]));
        let strangers: Vec<&str> = drawn.strangers(|place| place == "sec-1").collect();
        assert_eq!(strangers, ["out-1"]);
        for file in [drawn, table] {
            assert_eq!((file.kind("sec-1"), file.kind("out-1")), (Place::Section, Place::Outlet));
        }
    }

    #[test]
    fn what_is_no_network_is_refused_by_its_place() {
        let line = |properties: &str| {
            format!(
                r#"{{"features":[{{"geometry":{{"type":"LineString","coordinates":[[1,1],[2,2]]}},"properties":{properties}}}]}}"#
            )
        };
        let point = |coordinates: &str| {
            format!(
                r#"{{"features":[{{"geometry":{{"type":"Point","coordinates":{coordinates}}},"properties":{{"place":"a"}}}}]}}"#
            )
        };
        let check = |text: &str, expected: &str| {
            let error = from_geojson(text.as_bytes()).unwrap_err().to_string();
            assert!(error.contains(expected), "{text}: {error}");
        };
        check("{}", "is no GeoJSON");
        check(&line(r#"{"from":"a"}"#), "feature 1: needs hours");
        check(&line(r#"{"from":"a","hours":1}"#), "feature 1: needs the places from and to");
        check(&line(r#"{"from":"a","to":"b","hours":-1}"#), "not below 0");
        check(&line(r#"{"from":"a","to":"b","hours":1,"kind":"lake"}"#), "kind is section");
        check(&line(r#"{"from":"a","to":"a","hours":1}"#), "back to it");
        check(&point("[39.1,117.3]"), "longitude and latitude");
        check(&point("\"here\""), "coordinates are not those of its type");
        check(&point("[1]"), "longitude and latitude");
        let csv = |text: &str| from_csv(text.as_bytes()).unwrap_err().to_string();
        assert!(csv("from,to,hours\na,b,x\n").contains("line 2: hours needs a number"));
        assert!(csv("from,to,hours\na,b,1\n,c,1\n").contains("line 3: needs the places"));
    }
}
