//! `lanbi db`: what the store is and holds, its schema, backup and restore.
//!
//! A backup is a folder: values and their history as CSV, dead letters and the books (all else the store keeps) as one
//! JSON object a line, everything compressed, and `manifest.json` with the counts and the SHA-256 of each file. It names
//! no backend, so it is also the way from one backend to another.

mod alarm_line;
mod books;
mod device_line;
mod export;
mod file;
mod flat;
mod manifest;
mod migrate;
mod pieces;
mod record_line;
mod restore;
mod rows;
mod status;
mod verify;
mod word;

use std::path::Path;

use crate::cli::DbCommand;
pub(super) use status::{keeper_words, layout_words};

/// Stands in the store from the first row of a restore until the last is verified; the text is when it began.
pub(super) const RESTORING: &str = "restoring";

/// What to do about a store that holds half of a backup.
pub(super) fn half_restored(since: &str) -> String {
    format!(
        "a restore into this store began at {since} and has not ended: it holds a part of a backup only. If no restore \
         is running, make an empty store (delete the file, or drop and create the database) and give `lanbi db restore` \
         again"
    )
}

pub(super) async fn run(config: Option<&Path>, command: &DbCommand) -> anyhow::Result<()> {
    let settings = super::settings(config)?;
    match command {
        DbCommand::Status { output } => status::run(&settings, *output).await,
        DbCommand::Migrate => migrate::run(&settings).await,
        DbCommand::Export(args) => {
            let store = super::existing_store(&settings).await?;
            let outcome = if args.flat {
                flat::run(&*store, &settings, args).await
            } else {
                export::run(&*store, &settings, args).await
            };
            store.close().await;
            outcome
        }
        DbCommand::Restore { dir } => restore::run(&settings, dir).await,
    }
}
