//! `lanbi assess means`: the days that hours make (GB 3095, 3 and Table 4).

use std::io::{Read, Write};

use lanbi_analytics::air::{AirDay, Concentrations};
use lanbi_model::Parameter;
use lanbi_model::standard::Standards;

use super::daily;
use super::error::AssessError;
use super::hourly;
use super::output::{Field, Output};
use super::source::PlaceArgs;

/// What `--help` says about columns and words.
pub(super) const HELP: &str = "\
One row for each day of a site from its first to its last, days without any hour included; the columns are those that
air --period day, composite, days and attainment read. Values have four decimals and are not rounded as published.
A day mean needs 20 hours, an 8-hour mean of ozone 6 of its 8, the daily maximum 14 of the 17 windows ending 08:00 to 24:00, or
a maximum above the limit of class 2. status: ok, missing:ITEMS, missing, and invalid:, censored: or duplicate:time in the first
row of a site where its input had such cells.";

/// Options of `assess means`.
#[derive(Debug, clap::Args)]
pub(crate) struct MeansArgs {
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
}

const OUT: [&str; 10] = ["time", "site", "edition", "pm25", "pm10", "so2", "no2", "co", "o3_8h", "status"];

/// Decimals of a day mean: enough that rounding it again as published gives the same.
const DECIMALS: u32 = 4;

/// Rows a site, in the order of their first rows.
pub(super) fn run(
    args: &MeansArgs,
    law: &Standards,
    input: impl Read + Send,
    output: impl Write,
    messages: &mut dyn Write,
) -> Result<(), AssessError> {
    let table = &args.place.table;
    let choice = daily::limits(law, &table.edition)?;
    let standard = |day| choice.of(day);
    let sites = hourly::read(table, law, &standard, None, input, messages)?;
    let sites = args.place.settle(sites, law, &standard, messages)?;
    let mut out = Output::new(table.output, &OUT, output)?;
    for site in &sites {
        let mut notes: Vec<String> = site.notes.iter().cloned().collect();
        for AirDay { day, values } in every_day(&site.days) {
            let mut words = vec![said(&values)];
            words.append(&mut notes);
            let (time, status) = (day.to_string(), words.join(";"));
            let edition = standard(day).map_or("", |standard| standard.edition.id.as_str());
            let mut row = vec![Field::Text(&time), Field::Text(&site.name), Field::Text(edition)];
            row.extend(values.0.map(|value| Field::Number(value, DECIMALS)));
            row.push(Field::Text(&status));
            out.row(&row)?;
        }
    }
    out.finish()
}

/// The days from the first to the last, those between them without values included.
fn every_day(days: &[AirDay]) -> impl Iterator<Item = AirDay> {
    let last = days.last().map(|day| day.day);
    let mut known = days.iter().peekable();
    days.first()
        .into_iter()
        .flat_map(|first| first.day.iter_days())
        .take_while(move |day| Some(*day) <= last)
        .map(move |day| match known.next_if(|known| known.day == day) {
            Some(known) => *known,
            None => AirDay { day, values: Concentrations::default() },
        })
}

fn said(values: &Concentrations) -> String {
    let missing = Parameter::AQI_DAY.into_iter().zip(values.0).filter(|(_, value)| value.is_none());
    let missing: Vec<&str> = missing.map(|(item, _)| Parameter::key(item)).collect();
    match missing.len() {
        0 => "ok".to_owned(),
        6 => "missing".to_owned(),
        _ => format!("missing:{}", missing.join("+")),
    }
}
