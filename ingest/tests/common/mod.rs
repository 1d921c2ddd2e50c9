//! What the tests of HJ 212 share: a few stations, and one message decoded with its account checked.

#![allow(dead_code, reason = "each test uses a part of it")]
#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::path::{Path, PathBuf};

use chrono::TimeDelta;
use lanbi_ingest::clock::Window;
use lanbi_ingest::decode::{Context, Decoded, Format, Limits, Message, Rejected, dead_letter, decode};
use lanbi_ingest::hj212::frame::{Piece, all_pieces, pieces};
use lanbi_ingest::source::Sources;
use lanbi_model::{AveragingPeriod, Instant, Parameter, Registry, Station, StationId, StationKind, Zone};

pub(crate) const NOW: &str = "2026-01-05T02:00:00Z";
pub(crate) const MN: &str = "010000A8900016F000169DC0";

pub(crate) fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

/// Facts that are not part of this repository, from a folder of `shared`; none (with a word) where it is absent.
pub(crate) fn shared(variable: &str, folder: &str, name: &str) -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared").join(folder);
    let path = std::env::var_os(variable).map_or_else(beside, PathBuf::from).join(name);
    if path.exists() {
        return Some(path);
    }
    // Written past the test runner, which keeps what a passing test prints to itself.
    let text = format!("SKIPPED: {name} is not there; set {variable} to the folder it is in\n");
    std::io::Write::write_all(&mut std::io::stderr(), text.as_bytes()).unwrap();
    None
}

/// Feeds a stream in portions that end at the given places, as a receiver does: what is partial is cut again with what
/// follows, and for good when nothing does. Gives the frames, and how many bytes were in all pieces.
pub(crate) fn feed(bytes: &[u8], ends: &[usize]) -> (Vec<Vec<u8>>, usize) {
    let (mut frames, mut seen) = (Vec::new(), 0);
    let mut waiting: Vec<u8> = Vec::new();
    let mut from = 0;
    for &end in ends.iter().chain([&bytes.len()]) {
        waiting.extend_from_slice(&bytes[from..end]);
        from = end;
        let is_last = end == bytes.len();
        let mut used = 0;
        let cut = if is_last { all_pieces(&waiting) } else { pieces(&waiting) };
        for piece in cut {
            if let Piece::Partial(_) = piece {
                assert!(!is_last, "nothing is partial where nothing follows");
                break;
            }
            if let Piece::Frame(frame) = piece {
                frames.push(frame.data.to_vec());
            }
            used += piece.raw().len();
        }
        seen += used;
        waiting.drain(..used);
    }
    assert!(waiting.is_empty(), "what waits is cut when nothing follows");
    (frames, seen)
}

/// The stations, and one that measures everything for another MN.
pub(crate) fn registry_for(mn: &str) -> Registry {
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
    let mut stations = vec![
        station("out-01", "1h", Parameter::ALL),
        station("air-5m", "5m", &particles),
        station("A110000_0001", "1h", &particles),
    ];
    let mut mns = vec![("out-01", MN), ("air-5m", "88888880000001")];
    if !mn.is_empty()
        && mns.iter().all(|(_, known)| *known != mn)
        && stations.iter().all(|s| s.id.as_str() != mn)
    {
        stations.push(station("other", "1h", Parameter::ALL));
        mns.push(("other", mn));
    }
    let mns = mns.into_iter().map(|(id, mn)| (StationId::new(id), mn.to_owned()));
    Registry::new(stations, Vec::new()).unwrap().with_mns(mns).unwrap()
}

/// Decodes a message and checks that what goes in comes out as samples, problems or a dead letter.
pub(crate) fn run_with(
    sources: &Sources,
    format: Format,
    payload: &[u8],
    retained: bool,
) -> Result<Decoded, Rejected> {
    run_for("", sources, format, payload, retained)
}

/// The same with a station for one more MN.
pub(crate) fn run_for(
    mn: &str,
    sources: &Sources,
    format: Format,
    payload: &[u8],
    retained: bool,
) -> Result<Decoded, Rejected> {
    let registry = registry_for(mn);
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
