//! Why a set of standards cannot be used.

use std::path::PathBuf;

/// A standards file or directory that cannot be used; nothing is loaded in part.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StandardsError {
    /// The file or directory cannot be read.
    #[error("cannot read {}; check the path and its permissions", path.display())]
    Read {
        /// File or directory.
        path: PathBuf,
        /// Cause.
        source: std::io::Error,
    },
    /// Not TOML, or a key that is missing, misspelt or of the wrong type; the cause names line and key.
    #[error("{file} is not a standards file: {source}")]
    Syntax {
        /// File.
        file: String,
        /// Cause with line and key.
        source: Box<toml::de::Error>,
    },
    /// A statement that cannot be true.
    #[error("{file}: {key}: {reason}")]
    Refused {
        /// File.
        file: String,
        /// Key inside the file, such as `aqi.breakpoints[3].nodes`.
        key: String,
        /// What is wrong and what is expected.
        reason: String,
    },
}

/// A refused statement, before the file's name is added.
#[derive(Debug)]
pub(super) struct Refusal {
    key: String,
    reason: String,
}

impl Refusal {
    /// Refuses the value of `key`.
    pub(super) fn new(key: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { key: key.into(), reason: reason.into() }
    }

    /// Adds the file.
    pub(super) fn of(self, file: &str) -> StandardsError {
        StandardsError::Refused { file: file.to_owned(), key: self.key, reason: self.reason }
    }
}
