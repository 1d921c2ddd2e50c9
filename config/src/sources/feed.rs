//! MQTT topics whose messages have a form of their own.

use std::collections::BTreeMap;

use serde::Deserialize;

/// `[[feed]]`: the messages of some topics, every key as written. `config/sources.example.toml` explains them.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeedEntry {
    /// What messages and errors call it.
    pub name: String,
    /// Topic filters, `+` standing for one level and `#` for all that follow. Of several feeds the first that fits counts.
    pub topics: Vec<String>,
    /// Topic filters of births, wills and availability.
    #[serde(default)]
    pub presence_topics: Vec<String>,
    /// Key of the form of its messages.
    pub format: String,
    /// How the device is found: `topic:2`, a JSON pointer, or the id of the one station.
    pub station: Option<String>,
    /// Station id by device id.
    #[serde(default)]
    pub stations: BTreeMap<String, String>,
    /// Where the name of the value stands, for one value a topic.
    pub parameter: Option<String>,
    /// Zone of local times; without it the station's.
    pub zone: Option<String>,
    /// Averaging period; without it the message's or the station's.
    pub period: Option<String>,
    /// Whether times name the `start` or the `end` of the period.
    pub label: Option<String>,
    /// JSON pointer to the time.
    pub time: Option<String>,
    /// How times are written.
    pub time_format: Option<String>,
    /// What an absent field of `values` is: `missing` or `zero`.
    pub absent: Option<String>,
    /// JSON pointer to the list of names and values.
    pub list: Option<String>,
    /// Parameters by name or JSON pointer.
    #[serde(default)]
    pub values: BTreeMap<String, FeedValue>,
    /// Names or JSON pointers that hold nothing to store.
    #[serde(default)]
    pub ignore: Vec<String>,
}

/// What a field of a message means: `"pm25"`, or `{ parameter = "co", unit = "ug/m3" }`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(
    untagged,
    expecting = "write a parameter such as \"pm25\" or { parameter = \"co\", unit = \"ug/m3\" }"
)]
pub enum FeedValue {
    /// A parameter in the maker's unit or its own.
    Parameter(String),
    /// A parameter in another unit.
    InUnit(FeedValueInUnit),
}

/// A parameter with the unit of the message.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeedValueInUnit {
    /// Key of the parameter.
    pub parameter: String,
    /// Unit.
    pub unit: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_of_writing_a_value_are_read_and_strangers_are_named() {
        let entry = |more: &str| {
            let text = format!("name = \"yard\"\ntopics = [\"yard/+\"]\nformat = \"json\"\n{more}");
            toml::from_str::<FeedEntry>(&text).map_err(|error| error.to_string())
        };
        let read = entry("values = { \"/a\" = \"pm25\", \"/b\" = { parameter = \"co\", unit = \"ug/m3\" } }")
            .unwrap();
        assert_eq!(read.values.get("/a"), Some(&FeedValue::Parameter("pm25".to_owned())));
        let with_unit = FeedValueInUnit { parameter: "co".to_owned(), unit: "ug/m3".to_owned() };
        assert_eq!(read.values.get("/b"), Some(&FeedValue::InUnit(with_unit)));
        let check = |more: &str, expected: &str| {
            let error = entry(more).unwrap_err();
            assert!(error.contains(expected), "`{expected}` in: {error}");
        };
        check("topic = \"yard/1\"", "`topic`");
        check("values = { \"/a\" = { parameter = \"co\", factor = 2 } }", "write a parameter such as");
        check("values = { \"/a\" = 7 }", "write a parameter such as");
    }
}
