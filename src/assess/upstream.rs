//! `lanbi assess upstream`: which outlets above a section fit in time with its worsening.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use lanbi_analytics::network::{
    Candidate, Outlet, OutletReading, Place, Worsening, WorseningSettings, candidates, worsenings,
};
use lanbi_model::standard::Standards;
use lanbi_model::{Decimal, Instant, Parameter, decimal};

use super::error::AssessError;
use super::network::{RiverFile, network_help};
use super::output::{Field, Output};
use super::stamp::Stamp;
use super::table::{Column, Reader, Table, TableArgs};
use super::water::ITEMS;

/// What `--help` says about columns and words.
pub(super) const HELP: &str = "\
Columns: time,place, any items of assess water (mg/L) and flow_m3s; rows of sections, outlets and ditches together. One row for
each outlet or ditch that fits a worsening of a section, the likeliest first, and one with an empty candidate where none does.
These are candidates with their evidence, not verdicts: diffuse inflow, dams and mixing are not known here.
A worsening is two readings or more above what is usual for the section (the median of 14 days before and five times their spread)
and above its limit, where --limits has one; it began after the reading `after` and not later than `from`. A candidate's water left
it between `earliest` and `latest`; then it was above its limit (breach, the exceedance multiple), above what is usual for it in
concentration or in load (times the usual one), or both; excess_kg_h is its load above the usual one. begins is yes where its change
began in that time, and such candidates come first, then those with flow by their load. DO, pH and
temperature are not followed. The method and its numbers are lanbi's own and no standard's.
status: ok or none, then invalid:COLUMN and censored:COLUMN of the section's rows.";

/// Options of `assess upstream`.
#[derive(Debug, clap::Args)]
pub(crate) struct UpstreamArgs {
    #[arg(long, value_name = "FILE", help = network_help!())]
    network: PathBuf,
    /// CSV place,item,limit: limits of outlets, and what a section must exceed to count.
    #[arg(long, value_name = "FILE")]
    limits: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) table: TableArgs,
}

const OUT: [&str; 16] = [
    "section",
    "item",
    "after",
    "from",
    "until",
    "worst",
    "usual",
    "rank",
    "candidate",
    "earliest",
    "latest",
    "begins",
    "breach",
    "times_usual",
    "excess_kg_h",
    "status",
];

const LIMITS: [Column; 3] = [Column::required("place"), Column::required("item"), Column::required("limit")];

const TIME: usize = 0;
const PLACE: usize = 1;
const FLOW: usize = 2;
const FIRST_ITEM: usize = 3;

/// The readings of one place.
#[derive(Default)]
struct Readings {
    /// Items and flow by time; of two rows of one time the later counts.
    rows: BTreeMap<Instant, (Vec<Option<Decimal>>, Option<Decimal>)>,
    notes: BTreeSet<String>,
}

impl Readings {
    fn of(&self, item: usize) -> Vec<OutletReading> {
        let reading = |(at, (values, flow)): (&Instant, &(Vec<Option<Decimal>>, Option<Decimal>))| {
            let concentration = decimal::to_f64(values.get(item).copied().flatten()?);
            Some(OutletReading { at: *at, concentration, flow: flow.map(decimal::to_f64) })
        };
        self.rows.iter().filter_map(reading).collect()
    }
}

/// Limits by place and item.
type Limits = BTreeMap<(String, Parameter), Decimal>;

/// Looks for candidates at every section of the network that the input has rows of.
pub(super) fn run(
    args: &UpstreamArgs,
    law: &Standards,
    input: impl Read,
    output: impl Write,
    messages: &mut dyn Write,
) -> Result<(), AssessError> {
    let rivers = RiverFile::read(&args.network)?;
    let limits = args.limits.as_deref().map(read_limits).transpose()?.unwrap_or_default();
    let places = read(args, law, input, messages)?;
    let known = rivers.network.places();
    for place in places.keys().filter(|place| !known.contains(place.as_str())) {
        writeln!(messages, "network: place `{place}` is on no reach; its rows change nothing")?;
    }
    let is_source = |place: &str| matches!(rivers.kind(place), Place::Outlet | Place::Ditch);
    let settings = WorseningSettings::default();
    let mut out = Output::new(args.table.output, &OUT, output)?;
    for (section, readings) in places.iter().filter(|(place, _)| rivers.kind(place) == Place::Section) {
        for (index, item) in ITEMS.into_iter().enumerate().filter(|(_, item)| is_followed(*item)) {
            let limit = |place: &str| limits.get(&(place.to_owned(), item)).copied().map(decimal::to_f64);
            let own: Vec<(Instant, f64)> =
                readings.of(index).iter().map(|reading| (reading.at, reading.concentration)).collect();
            let found = worsenings(&own, limit(section), &settings);
            if found.is_empty() {
                continue;
            }
            let above: Vec<(&str, Vec<OutletReading>)> = places
                .iter()
                .filter(|(place, _)| is_source(place))
                .map(|(place, readings)| (place.as_str(), readings.of(index)))
                .collect();
            let outlets: Vec<Outlet<'_>> = above
                .iter()
                .map(|(place, readings)| Outlet { place, readings, limit: limit(place) })
                .collect();
            for worsening in found {
                let found = candidates(&rivers.network, section, &worsening, &outlets, &settings);
                let line = Line { section, item, worsening, notes: &readings.notes, args };
                if found.is_empty() {
                    line.write(0, None, &mut out)?;
                }
                for (rank, candidate) in (1..).zip(&found) {
                    line.write(rank, Some(candidate), &mut out)?;
                }
            }
        }
    }
    out.finish()
}

/// Items whose rise is pollution.
const fn is_followed(item: Parameter) -> bool {
    !matches!(item, Parameter::WaterTemperature | Parameter::Ph | Parameter::DissolvedOxygen)
}

/// What the rows of one worsening share.
struct Line<'a> {
    section: &'a str,
    item: Parameter,
    worsening: Worsening,
    notes: &'a BTreeSet<String>,
    args: &'a UpstreamArgs,
}

impl Line<'_> {
    fn write<W: Write>(
        &self,
        rank: u32,
        candidate: Option<&Candidate<'_>>,
        out: &mut Output<W>,
    ) -> Result<(), AssessError> {
        let zone = self.args.table.zone;
        let time = |at: Instant| zone.local(at).format("%Y-%m-%dT%H:%M").to_string();
        let number = |value: Option<f64>| value.and_then(decimal::from_f64);
        let (after, from) = (time(self.worsening.after), time(self.worsening.from));
        let until = self.worsening.until.map(time).unwrap_or_default();
        let (earliest, latest) = candidate.map(|c| (time(c.earliest), time(c.latest))).unwrap_or_default();
        let evidence = candidate.map(|c| c.evidence).unwrap_or_default();
        let usual = evidence.concentration.into_iter().chain(evidence.load).max_by(f64::total_cmp);
        let begins = match candidate {
            None => "",
            Some(_) if evidence.begins => "yes",
            Some(_) => "no",
        };
        let words: Vec<&str> = [if candidate.is_some() { "ok" } else { "none" }]
            .into_iter()
            .chain(self.notes.iter().map(String::as_str))
            .collect();
        out.row(&[
            Field::Text(self.section),
            Field::Text(self.item.key()),
            Field::Text(&after),
            Field::Text(&from),
            Field::Text(&until),
            Field::Number(number(Some(self.worsening.worst)), 4),
            Field::Number(number(Some(self.worsening.usual)), 4),
            Field::Integer(candidate.is_some().then_some(rank)),
            Field::Text(candidate.map_or("", |c| c.place)),
            Field::Text(&earliest),
            Field::Text(&latest),
            Field::Text(begins),
            Field::Number(number(evidence.breach), 2),
            Field::Number(number(usual), 2),
            Field::Number(number(evidence.excess_kg_h), 3),
            Field::Text(&words.join(";")),
        ])
    }
}

fn read(
    args: &UpstreamArgs,
    law: &Standards,
    input: impl Read,
    messages: &mut dyn Write,
) -> Result<BTreeMap<String, Readings>, AssessError> {
    let mut columns = vec![Column::required("time"), Column::required("place"), Column::optional("flow_m3s")];
    columns.extend(ITEMS.iter().map(|item| Column::optional(item.key())));
    let mut table = Table::open(input, &columns, args.table.ignore_extra)?;
    let mut reader = Reader { law, messages };
    let mut places: BTreeMap<String, Readings> = BTreeMap::new();
    let mut notes = String::new();
    while let Some(row) = table.next_row()? {
        let place = places.entry(row.text(PLACE).to_owned()).or_default();
        let Some(Stamp::Moment(time)) = Stamp::parse(row.text(TIME)) else {
            place.notes.insert("invalid:time".to_owned());
            let reason = "is not a time; write 2026-03-01T08:00; the row is left out";
            row.complain(reader.messages, "time", row.text(TIME), reason)?;
            continue;
        };
        notes.clear();
        let flow = reader.value(row, FLOW, Parameter::Flow, &mut notes)?;
        let mut values = Vec::with_capacity(ITEMS.len());
        for (column, item) in (FIRST_ITEM..).zip(ITEMS) {
            values.push(reader.value(row, column, item, &mut notes)?);
        }
        place.notes.extend(notes.split(';').filter(|note| !note.is_empty()).map(str::to_owned));
        place.rows.insert(args.table.zone.to_instant(time), (values, flow));
    }
    Ok(places)
}

fn read_limits(path: &Path) -> Result<Limits, AssessError> {
    let shown = path.display();
    let of_file = |error: AssessError| AssessError::Failed(format!("{shown}: {error}"));
    let mut table = Table::open(open(path)?, &LIMITS, false).map_err(of_file)?;
    let mut limits = Limits::new();
    while let Some(row) = table.next_row().map_err(of_file)? {
        let item = Parameter::from_key(row.text(1)).filter(|item| ITEMS.contains(item));
        let limit = row.text(2).parse().ok().filter(|limit: &Decimal| *limit > Decimal::ZERO);
        let (Some(item), Some(limit)) = (item, limit) else {
            let line = row.line();
            return Err(AssessError::Failed(format!(
                "{shown}: line {line}: needs an item of assess water and a limit above 0"
            )));
        };
        limits.insert((row.text(0).to_owned(), item), limit);
    }
    Ok(limits)
}

fn open(path: &Path) -> Result<File, AssessError> {
    File::open(path)
        .map_err(|e| AssessError::Failed(format!("cannot read {}: {e}; check the path", path.display())))
}
