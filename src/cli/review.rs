//! Arguments of `lanbi review`.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args, Subcommand};
use lanbi_model::{AveragingPeriod, Decimal, Parameter};

use crate::assess::Stamp;

#[derive(Subcommand, Debug)]
pub(crate) enum ReviewCommand {
    /// Values with their flags, as tab-separated lines.
    Show {
        #[command(flatten)]
        stretch: StretchArgs,
        /// Also the values that counted earlier, oldest first, with who replaced each and why.
        #[arg(long)]
        history: bool,
    },
    /// 置无效: the values stay readable and leave every mean.
    Invalidate(DecideArgs),
    /// 恢复: what the station sent counts, whatever the device or the checks say against it.
    Restore(DecideArgs),
    /// 修正: another number counts in place of what the station sent.
    Correct {
        #[command(flatten)]
        decide: DecideArgs,
        /// The number, in the parameter's unit.
        #[arg(long, value_name = "X", allow_hyphen_values = true)]
        value: Decimal,
    },
    /// Take many decisions from a CSV: station,parameter,period,time,decision,value,by,reason. All rows are checked
    /// before the first is taken.
    Import(ImportArgs),
    /// 复检: have the checks as they are now look at days that were checked before. They only add flags; day means, alarms
    /// and written reports follow. What a looser check would no longer find stays until a person decides.
    Recheck(RecheckArgs),
}

/// Values of a station. Times are local to the station, written YYYY-MM-DDTHH:MM, YYYY-MM-DD or YYYY-MM; the stamp
/// of an hour names its end, and both ends belong to the stretch.
#[derive(Args, Debug)]
pub(crate) struct StretchArgs {
    /// Station id.
    pub station: String,
    /// A parameter by its key, such as pm25, or all; may be given several times.
    #[arg(long = "parameter", value_name = "P|all", required = true, value_parser = wanted)]
    pub parameters: Vec<Wanted>,
    /// Averaging period, such as moment, 1m or 1h; the station's own unless given.
    #[arg(long, value_parser = period)]
    pub period: Option<AveragingPeriod>,
    /// First stamp; a day or a month means all of its values.
    #[arg(long, value_name = "T", value_parser = stamp)]
    pub from: Stamp,
    /// Last stamp; a day or a month means all of its values.
    #[arg(long, value_name = "T", value_parser = stamp)]
    pub to: Stamp,
}

#[derive(Args, Debug)]
pub(crate) struct DecideArgs {
    #[command(flatten)]
    pub stretch: StretchArgs,
    /// Who decides; stands beside the value for good.
    #[arg(long, value_name = "NAME")]
    pub by: String,
    /// Why; stands beside the value for good.
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
    /// Only show what would change.
    #[arg(long)]
    pub dry_run: bool,
}

#[derive(Args, Debug)]
pub(crate) struct ImportArgs {
    /// The CSV; - is standard input. An empty period means the station's own, a value goes with `correct` only.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Only show what would change.
    #[arg(long)]
    pub dry_run: bool,
}

/// Days of one station or of all. Days are local to each station.
#[derive(Args, Debug)]
pub(crate) struct RecheckArgs {
    /// Station id.
    #[arg(long, value_name = "ID", required_unless_present = "all", conflicts_with = "all")]
    pub station: Option<String>,
    /// Every station of the registry.
    #[arg(long)]
    pub all: bool,
    /// First day.
    #[arg(long, value_name = "DAY")]
    pub from: NaiveDate,
    /// Last day.
    #[arg(long, value_name = "DAY")]
    pub to: NaiveDate,
}

/// Which parameters are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    All,
    One(Parameter),
}

fn wanted(text: &str) -> Result<Wanted, String> {
    if text == "all" {
        return Ok(Wanted::All);
    }
    Parameter::from_key(text).map(Wanted::One).ok_or_else(|| {
        "no such parameter; write a key of GLOSSARY.md such as pm25 or codmn, or all".to_owned()
    })
}

fn period(text: &str) -> Result<AveragingPeriod, String> {
    AveragingPeriod::parse(text).ok_or_else(|| "not a period; write moment, 1m, 1h or 1d".to_owned())
}

pub(super) fn stamp(text: &str) -> Result<Stamp, String> {
    Stamp::parse(text).ok_or_else(|| {
        "not a time; write YYYY-MM-DDTHH:MM, YYYY-MM-DD or YYYY-MM, local to the station".to_owned()
    })
}
