//! Hourly means of shorter averages, for stations that send minutes.
//!
//! An hour of gas data needs 45 minutes of sampling (GB 3095-2026, Table 4); the same count is taken for the other
//! parameters. The hour is named by its end, and runs by the station's local clock.

use std::collections::BTreeMap;

use chrono::{TimeDelta, Timelike};
use lanbi_model::{
    AveragingPeriod, Flags, Instant, Sample, SampleKey, Validity, Zone, standard::AirValidity,
};

use super::combine::Combine;

/// The mean of one hour with what it rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HourMean {
    /// The mean, not rounded, named by the end of the hour. It carries every flag of the values behind it.
    pub sample: Sample,
    /// Minutes with valid values, whole minutes.
    pub minutes: u32,
    /// Whether the minutes are enough.
    pub validity: Validity,
}

/// Means of every hour that has at least one valid value, by key.
///
/// Takes interval means shorter than an hour, of any station and parameter of one zone; readings at a moment cover no
/// time and are left out. A station must send each stretch of time in one period only.
#[must_use]
pub fn hourly_means(zone: Zone, samples: &[Sample], validity: &AirValidity) -> Vec<HourMean> {
    let mut hours: BTreeMap<SampleKey, Vec<&Sample>> = BTreeMap::new();
    let shorter = AveragingPeriod::from_seconds(1)..AveragingPeriod::HOUR;
    for sample in samples.iter().filter(|s| s.flags.is_valid() && shorter.contains(&s.key.period)) {
        let instant = end_of_hour(zone, sample.key.instant);
        let key = SampleKey { period: AveragingPeriod::HOUR, instant, ..sample.key.clone() };
        hours.entry(key).or_default().push(sample);
    }
    hours.into_iter().filter_map(|(key, parts)| mean_of(key, &parts, validity)).collect()
}

fn mean_of(key: SampleKey, parts: &[&Sample], rule: &AirValidity) -> Option<HourMean> {
    let values: Vec<_> = parts.iter().map(|s| s.value).collect();
    let value = Combine::of(key.parameter).apply(&values)?;
    let minutes = parts.iter().map(|s| s.key.period.seconds()).sum::<u32>() / 60;
    let flags = parts.iter().fold(Flags::empty(), |all, s| all | s.flags);
    let validity = if minutes >= rule.hour_minutes { Validity::Valid } else { Validity::Insufficient };
    Some(HourMean { sample: Sample { key, value, flags }, minutes, validity })
}

/// The end of the local hour that an interval ending at `end` lies in; a full hour closes the hour before it.
fn end_of_hour(zone: Zone, end: Instant) -> Instant {
    let local = zone.local(end);
    let into = TimeDelta::seconds(i64::from(local.minute() * 60 + local.second()))
        + TimeDelta::nanoseconds(i64::from(local.nanosecond()));
    if into.is_zero() { end } else { end - into + TimeDelta::hours(1) }
}

#[cfg(test)]
mod tests {
    use super::super::VALIDITY;
    use super::*;
    use lanbi_model::{Decimal, Parameter, StationId};

    fn sample(end: &str, seconds: u32, value: &str, flags: Flags) -> Sample {
        Sample {
            key: SampleKey {
                station: StationId::new("A"),
                parameter: Parameter::So2,
                period: AveragingPeriod::from_seconds(seconds),
                instant: end.parse().unwrap(),
            },
            value: value.parse().unwrap(),
            flags,
        }
    }

    fn minutes(count: u32, flags: Flags) -> Vec<Sample> {
        let start: Instant = "2026-10-05T00:00:00Z".parse().unwrap();
        (1..=count)
            .map(|m| {
                let end = start + TimeDelta::minutes(i64::from(m));
                sample(&end.to_rfc3339(), 60, &m.to_string(), flags)
            })
            .collect()
    }

    #[test]
    fn forty_five_minutes_make_an_hour() {
        for (count, mean, validity) in [
            (60, "30.5", Validity::Valid),
            (45, "23", Validity::Valid),
            (44, "22.5", Validity::Insufficient),
            (1, "1", Validity::Insufficient),
        ] {
            let hours = hourly_means(Zone::shanghai(), &minutes(count, Flags::empty()), &VALIDITY);
            let [hour] = hours.as_slice() else { panic!("{count} minutes gave {} hours", hours.len()) };
            assert_eq!(hour.sample.value, mean.parse::<Decimal>().unwrap(), "{count}");
            assert_eq!((hour.minutes, hour.validity), (count, validity));
            assert_eq!(hour.sample.key.instant.to_rfc3339(), "2026-10-05T01:00:00+00:00");
            assert_eq!(hour.sample.key.period, AveragingPeriod::HOUR);
        }
        assert_eq!(hourly_means(Zone::shanghai(), &minutes(60, Flags::FAULT), &VALIDITY), []);
    }

    #[test]
    fn an_hour_is_closed_by_its_end_and_other_periods_stay_out() {
        let samples = [
            sample("2026-10-05T01:00:00Z", 300, "10", Flags::STEP),
            sample("2026-10-05T00:05:00Z", 300, "20", Flags::empty()),
            sample("2026-10-05T01:05:00Z", 300, "99", Flags::empty()),
            sample("2026-10-05T01:00:00Z", 0, "1000", Flags::empty()),
            sample("2026-10-05T01:00:00Z", 3600, "1000", Flags::empty()),
        ];
        let hours = hourly_means(Zone::shanghai(), &samples, &VALIDITY);
        let seen: Vec<_> = hours
            .iter()
            .map(|h| (h.sample.key.instant.timestamp() % 86_400 / 3600, h.sample.value, h.minutes))
            .collect();
        assert_eq!(seen, [(1, Decimal::from(15), 10), (2, Decimal::from(99), 5)]);
        assert_eq!(hours[0].sample.flags, Flags::STEP, "doubts go with the mean");
    }
}
