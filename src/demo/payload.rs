//! The message a station sends: one JSON object per averaging period, numbers with the decimals of the instrument.
//!
//! `{"station":"air-01","time":"2026-01-05T08:00:00+08:00","period":"1h","values":{"pm25":35},"flags":{"so2":"C"}}`;
//! `time` names the end of the hour or the moment of the reading, `flags` holds HJ 212-2017 letters and is left out
//! when empty.

use std::fmt::Write;

use lanbi_model::{AveragingPeriod, Instant, Parameter, Zone};

/// What an instrument says about its own value (HJ 212-2017, data flags).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DeviceFlag {
    Maintenance,
    Calibration,
    Fault,
}

impl DeviceFlag {
    const fn letter(self) -> char {
        match self {
            Self::Maintenance => 'M',
            Self::Calibration => 'C',
            Self::Fault => 'D',
        }
    }
}

/// One number on the display of an instrument.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reading {
    pub(super) parameter: Parameter,
    pub(super) value: f64,
    pub(super) flag: Option<DeviceFlag>,
}

impl Reading {
    /// A reading with nothing against it.
    pub(super) const fn plain(parameter: Parameter, value: f64) -> Self {
        Self { parameter, value, flag: None }
    }
}

/// What a station says about one period.
#[derive(Clone, Debug)]
pub(super) struct Record {
    pub(super) station: &'static str,
    pub(super) at: Instant,
    pub(super) period: AveragingPeriod,
    pub(super) readings: Vec<Reading>,
}

impl Record {
    /// The message in the agreed form.
    pub(super) fn to_json(&self) -> String {
        self.to_json_with(self.station, self.at, |_| None)
    }

    /// The message under another name or time, and with other text for some values.
    pub(super) fn to_json_with(
        &self,
        station: &str,
        at: Instant,
        other: impl Fn(Parameter) -> Option<String>,
    ) -> String {
        let time = Zone::shanghai().at(at).format("%Y-%m-%dT%H:%M:%S%:z");
        let mut out = String::with_capacity(320);
        // Writing to a string cannot fail.
        let _ =
            write!(out, r#"{{"station":"{station}","time":"{time}","period":"{}","values":{{"#, self.period);
        for (i, reading) in self.readings.iter().enumerate() {
            let comma = if i == 0 { "" } else { "," };
            let _ = write!(out, r#"{comma}"{}":"#, reading.parameter.key());
            match other(reading.parameter) {
                Some(text) => out.push_str(&text),
                None => push_number(&mut out, reading),
            }
        }
        out.push('}');
        let mut flagged = self.readings.iter().filter_map(|r| Some((r.parameter, r.flag?))).peekable();
        if flagged.peek().is_some() {
            out.push_str(r#","flags":{"#);
            for (i, (parameter, flag)) in flagged.enumerate() {
                let comma = if i == 0 { "" } else { "," };
                let _ = write!(out, r#"{comma}"{}":"{}""#, parameter.key(), flag.letter());
            }
            out.push('}');
        }
        out.push('}');
        out
    }
}

/// Writes a value with the decimals of its instrument; zero has no sign.
fn push_number(out: &mut String, reading: &Reading) {
    let places = usize::try_from(reading.parameter.decimals()).unwrap_or(0);
    let start = out.len();
    let _ = write!(out, "{:.places$}", reading.value);
    if out[start..].starts_with('-') && out[start + 1..].bytes().all(|b| matches!(b, b'0' | b'.')) {
        out.remove(start);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_the_decimals_of_the_instrument() {
        let check = |parameter, value, expected: &str| {
            let mut out = String::new();
            push_number(&mut out, &Reading::plain(parameter, value));
            assert_eq!(out, expected);
        };
        check(Parameter::Pm25, 34.6, "35");
        check(Parameter::Co, 0.1 + 0.2, "0.3");
        check(Parameter::AirTemperature, -0.04, "0.0");
        check(Parameter::AirTemperature, -1.26, "-1.3");
        check(Parameter::DissolvedOxygen, 7.5, "7.50");
        check(Parameter::Nh3n, 0.6004, "0.600");
        check(Parameter::Flow, 1250.04, "1250.0");
    }

    #[test]
    fn a_message_reads_as_agreed() {
        let record = Record {
            station: "air-01",
            at: "2026-01-05T00:00:00Z".parse().unwrap(),
            period: AveragingPeriod::HOUR,
            readings: vec![
                Reading::plain(Parameter::Pm25, 35.0),
                Reading { parameter: Parameter::So2, value: 8.0, flag: Some(DeviceFlag::Maintenance) },
            ],
        };
        assert_eq!(
            record.to_json(),
            r#"{"station":"air-01","time":"2026-01-05T08:00:00+08:00","period":"1h","values":{"pm25":35,"so2":8},"flags":{"so2":"M"}}"#
        );
    }
}
