//! The register of outlets, a CSV with a line for each state of each outlet: its last line says what holds now, the lines before
//! it are its history.
//!
//! The register is what the bureau answers for, not a measurement: a line that cannot be read, or a step that no outlet takes,
//! refuses the whole file.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use lanbi_model::outlet::{OutletClass, OutletEntry, OutletMeasure, OutletState, RegisteredOutlet};
use lanbi_model::{Decimal, Registry, StationId, StationKind};

/// The example file.
pub const EXAMPLE: &str = include_str!("../examples/outlets.csv");

/// A register that cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OutletRegisterError {
    /// It cannot be read.
    #[error("cannot read {path}: {source}; check the path given as outlets.register")]
    Read {
        /// File.
        path: PathBuf,
        /// Cause.
        source: std::io::Error,
    },
    /// It is not what a register of outlets is.
    #[error("{path}: {reason}")]
    Refused {
        /// File.
        path: PathBuf,
        /// What is wrong, and how to mend it.
        reason: String,
    },
}

/// Columns in the order of [`Line::text`], and whether the file must have them.
const COLUMNS: [(&str, bool); 17] = [
    ("id", true),
    ("name", true),
    ("code", false),
    ("class", true),
    ("water", true),
    ("section", false),
    ("station", false),
    ("responsible", false),
    ("permit", false),
    ("sign", false),
    ("lon", false),
    ("lat", false),
    ("state", true),
    ("state_since", true),
    ("measure", false),
    ("remark", false),
    ("area", false),
];

/// Reads a register; outlets stand in the order of their first lines.
///
/// # Errors
/// A file that cannot be read, an unknown column or word, an outlet whose lines are not in order of time, a step between two
/// states that no outlet takes.
pub fn load(path: &Path) -> Result<Vec<RegisteredOutlet>, OutletRegisterError> {
    let file =
        File::open(path).map_err(|source| OutletRegisterError::Read { path: path.to_owned(), source })?;
    parse(file).map_err(|reason| OutletRegisterError::Refused { path: path.to_owned(), reason })
}

/// What a register names that the station file does not have; none where both agree.
///
/// An outlet may be on the register without a station, never with one that is not an outlet.
#[must_use]
pub fn disagreement(register: &[RegisteredOutlet], registry: &Registry) -> Option<String> {
    let kind = |id: &StationId| registry.find(id.as_str()).map(|station| &station.kind);
    register.iter().flat_map(|outlet| &outlet.entries).find_map(|entry| {
        let id = &entry.id;
        let station =
            entry.station.as_ref().filter(|id| !matches!(kind(id), Some(StationKind::Outlet { .. })));
        let section =
            entry.section.as_ref().filter(|id| !matches!(kind(id), Some(StationKind::Section { .. })));
        match (station, section) {
            (Some(station), _) => Some(format!(
                "outlet `{id}` is monitored by `{station}`, which is no outlet of the station file; mend one of the two"
            )),
            (None, Some(section)) => Some(format!(
                "outlet `{id}` lies above `{section}`, which is no section of the station file; mend one of the two"
            )),
            (None, None) => None,
        }
    })
}

fn parse(input: impl Read) -> Result<Vec<RegisteredOutlet>, String> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(input);
    let places = places(reader.headers().map_err(|error| unreadable(&error))?)?;
    let mut outlets: Vec<RegisteredOutlet> = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| unreadable(&error))?;
        let line = record.position().map_or(0, csv::Position::line);
        let read = Line { record: &record, places: &places };
        let entry = read.entry().map_err(|reason| format!("line {line}: {reason}"))?;
        match outlets.iter_mut().find(|outlet| outlet.entries.iter().any(|before| before.id == entry.id)) {
            Some(outlet) => {
                check_step(outlet, &entry).map_err(|reason| format!("line {line}: {reason}"))?;
                outlet.entries.push(entry);
            }
            None => outlets.push(RegisteredOutlet { entries: vec![entry] }),
        }
    }
    Ok(outlets)
}

fn unreadable(error: &csv::Error) -> String {
    format!("is no table: {error}; save it as CSV in UTF-8, with as many cells in each line as in the first")
}

/// Where each known column stands.
fn places(header: &csv::StringRecord) -> Result<Vec<Option<usize>>, String> {
    let known = COLUMNS.map(|(name, _)| name).join(",");
    if let Some(unknown) = header.iter().find(|name| COLUMNS.iter().all(|(known, _)| known != name)) {
        return Err(format!("unknown column `{unknown}`; known are {known}"));
    }
    let place = |name: &str| header.iter().position(|column| column == name);
    if let Some((missing, _)) = COLUMNS.iter().find(|(name, needed)| *needed && place(name).is_none()) {
        return Err(format!("the header lacks the column {missing}; known are {known}"));
    }
    Ok(COLUMNS.iter().map(|(name, _)| place(name)).collect())
}

/// A line under its header.
struct Line<'a> {
    record: &'a csv::StringRecord,
    places: &'a [Option<usize>],
}

impl Line<'_> {
    /// A cell; empty where the file has no such column.
    fn text(&self, name: &str) -> &str {
        let column = COLUMNS.iter().position(|(known, _)| *known == name);
        let place = column.and_then(|column| self.places.get(column).copied().flatten());
        place.and_then(|place| self.record.get(place)).unwrap_or("")
    }

    fn entry(&self) -> Result<OutletEntry, String> {
        let needed = |name: &str| match self.text(name) {
            "" => Err(format!("{name} is empty; fill it in")),
            text => Ok(text.to_owned()),
        };
        let word =
            |name: &str, known: String| format!("{name} `{}` is unknown; known are {known}", self.text(name));
        let class = OutletClass::find(self.text("class"))
            .ok_or_else(|| word("class", keys(OutletClass::ALL, |c| c.key())))?;
        let state = OutletState::find(self.text("state"))
            .ok_or_else(|| word("state", keys(&OutletState::ALL, |s| s.key())))?;
        let measure = match self.text("measure") {
            "" => None,
            text => Some(
                OutletMeasure::find(text)
                    .ok_or_else(|| word("measure", keys(&OutletMeasure::ALL, |m| m.key())))?,
            ),
        };
        let since = self.text("state_since");
        let since: NaiveDate = since
            .parse()
            .ok()
            .filter(|_| since.len() == 10)
            .ok_or_else(|| format!("state_since `{since}` is no day; write 2026-03-01"))?;
        let sign = match self.text("sign") {
            "1" => true,
            "" | "0" => false,
            text => return Err(format!("sign `{text}` is neither 1 nor 0; write one of them")),
        };
        let station = |name: &str| Some(self.text(name)).filter(|id| !id.is_empty()).map(StationId::new);
        Ok(OutletEntry {
            id: needed("id")?,
            name: needed("name")?,
            code: self.text("code").to_owned(),
            class,
            water: needed("water")?,
            area: self.text("area").to_owned(),
            section: station("section"),
            station: station("station"),
            responsible: self.text("responsible").to_owned(),
            permit: self.text("permit").to_owned(),
            sign,
            place: self.place()?,
            state,
            since,
            measure,
            remark: self.text("remark").to_owned(),
        })
    }

    fn place(&self) -> Result<Option<(Decimal, Decimal)>, String> {
        let degrees = |name: &str, largest: i64| match self.text(name) {
            "" => Ok(None),
            text => text
                .parse::<Decimal>()
                .ok()
                .filter(|value| value.abs() <= Decimal::from(largest))
                .map(Some)
                .ok_or_else(|| format!("{name} `{text}` is no place; write degrees such as 117.313")),
        };
        match (degrees("lon", 180)?, degrees("lat", 90)?) {
            (Some(lon), Some(lat)) => Ok(Some((lon, lat))),
            (None, None) => Ok(None),
            _ => Err("has one of lon and lat; write both or none".to_owned()),
        }
    }
}

fn keys<T: Copy>(all: &[T], key: impl Fn(T) -> &'static str) -> String {
    all.iter().map(|one| key(*one)).collect::<Vec<_>>().join(", ")
}

/// Whether an entry may follow the last one of its outlet.
fn check_step(outlet: &RegisteredOutlet, next: &OutletEntry) -> Result<(), String> {
    let Some(last) = outlet.entries.last() else { return Ok(()) };
    if next.since <= last.since {
        return Err(format!(
            "outlet `{}` holds from {} on after a line that holds from {} on; sort its lines by state_since, one a day",
            next.id, next.since, last.since
        ));
    }
    if next.state != last.state && !last.state.next().contains(&next.state) {
        let may: Vec<String> =
            last.state.next().iter().map(|state| format!("{} ({})", state.key(), state.zh())).collect();
        return Err(format!(
            "outlet `{}` goes from {} to {}; after that state come {}; put in the lines that are missing",
            next.id,
            last.state.zh(),
            next.state.zh(),
            may.join(", ")
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "id,name,class,water,state,state_since\n";

    #[test]
    fn the_example_is_a_register() {
        let outlets = parse(EXAMPLE.as_bytes()).unwrap();
        assert!(outlets.len() >= 10);
        assert!(outlets.iter().flat_map(|outlet| &outlet.entries).all(|entry| entry.name.contains("示例")));
        assert!(outlets.iter().any(|outlet| outlet.entries.len() > 1), "it shows a history");
        let last = |outlet: &RegisteredOutlet| outlet.entries.last().map(|entry| entry.state);
        assert!(outlets.iter().any(|outlet| last(outlet).is_some_and(OutletState::is_closed)));
    }

    #[test]
    fn lines_of_an_outlet_are_its_history() {
        let text = format!(
            "{HEADER}p1,甲口,factory,甲河,整治中,2026-01-05\np2,乙口,工业企业排污口,甲河,surveyed,2026-01-01\n\
             p1,甲口,factory,甲河,to-accept,2026-03-05\np1,甲口,factory,甲河,已销号,2026-04-01\n"
        );
        let outlets = parse(text.as_bytes()).unwrap();
        let states: Vec<Vec<OutletState>> =
            outlets.iter().map(|outlet| outlet.entries.iter().map(|entry| entry.state).collect()).collect();
        use OutletState::{InRectification, Settled, Surveyed, ToAccept};
        assert_eq!(states, [vec![InRectification, ToAccept, Settled], vec![Surveyed]]);
    }

    #[test]
    fn what_cannot_be_is_refused_with_line_and_remedy() {
        let check = |text: &str, expected: &[&str]| {
            let error = parse(text.as_bytes()).unwrap_err();
            for words in expected {
                assert!(error.contains(words), "{error} should contain {words}");
            }
        };
        let line = |state: &str, since: &str| format!("p1,甲口,factory,甲河,{state},{since}\n");
        check("id,name\n", &["lacks the column class"]);
        check("id,colour\n", &["unknown column `colour`", "known are id,name"]);
        check(
            &format!("{HEADER}{}", line("blocked", "2026-01-05")),
            &["line 2", "state `blocked`", "sealed"],
        );
        check(&format!("{HEADER}{}", line("sealed", "5.1.2026")), &["line 2", "is no day"]);
        check(&format!("{HEADER},甲口,factory,甲河,sealed,2026-01-05\n"), &["line 2", "id is empty"]);
        check(&format!("{HEADER}p1,甲口,mill,甲河,sealed,2026-01-05\n"), &["class `mill`", "urban-plant"]);
        check(
            &format!("{HEADER}{}{}", line("to-survey", "2026-01-05"), line("settled", "2026-02-05")),
            &["line 3", "待排查 to 已销号", "surveyed (已排查)"],
        );
        check(
            &format!("{HEADER}{}{}", line("to-survey", "2026-01-05"), line("surveyed", "2026-01-05")),
            &["line 3", "sort its lines by state_since"],
        );
        check(&format!("{HEADER}p1,甲口\n"), &["is no table", "as many cells"]);
        let wide = "id,name,class,water,state,state_since,lon,lat,sign\n";
        check(&format!("{wide}p1,甲,other,甲河,sealed,2026-01-05,117.3,,1\n"), &["write both or none"]);
        check(&format!("{wide}p1,甲,other,甲河,sealed,2026-01-05,217.3,39,1\n"), &["lon `217.3`"]);
        check(&format!("{wide}p1,甲,other,甲河,sealed,2026-01-05,,,yes\n"), &["neither 1 nor 0"]);
    }

    #[test]
    fn a_register_names_outlets_and_sections_of_the_station_file() {
        let registry = crate::read_registry(include_str!("../stations.example.toml")).unwrap();
        let check = |section: &str, station: &str, expected: Option<&str>| {
            let text = format!(
                "id,name,class,water,state,state_since,section,station\np1,甲,other,甲河,sealed,2026-01-05,{section},{station}\n"
            );
            let found = disagreement(&parse(text.as_bytes()).unwrap(), &registry);
            assert_eq!(found.is_none(), expected.is_none(), "{found:?}");
            assert!(expected.is_none_or(|words| found.as_ref().unwrap().contains(words)), "{found:?}");
        };
        check("sec-01", "out-01", None);
        check("", "", None);
        check("out-01", "", Some("`out-01`, which is no section"));
        check("", "sec-01", Some("`sec-01`, which is no outlet"));
        check("", "nowhere", Some("`nowhere`"));
    }
}
