//! What one letter says of the devices that it speaks of.
//!
//! A further format is one function that gives [`Sighting`]s, and one line in [`sightings`].

use lanbi_model::{AveragingPeriod, DeadLetter, Decimal, Instant, Parameter, Unit};

use super::{hj212, lanbi_json};
use crate::source::Sources;

/// How a device names itself, and so how a station is found for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Naming {
    /// By an MN, which a station has beside its id.
    Mn,
    /// By the id of its station.
    Id,
}

/// A device at one instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// What it calls itself; never empty.
    pub device: String,
    /// What that is.
    pub naming: Naming,
    /// End of the period or moment of the reading, taken as time of UTC+8 where no zone is named; for a comparison with
    /// others of the same device only.
    pub instant: Option<Instant>,
    /// What the values are averaged over; none where the message does not say.
    pub period: Option<AveragingPeriod>,
    /// What it sends.
    pub values: Vec<Seen>,
}

/// One value as it was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Code or key in the message.
    pub code: String,
    /// The parameter it means and the unit it stands in by the format; none where the code is not known.
    pub known: Option<(Parameter, Unit)>,
    /// The number; none where it is none.
    pub number: Option<Decimal>,
}

/// The devices that a letter speaks of, by what is known of who sends; none where it cannot be read or names none.
#[must_use]
pub fn sightings(letter: &DeadLetter, sources: &Sources) -> Vec<Sighting> {
    let mut seen = if letter.raw.trim_ascii_start().starts_with(b"##") {
        hj212::sightings(&letter.raw, &sources.loggers)
    } else {
        lanbi_json::sightings(&letter.raw, &letter.source).into_iter().collect()
    };
    seen.retain(|sighting| !sighting.device.is_empty());
    seen
}

/// A number as devices write it.
pub(super) fn number(text: &str) -> Option<Decimal> {
    let text = text.trim();
    text.parse().ok().or_else(|| Decimal::from_scientific(text).ok())
}

#[cfg(test)]
pub(super) mod tests {
    use lanbi_model::RejectReason;

    use super::*;
    use crate::hj212::frame::encode;

    pub(in crate::suggest) fn letter(source: &str, raw: &[u8]) -> DeadLetter {
        DeadLetter {
            received_at: "2026-03-01T01:05:00Z".parse().unwrap(),
            source: source.to_owned(),
            reason: RejectReason::UnknownStation,
            detail: String::new(),
            rejected: 1,
            raw: raw.to_vec(),
            raw_len: 0,
        }
    }

    /// Device, time, period and values of each sighting.
    fn check(source: &str, raw: &[u8], expected: &[&str]) {
        let told = |seen: &Seen| {
            let (parameter, unit) = seen.known.map_or(("?", "?"), |(p, unit)| (p.key(), unit.key()));
            let number = seen.number.map_or_else(|| "none".to_owned(), |number| number.to_string());
            format!("{} {parameter} {number} {unit}", seen.code)
        };
        let found: Vec<String> = sightings(&letter(source, raw), &Sources::default())
            .iter()
            .map(|sighting| {
                let values: Vec<_> = sighting.values.iter().map(told).collect();
                let time = sighting.instant.map(|at| at.to_rfc3339()).unwrap_or_default();
                let period = sighting.period.map(|period| period.to_string()).unwrap_or_default();
                format!("{} {:?} {time} {period}: {}", sighting.device, sighting.naming, values.join(", "))
            })
            .collect();
        assert_eq!(found, expected, "{}", String::from_utf8_lossy(raw));
    }

    fn frame(head: &str, cp: &str) -> String {
        encode(&format!("QN=20260301090102000;ST=22;{head};PW=123456;Flag=5;CP=&&{cp}&&"))
    }

    #[test]
    fn frames_tell_their_logger_and_its_factors() {
        let hour = frame("CN=2061;MN=M1", "DataTime=20260301080000;a34004-Avg=35,a34004-Flag=N;a99999-Avg=1");
        let known = "M1 Mn 2026-03-01T01:00:00+00:00 1h: a34004 pm25 35 ug/m3, a99999 ? 1 ?";
        check("t/M1", hour.as_bytes(), &[known]);
        let minutes = frame("CN=2051;MN=M2", "DataTime=20260301080000;w01018-Avg=-");
        let two = "M2 Mn 2026-03-01T00:00:00+00:00 : w01018 cod none mg/L";
        check("t", format!(" {hour}{minutes}").as_bytes(), &[known, two]);
        let now = frame("CN=2011;MN=M1", "a34004-Rtd=1.5e1");
        check("t", now.as_bytes(), &["M1 Mn 2026-03-01T01:01:02+00:00 moment: a34004 pm25 15 ug/m3"]);
        let log = frame("CN=3020;MN=M1", "PolId=a34004,i12001-Info=//开门//");
        check("t", log.as_bytes(), &["M1 Mn 2026-03-01T01:01:02+00:00 : "]);
        for nothing in [frame("CN=2061;MN=", "a34004-Avg=1"), "##0010".to_owned(), String::new()] {
            check("t", nothing.as_bytes(), &[]);
        }
    }

    #[test]
    fn json_tells_its_station_and_its_values() {
        let body = r#"{"station":"x9","time":"2026-03-01T08:00:00","period":"1h","label":"start",
            "values":{"ozone":"n/a","pm25":"35","co":600,"so2":7},"units":{"co":"ug/m3","so2":"ppb"}}"#;
        let values = "co co 600 ug/m3, ozone ? none ?, pm25 pm25 35 ug/m3, so2 so2 7 ug/m3";
        check("lanbi/v1/x", body.as_bytes(), &[&format!("x9 Id 2026-03-01T01:00:00+00:00 1h: {values}")]);
        check("lanbi/v1/x8", "\u{feff}{\"values\":{\"ph\":7.10}}".as_bytes(), &["x8 Id  : ph ph 7.1 pH"]);
        check("lanbi/v1/x8", br#"{"station":8,"values":{}}"#, &["8 Id  : "]);
        for nothing in [&b"[]"[..], b"{\"values\":1}", b"\xff", b"", b"{\"a\":"] {
            check("lanbi/v1/x8", nothing, &[]);
        }
        check("lanbi/v1/", br#"{"values":{"ph":7}}"#, &[]);
    }
}
