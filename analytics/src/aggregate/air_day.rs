//! The natural day of air and weather: from hourly means ending 01:00 to 24:00 (GB 3095-2026, 3.9 and Table 4).

use chrono::{NaiveDate, TimeDelta};
use lanbi_model::{
    AveragingPeriod, Decimal, Instant, Parameter, Sample, Station, Validity, standard::AirValidity,
};

use super::{
    combine::Tally,
    day::{DayRules, DayTally},
    hour::hourly_means,
    ozone::{WINDOWS, ozone_day},
};

/// Hours of a natural day; the zones known to the program have no daylight saving.
const HOURS: u32 = 24;

/// Valid hourly values ending 01:00 to 24:00. Shorter averages are made to hours first. An average that does not end
/// on a full hour is none of the day's hours.
pub(super) fn hours(
    station: &Station,
    day: NaiveDate,
    parameter: Parameter,
    samples: &[&Sample],
    rules: &DayRules<'_>,
) -> [Option<Decimal>; 24] {
    let own = samples.iter().filter(|s| s.key.parameter == parameter);
    let values: Vec<(Instant, Decimal)> = if station.period < AveragingPeriod::HOUR {
        let own: Vec<Sample> = own.map(|s| (*s).clone()).collect();
        valid_hours(station, &own, rules.air)
    } else {
        own.map(|s| (s.key.instant, s.value)).collect()
    };
    let mut hours = [None; 24];
    for (number, slot) in (1_i32..).zip(&mut hours) {
        let end = station.zone.start_of(day) + TimeDelta::hours(number.into());
        *slot = values.iter().find(|(instant, _)| *instant == end).map(|(_, value)| *value);
    }
    hours
}

fn valid_hours(station: &Station, samples: &[Sample], rule: &AirValidity) -> Vec<(Instant, Decimal)> {
    hourly_means(station.zone, samples, rule)
        .into_iter()
        .filter(|hour| hour.validity == Validity::Valid)
        .map(|hour| (hour.sample.key.instant, hour.sample.value))
        .collect()
}

/// The day mean (rain: sum; wind direction: vector mean) of the hours.
pub(super) fn mean(parameter: Parameter, hours: &[Option<Decimal>; 24], rules: &DayRules<'_>) -> DayTally {
    let values: Vec<Decimal> = hours.iter().copied().flatten().collect();
    let tally = Tally::of(parameter, &values);
    let enough = tally.count >= rules.air.day_hours;
    (tally, HOURS, if enough { Validity::Valid } else { Validity::Insufficient })
}

/// The day's largest 8-hour mean of ozone hours.
pub(super) fn ozone(hours: &[Option<Decimal>; 24], rules: &DayRules<'_>) -> DayTally {
    let (tally, validity) = ozone_day(hours, rules.air, rules.ozone_class2);
    (tally, WINDOWS, validity)
}
