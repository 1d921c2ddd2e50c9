//! `lanbi stations draft | check`.

use std::{io::Write as _, path::Path};

use crate::cli::StationsCommand;

pub(super) fn run(config: Option<&Path>, command: &StationsCommand) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    match command {
        StationsCommand::Draft { files, mapping } => {
            let mapping = super::replay::mapping(mapping)?;
            write!(out, "{}", lanbi_ingest::file::draft_registry(files, &mapping)?)?;
        }
        StationsCommand::Check => {
            let registry = super::registry(&super::settings(config)?)?;
            writeln!(
                out,
                "air {}, sections {}, outlets {}, ditches {}, river chiefs {}",
                registry.air().count(),
                registry.sections().count(),
                registry.outlets().count(),
                registry.ditches().count(),
                registry.chiefs().len()
            )?;
        }
    }
    Ok(())
}
