//! What is known of who sends, from the file of sources into the form that decoders use.

use lanbi_config::{Settings, sources};
use lanbi_ingest::source::{Feeds, Loggers, Sources};

/// The sources named in the settings; none where no file is named.
///
/// # Errors
/// The file cannot be read, or says what cannot be.
pub(crate) fn load(settings: &Settings) -> anyhow::Result<Sources> {
    let Some(path) = settings.sources_file() else { return Ok(Sources::default()) };
    let _file = sources::load(&path)?;
    Ok(Sources { loggers: Loggers, feeds: Feeds })
}
