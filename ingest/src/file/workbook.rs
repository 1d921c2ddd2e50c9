//! A sheet of a workbook (.xlsx, .xlsm, .xls, .ods) as the text that [`super::read_rows`] reads.
//!
//! Titles above the table are passed over: the header is the first row that has the columns of station and time. Line
//! numbers are those of the sheet. A cell that the workbook holds as a date or time is written by the mapping's own
//! `time.format` where that loses nothing, so that one mapping serves the workbook and the CSV of the same system, however
//! the cell is shown; otherwise it is written as 2026-10-05T08:00:00.

use std::path::Path;

use calamine::{Data, DataType as _, Range, Reader as _};
use chrono::{NaiveDateTime, Timelike as _};

use super::Mapping;
use crate::IngestError;
use crate::clock::parse_with;

/// Bytes of a workbook that is read; its sheet is held in memory.
const LARGEST: u64 = 64 << 20;

/// Endings of workbooks.
const ENDINGS: [&str; 4] = ["xlsx", "xlsm", "xls", "ods"];

/// Whether a file is named as a workbook.
#[must_use]
pub fn is_workbook(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str());
    ending.is_some_and(|ending| ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known)))
}

/// The cells of a sheet, of the first where none is named.
///
/// # Errors
/// The file cannot be read, is too large, is no workbook, or has no such sheet.
pub fn read_sheet(path: &Path, sheet: Option<&str>) -> Result<Range<Data>, IngestError> {
    let refuse = |detail: String| IngestError::Workbook { path: path.to_owned(), detail };
    let cannot = |source| IngestError::File { path: path.to_owned(), source };
    if std::fs::metadata(path).map_err(cannot)?.len() > LARGEST {
        return Err(refuse(format!(
            "is a workbook of more than {} MiB; save the sheet as CSV",
            LARGEST >> 20
        )));
    }
    let unusable = |error: calamine::Error| {
        refuse(format!("is no workbook that can be read: {error}; save it anew as .xlsx or CSV"))
    };
    let mut workbook = calamine::open_workbook_auto(path).map_err(unusable)?;
    let names = workbook.sheet_names();
    let name = match sheet {
        None => names.first().ok_or_else(|| refuse("has no sheet".to_owned()))?,
        Some(sheet) => names
            .iter()
            .find(|name| *name == sheet)
            .ok_or_else(|| refuse(format!("has no sheet `{sheet}`; it has {}", names.join(", "))))?,
    };
    workbook.worksheet_range(name).map_err(unusable)
}

/// The sheet as delimited text, the mapping's delimiter between cells.
pub(super) fn as_text(path: &Path, sheet: Option<&str>, mapping: &Mapping) -> Result<Vec<u8>, IngestError> {
    let range = read_sheet(path, sheet)?;
    let above = range.start().map_or(0, |(row, _)| row);
    write(above, range.rows(), mapping).map_err(|error| IngestError::Workbook {
        path: path.to_owned(),
        detail: format!("cannot be read as a table: {error}"),
    })
}

/// Writes rows, the first of which has `above` empty ones above it.
fn write<'a>(
    above: u32,
    rows: impl Iterator<Item = &'a [Data]> + Clone,
    mapping: &Mapping,
) -> Result<Vec<u8>, csv::Error> {
    let keys: Vec<&String> = mapping.station_columns.iter().chain(&mapping.time_columns).collect();
    let is_header = |row: &[Data]| keys.iter().all(|key| row.iter().any(|cell| title(cell) == **key));
    // Without a header row the first row stands for it, and the reader says what it lacks.
    let header_at = rows.clone().position(is_header).unwrap_or(0);
    let header: Vec<String> = rows.clone().nth(header_at).unwrap_or_default().iter().map(title).collect();
    let width = filled(&header);
    let formats = time_formats(&header, mapping);
    // The reader of rows passes over empty lines and counts them.
    let mut text = vec![b'\n'; usize::try_from(above).unwrap_or(0) + header_at];
    for row in rows.skip(header_at) {
        let cells: Vec<String> = row
            .iter()
            .enumerate()
            .map(|(column, cell)| cell_text(cell, formats.get(column).copied().flatten(), mapping))
            .collect();
        let filled = filled(&cells);
        if filled > 0 {
            let mut line = csv::WriterBuilder::new().delimiter(mapping.delimiter).from_writer(&mut text);
            line.write_record(cells.iter().take(width.max(filled)))?;
            line.flush()?;
        } else {
            text.push(b'\n');
        }
    }
    Ok(text)
}

/// How many cells there are up to the last that holds something.
fn filled(cells: &[String]) -> usize {
    cells.iter().rposition(|cell| !cell.is_empty()).map_or(0, |last| last + 1)
}

fn title(cell: &Data) -> String {
    cell.to_string().trim().to_owned()
}

/// The form of times in a column, for the columns that make up the stamp.
#[derive(Clone, Copy)]
struct TimeForm<'m> {
    format: &'m str,
    /// Whether the column is the whole stamp.
    is_whole: bool,
}

/// The form of times of each column. Where the stamp is made of several columns, each takes a part of the format.
fn time_formats<'m>(header: &[String], mapping: &'m Mapping) -> Vec<Option<TimeForm<'m>>> {
    let columns = &mapping.time_columns;
    let is_whole = columns.len() == 1;
    let formats: Vec<&str> =
        if is_whole { vec![&mapping.time_format] } else { mapping.time_format.split(' ').collect() };
    let form = |title: &String| {
        let place = columns.iter().position(|column| column == title)?;
        let format = (formats.len() == columns.len()).then(|| formats.get(place)).flatten()?;
        Some(TimeForm { format, is_whole })
    };
    header.iter().map(form).collect()
}

/// A cell as it would stand in a CSV, in one line: numbers without digits that binary arithmetic added.
fn cell_text(cell: &Data, form: Option<TimeForm<'_>>, mapping: &Mapping) -> String {
    match cell {
        Data::Empty => String::new(),
        // Blanks at the ends stay: they may tell stations apart.
        Data::String(text) => text.replace(['\r', '\n'], " "),
        Data::DateTime(_) | Data::DateTimeIso(_) => match cell.as_datetime() {
            Some(time) => time_text(time, form, mapping),
            None => cell.to_string(),
        },
        // The shortest digits that lead back to the number are those that somebody typed.
        other => other.to_string(),
    }
}

fn time_text(time: NaiveDateTime, form: Option<TimeForm<'_>>, mapping: &Mapping) -> String {
    let whole = || time.format("%Y-%m-%dT%H:%M:%S").to_string();
    let Some(TimeForm { format, is_whole }) = form else { return whole() };
    let text = time.format(format).to_string();
    let loses_nothing = if is_whole {
        parse_with(&text, format, mapping.time_year, mapping.zone) == Some(mapping.zone.to_instant(time))
    } else {
        (time.hour() == 0 || format.contains("%H")) && (time.minute() == 0 || format.contains("%M"))
    };
    if loses_nothing { text } else { whole() }
}

#[cfg(test)]
mod tests {
    use calamine::{ExcelDateTime, ExcelDateTimeType};

    use super::*;

    fn mapping(time: &str) -> Mapping {
        let text = format!(
            "zone = \"Asia/Shanghai\"\nlabel = \"end\"\nperiod = \"1h\"\n[station]\ncolumns = [\"站点\"]\n[time]\n{time}\n\
             [[value]]\ncolumn = \"CO\"\nparameter = \"co\"\nunit = \"mg/m3\"\n[draft]\nkind = \"air\"\ncadence = \"1h\"\n"
        );
        Mapping::from_toml("sheet", &text).unwrap()
    }

    fn words(text: &str) -> Data {
        Data::String(text.to_owned())
    }

    fn at(days: f64) -> Data {
        Data::DateTime(ExcelDateTime::new(days, ExcelDateTimeType::DateTime, false))
    }

    fn text(mapping: &Mapping, rows: &[Vec<Data>]) -> String {
        String::from_utf8(write(0, rows.iter().map(Vec::as_slice), mapping).unwrap()).unwrap()
    }

    #[test]
    fn titles_and_gaps_keep_their_lines() {
        let rows = [
            vec![words("某区空气质量小时值"), Data::Empty, Data::Empty, Data::Empty],
            vec![words("站点"), words("时间"), words("CO"), Data::Empty],
            vec![Data::Empty, Data::Empty, Data::Empty, Data::Empty],
            vec![words("一号\n站"), words("2026-11-08 06:00"), Data::Float(0.6), Data::Empty],
            vec![words("二号站"), words("2026-11-08 06:00"), Data::Float(12.0), words("备注")],
        ];
        let mapping = mapping("columns = [\"时间\"]\nformat = \"%Y-%m-%d %H:%M\"");
        assert_eq!(
            text(&mapping, &rows),
            "\n站点,时间,CO\n\n一号 站,2026-11-08 06:00,0.6\n二号站,2026-11-08 06:00,12,备注\n"
        );
    }

    #[test]
    fn times_take_the_form_of_the_mapping_where_it_holds_them() {
        let check = |time: &str, cells: &[Data], expected: &str| {
            let mapping = mapping(time);
            let header =
                [vec![words("站点")], mapping.time_columns.iter().map(|c| words(c)).collect()].concat();
            let row = [vec![words("a")], cells.to_vec()].concat();
            let found = text(&mapping, &[header, row]);
            assert_eq!(found.lines().nth(1).unwrap(), format!("a,{expected}"), "{time}");
        };
        let one = |format: &str| format!("columns = [\"时间\"]\nformat = \"{format}\"");
        check(&one("%Y/%m/%d %H:%M"), &[at(46_334.25)], "2026/11/08 06:00");
        check(&one("%Y/%m/%d %H:%M"), &[at(46_334.0)], "2026/11/08 00:00");
        // Half an hour must not be lost.
        check(&one("%Y/%m/%d %H"), &[at(46_334.270_833_333_33)], "2026-11-08T06:30:00");
        // A date of 2026 must not become one of the mapping's year.
        check(&(one("%m-%d %H:%M") + "\nyear = 2021"), &[at(46_334.25)], "2026-11-08T06:00:00");
        check(&(one("%m-%d %H:%M") + "\nyear = 2026"), &[at(46_334.25)], "11-08 06:00");
        let two = "columns = [\"日期\", \"时\"]\nformat = \"%Y%m%d %H\"";
        check(two, &[at(46_334.0), Data::Float(8.0)], "20261108,8");
        check(two, &[at(46_334.0), at(1.0 / 3.0)], "20261108,08");
        check(two, &[at(46_334.25), Data::Float(8.0)], "2026-11-08T06:00:00,8");
    }
}
