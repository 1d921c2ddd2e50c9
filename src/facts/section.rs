//! Water sections: means of the period, automatic data first, then round, then class (环办〔2011〕22号). Classes are never averaged.

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveTime};
use lanbi_analytics::FixedValue;
use lanbi_analytics::water::{
    EvaluatedSection, Exceedance, FirstClassOxygen, Readings, RowTime, SectionData, Sources as Origins,
    WaterLaw, change_of_steps, item_class, round_for_evaluation,
};
use lanbi_model::{DailyMean, Parameter, ReportPeriod, Station, StationKind, WaterBody, standard};
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

/// A section of the registry over a period.
pub(super) struct Judged<'a> {
    pub(super) station: &'a Station,
    pub(super) target: Option<u8>,
    pub(super) made: EvaluatedSection,
}

impl Judged<'_> {
    pub(super) fn class(&self) -> Option<u8> {
        self.made.judged.standing.class()
    }
}

impl Sources {
    /// The law that sections are judged by in a period; none where no edition was in force.
    pub(super) fn water_law(&self, period: ReportPeriod) -> Option<WaterLaw<'_>> {
        let oxygen = if self.settings.water.do_saturation {
            FirstClassOxygen::OrSaturation
        } else {
            FirstClassOxygen::Concentration
        };
        let rule = standard::on_day(&self.standards.water_evaluation, period.last())?;
        Some(WaterLaw { standard: self.water(period.last())?, rule, oxygen })
    }

    /// The sections that the report covers over a period, in the order of the registry.
    pub(super) async fn judged(
        &self,
        law: &WaterLaw<'_>,
        period: ReportPeriod,
    ) -> Result<Vec<Judged<'_>>, StoreError> {
        let mut judged = Vec::new();
        for station in self.registry.sections().filter(|s| self.covers(s)) {
            let StationKind::Section { body, target } = station.kind else { continue };
            let means = self.store.daily(Some(&station.id), period.first(), period.last()).await?;
            let by_hand = self.lists.waters.samplings.of(&[&station.name, station.id.as_str()]);
            let made = EvaluatedSection::of(law, period, body, target, &data(station, &means, by_hand));
            judged.push(Judged { station, target, made });
        }
        Ok(judged)
    }

    /// All sections over a period, with the period before (and a year before for a month).
    pub(super) async fn sections(&self, period: ReportPeriod) -> Result<SectionsFacts, StoreError> {
        let Some(law) = self.water_law(period) else { return Ok(SectionsFacts::default()) };
        let now = self.judged(&law, period).await?;
        let before = self.judged_by_then(period.before()).await?;
        let year_before = match period {
            ReportPeriod::Day(_) => Vec::new(),
            _ => self.judged_by_then(period.year_before()).await?,
        };
        Ok(sections(&law, &now, &before, &year_before))
    }

    /// The sections over an earlier period, by the law of that time.
    pub(super) async fn judged_by_then(&self, period: ReportPeriod) -> Result<Vec<Judged<'_>>, StoreError> {
        match self.water_law(period) {
            Some(law) => self.judged(&law, period).await,
            None => Ok(Vec::new()),
        }
    }
}

/// The sections now, beside those of two earlier periods.
pub(super) fn sections(
    law: &WaterLaw<'_>,
    now: &[Judged<'_>],
    before: &[Judged<'_>],
    year_before: &[Judged<'_>],
) -> SectionsFacts {
    let class_in = |earlier: &[Judged<'_>], station: &Station| {
        earlier.iter().find(|section| section.station.id == station.id).and_then(Judged::class)
    };
    let facts = now.iter().map(|section| {
        let before = class_in(before, section.station);
        section_facts(law, section, before, class_in(year_before, section.station))
    });
    SectionsFacts { classes: law.standard.classes.clone(), sections: facts.collect() }
}

/// Day means of the station, beside what was taken by hand where the list knows the section.
fn data(station: &Station, means: &[DailyMean], by_hand: Option<&SectionData>) -> SectionData {
    let manual = by_hand.and_then(|list| match &list.sources {
        Origins::Named { manual, .. } => Some(manual),
        Origins::Unnamed(_) => None,
    });
    let mut items = station.parameters.clone();
    items.extend(manual.into_iter().flat_map(Readings::items));
    items.sort_unstable();
    items.dedup();
    let mut days: BTreeMap<NaiveDate, Vec<Option<FixedValue>>> = BTreeMap::new();
    for mean in means {
        let Some(place) = items.iter().position(|item| *item == mean.parameter) else { continue };
        let row = days.entry(mean.day).or_insert_with(|| vec![None; items.len()]);
        if let (Some(cell), Some(value)) = (row.get_mut(place), mean.valid_value()) {
            *cell = FixedValue::from_decimal(value);
        }
    }
    let mut automatic = Readings::new(items.clone());
    for (day, row) in &days {
        automatic.push(day.and_time(NaiveTime::MIN), row);
    }
    let sources = match manual {
        Some(manual) => Origins::Named { automatic, manual: manual.arranged(&items) },
        None => Origins::Unnamed(automatic),
    };
    let hindered = by_hand.map(|list| list.hindered.clone()).unwrap_or_default();
    SectionData { rows: RowTime::Day, sources, hindered }
}

fn section_facts(
    law: &WaterLaw<'_>,
    section: &Judged<'_>,
    before: Option<u8>,
    year_before: Option<u8>,
) -> SectionFacts {
    let Judged { station, target, made } = section;
    let judged = &made.judged;
    let class = section.class();
    let means = made.period.means();
    let mean = |item: Parameter| means.iter().find(|(q, _)| *q == item).map(|(_, value)| *value);
    let over = |list: &[Exceedance]| {
        list.iter().map(|e| Exceeded { parameter: e.parameter, multiple: e.multiple }).collect()
    };
    let tn = mean(Parameter::Tn).filter(|_| made.body == WaterBody::Lake && class.is_some());
    let measures = |item: Parameter| {
        station.measures(item) || made.period.items.iter().any(|mean| mean.parameter == item)
    };
    SectionFacts {
        name: station.name.clone(),
        water: station.water.clone(),
        target: *target,
        class,
        standing: judged.standing.zh(law.standard).to_owned(),
        before,
        year_before,
        change: class.zip(before).map(|(now, then)| change_of_steps(&law.rule.change, now, then).zh()),
        exceeded: over(&judged.exceeding),
        base: Some(target.unwrap_or(law.rule.main.class)),
        main: over(&judged.main),
        tn_class: tn.and_then(|value| {
            let decimals = law.standard.item(Parameter::Tn)?.decimals;
            item_class(law.standard, made.body, Parameter::Tn, round_for_evaluation(value, decimals))
        }),
        by_hand: made.period.items.iter().any(|item| item.manual_months > 0),
        items: KEY_ITEMS.into_iter().filter(|p| measures(*p)).map(|p| Measured::new(p, mean(p))).collect(),
    }
}
