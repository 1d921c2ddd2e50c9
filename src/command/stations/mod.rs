//! `lanbi stations`: the stations known, how they stand, what their loggers say, and new ones from the letters of devices
//! that nobody knows yet.

mod accept;
mod file;
mod letters;
mod log;
pub(super) mod online;
mod status;
mod suggest;

use std::{io::Write as _, path::Path};

use lanbi_config::Settings;
use lanbi_store::Store;

use crate::cli::StationsCommand;

pub(super) async fn run(config: Option<&Path>, command: &StationsCommand) -> anyhow::Result<()> {
    match command {
        StationsCommand::Draft { files, mapping } => {
            let mapping = super::replay::mapping(mapping)?;
            let text = lanbi_ingest::file::draft_registry(files, &mapping)?;
            write!(std::io::stdout().lock(), "{text}")?;
            Ok(())
        }
        StationsCommand::Check => check(config),
        StationsCommand::Status
        | StationsCommand::Log(_)
        | StationsCommand::Suggest { .. }
        | StationsCommand::Accept(_) => {
            let settings = super::settings(config)?;
            let store = super::existing_store(&settings).await?;
            let outcome = on_store(&*store, &settings, command).await;
            store.close().await;
            outcome
        }
    }
}

async fn on_store(store: &dyn Store, settings: &Settings, command: &StationsCommand) -> anyhow::Result<()> {
    match command {
        StationsCommand::Draft { .. } | StationsCommand::Check => Ok(()),
        StationsCommand::Status => status::run(store, settings).await,
        StationsCommand::Log(args) => log::run(store, args).await,
        StationsCommand::Suggest { since, json } => suggest::run(store, settings, *since, *json).await,
        StationsCommand::Accept(args) => accept::run(store, settings, args).await,
    }
}

fn check(config: Option<&Path>) -> anyhow::Result<()> {
    let registry = super::registry(&super::settings(config)?)?;
    writeln!(
        std::io::stdout().lock(),
        "air {}, sections {}, outlets {}, ditches {}, river chiefs {}",
        registry.air().count(),
        registry.sections().count(),
        registry.outlets().count(),
        registry.ditches().count(),
        registry.chiefs().len()
    )?;
    Ok(())
}
