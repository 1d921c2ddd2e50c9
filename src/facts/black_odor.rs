//! The facts of the report on black-odorous waters: the roster with what stations have seen come back, the grades of the period,
//! and which clean points slip.

use chrono::{Datelike as _, Months, NaiveDate, TimeDelta};
use lanbi_analytics::black_odor::{
    Completion, DatedEvent, OdorDay, OdorLevel, RosterEvent, RosterState, WatchSettings, standing, watch,
};
use lanbi_model::{
    Decimal, ReportPeriod,
    standard::{BlackOdorStandard, Elimination},
    zone::last_day_of_month,
};
use lanbi_reports::report::black_odor_report::{
    BlackOdorReportFacts, GuideNumbers, OdorBodyFacts, PointWatchFacts, StandingFacts, SurveyFacts,
};
use lanbi_store::StoreError;

use super::{
    Sources,
    ditch::{Body, is_rural},
};
use crate::assess::RosterBody;

/// Days that a list looks back on: the last year's same weeks, and the weeks that they are compared with.
const WATCHED_DAYS: i64 = 500;

impl Sources {
    /// Gathers everything the report on black-odorous waters says.
    ///
    /// # Errors
    /// The store cannot be read.
    pub(crate) async fn black_odor_report(
        &self,
        period: ReportPeriod,
    ) -> Result<BlackOdorReportFacts, StoreError> {
        let on = self.last_over(period.last());
        let guide = self.black_odor(period.last());
        let ditches = self.ditches(period).await?;
        let measured = self.bodies();
        let roster = self.lists.roster.as_deref().unwrap_or_default();
        // Without a station nobody knows in which street a water lies: such a water stands in the district's report only.
        let is_covered = |name: &str| self.area.is_none() || measured.iter().any(|body| body.name == name);
        let mut names: Vec<&str> =
            roster.iter().map(|body| body.name.as_str()).filter(|name| is_covered(name)).collect();
        let alone: Vec<&str> = measured.iter().map(|body| body.name).filter(|n| !names.contains(n)).collect();
        names.extend(alone);
        let mut bodies = Vec::new();
        for name in names {
            let body = measured.iter().find(|body| body.name == name);
            let listed = roster.iter().find(|listed| listed.name == name);
            let standing = match (guide, listed) {
                (Some(guide), Some(listed)) => {
                    Some(self.standing_of(&guide.elimination, listed, body, on).await?)
                }
                _ => None,
            };
            let watch = match (guide, body) {
                (Some(guide), Some(body)) => self.watch_of(guide, body, on).await?,
                _ => Vec::new(),
            };
            bodies.push(OdorBodyFacts {
                name: name.to_owned(),
                survey: guide.zip(listed).and_then(|(guide, listed)| survey(&guide.elimination, listed, on)),
                ditch: ditches.iter().find(|ditch| ditch.name == name).cloned(),
                standing,
                watch,
            });
        }
        let states = bodies.iter().filter_map(|body| body.standing.as_ref()).map(|standing| standing.state);
        let target = self.settings.black_odor.target_percent;
        Ok(BlackOdorReportFacts {
            head: self.head(period, self.cited_black_odor(period)),
            completion: self.lists.roster.as_ref().map(|_| Completion::of(states)),
            target: Some(target).filter(|target| *target > Decimal::ZERO),
            guide: guide.map(|guide| GuideNumbers {
                judging: guide.judging,
                elimination: guide.elimination,
                shallow_below: guide.shallow_below,
                shallow_share: guide.shallow_share,
            }),
            watch: WatchSettings::default(),
            on,
            bodies,
        })
    }

    /// Where a listed water stands. To the events of the list come months in which its stations saw it black again: they send
    /// back a water that was treated when the month began. They list no water and prove none clean, because nobody but a third
    /// party may.
    async fn standing_of(
        &self,
        rule: &Elimination,
        listed: &RosterBody,
        body: Option<&Body<'_>>,
        on: NaiveDate,
    ) -> Result<StandingFacts, StoreError> {
        let mut events: Vec<DatedEvent> =
            listed.events.iter().copied().filter(|event| event.day <= on).collect();
        let mut seen: Vec<NaiveDate> = Vec::new();
        let first = events.iter().map(|event| event.day).min().and_then(|day| day.with_day(1));
        let months = std::iter::successors(first, |day| day.checked_add_months(Months::new(1)));
        for month in months.take_while(|month| *month <= on) {
            let Some(body) = body else { break };
            let known: Vec<DatedEvent> = events.iter().copied().filter(|event| event.day < month).collect();
            if !standing(rule, &known).state.is_done() {
                continue;
            }
            let last = last_day_of_month(month).min(on);
            let level = self.graded(body, (month, last)).await?.grade.map(|grade| grade.level);
            if let Some(level) = level.filter(|level| *level > OdorLevel::None) {
                let event = RosterEvent::Monitored { from: month, level, third_party: false };
                events.push(DatedEvent { day: last, event });
                seen.push(last);
            }
        }
        let found = standing(rule, &events);
        let last = found.transitions.last();
        let is_of_list = |event: &&DatedEvent| listed.events.contains(event);
        let documents = last.iter().flat_map(|last| &last.grounds).filter(is_of_list).filter_map(|ground| {
            let place = listed.events.iter().position(|event| event == ground)?;
            listed.documents.get(place).filter(|document| !document.is_empty()).cloned()
        });
        Ok(StandingFacts {
            state: found.state,
            since: last.map(|last| last.day),
            documents: documents.collect(),
            grounds: last.map(|last| last.grounds.clone()).unwrap_or_default(),
            by_station: found.state == RosterState::Relapsed
                && last.is_some_and(|last| seen.contains(&last.day)),
            lacking: found.lacking,
        })
    }

    /// How the points of a water move.
    async fn watch_of(
        &self,
        guide: &BlackOdorStandard,
        body: &Body<'_>,
        on: NaiveDate,
    ) -> Result<Vec<PointWatchFacts>, StoreError> {
        let mut points = Vec::new();
        for station in &body.stations {
            let readings = self.readings(station, (on - TimeDelta::days(WATCHED_DAYS), on)).await?;
            let days: Vec<OdorDay> = readings
                .into_iter()
                .map(|reading| OdorDay { day: reading.day, values: reading.values, clear: false })
                .collect();
            points.push(PointWatchFacts {
                point: station.name.clone(),
                watch: watch(guide, is_rural(station), &WatchSettings::default(), &days, on),
            });
        }
        Ok(points)
    }

    fn cited_black_odor(&self, period: ReportPeriod) -> Vec<lanbi_reports::report::Cited> {
        let mut cited = Vec::new();
        if let Some(guide) = self.black_odor(period.last()) {
            let topics = ["urban", "rural", "shallow", "point", "body", "effect", "lasting"];
            super::cite(&mut cited, &guide.edition, &guide.clauses, &topics);
        }
        cited
    }
}

/// The last survey of satisfaction up to a day.
fn survey(rule: &Elimination, listed: &RosterBody, on: NaiveDate) -> Option<SurveyFacts> {
    let of = |dated: &DatedEvent| match dated.event {
        RosterEvent::Satisfaction { valid, satisfied } => Some((dated.day, valid, satisfied)),
        _ => None,
    };
    let (day, valid, satisfied) =
        listed.events.iter().filter(|event| event.day <= on).filter_map(of).max_by_key(|(day, ..)| *day)?;
    let is_enough = valid >= rule.questionnaires;
    let is_satisfied = Decimal::from(satisfied) >= Decimal::from(valid) * rule.satisfied;
    Some(SurveyFacts { day, valid, satisfied, passes: is_enough && is_satisfied })
}
