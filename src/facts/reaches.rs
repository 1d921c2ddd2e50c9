//! Reaches of the river chiefs' towns over a month: scores by the rule in force, shares by length, places of towns.

use lanbi_analytics::{
    river_chief::{Part, ReachMeans, ReachOutcome, mean_of_reaches, places, score_reach, shares_by_length},
    water::{Standing, round_for_evaluation},
};
use lanbi_config::Settings;
use lanbi_model::{
    Decimal, Parameter, Registry, ReportPeriod,
    chief_rule::ChiefScore,
    decimal,
    standard::{WaterStandard, on_day},
};
use lanbi_reports::report::river_chief_month::{ReachFacts, ReachesFacts, TownFacts};
use lanbi_store::StoreError;

use super::{Sources, section::Judged};
use crate::assess::{self, AssessError, Reach};

/// The list named in the settings; an empty one where none is named.
///
/// # Errors
/// The file cannot be read, or is refused.
pub(crate) fn load(settings: &Settings, registry: &Registry) -> Result<Vec<Reach>, AssessError> {
    settings.reaches_file().map_or_else(|| Ok(Vec::new()), |file| assess::read_reaches(&file, registry))
}

impl Sources {
    /// The reaches of the list over a month; none without a list, a rule or reaches of the place.
    pub(super) async fn reaches_of(&self, period: ReportPeriod) -> Result<Option<ReachesFacts>, StoreError> {
        let (Some(rule), Some(law)) =
            (on_day(&self.standards.chief_score, period.last()), self.water_law(period))
        else {
            return Ok(None);
        };
        let sections = self.judged(&law, period).await?;
        let of_place = self.lists.reaches.iter().filter_map(|reach| {
            let section = sections.iter().find(|section| section.station.id == reach.section)?;
            Some((reach, outcome(rule, law.standard, reach, section)))
        });
        let scored: Vec<(&Reach, ReachOutcome)> = of_place.collect();
        Ok((!scored.is_empty()).then(|| facts(rule, &scored)))
    }
}

/// A reach by its section: the list's word that it is suspended comes first, then the section's own state.
fn outcome(rule: &ChiefScore, standard: &WaterStandard, reach: &Reach, section: &Judged<'_>) -> ReachOutcome {
    if let Some(why) = reach.state {
        return ReachOutcome::Suspended(why);
    }
    if let Standing::Hindered(why) = section.made.judged.standing {
        return ReachOutcome::Suspended(why);
    }
    let Some(target) = section.target else { return ReachOutcome::Missing(Vec::new()) };
    // Rounded as for the class, which stands beside the score.
    let rounded = |(parameter, value): &(Parameter, Decimal)| {
        let places = standard.item(*parameter)?.decimals;
        Some((*parameter, round_for_evaluation(*value, places)))
    };
    let means: Vec<(Parameter, Decimal)> = section.made.means.iter().filter_map(rounded).collect();
    let body = section.made.body;
    score_reach(rule, standard, &ReachMeans { body, target, means: &means, inflow: None })
}

fn facts(rule: &ChiefScore, scored: &[(&Reach, ReachOutcome)]) -> ReachesFacts {
    let reaches: Vec<ReachFacts> =
        scored.iter().map(|(reach, outcome)| reach_facts(rule, reach, outcome)).collect();
    let graded: Vec<(String, Decimal)> =
        reaches.iter().filter_map(|reach| Some((reach.grade.clone()?, reach.length_km))).collect();
    let words: Vec<String> = rule.words().map(str::to_owned).collect();
    let unverified = ["factors", "grades", "ties"]
        .into_iter()
        .filter(|topic| rule.unverified.contains(*topic))
        .filter_map(|topic| rule.clauses.get(topic))
        .map(|clause| format!("{}：{clause}。", rule.edition.title));
    ReachesFacts {
        shares: shares_by_length(&words, &graded, rule.share_decimals),
        towns: towns(rule, scored),
        reaches,
        decimals: rule.decimals,
        share_decimals: rule.share_decimals,
        unverified: unverified.collect(),
    }
}

fn reach_facts(rule: &ChiefScore, reach: &Reach, outcome: &ReachOutcome) -> ReachFacts {
    let percent = outcome.score().map(|score| decimal::round_half_even(score.percent, rule.decimals));
    let (grade, why) = match outcome {
        ReachOutcome::Scored(_) => (percent.and_then(|percent| rule.grade(percent)), String::new()),
        ReachOutcome::Suspended(why) => (Some(rule.paused.as_str()), why.zh().to_owned()),
        ReachOutcome::Missing(items) if items.is_empty() => (None, "断面未设水质目标".to_owned()),
        ReachOutcome::Missing(items) => {
            let items: Vec<&str> = items.iter().map(|item| item.zh()).collect();
            (None, format!("缺{}", items.join("、")))
        }
    };
    ReachFacts {
        name: reach.name.clone(),
        town: reach.town.clone(),
        length_km: reach.length_km,
        percent,
        grade: grade.map(str::to_owned),
        why,
    }
}

/// Towns in the order of the list, with places by their scores as published.
fn towns(rule: &ChiefScore, scored: &[(&Reach, ReachOutcome)]) -> Vec<TownFacts> {
    let mut names: Vec<&str> = Vec::new();
    for (reach, _) in scored {
        if !names.contains(&reach.town.as_str()) {
            names.push(&reach.town);
        }
    }
    let mut towns: Vec<TownFacts> = names
        .into_iter()
        .map(|name| {
            let own: Vec<ReachOutcome> =
                scored.iter().filter(|(reach, _)| reach.town == name).map(|(_, made)| made.clone()).collect();
            let score = match mean_of_reaches(&own) {
                Part::Scored(points) => Some(points * Decimal::ONE_HUNDRED / rule.water.reaches),
                Part::Suspended | Part::Missing => None,
            };
            TownFacts {
                name: name.to_owned(),
                score: score.map(|score| decimal::round_half_even(score, rule.decimals)),
                place: None,
                reaches: own.len(),
                suspended: own.iter().filter(|made| matches!(made, ReachOutcome::Suspended(_))).count(),
            }
        })
        .collect();
    let scores: Vec<Option<Decimal>> = towns.iter().map(|town| town.score).collect();
    for (town, place) in towns.iter_mut().zip(places(&scores)) {
        town.place = place;
    }
    towns
}
