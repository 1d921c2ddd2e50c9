//! Input that could not be stored, kept with its bytes and the reason.

use crate::Instant;

/// Why a message or a value was rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RejectReason {
    /// The bytes are not what the source's format says.
    Malformed,
    /// The message is larger than the configured limit.
    TooLarge,
    /// No such station in the registry.
    UnknownStation,
    /// No such parameter, or one the station does not measure.
    UnknownParameter,
    /// The value is not a number, or not a finite one.
    NotFinite,
    /// The unit cannot be converted to the parameter's unit.
    BadUnit,
    /// The time is missing or unreadable.
    BadTime,
    /// The time lies further ahead of the clock than allowed.
    FutureTime,
    /// The time lies before the earliest allowed.
    AncientTime,
    /// Who sent it is not the station: another password, or another address.
    Unauthorized,
}

impl RejectReason {
    const ALL: [Self; 10] = [
        Self::Malformed,
        Self::TooLarge,
        Self::UnknownStation,
        Self::UnknownParameter,
        Self::NotFinite,
        Self::BadUnit,
        Self::BadTime,
        Self::FutureTime,
        Self::AncientTime,
        Self::Unauthorized,
    ];

    /// Stable key for storage and filters.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::TooLarge => "too-large",
            Self::UnknownStation => "unknown-station",
            Self::UnknownParameter => "unknown-parameter",
            Self::NotFinite => "not-finite",
            Self::BadUnit => "bad-unit",
            Self::BadTime => "bad-time",
            Self::FutureTime => "future-time",
            Self::AncientTime => "ancient-time",
            Self::Unauthorized => "unauthorized",
        }
    }

    /// Words for reports and lists.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Malformed => "格式错误",
            Self::TooLarge => "报文过大",
            Self::UnknownStation => "未登记站点",
            Self::UnknownParameter => "未登记项目",
            Self::NotFinite => "非有限数值",
            Self::BadUnit => "单位不符",
            Self::BadTime => "时间无法识别",
            Self::FutureTime => "时间超前",
            Self::AncientTime => "时间过早",
            Self::Unauthorized => "身份不符",
        }
    }

    /// Finds a reason by its key.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.key() == key)
    }
}

/// One rejected message, or the rejected values of one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadLetter {
    /// Clock time of arrival.
    pub received_at: Instant,
    /// Where it came from: MQTT topic, peer address or file.
    pub source: String,
    /// The first reason.
    pub reason: RejectReason,
    /// What exactly was wrong, and the remedy.
    pub detail: String,
    /// Values rejected, or 1 for a message that could not be decoded.
    pub rejected: u32,
    /// The bytes as received, cut at the configured limit.
    pub raw: Vec<u8>,
    /// Length of the message before any cut.
    pub raw_len: u64,
}
