//! What `lanbi bench` is told on the command line.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

#[derive(Subcommand, Debug)]
pub(crate) enum BenchCommand {
    /// Messages a second from broker to store, beside what broker and store can do at most.
    ///
    /// A session is filled while nobody reads, then drained: once by a client that does nothing, once by `lanbi run
    /// --role ingest`. The same rows are inserted with nothing else. Then messages come at a steady rate, and the time
    /// from publish to commit is taken. Exit status 1 where a value is lost, doubled or changed.
    Ingest(IngestArgs),
    /// A steady flow for a long time: does the worker's memory grow?
    Soak(SoakArgs),
    /// Insert rate and the time of one query while a store grows.
    Grow(GrowArgs),
    /// Data loggers at once over HJ 212: how long each waits for its answer. Exit status 1 where one is not answered or lost.
    Stations(StationsArgs),
    /// Years of hours judged: from memory, and from a file beside scripts that do the same.
    Assess(AssessArgs),
    /// Drain a session and do nothing with it (used by `ingest`).
    #[command(hide = true)]
    DrainOnly(DrainOnlyArgs),
    /// The embedded broker in a process of its own (used by `ingest` where Mosquitto is not installed).
    #[command(hide = true)]
    Broker(BrokerArgs),
}

/// Form of the result on stdout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum OutputForm {
    /// For reading.
    Table,
    /// One JSON object.
    Json,
}

/// Where to measure.
#[derive(Args, Clone, Debug)]
pub(crate) struct Place {
    /// A broker that is there already; without it Mosquitto is started where it is installed, else the embedded broker.
    #[arg(long, value_name = "URL")]
    pub broker: Option<String>,
    /// sqlite:PATH or postgres://user@host/database, with nothing in it but measurements; without it a new SQLite file.
    #[arg(long, value_name = "URI")]
    pub store: Option<String>,
    /// Process id of the database server, where it is on this machine and not found by its port.
    #[arg(long, value_name = "PID")]
    pub pg_pid: Option<u32>,
    /// Messages that may be unacknowledged, as `mqtt.receive_maximum`.
    #[arg(long, default_value_t = 4000, value_parser = clap::value_parser!(u16).range(1..))]
    pub receive_maximum: u16,
    /// Values in a batch at most, as `ingest.batch_values`.
    #[arg(long, default_value_t = 5000, value_parser = clap::value_parser!(u32).range(1..))]
    pub batch_values: u32,
    /// Seed of the values.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Form of the result.
    #[arg(long, value_enum, default_value_t = OutputForm::Table)]
    pub output: OutputForm,
}

#[derive(Args, Debug)]
pub(crate) struct IngestArgs {
    #[command(flatten)]
    pub place: Place,
    /// Messages in the session before the drain.
    #[arg(long, default_value_t = 300_000, value_parser = clap::value_parser!(u32).range(100..))]
    pub messages: u32,
    /// Messages a second while the time from publish to commit is taken.
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..))]
    pub rate: u32,
    /// Seconds of that.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    pub seconds: u32,
}

#[derive(Args, Debug)]
pub(crate) struct SoakArgs {
    #[command(flatten)]
    pub place: Place,
    /// Messages a second.
    #[arg(long, default_value_t = 5000, value_parser = clap::value_parser!(u32).range(1..))]
    pub rate: u32,
    /// How long.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..))]
    pub minutes: u32,
}

#[derive(Args, Debug)]
pub(crate) struct StationsArgs {
    /// Loggers, each with a frame a second.
    #[arg(long, default_value_t = 2000, value_parser = clap::value_parser!(u32).range(1..=20_000))]
    pub stations: u32,
    /// Connections beside them that send rubbish, or a frame byte by byte.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(0..=1000))]
    pub misbehaving: u32,
    /// How long.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..))]
    pub seconds: u32,
    /// sqlite:PATH or postgres://user@host/database, with nothing in it but measurements; without it a new SQLite file.
    #[arg(long, value_name = "URI")]
    pub store: Option<String>,
    /// Form of the result.
    #[arg(long, value_enum, default_value_t = OutputForm::Table)]
    pub output: OutputForm,
}

#[derive(Args, Debug)]
pub(crate) struct GrowArgs {
    /// sqlite:PATH or postgres://user@host/database, with nothing in it but measurements; without it a new SQLite file.
    #[arg(long, value_name = "URI")]
    pub store: Option<String>,
    /// Values in the store at which it is measured, separated by commas, ascending.
    #[arg(long, value_delimiter = ',', default_value = "1000000,10000000,50000000", value_name = "VALUES")]
    pub rows: Vec<u64>,
    /// Values in a batch.
    #[arg(long, default_value_t = 5000, value_parser = clap::value_parser!(u32).range(1..))]
    pub batch_values: u32,
    /// Seed of the values.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Form of the result.
    #[arg(long, value_enum, default_value_t = OutputForm::Table)]
    pub output: OutputForm,
}

#[derive(Args, Debug)]
pub(crate) struct AssessArgs {
    /// Stations.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub stations: u32,
    /// Years, from 2016.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=15))]
    pub years: u32,
    /// River sections, of one year.
    #[arg(long, default_value_t = 20_000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub sections: u32,
    /// A Python that has polars or pandas; what it lacks is not run.
    #[arg(long, value_name = "PATH", default_value = "python3")]
    pub python: PathBuf,
    /// Folder of the scripts.
    #[arg(long, value_name = "DIR", default_value = "benches/peers")]
    pub peers: PathBuf,
    /// Seed of the values.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Form of the result.
    #[arg(long, value_enum, default_value_t = OutputForm::Table)]
    pub output: OutputForm,
}

#[derive(Args, Debug)]
pub(crate) struct DrainOnlyArgs {
    /// Broker.
    #[arg(long)]
    pub broker: String,
    /// Session.
    #[arg(long)]
    pub client_id: String,
    /// Topic filter.
    #[arg(long)]
    pub topics: String,
    /// Messages that may be unacknowledged.
    #[arg(long)]
    pub receive_maximum: u16,
    /// Messages to take; 0 only opens the session.
    #[arg(long)]
    pub messages: u64,
}

#[derive(Args, Debug)]
pub(crate) struct BrokerArgs {
    /// Bytes of messages it can hold.
    #[arg(long)]
    pub bytes: u64,
}
