//! Why the room as a whole cannot do its work. Bad input from a device is not an error but data, see [`crate::decode`].

use std::path::PathBuf;

/// What went wrong, and the remedy.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IngestError {
    /// A mapping file that cannot be used.
    #[error("mapping `{mapping}`: {detail}")]
    Mapping {
        /// Name of the mapping.
        mapping: String,
        /// Key and remedy.
        detail: String,
    },
    /// A feed of the file of sources that cannot be used.
    #[error("feed `{feed}`: {detail}")]
    Feed {
        /// Name of the feed.
        feed: String,
        /// Key and remedy.
        detail: String,
    },
    /// A file whose header does not fit its mapping.
    #[error("the header does not fit mapping `{mapping}`: {detail}")]
    Header {
        /// Name of the mapping.
        mapping: String,
        /// Column and remedy.
        detail: String,
    },
    /// A file that cannot be read.
    #[error("cannot read {}; check that it exists and may be read", path.display())]
    File {
        /// Path.
        path: PathBuf,
        /// Cause.
        #[source]
        source: std::io::Error,
    },
    /// A workbook that cannot be used.
    #[error("{} {detail}", path.display())]
    Workbook {
        /// Path.
        path: PathBuf,
        /// What is wrong, and the remedy.
        detail: String,
    },
    /// A broken stream of recorded data.
    #[error("cannot read the recorded data")]
    Read(#[source] csv::Error),
    /// Settings of the broker connection that cannot work.
    #[error("mqtt setting `{key}`: {detail}")]
    MqttSetting {
        /// Key.
        key: &'static str,
        /// What is wrong, and the remedy.
        detail: String,
    },
    /// Settings of the port for loggers that cannot work.
    #[error("hj212 setting `{key}`: {detail}")]
    TcpSetting {
        /// Key.
        key: &'static str,
        /// What is wrong, and the remedy.
        detail: String,
    },
    /// The broker answered and said no.
    #[error("the broker at {broker} refused: {reason}; {remedy}")]
    Refused {
        /// Host and port.
        broker: String,
        /// The broker's reason.
        reason: String,
        /// What to do.
        remedy: &'static str,
    },
    /// The broker cannot be reached; trying again may help.
    #[error("no connection to the broker at {broker}: {reason}; check the address and that the broker runs")]
    Unreachable {
        /// Host and port.
        broker: String,
        /// The last failure.
        reason: String,
    },
    /// A message that the broker will never take.
    #[error(
        "the broker at {broker} does not take a message: {reason}; raise its packet limit or mend the message"
    )]
    Unsendable {
        /// Host and port.
        broker: String,
        /// Why.
        reason: String,
    },
    /// The connection was shut down while it was in use.
    #[error("the connection to the broker is closed; start it again")]
    Closed,
}

impl IngestError {
    /// Whether the same call can succeed later without any change.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        matches!(self, Self::Unreachable { .. })
    }
}
