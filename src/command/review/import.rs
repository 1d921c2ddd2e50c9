//! `lanbi review import`: many decisions from a CSV, all of them checked before the first is taken.

use std::{collections::HashMap, io::Read};

use anyhow::Context as _;
use chrono::SubsecRound as _;
use lanbi_config::Settings;
use lanbi_model::{
    AveragingPeriod, Decision, Instant, Parameter, Registry, Review, SampleKey, Station, standard::Standards,
};
use lanbi_store::Store;
use serde::Deserialize;

use super::{
    decide::{Taking, fits, signed},
    station,
    values::{self, Kept},
};
use crate::{assess::Stamp, cli::ImportArgs, command::standards_builtin};

/// A row as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    station: String,
    parameter: String,
    period: String,
    time: String,
    decision: String,
    value: String,
    by: String,
    reason: String,
}

/// A row that can be taken.
struct Checked<'a> {
    station: &'a Station,
    kept: Kept,
    review: Review,
}

pub(super) async fn run(
    store: &dyn Store,
    registry: &Registry,
    settings: &Settings,
    args: &ImportArgs,
) -> anyhow::Result<()> {
    let input: Box<dyn Read> = if args.file.as_os_str() == "-" {
        Box::new(std::io::stdin())
    } else {
        Box::new(std::fs::File::open(&args.file).with_context(|| {
            format!("cannot read {}; check the path and that it may be read", args.file.display())
        })?)
    };
    let desk = Desk {
        store,
        registry,
        settings,
        standards: standards_builtin()?,
        at: chrono::Utc::now().trunc_subsecs(6),
    };
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(input);
    let mut checked = Vec::new();
    let mut lines: HashMap<SampleKey, u64> = HashMap::new();
    let mut problems = 0_u64;
    let header = reader.headers().map_err(|error| unreadable(&error))?.clone();
    let mut record = csv::StringRecord::new();
    loop {
        let mut line = reader.position().line();
        let read = reader.read_record(&mut record);
        if let Some(position) = record.position() {
            line = position.line();
        }
        let outcome = match read {
            Ok(false) => break,
            Ok(true) => match record.deserialize::<Row>(Some(&header)) {
                Ok(row) => desk.check(row).await,
                Err(error) => Err(unreadable(&error)),
            },
            // After bytes that are not text the reader goes on, after a broken stream it would not.
            Err(error) if error.is_io_error() => return Err(unreadable(&error)),
            Err(error) => Err(unreadable(&error)),
        };
        let outcome = outcome.and_then(|row| match lines.insert(row.review.key.clone(), line) {
            Some(earlier) => {
                Err(anyhow::anyhow!("decides on the value of line {earlier} again; keep one of them"))
            }
            None => Ok(row),
        });
        match outcome {
            Ok(row) => checked.push(row),
            Err(error) => {
                eprintln!("{}:{line}: {error:#}", args.file.display());
                problems += 1;
            }
        }
    }
    anyhow::ensure!(
        problems == 0,
        "{problems} rows cannot be used and nothing was decided; mend them and import the file again"
    );
    let mut taking = Taking::new(store, args.dry_run)?;
    for row in &checked {
        taking.take(row.station, &row.kept, &row.review).await?;
    }
    taking.finish();
    Ok(())
}

/// What rows are checked against.
struct Desk<'a> {
    store: &'a dyn Store,
    registry: &'a Registry,
    settings: &'a Settings,
    standards: Standards,
    at: Instant,
}

impl<'a> Desk<'a> {
    async fn check(&self, row: Row) -> anyhow::Result<Checked<'a>> {
        signed(&row.by, &row.reason)?;
        let station = station(self.registry, self.settings, &row.station)?;
        let parameter = Parameter::from_key(&row.parameter).with_context(|| {
            format!("`{}` is no parameter; write a key of GLOSSARY.md such as pm25", row.parameter)
        })?;
        let period = match row.period.as_str() {
            "" => station.period,
            text => AveragingPeriod::parse(text)
                .with_context(|| format!("`{text}` is no period; write moment, 1m, 1h or 1d"))?,
        };
        let Some(Stamp::Moment(time)) = Stamp::parse(&row.time) else {
            anyhow::bail!("`{}` is no time; write YYYY-MM-DDTHH:MM, local to the station", row.time);
        };
        let instant = station.zone.to_instant(time);
        let key = SampleKey { station: station.id.clone(), parameter, period, instant };
        let decision = self.decision(parameter, &row.decision, &row.value)?;
        let kept = values::find(self.store, station, &key).await?.with_context(|| {
            format!(
                "{} has no {parameter} of period {period} at {}; `lanbi review show` lists what is there",
                station.id, row.time
            )
        })?;
        let review = Review { key, decision, by: row.by, reason: row.reason, at: self.at };
        Ok(Checked { station, kept, review })
    }

    fn decision(&self, parameter: Parameter, word: &str, value: &str) -> anyhow::Result<Decision> {
        let decision = match word {
            "invalidate" => Decision::Invalidate,
            "restore" => Decision::Restore,
            "correct" => {
                let number = value
                    .parse()
                    .with_context(|| format!("`{value}` is no number; a correction needs its value"))?;
                fits(&self.standards, parameter, number)?;
                return Ok(Decision::Correct(number));
            }
            other => anyhow::bail!("`{other}` is no decision; write invalidate, restore or correct"),
        };
        anyhow::ensure!(value.is_empty(), "a value goes with `correct` only; leave it empty");
        Ok(decision)
    }
}

fn unreadable(error: &csv::Error) -> anyhow::Error {
    anyhow::anyhow!(
        "{error}; the file is UTF-8 with the columns station,parameter,period,time,decision,value,by,reason"
    )
}
