//! The loggers that HJ 212 frames come from.

use lanbi_model::{AveragingPeriod, Zone};

use super::sighting::{Naming, Seen, Sighting, number};
use crate::clock::{Label, parse_stamp};
use crate::hj212::code;
use crate::hj212::command::Upload;
use crate::hj212::frame::{Piece, pieces};
use crate::hj212::segment::Segment;

/// One sighting for each frame that can be read.
pub(super) fn sightings(raw: &[u8]) -> Vec<Sighting> {
    pieces(raw)
        .filter_map(|piece| match piece {
            Piece::Frame { data, .. } => Some(sighting(&String::from_utf8_lossy(data))),
            _ => None,
        })
        .collect()
}

fn sighting(data: &str) -> Sighting {
    let segment = Segment::parse(data);
    let stamp = |text: &str| parse_stamp(text.get(..14)?, Zone::shanghai());
    let mut sighting = Sighting {
        device: segment.mn.to_owned(),
        naming: Naming::Mn,
        instant: stamp(segment.qn),
        period: None,
        values: Vec::new(),
    };
    let Some(upload) = Upload::of(segment.cn) else { return sighting };
    let content = segment.content(upload);
    sighting.period = match upload {
        // A frame does not say how many minutes.
        Upload::Minutes => None,
        Upload::RealTime | Upload::Hour | Upload::Day => Some(upload.period(AveragingPeriod::HOUR)),
    };
    if let Some(time) = content.time.and_then(stamp) {
        let period = sighting.period.unwrap_or(AveragingPeriod::MOMENT);
        let label = if upload == Upload::RealTime { Label::End } else { upload.label() };
        sighting.instant = label.end_of(time, period);
    }
    sighting.values = content
        .factors
        .iter()
        .map(|factor| Seen {
            code: factor.code.to_owned(),
            known: code::factor(factor.code),
            number: factor.value.or(factor.other).and_then(number),
        })
        .collect();
    sighting
}
