//! The facts of the 河长制工作月报.

use lanbi_analytics::river_chief::{ProblemClock, ProblemStanding, patrol_period};
use lanbi_model::{ReportPeriod, standard::on_day};
use lanbi_reports::report::problems::Due;
use lanbi_reports::report::river_chief_month::{ChiefMonthFacts, ChiefsMonthFacts};
use lanbi_store::StoreError;

use super::{CONFIGURED, Sources, cite};

impl Sources {
    /// Gathers what a month of the chiefs' waters, patrols and problems comes to, up to its end or to the making of the report.
    ///
    /// # Errors
    /// The store cannot be read.
    pub(crate) async fn river_chiefs_month(
        &self,
        period: ReportPeriod,
    ) -> Result<ChiefsMonthFacts, StoreError> {
        // Patrols are asked for on whole days, problems go on until the report is made.
        let (first, last) = (period.first(), self.last_over(period.last()).max(period.first()));
        let told = (self.zone.start_of(first), self.told_until(period.last()));
        let waters = self.sections(period).await?;
        let mut chiefs = Vec::new();
        for chief in self.chiefs() {
            let rule = self.settings.river_chief.patrol_rule(chief);
            let patrols = self.patrols(chief, last).await?;
            chiefs.push(ChiefMonthFacts {
                patrol: patrol_period(&rule, &patrols, self.zone, (first, last)),
                rule,
                chief: chief.clone(),
            });
        }
        let due = |clock: &ProblemClock| match clock.standing {
            ProblemStanding::Open => Some(Due::Later),
            ProblemStanding::Overdue => Some(Due::Overdue),
            ProblemStanding::ClosedInTime | ProblemStanding::ClosedLate => None,
        };
        let mut problems = self.problems(told, due).await?;
        if self.area.is_some() {
            let covered = |name: &str| chiefs.iter().any(|chief| chief.chief.name == name);
            problems.retain(|facts| covered(&facts.chief));
        }
        let names: Vec<&str> = chiefs
            .iter()
            .flat_map(|facts| &facts.chief.stations)
            .filter_map(|id| self.registry.get(id))
            .map(|station| station.name.as_str())
            .collect();
        let of_chiefs = waters.sections.iter().filter(|s| names.contains(&s.name.as_str()));
        let sections = of_chiefs.cloned().collect();
        let reaches = self.reaches_of(period).await?;
        let mut cited = self.cited_water(period);
        if let Some(rule) = on_day(&self.standards.chief_score, period.last()).filter(|_| reaches.is_some()) {
            cite(&mut cited, &rule.edition, &rule.clauses, &["ladders", "shares"]);
        }
        Ok(ChiefsMonthFacts {
            head: self.head(period, cited),
            told,
            classes: waters.classes,
            sections,
            chiefs,
            confidence: CONFIGURED,
            problems,
            reaches,
        })
    }
}
