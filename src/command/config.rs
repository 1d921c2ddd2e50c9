//! `lanbi config show`.

use std::{io::Write as _, path::Path};

use lanbi_config::Settings;

use crate::cli::ConfigCommand;

pub(super) fn run(config: Option<&Path>, command: &ConfigCommand) -> anyhow::Result<()> {
    let ConfigCommand::Show = command;
    let mut out = std::io::stdout().lock();
    for origin in Settings::origins(config, &[])? {
        writeln!(out, "{} = {}    # {}", origin.key, origin.value, origin.origin)?;
    }
    Ok(())
}
