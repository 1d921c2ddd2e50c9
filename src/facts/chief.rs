//! The facts of the river chiefs' daily checks.

use chrono::{Days, NaiveDate};
use lanbi_analytics::river_chief::{ProblemClock, patrol_duty, problem_clock};
use lanbi_model::{Chief, Instant, Patrol, Problem, ReportPeriod, StationId};
use lanbi_reports::report::problems::{Due, ProblemFacts};
use lanbi_reports::report::river_chief::{ChiefFacts, PatrolFacts, RiverChiefFacts};
use lanbi_store::{PatrolFilter, ProblemFilter, StoreError};

use super::{CONFIGURED, Sources};

/// Days back that a last patrol is looked for; one before that is as good as none.
const PATROL_DAYS: u64 = 800;

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
        let clues = self.clues(period).await?.unwrap_or_default();
        let at = self.told_until(day);
        let due = |clock: &ProblemClock| clock.due_on(day, self.zone, at).map(Due::from);
        let problems = self.problems((self.zone.start_of(day), at), due).await?;
        let mut chiefs = Vec::new();
        for chief in self.chiefs() {
            let cares = |id: &StationId| chief.stations.contains(id);
            let names: Vec<&str> = chief
                .stations
                .iter()
                .filter_map(|id| self.registry.get(id))
                .map(|s| s.name.as_str())
                .collect();
            let own = |name: &str| names.contains(&name);
            chiefs.push(ChiefFacts {
                sections: sections.sections.iter().filter(|s| own(&s.name)).cloned().collect(),
                outlets: outlets.iter().filter(|o| own(&o.name)).cloned().collect(),
                ditches: ditches.iter().filter(|d| d.points.iter().any(|p| own(&p.name))).cloned().collect(),
                clues: clues.iter().filter(|clue| own(&clue.section)).cloned().collect(),
                alarms: self.alarms(period, cares).await?,
                problems: problems
                    .iter()
                    .filter(|facts| self.concerns(chief, &facts.problem))
                    .cloned()
                    .collect(),
                patrol: self.patrol(chief, day).await?,
                chief: chief.clone(),
            });
        }
        Ok(RiverChiefFacts {
            head: self.head(period, self.cited_water(period)),
            classes: sections.classes,
            chiefs,
        })
    }

    /// The chiefs a report covers.
    pub(super) fn chiefs(&self) -> impl Iterator<Item = &Chief> {
        let covers = |id: &StationId| self.registry.get(id).is_some_and(|s| self.covers(s));
        let chiefs = self.registry.chiefs().iter();
        chiefs.filter(move |chief| self.area.is_none() || chief.stations.iter().any(covers))
    }

    /// Whether a problem is a chief's: his own, or on his waters and of nobody or of a chief of a lower level.
    fn concerns(&self, chief: &Chief, problem: &Problem) -> bool {
        let owner = problem.chief.as_deref();
        if owner == Some(chief.id.as_str()) {
            return true;
        }
        let owner = self.registry.chiefs().iter().find(|other| owner == Some(other.id.as_str()));
        chief.waters.contains(&problem.water) && owner.is_none_or(|owner| owner.level > chief.level)
    }

    /// What is known at an instant of problems that were open after `from`.
    pub(super) async fn problems(
        &self,
        (from, at): (Instant, Instant),
        due: impl Fn(&ProblemClock) -> Option<Due>,
    ) -> Result<Vec<ProblemFacts>, StoreError> {
        let filter = ProblemFilter { after: Some(from), until: Some(at), ..ProblemFilter::default() };
        let terms = self.settings.river_chief.problem_terms();
        let facts = |problem: Problem| {
            let clock = problem_clock(&problem, &terms, at)?;
            let owner =
                self.registry.chiefs().iter().find(|c| problem.chief.as_deref() == Some(c.id.as_str()));
            let chief = owner.map_or_else(String::new, |chief| chief.name.clone());
            let town = match owner {
                None => NOBODY.to_owned(),
                Some(owner) if owner.town.is_empty() => owner.name.clone(),
                Some(owner) => owner.town.clone(),
            };
            Some(ProblemFacts { due: due(&clock), problem, clock, chief, town })
        };
        Ok(self.store.problems(&filter).await?.into_iter().filter_map(facts).collect())
    }

    /// The instant up to which a day is told: its end, or the making of the report before it.
    pub(super) fn told_until(&self, day: NaiveDate) -> Instant {
        self.now.min(self.zone.end_of(day))
    }

    /// A chief's patrols up to a day.
    pub(super) async fn patrols(&self, chief: &Chief, until: NaiveDate) -> Result<Vec<Patrol>, StoreError> {
        let after = until.checked_sub_days(Days::new(PATROL_DAYS)).map(|day| self.zone.start_of(day));
        let until = Some(self.told_until(until));
        self.store.patrols(&PatrolFilter { chief: Some(chief.id.clone()), after, until }).await
    }

    async fn patrol(&self, chief: &Chief, day: NaiveDate) -> Result<PatrolFacts, StoreError> {
        let rule = self.settings.river_chief.patrol_rule(chief);
        let patrols = self.patrols(chief, day).await?;
        let duty = patrol_duty(&rule, &patrols, self.zone, day);
        Ok(PatrolFacts { rule, duty, confidence: CONFIGURED })
    }

    /// The editions without those of the air.
    pub(super) fn cited_water(&self, period: ReportPeriod) -> Vec<lanbi_reports::report::Cited> {
        let air = |number: &str| {
            self.standards.aqi.iter().any(|s| s.edition.number == number)
                || self.standards.air.iter().any(|s| s.edition.number == number)
                || self.standards.evaluation.iter().any(|s| s.edition.number == number)
        };
        self.cited(period).into_iter().filter(|c| !air(&c.number)).collect()
    }
}

/// In place of a town where nobody has been named.
const NOBODY: &str = "未落实河长";
