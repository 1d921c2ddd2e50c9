//! A data logger that speaks HJ 212.

use serde::Deserialize;

/// `[[logger]]`: one data logger, or several of one make.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoggerEntry {
    /// What the loggers send as MN.
    pub mn: Vec<String>,
}
