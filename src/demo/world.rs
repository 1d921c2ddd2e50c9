//! The district in motion: one step an hour, and what every instrument then shows. Knows nothing of messages.

use chrono::{TimeDelta, Timelike};
use lanbi_model::{AveragingPeriod, Instant, Zone};

use super::air::{AirStation, Region};
use super::ditch::Ditch;
use super::outlet::{Effluent, Outlet};
use super::payload::Record;
use super::plan::Plan;
use super::season::Season;
use super::sites::{AIR, DITCHES, OUTLETS, SECTIONS};
use super::water::Section;
use super::weather::Sky;

/// Hours between two readings of a section.
const SECTION_HOURS: u32 = 4;

/// Hour of the day at which the ditches are read.
const DITCH_HOUR: u32 = 10;

/// All that moves.
pub(super) struct World {
    plan: Plan,
    sky: Sky,
    region: Region,
    air: Vec<AirStation>,
    outlets: Vec<Outlet>,
    sections: Vec<Section>,
    ditches: Vec<Ditch>,
}

impl World {
    /// The district at the start of the period.
    pub(super) fn new(seed: u64, plan: Plan) -> Self {
        Self {
            plan,
            sky: Sky::new(seed),
            region: Region::new(seed),
            air: (0..).zip(&AIR).map(|(n, site)| AirStation::new(seed, n, site)).collect(),
            outlets: (0..).zip(&OUTLETS).map(|(n, site)| Outlet::new(seed, n, site)).collect(),
            sections: (0..).zip(&SECTIONS).map(|(n, site)| Section::new(seed, n, site)).collect(),
            ditches: (0..).zip(&DITCHES).map(|(n, site)| Ditch::new(seed, n, site)).collect(),
        }
    }

    /// The hour that begins at `start`: readings of that moment, then the means of the hour.
    pub(super) fn hour(&mut self, start: Instant) -> Vec<Record> {
        let zone = Zone::shanghai();
        let stamp = start + TimeDelta::hours(1);
        let (local, end) = (zone.local(start), zone.local(stamp));
        let season = Season::of(local + TimeDelta::minutes(30));
        let forcing = self.plan.forcing(start + TimeDelta::minutes(30));
        let weather = self.sky.hour(season, forcing);
        let mut records = Vec::with_capacity(24);

        if local.hour() % SECTION_HOURS == 0 {
            let arriving: Vec<_> = self.sections.iter().map(|s| s.inflow(&self.sections)).collect();
            for (section, inflow) in self.sections.iter_mut().zip(arriving) {
                let readings = section.reading(Season::of(local), &weather, inflow, local);
                records.push(Record {
                    station: section.id(),
                    at: start,
                    period: AveragingPeriod::MOMENT,
                    readings,
                });
            }
        }
        if local.hour() == DITCH_HOUR {
            let treated = self.plan.treated(start);
            for ditch in &mut self.ditches {
                let relapse = self.plan.relapse(ditch.site.id, start);
                let readings = ditch.reading(season, &weather, treated, relapse);
                records.push(Record {
                    station: ditch.site.id,
                    at: start,
                    period: AveragingPeriod::MOMENT,
                    readings,
                });
            }
        }
        let mut effluents: Vec<Effluent> = Vec::with_capacity(self.outlets.len());
        for outlet in &mut self.outlets {
            let breach = self.plan.breach(outlet.site.id, stamp);
            let (effluent, readings) = outlet.hour(season, &weather, end, breach);
            effluents.push(effluent);
            records.push(Record {
                station: outlet.site.id,
                at: stamp,
                period: AveragingPeriod::HOUR,
                readings,
            });
        }
        for section in &mut self.sections {
            section.receive(self.outlets.iter().zip(effluents.iter().copied()));
        }
        let regional = self.region.hour(season, &weather, forcing);
        for station in &mut self.air {
            let readings = station.hour(&regional, &weather, end);
            records.push(Record {
                station: station.id(),
                at: stamp,
                period: AveragingPeriod::HOUR,
                readings,
            });
        }
        records
    }
}
