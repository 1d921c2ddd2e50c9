//! Alarms of a period: those that stood at some moment of it. Withdrawn ones are among them, to be counted as such.

use lanbi_model::{Alarm, ReportPeriod, Station, StationId};
use lanbi_reports::report::alarms::AlarmFacts;
use lanbi_store::{AlarmFilter, StoreError};

use super::Sources;

impl Sources {
    pub(super) async fn alarms(
        &self,
        period: ReportPeriod,
        wanted: impl Fn(&StationId) -> bool,
    ) -> Result<Vec<AlarmFacts>, StoreError> {
        let filter = AlarmFilter {
            after: Some(self.zone.start_of(period.first())),
            until: Some(self.zone.end_of(period.last())),
            withdrawn: true,
            ..AlarmFilter::default()
        };
        let alarms = self.store.alarms(&filter).await?;
        Ok(alarms
            .into_iter()
            .filter(|alarm| wanted(&alarm.station))
            .filter_map(|alarm| {
                if alarm.station.as_str() == StationId::DISTRICT {
                    return self.area.is_none().then(|| of_district(alarm));
                }
                let station = self.registry.get(&alarm.station)?;
                self.covers(station).then(|| facts(alarm, station))
            })
            .collect())
    }
}

fn facts(alarm: Alarm, station: &Station) -> AlarmFacts {
    AlarmFacts {
        station: station.name.clone(),
        place: if station.water.is_empty() { station.area.clone() } else { station.water.clone() },
        rule: crate::watch::rule_name(&alarm.rule).to_owned(),
        alarm,
    }
}

fn of_district(alarm: Alarm) -> AlarmFacts {
    AlarmFacts {
        station: StationId::DISTRICT.to_owned(),
        place: String::new(),
        rule: crate::watch::rule_name(&alarm.rule).to_owned(),
        alarm,
    }
}
