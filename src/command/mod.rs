//! One file per subcommand: reads what it needs, calls the rooms, prints.

mod alarms;
mod bench;
mod config;
mod dead_letters;
pub(crate) mod demo;
mod replay;
mod report;
mod run;
mod standards;
mod stations;

use std::{path::Path, process::ExitCode, sync::Arc};

use anyhow::Context as _;
use lanbi_config::Settings;
use lanbi_model::{Registry, standard::Standards};
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
        Command::Bench(command) => return block_on(bench::run(&command)),
        Command::Config(command) => config::run(config, &command)?,
        Command::Standards(command) => standards::run(&command)?,
        Command::Stations(command) => stations::run(config, &command)?,
        Command::Demo(args) => block_on(demo::run(&args))?,
        Command::Run(args) => block_on(run::run(config, &args))?,
        Command::Replay(args) => block_on(replay::run(config, &args))?,
        Command::Report(args) => block_on(report::run(config, &args))?,
        Command::Alarms(command) => block_on(alarms::run(config, &command))?,
        Command::DeadLetters(command) => block_on(dead_letters::run(config, &command))?,
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

fn block_on<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    tokio::runtime::Runtime::new().context("no threads for the asynchronous runtime")?.block_on(work)
}

/// Log lines on stderr; `RUST_LOG` chooses them.
pub(crate) fn log_to_stderr(default: &str) {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(default));
    // A second initialisation in one process keeps the first.
    let _ = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).try_init();
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
    Ok(lanbi_store::open(&settings.store_uri()).await?)
}

/// The store named in the settings, which must exist already: reading commands do not make an empty one.
async fn existing_store(settings: &Settings) -> anyhow::Result<Arc<dyn Store>> {
    let uri = settings.store_uri();
    if let Some(path) = uri.strip_prefix("sqlite:")
        && !Path::new(path).is_file()
    {
        anyhow::bail!(
            "there is no store at {path}; name the settings file with --config, or start `lanbi run` first"
        );
    }
    store(settings).await
}
