//! The command line. Names, columns and exit codes are a contract with scripts and outside checks.

mod db;
mod dead_letters;
mod hj212;
mod import;
mod records;
mod replay;
mod review;
mod stations;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use lanbi_model::ReportPeriod;

pub(crate) use db::{BackupFormat, DbCommand, ExportArgs};
pub(crate) use dead_letters::{DeadLettersCommand, ReplayLettersArgs};
pub(crate) use hj212::{DecodeArgs, EncodeArgs, Hj212Command};
pub(crate) use import::{Form, ImportFilesArgs};
pub(crate) use records::{PatrolsCommand, ProblemsCommand, RecordsArgs, StepArgs, StretchOfChief};
pub(crate) use replay::{LoggerArgs, Mischief, ReplayArgs, ReplayForm, SentSum};
pub(crate) use review::{DecideArgs, ImportArgs, RecheckArgs, ReviewCommand, StretchArgs, Wanted};
pub(crate) use stations::{AcceptArgs, LogArgs, StationsCommand};

/// A district environmental bureau's own station: ingest, law, alarms, reports (蓝碧: blue sky, clear water).
///
/// Exit status: 0 done; 1 could not be done (the message on stderr names the remedy); 2 wrong usage.
#[derive(Parser, Debug)]
#[command(name = "lanbi", version, max_term_width = 110)]
pub(crate) struct Cli {
    /// Settings file; LANBI_CONFIG names one too. `lanbi config show` prints what is in force.
    #[arg(long, global = true, env = "LANBI_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand, Debug)]
pub(crate) enum Command {
    /// Everything embedded, nothing else installed: a simulated district from sensor to signed report.
    Demo(DemoArgs),
    /// The service: broker to store, alarms, pages.
    Run(RunArgs),
    /// Send recorded files as sensors would: as messages to a broker, or as data loggers of HJ 212.
    Replay(ReplayArgs),
    /// Recorded files straight into the store, as if stations had sent them. Started again after a stop it goes on where it
    /// was; a file that is in is passed over, a changed one brings what has changed.
    Import(ImportFilesArgs),
    /// Write a report from the store.
    Report(ReportArgs),
    /// Pure computation on a CSV, no store.
    Assess(crate::assess::AssessArgs),
    /// Frames of data loggers (HJ 212) to JSON and back, no store.
    #[command(subcommand)]
    Hj212(Hj212Command),
    /// Alarms in the store.
    #[command(subcommand)]
    Alarms(AlarmsCommand),
    /// Look at values, and decide on them: set invalid, restore, correct; have days checked again.
    #[command(subcommand)]
    Review(ReviewCommand),
    /// Input that could not be stored.
    #[command(subcommand)]
    DeadLetters(DeadLettersCommand),
    /// Patrols of river chiefs (巡河): keep them from files, list them.
    #[command(subcommand)]
    Patrols(PatrolsCommand),
    /// Problems along the waters and the steps taken about them, from being found to being closed (发现 to 销号).
    #[command(subcommand)]
    Problems(ProblemsCommand),
    /// Stations and river chiefs: what is listed, who is online, what loggers say, new devices.
    #[command(subcommand)]
    Stations(StationsCommand),
    /// The register of outlets (入河排污口台账).
    #[command(subcommand)]
    Outlets(OutletsCommand),
    /// The store itself: what it holds, migration, backup.
    #[command(subcommand)]
    Db(DbCommand),
    /// Checks settings, stations, store, clock, disk and broker; says of each trouble what to do about it.
    Doctor(DoctorArgs),
    /// Editions of standards known to the program.
    #[command(subcommand)]
    Standards(StandardsCommand),
    /// Settings in force.
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Figures of this machine, as ratios to a limit measured in the same run.
    #[command(subcommand)]
    Bench(crate::bench::args::BenchCommand),
}

#[derive(Args, Debug)]
pub(crate) struct DemoArgs {
    /// Where the demo keeps its store and reports; an earlier demo there is replaced.
    #[arg(long, value_name = "DIR", default_value = "lanbi-demo")]
    pub data_dir: PathBuf,
    /// Seed of the simulation: the same seed gives the same district to the last byte.
    #[arg(long, default_value_t = 20_260_301)]
    pub seed: u64,
    /// Months to simulate, ending with 2026-10 (with --live: up to now).
    #[arg(long, default_value_t = 13, value_parser = clap::value_parser!(u32).range(1..=60))]
    pub months: u32,
    /// Go on in real time afterwards, until interrupted.
    #[arg(long)]
    pub live: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Role {
    /// Ingest and pages.
    All,
    /// Broker to store, roll-up and alarms.
    Ingest,
    /// Pages only.
    Serve,
}

#[derive(Args, Debug)]
pub(crate) struct RunArgs {
    /// What this process does.
    #[arg(long, value_enum, default_value_t = Role::All)]
    pub role: Role,
    /// Name of this worker among several that share the topics (mqtt.share_group); becomes part of its MQTT client id
    /// and stays the same over restarts, because the broker keeps what the worker has not acknowledged under it.
    #[arg(long, value_name = "NAME")]
    pub worker: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportKind {
    /// 环境质量日报.
    Daily,
    /// 环境质量月报.
    Monthly,
    /// 水环境质量报告 of a month, quarter or year.
    Water,
    /// 河长每日巡查单 of a day, 河长制工作月报 of a month.
    RiverChief,
    /// 入河排污口监测报告, of a day, month, quarter or year.
    Outlet,
    /// 黑臭水体治理与监测报告, of a month or quarter.
    BlackOdor,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportFormat {
    Html,
    Json,
}

impl ReportFormat {
    /// Name on the command line and in the store.
    pub(crate) const fn key(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Json => "json",
        }
    }

    /// Finds a format by its name.
    pub(crate) fn from_key(key: &str) -> Option<Self> {
        [Self::Html, Self::Json].into_iter().find(|format| format.key() == key)
    }
}

#[derive(Args, Debug)]
pub(crate) struct ReportArgs {
    /// What to report.
    #[arg(value_enum)]
    pub kind: ReportKind,
    /// 2026-10-05, 2026-10, 2026-Q3 or 2026.
    #[arg(long)]
    pub period: ReportPeriod,
    /// Only stations of this area.
    #[arg(long)]
    pub area: Option<String>,
    /// Formats, separated by commas.
    #[arg(long, value_enum, value_delimiter = ',', default_value = "html")]
    pub format: Vec<ReportFormat>,
    /// Folder to write to; the settings' report folder unless given.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

#[derive(Subcommand, Debug)]
pub(crate) enum AlarmsCommand {
    /// Alarms, newest first, as tab-separated lines.
    List {
        /// Only those that still stand.
        #[arg(long)]
        standing: bool,
        /// Also those that late or revised values have shown to be none, with a column `withdrawn_at`.
        #[arg(long)]
        withdrawn: bool,
        /// Only this station.
        #[arg(long)]
        station: Option<String>,
    },
}

/// Form of a command's result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Output {
    /// Tab-separated lines.
    Text,
    /// One JSON document.
    Json,
}

#[derive(Args, Debug)]
pub(crate) struct DoctorArgs {
    /// Form of the result.
    #[arg(long, value_enum, default_value_t = Output::Text)]
    pub output: Output,
}

#[derive(Subcommand, Debug)]
pub(crate) enum OutletsCommand {
    /// Where each outlet of the register stands, and what is amiss with it, as tab-separated lines.
    List {
        /// Only those in this state, such as in-rectification or 整治中.
        #[arg(long)]
        state: Option<String>,
        /// Only those of this class of HJ 1312, such as factory or 工业企业排污口.
        #[arg(long)]
        class: Option<String>,
        /// Only those on this water.
        #[arg(long)]
        water: Option<String>,
        /// As it stood on this day; today unless given.
        #[arg(long, value_name = "DATE")]
        on: Option<chrono::NaiveDate>,
    },
}

#[derive(Subcommand, Debug)]
pub(crate) enum StandardsCommand {
    /// Every edition with its dates and confidence.
    List,
    /// One edition as the program holds it: each number with its clause, and the mark of what is not confirmed.
    Show {
        /// As the list names it, for example GB3095-2026.
        id: String,
    },
}

#[derive(Subcommand, Debug)]
pub(crate) enum ConfigCommand {
    /// Each effective value with its origin; secrets are hidden.
    Show,
}
