//! Rows of CSV and JSON files. What cannot be read as a row is handed on with the reason, so that its neighbours go on.

use std::{
    io::Read,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use serde_json::{Map, Value};

/// Bytes of one input: years of records of a district, and little enough to hold in memory.
const LARGEST: u64 = 64 << 20;
/// Columns of a file of refused rows that are there for people.
pub(super) const FOR_PEOPLE: [&str; 2] = ["refused", "raw"];
/// Key of a JSON object that holds many steps.
const STEPS: &str = "steps";

/// A column with the other names that files give it.
#[derive(Debug)]
pub(in crate::command) struct Column {
    pub name: &'static str,
    pub also: &'static [&'static str],
    /// Whether a CSV must have it.
    pub required: bool,
    /// Whether a JSON object may hold it within its steps.
    pub of_step: bool,
}

/// A row with its cells in the order of the columns; empty where the file has none.
#[derive(Clone, Debug)]
pub(in crate::command) struct Line {
    /// File and line, for messages.
    pub place: String,
    pub cells: Vec<String>,
    /// Why it cannot be used, and its text as it stands in the file.
    pub trouble: Option<(String, String)>,
}

impl Line {
    /// The cells, as many as there are columns.
    ///
    /// # Errors
    /// A row that cannot be used.
    pub(in crate::command) fn cells<const N: usize>(&self) -> anyhow::Result<[&str; N]> {
        if let Some((reason, _)) = &self.trouble {
            anyhow::bail!("{reason}");
        }
        let cells: Vec<&str> = self.cells.iter().map(String::as_str).collect();
        cells.try_into().map_err(|_| anyhow::anyhow!("the row has not the cells of its columns"))
    }
}

/// Reads files, or standard input for `-`.
///
/// # Errors
/// A file that cannot be read, is too large, not UTF-8, or whose header does not fit.
pub(in crate::command) fn read(files: &[PathBuf], columns: &[Column]) -> anyhow::Result<Vec<Line>> {
    let mut lines = Vec::new();
    for file in files {
        let text = contents(file)?;
        let name = if file.as_os_str() == "-" { "stdin".into() } else { file.display().to_string() };
        lines.append(&mut parse(&name, &text, columns)?);
    }
    Ok(lines)
}

fn contents(file: &Path) -> anyhow::Result<String> {
    let mut bytes = Vec::new();
    let input: Box<dyn Read> = if file.as_os_str() == "-" {
        Box::new(std::io::stdin())
    } else {
        Box::new(std::fs::File::open(file).with_context(|| cannot_read(file))?)
    };
    input.take(LARGEST + 1).read_to_end(&mut bytes).with_context(|| cannot_read(file))?;
    anyhow::ensure!(
        u64::try_from(bytes.len()).is_ok_and(|len| len <= LARGEST),
        "{} is larger than 64 MB; cut it into several files",
        file.display()
    );
    String::from_utf8(bytes).map_err(|error| {
        let before = error.utf8_error().valid_up_to();
        let line = error.as_bytes().iter().take(before).filter(|byte| **byte == b'\n').count() + 1;
        anyhow::anyhow!("{}:{line} is not UTF-8; save the file as `CSV UTF-8`", file.display())
    })
}

fn cannot_read(file: &Path) -> String {
    format!("cannot read {}; check the path and that it may be read", file.display())
}

/// Reads one text: JSON where it begins with a bracket or a brace, otherwise CSV.
fn parse(name: &str, text: &str, columns: &[Column]) -> anyhow::Result<Vec<Line>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    match text.trim_start().as_bytes().first() {
        Some(b'[') => {
            let values: Vec<Value> = serde_json::from_str(text)
                .with_context(|| format!("{name} is no JSON array of objects; mend it"))?;
            let numbered = (1..).zip(values);
            Ok(numbered
                .flat_map(|(n, value)| objects(&format!("{name}, object {n}"), value, columns))
                .collect())
        }
        Some(b'{') => Ok((1..)
            .zip(text.lines())
            .filter(|(_, line)| !line.trim().is_empty())
            .flat_map(|(n, line)| json_line(&format!("{name}:{n}"), line, columns))
            .collect()),
        _ => csv_lines(name, text, columns),
    }
}

fn csv_lines(name: &str, text: &str, columns: &[Column]) -> anyhow::Result<Vec<Line>> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let header = reader.headers().with_context(|| format!("cannot read the header of {name}"))?.clone();
    let mut places = vec![None; columns.len()];
    for (place, title) in header.iter().map(str::trim).enumerate() {
        if FOR_PEOPLE.contains(&title) {
            continue;
        }
        let known = find(columns, title).with_context(|| {
            format!("{name} has an unknown column `{title}`; known are {}", names(columns.iter()))
        })?;
        anyhow::ensure!(
            places[known].replace(place).is_none(),
            "{name} has the column `{}` twice (`{title}`); keep one",
            columns[known].name
        );
    }
    let missing =
        names(columns.iter().zip(&places).filter(|(c, p)| c.required && p.is_none()).map(|(c, _)| c));
    anyhow::ensure!(missing.is_empty(), "the header of {name} lacks the columns {missing}");
    let mut lines = Vec::new();
    let mut record = csv::StringRecord::new();
    loop {
        let from = reader.position().byte();
        if !reader.read_record(&mut record).with_context(|| format!("cannot read {name}"))? {
            return Ok(lines);
        }
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        let line = record.position().map_or(0, csv::Position::line);
        let cells = places
            .iter()
            .map(|place| place.and_then(|place| record.get(place)).unwrap_or_default().trim().to_owned())
            .collect();
        let trouble = (record.len() != header.len()).then(|| {
            let (found, expected) = (record.len(), header.len());
            let reason = format!(
                "{found} cells, the header has {expected}; mend the row (a comma inside a cell needs quotes)"
            );
            (reason, between(text, from, reader.position().byte()))
        });
        // Cells of a row that is out of step would stand in wrong columns.
        let cells = if trouble.is_some() { vec![String::new(); columns.len()] } else { cells };
        lines.push(Line { place: format!("{name}:{line}"), cells, trouble });
    }
}

/// The text between two bytes, without the ends of lines around it.
fn between(text: &str, from: u64, to: u64) -> String {
    let place = |byte: u64| usize::try_from(byte).unwrap_or(usize::MAX).min(text.len());
    text.get(place(from)..place(to)).unwrap_or_default().trim_matches(['\r', '\n']).to_owned()
}

fn find(columns: &[Column], title: &str) -> Option<usize> {
    columns.iter().position(|column| column.name == title || column.also.contains(&title))
}

fn names<'a>(columns: impl Iterator<Item = &'a Column>) -> String {
    let title = |column: &Column| match column.also.first() {
        Some(word) => format!("{} ({word})", column.name),
        None => column.name.to_owned(),
    };
    columns.map(title).collect::<Vec<_>>().join(", ")
}

fn json_line(place: &str, line: &str, columns: &[Column]) -> Vec<Line> {
    match serde_json::from_str(line) {
        Ok(value) => objects(place, value, columns),
        Err(error) => {
            vec![unusable(
                place,
                format!("no JSON object ({error}); mend the line"),
                line.to_owned(),
                columns,
            )]
        }
    }
}

fn unusable(place: &str, reason: String, raw: String, columns: &[Column]) -> Line {
    let cells = vec![String::new(); columns.len()];
    Line { place: place.to_owned(), cells, trouble: Some((reason, raw)) }
}

/// The rows of an object: one, or one for each of its steps.
fn objects(place: &str, value: Value, columns: &[Column]) -> Vec<Line> {
    let raw = value.to_string();
    let rows = match value {
        Value::Object(object) => rows_of(object, columns),
        _ => Err("no JSON object; write {\"id\": ...}".to_owned()),
    };
    match rows {
        Ok(rows) => {
            rows.into_iter().map(|cells| Line { place: place.to_owned(), cells, trouble: None }).collect()
        }
        Err(reason) => vec![unusable(place, reason, raw, columns)],
    }
}

fn rows_of(mut object: Map<String, Value>, columns: &[Column]) -> Result<Vec<Vec<String>>, String> {
    let has_steps = columns.iter().any(|column| column.of_step);
    let steps = if has_steps { object.remove(STEPS) } else { None };
    let mut cells = vec![String::new(); columns.len()];
    fill(&mut cells, &object, columns, |_| true)?;
    let Some(steps) = steps else { return Ok(vec![cells]) };
    let Value::Array(steps) = steps else { return Err("`steps` is no array of objects; mend it".to_owned()) };
    if columns.iter().zip(&cells).any(|(column, cell)| column.of_step && !cell.is_empty()) {
        return Err("a step beside `steps`; put it into the array".to_owned());
    }
    if steps.is_empty() {
        return Ok(vec![cells]);
    }
    let row = |step: Value| match step {
        Value::Object(step) => {
            let mut cells = cells.clone();
            fill(&mut cells, &step, columns, |column| column.of_step)?;
            Ok(cells)
        }
        _ => Err("`steps` is no array of objects; mend it".to_owned()),
    };
    steps.into_iter().map(row).collect()
}

fn fill(
    cells: &mut [String],
    object: &Map<String, Value>,
    columns: &[Column],
    allowed: impl Fn(&Column) -> bool,
) -> Result<(), String> {
    for (key, value) in object {
        if FOR_PEOPLE.contains(&key.as_str()) {
            continue;
        }
        let known = find(columns, key.trim()).filter(|known| allowed(&columns[*known]));
        let Some(known) = known else {
            return Err(format!(
                "unknown key `{key}`; known are {}",
                names(columns.iter().filter(|column| allowed(column)))
            ));
        };
        let text = match value {
            Value::Null => String::new(),
            Value::String(text) => text.trim().to_owned(),
            Value::Bool(_) | Value::Number(_) => value.to_string(),
            Value::Array(_) | Value::Object(_) => {
                return Err(format!("`{key}` is no text or number; mend it"));
            }
        };
        if !cells[known].is_empty() && !text.is_empty() {
            return Err(format!("`{}` stands twice (`{key}`); keep one", columns[known].name));
        }
        if !text.is_empty() {
            cells[known] = text;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn column(name: &'static str, also: &'static [&'static str], of_step: bool) -> Column {
        Column { name, also, required: !of_step, of_step }
    }

    const COLUMNS: [Column; 3] =
        [column("id", &["编号"], false), column("state", &["环节"], true), column("by", &[], true)];

    /// Rows as `place cells` or `place !reason <raw>`.
    fn rows(text: &str) -> Vec<String> {
        let show = |line: Line| match line.trouble {
            None => format!("{} {}", line.place, line.cells.join("|")),
            Some((reason, raw)) => format!("{} !{reason} <{raw}>", line.place),
        };
        parse("f", text, &COLUMNS).unwrap().into_iter().map(show).collect()
    }

    #[test]
    fn csv_and_json_give_the_same_rows() {
        let check = |text: &str, expected: &[&str]| assert_eq!(rows(text), expected, "{text}");
        check("\u{feff}编号,by\n a ,\"x,\ny\"\n\n,\nb,\n", &["f:2 a||x,\ny", "f:6 b||"]);
        check(
            "{\"编号\": \"a\", \"by\": null}\n\n{\"id\": 7, \"refused\": \"x\"}\n",
            &["f:1 a||", "f:3 7||"],
        );
        check("[{\"id\":\"a\"},{\"id\":true}]", &["f, object 1 a||", "f, object 2 true||"]);
        check(
            "{\"id\":\"a\",\"steps\":[{\"state\":\"found\"},{\"环节\":\"上报\",\"by\":\"x\"}]}",
            &["f:1 a|found|", "f:1 a|上报|x"],
        );
        check("{\"id\":\"a\",\"steps\":[]}", &["f:1 a||"]);
        check("[]", &[]);
        check("id\n", &[]);
    }

    #[test]
    fn what_is_no_row_is_handed_on_with_its_text() {
        let check = |text: &str, expected: &str| {
            let rows = rows(text);
            assert!(rows[0].starts_with(expected), "{rows:?}");
            assert_eq!(rows[1], "f:3 b||", "its neighbour goes on");
        };
        assert!(rows("id,by\na,\"1\n,2\",3\n")[0].ends_with("<a,\"1\n,2\",3>"));
        check("id,by\na,\"1,2\",3\nb,\n", "f:2 !3 cells, the header has 2; mend the row");
        check("{\"id\":\n\n{\"id\":\"b\"}", "f:1 !no JSON object");
        check(
            "{\"x\":1}\n\n{\"id\":\"b\"}",
            "f:1 !unknown key `x`; known are id (编号), state (环节), by <{\"x\":1}>",
        );
        check("{\"id\":[1]}\n\n{\"id\":\"b\"}", "f:1 !`id` is no text");
        check("{\"id\":1,\"编号\":2}\n\n{\"id\":\"b\"}", "f:1 !`id` stands twice");
        check("{\"state\":1,\"steps\":[]}\n\n{\"id\":\"b\"}", "f:1 !a step beside `steps`");
        check(
            "{\"steps\":[{\"id\":1}]}\n\n{\"id\":\"b\"}",
            "f:1 !unknown key `id`; known are state (环节), by",
        );
    }

    #[test]
    fn a_file_that_does_not_fit_is_refused_as_a_whole() {
        let check = |text: &str, expected: &str| {
            let error = format!("{:#}", parse("f", text, &COLUMNS).unwrap_err());
            assert!(error.contains(expected), "{error}");
        };
        check("", "lacks the columns id (编号)");
        check("by\n", "lacks the columns id (编号)");
        check("id,colour\n", "unknown column `colour`; known are id (编号), state (环节), by");
        check("id,编号\n", "has the column `id` twice");
        check("[{}", "no JSON array");
    }
}
