//! Arguments of `lanbi db`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::{Output, review::stamp};
use crate::assess::Stamp;

#[derive(Subcommand, Debug)]
pub(crate) enum DbCommand {
    /// What the store is and holds.
    Status {
        /// Form of the result.
        #[arg(long, value_enum, default_value_t = Output::Text)]
        output: Output,
    },
    /// Make the store if it is not there and bring its schema up to date.
    Migrate,
    /// Write the store to a folder that `db restore` reads on any backend, or its values to one CSV.
    ///
    /// The folder holds everything the account tells of at the beginning of the export, and what arrived meanwhile may
    /// be in it too; days touched meanwhile are derived again after a restore. Stop the service for a picture of one
    /// moment: the manifest says whether anything arrived. With --from, --to or --station the folder holds values with
    /// their history only, and is for reading, not for `db restore`.
    Export(ExportArgs),
    /// Put an exported folder into an empty store, and compare every value with the export at the end.
    Restore {
        /// The exported folder.
        #[arg(value_name = "DIR")]
        dir: PathBuf,
    },
}

#[derive(Args, Debug)]
pub(crate) struct ExportArgs {
    /// Folder to make, or with --flat the file to write (- is standard output).
    #[arg(long, value_name = "DIR|FILE")]
    pub out: PathBuf,
    /// Form of the values.
    #[arg(long, value_enum, default_value_t = BackupFormat::Csv)]
    pub format: BackupFormat,
    /// One CSV of values for people: station,name,parameter,unit,period,time,value,flags. Times are local, an hour's
    /// names its end, flags are words; it begins with a byte order mark, so that spreadsheets read the Chinese.
    #[arg(long)]
    pub flat: bool,
    /// First stamp, local to the station; a day or a month means all of its values.
    #[arg(long, value_name = "T", value_parser = stamp)]
    pub from: Option<Stamp>,
    /// Last stamp, local to the station; a day or a month means all of its values.
    #[arg(long, value_name = "T", value_parser = stamp)]
    pub to: Option<Stamp>,
    /// Only this station; may be given several times.
    #[arg(long = "station", value_name = "S")]
    pub stations: Vec<String>,
}

impl ExportArgs {
    /// Whether all of the store is meant.
    pub(crate) fn whole(&self) -> bool {
        self.from.is_none() && self.to.is_none() && self.stations.is_empty()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum BackupFormat {
    /// CSV, compressed with gzip.
    Csv,
}
