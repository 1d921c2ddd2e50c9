//! Where the days come from: daily rows or hourly rows, of sites or of the places that sites make.

use std::io::{Read, Write};

use chrono::{NaiveDate, TimeDelta};
use lanbi_analytics::air::{self, AirDay, Concentrations};
use lanbi_model::standard::{AirStandard, Standards, on_day};
use lanbi_model::{Decimal, Instant, ReportPeriod};

use super::daily::{self, Site};
use super::error::AssessError;
use super::groups::{Groups, Series};
use super::hourly::{self, Hours};
use super::table::TableArgs;

/// Options of commands that read days.
#[derive(Debug, clap::Args)]
pub(crate) struct SourceArgs {
    /// What a row of the input is: a day (ozone in o3_8h), or an hour (ozone in o3), of which days are made first: 20 hours make
    /// a day mean, ozone by its 8-hour means (GB 3095, Table 4).
    #[arg(long, value_enum, default_value_t = Rows::Day)]
    rows: Rows,
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
}

/// Options of commands that may turn sites into places.
#[derive(Debug, clap::Args)]
pub(crate) struct PlaceArgs {
    /// CSV site,group: rows are those of groups (districts, the city) in place of sites. The day of a group is the mean of its
    /// sites' days; an item needs three quarters of the sites (unverified).
    #[arg(long, value_name = "FILE")]
    groups: Option<String>,
    /// Turn gases to this reference temperature (273.15 or 298.15 K) to compare across 2018-09-01, from when they are reported at
    /// 298.15 K; as reported unless given.
    #[arg(long, value_name = "KELVIN", value_parser = parse_kelvin)]
    gases_at: Option<Decimal>,
    #[command(flatten)]
    pub(crate) table: TableArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Rows {
    Day,
    Hour,
}

fn parse_kelvin(text: &str) -> Result<Decimal, String> {
    match text {
        "273.15" | "298.15" => text.parse().map_err(|_| String::new()),
        _ => Err("not a reference temperature; write 273.15 or 298.15".to_owned()),
    }
}

impl SourceArgs {
    /// The days of a period, or all days.
    pub(super) fn read(
        &self,
        law: &Standards,
        period: Option<ReportPeriod>,
        input: impl Read + Send,
        messages: &mut dyn Write,
    ) -> Result<Vec<Site>, AssessError> {
        let choice = daily::limits(law, &self.place.table.edition)?;
        let standard = |day| choice.of(day);
        let sites = match self.rows {
            Rows::Day => daily::read(&self.place.table, law, period, input, messages)?,
            Rows::Hour => hourly::read(&self.place.table, law, &standard, period, input, messages)?,
        };
        self.place.settle(sites, law, &standard, messages)
    }
}

impl PlaceArgs {
    /// Turns gases and makes places of sites, as far as it is asked for.
    pub(super) fn settle<'a>(
        &self,
        sites: Vec<Site>,
        law: &Standards,
        standard: &dyn Fn(NaiveDate) -> Option<&'a AirStandard>,
        messages: &mut dyn Write,
    ) -> Result<Vec<Site>, AssessError> {
        let series = |site: Site| {
            let values = site.days.iter().map(|day| (day.day, self.turned(day, standard)));
            Series { values: values.collect(), name: site.name, notes: site.notes }
        };
        let days = |series: Series<NaiveDate>| {
            let days = series.values.into_iter().map(|(day, values)| AirDay { day, values });
            Site { days: days.collect(), name: series.name, notes: series.notes }
        };
        let joined = self.join(sites.into_iter().map(series).collect(), |day| percent(law, day), messages)?;
        Ok(joined.into_iter().map(days).collect())
    }

    /// The same for hours.
    pub(super) fn settle_hours<'a>(
        &self,
        sites: Vec<Hours>,
        law: &Standards,
        standard: &dyn Fn(NaiveDate) -> Option<&'a AirStandard>,
        messages: &mut dyn Write,
    ) -> Result<Vec<Series<Instant>>, AssessError> {
        let zone = self.table.zone;
        let series = |site: Hours| {
            let hours = site.in_order().flat_map(|hours| {
                (1..=24_u32).filter_map(|end| {
                    let values = self.turned(&AirDay { day: hours.day, values: hours.hour(end)? }, standard);
                    Some((zone.start_of(hours.day) + TimeDelta::hours(end.into()), values))
                })
            });
            Series { values: hours.collect(), name: site.name.clone(), notes: site.notes.clone() }
        };
        let percent = |end| percent(law, zone.day_of_end(end));
        self.join(sites.into_iter().map(series).collect(), percent, messages)
    }

    fn turned<'a>(
        &self,
        day: &AirDay,
        standard: &dyn Fn(NaiveDate) -> Option<&'a AirStandard>,
    ) -> Concentrations {
        let turned = self.gases_at.and_then(|kelvin| air::at_reference(day, standard(day.day)?, kelvin));
        turned.map_or(day.values, |turned| turned.values)
    }

    fn join<T: Ord + Copy>(
        &self,
        sites: Vec<Series<T>>,
        percent: impl Fn(T) -> u32 + Copy,
        messages: &mut dyn Write,
    ) -> Result<Vec<Series<T>>, AssessError> {
        match &self.groups {
            Some(path) => Groups::read(path)?.join(percent, &sites, messages),
            None => Ok(sites),
        }
    }
}

/// The share of its sites that a place needs on a day.
fn percent(law: &Standards, day: NaiveDate) -> u32 {
    on_day(&law.evaluation, day).map_or(100, |evaluation| evaluation.sites_percent)
}
