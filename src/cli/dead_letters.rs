//! Arguments of `lanbi dead-letters`.

use std::path::PathBuf;

use clap::{ArgGroup, Args, Subcommand};

#[derive(Subcommand, Debug)]
pub(crate) enum DeadLettersCommand {
    /// Dead letters, newest first, as tab-separated lines.
    List {
        /// Only this reason, for example unknown-station.
        #[arg(long)]
        reason: Option<String>,
        /// Only those with something still rejected.
        #[arg(long)]
        open: bool,
        /// At most so many.
        #[arg(long, default_value_t = 100)]
        limit: u32,
    },
    /// One dead letter with its bytes.
    Show {
        /// Number as listed.
        id: i64,
    },
    /// Decode letters again, with the stations and settings of now, and store what they hold after all. What is stored
    /// already is recognised; a running service need not be stopped.
    Replay(ReplayLettersArgs),
    /// How much lies with the dead letters, the bounds, and whether the warning before letting go stands.
    Stock,
    /// Write letters with their bytes to a file, one JSON object a line, oldest first, to keep them for longer.
    Export {
        /// File to write; - is standard output.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// Only this reason.
        #[arg(long)]
        reason: Option<String>,
        /// Only those with something still rejected.
        #[arg(long)]
        open: bool,
    },
}

/// Which letters to replay; every condition given must hold. Letters with nothing rejected any more are passed over.
#[derive(Args, Debug)]
#[command(group = ArgGroup::new("which").required(true).multiple(true).args(["id", "reason", "source", "all"]))]
pub(crate) struct ReplayLettersArgs {
    /// A letter by its number; may be given several times.
    #[arg(long, value_name = "N")]
    pub id: Vec<i64>,
    /// Letters of this reason, for example unknown-station.
    #[arg(long)]
    pub reason: Option<String>,
    /// Letters whose source begins so, for example lanbi/v1/air-07.
    #[arg(long, value_name = "TOPIC")]
    pub source: Option<String>,
    /// All letters.
    #[arg(long)]
    pub all: bool,
    /// Only show what would be stored.
    #[arg(long)]
    pub dry_run: bool,
}
