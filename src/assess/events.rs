//! The list of dust days and exceptional events, a CSV `day,area,kind,source`.
//!
//! The list is a decision somebody signed, not a measurement: a line that cannot be read stops the command.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use lanbi_analytics::air::AirEvent;
use lanbi_model::evaluation::EventKind;

use super::error::AssessError;
use super::stamp::Stamp;
use super::table::{Column, Table};

const COLUMNS: [Column; 4] =
    [Column::required("day"), Column::required("area"), Column::required("kind"), Column::required("source")];

/// The list.
#[derive(Clone, Debug, Default)]
pub(crate) struct Events {
    /// Area (empty for every site) and event.
    lines: Vec<(String, AirEvent)>,
}

impl Events {
    /// Reads the list; every line needs a document it rests on.
    pub(crate) fn read(path: &Path) -> Result<Self, AssessError> {
        let file = File::open(path).map_err(|e| {
            AssessError::Failed(format!("cannot read {}: {e}; check the path", path.display()))
        })?;
        let path = path.display();
        let of_list = |error: AssessError| AssessError::Failed(format!("{path}: {error}"));
        let mut table = Table::open(file, &COLUMNS, false).map_err(of_list)?;
        let mut lines = Vec::new();
        while let Some(row) = table.next_row().map_err(of_list)? {
            let refuse =
                |reason: String| Err(AssessError::Failed(format!("{path}: line {}: {reason}", row.line())));
            let (Some(day), Some(kind)) =
                (Stamp::parse(row.text(0)).and_then(Stamp::day), EventKind::from_key(row.text(2)))
            else {
                let known = EventKind::ALL.map(EventKind::key).join(" or ");
                return refuse(format!("needs a day such as 2026-03-01 and a kind, {known}"));
            };
            if row.text(3).is_empty() {
                return refuse("names no source; an event rests on a document".to_owned());
            }
            lines.push((row.text(1).to_owned(), AirEvent { day, kind }));
        }
        Ok(Self { lines })
    }

    /// The events of a place that goes by these names, each once.
    pub(crate) fn of(&self, names: &[&str]) -> Vec<AirEvent> {
        let mut events: Vec<AirEvent> = Vec::new();
        for (area, event) in &self.lines {
            if (area.is_empty() || names.contains(&area.as_str())) && !events.contains(event) {
                events.push(*event);
            }
        }
        events
    }

    /// Says which areas of the list are no site of the input.
    pub(crate) fn complain<'a>(
        &self,
        sites: impl Iterator<Item = &'a str> + Clone,
        messages: &mut dyn Write,
    ) -> Result<(), AssessError> {
        let mut unknown: Vec<&str> = self.lines.iter().map(|(area, _)| area.as_str()).collect();
        unknown.retain(|area| !area.is_empty() && !sites.clone().any(|site| site == *area));
        unknown.sort_unstable();
        unknown.dedup();
        for area in unknown {
            writeln!(messages, "events: area `{area}` is no site of the input; its days change nothing")?;
        }
        Ok(())
    }
}
