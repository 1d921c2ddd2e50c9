//! Arguments of `lanbi stations`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::review::stamp;
use crate::assess::Stamp;

#[derive(Subcommand, Debug)]
pub(crate) enum StationsCommand {
    /// Print a first stations.toml for the stations found in recorded files.
    Draft {
        /// Recorded files.
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// A built-in mapping by name, or a mapping file.
        #[arg(long, value_name = "NAME|FILE")]
        mapping: String,
    },
    /// Read the station file and say what is in it.
    Check,
    /// Each station with the time of its last value, whether it is online, late or silent, its last dead letter, and how
    /// many alarms stand and problems on its water are open, as tab-separated lines.
    Status,
    /// What loggers said besides values (日志、设备状态、留样、仪器编号), newest first, as tab-separated lines.
    Log(LogArgs),
    /// Entries for stations.toml, made from the dead letters of devices that no station stands for, and the parameters
    /// that stations send and do not list.
    Suggest {
        /// Only letters received on this day or later.
        #[arg(long, value_name = "DAY")]
        since: Option<chrono::NaiveDate>,
        /// One JSON document.
        #[arg(long)]
        json: bool,
    },
    /// Add a suggested device to the end of the station file, then replay its letters.
    Accept(AcceptArgs),
}

#[derive(Args, Debug)]
pub(crate) struct LogArgs {
    /// Only this station, by id.
    pub station: Option<String>,
    /// Only this command, for example 3020; may be given several times.
    #[arg(long = "command", value_name = "CN")]
    pub commands: Vec<String>,
    /// First stamp, local to UTC+8; a day or a month means all of it.
    #[arg(long, value_name = "T", value_parser = stamp)]
    pub from: Option<Stamp>,
    /// Last stamp, local to UTC+8; a day or a month means all of it.
    #[arg(long, value_name = "T", value_parser = stamp)]
    pub to: Option<Stamp>,
    /// At most so many; 0 for all.
    #[arg(long, default_value_t = 100)]
    pub limit: u32,
}

/// What a person decides of a device. The rest of the entry is what `lanbi stations suggest` prints.
#[derive(Args, Debug)]
pub(crate) struct AcceptArgs {
    /// The device as `lanbi stations suggest` names it: an MN, or the id that it sends.
    #[arg(value_name = "ID_OR_MN")]
    pub device: String,
    /// Kind of station.
    #[arg(long, value_parser = ["air", "section", "outlet", "ditch"])]
    pub kind: String,
    /// Id of the station; the device's own name unless given.
    #[arg(long)]
    pub id: Option<String>,
    /// Name as printed; the id unless given.
    #[arg(long)]
    pub name: Option<String>,
    /// District or area that the station counts for.
    #[arg(long)]
    pub area: Option<String>,
    /// The water that it stands on or discharges to.
    #[arg(long)]
    pub water: Option<String>,
    /// Limits of an outlet, for example DB12-599-2015/A.
    #[arg(long, value_name = "STANDARD/GRADE", required_if_eq("kind", "outlet"))]
    pub limits: Option<String>,
    /// Class from 1 to 5 that a section has to reach.
    #[arg(long, value_name = "CLASS", value_parser = clap::value_parser!(u8).range(1..=5))]
    pub target: Option<u8>,
}
