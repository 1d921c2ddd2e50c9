//! An MQTT topic whose messages have a form of their own.

use serde::Deserialize;

/// `[[feed]]`: the messages of some topics.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeedEntry {
    /// Topic filters, `+` standing for one level and `#` for all that follow. Of several feeds the first that fits counts.
    pub topics: Vec<String>,
}
