//! What is known of who sends, from the file of sources into the form that decoders use.

mod feeds;
mod loggers;

use std::path::Path;

use anyhow::Context as _;
use lanbi_config::{Settings, sources};
use lanbi_ingest::source::Sources;

/// The sources named in the settings; none where no file is named.
///
/// # Errors
/// The file cannot be read, or says what cannot be.
pub(crate) fn load(settings: &Settings) -> anyhow::Result<Sources> {
    let Some(path) = settings.sources_file() else { return Ok(Sources::default()) };
    let file = sources::load(&path)?;
    let folder = path.parent().unwrap_or(Path::new("."));
    let loggers = loggers::loggers(&file.logger, folder).with_context(|| path.display().to_string())?;
    let feeds = feeds::feeds(file.feed).with_context(|| path.display().to_string())?;
    Ok(Sources { loggers, feeds })
}
