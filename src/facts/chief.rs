//! The facts of the river chiefs' daily checks.

use chrono::NaiveDate;
use lanbi_model::{Chief, ChiefLevel, ReportPeriod, StationId};
use lanbi_reports::report::river_chief::{ChiefFacts, PatrolFacts, RiverChiefFacts};
use lanbi_store::StoreError;

use super::{CONFIGURED, Sources};

impl Sources {
    /// Gathers what each chief finds in the morning after `day`, or on the day itself.
    ///
    /// # Errors
    /// The store cannot be read.
    pub(crate) async fn river_chiefs(&self, day: NaiveDate) -> Result<RiverChiefFacts, StoreError> {
        let period = ReportPeriod::Day(day);
        let sections = self.sections(period).await?;
        let outlets = self.outlets(period).await?;
        let ditches = self.ditches(period).await?;
        let mut chiefs = Vec::new();
        for chief in self.registry.chiefs() {
            let cares = |id: &StationId| chief.stations.contains(id);
            let names: Vec<&str> = chief
                .stations
                .iter()
                .filter_map(|id| self.registry.get(id))
                .map(|s| s.name.as_str())
                .collect();
            let own = |name: &str| names.contains(&name);
            if self.area.is_some()
                && !chief.stations.iter().any(|id| self.registry.get(id).is_some_and(|s| self.covers(s)))
            {
                continue;
            }
            chiefs.push(ChiefFacts {
                sections: sections.sections.iter().filter(|s| own(&s.name)).cloned().collect(),
                outlets: outlets.iter().filter(|o| own(&o.name)).cloned().collect(),
                ditches: ditches.iter().filter(|d| d.points.iter().any(|p| own(&p.name))).cloned().collect(),
                alarms: self.alarms(period, cares).await?,
                patrol: self.patrol(chief),
                chief: chief.clone(),
            });
        }
        Ok(RiverChiefFacts {
            head: self.head(period, self.cited_water(period)),
            classes: sections.classes,
            chiefs,
        })
    }

    fn patrol(&self, chief: &Chief) -> PatrolFacts {
        let settings = &self.settings.river_chief;
        let by_level = match chief.level {
            ChiefLevel::City => settings.city_days,
            ChiefLevel::District => settings.district_days,
            ChiefLevel::Town => settings.town_days,
            ChiefLevel::Village => settings.village_days,
        };
        // Patrol records are not kept yet, so the last patrol is not known.
        PatrolFacts {
            every_days: chief.patrol_every_days.unwrap_or(by_level),
            last: None,
            confidence: CONFIGURED,
        }
    }

    /// The editions without those of the air.
    fn cited_water(&self, period: ReportPeriod) -> Vec<lanbi_reports::report::Cited> {
        let air = |number: &str| {
            self.standards.aqi.iter().any(|s| s.edition.number == number)
                || self.standards.air.iter().any(|s| s.edition.number == number)
        };
        self.cited(period).into_iter().filter(|c| !air(&c.number)).collect()
    }
}
