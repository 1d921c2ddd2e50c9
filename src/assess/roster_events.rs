//! The roster of black-odorous waters, a CSV of dated events: what was measured, built, looked at and asked.
//!
//! An event is somebody's word with a document behind it, not a measurement: a line that cannot be read stops the command.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use chrono::NaiveDate;
use lanbi_analytics::black_odor::{DatedEvent, OdorLevel, RosterEvent};

use super::error::AssessError;
use super::stamp::Stamp;
use super::table::{Column, Row, Table};

const DATE: usize = 0;
const BODY: usize = 1;
const EVENT: usize = 2;
/// The columns that some events need, by their names.
const FIRST_DETAIL: usize = 3;
const DETAILS: [&str; 7] = ["from", "level", "third_party", "in_order", "valid", "satisfied", "foul"];
const DOCUMENT: usize = FIRST_DETAIL + DETAILS.len();

/// A water with its events in the order of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RosterBody {
    pub(crate) name: String,
    pub(crate) events: Vec<DatedEvent>,
    /// The document of each event; may be empty.
    pub(crate) documents: Vec<String>,
}

/// Reads the file, waters in the order of their first lines.
pub(crate) fn read(path: &Path) -> Result<Vec<RosterBody>, AssessError> {
    let file = File::open(path)
        .map_err(|e| AssessError::Failed(format!("cannot read {}: {e}; check the path", path.display())))?;
    read_from(file).map_err(|error| AssessError::Failed(format!("{}: {error}", path.display())))
}

/// The same from any input.
pub(super) fn read_from(input: impl Read) -> Result<Vec<RosterBody>, AssessError> {
    let mut columns = ["date", "body", "event"].map(Column::required).to_vec();
    columns.extend(DETAILS.map(Column::optional));
    columns.push(Column::optional("document"));
    let mut table = Table::open(input, &columns, false)?;
    let mut bodies: Vec<RosterBody> = Vec::new();
    while let Some(row) = table.next_row()? {
        let refuse = |reason: String| AssessError::Failed(format!("line {}: {reason}", row.line()));
        let name = row.text(BODY);
        if name.is_empty() {
            return Err(refuse("names no body; fill it in".to_owned()));
        }
        let event = Line(row).event().map_err(refuse)?;
        let place = bodies.iter().position(|body| body.name == name).unwrap_or_else(|| {
            bodies.push(RosterBody { name: name.to_owned(), events: Vec::new(), documents: Vec::new() });
            bodies.len() - 1
        });
        bodies[place].events.push(event);
        bodies[place].documents.push(row.text(DOCUMENT).to_owned());
    }
    Ok(bodies)
}

struct Line<'a>(Row<'a>);

impl Line<'_> {
    fn event(&self) -> Result<DatedEvent, String> {
        let day = self.day("date", self.0.text(DATE))?;
        let word = self.0.text(EVENT);
        let Some((key, _)) = RosterEvent::WORDS.iter().find(|(key, zh)| word == *key || word == *zh) else {
            let known = RosterEvent::WORDS.map(|(key, zh)| format!("{key} ({zh})")).join(", ");
            return Err(format!("event `{word}` is unknown; known are {known}"));
        };
        let (needed, event): (&[&str], RosterEvent) = match *key {
            "monitored" => (&["from", "level", "third_party"], self.monitored(day)?),
            "works_started" => (&[], RosterEvent::WorksStarted),
            "works_done" => (&[], RosterEvent::WorksDone),
            "inspected" => (&["in_order"], RosterEvent::Inspected { in_order: self.flag("in_order")? }),
            "satisfaction" => {
                let (valid, satisfied) = self.answers("satisfied")?;
                (&["valid", "satisfied"], RosterEvent::Satisfaction { valid, satisfied })
            }
            "recognition" => {
                let (valid, foul) = self.answers("foul")?;
                (&["valid", "foul"], RosterEvent::Recognition { valid, foul })
            }
            _ => (&[], RosterEvent::Mechanism),
        };
        match DETAILS.iter().find(|name| !needed.contains(*name) && !self.text(name).is_empty()) {
            Some(name) => Err(format!("an event {key} has no {name}; leave that cell empty")),
            None => Ok(DatedEvent { day, event }),
        }
    }

    fn monitored(&self, day: NaiveDate) -> Result<RosterEvent, String> {
        let from = match self.text("from") {
            "" => day,
            text => self.day("from", text)?,
        };
        if from > day {
            return Err("monitoring ends before it begins; date is its last day, from its first".to_owned());
        }
        let level = self.text("level");
        let level = OdorLevel::find(level)
            .ok_or_else(|| format!("level `{level}` is unknown; write none, light or heavy"))?;
        let third_party = !self.text("third_party").is_empty() && self.flag("third_party")?;
        Ok(RosterEvent::Monitored { from, level, third_party })
    }

    fn text(&self, name: &str) -> &str {
        let place = DETAILS.iter().position(|known| *known == name);
        place.map_or("", |place| self.0.text(FIRST_DETAIL + place))
    }

    fn day(&self, name: &str, text: &str) -> Result<NaiveDate, String> {
        let day = Stamp::parse(text).and_then(Stamp::day);
        day.ok_or_else(|| format!("{name} `{text}` is no day; write 2026-03-01"))
    }

    fn flag(&self, name: &str) -> Result<bool, String> {
        match self.text(name) {
            "1" => Ok(true),
            "0" => Ok(false),
            text => Err(format!("{name} `{text}` is neither 1 nor 0; write one of them")),
        }
    }

    /// Valid answers, and those of them that say so.
    fn answers(&self, name: &str) -> Result<(u32, u32), String> {
        let number = |name: &str| {
            let text = self.text(name);
            text.parse::<u32>().map_err(|_| format!("{name} `{text}` is no number of answers; write 100"))
        };
        let (valid, some) = (number("valid")?, number(name)?);
        if some > valid {
            return Err(format!("{name} is more than valid; exchange them or mend one"));
        }
        Ok((valid, some))
    }
}
