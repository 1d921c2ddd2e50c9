//! Dust days and exceptional events, for the places that a report tells of.

use lanbi_analytics::air::AirEvent;
use lanbi_config::Settings;
use lanbi_model::Station;

use super::Sources;
use crate::assess::{AssessError, Events};

/// The list named in the settings; an empty one where none is named.
///
/// # Errors
/// The file cannot be read, or is refused.
pub(crate) fn load(settings: &Settings) -> Result<Events, AssessError> {
    settings.air_events_file().map_or_else(|| Ok(Events::default()), |file| Events::read(&file))
}

impl Sources {
    /// The events of the place that the report is about.
    pub(super) fn district_events(&self) -> Vec<AirEvent> {
        self.events.of(&[self.place()])
    }

    /// The events of a station: its own and those of its area and of the district.
    pub(super) fn station_events(&self, station: &Station) -> Vec<AirEvent> {
        let district = self.settings.registry.district.as_str();
        self.events.of(&[&station.name, station.id.as_str(), &station.area, district, self.place()])
    }

    fn place(&self) -> &str {
        self.area.as_deref().unwrap_or(&self.settings.registry.district)
    }
}
