//! The formats a source may speak.

use lanbi_model::RejectReason;

use super::{Context, Decoded, Message, Rejected, dialect, hj212, lanbi_json};

/// Format of a source's messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// That of the feed its topic belongs to. Without one, whichever the message begins as: HJ 212 with `##`, lanbi JSON with
    /// anything else.
    #[default]
    Auto,
    /// lanbi's own JSON, see `config/examples/lanbi-message.json`.
    LanbiJson,
    /// One or several HJ 212 frames, see `config/examples/hj212-message.txt`.
    Hj212,
}

impl Format {
    /// Finds a format by its key in the settings.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        match key {
            "auto" => Some(Self::Auto),
            "lanbi-json" => Some(Self::LanbiJson),
            "hj212" => Some(Self::Hj212),
            _ => None,
        }
    }

    /// Key in the settings.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::LanbiJson => "lanbi-json",
            Self::Hj212 => "hj212",
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
    if format == Format::Auto
        && let Some(feed) = context.sources.feeds.find(message.topic)
    {
        return dialect::decode(feed, message, context);
    }
    let begin = message.payload.trim_ascii_start();
    if begin.is_empty() {
        return Err(Rejected::whole(RejectReason::Malformed, "the message is empty"));
    }
    match format {
        Format::Auto if begin.starts_with(b"##") => hj212::decode(message, context),
        Format::Auto | Format::LanbiJson => lanbi_json::decode(message, context),
        Format::Hj212 => hj212::decode(message, context),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_read_back() {
        for format in [Format::Auto, Format::LanbiJson, Format::Hj212] {
            assert_eq!(Format::from_key(format.key()), Some(format));
        }
        assert_eq!(Format::from_key("xml"), None);
        assert_eq!(Format::default(), Format::Auto);
    }
}
