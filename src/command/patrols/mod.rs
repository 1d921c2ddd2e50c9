//! `lanbi patrols`: the walks of river chiefs, kept from files and listed with whether they count.

mod import;
mod list;

use std::path::Path;

use crate::cli::PatrolsCommand;

pub(super) async fn run(config: Option<&Path>, command: &PatrolsCommand) -> anyhow::Result<()> {
    let settings = super::settings(config)?;
    let registry = super::registry(&settings)?;
    let store = super::existing_store(&settings).await?;
    let outcome = match command {
        PatrolsCommand::Import(args) => import::run(&*store, &registry, &settings, args).await,
        PatrolsCommand::List { which } => list::run(&*store, &registry, &settings, which).await,
        PatrolsCommand::Show { id, zone } => {
            list::show(&*store, &registry, &settings.river_chief, id, zone.zone).await
        }
    };
    store.close().await;
    outcome
}
