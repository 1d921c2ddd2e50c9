//! What is known of who sends, from the file of sources into the form that decoders use.

use anyhow::Context as _;
use lanbi_config::{
    Settings,
    sources::{self, FeedEntry, FeedValue},
};
use lanbi_ingest::source::{FeedSpec, Feeds, Loggers, Sources, ValueSpec};

/// The sources named in the settings; none where no file is named.
///
/// # Errors
/// The file cannot be read, or says what cannot be.
pub(crate) fn load(settings: &Settings) -> anyhow::Result<Sources> {
    let Some(path) = settings.sources_file() else { return Ok(Sources::default()) };
    let file = sources::load(&path)?;
    let specs: Vec<FeedSpec> = file.feed.into_iter().map(feed_spec).collect();
    let feeds = Feeds::compile(&specs).with_context(|| path.display().to_string())?;
    Ok(Sources { loggers: Loggers, feeds })
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
        let example = include_str!("../config/sources.example.toml");
        let file: sources::SourcesFile = toml::from_str(example).unwrap();
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
