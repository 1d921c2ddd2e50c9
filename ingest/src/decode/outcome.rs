//! What goes into a decoder and what comes out of it.

use chrono::NaiveDate;
use lanbi_model::{DeviceRecord, Instant, Registry, RejectReason, Sample};

use super::Presence;
use crate::clock::Window;
use crate::hj212::deviation::LoggerDeviations;
use crate::source::Sources;

/// A message as the broker or socket delivered it.
#[derive(Clone, Copy, Debug)]
pub struct Message<'a> {
    /// MQTT topic, or what a socket or file has in its place.
    pub topic: &'a str,
    /// Bytes.
    pub payload: &'a [u8],
    /// Clock time of arrival; for a dead letter replayed, of its first arrival.
    pub received_at: Instant,
    /// Whether the broker had kept the message (MQTT retain): then its age is unknown.
    pub retained: bool,
}

/// What a message is held against.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The stations known.
    pub registry: &'a Registry,
    /// What is known of who sends.
    pub sources: &'a Sources,
    /// Clock time; stamps may lie ahead of it by the window's tolerance only.
    pub now: Instant,
    /// Limits from the settings.
    pub limits: Limits,
}

/// What a source may send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Largest message in bytes.
    pub max_bytes: usize,
    /// The times believed.
    pub window: Window,
}

/// A message understood. `values = samples.len() + problems.len()`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decoded {
    /// Values to store, each with the local day of its station that it belongs to.
    pub samples: Vec<(Sample, NaiveDate)>,
    /// Values that cannot be stored.
    pub problems: Vec<Problem>,
    /// Values in the message; one that is marked as missing is none.
    pub values: u32,
    /// What loggers sent besides values; none of it counts as a value.
    pub records: Vec<DeviceRecord>,
    /// How the frames of loggers differ from the standard, for those that do.
    pub deviations: Vec<LoggerDeviations>,
    /// A device that has come or gone.
    pub presence: Option<Presence>,
}

/// One value that cannot be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Why.
    pub reason: RejectReason,
    /// Name of the value in the message.
    pub field: String,
    /// What exactly is wrong, and the remedy.
    pub detail: String,
}

/// A message none of whose values can be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    /// Why.
    pub reason: RejectReason,
    /// What exactly is wrong, and the remedy.
    pub detail: String,
    /// Values lost with it; 1 where they cannot be counted.
    pub values: u32,
}

impl Rejected {
    /// A message whose values cannot be counted.
    #[must_use]
    pub fn whole(reason: RejectReason, detail: impl Into<String>) -> Self {
        Self { reason, detail: detail.into(), values: 1 }
    }

    /// The same with the number of its values, at least 1.
    pub(crate) fn with_values(self, values: u32) -> Self {
        Self { values: values.max(1), ..self }
    }
}
