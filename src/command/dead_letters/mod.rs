//! `lanbi dead-letters`: what could not be stored, why, and what becomes of it.

mod export;
pub(super) mod line;
mod list;
pub(super) mod replay;
mod stock;

use std::path::Path;

use anyhow::Context as _;
use lanbi_model::RejectReason;

use crate::cli::DeadLettersCommand;

/// Letters held in memory at a time.
const AT_ONCE: u32 = 200;

pub(super) async fn run(config: Option<&Path>, command: &DeadLettersCommand) -> anyhow::Result<()> {
    let settings = super::settings(config)?;
    let store = super::existing_store(&settings).await?;
    let outcome = match command {
        DeadLettersCommand::List { reason, open, limit } => {
            list::list(&*store, known(reason.as_deref())?, *open, *limit).await
        }
        DeadLettersCommand::Show { id } => list::show(&*store, *id).await,
        DeadLettersCommand::Replay(args) => {
            let registry = super::registry(&settings)?;
            replay::run(&*store, &registry, &settings, args).await
        }
        DeadLettersCommand::Stock => stock::run(&*store, &settings.dead_letters).await,
        DeadLettersCommand::Export { out, reason, open } => {
            export::run(&*store, out, known(reason.as_deref())?, *open).await
        }
    };
    store.close().await;
    outcome
}

/// The reason of a key, where one is given.
fn known(reason: Option<&str>) -> anyhow::Result<Option<RejectReason>> {
    let Some(key) = reason else { return Ok(None) };
    let found = RejectReason::from_key(key);
    found.map(Some).with_context(|| {
        format!("`{key}` is no reason; the column `reason` of `lanbi dead-letters list` shows them")
    })
}
