//! Water sections: mean, round, then class (环办〔2011〕22号). Classes are never averaged.

use chrono::NaiveDate;
use lanbi_analytics::{
    aggregate::Combine,
    water::{Rounding, assess},
};
use lanbi_model::{DailyMean, Decimal, Parameter, ReportPeriod, Station, StationKind};
use lanbi_reports::report::{
    Measured,
    sections::{Exceeded, SectionFacts, SectionsFacts},
};
use lanbi_store::StoreError;

use super::Sources;

/// Items shown for every section.
const KEY_ITEMS: [Parameter; 6] = [
    Parameter::Ph,
    Parameter::DissolvedOxygen,
    Parameter::CodMn,
    Parameter::Nh3n,
    Parameter::Tp,
    Parameter::Tn,
];

/// Mean over days of a station's valid day means; pH by the concentration of H⁺.
pub(super) fn mean_over(
    means: &[DailyMean],
    station: &Station,
    first: NaiveDate,
    last: NaiveDate,
) -> Vec<(Parameter, Decimal)> {
    let of = |parameter: Parameter| {
        let values = means
            .iter()
            .filter(|m| {
                m.station == station.id && m.parameter == parameter && first <= m.day && m.day <= last
            })
            .filter_map(DailyMean::valid_value);
        let values: Vec<Decimal> = values.collect();
        Combine::of(parameter).apply(&values).map(|value| (parameter, value))
    };
    station.parameters.iter().filter_map(|p| of(*p)).collect()
}

impl Sources {
    /// All sections over a period, with the period before (and a year before for a month).
    pub(super) async fn sections(&self, period: ReportPeriod) -> Result<SectionsFacts, StoreError> {
        let stations: Vec<&Station> = self.registry.sections().filter(|s| self.covers(s)).collect();
        let Some(standard) = self.water(period.last()) else { return Ok(SectionsFacts::default()) };
        let mut sections = Vec::new();
        let [now, before, year_before] = [period, period.before(), period.year_before()];
        for station in stations {
            let means = |p: ReportPeriod| self.store.daily(Some(&station.id), p.first(), p.last());
            let values =
                |means: &[DailyMean], p: ReportPeriod| mean_over(means, station, p.first(), p.last());
            let current = values(&means(now).await?, now);
            let previous = values(&means(before).await?, before);
            let year_ago = match period {
                ReportPeriod::Day(_) => Vec::new(),
                _ => values(&means(year_before).await?, year_before),
            };
            sections.push(section(standard, station, &current, &previous, &year_ago));
        }
        Ok(SectionsFacts { classes: standard.classes.clone(), sections })
    }
}

fn section(
    standard: &lanbi_model::standard::WaterStandard,
    station: &Station,
    now: &[(Parameter, Decimal)],
    before: &[(Parameter, Decimal)],
    year_before: &[(Parameter, Decimal)],
) -> SectionFacts {
    let StationKind::Section { body, target } = station.kind else {
        return SectionFacts::default();
    };
    let grade =
        |values: &[(Parameter, Decimal)]| assess(standard, body, target, Rounding::Evaluation, values);
    let graded = grade(now);
    SectionFacts {
        name: station.name.clone(),
        water: station.water.clone(),
        target,
        class: graded.class,
        before: grade(before).class,
        year_before: grade(year_before).class,
        exceeded: graded
            .exceeding
            .iter()
            .map(|e| Exceeded { parameter: e.parameter, multiple: e.multiple })
            .collect(),
        base: Some(graded.base),
        items: KEY_ITEMS
            .into_iter()
            .filter(|p| station.measures(*p))
            .map(|p| Measured::new(p, now.iter().find(|(q, _)| *q == p).map(|(_, v)| *v)))
            .collect(),
    }
}
