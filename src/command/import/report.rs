//! What is said of each file. `rows` and the counts are those of the whole file, over interruptions;
//! rejections are those of this run. values = new + revised + repeated + rejected.

use std::{
    collections::BTreeMap,
    io::{Read, Write},
};

use lanbi_ingest::file::Rows;
use lanbi_model::{AveragingPeriod, Instant, Parameter, Registry, StationId, Zone};
use lanbi_store::Receipt;
use serde_json::{Value, json};

use super::portion::Portion;
use crate::{
    cli::{Form, ImportFilesArgs},
    command::plain,
};

/// Lines named as examples of a reason.
const EXAMPLES: usize = 3;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Imported,
    /// Imported by this run and an earlier one that was interrupted.
    Resumed,
    /// An earlier run had finished it.
    AlreadyIn,
    DryRun,
    /// Not read, or not to the end.
    Failed,
}

impl State {
    const fn key(self) -> &'static str {
        match self {
            Self::Imported => "imported",
            Self::Resumed => "resumed",
            Self::AlreadyIn => "already-in",
            Self::DryRun => "dry-run",
            Self::Failed => "failed",
        }
    }
}

/// One file.
#[derive(Debug)]
pub(super) struct FileReport {
    pub file: String,
    pub state: State,
    /// Why it could not be read, or not to the end.
    pub error: Option<String>,
    /// Rows, with those that could not be read.
    pub rows: u64,
    /// Of `rows`: without any value.
    pub empty: u64,
    /// Rows that the mapping leaves out.
    pub skipped: u64,
    pub new: u64,
    pub revised: u64,
    pub repeated: u64,
    pub rejected: u64,
    rejections: BTreeMap<&'static str, Rejected>,
    held: BTreeMap<(StationId, Parameter, AveragingPeriod), Stretch>,
    pub unused_columns: Vec<String>,
}

/// What was rejected for one reason.
#[derive(Debug, Default)]
struct Rejected {
    values: u64,
    examples: Vec<Example>,
}

#[derive(Debug)]
struct Example {
    line: u64,
    detail: String,
}

/// Values of a station and parameter that can be stored.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    values: u64,
    first: Instant,
    last: Instant,
}

impl FileReport {
    pub(super) fn new(file: &str, state: State) -> Self {
        Self {
            file: file.to_owned(),
            state,
            error: None,
            rows: 0,
            empty: 0,
            skipped: 0,
            new: 0,
            revised: 0,
            repeated: 0,
            rejected: 0,
            rejections: BTreeMap::new(),
            held: BTreeMap::new(),
            unused_columns: Vec::new(),
        }
    }

    pub(super) fn failed(file: &str, error: &anyhow::Error) -> Self {
        Self { error: Some(format!("{error:#}")), ..Self::new(file, State::Failed) }
    }

    /// Values that were stored.
    pub(super) const fn stored(&self) -> u64 {
        self.new + self.revised
    }

    /// Notes what a portion holds.
    pub(super) fn note(&mut self, portion: &Portion) {
        self.rows += portion.rows;
        for rejection in &portion.rejections {
            let of_reason = self.rejections.entry(rejection.reason.key()).or_default();
            of_reason.values += rejection.values;
            if of_reason.examples.len() < EXAMPLES {
                let detail = rejection.detail.to_string();
                of_reason.examples.push(Example { line: rejection.line, detail });
            }
        }
        for key in portion.batch.samples.iter().map(|incoming| &incoming.sample.key) {
            let instant = key.instant;
            let stretch = self
                .held
                .entry((key.station.clone(), key.parameter, key.period))
                .or_insert(Stretch { values: 0, first: instant, last: instant });
            stretch.values += 1;
            stretch.first = stretch.first.min(instant);
            stretch.last = stretch.last.max(instant);
        }
    }

    /// Adds what became, or would become, of a portion.
    pub(super) const fn add(&mut self, receipt: Receipt) {
        self.new += receipt.stored - receipt.revised;
        self.revised += receipt.revised;
        self.repeated += receipt.repeated;
        self.rejected += receipt.rejected;
    }

    /// Notes how the file ended.
    pub(super) fn close<R: Read>(&mut self, rows: &Rows<'_, R>) {
        let counts = rows.counts();
        self.empty = counts.empty;
        self.skipped = counts.skipped;
        if let Some(problem) = rows.broke_off() {
            self.state = State::Failed;
            self.error = Some(format!(
                "line {}: {}; the rows before it are done, mend the file and import it again",
                problem.line, problem.detail
            ));
        }
    }

    fn line(&self) -> String {
        format!(
            "{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}",
            plain(&self.file),
            self.state.key(),
            self.rows,
            self.empty,
            self.skipped,
            self.new,
            self.revised,
            self.repeated,
            self.rejected
        )
    }

    fn json(&self, registry: &Registry) -> Value {
        let rejections: Vec<Value> = self
            .rejections
            .iter()
            .map(|(reason, of_reason)| {
                let example = |e: &Example| json!({ "line": e.line, "detail": e.detail });
                let examples: Vec<Value> = of_reason.examples.iter().map(example).collect();
                json!({ "reason": reason, "values": of_reason.values, "examples": examples })
            })
            .collect();
        let series: Vec<Value> = self
            .held
            .iter()
            .map(|((station, parameter, period), stretch)| {
                let [first, last] = stretch.ends(registry, station);
                json!({
                    "station": station.as_str(),
                    "parameter": parameter.key(),
                    "period": period.to_string(),
                    "values": stretch.values,
                    "first": first,
                    "last": last,
                })
            })
            .collect();
        json!({
            "file": self.file,
            "state": self.state.key(),
            "error": self.error,
            "rows": self.rows,
            "empty": self.empty,
            "skipped": self.skipped,
            "new": self.new,
            "revised": self.revised,
            "repeated": self.repeated,
            "rejected": self.rejected,
            "rejections": rejections,
            "series": series,
            "unused_columns": self.unused_columns,
        })
    }
}

impl Stretch {
    /// First and last end, local to the station.
    fn ends(self, registry: &Registry, station: &StationId) -> [String; 2] {
        let zone = registry.get(station).map_or_else(Zone::utc, |station| station.zone);
        [self.first, self.last].map(|end| zone.at(end).to_rfc3339_opts(chrono::SecondsFormat::AutoSi, false))
    }
}

/// Prints what became, or would become, of the files.
///
/// # Errors
/// Nobody reads it any more.
pub(super) fn print(
    out: &mut dyn Write,
    files: &[FileReport],
    registry: &Registry,
    args: &ImportFilesArgs,
) -> anyhow::Result<()> {
    if args.output == Form::Json {
        let files: Vec<Value> = files.iter().map(|file| file.json(registry)).collect();
        let all = json!({ "dry_run": args.dry_run, "files": files });
        writeln!(out, "{}", serde_json::to_string_pretty(&all)?)?;
        return Ok(());
    }
    writeln!(out, "file\tstate\trows\tempty\tskipped\tnew\trevised\trepeated\trejected")?;
    for file in files {
        writeln!(out, "{}", file.line())?;
    }
    let rejected = files.iter().flat_map(|file| {
        file.rejections.iter().flat_map(move |(reason, of_reason)| {
            of_reason.examples.iter().map(move |Example { line, detail }| {
                format!("{}\t{reason}\t{}\t{line}\t{}", plain(&file.file), of_reason.values, plain(detail))
            })
        })
    });
    table(out, "file\treason\tvalues\tline\texample", rejected)?;
    if args.dry_run {
        let series = files.iter().flat_map(|file| {
            file.held.iter().map(move |((station, parameter, period), stretch)| {
                let [first, last] = stretch.ends(registry, station);
                let (file, values) = (plain(&file.file), stretch.values);
                format!(
                    "{file}\t{}\t{parameter}\t{period}\t{values}\t{first}\t{last}",
                    plain(station.as_str())
                )
            })
        });
        table(out, "file\tstation\tparameter\tperiod\tvalues\tfirst\tlast", series)?;
        let unused = files.iter().flat_map(|file| {
            file.unused_columns.iter().map(move |column| format!("{}\t{}", plain(&file.file), plain(column)))
        });
        table(out, "file\tunused_column", unused)?;
    }
    Ok(())
}

/// A further table below an empty line; nothing where it has no rows.
fn table(out: &mut dyn Write, header: &str, rows: impl Iterator<Item = String>) -> std::io::Result<()> {
    let mut rows = rows.peekable();
    if rows.peek().is_some() {
        writeln!(out, "\n{header}")?;
    }
    rows.try_for_each(|row| writeln!(out, "{row}"))
}
