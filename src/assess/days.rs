//! `lanbi assess days`: the days of a period by level and by primary pollutant, and the ratio of good ones.

use std::io::{Read, Write};

use lanbi_analytics::air;
use lanbi_model::standard::Standards;
use lanbi_model::{Decimal, ReportPeriod};

use super::daily::{self, PeriodLaw};
use super::error::AssessError;
use super::output::{Field, Output};
use super::source::SourceArgs;

/// What `--help` says about columns and words.
pub(super) const HELP: &str = "\
valid_days are days with a published AQI, each graded by the edition in force on it; good_days_ratio is good over valid days in
percent, heavy_days are of level 5 and 6. primary_ITEM are days with that primary pollutant, a day with several counted for
each. status: ok, mixed (the period spans two editions), missing (no day with an AQI), and the words of assess composite
about cells and days.";

/// Options of `assess days`.
#[derive(Debug, clap::Args)]
pub(crate) struct DaysArgs {
    /// The period: 2022-09, 2022-Q3 or 2022. Days outside it are passed over.
    #[arg(long, value_name = "P", value_parser = daily::parse_period)]
    period: ReportPeriod,
    #[command(flatten)]
    pub(crate) source: SourceArgs,
}

const OUT: [&str; 19] = [
    "site",
    "period",
    "valid_days",
    "good_days",
    "good_days_ratio",
    "heavy_days",
    "level_1",
    "level_2",
    "level_3",
    "level_4",
    "level_5",
    "level_6",
    "primary_pm25",
    "primary_pm10",
    "primary_so2",
    "primary_no2",
    "primary_co",
    "primary_o3",
    "status",
];

/// One row a site, in the order of their first rows.
pub(super) fn run(
    args: &DaysArgs,
    law: &Standards,
    input: impl Read + Send,
    output: impl Write,
    messages: &mut dyn Write,
) -> Result<(), AssessError> {
    let table = &args.source.place.table;
    let rules = PeriodLaw::choose(law, &table.edition, args.period)?;
    let sites = args.source.read(law, Some(args.period), input, messages)?;
    let mut out = Output::new(table.output, &OUT, output)?;
    let period = args.period.to_string();
    for site in &sites {
        let days = air::count_days(rules.evaluation, |day| rules.aqi(day), &site.days, &[], &[]);
        let mut words = vec![match (days.valid, rules.mixed) {
            (0, _) => "missing".to_owned(),
            (_, true) => "mixed".to_owned(),
            (_, false) => "ok".to_owned(),
        }];
        words.extend(site.notes.iter().cloned());
        let status = words.join(";");
        let ratio = (Decimal::from(days.good) * Decimal::ONE_HUNDRED).checked_div(Decimal::from(days.valid));
        let count = |n: u32| Field::Integer(Some(n));
        let mut row = vec![
            Field::Text(&site.name),
            Field::Text(&period),
            count(days.valid),
            count(days.good),
            // GB/T 8170 at one decimal, as published ratios.
            Field::Number(ratio, 1),
            count(days.heavy),
        ];
        row.extend(days.by_level.map(count));
        row.extend(days.by_primary.map(count));
        row.push(Field::Text(&status));
        out.row(&row)?;
    }
    out.finish()
}
