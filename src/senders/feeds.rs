//! The `[[feed]]` entries of the file of sources, as decoders use them.

use lanbi_config::sources::{FeedEntry, FeedValue};
use lanbi_ingest::source::{FeedSpec, Feeds, ValueSpec};

/// Makes feeds of entries.
///
/// # Errors
/// An entry that cannot be used, by its name, with what is wrong and the remedy.
pub(super) fn feeds(entries: Vec<FeedEntry>) -> anyhow::Result<Feeds> {
    let specs: Vec<FeedSpec> = entries.into_iter().map(feed_spec).collect();
    Ok(Feeds::compile(&specs)?)
}

fn feed_spec(entry: FeedEntry) -> FeedSpec {
    let value = |value: FeedValue| match value {
        FeedValue::Parameter(parameter) => ValueSpec { parameter, unit: None },
        FeedValue::InUnit(value) => ValueSpec { parameter: value.parameter, unit: Some(value.unit) },
    };
    FeedSpec {
        name: entry.name,
        topics: entry.topics,
        presence_topics: entry.presence_topics,
        format: entry.format,
        station: entry.station,
        stations: entry.stations,
        parameter: entry.parameter,
        zone: entry.zone,
        period: entry.period,
        label: entry.label,
        time: entry.time,
        time_format: entry.time_format,
        absent: entry.absent,
        list: entry.list,
        values: entry.values.into_iter().map(|(name, field)| (name, value(field))).collect(),
        ignore: entry.ignore,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_feed_of_the_example_can_be_used() {
        let example = include_str!("../../config/sources.example.toml");
        let file: lanbi_config::sources::SourcesFile = toml::from_str(example).unwrap();
        let mut specs: Vec<FeedSpec> = file.feed.into_iter().map(feed_spec).collect();
        let count = specs.len();
        assert!(specs.iter().any(|spec| spec.format == "tasmota"), "{count} feeds");
        if !cfg!(feature = "sparkplug") {
            let error = Feeds::compile(&specs).unwrap_err().to_string();
            assert!(error.contains("--features sparkplug"), "{error}");
            specs.retain(|spec| spec.format != "sparkplug");
            assert_eq!(specs.len() + 1, count);
        }
        Feeds::compile(&specs).unwrap();
    }
}
