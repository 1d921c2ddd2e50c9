//! `lanbi problems`: what chiefs and others find along the waters, and what is done about it until it is closed.

mod import;
mod judge;
mod list;
mod show;
mod step;

use std::path::Path;

use crate::cli::ProblemsCommand;

pub(super) async fn run(config: Option<&Path>, command: &ProblemsCommand) -> anyhow::Result<()> {
    let settings = super::settings(config)?;
    let registry = super::registry(&settings)?;
    let store = super::existing_store(&settings).await?;
    let terms = settings.river_chief.problem_terms();
    let outcome = match command {
        ProblemsCommand::Import(args) => import::run(&*store, &registry, &settings, args).await,
        ProblemsCommand::List { open, overdue, chief, zone } => {
            let chief = chief.as_deref().map(|chief| super::records::chief_id(&registry, chief));
            let wanted = list::Wanted { open: *open, overdue: *overdue, chief };
            list::run(&*store, &terms, wanted, zone.zone).await
        }
        ProblemsCommand::Show { id, zone } => show::run(&*store, &terms, id, zone.zone).await,
        ProblemsCommand::Step(args) => step::run(&*store, &registry, &settings, args).await,
    };
    store.close().await;
    outcome
}
