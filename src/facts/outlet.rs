//! Discharge outlets: effective day means against the limits of the day, hours over the limit, loads from hours with
//! both concentration and flow. Missing flow is not zero: such hours carry no load and lower its coverage.

use chrono::NaiveDate;
use lanbi_analytics::outlet::{
    CheckPeriod, LoadSum, OutletCheck, OutletDay, Verdict, substitute, unjudged_instantaneous,
};
use lanbi_model::{
    Decimal, Parameter, ReportPeriod, Station, StationKind,
    standard::{EffluentLimit, EffluentStandard, Winter},
};
use lanbi_reports::report::{
    Measured,
    outlets::{OutletFacts, OutletItem, Substituted},
};
use lanbi_store::StoreError;

use super::{
    Sources,
    outlet_day::{HOURS, JudgedDay},
};

const SECONDS_PER_DAY: i64 = 86_400;

impl Sources {
    /// All outlets over a period.
    pub(super) async fn outlets(&self, period: ReportPeriod) -> Result<Vec<OutletFacts>, StoreError> {
        let mut outlets = Vec::new();
        for station in self.registry.outlets().filter(|s| self.covers(s)) {
            let Some((standard, limits)) = self.limits_of(station) else { continue };
            let last = period.last().min(self.zone.day_of(self.now));
            let days = self.outlet_days(station, standard, &limits, (period.first(), last)).await?;
            let whole = (last - period.first()).num_days().max(0) + 1;
            let mut facts = Outlet { station, standard, limits: &limits, days: &days, whole }.facts(period);
            if let Some(periods) = self.lists.checks_of(&station.id) {
                self.fill(station, standard, &limits, periods, &days, (&mut facts, last)).await?;
            }
            outlets.push(facts);
        }
        Ok(outlets)
    }

    /// The standard of an outlet with its limits for what is measured there.
    pub(super) fn limits_of(&self, station: &Station) -> Option<(&EffluentStandard, Vec<&EffluentLimit>)> {
        let StationKind::Outlet { limits } = &station.kind else { return None };
        let (standard, limits) = self.standards.effluent_limits(limits)?;
        Some((standard, limits.iter().filter(|limit| station.measures(limit.parameter)).collect()))
    }

    /// Puts the loads that stand for days without an effective mean beside the measured ones.
    async fn fill(
        &self,
        station: &Station,
        standard: &EffluentStandard,
        limits: &[&EffluentLimit],
        periods: &[CheckPeriod],
        days: &[JudgedDay],
        (facts, last): (&mut OutletFacts, NaiveDate),
    ) -> Result<(), StoreError> {
        facts.checks_known = true;
        // The last period passed before the first day, or one passed later.
        let begin = |day| periods.iter().filter(|p| p.passed && p.from < day).map(|p| p.from).max();
        let Some(earliest) = begin(facts.first).or_else(|| begin(last)) else { return Ok(()) };
        let known = self.outlet_days(station, standard, limits, (earliest, last)).await?;
        for (place, item) in facts.items.iter_mut().enumerate() {
            if item.mean.parameter == Parameter::Ph {
                continue;
            }
            let loads: Vec<(NaiveDate, Decimal)> = effective_loads(&known, place).collect();
            let is_effective = |day: NaiveDate| {
                days.iter().any(|d| d.day == day && d.items.get(place).is_some_and(|i| i.check.is_some()))
            };
            let period = facts.first.iter_days().take_while(|day| *day <= last);
            let stand_ins: Vec<Decimal> = period
                .filter(|day| !is_effective(*day))
                .filter_map(|day| substitute(day, periods, &loads))
                .collect();
            item.substituted = (!stand_ins.is_empty())
                .then(|| Substituted { days: count(stand_ins.len()), kg: stand_ins.into_iter().sum() });
        }
        Ok(())
    }
}

/// The loads of the effective days of an item, named by its place among the limits.
pub(super) fn effective_loads(
    days: &[JudgedDay],
    place: usize,
) -> impl Iterator<Item = (NaiveDate, Decimal)> + '_ {
    days.iter().filter_map(move |day| {
        let item = day.items.get(place).filter(|item| item.check.is_some())?;
        Some((day.day, item.load.load_kg()?))
    })
}

/// An outlet with its judged days.
struct Outlet<'a> {
    station: &'a Station,
    standard: &'a EffluentStandard,
    limits: &'a [&'a EffluentLimit],
    days: &'a [JudgedDay],
    /// Days of the period that have begun.
    whole: i64,
}

impl Outlet<'_> {
    fn facts(&self, period: ReportPeriod) -> OutletFacts {
        let grade = match &self.station.kind {
            StationKind::Outlet { limits } => limits.split_once('/').map_or("", |(_, grade)| grade),
            _ => "",
        };
        let places = 0..self.limits.len();
        let is_effective = |day: &&JudgedDay| day.items.iter().any(|item| item.check.is_some());
        let flows = || self.days.iter().filter_map(|day| day.water);
        let hours: u32 = self.days.iter().map(|day| day.flow_hours).sum();
        let by_temperature = matches!(self.standard.winter, Some(Winter::Temperature(_)));
        let unjudged = |limit: &&EffluentLimit| {
            unjudged_instantaneous(self.standard, limit.parameter, period.last()).map(str::to_owned)
        };
        OutletFacts {
            name: self.station.name.clone(),
            water: self.station.water.clone(),
            standard: format!("{} {grade}", self.standard.edition.number),
            confidence: self.standard.edition.confidence,
            first: period.first(),
            items: places.filter_map(|place| self.item(place)).collect(),
            flow_m3: flows().next().map(|_| flows().sum()),
            flow_coverage: share(hours.into(), self.whole * i64::from(HOURS)),
            valid_days: count(self.days.iter().filter(is_effective).count()),
            checks_known: false,
            without_temperature: by_temperature && !self.station.measures(Parameter::WaterTemperature),
            unjudged: self.limits.iter().find_map(unjudged),
        }
    }

    fn item(&self, place: usize) -> Option<OutletItem> {
        let limit = self.limits.get(place)?;
        let days = || self.days.iter().filter_map(|day| Some((day.day, day.items.get(place)?)));
        let checked: Vec<(NaiveDate, Decimal, OutletCheck)> =
            days().filter_map(|(day, item)| Some((day, item.mean?, item.check?))).collect();
        let over = |check: &OutletCheck| check.verdict == Verdict::Exceeds;
        // The worst day stands for the period: a day over the limit before one within it, then the larger multiple, then the
        // larger value.
        let worst =
            checked.iter().max_by_key(|(_, value, check)| (over(check), check.multiple, *value)).copied();
        let mut load = LoadSum::default();
        for (_, item) in days() {
            // What does not fit a decimal is no measurement.
            let _ = load.join(&item.load);
        }
        let check = worst.map(|(_, _, check)| check);
        Some(OutletItem {
            mean: Measured::new(limit.parameter, worst.map(|(_, value, _)| value)),
            worst_day: worst.map(|(day, _, _)| day),
            low: limit.low,
            limit: Some(check.map_or(limit.high, |check| check.high)),
            winter: check.is_some_and(|check| check.winter),
            over: check.is_some_and(|check| over(&check)),
            multiple: check.and_then(|check| check.multiple),
            hours_over: days().map(|(_, item): (NaiveDate, &OutletDay)| item.warnings).sum(),
            days: count(checked.len()),
            days_over: count(checked.iter().filter(|(_, _, check)| over(check)).count()),
            flow_weighted: load.flow_weighted(),
            load_kg: load.load_kg(),
            coverage: load.coverage((self.whole * SECONDS_PER_DAY).into()),
            substituted: None,
            confidence: limit.confidence,
        })
    }
}

fn share(part: i64, whole: i64) -> Decimal {
    Decimal::from(part).checked_div(Decimal::from(whole)).unwrap_or(Decimal::ZERO).min(Decimal::ONE)
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
