//! Discharge outlets: effective day means against the limits of the day, hours over the limit, loads from hours with
//! both concentration and flow. Missing flow is not zero: such hours carry no load.

use chrono::NaiveDate;
use lanbi_analytics::outlet::{Conditions, OutletCheck, OutletTime, Verdict, check};
use lanbi_model::{
    DailyMean, Decimal, Parameter, ReportPeriod, Sample, Station, StationKind,
    standard::{EffluentLimit, EffluentStandard},
};
use lanbi_reports::report::{
    Measured,
    outlets::{OutletFacts, OutletItem},
};
use lanbi_store::StoreError;

use super::{Sources, hourly, local_day};

impl Sources {
    /// All outlets over a period.
    pub(super) async fn outlets(&self, period: ReportPeriod) -> Result<Vec<OutletFacts>, StoreError> {
        let mut outlets = Vec::new();
        for station in self.registry.outlets().filter(|s| self.covers(s)) {
            let StationKind::Outlet { limits } = &station.kind else { continue };
            let Some((standard, limits)) = self.standards.effluent_limits(limits) else { continue };
            let means = self.store.daily(Some(&station.id), period.first(), period.last()).await?;
            let values = self.values(station, period.first(), period.last()).await?;
            let hours = hourly(&self.standards, station, &values, period.last());
            outlets.push(outlet(station, standard, limits, &means, &hours));
        }
        Ok(outlets)
    }
}

fn outlet(
    station: &Station,
    standard: &EffluentStandard,
    limits: &[EffluentLimit],
    means: &[DailyMean],
    hours: &[Sample],
) -> OutletFacts {
    let grade = match &station.kind {
        StationKind::Outlet { limits } => limits.split_once('/').map_or("", |(_, grade)| grade),
        _ => "",
    };
    let measured = limits.iter().filter(|limit| station.measures(limit.parameter));
    let items: Vec<OutletItem> = measured.map(|limit| item(station, standard, limit, means, hours)).collect();
    let valid_days: std::collections::BTreeSet<NaiveDate> = means
        .iter()
        .filter(|m| m.parameter != Parameter::Flow && m.valid_value().is_some())
        .map(|m| m.day)
        .collect();
    let flows: Vec<Decimal> =
        hours.iter().filter(|s| s.key.parameter == Parameter::Flow).map(|s| s.value).collect();
    OutletFacts {
        name: station.name.clone(),
        water: station.water.clone(),
        standard: format!("{} {grade}", standard.edition.number),
        confidence: standard.edition.confidence,
        items,
        // An hourly mean in m³/h is the volume of that hour.
        flow_m3: (!flows.is_empty()).then(|| flows.into_iter().sum()),
        valid_days: u32::try_from(valid_days.len()).unwrap_or(u32::MAX),
    }
}

fn item(
    station: &Station,
    standard: &EffluentStandard,
    limit: &EffluentLimit,
    means: &[DailyMean],
    hours: &[Sample],
) -> OutletItem {
    let judge = |day: NaiveDate, time: OutletTime, value: Decimal| -> OutletCheck {
        check(limit, standard.winter, Conditions { day, temperature: None }, time, value)
    };
    let days: Vec<(Decimal, OutletCheck)> = means
        .iter()
        .filter(|m| m.parameter == limit.parameter)
        .filter_map(|m| m.valid_value().map(|value| (value, judge(m.day, OutletTime::Day, value))))
        .collect();
    let over = |c: &OutletCheck| c.verdict == Verdict::Exceeds;
    // The worst day stands for the period: a day over the limit before one within it, then the larger value.
    let worst = days.iter().max_by_key(|(value, c)| (over(c), *value));
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let own: Vec<&Sample> = hours.iter().filter(|s| s.key.parameter == limit.parameter).collect();
    OutletItem {
        mean: Measured::new(limit.parameter, worst.map(|(value, _)| *value)),
        low: limit.low,
        limit: Some(worst.map_or(limit.high, |(_, c)| c.high)),
        over: worst.is_some_and(|(_, c)| over(c)),
        multiple: worst.and_then(|(_, c)| c.multiple),
        hours_over: count(
            own.iter()
                .filter(|s| {
                    judge(local_day(station, s), OutletTime::Hour, s.value).verdict == Verdict::Warning
                })
                .count(),
        ),
        days_over: count(days.iter().filter(|(_, c)| over(c)).count()),
        load_kg: load(limit.parameter, hours),
        confidence: limit.confidence,
    }
}

/// Σ C·Q over hours with both, in kg: mg/L × m³ = g.
fn load(parameter: Parameter, hours: &[Sample]) -> Option<Decimal> {
    if parameter == Parameter::Ph {
        return None;
    }
    let flow: std::collections::BTreeMap<_, _> = hours
        .iter()
        .filter(|s| s.key.parameter == Parameter::Flow)
        .map(|s| (s.key.instant, s.value))
        .collect();
    let grams: Vec<Decimal> = hours
        .iter()
        .filter(|s| s.key.parameter == parameter)
        .filter_map(|s| Some(s.value * flow.get(&s.key.instant)?))
        .collect();
    (!grams.is_empty()).then(|| grams.into_iter().sum::<Decimal>() / Decimal::from(1000))
}
