//! From store and law to the facts a report is built from: reads values, asks `analytics` what they mean under the
//! edition in force on each day, and hands both to `reports`.

mod ahead;
mod air;
mod alarms;
mod black_odor;
mod capture;
mod chief;
mod chief_month;
mod clues;
mod day;
mod ditch;
#[cfg(test)]
mod ditch_tests;
mod events;
mod history;
mod lists;
mod month;
mod outlet;
mod outlet_day;
mod outlet_report;
#[cfg(test)]
mod outlet_tests;
mod reaches;
mod section;
mod targets;
mod warnings;
mod water;
mod waters;

pub(crate) use self::{
    air::ANY_SITE,
    events::load as load_events,
    history::first_day,
    lists::{Lists, load as load_lists, register as load_register},
    reaches::load as load_reaches,
    targets::load as load_targets,
};

use std::sync::Arc;

use chrono::NaiveDate;
use lanbi_analytics::aggregate::hourly_means;
use lanbi_model::{
    AveragingPeriod, DailyMean, Instant, Parameter, Registry, ReportPeriod, Sample, Station, StationId,
    Validity, Zone,
    standard::{
        self, AirValidity, AqiStandard, BlackOdorStandard, Confidence, Edition, Standards, WaterStandard,
    },
    target::YearTarget,
};
use lanbi_reports::report::{Cited, HeadFacts};
use lanbi_store::{SampleQuery, Store, StoreError};

use crate::assess::Events;

/// Where facts come from.
pub(crate) struct Sources {
    pub store: Arc<dyn Store>,
    pub registry: Arc<Registry>,
    pub standards: Arc<Standards>,
    pub settings: lanbi_config::Settings,
    /// What the years are to keep, of all places.
    pub targets: Vec<YearTarget>,
    /// Dust days and exceptional events, of all places.
    pub events: Events,
    /// Lists of waters that people keep.
    pub lists: Lists,
    /// Whether the data are simulated.
    pub demo: bool,
    /// Only stations of this area.
    pub area: Option<String>,
    /// When the report is made.
    pub now: Instant,
    /// Zone of the printed times.
    pub zone: Zone,
}

impl Sources {
    /// The stations a report covers.
    fn covers(&self, station: &Station) -> bool {
        self.area.as_ref().is_none_or(|area| station.area == *area)
    }

    /// The head of a report on a period.
    pub(crate) fn head(&self, period: ReportPeriod, cited: Vec<Cited>) -> HeadFacts {
        HeadFacts {
            district: self.area.clone().unwrap_or_else(|| self.settings.registry.district.clone()),
            demo: self.demo,
            period,
            generated_at: self.now,
            zone: self.zone,
            cited,
        }
    }

    /// All values of a station that belong to the days from `first` to `last`.
    async fn values(
        &self,
        station: &Station,
        first: NaiveDate,
        last: NaiveDate,
    ) -> Result<Vec<Sample>, StoreError> {
        let start = station.zone.start_of(first);
        let mut samples = self
            .store
            .samples(&SampleQuery {
                station: station.id.clone(),
                parameters: Vec::new(),
                period: None,
                // A reading at the first moment of the day belongs to it, an interval ending there does not.
                after: start - chrono::TimeDelta::microseconds(1),
                until: station.zone.end_of(last),
            })
            .await?;
        samples.retain(|s| {
            let day = local_day(station, s);
            first <= day && day <= last
        });
        Ok(samples)
    }

    fn aqi(&self, day: NaiveDate) -> Option<&AqiStandard> {
        standard::on_day(&self.standards.aqi, day)
    }

    fn water(&self, day: NaiveDate) -> Option<&WaterStandard> {
        standard::on_day(&self.standards.water, day)
    }

    fn black_odor(&self, day: NaiveDate) -> Option<&BlackOdorStandard> {
        standard::on_day(&self.standards.black_odor, day)
    }

    /// The editions that the period's figures rest on, each once, in the order of the report.
    fn cited(&self, period: ReportPeriod) -> Vec<Cited> {
        let mut cited: Vec<Cited> = Vec::new();
        for day in [period.first(), period.last()] {
            if let Some(aqi) = self.aqi(day) {
                cite(&mut cited, &aqi.edition, &aqi.clauses, &["table", "rounding", "primary", "incomplete"]);
            }
            if let Some(air) = standard::on_day(&self.standards.air, day) {
                cite(&mut cited, &air.edition, &air.clauses, &["limits", "validity"]);
            }
        }
        if !matches!(period, ReportPeriod::Day(_)) {
            self.cite_evaluation(period, &mut cited);
        }
        if let Some(water) =
            self.water(period.last()).filter(|_| self.registry.sections().any(|s| self.covers(s)))
        {
            cite(&mut cited, &water.edition, &water.clauses, &["limits", "single-factor", "multiple"]);
        }
        for station in self.registry.outlets().filter(|s| self.covers(s)) {
            if let lanbi_model::StationKind::Outlet { limits } = &station.kind
                && let Some((standard, _)) = self.standards.effluent_limits(limits)
            {
                cite(&mut cited, &standard.edition, &standard.clauses, &["limits", "winter"]);
            }
        }
        if let Some(guide) =
            self.black_odor(period.last()).filter(|_| self.registry.ditches().any(|s| self.covers(s)))
        {
            cite(&mut cited, &guide.edition, &guide.clauses, &["urban", "point", "body"]);
        }
        cited
    }

    /// The rules by which days become the figures of a period.
    fn cite_evaluation(&self, period: ReportPeriod, cited: &mut Vec<Cited>) {
        if let Some(rules) = standard::on_day(&self.standards.evaluation, period.last()) {
            cite(cited, &rules.edition, &rules.clauses, &["index", "rounding", "days"]);
        }
    }
}

fn cite(
    cited: &mut Vec<Cited>,
    edition: &Edition,
    clauses: &std::collections::BTreeMap<String, String>,
    topics: &[&str],
) {
    if cited.iter().any(|c| c.number == edition.number && c.title == edition.title) {
        return;
    }
    cited.push(Cited {
        number: edition.number.clone(),
        title: edition.title.clone(),
        // The number stands before the list already.
        clauses: topics
            .iter()
            .filter_map(|topic| clauses.get(*topic))
            .map(|clause| clause.strip_prefix(&edition.number).unwrap_or(clause).trim_start().to_owned())
            .collect(),
        confidence: edition.confidence,
    });
}

/// The valid hourly values among a station's values; of a station that sends shorter averages, the hours that rest on
/// enough minutes (GB 3095, Table 4).
pub(crate) fn hourly(
    standards: &Standards,
    station: &Station,
    values: &[Sample],
    day: NaiveDate,
) -> Vec<Sample> {
    if !sends_minutes(station) {
        let hours = values.iter().filter(|s| s.key.period == AveragingPeriod::HOUR && s.flags.is_valid());
        return hours.cloned().collect();
    }
    let Some(air) = standard::on_day(&standards.air, day) else { return Vec::new() };
    valid_hours(station, values, &air.validity).collect()
}

/// Whether a station sends averages over less than an hour.
pub(crate) fn sends_minutes(station: &Station) -> bool {
    AveragingPeriod::MOMENT < station.period && station.period < AveragingPeriod::HOUR
}

/// Hourly means that rest on enough minutes.
pub(crate) fn valid_hours(
    station: &Station,
    values: &[Sample],
    rule: &AirValidity,
) -> impl Iterator<Item = Sample> + use<> {
    let hours = hourly_means(station.zone, values, rule).into_iter();
    hours.filter(|hour| hour.validity == Validity::Valid).map(|hour| hour.sample)
}

/// The local day a value belongs to.
pub(crate) fn local_day(station: &Station, sample: &Sample) -> NaiveDate {
    if sample.key.period.seconds() == 0 {
        station.zone.day_of(sample.key.instant)
    } else {
        station.zone.day_of_end(sample.key.instant)
    }
}

/// Day means of one station, by day and parameter, that may take part in an assessment.
fn valid_means<'a>(
    means: &'a [DailyMean],
    station: &'a StationId,
    day: NaiveDate,
) -> impl Iterator<Item = (Parameter, lanbi_model::Decimal)> + 'a {
    means
        .iter()
        .filter(move |m| m.station == *station && m.day == day)
        .filter_map(|m| Some((m.parameter, m.valid_value()?)))
}

/// Confidence of a rule that was configured because no text gives it.
const CONFIGURED: Confidence = Confidence::Unverified;

#[cfg(test)]
mod chief_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod water_tests;
