//! `lanbi assess attainment`: whether a year keeps the limits of GB 3095 (HJ 663, Table 1).

use std::io::{Read, Write};

use chrono::{Datelike, NaiveDate};
use lanbi_analytics::aggregate::Minimum;
use lanbi_analytics::air::{self, AirClass, AirDay};
use lanbi_model::ReportPeriod;
use lanbi_model::standard::Standards;

use super::coverage;
use super::daily::{PeriodLaw, Site};
use super::error::AssessError;
use super::output::{Field, Output};
use super::source::SourceArgs;

/// What `--help` says about columns and words.
pub(super) const HELP: &str = "\
One row for each statistic of a site (SO2 and NO2: mean, p98; PM10 and PM2.5: mean, p95; CO p95; ozone p90) and then one for the
site, with an empty item: attains is yes where every statistic is at or below its limit, no where one is above, empty while one
is missing or has too few days. Figures are compared as published; multiple is (value - limit) / limit where it is above.
status: ok, mixed (the period spans two editions, the limits are those of its last day), missing, month_days, february_days,
year_days (too few days, GB 3095, Table 4), and in the site's row starts:DAY and ends:DAY of a site that does not cover the year,
empty:MONTHS without any value between them, and what was wrong with its cells.";

/// Options of `assess attainment`.
#[derive(Debug, clap::Args)]
pub(crate) struct AttainmentArgs {
    /// The year; every year that the input has days of unless given.
    #[arg(long, value_name = "YEAR", value_parser = parse_year)]
    period: Option<ReportPeriod>,
    /// Class of the area: 1 for parks and reserves, 2 for where people live and work.
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u8).range(1..=2))]
    class: u8,
    #[command(flatten)]
    pub(crate) source: SourceArgs,
}

fn parse_year(text: &str) -> Result<ReportPeriod, String> {
    match text.parse() {
        Ok(year @ ReportPeriod::Year(_)) => Ok(year),
        _ => Err("not a year; attainment is judged by years, write 2022".to_owned()),
    }
}

const OUT: [&str; 10] =
    ["site", "period", "edition", "item", "statistic", "value", "limit", "multiple", "attains", "status"];

/// Rows a site, in the order of their first rows.
pub(super) fn run(
    args: &AttainmentArgs,
    law: &Standards,
    input: impl Read + Send,
    output: impl Write,
    messages: &mut dyn Write,
) -> Result<(), AssessError> {
    let table = &args.source.place.table;
    let sites = args.source.read(law, args.period, input, messages)?;
    let mut out = Output::new(table.output, &OUT, output)?;
    let class = if args.class == 1 { AirClass::One } else { AirClass::Two };
    for period in args.period.map_or_else(|| years(&sites), |year| vec![year]) {
        let rules = PeriodLaw::choose(law, &table.edition, period)?;
        for site in &sites {
            write_site(site, period, &rules, class, &mut out)?;
        }
    }
    out.finish()
}

/// The years from the first day to the last.
fn years(sites: &[Site]) -> Vec<ReportPeriod> {
    let days = || sites.iter().flat_map(|site| [site.days.first(), site.days.last()]).flatten();
    let year = |day: &AirDay| day.day.year();
    let (Some(first), Some(last)) = (days().map(year).min(), days().map(year).max()) else {
        return Vec::new();
    };
    let year = |year| NaiveDate::from_ymd_opt(year, 1, 1).map(ReportPeriod::Year);
    (first..=last).filter_map(year).collect()
}

/// A row for each statistic of a site in a year, and one for the site.
fn write_site<W: Write>(
    site: &Site,
    year: ReportPeriod,
    rules: &PeriodLaw<'_>,
    class: AirClass,
    out: &mut Output<W>,
) -> Result<(), AssessError> {
    let days = site.within(year);
    let period = year.to_string();
    let edition = rules.limits.edition.id.as_str();
    let judged = air::attainment(rules.evaluation, rules.limits, class, year, days, &[]);
    for one in &judged.items {
        let mut words: Vec<&str> = rules.mixed.then_some("mixed").into_iter().collect();
        if one.figure.value.is_none() {
            words.push("missing");
        } else {
            let mut short: Vec<Minimum> = one.figure.shortfalls.iter().map(|s| s.minimum).collect();
            short.sort_unstable();
            short.dedup();
            words.extend(short.into_iter().map(Minimum::key));
        }
        let statistic = one.item.statistic.to_string();
        let status = if words.is_empty() { "ok".to_owned() } else { words.join(";") };
        out.row(&[
            Field::Text(&site.name),
            Field::Text(&period),
            Field::Text(edition),
            Field::Text(one.item.parameter.key()),
            Field::Text(&statistic),
            Field::Number(one.figure.value, one.item.decimals),
            Field::Number(one.limit, one.item.decimals),
            Field::Number(one.multiple, air::MULTIPLE_DECIMALS),
            Field::Text(word(one.attains)),
            Field::Text(&status),
        ])?;
    }
    let mut words: Vec<String> = rules.mixed.then(|| "mixed".to_owned()).into_iter().collect();
    if judged.attains.is_none() {
        words.push("missing".to_owned());
    } else if words.is_empty() {
        words.push("ok".to_owned());
    }
    words.extend(coverage::words(year, days));
    words.extend(site.notes.iter().cloned());
    let status = words.join(";");
    let mut row = vec![Field::Text(&site.name), Field::Text(&period), Field::Text(edition)];
    row.extend([Field::Text(""); 5]);
    row.extend([Field::Text(word(judged.attains)), Field::Text(&status)]);
    out.row(&row)
}

const fn word(attains: Option<bool>) -> &'static str {
    match attains {
        Some(true) => "yes",
        Some(false) => "no",
        None => "",
    }
}
