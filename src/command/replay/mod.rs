//! `lanbi replay`: recorded files sent as sensors would, as messages to a broker or as data loggers of HJ 212 over TCP.

mod account;
mod hj212;
mod logger;
mod mischief;
mod mqtt;
mod rows;

use std::path::Path;

use anyhow::Context as _;
use lanbi_ingest::file::Mapping;

use crate::cli::{ReplayArgs, ReplayForm};

/// A built-in mapping by name, or one from a file.
pub(super) fn mapping(name: &str) -> anyhow::Result<Mapping> {
    Ok(Mapping::from_toml(name, &mapping_text(name)?)?)
}

/// The same as it is written.
pub(super) fn mapping_text(name: &str) -> anyhow::Result<String> {
    if let Some(text) = lanbi_config::examples::mapping(name) {
        return Ok(text.to_owned());
    }
    std::fs::read_to_string(name).with_context(|| {
        let known: Vec<&str> = lanbi_config::examples::MAPPINGS.iter().map(|(name, _)| *name).collect();
        format!("`{name}` is neither a mapping file nor one of {}", known.join(", "))
    })
}

pub(super) async fn run(config: Option<&Path>, args: &ReplayArgs) -> anyhow::Result<()> {
    super::log_to_stderr("warn");
    let mut mapping = mapping(&args.mapping)?;
    if let Some(year) = args.year {
        mapping.set_year(year)?;
    }
    match args.form {
        ReplayForm::Mqtt => mqtt::run(config, args, &mapping).await,
        ReplayForm::Hj212 => hj212::run(args, &mapping).await,
    }
}
