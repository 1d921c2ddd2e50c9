//! What the tests of HJ 212 share: a few stations, and one message decoded with its account checked.

#![allow(dead_code, reason = "each test uses a part of it")]
#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use chrono::TimeDelta;
use lanbi_ingest::clock::Window;
use lanbi_ingest::decode::{Context, Decoded, Format, Limits, Message, Rejected, dead_letter, decode};
use lanbi_ingest::source::Sources;
use lanbi_model::{AveragingPeriod, Instant, Parameter, Registry, Station, StationId, StationKind, Zone};

pub(crate) const NOW: &str = "2026-01-05T02:00:00Z";
pub(crate) const MN: &str = "010000A8900016F000169DC0";

pub(crate) fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

pub(crate) fn registry() -> Registry {
    let station = |id: &str, period: &str, parameters: &[Parameter]| {
        let period = AveragingPeriod::parse(period).unwrap();
        Station {
            id: StationId::new(id),
            name: id.to_owned(),
            kind: StationKind::Air,
            area: String::new(),
            water: String::new(),
            downstream: None,
            zone: Zone::shanghai(),
            period,
            cadence: period,
            parameters: parameters.to_vec(),
        }
    };
    let particles = [Parameter::Pm25, Parameter::Pm10];
    let stations = vec![
        station("out-01", "1h", Parameter::ALL),
        station("air-5m", "5m", &particles),
        station("A110000_0001", "1h", &particles),
    ];
    let mns = [("out-01", MN), ("air-5m", "88888880000001")];
    let mns = mns.map(|(id, mn)| (StationId::new(id), mn.to_owned()));
    Registry::new(stations, Vec::new()).unwrap().with_mns(mns).unwrap()
}

/// Decodes a message and checks that what goes in comes out as samples, problems or a dead letter.
pub(crate) fn run_with(
    sources: &Sources,
    format: Format,
    payload: &[u8],
    retained: bool,
) -> Result<Decoded, Rejected> {
    let registry = registry();
    let window = Window { ahead: TimeDelta::minutes(15), earliest: "2000-01-01".parse().unwrap() };
    let context = Context {
        registry: &registry,
        sources,
        now: at(NOW),
        limits: Limits { max_bytes: 256 * 1024, window },
    };
    let message = Message { topic: "hj212/gateway-1", payload, received_at: at(NOW), retained };
    let outcome = decode(format, &message, &context);
    let lost = match &outcome {
        Ok(decoded) => {
            let (samples, problems) = (decoded.samples.len(), decoded.problems.len());
            assert_eq!(
                usize::try_from(decoded.values).unwrap(),
                samples + problems,
                "values = samples + problems"
            );
            u32::try_from(problems).unwrap()
        }
        Err(rejected) => rejected.values,
    };
    let letter = dead_letter(&message, &outcome, 100);
    assert_eq!(letter.map_or(0, |letter| letter.rejected), lost, "every lost value is in the letter");
    outcome
}

/// `ph=7.1` for the samples, `01018:unknown-parameter` for the problems, in order.
pub(crate) fn summary(decoded: &Decoded) -> String {
    let samples = decoded.samples.iter().map(|(s, _)| format!("{}={}", s.key.parameter, s.value.normalize()));
    let problems = decoded.problems.iter().map(|p| format!("{}:{}", p.field, p.reason.key()));
    samples.chain(problems).collect::<Vec<_>>().join(" ")
}
