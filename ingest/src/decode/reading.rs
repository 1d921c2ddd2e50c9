//! The values of one station at one instant, on their way to samples.

use chrono::NaiveDate;
use lanbi_model::{
    AveragingPeriod, Decimal, Flags, Instant, Parameter, RejectReason, Sample, SampleKey, Station, Unit,
};

use super::number::parse_number;
use super::{Context, Decoded, Problem};
use crate::unit_name::unit_named;

/// Why something cannot be stored, and what exactly is wrong with it.
pub(crate) type Reason = (RejectReason, String);

/// Collects the values a message holds for one station and instant.
pub(crate) struct Reading<'a, 'd> {
    station: &'a Station,
    end: Instant,
    day: NaiveDate,
    period: AveragingPeriod,
    flags: Flags,
    decoded: &'d mut Decoded,
}

impl<'a, 'd> Reading<'a, 'd> {
    /// `end` closes the averaging period; `flags` hold for every value.
    pub(crate) fn new(
        station: &'a Station,
        end: Instant,
        period: AveragingPeriod,
        flags: Flags,
        decoded: &'d mut Decoded,
    ) -> Self {
        let zone = station.zone;
        let day = if period == AveragingPeriod::MOMENT { zone.day_of(end) } else { zone.day_of_end(end) };
        Self { station, end, day, period, flags, decoded }
    }

    /// Adds a value as it was written. Without a unit it is in the parameter's own.
    pub(crate) fn add(
        &mut self,
        field: &str,
        parameter: Option<Parameter>,
        text: &str,
        unit: Option<&str>,
        flags: Flags,
    ) {
        self.add_as(field, parameter, text, flags, |value, to| match unit {
            None => Ok(value),
            Some(unit) => unit_named(unit)
                .and_then(|from| from.convert(value, to))
                .ok_or_else(|| format!("`{}` cannot be converted to {}", shorten(unit), to.key())),
        });
    }

    /// Adds a value as it was written, in a unit that the format itself gives it.
    pub(crate) fn add_known(
        &mut self,
        field: &str,
        (parameter, unit): (Parameter, Unit),
        text: &str,
        flags: Flags,
    ) {
        self.add_as(field, Some(parameter), text, flags, |value, to| {
            unit.convert(value, to).ok_or_else(|| format!("{} is not {}", unit.key(), to.key()))
        });
    }

    /// Counts a value that cannot be stored.
    pub(crate) fn reject(&mut self, field: &str, reason: RejectReason, detail: String) {
        self.decoded.reject(field, reason, detail);
    }

    fn add_as(
        &mut self,
        field: &str,
        parameter: Option<Parameter>,
        text: &str,
        flags: Flags,
        convert: impl FnOnce(Decimal, Unit) -> Result<Decimal, String>,
    ) {
        match self.sample(parameter, text, flags, convert) {
            Ok(sample) => {
                self.decoded.values += 1;
                self.decoded.samples.push((sample, self.day));
            }
            Err((reason, detail)) => self.reject(field, reason, detail),
        }
    }

    fn sample(
        &self,
        parameter: Option<Parameter>,
        text: &str,
        flags: Flags,
        convert: impl FnOnce(Decimal, Unit) -> Result<Decimal, String>,
    ) -> Result<Sample, Reason> {
        let station = &self.station.id;
        let parameter = parameter.filter(|&parameter| self.station.measures(parameter)).ok_or_else(|| {
            let detail =
                format!("station `{station}` does not measure it; add it to the station's parameters");
            (RejectReason::UnknownParameter, detail)
        })?;
        let value = parse_number(text).ok_or_else(|| {
            let detail = format!("`{}` is not a finite number in the range of an instrument", shorten(text));
            (RejectReason::NotFinite, detail)
        })?;
        let value = convert(value, parameter.unit()).map_err(|detail| (RejectReason::BadUnit, detail))?;
        let key = SampleKey { station: station.clone(), parameter, period: self.period, instant: self.end };
        Ok(Sample { key, value, flags: self.flags | flags })
    }
}

impl Decoded {
    /// Counts a value that cannot be stored.
    pub(crate) fn reject(&mut self, field: &str, reason: RejectReason, detail: String) {
        self.values += 1;
        self.problems.push(Problem { reason, field: shorten(field), detail });
    }
}

/// Refuses a time that is not believed.
pub(crate) fn check_time(end: Instant, station: &Station, context: &Context<'_>) -> Result<(), Reason> {
    match context.limits.window.refuses(end, context.now, station.zone) {
        None => Ok(()),
        Some(reason) => {
            Err((reason, format!("{end} is outside the times believed; set the clock of the device")))
        }
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
