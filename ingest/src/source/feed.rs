//! Messages of a form of their own.

/// Feeds, by topic.
#[derive(Clone, Debug, Default)]
pub struct Feeds;
