//! The values of one station at one instant, on their way to samples.

use lanbi_model::{AveragingPeriod, Flags, Instant, Parameter, RejectReason, Sample, SampleKey, Station};

use super::number::parse_number;
use super::{Decoded, Problem};
use crate::unit_name::unit_named;

/// Collects the values a message holds for one station and instant.
pub(crate) struct Reading<'a> {
    station: &'a Station,
    end: Instant,
    period: AveragingPeriod,
    flags: Flags,
    decoded: Decoded,
}

impl<'a> Reading<'a> {
    /// `end` closes the averaging period; `flags` hold for every value.
    pub(crate) fn new(station: &'a Station, end: Instant, period: AveragingPeriod, flags: Flags) -> Self {
        Self { station, end, period, flags, decoded: Decoded::default() }
    }

    /// Adds a value as it was written. Without a unit it is in the parameter's own.
    pub(crate) fn add(&mut self, field: &str, text: &str, unit: Option<&str>, flags: Flags) {
        match self.sample(field, text, unit, flags) {
            Ok(sample) => {
                self.decoded.values += 1;
                let zone = self.station.zone;
                let day = if self.period == AveragingPeriod::MOMENT {
                    zone.day_of(self.end)
                } else {
                    zone.day_of_end(self.end)
                };
                self.decoded.samples.push((sample, day));
            }
            Err((reason, detail)) => self.reject(field, reason, detail),
        }
    }

    /// Counts a value that cannot be stored.
    pub(crate) fn reject(&mut self, field: &str, reason: RejectReason, detail: String) {
        self.decoded.values += 1;
        self.decoded.problems.push(Problem { reason, field: shorten(field), detail });
    }

    /// What was collected.
    pub(crate) fn finish(self) -> Decoded {
        self.decoded
    }

    fn sample(
        &self,
        field: &str,
        text: &str,
        unit: Option<&str>,
        flags: Flags,
    ) -> Result<Sample, (RejectReason, String)> {
        let station = &self.station.id;
        let parameter = Parameter::from_key(field)
            .filter(|&parameter| self.station.measures(parameter))
            .ok_or_else(|| {
                let detail =
                    format!("station `{station}` does not measure it; add it to the station's parameters");
                (RejectReason::UnknownParameter, detail)
            })?;
        let value = parse_number(text).ok_or_else(|| {
            let detail = format!("`{}` is not a finite number in the range of an instrument", shorten(text));
            (RejectReason::NotFinite, detail)
        })?;
        let value = match unit {
            None => value,
            Some(unit) => {
                let to = parameter.unit();
                unit_named(unit).and_then(|from| from.convert(value, to)).ok_or_else(|| {
                    let detail = format!("`{}` cannot be converted to {}", shorten(unit), to.key());
                    (RejectReason::BadUnit, detail)
                })?
            }
        };
        let key = SampleKey { station: station.clone(), parameter, period: self.period, instant: self.end };
        Ok(Sample { key, value, flags: self.flags | flags })
    }
}

/// The beginning of a text from outside, short enough for a list.
pub(crate) fn shorten(text: &str) -> String {
    const LONGEST: usize = 60;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}
