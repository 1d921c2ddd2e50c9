//! The formats a source may speak.

use lanbi_model::RejectReason;

use super::{Context, Decoded, Message, Rejected, lanbi_json};

/// Format of a source's messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// lanbi's own JSON, see `config/examples/lanbi-message.json`.
    #[default]
    LanbiJson,
}

impl Format {
    /// Finds a format by its key in the settings.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        match key {
            "lanbi-json" => Some(Self::LanbiJson),
            _ => None,
        }
    }

    /// Key in the settings.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::LanbiJson => "lanbi-json",
        }
    }
}

/// Decodes one message.
///
/// # Errors
/// The message as a whole cannot be stored: too large, empty, not of the format, of an unknown station or of an
/// impossible time. A single value that cannot be stored is a problem in [`Decoded`]; its neighbours are not touched.
pub fn decode(format: Format, message: &Message<'_>, context: &Context<'_>) -> Result<Decoded, Rejected> {
    let size = message.payload.len();
    let limit = context.limits.max_bytes;
    if size > limit {
        return Err(Rejected::whole(
            RejectReason::TooLarge,
            format!("{size} bytes, the limit is {limit}; send fewer values in a message or raise the limit"),
        ));
    }
    if message.payload.trim_ascii().is_empty() {
        return Err(Rejected::whole(RejectReason::Malformed, "the message is empty"));
    }
    match format {
        Format::LanbiJson => lanbi_json::decode(message, context),
    }
}
