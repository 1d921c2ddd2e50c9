//! `lanbi assess forecast`: the air of the next days, and how wrong such forecasts were (HJ 633-2026, 5.2).

use std::io::{Read, Write};

use chrono::NaiveDate;
use lanbi_analytics::outlook::{self, ForecastDay, ForecastLacking, ForecastSettings};
use lanbi_model::Parameter;
use lanbi_model::standard::Standards;

use super::daily::{self, Site};
use super::error::AssessError;
use super::output::{Field, Output};
use super::source::SourceArgs;

/// What `--help` says about columns and words.
pub(super) const HELP: &str = "\
One row for each day to come. aqi is the median and aqi_low to aqi_high hold the index with a probability of 80 %; level,
category and primary go with aqi. Concentrations are medians; the index is not that of these medians, because the largest of
six is taken. The forecast knows past concentrations and no weather. mae is the mean absolute error of the index over scored_days
past days of the same input, mae_persistence that of saying that it stays as it is, coverage the share of those days that lay
within the interval.
status: ok, or why there is no forecast: stale:DAY (the last measured day lies too far back), history:N<M (too few past days),
no-edition:DAY, missing.";

/// Options of `assess forecast`.
#[derive(Debug, clap::Args)]
pub(crate) struct ForecastArgs {
    /// The last day that is known; the last day of the input unless given. Later days are not used.
    #[arg(long, value_name = "DAY")]
    on: Option<NaiveDate>,
    /// Days to come.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=7))]
    days: u32,
    #[command(flatten)]
    pub(crate) source: SourceArgs,
}

const OUT: [&str; 24] = [
    "site",
    "on",
    "day",
    "lead",
    "edition",
    "aqi",
    "aqi_low",
    "aqi_high",
    "level",
    "level_low",
    "level_high",
    "category",
    "primary",
    "pm25",
    "pm10",
    "so2",
    "no2",
    "co",
    "o3_8h",
    "mae",
    "mae_persistence",
    "coverage",
    "scored_days",
    "status",
];

/// Rows a site, in the order of their first rows.
pub(super) fn run(
    args: &ForecastArgs,
    law: &Standards,
    input: impl Read + Send,
    output: impl Write,
    messages: &mut dyn Write,
) -> Result<(), AssessError> {
    let table = &args.source.place.table;
    let choice = daily::indices(law, &table.edition)?;
    let sites = args.source.read(law, None, input, messages)?;
    let settings = ForecastSettings { horizon: args.days, ..ForecastSettings::default() };
    let mut out = Output::new(table.output, &OUT, output)?;
    for site in &sites {
        let Some(on) = args.on.or_else(|| site.days.last().map(|day| day.day)) else {
            continue;
        };
        let notes = daily::joined(&site.notes);
        match outlook::forecast(&site.days, on, &|day| choice.of(day), &settings) {
            Ok(forecast) => {
                for day in &forecast.days {
                    let edition = choice.of(day.day).map_or("", |standard| standard.edition.id.as_str());
                    write_day(site, on, day, edition, &notes, &mut out)?;
                }
            }
            Err(lacking) => {
                let (on, status) = (on.to_string(), format!("{}{notes}", word(lacking)));
                let mut row = vec![Field::Text(&site.name), Field::Text(&on)];
                row.resize(OUT.len() - 1, Field::Text(""));
                row.push(Field::Text(&status));
                out.row(&row)?;
            }
        }
    }
    out.finish()
}

fn write_day<W: Write>(
    site: &Site,
    on: NaiveDate,
    day: &ForecastDay<'_>,
    edition: &str,
    notes: &str,
    out: &mut Output<W>,
) -> Result<(), AssessError> {
    let (on, date, status) = (on.to_string(), day.day.to_string(), format!("ok{notes}"));
    let level = |level: Option<&lanbi_model::standard::AqiLevel>| {
        Field::Integer(level.map(|level| u32::from(level.level)))
    };
    let scored = day.score.map(|score| u32::try_from(score.days).unwrap_or(u32::MAX));
    let mut row = vec![
        Field::Text(&site.name),
        Field::Text(&on),
        Field::Text(&date),
        Field::Integer(Some(day.lead)),
        Field::Text(edition),
        Field::Integer(Some(day.aqi)),
        Field::Integer(Some(day.aqi_low)),
        Field::Integer(Some(day.aqi_high)),
        level(day.level),
        level(day.level_low),
        level(day.level_high),
        Field::Text(day.level.map_or("", |level| level.category.as_str())),
        Field::Text(day.primary.map_or("", |item| item.key())),
    ];
    let decimals = Parameter::AQI_DAY.map(|item| u32::from(item == Parameter::Co));
    row.extend(
        day.values.0.into_iter().zip(decimals).map(|(value, decimals)| Field::Number(value, decimals)),
    );
    row.extend([
        Field::Real(day.score.map(|score| tenth(score.mae))),
        Field::Real(day.score.map(|score| tenth(score.mae_persistence))),
        Field::Real(day.score.map(|score| (score.coverage * 1000.0).round() / 1000.0)),
        Field::Integer(scored),
        Field::Text(&status),
    ]);
    out.row(&row)
}

fn tenth(error: f64) -> f64 {
    (error * 10.0).round() / 10.0
}

fn word(lacking: ForecastLacking) -> String {
    match lacking {
        ForecastLacking::Stale { last: Some(last), .. } => format!("stale:{last}"),
        ForecastLacking::Stale { last: None, .. } => "missing".to_owned(),
        ForecastLacking::History { members, needed } => format!("history:{members}<{needed}"),
        ForecastLacking::Edition(day) => format!("no-edition:{day}"),
    }
}
