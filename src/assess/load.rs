//! `lanbi assess load`: monthly loads of outlets and rivers, Σ C·Q of the intervals that have both.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Write};

use chrono::NaiveDate;
use lanbi_analytics::outlet::LoadSum;
use lanbi_model::standard::Standards;
use lanbi_model::{Decimal, decimal};

use super::error::AssessError;
use super::load_rows::{self, Flow, Interval, Site};
use super::output::{Field, Output};
use super::table::TableArgs;

/// What `--help` says about columns and words.
pub(super) const HELP: &str = "\
Columns: time,site,conc_mg_l and either flow_m3s or flow_m3 (the water of the interval). One row a site and month, from the month
of its first row to that of its last. load_kg, flow_m3 and flow_weighted_mg_l rest on the intervals that have both flow and
concentration and on nothing else; coverage is the share of the calendar month that these cover.
A time with hours names the end of its interval (--label start: its start); 2026-03-01T00:00 closes February. A day or a month
stands for itself. Where rows stand closer to each other than the interval, none counts time that its neighbour covers
(`irregular`); of two rows of one time the later counts (`duplicate:time`).
status: ok or missing (no interval has both), then no-interval (a single row does not tell its interval: give --interval),
irregular, duplicate:time, invalid:COLUMN and censored:COLUMN. A row whose time cannot be read belongs to no month and is noted
in every row of its site.";

/// Options of `assess load`.
#[derive(Debug, clap::Args)]
pub(crate) struct LoadArgs {
    /// Length of an interval in seconds; the usual distance of the site's rows unless given.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) interval: Option<u32>,
    /// Flow below zero is water that flows back, as at a tidal gate: its load is taken off. Without it such flow is unusable.
    #[arg(long)]
    pub(super) backflow: bool,
    #[command(flatten)]
    pub(crate) table: TableArgs,
}

const OUT: [&str; 7] = ["site", "month", "load_kg", "flow_m3", "flow_weighted_mg_l", "coverage", "status"];

/// Sums every site of `input` by months.
pub(super) fn run(
    args: &LoadArgs,
    law: &Standards,
    input: impl Read,
    output: impl Write,
    messages: &mut dyn Write,
) -> Result<(), AssessError> {
    if args.table.edition != "auto" {
        return Err(AssessError::Usage("no edition grades a load; leave --edition out".to_owned()));
    }
    let (flow, sites) = load_rows::read(args, law, input, messages)?;
    let mut out = Output::new(args.table.output, &OUT, output)?;
    for site in &sites {
        let interval = site.interval(args.interval);
        if interval == Interval::Unknown {
            writeln!(
                messages,
                "site `{}`: a single row does not tell how long its interval is; give --interval",
                site.name
            )?;
        }
        for month in months(args, flow, site, interval) {
            month.write(site, &mut out)?;
        }
    }
    out.finish()
}

/// A month of a site.
struct Month {
    /// First day; none for a site without a usable time.
    first: Option<NaiveDate>,
    sum: LoadSum,
    /// None where the interval is not known.
    coverage: Option<Decimal>,
    notes: BTreeSet<String>,
}

/// The months of a site from its first row to its last.
fn months(args: &LoadArgs, flow: Flow, site: &Site, interval: Interval) -> Vec<Month> {
    let mut sums: BTreeMap<NaiveDate, (LoadSum, BTreeSet<String>)> = BTreeMap::new();
    for stretch in site.stretches(interval, args.table.label) {
        let (sum, notes) = sums.entry(stretch.row.month).or_default();
        notes.extend(stretch.row.notes.iter().cloned());
        if stretch.is_cut {
            notes.insert("irregular".to_owned());
        }
        let Some((concentration, flowed)) = stretch.row.concentration.zip(stretch.row.flow) else { continue };
        let water = match flow {
            Flow::Volume => Some(flowed),
            Flow::Rate if interval == Interval::Unknown => None,
            Flow::Rate => flowed.checked_mul(stretch.seconds),
        };
        if water.and_then(|water| sum.add(concentration, water, stretch.seconds)).is_none()
            && interval != Interval::Unknown
        {
            notes.insert("overflow".to_owned());
        }
    }
    let (Some(first), Some(last)) = (sums.keys().next().copied(), sums.keys().last().copied()) else {
        return vec![Month {
            first: None,
            sum: LoadSum::default(),
            coverage: Some(Decimal::ZERO),
            notes: BTreeSet::new(),
        }];
    };
    let next = |month: &NaiveDate| month.checked_add_months(chrono::Months::new(1));
    std::iter::successors(Some(first), next)
        .take_while(|month| *month <= last)
        .map(|month| {
            let (sum, mut notes) = sums.remove(&month).unwrap_or_default();
            let coverage = match interval {
                Interval::Unknown => None,
                _ => Some(sum.coverage(load_rows::seconds_of(month))),
            };
            if coverage.is_none() {
                notes.insert("no-interval".to_owned());
            }
            Month { first: Some(month), sum, coverage, notes }
        })
        .collect()
}

impl Month {
    fn write(&self, site: &Site, out: &mut Output<impl Write>) -> Result<(), AssessError> {
        let month = self.first.map(|first| first.format("%Y-%m").to_string()).unwrap_or_default();
        let mut status = if self.sum.stretches() > 0 { "ok" } else { "missing" }.to_owned();
        for note in self.notes.union(&site.notes) {
            status.push(';');
            status.push_str(note);
        }
        let real = |value: Option<Decimal>| Field::Real(value.map(decimal::to_f64));
        out.row(&[
            Field::Text(&site.name),
            Field::Text(&month),
            real(self.sum.load_kg()),
            real(self.sum.water_m3()),
            real(self.sum.flow_weighted()),
            real(self.coverage),
            Field::Text(&status),
        ])
    }
}
