//! Streams the rows of a recorded file. A bad line is reported and costs only itself; memory is bounded by the longest
//! line allowed.

use std::io::{self, Read};

use csv::{ByteRecord, StringRecord};
use lanbi_model::{AveragingPeriod, Instant, Parameter, RejectReason, Unit, Zone};

use super::Mapping;
use crate::IngestError;
use crate::clock::parse_with;

/// Longest record in bytes, quoted line breaks included. Beyond it the file is not the CSV it claims to be, most
/// likely because a quote is not closed.
const LONGEST_RECORD: u64 = 1 << 20;

/// One station at one time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Station id.
    pub station: String,
    /// End of the averaging period, or the moment of the reading.
    pub end: Instant,
    /// Zone of the file, for writing the time again.
    pub zone: Zone,
    /// Averaging period.
    pub period: AveragingPeriod,
    /// Values as written, missing ones left out.
    pub values: Vec<(Parameter, String, Unit)>,
    /// Line the row begins on, from 1.
    pub line: u64,
}

/// A line that holds no row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineProblem {
    /// Line, from 1.
    pub line: u64,
    /// Why.
    pub reason: RejectReason,
    /// What is wrong.
    pub detail: String,
    /// The cells as they stand there, in one line; empty where the line could not be read to its end.
    pub raw: Vec<u8>,
}

/// What became of the records read so far: `records = rows + skipped + problems`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RowCounts {
    /// Records below the header.
    pub records: u64,
    /// Rows given out.
    pub rows: u64,
    /// Of `rows`: without any value.
    pub empty: u64,
    /// Records left out: marked by a `skip` column, or marked as without a time.
    pub skipped: u64,
    /// Lines that hold no row.
    pub problems: u64,
}

/// Iterator over the rows of a file.
pub struct Rows<'m, R> {
    reader: csv::Reader<Metered<R>>,
    mapping: &'m Mapping,
    columns: Columns,
    ignored: Vec<String>,
    counts: RowCounts,
    /// Where the file broke off.
    stopped: Option<LineProblem>,
}

/// Reads the header and gives an iterator over the rows.
///
/// # Errors
/// The header cannot be read, lacks a column of the mapping, or has one that the mapping does not know.
pub fn read_rows<R: Read>(reader: R, mapping: &Mapping) -> Result<Rows<'_, R>, IngestError> {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(mapping.delimiter)
        .flexible(true)
        .from_reader(Metered::new(reader));
    let header = reader.headers().map_err(IngestError::Read)?.clone();
    let columns = Columns::find(&header, mapping)
        .map_err(|detail| IngestError::Header { mapping: mapping.name.clone(), detail })?;
    let ignored = header.iter().map(str::trim).filter(|name| mapping.ignore.iter().any(|i| i == name));
    let ignored = ignored.map(str::to_owned).collect();
    Ok(Rows { reader, mapping, columns, ignored, counts: RowCounts::default(), stopped: None })
}

impl<R> Rows<'_, R> {
    /// What was read so far.
    #[must_use]
    pub const fn counts(&self) -> RowCounts {
        self.counts
    }

    /// Columns of the file that the mapping leaves out.
    #[must_use]
    pub fn ignored_columns(&self) -> &[String] {
        &self.ignored
    }

    /// Why the file could not be read to its end: the stream broke off, or a record was too long. It was the last item.
    #[must_use]
    pub const fn broke_off(&self) -> Option<&LineProblem> {
        self.stopped.as_ref()
    }
}

impl<R: Read> Iterator for Rows<'_, R> {
    type Item = Result<Row, LineProblem>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut bytes = ByteRecord::new();
        while self.stopped.is_none() {
            self.reader.get_mut().left = LONGEST_RECORD;
            let read = self.reader.read_byte_record(&mut bytes);
            let line = self.line_of(&bytes);
            let outcome = match read {
                Ok(false) => return None,
                Ok(true) => {
                    let outcome = match StringRecord::from_byte_record(bytes) {
                        Ok(record) => {
                            let outcome = self.row(&record, line);
                            bytes = record.into_byte_record();
                            outcome
                        }
                        Err(error) => {
                            let detail = format!("not UTF-8: {error}; save the file as UTF-8");
                            bytes = error.into_byte_record();
                            Err((RejectReason::Malformed, detail))
                        }
                    };
                    outcome.map_err(|(reason, detail)| LineProblem {
                        line,
                        reason,
                        detail,
                        raw: in_one_line(&bytes, self.mapping.delimiter),
                    })
                }
                Err(error) => {
                    // A stream that breaks off has no next line.
                    let (reason, detail) = (RejectReason::Malformed, error.to_string());
                    let problem = LineProblem { line, reason, detail, raw: Vec::new() };
                    self.stopped = Some(problem.clone());
                    Err(problem)
                }
            };
            self.counts.records += 1;
            match outcome {
                Ok(None) => self.counts.skipped += 1,
                Ok(Some(row)) => {
                    self.counts.rows += 1;
                    self.counts.empty += u64::from(row.values.is_empty());
                    return Some(Ok(row));
                }
                Err(problem) => {
                    self.counts.problems += 1;
                    return Some(Err(problem));
                }
            }
        }
        None
    }
}

impl<R: Read> Rows<'_, R> {
    /// The line on which the record that was read last begins. The reader's own count names the line on which the record
    /// before it ends where lines end in CR LF, and does not look past empty lines.
    fn line_of(&self, record: &ByteRecord) -> u64 {
        let (position, source) = (self.reader.position(), self.reader.get_ref());
        let is_unfinished = position.byte() == source.total && source.last != Some(b'\n');
        let behind = u64::from(!source.ends_lines_in_crlf && !is_unfinished);
        let breaks: usize =
            record.iter().map(|cell| cell.iter().filter(|byte| **byte == b'\n').count()).sum();
        position.line().saturating_sub(behind).saturating_sub(u64::try_from(breaks).unwrap_or(0)).max(1)
    }

    /// The row of a record; none where it is to be left out.
    fn row(&self, record: &StringRecord, line: u64) -> Result<Option<Row>, (RejectReason, String)> {
        let mapping = self.mapping;
        let width = self.columns.width;
        if record.len() != width {
            let detail = format!("{} cells, the header has {width}", record.len());
            return Err((RejectReason::Malformed, detail));
        }
        let cell = |column: &usize| record.get(*column).map_or("", str::trim);
        let marked = |(column, marks): &(usize, Vec<String>)| marks.iter().any(|mark| mark == cell(column));
        if self.columns.skip.iter().any(marked) {
            return Ok(None);
        }
        let stamp: Vec<&str> = self.columns.time.iter().map(cell).collect();
        if stamp.iter().any(|part| mapping.is_missing(part)) {
            return Ok(None);
        }
        let stamp = stamp.join(" ");
        let end = parse_with(&stamp, &mapping.time_format, mapping.time_year, mapping.zone)
            .and_then(|stamp| mapping.label.end_of(stamp, mapping.period))
            .ok_or_else(|| {
                let detail = format!("`{stamp}` is no time by `{}`; mend time.format", mapping.time_format);
                (RejectReason::BadTime, detail)
            })?;
        // Names are compared with the renaming as they stand in the file, blanks included.
        let name = |column: &usize| {
            let raw = record.get(*column).unwrap_or("");
            mapping.station_rename.get(raw).map_or(raw.trim(), String::as_str)
        };
        let key: Vec<&str> = self.columns.station.iter().map(name).collect();
        if key.iter().any(|part| part.is_empty()) {
            return Err((RejectReason::UnknownStation, "no station name".to_owned()));
        }
        let station = format!("{}{}", mapping.station_prefix, key.join(&mapping.station_join));
        let values = self
            .columns
            .values
            .iter()
            .map(|(column, parameter, unit)| (*parameter, cell(column), *unit))
            .filter(|(_, text, _)| !mapping.is_missing(text))
            .map(|(parameter, text, unit)| (parameter, text.to_owned(), unit))
            .collect();
        Ok(Some(Row { station, end, zone: mapping.zone, period: mapping.period, values, line }))
    }
}

/// A record as a line of its file, without the end of the line.
fn in_one_line(record: &ByteRecord, delimiter: u8) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
    // Writing to memory does not fail.
    let _ = writer.write_byte_record(record);
    let mut line = writer.into_inner().unwrap_or_default();
    line.pop_if(|last| *last == b'\n');
    line
}

/// Where the columns of a mapping stand in a file.
struct Columns {
    width: usize,
    station: Vec<usize>,
    time: Vec<usize>,
    skip: Vec<(usize, Vec<String>)>,
    values: Vec<(usize, Parameter, Unit)>,
}

impl Columns {
    fn find(header: &StringRecord, mapping: &Mapping) -> Result<Self, String> {
        let names: Vec<&str> = header.iter().map(str::trim).collect();
        let place = |name: &str| {
            names
                .iter()
                .position(|n| *n == name)
                .ok_or_else(|| format!("there is no column `{name}`; the file has {}", names.join(", ")))
        };
        for name in &names {
            let known = mapping.used_columns().any(|used| used == *name);
            if !known && !mapping.ignore.iter().any(|ignored| ignored == name) {
                return Err(format!("column `{name}` is unknown; add it as [[value]] or to `ignore`"));
            }
            if known && names.iter().filter(|other| *other == name).count() > 1 {
                return Err(format!("column `{name}` stands there twice; rename one"));
            }
        }
        let places = |names: &[String]| names.iter().map(|name| place(name)).collect::<Result<Vec<_>, _>>();
        Ok(Self {
            width: names.len(),
            station: places(&mapping.station_columns)?,
            time: places(&mapping.time_columns)?,
            skip: mapping
                .skip
                .iter()
                .map(|(name, marks)| Ok((place(name)?, marks.clone())))
                .collect::<Result<_, String>>()?,
            values: mapping
                .values
                .iter()
                .map(|(name, parameter, unit)| Ok((place(name)?, *parameter, *unit)))
                .collect::<Result<_, String>>()?,
        })
    }
}

/// A reader that fails when more bytes are asked of it than one record may have. The CSV reader fetches ahead by its
/// buffer, so the limit is met to within that buffer.
struct Metered<R> {
    inner: R,
    left: u64,
    /// Bytes read so far, and the last of them.
    total: u64,
    last: Option<u8>,
    /// Whether the first line of the file ends in CR LF.
    ends_lines_in_crlf: bool,
    is_first_line: bool,
}

impl<R> Metered<R> {
    const fn new(inner: R) -> Self {
        Self {
            inner,
            left: LONGEST_RECORD,
            total: 0,
            last: None,
            ends_lines_in_crlf: false,
            is_first_line: true,
        }
    }

    fn note(&mut self, bytes: &[u8]) {
        if self.is_first_line
            && let Some(end) = bytes.iter().position(|byte| *byte == b'\n')
        {
            let before = end.checked_sub(1).map_or(self.last, |before| bytes.get(before).copied());
            self.ends_lines_in_crlf = before == Some(b'\r');
            self.is_first_line = false;
        }
        self.last = bytes.last().copied().or(self.last);
        let read = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        self.total = self.total.saturating_add(read);
        self.left = self.left.saturating_sub(read);
    }
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 {
            let detail =
                format!("a record is longer than {LONGEST_RECORD} bytes; close its quote or check the file");
            return Err(io::Error::new(io::ErrorKind::InvalidData, detail));
        }
        let read = self.inner.read(buffer)?;
        self.note(buffer.get(..read).unwrap_or_default());
        Ok(read)
    }
}
