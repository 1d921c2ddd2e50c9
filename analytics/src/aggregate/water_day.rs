//! The natural day of water stations and outlets: the mean of valid values (water: 环办〔2011〕22号; pH through
//! hydrogen ions), weighted by flow for concentrations at outlets that measure flow (HJ 356-2019, unconfirmed).

use std::collections::HashMap;

use lanbi_model::{
    AveragingPeriod, Decimal, Instant, Parameter, Sample, Station, StationKind, Unit, Validity,
};

use super::{
    combine::Tally,
    day::{DayRules, DayTally},
    effluent::flow_weighted_mean,
};

/// The day mean of one parameter.
pub(super) fn mean(
    station: &Station,
    parameter: Parameter,
    samples: &[&Sample],
    rules: &DayRules<'_>,
) -> DayTally {
    let tally = if is_flow_weighted(station, parameter) {
        weighted(parameter, samples)
    } else {
        let values: Vec<Decimal> = of(parameter, samples).map(|s| s.value).collect();
        Tally::of(parameter, &values)
    };
    let expected = values_of_a_day(station.cadence);
    let enough = tally.count >= rules.water_readings.min(expected);
    (tally, expected, if enough { Validity::Valid } else { Validity::Insufficient })
}

fn of<'a>(parameter: Parameter, samples: &'a [&'a Sample]) -> impl Iterator<Item = &'a Sample> {
    samples.iter().copied().filter(move |s| s.key.parameter == parameter)
}

/// Values a full day has; one for stations visited less than daily.
fn values_of_a_day(cadence: AveragingPeriod) -> u32 {
    AveragingPeriod::DAY.seconds().checked_div(cadence.seconds()).unwrap_or(1).max(1)
}

/// Concentrations are weighted; pH, temperature and the flow itself are not.
fn is_flow_weighted(station: &Station, parameter: Parameter) -> bool {
    let concentration = matches!(parameter.unit(), Unit::MilligramPerLitre | Unit::MicrogramPerLitre);
    matches!(station.kind, StationKind::Outlet { .. }) && station.measures(Parameter::Flow) && concentration
}

/// The flow-weighted mean over the instants with both values and some flow; the count is that of these instants.
fn weighted(parameter: Parameter, samples: &[&Sample]) -> Tally {
    let flow: HashMap<Instant, Decimal> =
        of(Parameter::Flow, samples).map(|s| (s.key.instant, s.value)).collect();
    let pairs: Vec<(Decimal, Decimal)> = of(parameter, samples)
        .filter_map(|s| Some((s.value, *flow.get(&s.key.instant)?)))
        .filter(|(_, flow)| *flow > Decimal::ZERO)
        .collect();
    let values: Vec<Decimal> = pairs.iter().map(|(value, _)| *value).collect();
    Tally { value: flow_weighted_mean(&pairs), ..Tally::of(parameter, &values) }
}
