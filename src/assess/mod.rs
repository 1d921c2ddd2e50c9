//! `lanbi assess`: pure computation on a CSV, rows in, rows out, no store. The contract of columns, words and exit codes
//! is the help text and the tests here.

mod air;
mod allowance;
mod allowances;
mod attainment;
mod black_odor;
mod black_odor_rows;
mod black_odor_watch;
mod cell;
mod chiefs;
mod composite;
mod coverage;
mod daily;
mod days;
mod error;
mod events;
mod forecast;
mod forecasts;
mod groups;
mod hourly;
mod load;
mod load_rows;
mod means;
mod network;
mod output;
mod rank;
mod rank_sum;
mod roster;
mod roster_events;
mod sheet;
mod source;
mod stamp;
mod table;
mod target;
mod timeline;
mod trend;
mod upstream;
mod warnings;
mod water;
mod waters;

use std::io::{self, Read, Write};
use std::path::Path;

use lanbi_model::standard::Standards;

pub(crate) use allowances::{Allowance, read as read_allowances};
pub(crate) use chiefs::register::{Reach, read as read_reaches};
pub(crate) use error::AssessError;
pub(crate) use events::Events;
pub(crate) use forecasts::read_forecasts;
pub(crate) use network::RiverFile;
pub(crate) use roster_events::{RosterBody, read as read_roster};
pub(crate) use sheet::open as open_table;
pub(crate) use stamp::Stamp;
pub(crate) use table::{Column, Table};
pub(crate) use waters::samplings::Samplings;

/// Grade the rows of a CSV by the standards in force on their dates.
#[derive(Debug, clap::Args)]
pub(crate) struct AssessArgs {
    #[command(subcommand)]
    kind: Kind,
}

#[derive(Debug, clap::Subcommand)]
enum Kind {
    /// AQI of hours or days: time,site,pm25,pm10,so2,no2,co,o3,o3_8h (ug/m3, CO mg/m3).
    Air(air::AirArgs),
    /// What is left of a year's allowance of total load, and where the year ends: time,site,load_kg by day.
    #[command(after_long_help = allowance::HELP)]
    Allowance(allowance::AllowanceArgs),
    /// Whether a year keeps the limits: columns as composite.
    #[command(after_long_help = attainment::HELP)]
    Attainment(attainment::AttainmentArgs),
    /// Grade of ditches: time,body,point,chainage_m,depth_cm,transparency_cm,do,orp_mv,nh3n and clear.
    #[command(after_long_help = black_odor::HELP)]
    BlackOdor(black_odor::BlackOdorArgs),
    /// Figures and composite index of a month, quarter or year: time,site,pm25,pm10,so2,no2,co,o3_8h by day.
    #[command(after_long_help = composite::HELP)]
    Composite(composite::CompositeArgs),
    /// Days of a month, quarter or year by level and primary pollutant: columns as composite.
    #[command(after_long_help = days::HELP)]
    Days(days::DaysArgs),
    /// The air of the next days, and how wrong such forecasts were: columns as composite.
    #[command(after_long_help = forecast::HELP)]
    Forecast(forecast::ForecastArgs),
    /// Monthly loads: time,site,conc_mg_l and flow_m3s or flow_m3.
    #[command(after_long_help = load::HELP)]
    Load(load::LoadArgs),
    /// State of rivers, basins and lakes over a period from their sections: columns as sections.
    #[command(after_long_help = waters::basin::HELP)]
    Basin(waters::basin::BasinArgs),
    /// 城市水质指数 over a period: columns as sections.
    #[command(after_long_help = waters::cwqi::HELP)]
    Cwqi(waters::cwqi::CwqiArgs),
    /// Scores and places of districts by the rule of 河长制考核: district,reach,target,codmn,nh3n,tp,do.
    #[command(after_long_help = chiefs::score::HELP)]
    ChiefScore(chiefs::score::ChiefScoreArgs),
    /// Daily means of hours: time,site,pm25,pm10,so2,no2,co,o3; one row a day.
    #[command(after_long_help = means::HELP)]
    Means(means::MeansArgs),
    /// Places of districts: district and the figures of the rule.
    #[command(after_long_help = rank::HELP)]
    Rank(rank::RankArgs),
    /// Shares of grades or classes by the length of reaches: reach,length_km,grade.
    #[command(after_long_help = chiefs::shares::HELP)]
    ReachShares(chiefs::shares::ReachSharesArgs),
    /// Where the waters of the black-odorous list stand: date,body,event and what the event needs.
    #[command(after_long_help = roster::HELP)]
    Roster(roster::RosterArgs),
    /// Class, state, main pollutants and target of river sections over a period: time,section,body and any item (mg/L).
    #[command(after_long_help = waters::sections::HELP)]
    Sections(waters::sections::SectionArgs),
    /// Trophic index of lakes: time,section,chla,tp,tn,transparency_cm,codmn.
    #[command(after_long_help = waters::tli::HELP)]
    Tli(waters::tli::TliArgs),
    /// Which outlets above a section fit in time with its worsening: time,place,flow_m3s and any item of assess water.
    #[command(after_long_help = upstream::HELP)]
    Upstream(upstream::UpstreamArgs),
    /// Heavy-pollution warnings of hours and forecasts: time,site,pm25,pm10,so2,no2,co,o3.
    #[command(after_long_help = warnings::HELP)]
    Warnings(warnings::WarningsArgs),
    /// Where a year stands against its targets, and how probable it is that they are kept: columns as composite.
    #[command(after_long_help = target::HELP)]
    Target(target::TargetArgs),
    /// Clean ditches that slip back: columns as black-odor.
    #[command(after_long_help = black_odor_watch::HELP)]
    Watch(black_odor_watch::WatchArgs),
    /// Class of surface water: time,section,body and any item of GB 3838 (mg/L).
    Water(water::WaterArgs),
    /// Whether series rise or fall, and how fast: time,series,value; one row a series.
    ///
    /// Status is ok, few (less than 5 values, or 3 cycles of seasons) or missing, followed by no-dates (a slope per day, month
    /// or year of times that are none), invalid:time, invalid:value and censored:value where they apply. Probabilities are
    /// two-sided; with few values, or with values that follow one another closely, they are rough.
    Trend(trend::TrendArgs),
}

/// Reads the input, writes the result to standard output and one line for each unusable cell to standard error.
///
/// # Errors
/// A wrong option (exit 2); an input that cannot be read, is not UTF-8, or whose columns are wrong (exit 1).
pub(crate) fn run(args: &AssessArgs, law: &Standards) -> Result<(), AssessError> {
    let path = match &args.kind {
        Kind::Air(air) => &air.table.input,
        Kind::Allowance(allowance) => &allowance.table.input,
        Kind::Attainment(attainment) => &attainment.source.place.table.input,
        Kind::BlackOdor(ditches) => &ditches.rows.table.input,
        Kind::ChiefScore(score) => &score.input,
        Kind::Composite(composite) => &composite.source.place.table.input,
        Kind::Days(days) => &days.source.place.table.input,
        Kind::Forecast(forecast) => &forecast.source.place.table.input,
        Kind::Load(load) => &load.table.input,
        Kind::Basin(basin) => &basin.rows.table.input,
        Kind::Cwqi(cwqi) => &cwqi.rows.table.input,
        Kind::Means(means) => &means.place.table.input,
        Kind::Rank(rank) => &rank.input,
        Kind::ReachShares(shares) => &shares.input,
        Kind::Roster(roster) => &roster.table.input,
        Kind::Sections(sections) => &sections.rows.table.input,
        Kind::Target(target) => &target.source.place.table.input,
        Kind::Tli(tli) => &tli.table.input,
        Kind::Upstream(upstream) => &upstream.table.input,
        Kind::Warnings(warnings) => &warnings.place.table.input,
        Kind::Watch(watch) => &watch.rows.table.input,
        Kind::Water(water) => &water.table.input,
        Kind::Trend(trend) => &trend.table.input,
    };
    let output = io::BufWriter::new(io::stdout().lock());
    let mut messages = io::stderr().lock();
    if path == "-" {
        return run_on(args, law, io::stdin(), output, &mut messages);
    }
    run_on(args, law, sheet::open(Path::new(path))?, output, &mut messages)
}

fn run_on(
    args: &AssessArgs,
    law: &Standards,
    input: impl Read + Send,
    output: impl Write,
    messages: &mut dyn Write,
) -> Result<(), AssessError> {
    let result = match &args.kind {
        Kind::Air(args) => air::run(args, law, input, output, messages),
        Kind::Allowance(args) => allowance::run(args, input, output, messages),
        Kind::Attainment(args) => attainment::run(args, law, input, output, messages),
        Kind::BlackOdor(args) => black_odor::run(args, law, input, output, messages),
        Kind::ChiefScore(args) => chiefs::score::run(args, law, input, output, messages),
        Kind::Composite(args) => composite::run(args, law, input, output, messages),
        Kind::Days(args) => days::run(args, law, input, output, messages),
        Kind::Forecast(args) => forecast::run(args, law, input, output, messages),
        Kind::Load(args) => load::run(args, law, input, output, messages),
        Kind::Basin(args) => waters::basin::run(args, law, input, output, messages),
        Kind::Cwqi(args) => waters::cwqi::run(args, law, input, output, messages),
        Kind::Means(args) => means::run(args, law, input, output, messages),
        Kind::ReachShares(args) => chiefs::shares::run(args, law, input, output, messages),
        Kind::Rank(args) => rank::run(args, law, input, output, messages),
        Kind::Roster(args) => roster::run(args, law, input, output, messages),
        Kind::Sections(args) => waters::sections::run(args, law, input, output, messages),
        Kind::Tli(args) => waters::tli::run(args, law, input, output, messages),
        Kind::Target(args) => target::run(args, law, input, output, messages),
        Kind::Upstream(args) => upstream::run(args, law, input, output, messages),
        Kind::Warnings(args) => warnings::run(args, law, input, output, messages),
        Kind::Watch(args) => black_odor_watch::run(args, law, input, output, messages),
        Kind::Water(args) => water::run(args, law, input, output, messages),
        Kind::Trend(args) => trend::run(args, input, output, messages),
    };
    match result {
        Err(AssessError::OutputClosed) => Ok(()),
        other => other,
    }
}

#[cfg(test)]
mod tests;
