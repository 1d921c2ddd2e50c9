//! Why an assessment stopped, with the exit status that says so.

use std::io;

/// Why an assessment stopped.
#[derive(Debug)]
pub(crate) enum AssessError {
    /// Wrong usage.
    Usage(String),
    /// It could not be done.
    Failed(String),
    /// Nobody reads the output any more, as after `| head`; not a fault.
    OutputClosed,
}

impl AssessError {
    /// Exit status of the program.
    pub(crate) const fn exit_code(&self) -> u8 {
        match self {
            Self::OutputClosed => 0,
            Self::Failed(_) => 1,
            Self::Usage(_) => 2,
        }
    }
}

impl std::fmt::Display for AssessError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Usage(text) | Self::Failed(text) => f.write_str(text),
            Self::OutputClosed => f.write_str("output closed"),
        }
    }
}

impl std::error::Error for AssessError {}

/// A failed write.
impl From<io::Error> for AssessError {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            Self::OutputClosed
        } else {
            Self::Failed(format!("cannot write the result: {error}"))
        }
    }
}
