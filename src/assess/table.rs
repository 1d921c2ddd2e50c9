//! Rows in: a CSV with a header in any column order, read one row at a time.

use std::fmt::Write as _;
use std::io::{Read, Write};
use std::sync::mpsc;

use lanbi_model::standard::{Editioned, Standards, by_id, on_day};
use lanbi_model::{Decimal, Parameter, Zone};

use super::cell::{self, Cell};
use super::error::AssessError;
use super::output::OutputFormat;
use super::stamp::Label;

/// Options that every assessment has.
#[derive(Debug, clap::Args)]
pub(crate) struct TableArgs {
    /// CSV to read, or a workbook (.xlsx, .xls, .ods) whose first sheet counts; - is standard input.
    #[arg(long, value_name = "FILE")]
    pub(crate) input: String,
    /// Form of the result.
    #[arg(long, value_enum, default_value_t = OutputFormat::Csv)]
    pub(crate) output: OutputFormat,
    /// Let unknown columns pass.
    #[arg(long)]
    pub(crate) ignore_extra: bool,
    /// Zone of the times: Asia/Shanghai, UTC or an offset such as +08:00.
    #[arg(long, default_value = "Asia/Shanghai", value_parser = parse_zone, allow_hyphen_values = true)]
    pub(crate) zone: Zone,
    /// Which end of its hour a stamp names.
    #[arg(long, value_enum, default_value_t = Label::End)]
    pub(crate) label: Label,
    /// Edition to grade by: auto goes by the date of each row.
    #[arg(long, value_name = "auto|ID", default_value = "auto")]
    pub(crate) edition: String,
}

fn parse_zone(text: &str) -> Result<Zone, String> {
    Zone::parse(text)
        .ok_or_else(|| "not a zone; write Asia/Shanghai, UTC or an offset such as +08:00".to_owned())
}

/// Which edition a row is graded by.
pub(crate) enum Choice<'a, S> {
    /// The one in force on the row's day.
    ByDay(&'a [S]),
    /// Always this one.
    Forced(&'a S),
}

impl<'a, S: Editioned> Choice<'a, S> {
    /// Reads `auto` or an edition's id.
    pub(crate) fn parse(editions: &'a [S], spelled: &str) -> Result<Self, AssessError> {
        if spelled == "auto" {
            return Ok(Self::ByDay(editions));
        }
        by_id(editions, spelled).map(Self::Forced).ok_or_else(|| {
            let known: Vec<&str> = editions.iter().map(|s| s.edition().id.as_str()).collect();
            AssessError::Usage(format!(
                "unknown edition `{spelled}`; known here are auto, {}",
                known.join(", ")
            ))
        })
    }

    /// The edition for a row of that day. Where there is none, the reason goes to the row's notes.
    pub(crate) fn on(&self, day: Option<chrono::NaiveDate>, notes: &mut String) -> Option<&'a S> {
        if day.is_none() {
            notes.push_str(";invalid:time");
        }
        match self {
            Self::Forced(standard) => Some(standard),
            Self::ByDay(_) => {
                let found = self.of(day?);
                if found.is_none() {
                    notes.push_str(";no-edition");
                }
                found
            }
        }
    }

    /// The edition for a day.
    pub(crate) fn of(&self, day: chrono::NaiveDate) -> Option<&'a S> {
        match self {
            Self::Forced(standard) => Some(standard),
            Self::ByDay(editions) => on_day(editions, day),
        }
    }
}

/// A column the command knows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column {
    name: &'static str,
    required: bool,
}

impl Column {
    /// A column that must be there.
    pub(crate) const fn required(name: &'static str) -> Self {
        Self { name, required: true }
    }

    /// A column that may be there.
    pub(crate) const fn optional(name: &'static str) -> Self {
        Self { name, required: false }
    }
}

/// An open table.
pub(crate) struct Table<R> {
    reader: csv::Reader<R>,
    record: csv::StringRecord,
    /// Where each known column stands in the file.
    places: Vec<Option<usize>>,
    width: usize,
}

impl<R: Read> Table<R> {
    /// Reads the header and finds the known columns in it.
    pub(crate) fn open(input: R, columns: &[Column], ignore_extra: bool) -> Result<Self, AssessError> {
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(input);
        let header = reader.headers().map_err(read_error)?;
        let mut places = vec![None; columns.len()];
        for (place, name) in header.iter().map(str::trim).enumerate() {
            match columns.iter().position(|column| column.name == name) {
                Some(known) => {
                    if places[known].replace(place).is_some() {
                        return Err(AssessError::Failed(format!("column `{name}` stands twice; keep one")));
                    }
                }
                None if ignore_extra => {}
                None => {
                    let known: Vec<&str> = columns.iter().map(|column| column.name).collect();
                    return Err(AssessError::Failed(format!(
                        "unknown column `{name}`; known are {}; --ignore-extra lets it pass",
                        known.join(",")
                    )));
                }
            }
        }
        let missing =
            columns.iter().zip(&places).filter(|(column, place)| column.required && place.is_none());
        let missing: Vec<&str> = missing.map(|(column, _)| column.name).collect();
        if !missing.is_empty() {
            return Err(AssessError::Failed(format!("the header lacks the column {}", missing.join(","))));
        }
        let width = header.len();
        Ok(Self { reader, record: csv::StringRecord::new(), places, width })
    }

    /// Whether the file has a column, named by its place in the list given to [`Table::open`].
    pub(crate) fn has(&self, column: usize) -> bool {
        self.places.get(column).is_some_and(Option::is_some)
    }

    /// The next row that is not blank; none at the end.
    pub(crate) fn next_row(&mut self) -> Result<Option<Row<'_>>, AssessError> {
        let found = read_record(&mut self.reader, self.width, &mut self.record)?;
        Ok(found.then_some(Row { record: &self.record, places: &self.places }))
    }

    /// Hands over every row that is not blank, in order, while another thread reads ahead. Worth it for large files.
    pub(crate) fn for_each_row(
        self,
        mut each: impl FnMut(Row<'_>) -> Result<(), AssessError>,
    ) -> Result<(), AssessError>
    where
        R: Send,
    {
        let Self { mut reader, places, width, .. } = self;
        let (send, batches) = mpsc::sync_channel(BATCHES_AHEAD);
        let (give_back, used) = mpsc::channel();
        std::thread::scope(|scope| {
            scope.spawn(move || {
                loop {
                    let batch = read_batch(&mut reader, width, used.try_recv().unwrap_or_default());
                    let is_last = batch.len < BATCH;
                    // Who asked for the rows may have had enough of them.
                    if send.send(batch).is_err() || is_last {
                        return;
                    }
                }
            });
            for mut batch in batches {
                for record in batch.records.iter().take(batch.len) {
                    each(Row { record, places: &places })?;
                }
                if let Some(error) = batch.failed.take() {
                    return Err(error);
                }
                // After the last batch nobody takes them back.
                let _ = give_back.send(batch);
            }
            Ok(())
        })
    }
}

/// Rows in a batch, and batches that wait to be taken.
const BATCH: usize = 1024;
const BATCHES_AHEAD: usize = 4;

/// Records that are used again and again; the first `len` hold rows.
#[derive(Default)]
struct Batch {
    records: Vec<csv::StringRecord>,
    len: usize,
    /// Why no row follows.
    failed: Option<AssessError>,
}

/// Fills a batch; the last one of an input is not full.
fn read_batch<R: Read>(reader: &mut csv::Reader<R>, width: usize, mut batch: Batch) -> Batch {
    batch.len = 0;
    batch.records.resize(BATCH, csv::StringRecord::new());
    for record in &mut batch.records {
        match read_record(reader, width, record) {
            Ok(true) => batch.len += 1,
            Ok(false) => break,
            Err(error) => {
                batch.failed = Some(error);
                break;
            }
        }
    }
    batch
}

/// Reads the next row that is not blank; false at the end.
fn read_record<R: Read>(
    reader: &mut csv::Reader<R>,
    width: usize,
    record: &mut csv::StringRecord,
) -> Result<bool, AssessError> {
    loop {
        if !reader.read_record(record).map_err(read_error)? {
            return Ok(false);
        }
        let cells = record.len();
        if cells == width {
            return Ok(true);
        }
        if cells == 1 && record.get(0).is_some_and(|cell| cell.trim().is_empty()) {
            continue;
        }
        let line = line(record);
        return Err(AssessError::Failed(format!(
            "line {line} has {cells} cells, the header has {width}; mend the line (a comma inside a cell needs quotes)"
        )));
    }
}

fn line(record: &csv::StringRecord) -> u64 {
    record.position().map_or(0, csv::Position::line)
}

fn read_error(error: csv::Error) -> AssessError {
    AssessError::Failed(match error.kind() {
        csv::ErrorKind::Utf8 { pos, .. } => {
            let line = pos.as_ref().map_or(1, csv::Position::line);
            format!("the input is not UTF-8 (line {line}); convert it to UTF-8")
        }
        _ => format!("cannot read the input: {error}"),
    })
}

/// One row; columns are named by their place in the list given to [`Table::open`].
#[derive(Clone, Copy)]
pub(crate) struct Row<'a> {
    record: &'a csv::StringRecord,
    places: &'a [Option<usize>],
}

impl<'a> Row<'a> {
    /// A cell without the blanks around it; empty where the column is absent.
    pub(crate) fn text(&self, column: usize) -> &'a str {
        let place = self.places.get(column).copied().flatten();
        let cell = place.and_then(|place| self.record.get(place)).unwrap_or("");
        // Looking for blanks of all scripts takes longer than reading the number between them.
        let is_bare = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_graphic);
        let bytes = cell.as_bytes();
        if is_bare(bytes.first()) && is_bare(bytes.last()) { cell } else { cell.trim() }
    }

    /// Its line in the file.
    pub(crate) fn line(&self) -> u64 {
        line(self.record)
    }

    /// Says on `messages` what is wrong with a cell.
    pub(crate) fn complain(
        &self,
        messages: &mut dyn Write,
        name: &str,
        text: &str,
        reason: &str,
    ) -> Result<(), AssessError> {
        complain(messages, self.line(), name, text, reason)
    }
}

/// Says on `messages` what is wrong with a cell of a line.
pub(crate) fn complain(
    messages: &mut dyn Write,
    line: u64,
    name: &str,
    text: &str,
    reason: &str,
) -> Result<(), AssessError> {
    writeln!(messages, "line {line}: {name} `{text}` {reason}").map_err(AssessError::from)
}

/// Reads the cells of a row as values of parameters.
pub(crate) struct Reader<'a> {
    pub(crate) law: &'a Standards,
    pub(crate) messages: &'a mut dyn Write,
}

impl Reader<'_> {
    /// The value of a cell. An unusable one counts as missing and is noted as `;invalid:<column>`; one below its detection
    /// limit is noted as `;censored:<column>`.
    pub(crate) fn value(
        &mut self,
        row: Row<'_>,
        column: usize,
        parameter: Parameter,
        notes: &mut String,
    ) -> Result<Option<Decimal>, AssessError> {
        let text = row.text(column);
        match cell::read(self.law, parameter, text) {
            Cell::Missing => Ok(None),
            Cell::Value(value) => Ok(Some(value)),
            Cell::Censored(half) => {
                // Writing to a string cannot fail.
                let _ = write!(notes, ";censored:{parameter}");
                Ok(Some(half))
            }
            Cell::Invalid(reason) => {
                let _ = write!(notes, ";invalid:{parameter}");
                row.complain(self.messages, parameter.key(), text, &format!("{reason}; counted as missing"))?;
                Ok(None)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first cells of all rows, read ahead, and the error that ended them.
    fn read_ahead(input: &str) -> (Vec<String>, Option<String>) {
        let table = Table::open(input.as_bytes(), &[Column::required("a"), Column::optional("b")], false);
        let mut cells = Vec::new();
        let end = table.unwrap().for_each_row(|row| {
            cells.push(format!("{}:{}", row.line(), row.text(0)));
            Ok(())
        });
        (cells, end.err().map(|error| error.to_string()))
    }

    #[test]
    fn rows_read_ahead_are_those_read_one_by_one() {
        for rows in [0, 1, BATCH - 1, BATCH, BATCH + 1, 3 * BATCH, 7 * BATCH + 5] {
            let lines: String = (0..rows).map(|n| format!("{n},x\n")).collect();
            let (cells, end) = read_ahead(&format!("a,b\n{lines}"));
            let expected: Vec<String> = (0..rows).map(|n| format!("{}:{n}", n + 2)).collect();
            assert!(cells == expected && end.is_none(), "{rows} rows: {} {end:?}", cells.len());
            // A row that cannot be ends them, after all before it.
            let (cells, end) = read_ahead(&format!("a,b\n{lines}7\n8,x\n"));
            assert!(cells == expected, "{rows} rows before a bad one: {}", cells.len());
            assert!(end.unwrap().starts_with(&format!("line {} has 1 cells", rows + 2)));
        }
    }

    #[test]
    fn rows_read_ahead_stop_where_nobody_wants_them() {
        let lines = "1,2\n".repeat(100 * BATCH);
        let input = format!("a,b\n{lines}");
        let table = Table::open(input.as_bytes(), &[Column::required("a"), Column::required("b")], false);
        let mut seen = 0;
        let end = table.unwrap().for_each_row(|_| {
            seen += 1;
            if seen == 3 { Err(AssessError::OutputClosed) } else { Ok(()) }
        });
        assert!(matches!(end, Err(AssessError::OutputClosed)) && seen == 3, "{seen}");
    }
}
