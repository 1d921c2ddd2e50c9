//! Where the water of a worsened section may have come from: readings of the store held against the river network.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use lanbi_analytics::network::{
    Candidate, Outlet, OutletReading, Place, Worsening, WorseningSettings, candidates, worsenings,
};
use lanbi_analytics::outlet::{Conditions, OutletTime, check};
use lanbi_model::standard::{ClassLimits, Direction};
use lanbi_model::{Decimal, Parameter, ReportPeriod, Sample, Station, StationKind, decimal};
use lanbi_reports::report::clues::{CandidateFacts, WorseningFacts};
use lanbi_store::StoreError;

use super::Sources;
use crate::assess::RiverFile;

/// Days before a period that tell what is usual in it, and how far upstream is looked at.
const DAYS_BEFORE: u64 = 30;

/// Seconds in an hour: flows are kept in m³/h.
const SECONDS: f64 = 3600.0;

/// Items whose rise is pollution.
const FOLLOWED: [Parameter; 5] =
    [Parameter::CodMn, Parameter::Cod, Parameter::Nh3n, Parameter::Tp, Parameter::Tn];

/// Readings of stations that were asked for already.
type Read = BTreeMap<String, Vec<Sample>>;

impl Sources {
    /// The worsenings of sections that show themselves in a period (the first readings may lie before it), each with what fits upstream; none where no network is known.
    ///
    /// # Errors
    /// The store cannot be read.
    pub(crate) async fn clues(
        &self,
        period: ReportPeriod,
    ) -> Result<Option<Vec<WorseningFacts>>, StoreError> {
        if self.lists.waters.rivers.is_none() {
            return Ok(None);
        }
        let mut read = Read::new();
        let mut facts = Vec::new();
        for station in self.registry.sections().filter(|s| self.covers(s)) {
            facts.extend(self.clues_read(station, period, &mut read).await?);
        }
        facts.sort_by_key(|worsening| worsening.from);
        Ok(Some(facts))
    }

    /// Those of one section; none where the network does not have it.
    ///
    /// # Errors
    /// The store cannot be read.
    pub(crate) async fn clues_at(
        &self,
        station: &Station,
        period: ReportPeriod,
    ) -> Result<Vec<WorseningFacts>, StoreError> {
        self.clues_read(station, period, &mut Read::new()).await
    }

    async fn clues_read(
        &self,
        station: &Station,
        period: ReportPeriod,
        read: &mut Read,
    ) -> Result<Vec<WorseningFacts>, StoreError> {
        let rivers = self.lists.waters.rivers.as_ref();
        let Some(rivers) = rivers.filter(|rivers| rivers.network.has_inflow(station.id.as_str())) else {
            return Ok(Vec::new());
        };
        let settings = WorseningSettings::default();
        let mut facts = Vec::new();
        let own = self.readings_before(station, period, read).await?;
        for item in FOLLOWED.into_iter().filter(|item| station.measures(*item)) {
            let series: Vec<_> = of_item(&own, item).map(|s| (s.key.instant, f64(s.value))).collect();
            let found = worsenings(&series, None, &settings).into_iter();
            let found = found.filter(|worsening| {
                let day = station.zone.day_of(worsening.known);
                period.first() <= day && day <= period.last()
            });
            for worsening in found {
                facts.push(self.clue(rivers, (station, item), &worsening, (period, &settings), read).await?);
            }
        }
        Ok(facts)
    }

    async fn clue(
        &self,
        rivers: &RiverFile,
        (section, item): (&Station, Parameter),
        worsening: &Worsening,
        (period, settings): (ReportPeriod, &WorseningSettings),
        read: &mut Read,
    ) -> Result<WorseningFacts, StoreError> {
        let day = section.zone.day_of(worsening.from);
        let mut above: Vec<(&Station, Vec<OutletReading>)> = Vec::new();
        for upstream in rivers.network.upstream(section.id.as_str()) {
            let is_source = matches!(rivers.kind(upstream.place), Place::Outlet | Place::Ditch);
            let Some(station) = self.registry.find(upstream.place).filter(|_| is_source) else { continue };
            let readings = self.readings_before(station, period, read).await?;
            above.push((station, outlet_readings(&readings, at_source(station, item))));
        }
        let outlets: Vec<Outlet<'_>> = above
            .iter()
            .map(|(station, readings)| Outlet {
                place: station.id.as_str(),
                readings,
                limit: self.outlet_limit(station, at_source(station, item), day).map(f64),
            })
            .collect();
        let found = candidates(&rivers.network, section.id.as_str(), worsening, &outlets, settings);
        let limit = self.section_limit(section, item, period).map(f64);
        Ok(WorseningFacts {
            section: section.name.clone(),
            parameter: item,
            from: worsening.from,
            until: worsening.until,
            worst: printed(worsening.worst),
            usual: printed(worsening.usual),
            over: limit.map(|limit| worsening.worst > limit),
            candidates: found.iter().map(|candidate| self.candidate(candidate, item)).collect(),
        })
    }

    fn candidate(&self, candidate: &Candidate<'_>, item: Parameter) -> CandidateFacts {
        let station = self.registry.find(candidate.place);
        let evidence = candidate.evidence;
        let usual = evidence.concentration.into_iter().chain(evidence.load).max_by(f64::total_cmp);
        CandidateFacts {
            name: station.map_or(candidate.place, |station| &station.name).to_owned(),
            earliest: candidate.earliest,
            latest: candidate.latest,
            breach: evidence.breach.map(printed),
            times_usual: usual.map(printed),
            excess_kg_h: evidence.excess_kg_h.map(printed),
            begins: evidence.begins,
            measured: station.map(|station| at_source(station, item)).filter(|measured| *measured != item),
        }
    }

    /// Valid values of a station over a period and the days before it, in order of time.
    async fn readings_before(
        &self,
        station: &Station,
        period: ReportPeriod,
        read: &mut Read,
    ) -> Result<Vec<Sample>, StoreError> {
        if let Some(known) = read.get(station.id.as_str()) {
            return Ok(known.clone());
        }
        let first = period.first().checked_sub_days(Days::new(DAYS_BEFORE)).unwrap_or(NaiveDate::MIN);
        let mut values = self.values(station, first, period.last()).await?;
        values.retain(|sample| sample.flags.is_valid() && sample.key.period == station.period);
        values.sort_by_key(|sample| sample.key.instant);
        read.insert(station.id.to_string(), values.clone());
        Ok(values)
    }

    /// The limit of an outlet on a day; by temperature the stricter value where it is not known.
    fn outlet_limit(&self, station: &Station, item: Parameter, day: NaiveDate) -> Option<Decimal> {
        let StationKind::Outlet { limits } = &station.kind else { return None };
        let (standard, limits) = self.standards.effluent_limits(limits)?;
        let limit = limits.iter().find(|limit| limit.parameter == item)?;
        let conditions = Conditions { day, temperature: None };
        Some(check(limit, standard.winter, conditions, OutletTime::Hour, Decimal::ZERO).high)
    }

    /// The limit of a section's target, or of Ⅲ without one.
    fn section_limit(&self, station: &Station, item: Parameter, period: ReportPeriod) -> Option<Decimal> {
        let StationKind::Section { body, target } = station.kind else { return None };
        let law = self.water_law(period)?;
        let class = usize::from(target.unwrap_or(law.rule.main.class));
        match law.standard.item(item)?.limits(body)? {
            ClassLimits::Steps { direction: Direction::AtMost, limits } => {
                limits.get(class.checked_sub(1)?).copied()
            }
            ClassLimits::Steps { .. } | ClassLimits::Band { .. } => None,
        }
    }
}

/// What stands for an item of a river at an outlet: organic load is measured by permanganate there and by dichromate here.
fn at_source(station: &Station, item: Parameter) -> Parameter {
    if item == Parameter::CodMn && !station.measures(item) { Parameter::Cod } else { item }
}

fn of_item(samples: &[Sample], item: Parameter) -> impl Iterator<Item = &Sample> {
    samples.iter().filter(move |sample| sample.key.parameter == item)
}

/// Concentrations with the flow of the same moment.
fn outlet_readings(samples: &[Sample], item: Parameter) -> Vec<OutletReading> {
    let flows: BTreeMap<_, f64> =
        of_item(samples, Parameter::Flow).map(|s| (s.key.instant, f64(s.value) / SECONDS)).collect();
    let reading = |sample: &Sample| OutletReading {
        at: sample.key.instant,
        concentration: f64(sample.value),
        flow: flows.get(&sample.key.instant).copied(),
    };
    of_item(samples, item).map(reading).collect()
}

fn f64(value: Decimal) -> f64 {
    decimal::to_f64(value)
}

/// A number that is printed with few decimals.
fn printed(value: f64) -> Decimal {
    decimal::from_f64(value).unwrap_or_default()
}
