//! The file of sources (`sources.toml`): what is known of who sends, beside the stations that are meant. A `[[logger]]` is a
//! data logger that speaks HJ 212, by its MN; a `[[feed]]` is an MQTT topic whose messages have a form of their own. Both may
//! be absent: what is not listed is read as the standards say.

mod feed;
mod logger;

use std::path::{Path, PathBuf};

use serde::Deserialize;

pub use feed::{FeedEntry, FeedValue, FeedValueInUnit};
pub use logger::{LoggerEntry, Secret};

/// A file of sources that cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SourcesError {
    /// It cannot be read.
    #[error("cannot read {path}; check registry.sources in the settings")]
    Read {
        /// File.
        path: PathBuf,
        /// Cause.
        source: std::io::Error,
    },
    /// Not TOML, or a key is unknown or missing.
    #[error("{path}: {source}; config/sources.example.toml shows the form")]
    Form {
        /// File.
        path: PathBuf,
        /// Cause.
        source: Box<toml::de::Error>,
    },
}

/// The entries of a file of sources, as written.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourcesFile {
    /// Data loggers.
    #[serde(default)]
    pub logger: Vec<LoggerEntry>,
    /// MQTT topics.
    #[serde(default)]
    pub feed: Vec<FeedEntry>,
}

/// Reads a file of sources.
///
/// # Errors
/// A file that cannot be read or is not of the form.
pub fn load(path: &Path) -> Result<SourcesFile, SourcesError> {
    let text = std::fs::read_to_string(path)
        .map_err(|source| SourcesError::Read { path: path.to_owned(), source })?;
    toml::from_str(&text)
        .map_err(|source| SourcesError::Form { path: path.to_owned(), source: Box::new(source) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_is_read_and_strangers_are_named() {
        let example = include_str!("../../sources.example.toml");
        let file: SourcesFile = toml::from_str(example).unwrap();
        assert!(!file.logger.is_empty() && !file.feed.is_empty());
        let error = toml::from_str::<SourcesFile>("[[loger]]\nmn = \"M1\"\n").unwrap_err();
        assert!(error.to_string().contains("loger"), "{error}");
    }
}
