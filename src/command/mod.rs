//! One file per subcommand: reads what it needs, calls the rooms, prints.

mod alarms;
mod bench;
mod config;
mod db;
mod dead_letters;
pub(crate) mod demo;
mod doctor;
mod hj212;
mod import;
mod outlets;
mod patrols;
mod problems;
mod records;
mod replay;
mod report;
mod review;
mod run;
mod standards;
mod stations;
mod stretch;

use std::{
    io::IsTerminal as _,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

use anyhow::Context as _;
use lanbi_config::Settings;
use lanbi_model::{Instant, Registry, Zone, standard::Standards};
use lanbi_store::Store;

use crate::cli::{Cli, Command};

/// Runs one command.
///
/// # Errors
/// What could not be done, with its remedy; the caller prints it and exits with 1.
pub(crate) fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    let config = cli.config.as_deref();
    match cli.command {
        Command::Assess(args) => return assess(&args),
        Command::Hj212(command) => return hj212::run(&command),
        Command::Bench(command) => return block_on(bench::run(&command)),
        Command::Config(command) => config::run(config, &command)?,
        Command::Standards(command) => return standards::run(&command),
        Command::Outlets(command) => outlets::run(config, &command)?,
        Command::Stations(command) => block_on(stations::run(config, &command))?,
        Command::Demo(args) => block_on(demo::run(&args))?,
        Command::Run(args) => block_on(run::run(config, &args))?,
        Command::Replay(args) => block_on(replay::run(config, &args))?,
        Command::Import(args) => block_on(import::run(config, &args))?,
        Command::Report(args) => block_on(report::run(config, &args))?,
        Command::Alarms(command) => block_on(alarms::run(config, &command))?,
        Command::DeadLetters(command) => block_on(dead_letters::run(config, &command))?,
        Command::Review(command) => block_on(review::run(config, &command))?,
        Command::Patrols(command) => block_on(patrols::run(config, &command))?,
        Command::Problems(command) => block_on(problems::run(config, &command))?,
        Command::Db(command) => block_on(db::run(config, &command))?,
        Command::Doctor(args) => return block_on(doctor::run(config, args.output)),
    }
    Ok(ExitCode::SUCCESS)
}

/// An assessment tells wrong usage (2) from what could not be done (1).
fn assess(args: &crate::assess::AssessArgs) -> anyhow::Result<ExitCode> {
    match crate::assess::run(args, &standards_builtin()?) {
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(error) => {
            eprintln!("lanbi: {error}");
            Ok(ExitCode::from(error.exit_code()))
        }
    }
}

/// What a thread may still take when the work is done: the search for the name of a host cannot be called off.
const LAST_THREAD: Duration = Duration::from_secs(2);

fn block_on<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    let runtime = tokio::runtime::Runtime::new().context("no threads for the asynchronous runtime")?;
    let outcome = runtime.block_on(work);
    runtime.shutdown_timeout(LAST_THREAD);
    outcome
}

/// Log lines on stderr; `RUST_LOG` chooses them.
pub(crate) fn log_to_stderr(default: &str) {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(default));
    // A second initialisation in one process keeps the first.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .try_init();
}

/// Settings with nothing from the command line.
fn settings(config: Option<&Path>) -> anyhow::Result<Settings> {
    Ok(Settings::load(config, &[])?)
}

/// The registry named in the settings.
fn registry(settings: &Settings) -> anyhow::Result<Registry> {
    let path = settings.resolve(&settings.registry.stations);
    let text = std::fs::read_to_string(&path).with_context(|| {
        format!(
            "cannot read the station file {}; copy config/stations.example.toml there and fill it in",
            path.display()
        )
    })?;
    lanbi_config::read_registry(&text).with_context(|| path.display().to_string())
}

/// The editions that come with the program.
fn standards_builtin() -> anyhow::Result<Standards> {
    lanbi_config::standards::builtin().context("the built-in standards are damaged; install lanbi again")
}

/// The store named in the settings.
async fn store(settings: &Settings) -> anyhow::Result<Arc<dyn Store>> {
    let store = lanbi_store::open(&settings.store_uri()).await?;
    if let Some(since) = store.memo(db::RESTORING).await? {
        store.close().await;
        anyhow::bail!("{}", db::half_restored(&since));
    }
    Ok(store)
}

/// The store named in the settings, which must exist already: reading commands do not make an empty one.
async fn existing_store(settings: &Settings) -> anyhow::Result<Arc<dyn Store>> {
    if let Some(path) = missing_file(settings) {
        anyhow::bail!(
            "there is no store at {}; name the settings file with --config, or start `lanbi run` first",
            path.display()
        );
    }
    store(settings).await
}

/// The file of an embedded store that is not there.
fn missing_file(settings: &Settings) -> Option<PathBuf> {
    let path = store_file(settings)?;
    (!path.is_file()).then_some(path)
}

/// The file of an embedded store; none where the store is elsewhere.
fn store_file(settings: &Settings) -> Option<PathBuf> {
    let uri = settings.store_uri();
    let rest = uri.strip_prefix("sqlite:")?;
    let path = rest.strip_prefix("//").unwrap_or(rest);
    (path != ":memory:").then(|| PathBuf::from(path))
}

/// A moment as local time, without its zone: what people read and what `--from` and `--to` take.
fn local_stamp(zone: Zone, instant: Instant) -> String {
    zone.local(instant).format("%Y-%m-%dT%H:%M:%S%.f").to_string()
}

/// Text that fits in a column.
fn plain(text: &str) -> String {
    text.replace(['\t', '\n', '\r'], " ")
}

/// Where a file or folder is made before it gets its name in one step.
fn part_of(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    path.with_file_name(name)
}

/// A new file that only its owner may read: what the store holds is not for everybody.
fn private_file(path: &Path) -> std::io::Result<std::fs::File> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
