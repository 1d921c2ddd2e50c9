//! What is known of who sends: how a data logger deviates from HJ 212, and what the messages of a topic are.

mod feed;
mod logger;

pub(crate) use feed::{Branch, Device, Feed, Field, Level, last_level};
pub use feed::{FeedSpec, Feeds, ValueSpec};
pub use logger::{Logger, Loggers, MnTwice, Password, Refusal};

/// All sources known. The default knows none: everything is read as the standards say.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// Data loggers, by MN.
    pub loggers: Loggers,
    /// Messages, by topic.
    pub feeds: Feeds,
}
