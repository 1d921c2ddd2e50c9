//! Values to try a store with.

use chrono::NaiveDate;
use lanbi_model::{
    Alarm, AveragingPeriod, DailyMean, DeadLetter, Decimal, Flags, Instant, Parameter, RejectReason, RuleId,
    Sample, SampleKey, Severity, StationId, Validity, Zone,
};

use crate::{Batch, Incoming, SampleQuery, Store};

pub(crate) fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

pub(crate) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub(crate) fn dec(text: &str) -> Decimal {
    text.parse().unwrap()
}

pub(crate) fn station(name: &str) -> StationId {
    StationId::new(name)
}

/// An hourly PM2.5 value of station `air`.
pub(crate) fn pm25(instant: &str, value: &str) -> Sample {
    sample("air", Parameter::Pm25, AveragingPeriod::HOUR, instant, value)
}

pub(crate) fn sample(
    name: &str,
    parameter: Parameter,
    period: AveragingPeriod,
    end: &str,
    value: &str,
) -> Sample {
    let key = SampleKey { station: station(name), parameter, period, instant: at(end) };
    Sample { key, value: dec(value), flags: Flags::empty() }
}

pub(crate) fn flagged(mut sample: Sample, flags: Flags) -> Sample {
    sample.flags = flags;
    sample
}

/// A batch whose values belong to the days of Shanghai.
pub(crate) fn batch(samples: impl IntoIterator<Item = Sample>) -> Batch {
    let zone = Zone::shanghai();
    let samples = samples.into_iter().map(|sample| (sample.key.instant, sample));
    Batch {
        samples: samples
            .map(|(end, sample)| Incoming {
                sample,
                day: zone.day_of_end(end),
                received_at: at("2026-03-05T00:00:00Z"),
            })
            .collect(),
        dead_letters: Vec::new(),
        records: Vec::new(),
        messages: 1,
        source: "mqtt".to_owned(),
    }
}

pub(crate) fn letter(received_at: &str, reason: RejectReason, raw: &[u8]) -> DeadLetter {
    DeadLetter {
        received_at: at(received_at),
        source: "设备/air".to_owned(),
        reason,
        detail: "站点未登记".to_owned(),
        rejected: 1,
        raw: raw.to_vec(),
        raw_len: u64::try_from(raw.len()).unwrap(),
    }
}

/// Everything a station has.
pub(crate) fn everything(name: &str) -> SampleQuery {
    SampleQuery {
        station: station(name),
        parameters: Vec::new(),
        period: None,
        after: at("1900-01-01T00:00:00Z"),
        until: at("2100-01-01T00:00:00Z"),
    }
}

pub(crate) async fn all_of(store: &dyn Store, name: &str) -> Vec<Sample> {
    store.samples(&everything(name)).await.unwrap()
}

pub(crate) fn mean(name: &str, parameter: Parameter, on: &str, value: Option<&str>) -> DailyMean {
    DailyMean {
        station: station(name),
        parameter,
        day: day(on),
        value: value.map(dec),
        min: value.map(dec),
        max: value.map(dec),
        count: 20,
        expected: 24,
        validity: if value.is_some() { Validity::Valid } else { Validity::Insufficient },
    }
}

/// A standing alarm of rule `outlet-limit` on COD.
pub(crate) fn alarm(name: &str, raised_at: &str) -> Alarm {
    Alarm {
        station: station(name),
        rule: RuleId("outlet-limit".to_owned()),
        parameter: Some(Parameter::Cod),
        severity: Severity::Breach,
        raised_at: at(raised_at),
        since: at(raised_at),
        cleared_at: None,
        withdrawn_at: None,
        worst: Some(dec("61.5")),
        limit: Some(dec("40")),
        text: "化学需氧量超标".to_owned(),
        basis: "DB12/599-2015 表1".to_owned(),
    }
}
