//! `lanbi assess allowance`: what a year's allowance of total load has been used for, and where the year will end.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Write};
use std::path::Path;

use chrono::{Datelike, NaiveDate};
use lanbi_analytics::outlet::{DayLoad, burn_down, year_end};
use lanbi_model::{Decimal, decimal};

use super::allowances::{self, Allowance, is_possible};
use super::cell::{self, Cell};
use super::error::AssessError;
use super::output::{Field, Output};
use super::stamp::Stamp;
use super::table::{Column, Table, TableArgs};

/// What `--help` says about columns and words.
pub(super) const HELP: &str = "\
Columns: time,site,load_kg, one row a day; a site may be an outlet and an item, as 1号/cod. The file of allowances has
site,year,allowance_kg. One row a site and year of the allowances: used_kg and left_kg of measured days, days_measured of the
days_gone up to the day (--on, or the site's last row in that year), pace (used over the allowance's part of the days gone; above
1 the year goes too fast), and where the year ends: expected_kg with its 80 % interval low_kg to high_kg, and keeps, the
probability of staying within the allowance. Nothing is filled in used_kg; the forecast takes missing days at the mean.
status: ok, few (less than six weeks of days: no forecast) or missing (no row of that site and year), then season (the last year
told the season), duplicate:time, invalid:COLUMN and censored:load_kg.";

/// Options of `assess allowance`.
#[derive(Debug, clap::Args)]
pub(crate) struct AllowanceArgs {
    /// CSV site,year,allowance_kg.
    #[arg(long, value_name = "FILE")]
    allowance: String,
    /// The day to stand on, for allowances of its year; that of the site's last row in the year unless given.
    #[arg(long, value_name = "DATE")]
    on: Option<NaiveDate>,
    #[command(flatten)]
    pub(crate) table: TableArgs,
}

const OUT: [&str; 14] = [
    "site",
    "year",
    "on",
    "allowance_kg",
    "used_kg",
    "left_kg",
    "days_gone",
    "days_measured",
    "pace",
    "expected_kg",
    "low_kg",
    "high_kg",
    "keeps",
    "status",
];

/// Probability of the interval.
const LEVEL: f64 = 0.8;

/// The days of a site.
#[derive(Default)]
struct Site {
    days: BTreeMap<NaiveDate, Decimal>,
    notes: BTreeSet<String>,
}

/// Writes a row for each allowance.
pub(super) fn run(
    args: &AllowanceArgs,
    input: impl Read,
    output: impl Write,
    messages: &mut dyn Write,
) -> Result<(), AssessError> {
    if args.table.edition != "auto" {
        return Err(AssessError::Usage("no edition sets an allowance; leave --edition out".to_owned()));
    }
    let allowances = allowances::read(Path::new(&args.allowance))?;
    let sites = read_loads(args, input, messages)?;
    for site in sites.keys().filter(|site| !allowances.iter().any(|allowance| allowance.site == **site)) {
        writeln!(messages, "allowance: site `{site}` has none in {} and is left out", args.allowance)?;
    }
    let mut out = Output::new(args.table.output, &OUT, output)?;
    for allowance in &allowances {
        write_row(args, allowance, sites.get(&allowance.site), &mut out)?;
    }
    out.finish()
}

fn read_loads(
    args: &AllowanceArgs,
    input: impl Read,
    messages: &mut dyn Write,
) -> Result<BTreeMap<String, Site>, AssessError> {
    let columns = ["time", "site", "load_kg"].map(Column::required);
    let mut table = Table::open(input, &columns, args.table.ignore_extra)?;
    let mut sites: BTreeMap<String, Site> = BTreeMap::new();
    while let Some(row) = table.next_row()? {
        let site = sites.entry(row.text(1).to_owned()).or_default();
        let Some(day) = Stamp::parse(row.text(0)).and_then(Stamp::day) else {
            site.notes.insert("invalid:time".to_owned());
            row.complain(
                messages,
                "time",
                row.text(0),
                "is not a day; write 2026-03-01; the row is left out",
            )?;
            continue;
        };
        let load = match cell::read_within(row.text(2), false, is_possible) {
            Cell::Missing => continue,
            Cell::Value(load) => load,
            Cell::Censored(half) => {
                site.notes.insert("censored:load_kg".to_owned());
                half
            }
            Cell::Invalid(reason) => {
                site.notes.insert("invalid:load_kg".to_owned());
                row.complain(messages, "load_kg", row.text(2), &format!("{reason}; counted as missing"))?;
                continue;
            }
        };
        if site.days.insert(day, load).is_some() {
            site.notes.insert("duplicate:time".to_owned());
            row.complain(messages, "time", row.text(0), "stands twice for its site; the later row counts")?;
        }
    }
    Ok(sites)
}

fn write_row(
    args: &AllowanceArgs,
    allowance: &Allowance,
    site: Option<&Site>,
    out: &mut Output<impl Write>,
) -> Result<(), AssessError> {
    let of_year = |day: &NaiveDate| day.year() == allowance.year;
    let last = site.and_then(|site| site.days.keys().rev().find(|day| of_year(day))).copied();
    let on = args.on.filter(of_year).or(last);
    let loads: Vec<DayLoad> = site.iter().flat_map(|site| &site.days).map(|(day, kg)| (*day, *kg)).collect();
    let stand = on.map(|on| burn_down(allowance.kg, &loads, on)).filter(|stand| stand.days_measured > 0);
    let end = stand.and(on).and_then(|on| year_end(allowance.kg, &loads, on, LEVEL));
    let mut status = match (&stand, &end) {
        (None, _) => "missing",
        (Some(_), None) => "few",
        (Some(_), Some(_)) => "ok",
    }
    .to_owned();
    if end.is_some_and(|end| end.is_seasonal) {
        status.push_str(";season");
    }
    status.extend(site.iter().flat_map(|site| &site.notes).map(|note| format!(";{note}")));
    let exact = |value: Option<Decimal>| Field::Real(value.map(decimal::to_f64));
    let estimate = |value: Option<f64>| Field::Real(value.map(|value| (value * 1000.0).round() / 1000.0));
    out.row(&[
        Field::Text(&allowance.site),
        Field::Text(&allowance.year.to_string()),
        Field::Text(&on.map(|on| on.to_string()).unwrap_or_default()),
        exact(Some(allowance.kg)),
        exact(stand.map(|stand| stand.used)),
        exact(stand.map(|stand| stand.left)),
        Field::Integer(stand.map(|stand| stand.days_gone)),
        Field::Integer(stand.map(|stand| stand.days_measured)),
        exact(stand.and_then(|stand| stand.pace)),
        estimate(end.map(|end| end.expected)),
        estimate(end.map(|end| end.low)),
        estimate(end.map(|end| end.high)),
        estimate(end.map(|end| end.keeps)),
        Field::Text(&status),
    ])
}
